//! The clock of a rectification (R38): due dates, and what is overdue or late.

use super::RectificationStatus;
use crate::domain::date::Date;
use crate::domain::refusal::{Code, Violations};

/// Notes a due date in the past. Today is still possible.
pub fn check_due_on(violations: &mut Violations, pointer: &str, due_on: Date, today: Date) {
    violations.require(due_on >= today, pointer, Code::DueOnPast);
}

/// How many days a rectification is overdue (R38): 0 where it is not, since it is with the office,
/// settled or deferred, or has no date.
pub fn overdue_days(status: RectificationStatus, due_on: Option<Date>, today: Date) -> i64 {
    match due_on {
        Some(due_on) if status.is_with_the_unit() => (today - due_on).num_days().max(0),
        _ => 0,
    }
}

/// Whether it was handed in after its due date: a fact of that day, kept whatever comes after.
pub fn submitted_late(submitted_on: Date, due_on: Date) -> bool {
    submitted_on > due_on
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> Date {
        Date::new(2023, 9, day).unwrap()
    }

    #[test]
    fn r38_overdue_counts_days_after_the_due_date_while_it_is_with_the_unit() {
        let days = |status, today| overdue_days(status, Some(day(10)), today);
        assert_eq!(days(RectificationStatus::Ordered, day(10)), 0);
        assert_eq!(days(RectificationStatus::Returned, day(13)), 3);
        for status in
            [RectificationStatus::Submitted, RectificationStatus::Deferred, RectificationStatus::Closed]
        {
            assert_eq!(days(status, day(13)), 0, "{status}");
        }
        assert_eq!(overdue_days(RectificationStatus::Ordered, None, day(13)), 0);
        assert!(!submitted_late(day(10), day(10)) && submitted_late(day(11), day(10)));
    }

    #[test]
    fn a_due_date_is_today_or_later() {
        for (due_on, sound) in [(day(9), false), (day(10), true), (day(11), true)] {
            let mut violations = Violations::default();
            check_due_on(&mut violations, "/due_on", due_on, day(10));
            assert_eq!(violations.refuse().is_ok(), sound, "{due_on}");
        }
    }
}
