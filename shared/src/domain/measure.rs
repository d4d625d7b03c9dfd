//! A unit's plan to put something right, and the state of its measures (整改措施).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::date::Date;
use super::id::Id;
use super::refusal::{Code, Refusal, Violation, Violations};
use crate::text_enum;

text_enum! {
    /// The state of a measure.
    pub enum MeasureStatus {
        /// Not done yet (计划中).
        Planned = "planned",
        /// Done (已完成).
        Done = "done",
        /// Given up (取消).
        Dropped = "dropped",
    }
}

text_enum! {
    /// How a measure ends.
    pub enum MeasureOutcome {
        /// Done (已完成).
        Done = "done",
        /// Given up (取消).
        Dropped = "dropped",
    }
}

/// A goal and the dated measures that lead to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What is reached when it is done.
    #[schema(max_length = 2_000)]
    pub goal: String,
    /// What is done, and by when.
    #[schema(min_items = 1, max_items = 100)]
    pub measures: Vec<PlannedMeasure>,
}

/// A measure as it is planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedMeasure {
    /// What is done.
    #[schema(max_length = 2_000)]
    pub text: String,
    /// The last day for it.
    pub due_on: Date,
}

/// A measure with its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Its identifier, by which progress names it.
    pub id: Id,
    /// What is done.
    pub text: String,
    /// The last day for it.
    pub due_on: Date,
    /// Its state.
    pub status: MeasureStatus,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_on: Option<Date>,
}

/// What progress reports about one measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasureChange {
    /// How it ended.
    pub status: MeasureOutcome,
    /// When it was done; today where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_on: Option<Date>,
}

impl Plan {
    /// Notes blank or over-long texts, and a list of no or too many measures.
    pub fn check(&self, violations: &mut Violations) {
        violations.text("/goal", &self.goal, 2_000);
        violations.require(!self.measures.is_empty(), "/measures", Code::Missing);
        if self.measures.len() > 100 {
            violations.push(Violation::with("/measures", Code::TooLong, 100));
        }
        for (index, measure) in self.measures.iter().enumerate() {
            violations.text(&format!("/measures/{index}/text"), &measure.text, 2_000);
        }
    }
}

impl Measure {
    /// The measure after a report of progress. What has ended stays as it ended (the same report
    /// again changes nothing), and nothing is done in the future.
    pub fn after(&self, change: MeasureChange, today: Date) -> Result<Self, Refusal> {
        let pointer = format!("/measures/{}", self.id);
        let (status, done_on) = match change.status {
            MeasureOutcome::Done => (MeasureStatus::Done, Some(change.done_on.unwrap_or(today))),
            MeasureOutcome::Dropped => (MeasureStatus::Dropped, None),
        };
        if self.status == status && (change.done_on.is_none() || self.done_on == change.done_on) {
            return Ok(self.clone());
        }
        if self.status != MeasureStatus::Planned {
            return Err(Refusal::invalid(format!("{pointer}/status"), Code::Frozen));
        }
        if done_on.is_some_and(|done_on| done_on > today) {
            return Err(Refusal::invalid(format!("{pointer}/done_on"), Code::OutOfRange));
        }
        Ok(Self { status, done_on, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> Date {
        Date::new(2023, 9, day).unwrap()
    }

    fn planned() -> Measure {
        Measure {
            id: Id::new(),
            text: "退租".to_owned(),
            due_on: day(10),
            status: MeasureStatus::Planned,
            done_on: None,
        }
    }

    fn done(done_on: Option<Date>) -> MeasureChange {
        MeasureChange { status: MeasureOutcome::Done, done_on }
    }

    #[test]
    fn a_measure_is_done_today_unless_another_day_is_named() {
        assert_eq!(planned().after(done(None), day(5)).unwrap().done_on, Some(day(5)));
        assert_eq!(planned().after(done(Some(day(4))), day(5)).unwrap().done_on, Some(day(4)));
        let dropped = MeasureChange { status: MeasureOutcome::Dropped, done_on: None };
        assert_eq!(planned().after(dropped, day(5)).unwrap().status, MeasureStatus::Dropped);
    }

    #[test]
    fn nothing_is_done_in_the_future() {
        let measure = planned();
        let pointer = format!("/measures/{}/done_on", measure.id);
        assert_eq!(
            measure.after(done(Some(day(6))), day(5)),
            Err(Refusal::invalid(pointer, Code::OutOfRange))
        );
    }

    #[test]
    fn what_has_ended_stays_and_the_same_report_again_changes_nothing() {
        let measure = planned().after(done(None), day(5)).unwrap();
        assert_eq!(measure.after(done(None), day(7)), Ok(measure.clone()));
        let dropped = MeasureChange { status: MeasureOutcome::Dropped, done_on: None };
        let pointer = format!("/measures/{}/status", measure.id);
        assert_eq!(measure.after(dropped, day(7)), Err(Refusal::invalid(pointer, Code::Frozen)));
    }

    #[test]
    fn a_plan_has_a_goal_and_measures() {
        let plan = Plan { goal: " ".to_owned(), measures: vec![] };
        let mut violations = Violations::default();
        plan.check(&mut violations);
        let expected = vec![Violation::new("/goal", Code::Blank), Violation::new("/measures", Code::Missing)];
        assert_eq!(violations.refuse(), Err(Refusal::Invalid(expected)));
    }
}
