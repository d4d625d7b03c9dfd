//! The definitions of workflow.md, and the properties that hold for any facts.

use proptest::prelude::*;

use super::*;
use crate::domain::area::Area;
use crate::domain::finding::FindingStatus;
use crate::domain::id::Id;
use crate::domain::leader_office::Verdict;
use crate::domain::measure::MeasureStatus;
use crate::domain::rectification::RectificationStatus;
use crate::domain::self_check::SelfCheckStatus;

fn day(month: u32, day: u32) -> Date {
    Date::new(2023, month, day).unwrap()
}

fn unit(status: SelfCheckStatus, first_submitted_on: Option<Date>) -> UnitFact {
    UnitFact {
        unit_id: Id::new(),
        unit_kind: UnitKind::Subdistrict,
        self_check: status,
        self_check_due_on: Some(day(8, 6)),
        first_submitted_on,
        submitted_late: first_submitted_on.is_some_and(|on| on > day(8, 6)),
        selected_for_visit: true,
        visited: false,
    }
}

fn finding(status: FindingStatus, order: Option<OrderFact>) -> FindingFact {
    FindingFact {
        finding_id: Id::new(),
        unit_kind: UnitKind::Township,
        focus_item: FocusItem::Leasing,
        severity: Severity::General,
        status,
        order,
    }
}

fn leader(selected: bool, measured: Option<(Verdict, i32)>) -> LeaderFact {
    let measured = measured
        .map(|(verdict, excess)| Measured { verdict, excess: Area::from_hundredths(excess).unwrap() });
    LeaderFact { leader_office_id: Id::new(), unit_kind: UnitKind::Department, selected, measured }
}

#[test]
fn r02_leaders_are_due_measured_over_or_without_a_limit() {
    let leaders = vec![
        leader(true, None),
        leader(false, None),
        leader(true, Some((Verdict::Within, 0))),
        leader(true, Some((Verdict::Over, 940))),
        leader(false, Some((Verdict::Over, 1))),
        leader(true, Some((Verdict::NotConfigured, 0))),
    ];
    let total = Statistics::compute(&Facts { leaders, ..Facts::default() }, day(8, 20)).total.leaders;
    let expected = LeaderCounts {
        due: 5,
        measured: 4,
        over: 2,
        not_configured: 1,
        over_area: Area::from_hundredths(941).unwrap().into(),
        measured_rate: Rate::of(4, 5),
    };
    assert_eq!(total, expected, "who exceeds the limit counts, selected or not");
}

fn order(status: RectificationStatus, due_on: Date, measures: &[MeasureStatus]) -> Option<OrderFact> {
    let measures =
        measures.iter().map(|&status| MeasureFact { measure_id: Id::new(), status }).collect::<Vec<_>>();
    Some(OrderFact { status, due_on, measures })
}

fn on_20_august(units: Vec<UnitFact>, findings: Vec<FindingFact>) -> Totals {
    Statistics::compute(&Facts { units, findings, ..Facts::default() }, day(8, 20)).total
}

#[test]
fn units_are_due_submitted_late_missing_or_excused() {
    let units = vec![
        unit(SelfCheckStatus::Accepted, Some(day(8, 6))),
        unit(SelfCheckStatus::Submitted, Some(day(8, 7))),
        unit(SelfCheckStatus::Returned, Some(day(8, 7))),
        unit(SelfCheckStatus::Draft, None),
        unit(SelfCheckStatus::Excused, Some(day(8, 9))),
    ];
    let expected = SelfCheckCounts {
        due: 4,
        submitted: 2,
        late: 1,
        missing: 2,
        overdue: 2,
        excused: 1,
        submitted_rate: Rate::of(2, 4),
    };
    assert_eq!(on_20_august(units, vec![]).self_checks, expected);
}

#[test]
fn r37_what_was_late_stays_late_whatever_date_it_gets_later() {
    let mut late = unit(SelfCheckStatus::Submitted, Some(day(8, 7)));
    late.self_check_due_on = Some(day(8, 9));
    assert_eq!(on_20_august(vec![late], vec![]).self_checks.late, 1);
}

#[test]
fn what_is_missing_is_overdue_from_the_day_after_its_date() {
    let facts = Facts { units: vec![unit(SelfCheckStatus::NotStarted, None)], ..Facts::default() };
    let overdue = |as_of| Statistics::compute(&facts, as_of).total.self_checks.overdue;
    assert_eq!((overdue(day(8, 6)), overdue(day(8, 7))), (0, 1));
}

#[test]
fn a_visit_outside_the_sample_counts_in_neither() {
    let mut units = vec![unit(SelfCheckStatus::Draft, None); 3];
    units[0].visited = true;
    (units[1].visited, units[1].selected_for_visit) = (true, false);
    let visits = on_20_august(units, vec![]).visits;
    assert_eq!((visits.due, visits.visited), (2, 1));
}

#[test]
fn problems_are_closed_in_progress_or_deferred_and_overdue_is_part_of_in_progress() {
    use RectificationStatus::{Closed, Deferred, Drafted, InProgress, Submitted, Withdrawn};
    let findings = vec![
        finding(FindingStatus::Closed, None),
        finding(FindingStatus::Closed, order(Closed, day(8, 1), &[])),
        finding(FindingStatus::Open, None),
        finding(FindingStatus::Open, order(Drafted, day(8, 1), &[])),
        finding(FindingStatus::Open, order(Withdrawn, day(8, 1), &[])),
        finding(FindingStatus::Rectifying, order(InProgress, day(8, 19), &[])),
        finding(FindingStatus::Rectifying, order(InProgress, day(8, 20), &[])),
        finding(FindingStatus::Rectifying, order(Submitted, day(8, 1), &[])),
        finding(FindingStatus::Rectifying, order(Deferred, day(8, 1), &[])),
    ];
    let expected = ProblemCounts {
        total: 9,
        closed: 2,
        in_progress: 6,
        overdue: 1,
        deferred: 1,
        closed_rate: Rate::of(2, 9),
    };
    assert_eq!(on_20_august(vec![], findings).problems, expected);
}

#[test]
fn drafts_merged_and_void_findings_are_out_with_their_measures() {
    let in_force = || order(RectificationStatus::InProgress, day(8, 1), &[MeasureStatus::Planned]);
    let findings = [FindingStatus::Draft, FindingStatus::Merged, FindingStatus::Void]
        .map(|status| finding(status, in_force()))
        .to_vec();
    let total = on_20_august(vec![], findings);
    assert_eq!((total.problems, total.measures), (ProblemCounts::default(), MeasureCounts::default()));
}

#[test]
fn measures_count_without_the_dropped_and_without_withdrawn_orders() {
    use MeasureStatus::{Done, Dropped, Planned};
    let findings = vec![
        finding(
            FindingStatus::Rectifying,
            order(RectificationStatus::InProgress, day(9, 1), &[Done, Planned, Dropped]),
        ),
        finding(FindingStatus::Closed, order(RectificationStatus::Closed, day(9, 1), &[Done])),
        finding(FindingStatus::Rectifying, order(RectificationStatus::Deferred, day(9, 1), &[Planned])),
        finding(FindingStatus::Open, order(RectificationStatus::Withdrawn, day(9, 1), &[Done])),
    ];
    let measures = on_20_august(vec![], findings).measures;
    assert_eq!((measures.total, measures.done), (4, 2));
}

#[test]
fn r43_rates_have_one_decimal_and_none_where_there_is_nothing() {
    let rate = serde_json::to_value(Rate::of(83, 157)).unwrap();
    assert_eq!(rate, serde_json::json!({"numerator": 83, "denominator": 157, "percent": 52.9}));
    assert_eq!(Percent::of(1, 16).unwrap().to_string(), "6.3%");
    assert_eq!(Percent::of(2, 3).unwrap().to_string(), "66.7%");
    assert_eq!(Percent::of(7, 7).unwrap().to_string(), "100.0%");
    let rate = serde_json::to_value(Rate::of(0, 0)).unwrap();
    assert_eq!(rate, serde_json::json!({"numerator": 0, "denominator": 0}));
}

fn pick<T: TextEnum + std::fmt::Debug>() -> impl Strategy<Value = T> {
    prop::sample::select(T::ALL)
}

prop_compose! {
    fn any_day()(offset in 0u64..60) -> Date { day(7, 31) + chrono::Days::new(offset) }
}

prop_compose! {
    fn any_unit()(
        unit_kind in pick(),
        self_check in pick(),
        self_check_due_on in prop::option::of(any_day()),
        first_submitted_on in prop::option::of(any_day()),
        submitted_late: bool,
        selected_for_visit: bool,
        visited: bool,
    ) -> UnitFact {
        let unit_id = Id::new();
        UnitFact {
            unit_id, unit_kind, self_check, self_check_due_on, first_submitted_on, submitted_late,
            selected_for_visit, visited,
        }
    }
}

prop_compose! {
    fn any_order()(status in pick(), due_on in any_day(), measures in prop::collection::vec(pick(), 0..4))
        -> OrderFact {
        let measures = measures.into_iter().map(|status| MeasureFact { measure_id: Id::new(), status });
        OrderFact { status, due_on, measures: measures.collect() }
    }
}

prop_compose! {
    fn any_finding()(
        unit_kind in pick(),
        focus_item in pick(),
        severity in pick(),
        status in pick(),
        order in prop::option::of(any_order()),
    ) -> FindingFact {
        FindingFact { finding_id: Id::new(), unit_kind, focus_item, severity, status, order }
    }
}

prop_compose! {
    fn any_leader()(
        unit_kind in pick(),
        selected: bool,
        measured in prop::option::of((pick(), 0..=100_000_000_i32)),
    ) -> LeaderFact {
        LeaderFact { unit_kind, ..leader(selected, measured) }
    }
}

prop_compose! {
    fn any_facts()(
        units in prop::collection::vec(any_unit(), 0..20),
        findings in prop::collection::vec(any_finding(), 0..40),
        leaders in prop::collection::vec(any_leader(), 0..40),
    ) -> Facts {
        Facts { units, findings, leaders }
    }
}

proptest! {
    #[test]
    fn r52_every_total_is_the_sum_of_its_rows(facts in any_facts(), as_of in any_day()) {
        prop_assert_eq!(Statistics::compute(&facts, as_of).inconsistencies(), vec![]);
    }

    #[test]
    fn r52_each_figure_has_the_value_of_the_statistics_and_as_many_rows(facts in any_facts(), as_of in any_day()) {
        let statistics = Statistics::compute(&facts, as_of);
        let figures = trace(&facts, as_of);
        for (name, figure) in &figures {
            prop_assert_eq!(figure.value as usize, figure.rows.len(), "{}", name);
        }
        let total = &statistics.total;
        let named = [
            ("self_checks", total.self_checks.figures()),
            ("visits", total.visits.figures()),
            ("leaders", total.leaders.figures()),
            ("problems", total.problems.figures()),
            ("measures", total.measures.figures()),
        ];
        for (subject, counts) in named {
            for (figure, value) in counts {
                prop_assert_eq!(figures[&format!("{subject}.{figure}")].value, value);
            }
        }
        for row in &statistics.by_focus_item {
            let name = format!("problems.overdue.focus_item.{}", row.focus_item);
            prop_assert_eq!(figures[&name].value, row.problems.overdue);
        }
        for row in &statistics.by_unit_kind {
            let name = format!("self_checks.late.unit_kind.{}", row.unit_kind);
            prop_assert_eq!(figures[&name].value, row.self_checks.late);
            let name = format!("leaders.over.unit_kind.{}", row.unit_kind);
            prop_assert_eq!(figures[&name].value, row.leaders.over);
        }
    }

    #[test]
    fn r52_a_changed_number_is_found(facts in any_facts(), as_of in any_day(), row in 0usize..5) {
        let mut statistics = Statistics::compute(&facts, as_of);
        statistics.by_unit_kind[row].problems.total += 1;
        prop_assert!(!statistics.inconsistencies().is_empty());
        let mut statistics = Statistics::compute(&facts, as_of);
        statistics.by_unit_kind[row].leaders.over_area += Area::from_hundredths(1).unwrap().into();
        prop_assert!(!statistics.inconsistencies().is_empty());
    }

    #[test]
    fn statistics_survive_json(facts in any_facts(), as_of in any_day()) {
        let statistics = Statistics::compute(&facts, as_of);
        let text = serde_json::to_string(&statistics).unwrap();
        prop_assert_eq!(serde_json::from_str::<Statistics>(&text).unwrap(), statistics);
    }
}
