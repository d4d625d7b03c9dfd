//! What of long annexes is printed: thousands of rows are no reading matter on paper, and stand in the workbook.

use std::collections::HashSet;

use serde::Serialize;
use shared::domain::finding::Severity;
use shared::domain::id::Id;
use shared::domain::leader_office::Verdict;
use shared::domain::report::Snapshot;
use shared::domain::self_check::SelfCheckStatus;

use super::lines::{
    EscalationLine, LeaderOfficeLine, Lines, OrderLine, ProblemLine, ResponsibilityLine, SelfCheckLine,
};

/// An annex of no more rows is printed whole.
const WHOLE: usize = 1_000;

/// Of a longer one, so many rows are printed at most.
const PRINTED: usize = 500;

/// The annexes as they are printed.
#[derive(Serialize)]
pub struct Excerpt<'a> {
    problems: Annex<ProblemLine<'a>>,
    typical_cases: Vec<ProblemLine<'a>>,
    orders: Annex<OrderLine<'a>>,
    responsibilities: Annex<ResponsibilityLine<'a>>,
    self_checks: Annex<SelfCheckLine<'a>>,
    leader_offices: Annex<LeaderOfficeLine<'a>>,
    escalations: Vec<EscalationLine<'a>>,
}

/// What is printed of an annex.
#[derive(Serialize)]
struct Annex<T> {
    /// The lines, with the numbers that they have in the whole list.
    lines: Vec<T>,
    /// How many the whole list has.
    total: usize,
}

impl<T> Annex<T> {
    /// The whole list, or what matters of a long one.
    fn of(lines: impl ExactSizeIterator<Item = T>, matters: impl Fn(&T) -> bool) -> Self {
        let total = lines.len();
        let lines = if total <= WHOLE {
            lines.collect()
        } else {
            lines.filter(|line| matters(line)).take(PRINTED).collect()
        };
        Self { lines, total }
    }
}

impl<'a> Excerpt<'a> {
    /// What matters: serious and overdue problems and typical cases, overdue orders, units that were late, and rooms above
    /// their standard.
    pub fn of(lines: &'a Lines, snapshot: &Snapshot) -> Self {
        let overdue = || lines.orders().filter(|line| line.overdue_days > 0);
        let problems: HashSet<Id> = overdue().map(|line| line.row.finding_id).collect();
        let orders: HashSet<Id> = overdue().map(|line| line.row.rectification_id).collect();
        let cases = &snapshot.texts.typical_cases;
        let is_missing = |status| {
            matches!(status, SelfCheckStatus::NotStarted | SelfCheckStatus::Draft | SelfCheckStatus::Returned)
        };
        Self {
            problems: Annex::of(lines.problems(), |line| {
                let id = &line.row.finding_id;
                line.row.severity == Severity::Serious || problems.contains(id) || cases.contains(id)
            }),
            typical_cases: lines.typical_cases().collect(),
            orders: Annex::of(lines.orders(), |line| orders.contains(&line.row.rectification_id)),
            responsibilities: Annex::of(lines.responsibilities(), |line| {
                orders.contains(&line.row.rectification_id)
            }),
            self_checks: Annex::of(lines.self_checks(), |line| line.late || is_missing(line.row.status)),
            leader_offices: Annex::of(lines.leader_offices(), |line| line.row.verdict == Some(Verdict::Over)),
            escalations: lines.escalations().collect(),
        }
    }
}
