//! The rows of the annexes as they are read: with the unit's name, running numbers and what follows from
//! the dates.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;
use shared::domain::focus_item::FocusItem;
use shared::domain::id::Id;
use shared::domain::measure::MeasureStatus;
use shared::domain::rectification::overdue_days;
use shared::domain::report::{
    EscalationRow, LeaderOfficeRow, Lists, ProblemRow, RectificationRow, ResponsibilityRow, SelfCheckRow,
    Snapshot,
};
use shared::domain::self_check;
use shared::domain::unit::UnitKind;

/// Every annex, each in the order of its list, numbered from 1.
#[derive(Serialize)]
pub struct Lines<'a> {
    problems: Vec<ProblemLine<'a>>,
    orders: Vec<OrderLine<'a>>,
    responsibilities: Vec<ResponsibilityLine<'a>>,
    self_checks: Vec<SelfCheckLine<'a>>,
    leader_offices: Vec<LeaderOfficeLine<'a>>,
    escalations: Vec<EscalationLine<'a>>,
}

/// A line of 领导干部办公用房核查汇总表.
#[derive(Serialize)]
struct LeaderOfficeLine<'a> {
    no: usize,
    unit: &'a str,
    #[serde(flatten)]
    row: &'a LeaderOfficeRow,
}

/// A line of 问题清单.
#[derive(Serialize)]
struct ProblemLine<'a> {
    no: usize,
    unit: &'a str,
    typical: bool,
    #[serde(flatten)]
    row: &'a ProblemRow,
}

/// A line of 整改清单.
#[derive(Serialize)]
struct OrderLine<'a> {
    no: usize,
    unit: &'a str,
    problem: usize,
    overdue_days: i64,
    measures_total: usize,
    measures_done: usize,
    #[serde(flatten)]
    row: &'a RectificationRow,
}

/// A line of 责任清单.
#[derive(Serialize)]
struct ResponsibilityLine<'a> {
    no: usize,
    unit: &'a str,
    problem: usize,
    focus_item: Option<FocusItem>,
    requirement: &'a str,
    due_on: Option<NaiveDate>,
    #[serde(flatten)]
    row: &'a ResponsibilityRow,
}

/// A line of 各单位自查情况表.
#[derive(Serialize)]
struct SelfCheckLine<'a> {
    no: usize,
    unit: &'a str,
    kind: Option<UnitKind>,
    late: bool,
    overdue: bool,
    problems: usize,
    #[serde(flatten)]
    row: &'a SelfCheckRow,
}

/// A line of 拟提请通报、问责事项.
#[derive(Serialize)]
struct EscalationLine<'a> {
    no: usize,
    unit: &'a str,
    #[serde(flatten)]
    row: &'a EscalationRow,
}

impl<'a> Lines<'a> {
    /// The lines of a snapshot that passed its check, so that every reference leads somewhere.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let Lists {
            units,
            self_checks,
            problems,
            leader_offices,
            rectifications,
            responsibilities,
            escalations,
        } = &snapshot.lists;
        let as_of = snapshot.statistics.as_of;
        let units: HashMap<Id, _> = units.iter().map(|row| (row.unit_id, row)).collect();
        let name = |unit_id: Id| units.get(&unit_id).map_or("", |unit| unit.name.as_str());
        let numbered: HashMap<Id, (usize, &ProblemRow)> =
            (1..).zip(problems).map(|(no, row)| (row.finding_id, (no, row))).collect();
        let mut of_units: HashMap<Id, usize> = HashMap::new();
        problems.iter().for_each(|row| *of_units.entry(row.unit_id).or_default() += 1);
        let orders: HashMap<Id, &RectificationRow> =
            rectifications.iter().map(|row| (row.rectification_id, row)).collect();
        Self {
            leader_offices: (1..)
                .zip(leader_offices)
                .map(|(no, row)| LeaderOfficeLine { no, unit: name(row.unit_id), row })
                .collect(),
            problems: (1..)
                .zip(problems)
                .map(|(no, row)| ProblemLine {
                    no,
                    unit: name(row.unit_id),
                    typical: snapshot.texts.typical_cases.contains(&row.finding_id),
                    row,
                })
                .collect(),
            orders: (1..)
                .zip(rectifications)
                .map(|(no, row)| {
                    let problem = numbered.get(&row.finding_id);
                    let measures =
                        row.measures.iter().filter(|measure| measure.status != MeasureStatus::Dropped);
                    OrderLine {
                        no,
                        unit: problem.map_or("", |(_, problem)| name(problem.unit_id)),
                        problem: problem.map_or(0, |(no, _)| *no),
                        overdue_days: overdue_days(row.status, Some(row.due_on), as_of),
                        measures_total: measures.clone().count(),
                        measures_done: measures
                            .filter(|measure| measure.status == MeasureStatus::Done)
                            .count(),
                        row,
                    }
                })
                .collect(),
            responsibilities: (1..)
                .zip(responsibilities)
                .map(|(no, row)| {
                    let order = orders.get(&row.rectification_id);
                    let problem = order.and_then(|order| numbered.get(&order.finding_id));
                    ResponsibilityLine {
                        no,
                        unit: problem.map_or("", |(_, problem)| name(problem.unit_id)),
                        problem: problem.map_or(0, |(no, _)| *no),
                        focus_item: problem.map(|(_, problem)| problem.focus_item),
                        requirement: order.map_or("", |order| &order.requirement),
                        due_on: order.map(|order| order.due_on),
                        row,
                    }
                })
                .collect(),
            self_checks: (1..)
                .zip(self_checks)
                .map(|(no, row)| SelfCheckLine {
                    no,
                    unit: name(row.unit_id),
                    kind: units.get(&row.unit_id).map(|unit| unit.kind),
                    late: row.submitted_late,
                    overdue: self_check::is_overdue(row.status, row.due_on, as_of),
                    problems: of_units.get(&row.unit_id).copied().unwrap_or_default(),
                    row,
                })
                .collect(),
            escalations: (1..)
                .zip(escalations)
                .map(|(no, row)| EscalationLine { no, unit: name(row.unit_id), row })
                .collect(),
        }
    }
}
