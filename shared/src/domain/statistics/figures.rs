//! Which records stand behind each figure, so that every number of a report can be followed up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::counts::{Counts, LeaderCounts, MeasureCounts, ProblemCounts, SelfCheckCounts, VisitCounts};
use super::facts::Facts;
use crate::domain::date::Date;
use crate::domain::finding::Severity;
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::text::TextEnum;
use crate::domain::unit::UnitKind;

/// A figure and what it counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Figure {
    /// The number, as it stands in the statistics.
    pub value: u32,
    /// The records counted, each once: units, leader offices, findings or measures, by the figure's first word.
    pub rows: Vec<Id>,
}

/// Every figure of the statistics by its name: `problems.overdue`, or one row of it,
/// `problems.overdue.focus_item.leasing`, `problems.overdue.unit_kind.township`,
/// `problems.overdue.severity.serious`.
pub fn trace(facts: &Facts, as_of: Date) -> BTreeMap<String, Figure> {
    let mut figures = BTreeMap::new();
    for kind in UnitKind::ALL {
        let scope = ["unit_kind", kind.as_str()];
        declare::<SelfCheckCounts>(&mut figures, &scope);
        declare::<VisitCounts>(&mut figures, &scope);
        declare::<LeaderCounts>(&mut figures, &scope);
        declare::<ProblemCounts>(&mut figures, &scope);
        declare::<MeasureCounts>(&mut figures, &scope);
    }
    let of_findings = FocusItem::ALL
        .iter()
        .map(|item| ["focus_item", item.as_str()])
        .chain(Severity::ALL.iter().map(|severity| ["severity", severity.as_str()]));
    for scope in of_findings {
        declare::<ProblemCounts>(&mut figures, &scope);
        declare::<MeasureCounts>(&mut figures, &scope);
    }
    declare::<SelfCheckCounts>(&mut figures, &[]);
    declare::<VisitCounts>(&mut figures, &[]);
    declare::<LeaderCounts>(&mut figures, &[]);
    declare::<ProblemCounts>(&mut figures, &[]);
    declare::<MeasureCounts>(&mut figures, &[]);

    for unit in &facts.units {
        let kind = ["unit_kind", unit.unit_kind.as_str()];
        let scopes: [&[&str]; 2] = [&[], &kind];
        count(&mut figures, &scopes, unit.unit_id, unit.self_check(as_of));
        count(&mut figures, &scopes, unit.unit_id, unit.visit());
    }
    for leader in &facts.leaders {
        let kind = ["unit_kind", leader.unit_kind.as_str()];
        count(&mut figures, &[&[], &kind], leader.leader_office_id, leader.leaders());
    }
    for finding in &facts.findings {
        let kind = ["unit_kind", finding.unit_kind.as_str()];
        let item = ["focus_item", finding.focus_item.as_str()];
        let severity = ["severity", finding.severity.as_str()];
        let scopes: [&[&str]; 4] = [&[], &kind, &item, &severity];
        count(&mut figures, &scopes, finding.finding_id, finding.problem(as_of));
        for measure in finding.counted_measures() {
            count(&mut figures, &scopes, measure.measure_id, measure.contribution());
        }
    }
    figures
}

fn name<C: Counts>(figure: &str, scope: &[&str]) -> String {
    [&[C::SUBJECT, figure], scope].concat().join(".")
}

/// Makes every figure of a scope known, so that a figure of nothing is an empty list and no unknown name.
fn declare<C: Counts>(figures: &mut BTreeMap<String, Figure>, scope: &[&str]) {
    for (figure, _) in C::default().figures() {
        figures.insert(name::<C>(figure, scope), Figure::default());
    }
}

/// Adds what one record contributes to the figures of its scopes.
fn count<C: Counts>(figures: &mut BTreeMap<String, Figure>, scopes: &[&[&str]], row: Id, contribution: C) {
    for (figure, value) in contribution.figures() {
        for scope in scopes.iter().filter(|_| value > 0) {
            let figure = figures.entry(name::<C>(figure, scope)).or_default();
            figure.value += value;
            figure.rows.push(row);
        }
    }
}
