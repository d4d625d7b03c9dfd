//! Orders as the office issues them: approved, issued, corrected, withdrawn.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{Act, Done, Scene};
use super::{Rectification, RectificationContent};
use crate::domain::date::Date;
use crate::domain::instant::Instant;
use crate::domain::notice_content::Matter;
use crate::domain::reason::Reason;
use crate::domain::refusal::{Code, Refusal, Violations};

/// A leader's opinion on a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// The opinion (审批意见).
    #[schema(min_length = 1, max_length = 2_000, example = "同意下达。")]
    pub opinion: String,
}

/// A leader's agreement to a draft (审批), lost when the draft changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    /// The opinion.
    #[schema(example = "同意下达。")]
    pub opinion: String,
    /// The name of who agreed.
    #[schema(example = "钱海州")]
    pub approved_by: String,
    /// When.
    pub approved_at: Instant,
}

impl Act for Approve {
    fn act(self, order: Rectification, scene: &Scene<'_>) -> Result<Done, Refusal> {
        let mut violations = Violations::default();
        violations.text("/opinion", &self.opinion, 2_000);
        violations.refuse()?;
        let approved_by = scene.actor.name.clone();
        let approval = Approval { opinion: self.opinion, approved_by, approved_at: scene.now };
        Ok(Done::quietly(Rectification { approval: Some(approval), ..order }))
    }
}

/// What is corrected of an issued order, and why. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// What has to be done.
    #[schema(max_length = 10_000, example = "补办租用审批手续，并报送租赁合同。")]
    pub requirement: Option<String>,
    /// The last day, today or later.
    #[schema(example = "2023-09-15")]
    pub due_on: Option<Date>,
    /// Who answers for it in the unit.
    #[schema(max_length = 100, example = "周云台")]
    pub responsible_person: Option<String>,
    /// Why.
    #[schema(max_length = 1_000, example = "原要求表述不完整。")]
    pub reason: String,
}

impl Act for Correction {
    fn act(self, order: Rectification, scene: &Scene<'_>) -> Result<Done, Refusal> {
        Reason { reason: self.reason.clone() }.check()?;
        let changes = (&self.requirement, &self.due_on, &self.responsible_person);
        if let (None, None, None) = changes {
            return Err(Refusal::invalid("/requirement", Code::Missing));
        }
        let before = &order.content;
        let content = RectificationContent {
            requirement: self.requirement.unwrap_or_else(|| before.requirement.clone()),
            due_on: self.due_on.unwrap_or(before.due_on),
            responsible_person: self.responsible_person.or_else(|| before.responsible_person.clone()),
            ..before.clone()
        };
        if self.due_on.is_some() {
            content.check_issued(scene.today)?;
        } else {
            content.check()?;
        }
        let after = Rectification { content, ..order };
        let matter = ordered(&after, scene, Some(self.reason.clone()));
        Ok(Done::told(after, matter).because(self.reason))
    }
}

/// What the unit and its leader are told of an order that is issued, or issued again.
pub fn ordered(order: &Rectification, scene: &Scene<'_>, correction_reason: Option<String>) -> Matter {
    Matter::RectificationOrdered {
        order: scene.reference(order),
        requirement: order.content.requirement.clone(),
        due_on: order.content.due_on,
        mode: order.content.mode,
        correction_reason,
    }
}

/// Why an order is taken back.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Withdraw(pub Reason);

impl Act for Withdraw {
    fn act(self, order: Rectification, scene: &Scene<'_>) -> Result<Done, Refusal> {
        self.0.check()?;
        let reason = self.0.reason;
        let matter =
            Matter::RectificationWithdrawn { order: scene.reference(&order), reason: reason.clone() };
        let after = Rectification { withdraw_reason: Some(reason.clone()), ..order };
        Ok(Done::told(after, matter).because(reason))
    }
}

/// Why those of the unit may judge it.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct AllowOwnUnit(pub Reason);

impl Act for AllowOwnUnit {
    fn act(self, order: Rectification, _: &Scene<'_>) -> Result<Done, Refusal> {
        self.0.check()?;
        Ok(Done::quietly(Rectification { own_unit_allowed: true, ..order }).because(self.0.reason))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{day, finding, rectification, scene};
    use super::*;

    #[test]
    fn a_correction_changes_something_and_only_a_new_date_lies_ahead() {
        let finding = finding();
        let nothing = || Correction {
            requirement: None,
            due_on: None,
            responsible_person: None,
            reason: "更正".to_owned(),
        };
        let correct = |correction: Correction| correction.act(rectification(), &scene(&finding));
        assert_eq!(correct(nothing()), Err(Refusal::invalid("/requirement", Code::Missing)));
        let past = Correction { due_on: Some(day(4)), ..nothing() };
        assert_eq!(correct(past), Err(Refusal::invalid("/due_on", Code::DueOnPast)));
        let done = correct(Correction { due_on: Some(day(20)), ..nothing() }).unwrap();
        assert_eq!((done.after.content.due_on, done.after.first_due_on), (day(20), day(10)));
        assert_eq!(done.reason.as_deref(), Some("更正"));
    }
}
