//! What changed between two versions of a report.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::{ProblemRow, Snapshot};
use crate::domain::finding::FindingStatus;
use crate::domain::id::Id;

/// What changed from one version of a report to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportDifferences)]
pub struct Differences {
    /// The number of the earlier version; absent where the later one is the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2023-1")]
    pub from: Option<String>,
    /// The number of the later one.
    #[schema(example = "2023-2")]
    pub to: String,
    /// Problems that only the later version has.
    pub came: Vec<FindingChange>,
    /// Problems that only the earlier version has: merged or void since.
    pub went: Vec<FindingChange>,
    /// Problems whose state changed.
    pub moved: Vec<FindingMove>,
    /// Figures that changed, by name.
    pub figures: Vec<FigureChange>,
}

/// A problem that came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportFindingChange)]
pub struct FindingChange {
    /// The finding.
    pub finding_id: Id,
    /// The unit concerned.
    pub unit_id: Id,
    /// The problem, as the version that has it says.
    #[schema(example = "未经审批租用企业办公用房。")]
    pub description: String,
}

/// A problem whose state changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportFindingMove)]
pub struct FindingMove {
    /// The problem, as the later version has it.
    #[serde(flatten)]
    pub finding: FindingChange,
    /// Its state in the earlier version.
    pub before: FindingStatus,
    /// Its state in the later one.
    pub after: FindingStatus,
}

/// A figure that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportFigureChange)]
pub struct FigureChange {
    /// Its name, as in `/rows/{figure}`.
    #[schema(example = "problems.closed")]
    pub figure: String,
    /// Its value in the earlier version; 0 where that does not have it.
    #[schema(example = 5)]
    pub before: u32,
    /// Its value in the later one.
    #[schema(example = 7)]
    pub after: u32,
}

impl FindingChange {
    fn of(row: &ProblemRow) -> Self {
        Self { finding_id: row.finding_id, unit_id: row.unit_id, description: row.description.clone() }
    }
}

/// Compares two versions; with none before it, all of the later one came. Problems stand in the order of the version
/// that has them, figures by name.
pub fn differences(from: Option<&Snapshot>, to: &Snapshot) -> Differences {
    let (before, after) = (from.map(problems).unwrap_or_default(), problems(to));
    let only = |snapshot: &Snapshot, others: &BTreeMap<Id, &ProblemRow>| {
        let rows = snapshot.lists.problems.iter().filter(|row| !others.contains_key(&row.finding_id));
        rows.map(FindingChange::of).collect()
    };
    let moved = |row: &ProblemRow| {
        let old = before.get(&row.finding_id)?.status;
        let finding = FindingChange::of(row);
        (old != row.status).then_some(FindingMove { finding, before: old, after: row.status })
    };
    let earlier = from.into_iter().flat_map(|snapshot| snapshot.figures.keys());
    let names: BTreeSet<&String> = earlier.chain(to.figures.keys()).collect();
    let value = |snapshot: &Snapshot, name: &str| snapshot.rows(name).map_or(0, |figure| figure.value);
    let changed = |name: &String| {
        let (before, after) = (from.map_or(0, |from| value(from, name)), value(to, name));
        (before != after).then(|| FigureChange { figure: name.clone(), before, after })
    };
    Differences {
        from: from.map(|snapshot| snapshot.header.number.clone()),
        to: to.header.number.clone(),
        came: only(to, &before),
        went: from.map(|from| only(from, &after)).unwrap_or_default(),
        moved: to.lists.problems.iter().filter_map(moved).collect(),
        figures: names.into_iter().filter_map(changed).collect(),
    }
}

fn problems(snapshot: &Snapshot) -> BTreeMap<Id, &ProblemRow> {
    snapshot.lists.problems.iter().map(|row| (row.finding_id, row)).collect()
}
