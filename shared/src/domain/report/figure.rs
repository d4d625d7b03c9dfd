//! The records behind a figure, as the snapshot holds them.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::Snapshot;
use crate::domain::id::Id;
use crate::text_enum;

text_enum! {
    /// What a figure counts.
    pub enum FigureRowKind {
        /// Units, with their self-checks or visits (单位).
        Unit = "unit",
        /// Persons with their rooms (领导干部办公用房).
        LeaderOffice = "leader_office",
        /// Problems (问题).
        Finding = "finding",
        /// Measures of plans (整改措施).
        Measure = "measure",
    }
}

/// A figure of a report with the records that it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FigureRows {
    /// The figure's name.
    #[schema(example = "problems.overdue")]
    pub figure: String,
    /// The number, as it stands in the report.
    #[schema(example = 1)]
    pub value: u32,
    /// What it counts.
    pub kind: FigureRowKind,
    /// Each record once.
    pub rows: Vec<FigureRow>,
}

/// A record behind a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FigureRow {
    /// The unit, leader office, finding or measure.
    pub id: Id,
    /// The unit concerned.
    pub unit_id: Id,
    /// Its name on that day.
    #[schema(example = "连岛街道办事处")]
    pub unit_name: String,
    /// What the finding or the measure says; whose office it is, but in the public edition.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "未经审批租用企业办公用房。")]
    pub text: Option<String>,
}

/// The unit of a record, and what it says.
type Record<'a> = (Id, Option<&'a str>);

impl Snapshot {
    /// The figure of this name with its records, as the report tells of them.
    pub fn figure_rows(&self, figure: &str) -> Option<FigureRows> {
        let found = self.rows(figure)?;
        let (kind, records) = match figure.split('.').next() {
            Some("problems") => (FigureRowKind::Finding, self.findings()),
            Some("measures") => (FigureRowKind::Measure, self.measures()),
            Some("leaders") => (FigureRowKind::LeaderOffice, self.leader_offices()),
            _ => (
                FigureRowKind::Unit,
                self.lists.units.iter().map(|row| (row.unit_id, (row.unit_id, None))).collect(),
            ),
        };
        let names: HashMap<Id, &str> =
            self.lists.units.iter().map(|row| (row.unit_id, row.name.as_str())).collect();
        let row = |id: &Id| {
            let (unit_id, text) = *records.get(id)?;
            let unit_name = (*names.get(&unit_id)?).to_owned();
            Some(FigureRow { id: *id, unit_id, unit_name, text: text.map(str::to_owned) })
        };
        let rows = found.rows.iter().filter_map(row).collect();
        Some(FigureRows { figure: figure.to_owned(), value: found.value, kind, rows })
    }

    /// Every finding with its unit and what it says.
    fn findings(&self) -> HashMap<Id, Record<'_>> {
        let problems = self.lists.problems.iter();
        problems.map(|row| (row.finding_id, (row.unit_id, Some(row.description.as_str())))).collect()
    }

    /// Every leader office with its unit and person.
    fn leader_offices(&self) -> HashMap<Id, Record<'_>> {
        let offices = self.lists.leader_offices.iter();
        offices.map(|row| (row.leader_office_id, (row.unit_id, row.person_name.as_deref()))).collect()
    }

    /// Every measure with its unit and what it says.
    fn measures(&self) -> HashMap<Id, Record<'_>> {
        let findings = self.findings();
        let orders = self.lists.rectifications.iter();
        let of_orders =
            orders.filter_map(|order| Some((findings.get(&order.finding_id)?.0, &order.measures)));
        of_orders
            .flat_map(|(unit_id, measures)| measures.iter().map(move |measure| (unit_id, measure)))
            .map(|(unit_id, measure)| (measure.id, (unit_id, Some(measure.text.as_str()))))
            .collect()
    }
}
