//! Rectifications (整改): orders to put a finding right. What a unit plans and hands in is in
//! `measure` and `evidence`.

mod machine;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use machine::{Mode, RectificationStatus, RectificationVerb, check_due_on, overdue_days, submitted_late};

use crate::domain::campaign::Campaign;
use crate::domain::evidence::Evidence;
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
    pub due_on: NaiveDate,
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
    pub fn check_issued(&self, today: NaiveDate) -> Result<(), Refusal> {
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
    pub status: RectificationStatus,
    pub content: RectificationContent,
    /// Its number with the office's prefix; none while it is drafted.
    pub number: Option<String>,
    /// The due date of the first issue, whatever came after.
    pub first_due_on: NaiveDate,
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
    pub close_opinion: Option<String>,
    pub closed_at: Option<Instant>,
    pub withdraw_reason: Option<String>,
    pub ordered_at: Option<Instant>,
    pub created_at: Instant,
}

impl Rectification {
    /// The rectification as a verb meets it.
    pub fn subject(&self, campaign: &Campaign) -> Subject<RectificationStatus> {
        Subject {
            status: self.status,
            unit_id: self.unit_id,
            submitted_by: self.submitted_by,
            campaign_closed: campaign.is_closed(),
        }
    }

    /// Days overdue (R38).
    pub fn overdue_days(&self, today: NaiveDate) -> i64 {
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
