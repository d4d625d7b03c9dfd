//! The rows of the annexes as they are read: with the unit's name, running numbers and what follows from
//! the dates.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;
use shared::domain::date::Date;
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

/// A line of 领导干部办公用房核查汇总表.
#[derive(Serialize)]
pub struct LeaderOfficeLine<'a> {
    no: usize,
    unit: &'a str,
    #[serde(flatten)]
    pub row: &'a LeaderOfficeRow,
}

/// A line of 问题清单.
#[derive(Serialize)]
pub struct ProblemLine<'a> {
    no: usize,
    unit: &'a str,
    #[serde(flatten)]
    pub row: &'a ProblemRow,
}

/// A line of 整改清单.
#[derive(Serialize)]
pub struct OrderLine<'a> {
    no: usize,
    unit: &'a str,
    problem: usize,
    pub overdue_days: i64,
    measures_total: usize,
    measures_done: usize,
    #[serde(flatten)]
    pub row: &'a RectificationRow,
}

/// A line of 责任清单.
#[derive(Serialize)]
pub struct ResponsibilityLine<'a> {
    no: usize,
    unit: &'a str,
    problem: usize,
    focus_item: Option<FocusItem>,
    requirement: &'a str,
    due_on: Option<Date>,
    #[serde(flatten)]
    pub row: &'a ResponsibilityRow,
}

/// A line of 各单位自查情况表.
#[derive(Serialize)]
pub struct SelfCheckLine<'a> {
    no: usize,
    unit: &'a str,
    kind: Option<UnitKind>,
    pub late: bool,
    overdue: bool,
    problems: usize,
    #[serde(flatten)]
    pub row: &'a SelfCheckRow,
}

/// A line of 拟提请通报、问责事项.
#[derive(Serialize)]
pub struct EscalationLine<'a> {
    no: usize,
    unit: &'a str,
    #[serde(flatten)]
    pub row: &'a EscalationRow,
}

/// The lines of every annex, each in the order of its list and numbered from 1. A line is made when it is asked for: the
/// annexes of a province would fill the memory.
pub struct Lines {
    snapshot: Arc<Snapshot>,
    units: HashMap<Id, usize>,
    problems: HashMap<Id, usize>,
    orders: HashMap<Id, usize>,
    problems_of_units: HashMap<Id, usize>,
}

impl Lines {
    /// The lines of a snapshot that passed its check, so that every reference leads somewhere.
    pub fn of(snapshot: &Arc<Snapshot>) -> Self {
        let Lists { units, problems, rectifications, .. } = &snapshot.lists;
        let mut problems_of_units = HashMap::new();
        problems.iter().for_each(|row| *problems_of_units.entry(row.unit_id).or_default() += 1);
        Self {
            units: places(units.iter().map(|row| row.unit_id)),
            problems: places(problems.iter().map(|row| row.finding_id)),
            orders: places(rectifications.iter().map(|row| row.rectification_id)),
            problems_of_units,
            snapshot: Arc::clone(snapshot),
        }
    }

    /// 问题清单.
    pub fn problems(&self) -> impl ExactSizeIterator<Item = ProblemLine<'_>> + Send + Sync {
        let rows = self.snapshot.lists.problems.iter().enumerate();
        rows.map(|(at, row)| ProblemLine { no: at + 1, unit: self.unit(row.unit_id), row })
    }

    /// 典型案例, those lines of 问题清单 that were chosen.
    pub fn typical_cases(&self) -> impl Iterator<Item = ProblemLine<'_>> {
        let chosen = &self.snapshot.texts.typical_cases;
        self.problems().filter(|line| chosen.contains(&line.row.finding_id))
    }

    /// 整改清单.
    pub fn orders(&self) -> impl ExactSizeIterator<Item = OrderLine<'_>> + Send + Sync {
        let as_of = self.snapshot.statistics.as_of;
        self.snapshot.lists.rectifications.iter().enumerate().map(move |(at, row)| {
            let problem = self.problem(row);
            let kept = row.measures.iter().filter(|measure| measure.status != MeasureStatus::Dropped);
            OrderLine {
                no: at + 1,
                unit: problem.map_or("", |(_, problem)| self.unit(problem.unit_id)),
                problem: problem.map_or(0, |(no, _)| no),
                overdue_days: overdue_days(row.status, Some(row.due_on), as_of),
                measures_total: kept.clone().count(),
                measures_done: kept.filter(|measure| measure.status == MeasureStatus::Done).count(),
                row,
            }
        })
    }

    /// 责任清单.
    pub fn responsibilities(&self) -> impl ExactSizeIterator<Item = ResponsibilityLine<'_>> + Send + Sync {
        self.snapshot.lists.responsibilities.iter().enumerate().map(|(at, row)| {
            let order = self.orders.get(&row.rectification_id);
            let order = order.map(|at| &self.snapshot.lists.rectifications[*at]);
            let problem = order.and_then(|order| self.problem(order));
            ResponsibilityLine {
                no: at + 1,
                unit: problem.map_or("", |(_, problem)| self.unit(problem.unit_id)),
                problem: problem.map_or(0, |(no, _)| no),
                focus_item: problem.map(|(_, problem)| problem.focus_item),
                requirement: order.map_or("", |order| &order.requirement),
                due_on: order.map(|order| order.due_on),
                row,
            }
        })
    }

    /// 各单位自查情况表.
    pub fn self_checks(&self) -> impl ExactSizeIterator<Item = SelfCheckLine<'_>> + Send + Sync {
        let as_of = self.snapshot.statistics.as_of;
        self.snapshot.lists.self_checks.iter().enumerate().map(move |(at, row)| SelfCheckLine {
            no: at + 1,
            unit: self.unit(row.unit_id),
            kind: self.units.get(&row.unit_id).map(|at| self.snapshot.lists.units[*at].kind),
            late: row.submitted_late,
            overdue: self_check::is_overdue(row.status, row.due_on, as_of),
            problems: self.problems_of_units.get(&row.unit_id).copied().unwrap_or_default(),
            row,
        })
    }

    /// 领导干部办公用房核查汇总表.
    pub fn leader_offices(&self) -> impl ExactSizeIterator<Item = LeaderOfficeLine<'_>> + Send + Sync {
        let rows = self.snapshot.lists.leader_offices.iter().enumerate();
        rows.map(|(at, row)| LeaderOfficeLine { no: at + 1, unit: self.unit(row.unit_id), row })
    }

    /// 拟提请通报、问责事项.
    pub fn escalations(&self) -> impl ExactSizeIterator<Item = EscalationLine<'_>> + Send + Sync {
        let rows = self.snapshot.lists.escalations.iter().enumerate();
        rows.map(|(at, row)| EscalationLine { no: at + 1, unit: self.unit(row.unit_id), row })
    }

    /// The name of a unit.
    fn unit(&self, id: Id) -> &str {
        self.units.get(&id).map_or("", |at| self.snapshot.lists.units[*at].name.as_str())
    }

    /// The problem of an order, with its number.
    fn problem(&self, order: &RectificationRow) -> Option<(usize, &ProblemRow)> {
        let at = *self.problems.get(&order.finding_id)?;
        Some((at + 1, &self.snapshot.lists.problems[at]))
    }
}

fn places(ids: impl Iterator<Item = Id>) -> HashMap<Id, usize> {
    ids.enumerate().map(|(at, id)| (id, at)).collect()
}
