//! An escalation as its row.

use diesel::prelude::*;

use crate::domain::escalation::{Escalation, EscalationContent, EscalationKind, EscalationStatus};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::store::StoreResult;
use crate::store::schema::{escalation_findings, escalation_rectifications, escalations};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = escalations)]
pub(super) struct Row {
    pub(super) id: Id,
    version: i64,
    campaign_id: Id,
    pub(super) unit_id: Id,
    kind: EscalationKind,
    addressee: String,
    facts: String,
    legal_basis: Option<String>,
    attachment_ids: String,
    status: EscalationStatus,
    decision: Option<String>,
    withdraw_reason: Option<String>,
    sent_at: Option<Instant>,
    answer: Option<String>,
    answer_attachment_ids: String,
    concluded_at: Option<Instant>,
    own_unit_allowed: bool,
    pub(super) former_unit_id: Option<Id>,
    created_by: Option<Id>,
    proposed_by: String,
    created_at: Instant,
}

/// What changes of an escalation; what it says stays.
#[derive(AsChangeset)]
#[diesel(table_name = escalations, treat_none_as_null = true)]
pub(super) struct Change {
    version: i64,
    unit_id: Id,
    former_unit_id: Option<Id>,
    status: EscalationStatus,
    decision: Option<String>,
    withdraw_reason: Option<String>,
    sent_at: Option<Instant>,
    answer: Option<String>,
    answer_attachment_ids: String,
    concluded_at: Option<Instant>,
    own_unit_allowed: bool,
}

impl Change {
    pub(super) fn of(escalation: &Escalation) -> StoreResult<Self> {
        Ok(Self {
            version: escalation.version,
            unit_id: escalation.content.unit_id,
            former_unit_id: escalation.former_unit_id,
            status: escalation.status,
            decision: escalation.decision.as_ref().map(serde_json::to_string).transpose()?,
            withdraw_reason: escalation.withdraw_reason.clone(),
            sent_at: escalation.sent_at,
            answer: escalation.answer.clone(),
            answer_attachment_ids: serde_json::to_string(&escalation.answer_attachment_ids)?,
            concluded_at: escalation.concluded_at,
            own_unit_allowed: escalation.own_unit_allowed,
        })
    }
}

impl Row {
    /// A new escalation's row.
    pub(super) fn of(escalation: &Escalation, created_by: Option<Id>) -> StoreResult<Self> {
        let content = escalation.content.clone();
        let change = Change::of(escalation)?;
        Ok(Self {
            id: escalation.id,
            version: change.version,
            campaign_id: content.campaign_id,
            unit_id: change.unit_id,
            kind: content.kind,
            addressee: escalation.addressee().to_owned(),
            facts: content.facts,
            legal_basis: content.legal_basis,
            attachment_ids: serde_json::to_string(&content.attachment_ids)?,
            status: change.status,
            decision: change.decision,
            withdraw_reason: change.withdraw_reason,
            sent_at: change.sent_at,
            answer: change.answer,
            answer_attachment_ids: change.answer_attachment_ids,
            concluded_at: change.concluded_at,
            own_unit_allowed: change.own_unit_allowed,
            former_unit_id: change.former_unit_id,
            created_by,
            proposed_by: escalation.proposed_by.clone(),
            created_at: escalation.created_at,
        })
    }

    pub(super) fn escalation(
        self,
        finding_ids: Vec<Id>,
        rectification_ids: Vec<Id>,
    ) -> StoreResult<Escalation> {
        Ok(Escalation {
            id: self.id,
            version: self.version,
            status: self.status,
            content: EscalationContent {
                campaign_id: self.campaign_id,
                unit_id: self.unit_id,
                kind: self.kind,
                addressee: Some(self.addressee),
                facts: self.facts,
                finding_ids,
                rectification_ids,
                attachment_ids: serde_json::from_str(&self.attachment_ids)?,
                legal_basis: self.legal_basis,
            },
            former_unit_id: self.former_unit_id,
            proposed_by: self.proposed_by,
            created_at: self.created_at,
            decision: self.decision.as_deref().map(serde_json::from_str).transpose()?,
            withdraw_reason: self.withdraw_reason,
            sent_at: self.sent_at,
            answer: self.answer,
            answer_attachment_ids: serde_json::from_str(&self.answer_attachment_ids)?,
            concluded_at: self.concluded_at,
            own_unit_allowed: self.own_unit_allowed,
        })
    }
}

/// A finding that an escalation rests on.
#[derive(Insertable)]
#[diesel(table_name = escalation_findings)]
pub(super) struct OnFinding {
    pub(super) escalation_id: Id,
    pub(super) finding_id: Id,
}

/// An order that an escalation rests on.
#[derive(Insertable)]
#[diesel(table_name = escalation_rectifications)]
pub(super) struct OnOrder {
    pub(super) escalation_id: Id,
    pub(super) rectification_id: Id,
}
