//! Workdays (工作日): Monday to Friday, but for the days that the yearly announcement moves (调休).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::date::{Date, YEARS};
use super::id::Id;
use super::refusal::{Code, Refusal, Violation, Violations};
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

/// A day that differs from Monday to Friday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"day": "2023-10-07", "kind": "working"}))]
pub struct MovedDay {
    /// The civil date.
    pub day: Date,
    /// How it differs.
    pub kind: DayKind,
}

/// What a yearly announcement moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct YearContent {
    /// The announcement that says so.
    #[schema(min_length = 1, max_length = 200, example = "国办发明电〔2022〕16号")]
    pub notice: String,
    /// The days, each once.
    #[schema(max_items = 366)]
    pub days: Vec<MovedDay>,
}

impl YearContent {
    /// Checks all fields.
    ///
    /// # Errors
    /// All broken rules at once: a day that stands twice or in another year, a text that is none.
    pub fn check(&self, year: Year) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/notice", &self.notice, 200);
        if self.days.len() > 366 {
            violations.push(Violation::with("/days", Code::TooLong, 366));
        }
        let mut seen = BTreeSet::new();
        for (index, moved) in self.days.iter().enumerate() {
            let pointer = format!("/days/{index}/day");
            violations.require(moved.day.naive().year() == year.0, pointer.as_str(), Code::OutOfRange);
            violations.require(seen.insert(moved.day), pointer, Code::Duplicate);
        }
        violations.refuse()
    }
}

/// A year that the service knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "i32")]
#[schema(minimum = 1900, maximum = 2199, example = 2023)]
pub struct Year(i32);

impl Year {
    /// Its number.
    pub fn number(self) -> i32 {
        self.0
    }
}

impl TryFrom<i32> for Year {
    type Error = &'static str;

    fn try_from(number: i32) -> Result<Self, Self::Error> {
        if YEARS.contains(&number) { Ok(Self(number)) } else { Err("not a year from 1900 to 2199") }
    }
}

/// The moved days of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkdayYear {
    pub id: Id,
    pub year: Year,
    pub version: i64,
    pub content: YearContent,
}

/// The days that differ from Monday to Friday. Which they are is data of each year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkdayCalendar {
    exceptions: BTreeMap<Date, DayKind>,
}

impl FromIterator<(Date, DayKind)> for WorkdayCalendar {
    fn from_iter<I: IntoIterator<Item = (Date, DayKind)>>(days: I) -> Self {
        Self { exceptions: days.into_iter().collect() }
    }
}

impl WorkdayCalendar {
    /// Whether people work on this day.
    pub fn is_workday(&self, day: Date) -> bool {
        match self.exceptions.get(&day) {
            Some(kind) => *kind == DayKind::Working,
            None => !matches!(day.naive().weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// The n-th workday after a day; for 0 the day itself, or the first workday after it.
    pub fn nth_workday_after(&self, day: Date, n: u16) -> Date {
        self.nth(day, n, Date::next)
    }

    /// The n-th workday before a day; for 0 the day itself, or the last workday before it.
    pub fn nth_workday_before(&self, day: Date, n: u16) -> Date {
        self.nth(day, n, Date::previous)
    }

    /// Walks day by day until n workdays were met. At the end of the calendar it stays where it is.
    fn nth(&self, day: Date, n: u16, step: impl Fn(Date) -> Option<Date>) -> Date {
        if n == 0 && self.is_workday(day) {
            return day;
        }
        let mut found = day;
        let mut left = n.max(1);
        while left > 0 {
            let Some(next) = step(found) else { return found };
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

    fn day(month: u32, day: u32) -> Date {
        Date::new(2023, month, day).unwrap()
    }

    /// Any day of the rehearsal's months.
    pub(crate) fn any_day() -> impl Strategy<Value = Date> {
        (0..120_u64).prop_map(|days| day(7, 1) + Days::new(days))
    }

    /// A calendar with a few moved days among them.
    pub(crate) fn any_calendar() -> impl Strategy<Value = WorkdayCalendar> {
        let kind = prop_oneof![Just(DayKind::Working), Just(DayKind::Holiday)];
        prop::collection::vec((any_day(), kind), 0..30).prop_map(|days| days.into_iter().collect())
    }

    /// The workdays of the half-open period, counted one by one.
    fn workdays(calendar: &WorkdayCalendar, after: Date, until: Date) -> usize {
        after.onwards().skip(1).take_while(|d| *d <= until).filter(|d| calendar.is_workday(*d)).count()
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
    fn a_year_takes_each_of_its_days_once() {
        let moved = |day, kind| MovedDay { day, kind };
        let days = vec![
            moved(day(10, 7), DayKind::Working),
            moved(day(10, 7), DayKind::Holiday),
            moved(Date::FIRST, DayKind::Holiday),
        ];
        let content = YearContent { notice: "国办发明电〔2022〕16号".to_owned(), days };
        let Err(Refusal::Invalid(violations)) = content.check(Year(2023)) else {
            panic!("nothing was refused")
        };
        let broken: Vec<_> = violations.iter().map(|v| (v.pointer.as_str(), v.code)).collect();
        assert_eq!(broken, [("/days/1/day", Code::Duplicate), ("/days/2/day", Code::OutOfRange)]);
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
        assert_eq!(calendar.nth_workday_after(Date::LAST, u16::MAX), Date::LAST);
        assert_eq!(calendar.nth_workday_before(Date::FIRST, u16::MAX), Date::FIRST);
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
