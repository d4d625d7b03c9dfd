//! Later due dates (延期) that a unit asks for and the office decides on.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{Act, Done, Scene};
use super::{Rectification, RectificationContent, check_due_on};
use crate::domain::date::Date;
use crate::domain::instant::Instant;
use crate::domain::notice_content::Matter;
use crate::domain::reason::Reason;
use crate::domain::refusal::{Code, Refusal, Violations};

/// Which later day the unit asks for, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestExtension {
    /// The day, later than the due date in force.
    #[schema(example = "2023-09-30")]
    pub due_on: Date,
    /// Why.
    #[schema(min_length = 1, max_length = 1_000, example = "腾退涉及档案搬迁，原期限内难以完成。")]
    pub reason: String,
}

/// A request for a later due date that waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExtensionRequest {
    /// The day that the unit asks for.
    #[schema(example = "2023-09-30")]
    pub due_on: Date,
    /// Why.
    #[schema(example = "腾退涉及档案搬迁，原期限内难以完成。")]
    pub reason: String,
    /// The name of who asked.
    #[schema(example = "墟沟街道联络员")]
    pub requested_by: String,
    /// When.
    pub requested_at: Instant,
}

/// Whether the unit gets the day that it asked for, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideExtension {
    /// Whether the day becomes the due date.
    #[schema(example = true)]
    pub approve: bool,
    /// Why.
    #[schema(min_length = 1, max_length = 1_000, example = "情况属实，同意延期。")]
    pub reason: String,
}

/// A request on which was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExtensionDecision {
    /// The request.
    pub request: ExtensionRequest,
    /// The due date on the day of the decision.
    #[schema(example = "2023-09-10")]
    pub due_on_before: Date,
    /// Whether the day that was asked for became the due date.
    pub approved: bool,
    /// Why.
    #[schema(example = "情况属实，同意延期。")]
    pub reason: String,
    /// The name of who decided.
    #[schema(example = "郑连岛")]
    pub decided_by: String,
    /// When.
    pub decided_at: Instant,
}

impl Act for RequestExtension {
    fn act(self, order: Rectification, scene: &Scene<'_>) -> Result<Done, Refusal> {
        let mut violations = Violations::default();
        violations.require(self.due_on > order.content.due_on, "/due_on", Code::NotLater);
        check_due_on(&mut violations, "/due_on", self.due_on, scene.today);
        violations.text("/reason", &self.reason, Reason::MAX);
        violations.refuse()?;
        let request = ExtensionRequest {
            due_on: self.due_on,
            reason: self.reason.clone(),
            requested_by: scene.actor.name.clone(),
            requested_at: scene.now,
        };
        let after = Rectification { extension_request: Some(request), ..order };
        Ok(Done::quietly(after).because(self.reason))
    }
}

impl Act for DecideExtension {
    fn act(self, order: Rectification, scene: &Scene<'_>) -> Result<Done, Refusal> {
        // The machine lets nobody decide where nothing is pending.
        let request = order.extension_request.clone().ok_or(Refusal::NotFound)?;
        let mut violations = Violations::default();
        violations.text("/reason", &self.reason, Reason::MAX);
        if self.approve {
            check_due_on(&mut violations, "/approve", request.due_on, scene.today);
        }
        violations.refuse()?;
        let due_on_before = order.content.due_on;
        let due_on = if self.approve { request.due_on } else { due_on_before };
        let matter = Matter::ExtensionDecided {
            order: scene.reference(&order),
            asked_for: request.due_on,
            approved: self.approve,
            reason: self.reason.clone(),
            due_on,
        };
        let decision = ExtensionDecision {
            request,
            due_on_before,
            approved: self.approve,
            reason: self.reason.clone(),
            decided_by: scene.actor.name.clone(),
            decided_at: scene.now,
        };
        let content = RectificationContent { due_on, ..order.content };
        let mut after = Rectification { content, extension_request: None, ..order };
        after.extensions.push(decision);
        Ok(Done::told(after, matter).because(self.reason))
    }
}

impl Rectification {
    /// The rectification without a request that has become pointless by what was done since `before`: it is
    /// no longer with the unit, or has another due date.
    pub fn without_moot_request(self, before: &Self) -> Self {
        let asked_of = (before.content.due_on, true);
        let holds = asked_of == (self.content.due_on, self.status.is_with_the_unit());
        Self { extension_request: self.extension_request.filter(|_| holds), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::super::RectificationStatus;
    use super::super::sample::{day, finding, rectification, scene};
    use super::*;

    fn request(due_on: Date) -> RequestExtension {
        RequestExtension { due_on, reason: "档案搬迁".to_owned() }
    }

    fn decide(approve: bool) -> DecideExtension {
        DecideExtension { approve, reason: "情况属实".to_owned() }
    }

    #[test]
    fn a_unit_asks_for_a_day_later_than_the_one_in_force() {
        let finding = finding();
        let refused = request(day(10)).act(rectification(), &scene(&finding));
        assert_eq!(refused, Err(Refusal::invalid("/due_on", Code::NotLater)));
        let asked = request(day(11)).act(rectification(), &scene(&finding)).unwrap().after;
        assert_eq!(asked.extension_request.unwrap().due_on, day(11));
        assert_eq!(asked.content.due_on, day(10), "nothing changes before the decision");
    }

    #[test]
    fn what_is_granted_becomes_the_due_date_and_the_first_one_is_kept() {
        let finding = finding();
        let asked = request(day(20)).act(rectification(), &scene(&finding)).unwrap().after;
        for (approve, due_on) in [(true, day(20)), (false, day(10))] {
            let done = decide(approve).act(asked.clone(), &scene(&finding)).unwrap();
            assert_eq!((done.after.content.due_on, done.after.first_due_on), (due_on, day(10)));
            assert_eq!((done.after.extension_request, done.after.extensions.len()), (None, 1));
        }
    }

    #[test]
    fn a_day_that_has_passed_meanwhile_is_refused_but_not_granted() {
        let finding = finding();
        let mut asked = rectification();
        asked.content.due_on = day(2);
        let mut asked = request(day(20)).act(asked, &scene(&finding)).unwrap().after;
        asked.extension_request.as_mut().unwrap().due_on = day(3);
        let granted = decide(true).act(asked.clone(), &scene(&finding));
        assert_eq!(granted, Err(Refusal::invalid("/approve", Code::DueOnPast)));
        assert!(decide(false).act(asked, &scene(&finding)).is_ok());
    }

    #[test]
    fn a_request_lapses_when_the_order_leaves_the_unit_or_gets_another_date() {
        let finding = finding();
        let asked = request(day(20)).act(rectification(), &scene(&finding)).unwrap().after;
        let kept = |after: Rectification| after.without_moot_request(&asked).extension_request.is_some();
        assert!(kept(asked.clone()));
        assert!(kept(Rectification { status: RectificationStatus::InProgress, ..asked.clone() }));
        for status in [RectificationStatus::Submitted, RectificationStatus::Deferred] {
            assert!(!kept(Rectification { status, ..asked.clone() }), "{status}");
        }
        let mut corrected = asked.clone();
        corrected.content.due_on = day(15);
        assert!(!kept(corrected));
    }
}
