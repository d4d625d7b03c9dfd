//! A rectification as its row.

use diesel::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::measure::Measure;
use crate::domain::rectification::{
    ExtensionDecision, ExtensionRequest, Mode, ProgressEntry, Rectification, RectificationContent,
    RectificationStatus,
};
use crate::store::StoreResult;
use crate::store::schema::rectifications;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = rectifications, treat_none_as_null = true)]
pub(super) struct Row {
    pub(super) id: Id,
    version: i64,
    campaign_id: Id,
    unit_id: Id,
    former_unit_id: Option<Id>,
    finding_id: Id,
    number: Option<String>,
    status: RectificationStatus,
    mode: Mode,
    requirement: String,
    due_on: Date,
    first_due_on: Date,
    responsible_person: Option<String>,
    goal: Option<String>,
    evidence: Option<String>,
    submitted_at: Option<Instant>,
    submitted_by: Option<Id>,
    submitted_late: bool,
    entered_for_unit: bool,
    return_reason: Option<String>,
    times_returned: i32,
    close_opinion: Option<String>,
    closed_at: Option<Instant>,
    reopen_reason: Option<String>,
    times_reopened: i32,
    approval: Option<String>,
    deferral: Option<String>,
    extensions: String,
    own_unit_allowed: bool,
    withdraw_reason: Option<String>,
    ordered_at: Option<Instant>,
    created_at: Instant,
}

/// What was asked for and decided, as it stands in its column.
#[derive(Serialize, Deserialize)]
struct Extensions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pending: Option<ExtensionRequest>,
    decided: Vec<ExtensionDecision>,
}

impl Row {
    pub(super) fn of(rectification: &Rectification) -> StoreResult<Self> {
        let content = rectification.content.clone();
        Ok(Self {
            id: rectification.id,
            version: rectification.version,
            campaign_id: rectification.campaign_id,
            unit_id: rectification.unit_id,
            former_unit_id: rectification.former_unit_id,
            finding_id: content.finding_id,
            number: rectification.number.clone(),
            status: rectification.status,
            mode: content.mode,
            requirement: content.requirement,
            due_on: content.due_on,
            first_due_on: rectification.first_due_on,
            responsible_person: content.responsible_person,
            goal: rectification.goal.clone(),
            evidence: written(rectification.evidence.as_ref())?,
            submitted_at: rectification.submitted_at,
            submitted_by: rectification.submitted_by,
            submitted_late: rectification.submitted_late,
            entered_for_unit: rectification.entered_for_unit,
            return_reason: rectification.return_reason.clone(),
            times_returned: rectification.times_returned,
            close_opinion: rectification.close_opinion.clone(),
            closed_at: rectification.closed_at,
            reopen_reason: rectification.reopen_reason.clone(),
            times_reopened: rectification.times_reopened,
            approval: written(rectification.approval.as_ref())?,
            deferral: written(rectification.deferral.as_ref())?,
            extensions: serde_json::to_string(&Extensions {
                pending: rectification.extension_request.clone(),
                decided: rectification.extensions.clone(),
            })?,
            own_unit_allowed: rectification.own_unit_allowed,
            withdraw_reason: rectification.withdraw_reason.clone(),
            ordered_at: rectification.ordered_at,
            created_at: rectification.created_at,
        })
    }

    pub(super) fn rectification(
        self,
        measures: Vec<Measure>,
        progress: Vec<ProgressEntry>,
    ) -> StoreResult<Rectification> {
        let extensions: Extensions = serde_json::from_str(&self.extensions)?;
        Ok(Rectification {
            id: self.id,
            version: self.version,
            campaign_id: self.campaign_id,
            unit_id: self.unit_id,
            former_unit_id: self.former_unit_id,
            status: self.status,
            content: RectificationContent {
                finding_id: self.finding_id,
                mode: self.mode,
                requirement: self.requirement,
                due_on: self.due_on,
                responsible_person: self.responsible_person,
            },
            number: self.number,
            first_due_on: self.first_due_on,
            goal: self.goal,
            measures,
            progress,
            evidence: read(self.evidence.as_deref())?,
            submitted_at: self.submitted_at,
            submitted_by: self.submitted_by,
            submitted_late: self.submitted_late,
            entered_for_unit: self.entered_for_unit,
            return_reason: self.return_reason,
            times_returned: self.times_returned,
            close_opinion: self.close_opinion,
            closed_at: self.closed_at,
            reopen_reason: self.reopen_reason,
            times_reopened: self.times_reopened,
            approval: read(self.approval.as_deref())?,
            deferral: read(self.deferral.as_deref())?,
            extension_request: extensions.pending,
            extensions: extensions.decided,
            own_unit_allowed: self.own_unit_allowed,
            withdraw_reason: self.withdraw_reason,
            ordered_at: self.ordered_at,
            created_at: self.created_at,
        })
    }
}

fn written<T: Serialize>(part: Option<&T>) -> StoreResult<Option<String>> {
    Ok(part.map(serde_json::to_string).transpose()?)
}

fn read<T: DeserializeOwned>(part: Option<&str>) -> StoreResult<Option<T>> {
    Ok(part.map(serde_json::from_str).transpose()?)
}
