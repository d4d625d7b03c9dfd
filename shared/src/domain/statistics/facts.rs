//! The plain facts that statistics are counted from, and what each contributes.

use super::counts::{LeaderCounts, MeasureCounts, ProblemCounts, Rate, SelfCheckCounts, VisitCounts};
use super::sum;
use crate::domain::area::Area;
use crate::domain::date::Date;
use crate::domain::finding::{FindingStatus, Severity};
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::leader_office::Verdict;
use crate::domain::measure::MeasureStatus;
use crate::domain::rectification::{self, RectificationStatus};
use crate::domain::self_check::{self, SelfCheckStatus};
use crate::domain::unit::UnitKind;

/// All facts of one campaign. Statistics read nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Every unit in scope, the excused included.
    pub units: Vec<UnitFact>,
    /// Every finding, whatever its state.
    pub findings: Vec<FindingFact>,
    /// Every leader office.
    pub leaders: Vec<LeaderFact>,
}

/// A unit in the scope of the campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFact {
    /// The unit.
    pub unit_id: Id,
    /// Its kind.
    pub unit_kind: UnitKind,
    /// The state of its self-check.
    pub self_check: SelfCheckStatus,
    /// The last day for the self-check: the unit's own date, or the end of the phase.
    pub self_check_due_on: Option<Date>,
    /// The civil date of the first submission.
    pub first_submitted_on: Option<Date>,
    /// Whether the first submission was late, as it was marked then (R37): no later change of a date turns
    /// a late one into one on time.
    pub submitted_late: bool,
    /// Whether the campaign wants the unit visited.
    pub selected_for_visit: bool,
    /// Whether a visit to it was done.
    pub visited: bool,
}

/// A finding of the campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingFact {
    /// The finding.
    pub finding_id: Id,
    /// The kind of the unit concerned.
    pub unit_kind: UnitKind,
    /// The focus item that it falls under.
    pub focus_item: FocusItem,
    /// How grave it is.
    pub severity: Severity,
    /// Its state.
    pub status: FindingStatus,
    /// Its latest rectification, where there is one.
    pub order: Option<OrderFact>,
}

/// A rectification order of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderFact {
    /// Its state.
    pub status: RectificationStatus,
    /// The due date in force.
    pub due_on: Date,
    /// The measures of its plan.
    pub measures: Vec<MeasureFact>,
}

/// A measure of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureFact {
    /// The measure.
    pub measure_id: Id,
    /// Its state.
    pub status: MeasureStatus,
}

/// A leader office of the campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaderFact {
    /// The leader office.
    pub leader_office_id: Id,
    /// The kind of its unit.
    pub unit_kind: UnitKind,
    /// Whether the person was selected for measurement.
    pub selected: bool,
    /// How the rooms are judged, where they were measured.
    pub measured: Option<Measured>,
}

/// How measured rooms are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Whether they keep to the limit.
    pub verdict: Verdict,
    /// How much they exceed it.
    pub excess: Area,
}

impl LeaderFact {
    /// What the person adds to the counts of leaders. Who was measured was due, so that nobody who exceeds a
    /// limit is left out.
    pub(super) fn leaders(&self) -> LeaderCounts {
        let is = |verdict| self.measured.is_some_and(|measured| measured.verdict == verdict);
        let due = u32::from(self.selected || self.measured.is_some());
        let measured = u32::from(self.measured.is_some());
        let excess = self.measured.filter(|measured| measured.verdict == Verdict::Over);
        LeaderCounts {
            due,
            measured,
            over: is(Verdict::Over).into(),
            not_configured: is(Verdict::NotConfigured).into(),
            over_area: excess.map(|measured| measured.excess).unwrap_or_default().into(),
            measured_rate: Rate::of(measured, due),
        }
    }
}

impl UnitFact {
    /// What the unit adds to the counts of self-checks.
    pub(super) fn self_check(&self, as_of: Date) -> SelfCheckCounts {
        if self.self_check == SelfCheckStatus::Excused {
            return SelfCheckCounts { excused: 1, ..SelfCheckCounts::default() };
        }
        let missing = self.self_check.is_outstanding();
        let due_on = self.self_check_due_on;
        let overdue = self_check::is_overdue(self.self_check, due_on, as_of);
        SelfCheckCounts {
            due: 1,
            submitted: (!missing).into(),
            late: (!missing && self.submitted_late).into(),
            missing: missing.into(),
            overdue: overdue.into(),
            excused: 0,
            submitted_rate: Rate::of((!missing).into(), 1),
        }
    }

    /// What the unit adds to the counts of visits.
    pub(super) fn visit(&self) -> VisitCounts {
        let due = u32::from(self.selected_for_visit);
        let visited = u32::from(self.selected_for_visit && self.visited);
        VisitCounts { due, visited, visited_rate: Rate::of(visited, due) }
    }
}

impl FindingFact {
    /// The order in force: none while it is being drafted or after it was withdrawn.
    fn order_in_force(&self) -> Option<&OrderFact> {
        self.order.as_ref().filter(|order| order.status.is_in_force())
    }

    /// What the finding adds to the counts of problems.
    pub(super) fn problem(&self, as_of: Date) -> ProblemCounts {
        if !self.status.is_counted() {
            return ProblemCounts::default();
        }
        let closed = self.status == FindingStatus::Closed;
        let order = self.order_in_force().filter(|_| !closed);
        let deferred = order.is_some_and(|order| order.status == RectificationStatus::Deferred);
        ProblemCounts {
            total: 1,
            closed: closed.into(),
            in_progress: (!closed && !deferred).into(),
            overdue: order.is_some_and(|order| order.is_overdue(as_of)).into(),
            deferred: deferred.into(),
            closed_rate: Rate::of(closed.into(), 1),
        }
    }

    /// What the finding adds to the counts of measures.
    pub(super) fn measures(&self) -> MeasureCounts {
        sum(self.counted_measures().map(MeasureFact::contribution))
    }

    /// The measures that count: those of a counted problem's order in force.
    pub(super) fn counted_measures(&self) -> impl Iterator<Item = &MeasureFact> {
        let order = self.order_in_force().filter(|_| self.status.is_counted());
        order.into_iter().flat_map(|order| &order.measures)
    }
}

impl OrderFact {
    /// Whether the order waits for the unit past its due date.
    fn is_overdue(&self, as_of: Date) -> bool {
        rectification::overdue_days(self.status, Some(self.due_on), as_of) > 0
    }
}

impl MeasureFact {
    /// What the measure adds to the counts of measures.
    pub(super) fn contribution(&self) -> MeasureCounts {
        let total = u32::from(self.status != MeasureStatus::Dropped);
        let done = u32::from(self.status == MeasureStatus::Done);
        MeasureCounts { total, done, done_rate: Rate::of(done, total) }
    }
}
