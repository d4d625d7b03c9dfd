//! The judgement of what a unit handed in: sent back, closed, taken up again.

use serde::Deserialize;
use utoipa::ToSchema;

use super::act::{Act, Done, Scene};
use super::{Rectification, RectificationContent, check_due_on};
use crate::domain::date::Date;
use crate::domain::notice_content::Matter;
use crate::domain::reason::Reason;
use crate::domain::refusal::{Refusal, Violations};

/// Why it does not suffice, and until when it is handed in again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Return {
    /// Why.
    #[schema(max_length = 1_000, example = "缺少租赁合同。")]
    pub reason: String,
    /// The new last day, today or later.
    #[schema(example = "2023-09-15")]
    pub due_on: Date,
}

impl Act for Return {
    fn act(self, order: Rectification, scene: &Scene<'_>) -> Result<Done, Refusal> {
        check_again(&self.reason, self.due_on, scene.today)?;
        let matter = Matter::RectificationReturned {
            order: scene.reference(&order),
            reason: self.reason.clone(),
            due_on: self.due_on,
        };
        let after = Rectification {
            content: RectificationContent { due_on: self.due_on, ..order.content },
            return_reason: Some(self.reason.clone()),
            times_returned: order.times_returned + 1,
            ..order
        };
        Ok(Done::told(after, matter).because(self.reason))
    }
}

/// What the verifier saw.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// The opinion on verification (核查意见).
    #[schema(max_length = 2_000, example = "经现场核查，已腾退，同意销号。")]
    pub opinion: String,
}

impl Act for Close {
    fn act(self, order: Rectification, scene: &Scene<'_>) -> Result<Done, Refusal> {
        let mut violations = Violations::default();
        violations.text("/opinion", &self.opinion, 2_000);
        violations.refuse()?;
        let matter = Matter::RectificationClosed {
            order: scene.reference(&order),
            closed_on: scene.today,
            opinion: self.opinion.clone(),
        };
        let (close_opinion, closed_at) = (Some(self.opinion), Some(scene.now));
        Ok(Done::told(Rectification { close_opinion, closed_at, reopen_reason: None, ..order }, matter))
    }
}

/// What the look-back saw, and until when it is handed in again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reopen {
    /// Why (回头看、复测).
    #[schema(max_length = 1_000, example = "回头看发现已腾退的房间又被占用。")]
    pub reason: String,
    /// The new last day, today or later.
    #[schema(example = "2023-10-15")]
    pub due_on: Date,
}

impl Act for Reopen {
    fn act(self, order: Rectification, scene: &Scene<'_>) -> Result<Done, Refusal> {
        check_again(&self.reason, self.due_on, scene.today)?;
        let matter = Matter::RectificationReopened {
            order: scene.reference(&order),
            reason: self.reason.clone(),
            due_on: self.due_on,
        };
        let after = Rectification {
            content: RectificationContent { due_on: self.due_on, ..order.content },
            reopen_reason: Some(self.reason.clone()),
            times_reopened: order.times_reopened + 1,
            close_opinion: None,
            closed_at: None,
            ..order
        };
        Ok(Done::told(after, matter).because(self.reason))
    }
}

/// What every new round asks for: why, and a new last day.
fn check_again(reason: &str, due_on: Date, today: Date) -> Result<(), Refusal> {
    let mut violations = Violations::default();
    violations.text("/reason", reason, Reason::MAX);
    check_due_on(&mut violations, "/due_on", due_on, today);
    violations.refuse()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{day, finding, rectification, scene};
    use super::*;
    use crate::domain::refusal::{Code, Violation};

    #[test]
    fn a_new_round_keeps_the_first_due_date_and_counts_itself() {
        let finding = finding();
        let order = rectification();
        let back = Return { reason: "缺少合同".to_owned(), due_on: day(20) };
        let returned = back.act(order.clone(), &scene(&finding)).unwrap().after;
        assert_eq!((returned.content.due_on, returned.first_due_on), (day(20), day(10)));
        assert_eq!((returned.times_returned, returned.return_reason.as_deref()), (1, Some("缺少合同")));
        let closed = Close { opinion: "同意".to_owned() }.act(returned, &scene(&finding)).unwrap().after;
        assert!(closed.closed_at.is_some());
        let again = Reopen { reason: "又被占用".to_owned(), due_on: day(30) };
        let reopened = again.act(closed, &scene(&finding)).unwrap().after;
        assert_eq!((reopened.content.due_on, reopened.first_due_on), (day(30), day(10)));
        assert_eq!((reopened.closed_at, reopened.close_opinion, reopened.times_reopened), (None, None, 1));
    }

    #[test]
    fn a_new_round_needs_a_reason_and_a_day_that_lies_ahead() {
        let finding = finding();
        let refused =
            Reopen { reason: " ".to_owned(), due_on: day(4) }.act(rectification(), &scene(&finding));
        let expected =
            vec![Violation::new("/reason", Code::Blank), Violation::new("/due_on", Code::DueOnPast)];
        assert_eq!(refused, Err(Refusal::Invalid(expected)));
    }
}
