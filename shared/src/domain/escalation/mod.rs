//! Escalations (问责建议、上报事项): what the leading group tells those above it of a unit. The service shows
//! the facts; people propose and decide.

mod act;
mod candidate;
mod machine;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use act::{Conclude, Decide, Decision};
pub use candidate::{Candidate, MisreportedFinding, OrderOfConcern};
pub use machine::{EscalationStatus, EscalationVerb};

use super::campaign::Campaign;
use super::id::Id;
use super::instant::Instant;
use super::machine::Subject;
use super::refusal::{Refusal, Violations};
use crate::messages::words;
use crate::text_enum;

text_enum! {
    /// To whom an escalation goes.
    pub enum EscalationKind {
        /// The local Party committee and government are told (通报地方党委、政府; R41).
        Government = "government",
        /// The discipline commission is asked to hold somebody to account (报区纪委监委问责; R42).
        Discipline = "discipline",
    }
}

impl EscalationKind {
    /// To whom it goes by the plan of 2023 (五、巡检要求（三）).
    pub fn usual_addressee(self) -> &'static str {
        match self {
            Self::Government => words::GOVERNMENT,
            Self::Discipline => words::DISCIPLINE,
        }
    }
}

/// What an escalation says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalationContent {
    /// The campaign.
    pub campaign_id: Id,
    /// The unit that it is about.
    pub unit_id: Id,
    /// To whom it goes.
    pub kind: EscalationKind,
    /// The addressee by name; the plan's where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "区纪委监委")]
    pub addressee: Option<String>,
    /// What happened, in words (事实).
    #[schema(
        min_length = 1,
        max_length = 10_000,
        example = "该单位租用办公用房问题逾期30日未整改，经两次退回仍未提供佐证材料。"
    )]
    pub facts: String,
    /// The findings that it rests on; those of its orders are added.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub finding_ids: Vec<Id>,
    /// The orders that it rests on.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub rectification_ids: Vec<Id>,
    /// Further papers.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub attachment_ids: Vec<Id>,
    /// The rule that it refers to (依据).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000, example = "《党政机关办公用房管理办法》")]
    pub legal_basis: Option<String>,
}

impl EscalationContent {
    /// Checks all fields.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.optional_text("/addressee", self.addressee.as_deref(), 100);
        violations.text("/facts", &self.facts, 10_000);
        violations.attachments("/finding_ids", &self.finding_ids);
        violations.attachments("/rectification_ids", &self.rectification_ids);
        violations.attachments("/attachment_ids", &self.attachment_ids);
        violations.optional_text("/legal_basis", self.legal_basis.as_deref(), 2_000);
        violations.refuse()
    }
}

/// An escalation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    pub id: Id,
    pub version: i64,
    pub status: EscalationStatus,
    pub content: EscalationContent,
    /// The unit that it was about before that unit went into another.
    pub former_unit_id: Option<Id>,
    /// The name of who proposed it.
    pub proposed_by: String,
    pub created_at: Instant,
    /// What the leading group decided.
    pub decision: Option<Decision>,
    pub withdraw_reason: Option<String>,
    pub sent_at: Option<Instant>,
    /// What the addressee answered.
    pub answer: Option<String>,
    /// The papers of the answer.
    pub answer_attachment_ids: Vec<Id>,
    pub concluded_at: Option<Instant>,
    /// Whether the head of the leading group let those of the unit decide on it.
    pub own_unit_allowed: bool,
}

impl Escalation {
    /// An escalation as it is proposed.
    pub fn proposed(id: Id, mut content: EscalationContent, proposed_by: &str, now: Instant) -> Self {
        content.addressee.get_or_insert_with(|| content.kind.usual_addressee().to_owned());
        Self {
            id,
            version: 1,
            status: EscalationStatus::Proposed,
            content,
            former_unit_id: None,
            proposed_by: proposed_by.to_owned(),
            created_at: now,
            decision: None,
            withdraw_reason: None,
            sent_at: None,
            answer: None,
            answer_attachment_ids: Vec::new(),
            concluded_at: None,
            own_unit_allowed: false,
        }
    }

    /// The addressee by name.
    pub fn addressee(&self) -> &str {
        self.content.addressee.as_deref().unwrap_or_else(|| self.content.kind.usual_addressee())
    }

    /// The escalation as a verb meets it.
    pub fn subject(&self, campaign: &Campaign) -> Subject<EscalationStatus> {
        let own_unit_allowed = self.own_unit_allowed;
        Subject { own_unit_allowed, ..Subject::of(self.status, self.content.unit_id, campaign) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::refusal::{Code, Violation};

    fn content(kind: &str) -> EscalationContent {
        let content = json!({
            "campaign_id": Id::new(), "unit_id": Id::new(), "kind": kind, "facts": "逾期未整改。"
        });
        serde_json::from_value(content).unwrap()
    }

    #[test]
    fn the_plan_names_the_addressees_where_nobody_else_is_named() {
        let now = serde_json::from_value(json!("2023-09-01T00:00:00Z")).unwrap();
        for (kind, addressee) in [("government", "地方党委、政府"), ("discipline", "区纪委监委")]
        {
            let escalation = Escalation::proposed(Id::new(), content(kind), "郑连岛", now);
            assert_eq!(escalation.addressee(), addressee);
        }
        let named = EscalationContent { addressee: Some("区委".to_owned()), ..content("government") };
        assert_eq!(Escalation::proposed(Id::new(), named, "郑连岛", now).addressee(), "区委");
    }

    #[test]
    fn it_says_what_happened_and_names_nothing_twice() {
        let finding = Id::new();
        let content = EscalationContent {
            facts: " ".to_owned(),
            finding_ids: vec![finding, finding],
            ..content("discipline")
        };
        let expected =
            vec![Violation::new("/facts", Code::Blank), Violation::new("/finding_ids/1", Code::Duplicate)];
        assert_eq!(content.check(), Err(Refusal::Invalid(expected)));
    }
}
