//! The records that a snapshot keeps, and the facts that its figures are counted from.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::domain::answer::AnswerResult;
use crate::domain::area::Area;
use crate::domain::date::Date;
use crate::domain::escalation::{EscalationKind, EscalationStatus};
use crate::domain::finding::{FindingSource, FindingStatus, Severity};
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::leader_office::Verdict;
use crate::domain::measure::Measure;
use crate::domain::phase::PhaseKind;
use crate::domain::rectification::{Mode, RectificationStatus};
use crate::domain::room::Areas;
use crate::domain::self_check::SelfCheckStatus;
use crate::domain::statistics::{Facts, FindingFact, LeaderFact, MeasureFact, Measured, OrderFact, UnitFact};
use crate::domain::unit::UnitKind;

/// What the campaign set out to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignFacts {
    /// The campaign.
    pub campaign_id: Id,
    /// Its name.
    pub name: String,
    /// The number of the document that ordered it (文号).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// The documents that it rests on (依据), as they are cited.
    pub basis: Vec<String>,
    /// Which bodies are inspected (巡检范围), in the words of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The phases with the dates in force, in order of start.
    pub phases: Vec<PhaseRow>,
}

/// A phase (阶段) and how its dates moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseRow {
    /// Which phase.
    pub kind: PhaseKind,
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub ends_on: Date,
    /// Recorded decisions on its dates, oldest first.
    pub changes: Vec<PhaseChange>,
}

/// A recorded decision on the dates of a phase (延期).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseChange {
    /// The day of the decision.
    pub decided_on: Date,
    /// First day before it.
    pub old_starts_on: Date,
    /// Last day before it.
    pub old_ends_on: Date,
    /// First day by the decision.
    pub new_starts_on: Date,
    /// Last day by the decision.
    pub new_ends_on: Date,
    /// Why.
    pub reason: String,
}

/// The records of a campaign, which are also the annexes of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lists {
    /// Every unit that another list names.
    pub units: Vec<UnitRow>,
    /// One row per unit in scope, the excused included (各单位自查情况表).
    pub self_checks: Vec<SelfCheckRow>,
    /// The problems that count: no drafts, merged or void ones (问题清单).
    pub problems: Vec<ProblemRow>,
    /// The persons whose rooms were to be measured or were (领导干部办公用房核查汇总表).
    pub leader_offices: Vec<LeaderOfficeRow>,
    /// The orders in force for these problems (整改清单).
    pub rectifications: Vec<RectificationRow>,
    /// Who answers for each order (责任清单): with the leader offices the only list with names of persons.
    pub responsibilities: Vec<ResponsibilityRow>,
    /// What is proposed to those above, or was (问责建议): in the full edition only.
    #[serde(default)]
    pub escalations: Vec<EscalationRow>,
}

/// A unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitRow {
    /// The unit.
    pub unit_id: Id,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: UnitKind,
    /// Whether the campaign wants it visited (应查).
    pub selected_for_visit: bool,
    /// Whether a visit to it was done (已查).
    pub visited: bool,
}

/// The self-check of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelfCheckRow {
    /// The unit.
    pub unit_id: Id,
    /// Its state.
    pub status: SelfCheckStatus,
    /// When it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// The civil date of the first submission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_submitted_on: Option<Date>,
    /// Whether the first submission was late, as it was marked then.
    pub submitted_late: bool,
    /// The answers given so far.
    pub answers: BTreeMap<FocusItem, AnswerResult>,
}

/// A problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemRow {
    /// The finding.
    pub finding_id: Id,
    /// The unit concerned.
    pub unit_id: Id,
    /// The focus item.
    pub focus_item: FocusItem,
    /// How grave it is.
    pub severity: Severity,
    /// How it came to light.
    pub source: FindingSource,
    /// Its state.
    pub status: FindingStatus,
    /// The civil date on which it was recorded.
    pub found_on: Date,
    /// What was found.
    pub description: String,
    /// What is to be done about it (处理意见).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handling_opinion: Option<String>,
}

/// A rectification order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RectificationRow {
    /// The order.
    pub rectification_id: Id,
    /// The problem.
    pub finding_id: Id,
    /// The number of the notice (整改通知书).
    pub number: String,
    /// At once or by plan.
    pub mode: Mode,
    /// Its state.
    pub status: RectificationStatus,
    /// What is required.
    pub requirement: String,
    /// The civil date of the order.
    pub ordered_on: Date,
    /// The due date as first ordered.
    pub first_due_on: Date,
    /// The due date in force.
    pub due_on: Date,
    /// The civil date of the latest submission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_on: Option<Date>,
    /// Whether a submission came after its due date.
    pub submitted_late: bool,
    /// The civil date of closing (销号).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<Date>,
    /// The goal of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<String>,
    /// The measures of the plan.
    pub measures: Vec<Measure>,
}

/// Who answers for an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponsibilityRow {
    /// The order.
    pub rectification_id: Id,
    /// The unit's principal (主要负责人).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// The person named by the order (整改责任人).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsible_person: Option<String>,
}

/// A person and the rooms for the person's use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaderOfficeRow {
    /// The leader office.
    pub leader_office_id: Id,
    /// The unit that gives the rooms.
    pub unit_id: Id,
    /// The name (姓名).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_name: Option<String>,
    /// Whether the person is in office (在职情况), in the words of the dictionary.
    pub service_status: String,
    /// The level (级别), in the words of the dictionary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The post (职务).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
    /// Where the rooms are (地址及房号).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Whether the person was selected for measurement.
    pub selected: bool,
    /// The day of measuring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured_on: Option<Date>,
    /// The measured areas by use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub areas: Option<Areas>,
    /// How they are judged, where they were measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// The area that counts for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Area>,
    /// The limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Area>,
    /// How much the area exceeds the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excess: Option<Area>,
    /// Who shares which room, and remarks (备注).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// An escalation that was neither refused nor taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationRow {
    /// The escalation.
    pub escalation_id: Id,
    /// The unit that it is about.
    pub unit_id: Id,
    /// To whom it goes.
    pub kind: EscalationKind,
    /// The addressee by name.
    pub addressee: String,
    /// Its state.
    pub status: EscalationStatus,
    /// What happened.
    pub facts: String,
    /// The civil date on which it was handed to its addressee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_on: Option<Date>,
}

impl Lists {
    /// Leaves out what does not count: drafts, merged and void findings, orders drafted or withdrawn and
    /// what belongs to them, escalations refused or withdrawn, so that a list is as long as its total says.
    pub(super) fn keep_counted(&mut self) {
        self.problems.retain(|row| row.status.is_counted());
        self.leader_offices.retain(|row| row.selected || row.verdict.is_some());
        let problems: HashSet<Id> = self.problems.iter().map(|row| row.finding_id).collect();
        self.rectifications.retain(|row| row.status.is_in_force() && problems.contains(&row.finding_id));
        let orders: HashSet<Id> = self.rectifications.iter().map(|row| row.rectification_id).collect();
        self.responsibilities.retain(|row| orders.contains(&row.rectification_id));
        self.escalations.retain(|row| row.status.is_told());
    }

    /// Puts every list into the order of the report: units by kind and creation, problems by unit, focus
    /// item and creation, orders and responsibilities as their problems. It depends on no database's order.
    pub(super) fn sort(&mut self) {
        self.units.sort_by_key(|unit| (unit.kind, unit.unit_id));
        let unit: HashMap<Id, usize> = self.units.iter().map(|row| row.unit_id).zip(0..).collect();
        self.self_checks.sort_by_key(|row| (unit.get(&row.unit_id).copied(), row.unit_id));
        self.leader_offices.sort_by_key(|row| (unit.get(&row.unit_id).copied(), row.leader_office_id));
        self.problems.sort_by_key(|row| (unit.get(&row.unit_id).copied(), row.focus_item, row.finding_id));
        let problem: HashMap<Id, usize> = self.problems.iter().map(|row| row.finding_id).zip(0..).collect();
        self.rectifications.sort_by_key(|row| (problem.get(&row.finding_id).copied(), row.rectification_id));
        let order: HashMap<Id, usize> =
            self.rectifications.iter().map(|row| row.rectification_id).zip(0..).collect();
        self.responsibilities
            .sort_by_key(|row| (order.get(&row.rectification_id).copied(), row.rectification_id));
        self.escalations.sort_by_key(|row| (row.kind, unit.get(&row.unit_id).copied(), row.escalation_id));
    }

    /// The facts that the figures are counted from. A row that names no known unit counts nowhere: the
    /// check tells it apart.
    pub fn facts(&self) -> Facts {
        let units: HashMap<Id, &UnitRow> = self.units.iter().map(|unit| (unit.unit_id, unit)).collect();
        let orders: HashMap<Id, &RectificationRow> =
            self.rectifications.iter().map(|order| (order.finding_id, order)).collect();
        Facts {
            units: self
                .self_checks
                .iter()
                .filter_map(|row| Some((row, units.get(&row.unit_id)?)))
                .map(|(row, unit)| UnitFact {
                    unit_id: row.unit_id,
                    unit_kind: unit.kind,
                    self_check: row.status,
                    self_check_due_on: row.due_on,
                    first_submitted_on: row.first_submitted_on,
                    submitted_late: row.submitted_late,
                    selected_for_visit: unit.selected_for_visit,
                    visited: unit.visited,
                })
                .collect(),
            findings: self
                .problems
                .iter()
                .filter_map(|row| Some((row, units.get(&row.unit_id)?)))
                .map(|(row, unit)| FindingFact {
                    finding_id: row.finding_id,
                    unit_kind: unit.kind,
                    focus_item: row.focus_item,
                    severity: row.severity,
                    status: row.status,
                    order: orders.get(&row.finding_id).map(|order| order.fact()),
                })
                .collect(),
            leaders: self
                .leader_offices
                .iter()
                .filter_map(|row| Some((row, units.get(&row.unit_id)?)))
                .map(|(row, unit)| LeaderFact {
                    leader_office_id: row.leader_office_id,
                    unit_kind: unit.kind,
                    selected: row.selected,
                    measured: row
                        .verdict
                        .map(|verdict| Measured { verdict, excess: row.excess.unwrap_or_default() }),
                })
                .collect(),
        }
    }
}

impl RectificationRow {
    fn fact(&self) -> OrderFact {
        OrderFact {
            status: self.status,
            due_on: self.due_on,
            measures: self
                .measures
                .iter()
                .map(|measure| MeasureFact { measure_id: measure.id, status: measure.status })
                .collect(),
        }
    }
}
