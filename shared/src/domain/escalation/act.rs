//! What follows from the verbs of an escalation.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Escalation;
use crate::domain::actor::Actor;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::reason::Reason;
use crate::domain::refusal::{Refusal, Violations};

/// What a leader says for the leading group.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EscalationDecide)]
pub struct Decide {
    /// Why.
    #[schema(min_length = 1, max_length = 1_000, example = "事实清楚，同意提请问责。")]
    pub reason: String,
    /// The group's decision by its date, minutes or instruction (会议纪要、批示).
    #[schema(min_length = 1, max_length = 500, example = "领导小组2023年9月20日会议纪要")]
    pub approval: String,
    /// The decision itself.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub attachment_ids: Vec<Id>,
}

/// What the leading group decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EscalationDecision)]
pub struct Decision {
    /// Why.
    #[schema(example = "事实清楚，同意提请问责。")]
    pub reason: String,
    /// The group's decision by its date, minutes or instruction.
    #[schema(example = "领导小组2023年9月20日会议纪要")]
    pub approval: String,
    /// The decision itself.
    pub attachment_ids: Vec<Id>,
    /// The name of the leader who entered it.
    #[schema(example = "钱海州")]
    pub decided_by: String,
    /// When.
    pub decided_at: Instant,
}

impl Decide {
    /// The escalation with the decision, which the machine has led to its next state.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn act(self, escalation: Escalation, actor: &Actor, now: Instant) -> Result<Escalation, Refusal> {
        let mut violations = Violations::default();
        violations.text("/reason", &self.reason, Reason::MAX);
        violations.text("/approval", &self.approval, 500);
        violations.attachments("/attachment_ids", &self.attachment_ids);
        violations.refuse()?;
        let decision = Decision {
            reason: self.reason,
            approval: self.approval,
            attachment_ids: self.attachment_ids,
            decided_by: actor.name.clone(),
            decided_at: now,
        };
        Ok(Escalation { decision: Some(decision), ..escalation })
    }
}

/// What the addressee answered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EscalationConclude)]
pub struct Conclude {
    /// The answer (办理结果).
    #[schema(min_length = 1, max_length = 10_000, example = "已对该单位分管负责人进行约谈。")]
    pub answer: String,
    /// Its papers.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub attachment_ids: Vec<Id>,
}

impl Conclude {
    /// The escalation with its answer.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn act(self, escalation: Escalation, now: Instant) -> Result<Escalation, Refusal> {
        let mut violations = Violations::default();
        violations.text("/answer", &self.answer, 10_000);
        violations.attachments("/attachment_ids", &self.attachment_ids);
        violations.refuse()?;
        let (answer, answer_attachment_ids) = (Some(self.answer), self.attachment_ids);
        Ok(Escalation { answer, answer_attachment_ids, concluded_at: Some(now), ..escalation })
    }
}
