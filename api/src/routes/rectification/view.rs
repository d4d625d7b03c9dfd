//! A rectification as the api shows it.

use serde::Serialize;
use shared::domain::actor::Actor;
use shared::domain::campaign::Campaign;
use shared::domain::date::Date;
use shared::domain::evidence::Evidence;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::measure::Measure;
use shared::domain::rectification::{
    Approval, Deferral, ExtensionDecision, ExtensionRequest, Mode, ProgressEntry, Rectification,
    RectificationStatus, RectificationVerb,
};
use utoipa::ToSchema;

use crate::answer::Representation;

/// An order to put a finding right, and what became of it.
#[derive(Serialize, ToSchema)]
#[schema(as = Rectification)]
pub struct RectificationView {
    id: Id,
    /// Rises with each change; also the ETag.
    #[schema(example = 3)]
    version: i64,
    /// The campaign that it belongs to.
    campaign_id: Id,
    /// The unit that has to put it right.
    unit_id: Id,
    /// The unit whose it was before that unit went into another.
    #[serde(skip_serializing_if = "Option::is_none")]
    former_unit_id: Option<Id>,
    /// The finding that is to be put right.
    finding_id: Id,
    /// Its number with the office's prefix; absent while it is drafted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "连区办整改〔2023〕1号")]
    number: Option<String>,
    /// A leader's agreement, where the campaign asks for it before the order is issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<Approval>,
    /// Its state.
    status: RectificationStatus,
    /// At once, or by a plan.
    mode: Mode,
    /// What has to be done.
    #[schema(example = "补办租用审批手续；不符合条件的，限期腾退。")]
    requirement: String,
    /// The last day in force.
    #[schema(example = "2023-09-10")]
    due_on: Date,
    /// The last day of the first issue.
    #[schema(example = "2023-09-10")]
    first_due_on: Date,
    /// Whether it waits for its unit past the due date.
    overdue: bool,
    /// Days past the due date; 0 where it is not overdue.
    #[schema(example = 0)]
    overdue_days: i64,
    /// Who answers for it in the unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "周云台")]
    responsible_person: Option<String>,
    /// What is reached when the plan is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "9月10日前完成审批或者腾退。")]
    goal: Option<String>,
    /// The plan's measures.
    measures: Vec<Measure>,
    /// What was reported on the way, oldest first.
    progress: Vec<ProgressEntry>,
    /// What was handed in last.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
    /// When it was handed in last.
    #[serde(skip_serializing_if = "Option::is_none")]
    submitted_at: Option<Instant>,
    /// Whether anything was handed in after the due date of that day.
    submitted_late: bool,
    /// Whether the office entered it for a unit that works on paper.
    entered_for_unit: bool,
    /// Why it was sent back, until it is handed in again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "缺少租赁合同。")]
    return_reason: Option<String>,
    /// How often it was sent back.
    #[schema(example = 0)]
    times_returned: i32,
    /// What the verifier wrote on closing it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "经现场核查，已腾退，同意销号。")]
    close_opinion: Option<String>,
    /// When it was closed; absent once it is taken up again.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<Instant>,
    /// Why it was taken up again, until it is closed again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "回头看发现已腾退的房间又被占用。")]
    reopen_reason: Option<String>,
    /// How often it was taken up again.
    #[schema(example = 0)]
    times_reopened: i32,
    /// The last decision to put it off, also after it went on.
    #[serde(skip_serializing_if = "Option::is_none")]
    deferral: Option<Deferral>,
    /// A later due date that the unit asks for, until it is decided on.
    #[serde(skip_serializing_if = "Option::is_none")]
    extension_request: Option<ExtensionRequest>,
    /// What was decided on such requests, oldest first.
    extensions: Vec<ExtensionDecision>,
    /// Why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "经复核，不属于违规租用。")]
    withdraw_reason: Option<String>,
    /// When it was issued first.
    #[serde(skip_serializing_if = "Option::is_none")]
    ordered_at: Option<Instant>,
    /// Whether the head of the leading group let those of the unit judge it.
    own_unit_allowed: bool,
    created_at: Instant,
    /// What the caller may do with it now.
    allowed_actions: Vec<RectificationVerb>,
}

impl RectificationView {
    pub fn of(rectification: Rectification, campaign: &Campaign, actor: &Actor, now: Instant) -> Self {
        let allowed_actions = rectification.subject(campaign).allowed_actions(actor);
        let overdue_days = rectification.overdue_days(campaign.today(now));
        let content = rectification.content;
        Self {
            id: rectification.id,
            version: rectification.version,
            campaign_id: rectification.campaign_id,
            unit_id: rectification.unit_id,
            former_unit_id: rectification.former_unit_id,
            finding_id: content.finding_id,
            number: rectification.number,
            approval: rectification.approval,
            status: rectification.status,
            mode: content.mode,
            requirement: content.requirement,
            due_on: content.due_on,
            first_due_on: rectification.first_due_on,
            overdue: overdue_days > 0,
            overdue_days,
            responsible_person: content.responsible_person,
            goal: rectification.goal,
            measures: rectification.measures,
            progress: rectification.progress,
            evidence: rectification.evidence,
            submitted_at: rectification.submitted_at,
            submitted_late: rectification.submitted_late,
            entered_for_unit: rectification.entered_for_unit,
            return_reason: rectification.return_reason,
            times_returned: rectification.times_returned,
            close_opinion: rectification.close_opinion,
            closed_at: rectification.closed_at,
            reopen_reason: rectification.reopen_reason,
            times_reopened: rectification.times_reopened,
            deferral: rectification.deferral,
            extension_request: rectification.extension_request,
            extensions: rectification.extensions,
            withdraw_reason: rectification.withdraw_reason,
            ordered_at: rectification.ordered_at,
            own_unit_allowed: rectification.own_unit_allowed,
            created_at: rectification.created_at,
            allowed_actions,
        }
    }
}

impl Representation for RectificationView {
    const PATH: &'static str = "/v1/rectifications";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}
