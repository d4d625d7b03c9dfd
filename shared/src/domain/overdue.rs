//! When who is told that something is overdue (逾期提醒). The stages are data of the campaign.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::date::Date;
use super::notice::Audience;
use super::refusal::{Code, Violation, Violations};
use super::workday::WorkdayCalendar;

/// The stages of one kind of overdue notice, counted from the due date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverdueSchedule {
    /// In their order.
    #[schema(max_items = 20)]
    pub stages: Vec<OverdueStage>,
    /// After the last stage everybody is told again every so many days; never where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 366)]
    pub then_every_days: Option<u16>,
}

/// One stage: on which workday after the due date whom to tell, beside everybody of the earlier stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverdueStage {
    /// The workday after the due date; 1 is the first.
    #[schema(minimum = 1, maximum = 366)]
    pub workday: u16,
    /// Whom to tell from here on.
    #[schema(max_items = 3)]
    pub audience: Vec<Audience>,
}

/// What is due and not yet told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueStage {
    /// The stage, counted from 1; the repetitions after the last stage count on.
    pub number: u32,
    /// Everybody to be told.
    pub audience: BTreeSet<Audience>,
}

impl OverdueSchedule {
    /// Self-checks: the unit and its leader on workday 1, the coordinators from workday 2, then weekly.
    pub fn for_self_checks() -> Self {
        Self::weekly(&[(1, &[Audience::Unit, Audience::UnitLeader]), (2, &[Audience::Coordinators])])
    }

    /// Rectifications: the unit on workday 1, its leader from workday 3, the coordinators from
    /// workday 7, then weekly.
    pub fn for_rectifications() -> Self {
        Self::weekly(&[(1, &[Audience::Unit]), (3, &[Audience::UnitLeader]), (7, &[Audience::Coordinators])])
    }

    fn weekly(stages: &[(u16, &[Audience])]) -> Self {
        let stage =
            |&(workday, audience): &(u16, &[Audience])| OverdueStage { workday, audience: audience.to_vec() };
        Self { stages: stages.iter().map(stage).collect(), then_every_days: Some(7) }
    }

    /// Notes too many stages, stages out of order, numbers out of range, and who stands twice.
    pub fn check(&self, violations: &mut Violations, pointer: &str) {
        if self.stages.len() > 20 {
            violations.push(Violation::with(format!("{pointer}/stages"), Code::TooLong, 20));
        }
        let in_range = |number: u16| (1..=366).contains(&number);
        let repeats = self.then_every_days.is_none_or(in_range);
        violations.require(repeats, format!("{pointer}/then_every_days"), Code::OutOfRange);
        let mut previous = 0;
        let mut told = BTreeSet::new();
        for (index, stage) in self.stages.iter().enumerate() {
            let pointer = format!("{pointer}/stages/{index}");
            violations.require(in_range(stage.workday), format!("{pointer}/workday"), Code::OutOfRange);
            let in_order = stage.workday > previous || stage.workday == 0;
            violations.require(in_order, format!("{pointer}/workday"), Code::OutOfOrder);
            previous = stage.workday;
            for (place, audience) in stage.audience.iter().enumerate() {
                let told_by_the_scan = !audience.is_personal();
                violations.require(told_by_the_scan, format!("{pointer}/audience/{place}"), Code::OutOfRange);
                let first = told.insert(*audience);
                violations.require(first, format!("{pointer}/audience/{place}"), Code::Duplicate);
                let of_units = *audience != Audience::Person;
                violations.require(of_units, format!("{pointer}/audience/{place}"), Code::WrongType);
            }
        }
    }

    /// What is due today and not yet told: the latest stage reached, however many were missed before
    /// it; `None` where it was told, none is reached, or there is no due date. `told` is the latest
    /// stage told for this due date: another due date starts anew.
    pub fn due(
        &self,
        due_on: Option<Date>,
        today: Date,
        calendar: &WorkdayCalendar,
        told: Option<u32>,
    ) -> Option<DueStage> {
        let number = self.reached(due_on?, today, calendar).filter(|stage| Some(*stage) > told)?;
        let stages = usize::try_from(number).unwrap_or(usize::MAX);
        let audience = self.stages.iter().take(stages).flat_map(|stage| stage.audience.iter().copied());
        Some(DueStage { number, audience: audience.collect() })
    }

    /// The latest stage whose day has come.
    fn reached(&self, due_on: Date, today: Date, calendar: &WorkdayCalendar) -> Option<u32> {
        let days = self.stages.iter().map(|stage| calendar.nth_workday_after(due_on, stage.workday));
        let passed: Vec<Date> = days.take_while(|day| *day <= today).collect();
        let latest = passed.last()?;
        let repeated = match self.then_every_days {
            Some(every) if every > 0 && passed.len() == self.stages.len() => {
                (today - *latest).num_days() / i64::from(every)
            }
            _ => 0,
        };
        let stages = i64::try_from(passed.len()).unwrap_or(i64::MAX);
        // A saturated count is a stage like any other: told once.
        Some(u32::try_from(stages.saturating_add(repeated)).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::super::refusal::Refusal;
    use super::super::workday::tests::{any_calendar, any_day};
    use super::*;

    fn day(month: u32, day: u32) -> Date {
        Date::new(2023, month, day).unwrap()
    }

    fn any_schedule() -> impl Strategy<Value = OverdueSchedule> {
        let audience = prop::collection::btree_set(prop::sample::select(AUDIENCES.to_vec()), 1..4);
        let stages = prop::collection::btree_map(1..15_u16, audience, 1..5);
        (stages, prop::option::of(1..10_u16)).prop_map(|(stages, then_every_days)| {
            let stage = |(workday, audience): (u16, BTreeSet<Audience>)| OverdueStage {
                workday,
                audience: audience.into_iter().collect(),
            };
            OverdueSchedule { stages: stages.into_iter().map(stage).collect(), then_every_days }
        })
    }

    const AUDIENCES: [Audience; 3] = [Audience::Unit, Audience::UnitLeader, Audience::Coordinators];

    /// Scans on each of the days, keeping what was told.
    fn scan(
        schedule: &OverdueSchedule,
        due_on: Date,
        days: impl Iterator<Item = Date>,
        calendar: &WorkdayCalendar,
    ) -> Vec<(Date, DueStage)> {
        let mut told = Vec::<(Date, DueStage)>::new();
        for today in days {
            let latest = told.last().map(|(_, stage)| stage.number);
            told.extend(schedule.due(Some(due_on), today, calendar, latest).map(|stage| (today, stage)));
        }
        told
    }

    #[test]
    fn a_self_check_of_the_plan_is_told_on_monday_tuesday_and_then_weekly() {
        let schedule = OverdueSchedule::for_self_checks();
        let days = day(7, 31).onwards().take(31);
        let told = scan(&schedule, day(8, 6), days, &WorkdayCalendar::default());
        let expected = [(day(8, 7), 2), (day(8, 8), 3), (day(8, 15), 3), (day(8, 22), 3), (day(8, 29), 3)];
        let told: Vec<_> = told.iter().map(|(day, stage)| (*day, stage.audience.len())).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn a_rectification_reaches_the_leader_on_workday_3_and_the_coordinators_on_7() {
        let schedule = OverdueSchedule::for_rectifications();
        let days = day(9, 10).onwards().take(20);
        let told = scan(&schedule, day(9, 10), days, &WorkdayCalendar::default());
        let told: Vec<_> = told.iter().map(|(day, stage)| (*day, stage.audience.len())).collect();
        assert_eq!(told, [(day(9, 11), 1), (day(9, 13), 2), (day(9, 19), 3), (day(9, 26), 3)]);
    }

    #[test]
    fn a_dead_week_collapses_into_the_latest_stage_for_everybody() {
        let schedule = OverdueSchedule::for_self_checks();
        let calendar = WorkdayCalendar::default();
        let stage = schedule.due(Some(day(8, 6)), day(8, 14), &calendar, None).unwrap();
        assert_eq!(stage, DueStage { number: 2, audience: BTreeSet::from(AUDIENCES) });
        assert_eq!(schedule.due(Some(day(8, 6)), day(8, 14), &calendar, Some(2)), None);
    }

    #[test]
    fn a_missing_due_date_is_never_overdue() {
        let schedule = OverdueSchedule::for_self_checks();
        assert_eq!(schedule.due(None, day(8, 14), &WorkdayCalendar::default(), None), None);
    }

    #[test]
    fn all_faults_of_a_schedule_are_named() {
        let json = r#"{"stages": [{"workday": 3, "audience": ["unit"]}, {"workday": 2, "audience": ["unit"]},
            {"workday": 400, "audience": []}], "then_every_days": 0}"#;
        let schedule: OverdueSchedule = serde_json::from_str(json).unwrap();
        let mut violations = Violations::default();
        schedule.check(&mut violations, "/overdue");
        let expected = [
            ("/overdue/then_every_days", Code::OutOfRange),
            ("/overdue/stages/1/workday", Code::OutOfOrder),
            ("/overdue/stages/1/audience/0", Code::Duplicate),
            ("/overdue/stages/2/workday", Code::OutOfRange),
        ];
        let expected = expected.map(|(pointer, code)| Violation::new(pointer, code)).to_vec();
        assert_eq!(violations.refuse(), Err(Refusal::Invalid(expected)));
    }

    #[test]
    fn the_defaults_are_sound() {
        for schedule in [OverdueSchedule::for_self_checks(), OverdueSchedule::for_rectifications()] {
            let mut violations = Violations::default();
            schedule.check(&mut violations, "");
            assert_eq!(violations.refuse(), Ok(()));
        }
    }

    proptest! {
        #[test]
        fn a_scan_after_a_gap_ends_where_daily_scans_end(
            schedule in any_schedule(), due_on in any_day(), calendar in any_calendar(),
            length in 1..90_usize, gap in 0..90_usize,
        ) {
            let days: Vec<_> = (due_on - Days::new(3)).onwards().take(length).collect();
            let daily = scan(&schedule, due_on, days.iter().copied(), &calendar);
            let gappy = days.iter().copied().enumerate().filter(|(at, _)| *at + 1 == length || *at >= gap);
            let after_gap = scan(&schedule, due_on, gappy.map(|(_, day)| day), &calendar);
            prop_assert_eq!(
                daily.last().map(|(_, stage)| stage),
                after_gap.last().map(|(_, stage)| stage)
            );
            prop_assert!(after_gap.len() <= daily.len());
        }

        #[test]
        fn nothing_is_told_before_its_time_or_twice_and_nobody_is_left_out(
            schedule in any_schedule(), due_on in any_day(), calendar in any_calendar(),
        ) {
            let days = (due_on - Days::new(3)).onwards().take(90).flat_map(|day| [day, day]);
            let told = scan(&schedule, due_on, days, &calendar);
            for pair in told.windows(2) {
                prop_assert!(pair[0].0 < pair[1].0);
                prop_assert_eq!(pair[0].1.number + 1, pair[1].1.number);
                prop_assert!(pair[0].1.audience.is_subset(&pair[1].1.audience));
            }
            prop_assert!(told.iter().all(|(day, _)| *day > due_on));
        }
    }
}
