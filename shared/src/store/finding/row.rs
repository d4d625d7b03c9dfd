//! A finding as its row.

use diesel::prelude::*;

use crate::domain::finding::{Finding, FindingContent, FindingSource, FindingStatus, Misreporting, Severity};
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::store::StoreResult;
use crate::store::schema::findings;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = findings, treat_none_as_null = true)]
pub(super) struct Row {
    pub(super) id: Id,
    version: i64,
    campaign_id: Id,
    unit_id: Id,
    focus_item: FocusItem,
    source: FindingSource,
    severity: Severity,
    description: String,
    handling_opinion: Option<String>,
    misreporting: Misreporting,
    misreporting_serious: bool,
    status: FindingStatus,
    self_check_id: Option<Id>,
    former_unit_id: Option<Id>,
    leader_office_id: Option<Id>,
    inspection_id: Option<Id>,
    inspection_item_id: Option<Id>,
    created_by: Option<Id>,
    created_at: Instant,
    confirmed_at: Option<Instant>,
    merged_into: Option<Id>,
    dismissal_reason: Option<String>,
    close_opinion: Option<String>,
    closed_at: Option<Instant>,
    attachment_ids: String,
    own_unit_allowed: bool,
}

impl Row {
    pub(super) fn of(finding: &Finding) -> StoreResult<Self> {
        let content = finding.content.clone();
        Ok(Self {
            id: finding.id,
            version: finding.version,
            campaign_id: content.campaign_id,
            unit_id: content.unit_id,
            focus_item: content.focus_item,
            source: content.source,
            severity: content.severity,
            description: content.description,
            handling_opinion: content.handling_opinion,
            misreporting: content.misreporting,
            misreporting_serious: content.misreporting_serious,
            status: finding.status,
            self_check_id: finding.self_check_id,
            former_unit_id: finding.former_unit_id,
            leader_office_id: content.leader_office_id,
            inspection_id: content.inspection_id,
            inspection_item_id: content.inspection_item_id,
            created_by: finding.created_by,
            created_at: finding.created_at,
            confirmed_at: finding.confirmed_at,
            merged_into: finding.merged_into,
            dismissal_reason: finding.dismissal_reason.clone(),
            close_opinion: finding.close_opinion.clone(),
            closed_at: finding.closed_at,
            attachment_ids: serde_json::to_string(&finding.attachment_ids)?,
            own_unit_allowed: finding.own_unit_allowed,
        })
    }

    pub(super) fn finding(self, order_drafted: bool) -> StoreResult<Finding> {
        Ok(Finding {
            id: self.id,
            version: self.version,
            status: self.status,
            content: FindingContent {
                campaign_id: self.campaign_id,
                unit_id: self.unit_id,
                focus_item: self.focus_item,
                source: self.source,
                severity: self.severity,
                description: self.description,
                handling_opinion: self.handling_opinion,
                misreporting: self.misreporting,
                misreporting_serious: self.misreporting_serious,
                leader_office_id: self.leader_office_id,
                inspection_id: self.inspection_id,
                inspection_item_id: self.inspection_item_id,
            },
            self_check_id: self.self_check_id,
            former_unit_id: self.former_unit_id,
            created_by: self.created_by,
            created_at: self.created_at,
            confirmed_at: self.confirmed_at,
            merged_into: self.merged_into,
            dismissal_reason: self.dismissal_reason,
            close_opinion: self.close_opinion,
            closed_at: self.closed_at,
            attachment_ids: serde_json::from_str(&self.attachment_ids)?,
            own_unit_allowed: self.own_unit_allowed,
            order_drafted,
        })
    }
}
