//! What of long annexes is printed: hundreds of pages are no reading matter on paper. All rows stand in the other formats.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::Serialize;
use shared::domain::finding::Severity;
use shared::domain::id::Id;
use shared::domain::leader_office::Verdict;
use shared::domain::report::Snapshot;
use shared::domain::self_check::SelfCheckStatus;

use super::lines::{
    EscalationLine, LeaderOfficeLine, Lines, OrderLine, ProblemLine, ResponsibilityLine, SelfCheckLine,
};

/// An annex of no more rows is printed whole, some sixty pages. Of a longer one, so many rows are printed at most.
const PRINTED: usize = 300;

/// How much of long annexes is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What matters.
    Excerpts,
    /// Every row.
    Whole,
}

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
    /// The whole list, or what weighs most of a long one, in the list's order; a line without weight is left out.
    fn of(
        lines: impl ExactSizeIterator<Item = T>,
        extent: Extent,
        weight: impl Fn(&T) -> Option<i64>,
    ) -> Self {
        let total = lines.len();
        if extent == Extent::Whole || total <= PRINTED {
            return Self { lines: lines.collect(), total };
        }
        let weighed = lines.enumerate().filter_map(|(at, line)| Some((weight(&line)?, at, line)));
        let mut weighed: Vec<(i64, usize, T)> = weighed.collect();
        weighed.sort_by_key(|(weight, at, _)| (Reverse(*weight), *at));
        weighed.truncate(PRINTED);
        weighed.sort_by_key(|(_, at, _)| *at);
        Self { lines: weighed.into_iter().map(|(_, _, line)| line).collect(), total }
    }
}

impl<'a> Excerpt<'a> {
    /// What matters: typical cases, then serious problems and those that are overdue, the longest first; orders likewise;
    /// units that reported late or not at all; and rooms above their standard.
    pub fn of(lines: &'a Lines, snapshot: &Snapshot, extent: Extent) -> Self {
        /// A serious problem weighs more than any delay.
        const SERIOUS: i64 = 1_000_000;
        let overdue = lines.orders().filter(|line| line.overdue_days > 0);
        let ids = |line: OrderLine| (line.row.finding_id, line.row.rectification_id, line.overdue_days);
        let overdue: Vec<(Id, Id, i64)> = overdue.map(ids).collect();
        let problems: HashMap<Id, i64> = overdue.iter().map(|(finding, _, days)| (*finding, *days)).collect();
        let orders: HashMap<Id, i64> = overdue.iter().map(|(_, order, days)| (*order, *days)).collect();
        let problem_weight = |line: &ProblemLine| {
            let id = &line.row.finding_id;
            if snapshot.texts.typical_cases.contains(id) {
                return Some(i64::MAX);
            }
            let days = problems.get(id).copied();
            let is_serious = line.row.severity == Severity::Serious;
            if is_serious { Some(SERIOUS + days.unwrap_or_default()) } else { days }
        };
        let unit_weight = |line: &SelfCheckLine| match line.row.status {
            SelfCheckStatus::NotStarted | SelfCheckStatus::Draft | SelfCheckStatus::Returned => Some(2),
            SelfCheckStatus::Submitted | SelfCheckStatus::Accepted => line.late.then_some(1),
            SelfCheckStatus::Excused => None,
        };
        let office_weight = |line: &LeaderOfficeLine| {
            let excess = line.row.excess.map_or(0, |excess| i64::from(excess.hundredths()));
            (line.row.verdict == Some(Verdict::Over)).then_some(excess)
        };
        Self {
            problems: Annex::of(lines.problems(), extent, problem_weight),
            typical_cases: lines.typical_cases().collect(),
            orders: Annex::of(lines.orders(), extent, |line| orders.get(&line.row.rectification_id).copied()),
            responsibilities: Annex::of(lines.responsibilities(), extent, |line| {
                orders.get(&line.row.rectification_id).copied()
            }),
            self_checks: Annex::of(lines.self_checks(), extent, unit_weight),
            leader_offices: Annex::of(lines.leader_offices(), extent, office_weight),
            escalations: lines.escalations().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_annex_shows_what_weighs_most_in_the_order_of_the_list() {
        let weight = |line: &usize| line.is_multiple_of(2).then_some(i64::try_from(*line).unwrap());
        let long = Annex::of(0..1_000_usize, Extent::Excerpts, weight);
        assert_eq!((long.total, long.lines.len()), (1_000, PRINTED));
        assert!(long.lines.is_sorted() && long.lines[0] == 1_000 - 2 * PRINTED);
        let whole = Annex::of(0..1_000_usize, Extent::Whole, weight);
        assert_eq!(whole.lines.len(), 1_000);
        let short = Annex::of(0..PRINTED, Extent::Excerpts, weight);
        assert_eq!(short.lines.len(), PRINTED);
    }
}
