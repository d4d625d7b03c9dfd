//! The records behind a figure, as the snapshot holds them.

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
    /// The unit, finding or measure.
    pub id: Id,
    /// The unit concerned.
    pub unit_id: Id,
    /// Its name on that day.
    #[schema(example = "连岛街道办事处")]
    pub unit_name: String,
    /// What the finding or the measure says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "未经审批租用企业办公用房。")]
    pub text: Option<String>,
}

impl Snapshot {
    /// The figure of this name with its records, as the report tells of them.
    pub fn figure_rows(&self, figure: &str) -> Option<FigureRows> {
        let found = self.rows(figure)?;
        let kind = match figure.split('.').next() {
            Some("problems") => FigureRowKind::Finding,
            Some("measures") => FigureRowKind::Measure,
            _ => FigureRowKind::Unit,
        };
        let rows = found.rows.iter().filter_map(|id| match kind {
            FigureRowKind::Unit => self.row(*id, *id, None),
            FigureRowKind::Finding => self.finding_row(*id),
            FigureRowKind::Measure => self.measure_row(*id),
        });
        Some(FigureRows { figure: figure.to_owned(), value: found.value, kind, rows: rows.collect() })
    }

    fn finding_row(&self, id: Id) -> Option<FigureRow> {
        let problem = self.lists.problems.iter().find(|row| row.finding_id == id)?;
        self.row(id, problem.unit_id, Some(&problem.description))
    }

    fn measure_row(&self, id: Id) -> Option<FigureRow> {
        let orders = self.lists.rectifications.iter();
        let mut measures =
            orders.flat_map(|order| order.measures.iter().map(move |measure| (order, measure)));
        let (order, measure) = measures.find(|(_, measure)| measure.id == id)?;
        let problem = self.lists.problems.iter().find(|row| row.finding_id == order.finding_id)?;
        self.row(id, problem.unit_id, Some(&measure.text))
    }

    fn row(&self, id: Id, unit_id: Id, text: Option<&String>) -> Option<FigureRow> {
        let unit = self.lists.units.iter().find(|unit| unit.unit_id == unit_id)?;
        Some(FigureRow { id, unit_id, unit_name: unit.name.clone(), text: text.cloned() })
    }
}
