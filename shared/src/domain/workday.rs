//! Workdays (工作日): Monday to Friday, but for the days that the yearly announcement moves (调休).

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::text_enum;

text_enum! {
    /// How the announcement changes a day.
    pub enum DayKind {
        /// A weekend day on which people work (调休上班).
        Working = "working",
        /// A weekday on which nobody works (放假).
        Holiday = "holiday",
    }
}

/// The days that differ from Monday to Friday. Which they are is data of each year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkdayCalendar {
    exceptions: BTreeMap<NaiveDate, DayKind>,
}

impl FromIterator<(NaiveDate, DayKind)> for WorkdayCalendar {
    fn from_iter<I: IntoIterator<Item = (NaiveDate, DayKind)>>(days: I) -> Self {
        Self { exceptions: days.into_iter().collect() }
    }
}

impl WorkdayCalendar {
    /// Whether people work on this day.
    pub fn is_workday(&self, day: NaiveDate) -> bool {
        match self.exceptions.get(&day) {
            Some(kind) => *kind == DayKind::Working,
            None => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// The n-th workday after a day; for 0 the day itself, or the first workday after it.
    pub fn nth_workday_after(&self, day: NaiveDate, n: u16) -> NaiveDate {
        self.nth(day, n, NaiveDate::succ_opt)
    }

    /// The n-th workday before a day; for 0 the day itself, or the last workday before it.
    pub fn nth_workday_before(&self, day: NaiveDate, n: u16) -> NaiveDate {
        self.nth(day, n, NaiveDate::pred_opt)
    }

    /// Walks day by day until n workdays were met. At the end of the calendar it stays where it is.
    fn nth(&self, day: NaiveDate, n: u16, step: impl Fn(&NaiveDate) -> Option<NaiveDate>) -> NaiveDate {
        if n == 0 && self.is_workday(day) {
            return day;
        }
        let mut found = day;
        let mut left = n.max(1);
        while left > 0 {
            let Some(next) = step(&found) else { return found };
            found = next;
            if self.is_workday(found) {
                left -= 1;
            }
        }
        found
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2023, month, day).unwrap()
    }

    /// Any day of the rehearsal's months.
    pub(crate) fn any_day() -> impl Strategy<Value = NaiveDate> {
        (0..120_u64).prop_map(|days| day(7, 1) + Days::new(days))
    }

    /// A calendar with a few moved days among them.
    pub(crate) fn any_calendar() -> impl Strategy<Value = WorkdayCalendar> {
        let kind = prop_oneof![Just(DayKind::Working), Just(DayKind::Holiday)];
        prop::collection::vec((any_day(), kind), 0..30).prop_map(|days| days.into_iter().collect())
    }

    /// The workdays of the half-open period, counted one by one.
    fn workdays(calendar: &WorkdayCalendar, after: NaiveDate, until: NaiveDate) -> usize {
        after.iter_days().skip(1).take_while(|d| *d <= until).filter(|d| calendar.is_workday(*d)).count()
    }

    #[test]
    fn the_autumn_holidays_of_2023_move_workdays() {
        let holidays = (29..=30).map(|d| day(9, d)).chain((1..=6).map(|d| day(10, d)));
        let mut calendar: WorkdayCalendar = holidays.map(|d| (d, DayKind::Holiday)).collect();
        calendar.exceptions.extend([day(10, 7), day(10, 8)].map(|d| (d, DayKind::Working)));
        assert_eq!(calendar.nth_workday_after(day(9, 28), 1), day(10, 7));
        assert_eq!(calendar.nth_workday_after(day(9, 28), 3), day(10, 9));
        assert_eq!(calendar.nth_workday_before(day(10, 7), 1), day(9, 28));
        assert_eq!(calendar.nth_workday_before(day(10, 3), 0), day(9, 28));
    }

    #[test]
    fn without_exceptions_weekends_are_left_out() {
        let calendar = WorkdayCalendar::default();
        assert_eq!(calendar.nth_workday_after(day(8, 6), 1), day(8, 7));
        assert_eq!(calendar.nth_workday_before(day(8, 6), 2), day(8, 3));
        assert_eq!(calendar.nth_workday_before(day(8, 6), 0), day(8, 4));
        assert_eq!(calendar.nth_workday_before(day(8, 4), 0), day(8, 4));
    }

    #[test]
    fn the_end_of_the_calendar_is_no_endless_walk() {
        let calendar = WorkdayCalendar::default();
        assert_eq!(calendar.nth_workday_after(NaiveDate::MAX, u16::MAX), NaiveDate::MAX);
        assert_eq!(calendar.nth_workday_before(NaiveDate::MIN, u16::MAX), NaiveDate::MIN);
    }

    proptest! {
        #[test]
        fn the_nth_workday_is_one_and_n_workdays_lie_up_to_it(
            calendar in any_calendar(), day in any_day(), n in 1..40_u16,
        ) {
            let after = calendar.nth_workday_after(day, n);
            prop_assert!(calendar.is_workday(after));
            prop_assert_eq!(workdays(&calendar, day, after), usize::from(n));
        }

        #[test]
        fn before_undoes_after_on_workdays(calendar in any_calendar(), day in any_day(), n in 0..40_u16) {
            let workday = calendar.nth_workday_after(day, 0);
            let after = calendar.nth_workday_after(workday, n);
            prop_assert_eq!(calendar.nth_workday_before(after, n), workday);
        }

        #[test]
        fn later_days_and_larger_numbers_lead_no_earlier(
            calendar in any_calendar(), one in any_day(), two in any_day(), n in 0..40_u16,
        ) {
            let (first, second) = (one.min(two), one.max(two));
            let after = |day, n| calendar.nth_workday_after(day, n);
            prop_assert!(after(first, n) <= after(second, n));
            prop_assert!(after(first, n) <= after(first, n + 1));
            prop_assert!(calendar.nth_workday_before(first, n) <= calendar.nth_workday_before(second, n));
        }
    }
}
