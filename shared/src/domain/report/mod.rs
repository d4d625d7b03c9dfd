//! The district report (全区党政机关办公用房专项巡检报告): the snapshot that every format is made from.
//!
//! A snapshot is one JSON document. It holds the records, the figures counted from them and the texts
//! that people wrote, so that a version can be rendered again years later from this document alone.

mod canonical;
mod check;
mod differences;
mod figure;
mod machine;
mod material;
mod public;
mod record;
mod rows;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use check::check;
pub use differences::{Differences, FigureChange, FindingChange, FindingMove, differences};
pub use figure::{FigureRow, FigureRowKind, FigureRows};
pub use machine::{READERS, ReportFormat, ReportStage, ReportStatus, ReportVerb};
pub use material::Material;
pub use public::{Holding, MaskError, Persons};
pub use record::{Endorse, Endorsement, MissingCharacters, Progress, Report, ReportContent, ReportFile};
pub use rows::{
    CampaignFacts, EscalationRow, LeaderOfficeRow, Lists, PhaseChange, PhaseRow, ProblemRow,
    RectificationRow, ResponsibilityRow, SelfCheckRow, UnitRow,
};
pub use texts::{Section, Texts, TextsContent};

use super::actor::Role;
use super::date::Date;
use super::id::Id;
use super::instant::Instant;
use super::statistics::{Figure, Statistics, trace};
use crate::text_enum;

/// The version of the snapshot's form. It rises with every change that an older reader would misread.
pub const SCHEMA: u32 = 1;

text_enum! {
    /// For whom a report is made.
    pub enum Edition {
        /// All of it, escalations too: for coordinators and leaders (全文版).
        Full = "full",
        /// The same without escalations: for the inspection team (专项巡检小组版).
        Team = "team",
        /// Without anybody who could be recognized, made from a full version: for everybody who sees the campaign, once
        /// a leader has endorsed it (公开版).
        Public = "public",
    }
}

impl Edition {
    /// Who asks for it, and reads it whether it is endorsed or not.
    pub fn readers(self) -> &'static [Role] {
        match self {
            Self::Full | Self::Public => &[Role::Coordinator, Role::Leader],
            Self::Team => &[Role::Coordinator, Role::Leader, Role::Inspector],
        }
    }
}

/// All that a version of the report says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The form of this document, [`SCHEMA`] when it was made.
    pub schema: u32,
    /// What identifies the version.
    pub header: Header,
    /// What the campaign set out to do.
    pub campaign: CampaignFacts,
    /// The records: the annexes of the report.
    pub lists: Lists,
    /// The figures, counted from the lists.
    pub statistics: Statistics,
    /// Each figure by name with the ids of the records behind it.
    pub figures: BTreeMap<String, Figure>,
    /// The prose.
    pub texts: Texts,
}

/// What identifies a version of the report, and what it was made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version's own number, which also names its files; empty until its figures passed their check. A public
    /// edition has none of its own: it is that of the full version that it answers to.
    pub number: String,
    /// For whom it is made.
    pub edition: Edition,
    /// The full version that a public edition answers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_report_id: Option<Id>,
    /// When the database was read. Files carry it as their time of creation.
    pub compiled_at: Instant,
    /// The version of the program that compiled it.
    pub program_version: String,
    /// SHA-256 of the templates that it was rendered with, in hexadecimal.
    pub templates_sha256: String,
    /// SHA-256 of the fonts that it was typeset with, in hexadecimal; empty in versions of before this was noted.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fonts_sha256: String,
}

impl Snapshot {
    /// Keeps the records that count, puts them in order and counts them as they are judged on `as_of`, the
    /// civil date of compiling in the campaign's time zone. A typical case that counts no more is left out.
    pub fn compile(
        header: Header,
        campaign: CampaignFacts,
        mut lists: Lists,
        as_of: Date,
        mut texts: Texts,
    ) -> Self {
        lists.keep_counted();
        lists.sort();
        texts.typical_cases.retain(|case| lists.problems.iter().any(|row| row.finding_id == *case));
        let facts = lists.facts();
        Self {
            schema: SCHEMA,
            header,
            campaign,
            statistics: Statistics::compute(&facts, as_of),
            figures: trace(&facts, as_of),
            lists,
            texts,
        }
    }

    /// The figure of this name with the records behind it.
    pub fn rows(&self, figure: &str) -> Option<&Figure> {
        self.figures.get(figure)
    }
}
