//! A self-check as the api shows it.

use std::collections::BTreeMap;

use serde::Serialize;
use shared::domain::actor::Actor;
use shared::domain::answer::{Answer, MaterialAnswer};
use shared::domain::campaign::Campaign;
use shared::domain::date::Date;
use shared::domain::focus_item::FocusItem;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::phase::Timing;
use shared::domain::self_check::{SelfCheck, SelfCheckStatus, SelfCheckVerb};
use utoipa::ToSchema;

use crate::answer::Representation;

/// What a unit found in its own offices.
#[derive(Serialize, ToSchema)]
#[schema(as = SelfCheck)]
pub struct SelfCheckView {
    id: Id,
    /// Rises with each change; also the ETag.
    #[schema(example = 3)]
    version: i64,
    /// The campaign.
    campaign_id: Id,
    /// The unit that checks itself.
    unit_id: Id,
    /// Its state.
    status: SelfCheckStatus,
    /// The last day to hand it in: the unit's own, or the phase's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2023-08-06")]
    due_on: Option<Date>,
    /// Whether it is outstanding after its last day.
    overdue: bool,
    /// How its first submission is marked against the phase; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    timing: Option<Timing>,
    /// Whether its first submission was late.
    submitted_late: bool,
    /// By focus item.
    answers: BTreeMap<FocusItem, Answer>,
    /// By the key of the campaign's material.
    materials: BTreeMap<String, MaterialAnswer>,
    /// The form on paper, signed and stamped.
    scan_attachment_ids: Vec<Id>,
    /// When it was first handed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_submitted_at: Option<Instant>,
    /// When it was last handed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    submitted_at: Option<Instant>,
    /// The account that handed it in last.
    #[serde(skip_serializing_if = "Option::is_none")]
    submitted_by: Option<Id>,
    /// When it was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_at: Option<Instant>,
    /// Why it was sent back, until it is handed in again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "租用情况未说明审批文号。")]
    return_reason: Option<String>,
    /// Why the unit need not report.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "本年度机构改革，单位正在组建。")]
    excuse_reason: Option<String>,
    /// Whether the head of the leading group let those of the unit judge it.
    own_unit_allowed: bool,
    created_at: Instant,
    /// What the caller may do with it now.
    allowed_actions: Vec<SelfCheckVerb>,
}

impl SelfCheckView {
    pub fn of(check: SelfCheck, campaign: &Campaign, actor: &Actor, now: Instant) -> Self {
        Self {
            id: check.id,
            version: check.version,
            campaign_id: check.campaign_id,
            unit_id: check.unit_id,
            status: check.status,
            due_on: check.due_on(campaign),
            overdue: check.is_overdue(campaign, now),
            timing: check.timing,
            submitted_late: check.is_late(),
            first_submitted_at: check.first_submitted_at,
            submitted_at: check.submitted_at,
            submitted_by: check.submitted_by,
            accepted_at: check.accepted_at,
            own_unit_allowed: check.own_unit_allowed,
            created_at: check.created_at,
            allowed_actions: check.subject(campaign).allowed_actions(actor),
            answers: check.answers.answers,
            materials: check.answers.materials,
            scan_attachment_ids: check.answers.scan_attachment_ids,
            return_reason: check.return_reason,
            excuse_reason: check.excuse_reason,
        }
    }
}

impl Representation for SelfCheckView {
    const PATH: &'static str = "/v1/self-checks";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}
