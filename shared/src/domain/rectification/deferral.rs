//! Rectifications that are put off with approval (经批准暂缓整改, R40), and taken up again.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{Act, Done, Scene};
use super::{Rectification, RectificationContent, check_due_on};
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::notice_content::Matter;
use crate::domain::reason::Reason;
use crate::domain::refusal::{Refusal, Violations};

/// What a leader says to put a rectification off.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Defer {
    /// Why.
    #[schema(min_length = 1, max_length = 1_000, example = "涉及整栋办公楼维修改造，须待工程竣工后调整。")]
    pub reason: String,
    /// The group's decision by its date, minutes or instruction (会议纪要、批示).
    #[schema(min_length = 1, max_length = 500, example = "领导小组2023年9月5日会议纪要")]
    pub approval: String,
    /// The day on which it is looked at again, today or later.
    #[schema(example = "2023-12-31")]
    pub review_on: Date,
    /// The decision itself.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub attachment_ids: Vec<Id>,
}

/// The leading group's decision to put a rectification off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Deferral {
    /// Why.
    #[schema(example = "涉及整栋办公楼维修改造，须待工程竣工后调整。")]
    pub reason: String,
    /// The group's decision by its date, minutes or instruction.
    #[schema(example = "领导小组2023年9月5日会议纪要")]
    pub approval: String,
    /// The day on which it is looked at again.
    #[schema(example = "2023-12-31")]
    pub review_on: Date,
    /// The decision itself.
    pub attachment_ids: Vec<Id>,
    /// When it was put off.
    pub deferred_at: Instant,
}

impl Act for Defer {
    fn act(self, order: Rectification, scene: &Scene<'_>) -> Result<Done, Refusal> {
        let mut violations = Violations::default();
        violations.text("/reason", &self.reason, Reason::MAX);
        violations.text("/approval", &self.approval, 500);
        check_due_on(&mut violations, "/review_on", self.review_on, scene.today);
        violations.attachments("/attachment_ids", &self.attachment_ids);
        violations.refuse()?;
        let matter = Matter::DeferralDecided {
            order: scene.reference(&order),
            reason: self.reason.clone(),
            approval: self.approval.clone(),
            review_on: self.review_on,
            resumed_until: None,
        };
        let deferral = Deferral {
            reason: self.reason.clone(),
            approval: self.approval,
            review_on: self.review_on,
            attachment_ids: self.attachment_ids,
            deferred_at: scene.now,
        };
        Ok(Done::told(Rectification { deferral: Some(deferral), ..order }, matter).because(self.reason))
    }
}

/// Until when it is handed in, now that it goes on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resume {
    /// The new last day, today or later.
    #[schema(example = "2024-03-31")]
    pub due_on: Date,
}

impl Act for Resume {
    fn act(self, order: Rectification, scene: &Scene<'_>) -> Result<Done, Refusal> {
        let mut violations = Violations::default();
        check_due_on(&mut violations, "/due_on", self.due_on, scene.today);
        violations.refuse()?;
        let matter = order.deferral.clone().map(|deferral| Matter::DeferralDecided {
            order: scene.reference(&order),
            reason: deferral.reason,
            approval: deferral.approval,
            review_on: deferral.review_on,
            resumed_until: Some(self.due_on),
        });
        let content = RectificationContent { due_on: self.due_on, ..order.content };
        Ok(Done { after: Rectification { content, ..order }, reason: None, matter })
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{day, finding, rectification, scene};
    use super::*;
    use crate::domain::refusal::{Code, Violation};

    fn defer() -> Defer {
        Defer {
            reason: "待工程竣工".to_owned(),
            approval: "领导小组2023年9月5日会议纪要".to_owned(),
            review_on: day(25),
            attachment_ids: vec![],
        }
    }

    #[test]
    fn r40_a_deferral_names_its_approval_and_the_next_review() {
        let finding = finding();
        let bare = Defer { approval: String::new(), review_on: day(4), ..defer() };
        let expected =
            vec![Violation::new("/approval", Code::Blank), Violation::new("/review_on", Code::DueOnPast)];
        assert_eq!(bare.act(rectification(), &scene(&finding)), Err(Refusal::Invalid(expected)));
        let done = defer().act(rectification(), &scene(&finding)).unwrap();
        assert_eq!(done.after.deferral.unwrap().review_on, day(25));
        assert_eq!(done.after.content.due_on, day(10), "the due date stays what it was");
    }

    #[test]
    fn what_goes_on_has_a_new_due_date_and_its_unit_is_told() {
        let finding = finding();
        let deferred = defer().act(rectification(), &scene(&finding)).unwrap().after;
        assert!(Resume { due_on: day(4) }.act(deferred.clone(), &scene(&finding)).is_err());
        let done = Resume { due_on: day(28) }.act(deferred, &scene(&finding)).unwrap();
        assert_eq!((done.after.content.due_on, done.after.first_due_on), (day(28), day(10)));
        let Some(Matter::DeferralDecided { resumed_until, .. }) = done.matter else { panic!("nothing told") };
        assert_eq!(resumed_until, Some(day(28)));
    }
}
