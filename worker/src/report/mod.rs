//! The district report: compiled from the records of a campaign into one snapshot, and rendered from
//! that snapshot alone.

mod chart;
pub mod html;
mod lines;
mod sentences;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use shared::domain::instant::Instant;
use shared::domain::report::{CampaignFacts, Edition, Header, Lists, Snapshot, Texts, check, sha256};
use shared::domain::statistics::Inconsistency;

/// What a report is compiled from: the records of a campaign as one transaction read them.
#[derive(Clone, Debug)]
pub struct Material {
    /// The version's own number.
    pub number: String,
    /// For whom it is made.
    pub edition: Edition,
    /// When the records were read.
    pub compiled_at: Instant,
    /// The civil date of that instant in the campaign's time zone, on which overdue is judged.
    pub as_of: NaiveDate,
    /// What the campaign set out to do.
    pub campaign: CampaignFacts,
    /// The records.
    pub lists: Lists,
    /// What people wrote.
    pub texts: Texts,
    /// Names of persons that prose may hold, to be masked in the public edition.
    pub known_names: BTreeSet<String>,
}

/// A version of the report, ready to be stored.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// What every format is made from.
    pub snapshot: Snapshot,
    /// The snapshot's canonical bytes, which are the report as JSON.
    pub json: Vec<u8>,
    /// SHA-256 of these bytes in hexadecimal.
    pub sha256: String,
    /// The report as one self-contained page.
    pub html: String,
}

/// Why a report could not be compiled.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The snapshot contradicts itself: it must not be stored.
    #[error("the figures of the report do not agree: {}", list(.0))]
    Inconsistent(Vec<Inconsistency>),
    /// A template does not fit the data.
    #[error("the report cannot be rendered: {0:#}")]
    Template(#[from] minijinja::Error),
    /// The snapshot cannot be written as JSON.
    #[error("the report cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

fn list(found: &[Inconsistency]) -> String {
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Compiles a version: counts, writes the sentences that follow from the counts, checks, renders.
///
/// # Errors
/// Figures that do not agree (R52), or a template that does not fit the data.
pub fn compile(material: Material) -> Result<Compiled, ReportError> {
    let Material { number, edition, compiled_at, as_of, campaign, lists, texts, known_names } = material;
    let header = Header {
        number,
        edition,
        compiled_at,
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        templates_sha256: templates_sha256(),
    };
    let mut snapshot = Snapshot::compile(header, campaign, lists, as_of, texts);
    snapshot.texts.generated = sentences::write(&snapshot)?;
    if edition == Edition::Public {
        snapshot = snapshot.public(&known_names);
    }
    let found = check(&snapshot)?;
    if !found.is_empty() {
        return Err(ReportError::Inconsistent(found));
    }
    let json = snapshot.canonical()?;
    let html = html::render(&snapshot)?;
    Ok(Compiled { sha256: sha256(&json), snapshot, json, html })
}

/// SHA-256 of the templates of this program, in hexadecimal: another value, other bytes of the files.
fn templates_sha256() -> String {
    sha256([sentences::TEMPLATE, html::TEMPLATE, html::STYLE].concat().as_bytes())
}
