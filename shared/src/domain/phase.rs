//! The phases of a campaign, and whether an action lies inside its phase.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::date::Date;
use super::refusal::{Code, Violation, Violations};
use crate::text_enum;

text_enum! {
    /// The phases of the plan.
    pub enum PhaseKind {
        /// The units check and correct themselves (自查自纠).
        SelfCheck = "self_check",
        /// The teams visit the units (实地巡检).
        OnSite = "on_site",
        /// The report is written and presented (汇总反馈).
        Summary = "summary",
        /// Problems are put right (问题整改).
        Rectification = "rectification",
    }
}

text_enum! {
    /// When something was done, against its phase (R37). What lies outside is accepted and marked,
    /// never refused.
    pub enum Timing {
        /// Before the phase (提前).
        Early = "early",
        /// In the phase, both its days included (按时).
        OnTime = "on_time",
        /// After the phase (逾期).
        Late = "late",
    }
}

/// A phase with its first and last day: civil dates in the campaign's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "self_check", "starts_on": "2023-07-31", "ends_on": "2023-08-06"}))]
pub struct Phase {
    /// Which phase.
    pub kind: PhaseKind,
    /// The first day.
    pub starts_on: Date,
    /// The last day, until its end.
    pub ends_on: Date,
}

impl Phase {
    /// Whether the day lies in the phase.
    pub fn contains(&self, day: Date) -> bool {
        self.timing(day) == Timing::OnTime
    }

    /// How an action of this day is marked (R37).
    pub fn timing(&self, day: Date) -> Timing {
        if day < self.starts_on {
            Timing::Early
        } else if day > self.ends_on {
            Timing::Late
        } else {
            Timing::OnTime
        }
    }
}

/// Notes what a list of phases breaks: a kind stands twice, a phase ends before it starts, or the list
/// is not in the order of the first days. Phases may overlap. `pointer` is the list's own.
pub fn check_phases(violations: &mut Violations, pointer: &str, phases: &[Phase]) {
    for (index, phase) in phases.iter().enumerate() {
        let earlier = phases.get(..index).unwrap_or_default();
        if earlier.iter().any(|other| other.kind == phase.kind) {
            violations.push(Violation::new(format!("{pointer}/{index}/kind"), Code::Duplicate));
        }
        if phase.ends_on < phase.starts_on {
            violations.push(Violation::new(format!("{pointer}/{index}/ends_on"), Code::EndsBeforeStart));
        }
        if earlier.last().is_some_and(|previous| phase.starts_on < previous.starts_on) {
            violations.push(Violation::new(format!("{pointer}/{index}/starts_on"), Code::OutOfOrder));
        }
    }
}

/// The phases in which the day lies; several where they overlap, none between them.
pub fn current_phases(phases: &[Phase], today: Date) -> Vec<PhaseKind> {
    phases.iter().filter(|phase| phase.contains(today)).map(|phase| phase.kind).collect()
}

#[cfg(test)]
mod tests {
    use super::super::refusal::Refusal;
    use super::*;

    fn day(month: u32, day: u32) -> Date {
        Date::new(2023, month, day).unwrap()
    }

    fn phase(kind: PhaseKind, starts_on: Date, ends_on: Date) -> Phase {
        Phase { kind, starts_on, ends_on }
    }

    fn broken(phases: &[Phase]) -> Vec<(String, Code)> {
        let mut violations = Violations::default();
        check_phases(&mut violations, "/phases", phases);
        match violations.refuse() {
            Err(Refusal::Invalid(list)) => list.into_iter().map(|v| (v.pointer, v.code)).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn the_plan_of_2023_is_in_order_and_phases_may_overlap() {
        let mut plan = vec![
            phase(PhaseKind::SelfCheck, day(7, 31), day(8, 6)),
            phase(PhaseKind::OnSite, day(8, 7), day(8, 11)),
            phase(PhaseKind::Summary, day(8, 12), day(8, 20)),
        ];
        assert_eq!(broken(&plan), []);
        assert_eq!(current_phases(&plan, day(8, 6)), [PhaseKind::SelfCheck]);
        assert_eq!(current_phases(&plan, day(8, 21)), []);
        plan.push(phase(PhaseKind::Rectification, day(8, 15), day(9, 30)));
        assert_eq!(broken(&plan), []);
        assert_eq!(current_phases(&plan, day(8, 15)), [PhaseKind::Summary, PhaseKind::Rectification]);
    }

    #[test]
    fn all_broken_rules_are_named_at_once() {
        let phases =
            [phase(PhaseKind::OnSite, day(8, 7), day(8, 6)), phase(PhaseKind::OnSite, day(8, 1), day(8, 11))];
        let expected = [
            ("/phases/0/ends_on", Code::EndsBeforeStart),
            ("/phases/1/kind", Code::Duplicate),
            ("/phases/1/starts_on", Code::OutOfOrder),
        ];
        assert_eq!(broken(&phases), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    #[test]
    fn r37_marks_by_the_first_and_the_last_day() {
        let on_site = phase(PhaseKind::OnSite, day(8, 7), day(8, 11));
        let marks = [(8, 6), (8, 7), (8, 11), (8, 12)].map(|(m, d)| on_site.timing(day(m, d)));
        assert_eq!(marks, [Timing::Early, Timing::OnTime, Timing::OnTime, Timing::Late]);
    }
}
