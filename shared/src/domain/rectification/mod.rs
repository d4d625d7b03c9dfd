//! Rectifications (整改): orders to put a finding right. What a unit plans and hands in is in
//! `measure` and `evidence`; what follows from each verb is in `issue`, `verification`, `deferral` and `extension`.

mod act;
mod clock;
mod deferral;
mod extension;
mod issue;
mod machine;
#[cfg(test)]
pub(crate) mod sample;
mod verification;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use act::{Act, Done, Scene};
pub use clock::{check_due_on, overdue_days, submitted_late};
pub use deferral::{Defer, Deferral, Resume};
pub use extension::{DecideExtension, ExtensionDecision, ExtensionRequest, RequestExtension};
pub use issue::{AllowOwnUnit, Approval, Approve, Correction, Withdraw, ordered};
pub use machine::{Mode, RectificationStatus, RectificationVerb};
pub use verification::{Close, Reopen, Return};

use super::date::Date;
use crate::domain::actor::Role;
use crate::domain::campaign::Campaign;
use crate::domain::evidence::Evidence;
use crate::domain::finding::Finding;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::machine::Subject;
use crate::domain::measure::Measure;
use crate::domain::refusal::{Code, Refusal, Violations};

/// What an order says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RectificationContent {
    /// The finding that is to be put right.
    pub finding_id: Id,
    /// At once, or by a plan.
    pub mode: Mode,
    /// What has to be done (整改要求).
    #[schema(min_length = 1, max_length = 10_000, example = "补办租用审批手续；不符合条件的，限期腾退。")]
    pub requirement: String,
    /// The last day (整改期限).
    #[schema(example = "2023-09-10")]
    pub due_on: Date,
    /// Who answers for it in the unit (整改责任人).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "周云台")]
    pub responsible_person: Option<String>,
}

impl RectificationContent {
    /// Checks all fields; whether the date lies ahead is judged when the order is issued or corrected.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        self.note(&mut violations);
        violations.refuse()
    }

    /// Checks an order that is issued now.
    ///
    /// # Errors
    /// As [`check`](Self::check), and a due date in the past.
    pub fn check_issued(&self, today: Date) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        self.note(&mut violations);
        check_due_on(&mut violations, "/due_on", self.due_on, today);
        violations.refuse()
    }

    fn note(&self, violations: &mut Violations) {
        violations.text("/requirement", &self.requirement, 10_000);
        violations.optional_text("/responsible_person", self.responsible_person.as_deref(), 100);
    }
}

/// What was reported on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProgressEntry {
    /// When.
    pub at: Instant,
    /// The name of who reported it.
    #[schema(example = "墟沟街道联络员")]
    pub author: String,
    /// What was reported.
    #[schema(example = "已与权属单位商定腾退时间。")]
    pub text: String,
    /// Papers and pictures.
    pub attachment_ids: Vec<Id>,
}

/// A rectification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rectification {
    pub id: Id,
    pub version: i64,
    pub campaign_id: Id,
    pub unit_id: Id,
    /// The unit whose it was before that unit went into another.
    pub former_unit_id: Option<Id>,
    pub status: RectificationStatus,
    pub content: RectificationContent,
    /// Its number with the office's prefix; none while it is drafted.
    pub number: Option<String>,
    /// A leader's agreement to the draft, where the campaign asks for it.
    pub approval: Option<Approval>,
    /// The due date of the first issue, whatever came after.
    pub first_due_on: Date,
    /// What is reached when the plan is done.
    pub goal: Option<String>,
    pub measures: Vec<Measure>,
    pub progress: Vec<ProgressEntry>,
    /// What was handed in last.
    pub evidence: Option<Evidence>,
    pub submitted_at: Option<Instant>,
    pub submitted_by: Option<Id>,
    /// Whether anything was handed in after the due date of that day.
    pub submitted_late: bool,
    /// Whether the office entered it for a unit that works on paper (代填).
    pub entered_for_unit: bool,
    /// Why it was sent back, until it is handed in again.
    pub return_reason: Option<String>,
    /// How often it was sent back.
    pub times_returned: i32,
    pub close_opinion: Option<String>,
    /// When it was closed; none once it is taken up again.
    pub closed_at: Option<Instant>,
    /// Why it was taken up again, until it is closed again.
    pub reopen_reason: Option<String>,
    /// How often it was taken up again.
    pub times_reopened: i32,
    /// The last decision to put it off.
    pub deferral: Option<Deferral>,
    /// A later due date that the unit asks for.
    pub extension_request: Option<ExtensionRequest>,
    /// What was decided on such requests, oldest first.
    pub extensions: Vec<ExtensionDecision>,
    /// Whether the head of the leading group let those of the unit judge it.
    pub own_unit_allowed: bool,
    pub withdraw_reason: Option<String>,
    pub ordered_at: Option<Instant>,
    pub created_at: Instant,
}

impl Rectification {
    /// A draft for a finding.
    pub fn drafted(id: Id, finding: &Finding, content: RectificationContent, now: Instant) -> Self {
        Self {
            id,
            version: 1,
            campaign_id: finding.content.campaign_id,
            unit_id: finding.content.unit_id,
            former_unit_id: finding.former_unit_id,
            status: RectificationStatus::Drafted,
            first_due_on: content.due_on,
            content,
            number: None,
            approval: None,
            goal: None,
            measures: Vec::new(),
            progress: Vec::new(),
            evidence: None,
            submitted_at: None,
            submitted_by: None,
            submitted_late: false,
            entered_for_unit: false,
            return_reason: None,
            times_returned: 0,
            close_opinion: None,
            closed_at: None,
            reopen_reason: None,
            times_reopened: 0,
            deferral: None,
            extension_request: None,
            extensions: Vec::new(),
            own_unit_allowed: false,
            withdraw_reason: None,
            ordered_at: None,
            created_at: now,
        }
    }

    /// The rectification as a verb meets it: a draft is approved or issued, a request made or decided on,
    /// never both; the first extension is the office's to decide, every further one a leader's.
    pub fn subject(&self, campaign: &Campaign) -> Subject<RectificationStatus> {
        let lacks_approval = campaign.content.orders_need_approval && self.approval.is_none();
        let asked = self.extension_request.is_some();
        let decider = if self.extensions.is_empty() { Role::Coordinator } else { Role::Leader };
        Subject {
            submitted_by: self.submitted_by,
            own_unit_allowed: self.own_unit_allowed,
            reserved: Some((RectificationVerb::DecideExtension, decider)),
            ruled_out: vec![
                if lacks_approval { RectificationVerb::Order } else { RectificationVerb::Approve },
                if asked { RectificationVerb::RequestExtension } else { RectificationVerb::DecideExtension },
            ],
            ..Subject::of(self.status, self.unit_id, campaign)
        }
    }

    /// Days overdue (R38).
    pub fn overdue_days(&self, today: Date) -> i64 {
        overdue_days(self.status, Some(self.content.due_on), today)
    }

    /// Whether the unit has a plan.
    pub fn has_plan(&self) -> bool {
        self.goal.is_some()
    }

    /// Refuses a draft's change of the finding that it is for.
    ///
    /// # Errors
    /// The field, where it would change.
    pub fn check_frozen(&self, content: &RectificationContent) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.require(self.content.finding_id == content.finding_id, "/finding_id", Code::Frozen);
        violations.refuse()
    }
}

#[cfg(test)]
mod tests {
    use super::sample::{campaign, finding, rectification, scene};
    use super::*;
    use crate::domain::actor::Actor;
    use crate::domain::machine::checks::actor;

    fn allowed(order: &Rectification, campaign: &Campaign, actor: &Actor) -> Vec<RectificationVerb> {
        order.subject(campaign).allowed_actions(actor)
    }

    #[test]
    fn a_draft_is_issued_after_approval_where_the_campaign_asks_for_it() {
        let (office, leader) = (actor(&[Role::Coordinator], None), actor(&[Role::Leader], None));
        let mut campaign = campaign();
        let draft = Rectification { status: RectificationStatus::Drafted, ..rectification() };
        assert_eq!(allowed(&draft, &campaign, &office), [RectificationVerb::Order]);
        assert_eq!(allowed(&draft, &campaign, &leader), []);
        campaign.content.orders_need_approval = true;
        assert_eq!(allowed(&draft, &campaign, &office), []);
        assert_eq!(allowed(&draft, &campaign, &leader), [RectificationVerb::Approve]);
        let finding = finding();
        let agreed = Approve { opinion: "同意".to_owned() }.act(draft, &scene(&finding)).unwrap().after;
        assert_eq!(allowed(&agreed, &campaign, &office), [RectificationVerb::Order]);
        assert_eq!(allowed(&agreed, &campaign, &leader), []);
    }

    #[test]
    fn the_first_extension_is_the_offices_every_further_one_a_leaders() {
        let (office, leader) = (actor(&[Role::Coordinator], None), actor(&[Role::Leader], None));
        let (campaign, finding) = (campaign(), finding());
        let ask = |order| {
            let request = RequestExtension { due_on: sample::day(20), reason: "档案搬迁".to_owned() };
            request.act(order, &scene(&finding)).unwrap().after
        };
        let verb = RectificationVerb::DecideExtension;
        let first = ask(rectification());
        assert_eq!(first.subject(&campaign).permit(&leader, verb), Err(Refusal::RoleMissing));
        assert!(allowed(&first, &campaign, &office).contains(&verb));
        let decision = DecideExtension { approve: false, reason: "不同意".to_owned() };
        let decided = decision.act(first, &scene(&finding)).unwrap().after;
        assert!(!allowed(&decided, &campaign, &leader).contains(&verb), "nothing is pending");
        let second = ask(decided);
        assert_eq!(second.subject(&campaign).permit(&office, verb), Err(Refusal::RoleMissing));
        assert!(allowed(&second, &campaign, &leader).contains(&verb));
    }
}
