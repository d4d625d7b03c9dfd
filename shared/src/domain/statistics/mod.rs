//! The figures of a campaign, counted the same way everywhere (workflow, Statistics).
//!
//! Each fact contributes to counts; a total, a row of a table and the list of ids behind a
//! figure all come from that one contribution, so they cannot tell different stories.

mod consistency;
mod counts;
mod facts;
mod figures;
#[cfg(test)]
mod tests;

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use consistency::{Inconsistency, differences};
pub use counts::{
    Counts, LeaderCounts, MeasureCounts, Percent, ProblemCounts, Rate, SelfCheckCounts, VisitCounts,
};
pub use facts::{Facts, FindingFact, LeaderFact, MeasureFact, Measured, OrderFact, UnitFact};
pub use figures::{Figure, trace};

use super::date::Date;
use super::finding::Severity;
use super::focus_item::FocusItem;
use super::text::TextEnum;
use super::unit::UnitKind;

/// The figures of one campaign on one date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Statistics {
    /// The civil date that overdue and late are judged on. It restores no earlier states.
    pub as_of: Date,
    /// The whole campaign.
    pub total: Totals,
    /// A row for every kind of unit, in dropdown order, zeros included.
    pub by_unit_kind: Vec<UnitKindRow>,
    /// A row for every focus item of the “1+5”, in the notice's order, zeros included.
    pub by_focus_item: Vec<FocusItemRow>,
    /// A row for every severity, in dropdown order, zeros included.
    pub by_severity: Vec<SeverityRow>,
}

/// The figures of the whole campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// Units and their self-checks (应报, 已报, 迟报, 未报, 免报).
    pub self_checks: SelfCheckCounts,
    /// Units and their visits (应查, 已查).
    pub visits: VisitCounts,
    /// Persons and the area of their rooms (应测, 已测, 超标人数, 超标面积, 未配置标准).
    pub leaders: LeaderCounts,
    /// Problems found (问题).
    pub problems: ProblemCounts,
    /// Measures of rectification (整改措施).
    pub measures: MeasureCounts,
}

/// The figures of one kind of unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitKindRow {
    /// The kind of unit.
    pub unit_kind: UnitKind,
    /// Units of this kind and their self-checks.
    pub self_checks: SelfCheckCounts,
    /// Units of this kind and their visits.
    pub visits: VisitCounts,
    /// Persons in units of this kind and the area of their rooms.
    pub leaders: LeaderCounts,
    /// Problems found in units of this kind.
    pub problems: ProblemCounts,
    /// Measures that units of this kind planned.
    pub measures: MeasureCounts,
}

/// The figures of one focus item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FocusItemRow {
    /// The focus item (巡检重点).
    pub focus_item: FocusItem,
    /// Problems found under this item.
    pub problems: ProblemCounts,
    /// Measures planned for those problems.
    pub measures: MeasureCounts,
}

/// The figures of one severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeverityRow {
    /// The severity (严重程度).
    pub severity: Severity,
    /// Problems of this severity.
    pub problems: ProblemCounts,
    /// Measures planned for those problems.
    pub measures: MeasureCounts,
}

impl Statistics {
    /// Counts the facts of a campaign as they are judged on a date.
    pub fn compute(facts: &Facts, as_of: Date) -> Self {
        let units = || facts.units.iter();
        let leaders = || facts.leaders.iter();
        let findings = || facts.findings.iter();
        Self {
            as_of,
            total: Totals {
                self_checks: sum(units().map(|unit| unit.self_check(as_of))),
                visits: sum(units().map(UnitFact::visit)),
                leaders: sum(leaders().map(LeaderFact::leaders)),
                problems: sum(findings().map(|finding| finding.problem(as_of))),
                measures: sum(findings().map(FindingFact::measures)),
            },
            by_unit_kind: UnitKind::ALL
                .iter()
                .map(|&unit_kind| {
                    let units = || units().filter(|unit| unit.unit_kind == unit_kind);
                    let leaders = || leaders().filter(|leader| leader.unit_kind == unit_kind);
                    let findings = || findings().filter(|finding| finding.unit_kind == unit_kind);
                    UnitKindRow {
                        unit_kind,
                        self_checks: sum(units().map(|unit| unit.self_check(as_of))),
                        visits: sum(units().map(UnitFact::visit)),
                        leaders: sum(leaders().map(LeaderFact::leaders)),
                        problems: sum(findings().map(|finding| finding.problem(as_of))),
                        measures: sum(findings().map(FindingFact::measures)),
                    }
                })
                .collect(),
            by_focus_item: FocusItem::ALL
                .iter()
                .map(|&focus_item| {
                    let findings = || findings().filter(|finding| finding.focus_item == focus_item);
                    FocusItemRow {
                        focus_item,
                        problems: sum(findings().map(|finding| finding.problem(as_of))),
                        measures: sum(findings().map(FindingFact::measures)),
                    }
                })
                .collect(),
            by_severity: Severity::ALL
                .iter()
                .map(|&severity| {
                    let findings = || findings().filter(|finding| finding.severity == severity);
                    SeverityRow {
                        severity,
                        problems: sum(findings().map(|finding| finding.problem(as_of))),
                        measures: sum(findings().map(FindingFact::measures)),
                    }
                })
                .collect(),
        }
    }
}

/// The sum of contributions.
fn sum<C: Default + AddAssign>(contributions: impl Iterator<Item = C>) -> C {
    contributions.fold(C::default(), |mut total, contribution| {
        total += contribution;
        total
    })
}
