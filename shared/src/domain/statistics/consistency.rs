//! The same number stands the same everywhere, and every total is the sum of its rows (R52).

use serde::Serialize;
use serde_json::Value;

use super::counts::{Counts, LeaderCounts, MeasureCounts, ProblemCounts, SelfCheckCounts, VisitCounts};
use super::{Statistics, sum};

/// Two places that should tell the same and do not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: expected {expected}, found {found}")]
pub struct Inconsistency {
    /// Where, as a path into the document.
    pub place: String,
    /// What it should be by the rows.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl Statistics {
    /// What does not add up within the statistics: each total against the sum of its rows, by kind of
    /// unit, focus item and severity (R52), and the parts of each row against its whole.
    pub fn inconsistencies(&self) -> Vec<Inconsistency> {
        let mut found = Vec::new();
        let total = &self.total;
        let kinds = || self.by_unit_kind.iter();
        let items = || self.by_focus_item.iter();
        let severities = || self.by_severity.iter();
        sums("by_unit_kind", total.self_checks, kinds().map(|row| row.self_checks), &mut found);
        sums("by_unit_kind", total.visits, kinds().map(|row| row.visits), &mut found);
        sums("by_unit_kind", total.leaders, kinds().map(|row| row.leaders), &mut found);
        let over_area = sum(kinds().map(|row| row.leaders)).over_area;
        if over_area != total.leaders.over_area {
            let place = "total.leaders.over_area (by_unit_kind)".to_owned();
            let (expected, stands) = (over_area.to_string(), total.leaders.over_area.to_string());
            found.push(Inconsistency { place, expected, found: stands });
        }
        sums("by_unit_kind", total.problems, kinds().map(|row| row.problems), &mut found);
        sums("by_unit_kind", total.measures, kinds().map(|row| row.measures), &mut found);
        sums("by_focus_item", total.problems, items().map(|row| row.problems), &mut found);
        sums("by_focus_item", total.measures, items().map(|row| row.measures), &mut found);
        sums("by_severity", total.problems, severities().map(|row| row.problems), &mut found);
        sums("by_severity", total.measures, severities().map(|row| row.measures), &mut found);

        parts("total", &total.self_checks, &total.visits, &mut found);
        leader_parts("total", &total.leaders, &mut found);
        for row in kinds() {
            leader_parts(&format!("by_unit_kind.{}", row.unit_kind), &row.leaders, &mut found);
            parts(&format!("by_unit_kind.{}", row.unit_kind), &row.self_checks, &row.visits, &mut found);
        }
        let of_problems = [("total".to_owned(), total.problems, total.measures)]
            .into_iter()
            .chain(kinds().map(|row| (format!("by_unit_kind.{}", row.unit_kind), row.problems, row.measures)))
            .chain(
                items().map(|row| (format!("by_focus_item.{}", row.focus_item), row.problems, row.measures)),
            )
            .chain(
                severities().map(|row| (format!("by_severity.{}", row.severity), row.problems, row.measures)),
            );
        for (place, problems, measures) in of_problems {
            problem_parts(&place, &problems, &measures, &mut found);
        }
        found
    }
}

/// Compares each figure of a total with the sum over the rows of a table.
fn sums<C: Counts>(table: &str, total: C, rows: impl Iterator<Item = C>, found: &mut Vec<Inconsistency>) {
    for ((figure, stands), (_, summed)) in total.figures().into_iter().zip(sum(rows).figures()) {
        expect(format!("total.{}.{figure} ({table})", C::SUBJECT), summed, stands, found);
    }
}

fn parts(place: &str, checks: &SelfCheckCounts, visits: &VisitCounts, found: &mut Vec<Inconsistency>) {
    let place = |figure: &str| format!("{place}.{figure}");
    expect(place("self_checks.due"), checks.submitted + checks.missing, checks.due, found);
    at_most(place("self_checks.late"), checks.submitted, checks.late, found);
    at_most(place("self_checks.overdue"), checks.missing, checks.overdue, found);
    at_most(place("visits.visited"), visits.due, visits.visited, found);
}

fn leader_parts(place: &str, leaders: &LeaderCounts, found: &mut Vec<Inconsistency>) {
    let place = |figure: &str| format!("{place}.leaders.{figure}");
    at_most(place("measured"), leaders.due, leaders.measured, found);
    let judged = leaders.over + leaders.not_configured;
    at_most(place("over + not_configured"), leaders.measured, judged, found);
}

fn problem_parts(
    place: &str,
    problems: &ProblemCounts,
    measures: &MeasureCounts,
    found: &mut Vec<Inconsistency>,
) {
    let place = |figure: &str| format!("{place}.{figure}");
    let parts = problems.closed + problems.in_progress + problems.deferred;
    expect(place("problems.total"), parts, problems.total, found);
    at_most(place("problems.overdue"), problems.in_progress, problems.overdue, found);
    at_most(place("measures.done"), measures.total, measures.done, found);
}

fn expect(place: String, expected: u32, stands: u32, found: &mut Vec<Inconsistency>) {
    if expected != stands {
        found.push(Inconsistency { place, expected: expected.to_string(), found: stands.to_string() });
    }
}

fn at_most(place: String, limit: u32, stands: u32, found: &mut Vec<Inconsistency>) {
    if stands > limit {
        found.push(Inconsistency { place, expected: format!("at most {limit}"), found: stands.to_string() });
    }
}

/// Where two documents differ, value by value, named by their place.
///
/// # Errors
/// A document that cannot be written as JSON.
pub fn differences<T: Serialize>(
    place: &str,
    expected: &T,
    stands: &T,
) -> Result<Vec<Inconsistency>, serde_json::Error> {
    let mut found = Vec::new();
    compare(place, &serde_json::to_value(expected)?, &serde_json::to_value(stands)?, &mut found);
    Ok(found)
}

fn compare(place: &str, expected: &Value, stands: &Value, found: &mut Vec<Inconsistency>) {
    match (expected, stands) {
        (Value::Object(left), Value::Object(right)) => {
            let extra = right.keys().filter(|key| !left.contains_key(*key));
            for key in left.keys().chain(extra) {
                let side =
                    |object: &serde_json::Map<String, Value>| object.get(key).cloned().unwrap_or_default();
                compare(&format!("{place}.{key}"), &side(left), &side(right), found);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                compare(&format!("{place}[{index}]"), left, right, found);
            }
        }
        _ if expected == stands => {}
        _ => found.push(Inconsistency {
            place: place.to_owned(),
            expected: expected.to_string(),
            found: stands.to_string(),
        }),
    }
}
