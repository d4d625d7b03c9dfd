//! The district report: compiled from the records of a campaign into one snapshot, and rendered from
//! that snapshot alone.

mod chart;
mod data;
pub mod docx;
pub mod excerpt;
pub mod html;
mod lines;
pub mod missing;
pub mod pdf;
pub mod plain;
pub mod process;
pub mod sample;
mod sentences;
pub mod templates;
pub mod xlsx;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use documents::fonts::Fonts;
use documents::package::PackageError;
use documents::typeset::TypesetError;
use serde_json::Value;
use shared::domain::canonical::sha256;
use shared::domain::id::Id;
use shared::domain::report::{Header, MaskError, Material, Persons, ReportFormat, Snapshot, check};
use shared::domain::statistics::Inconsistency;

use excerpt::Extent;
use templates::Templates;

/// Why a report could not be compiled.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The snapshot contradicts itself: it must not be stored.
    #[error("the figures of the report do not agree: {}", list(.0))]
    Inconsistent(Vec<Inconsistency>),
    /// A template does not fit the data.
    #[error("the report cannot be rendered: {0:#}")]
    Template(#[from] minijinja::Error),
    /// Persons cannot be masked in the public edition.
    #[error(transparent)]
    Mask(#[from] MaskError),
    /// The snapshot cannot be written as JSON.
    #[error("the report cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// The parts of an office document cannot be packed.
    #[error("the report cannot be packed: {0}")]
    Package(#[from] PackageError),
    /// The workbook cannot be written.
    #[error("the report cannot be written as a workbook: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The fonts take more memory than there is.
    #[error("the fonts cannot be read: {0}")]
    Fonts(#[from] std::io::Error),
    /// The report cannot be typeset, or a font is missing.
    #[error(transparent)]
    Typeset(#[from] TypesetError),
}

fn list(found: &[Inconsistency]) -> String {
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Compiles a version, which has no number yet: counts, writes the sentences that follow from the counts,
/// and checks. `fonts_sha256` tells the fonts that it will be typeset with.
///
/// # Errors
/// Figures that do not agree (R52), or a template that does not fit the data.
pub fn compile(
    material: Material,
    templates: &Templates,
    fonts_sha256: &str,
) -> Result<Snapshot, ReportError> {
    let Material { edition, compiled_at, as_of, campaign, lists, texts } = material;
    let header = Header {
        number: String::new(),
        edition,
        full_report_id: None,
        compiled_at,
        program_version: program_version().to_owned(),
        templates_sha256: templates.sha256.clone(),
        fonts_sha256: fonts_sha256.to_owned(),
    };
    let mut snapshot = Snapshot::compile(header, campaign, lists, as_of, texts);
    snapshot.texts.generated = sentences::write(&snapshot, &templates.sentences)?;
    checked(snapshot)
}

/// The public edition of a full version, in which these persons are masked.
///
/// # Errors
/// More persons than can be looked for, or figures that do not agree (R52).
pub fn publish(
    full: Snapshot,
    full_report_id: Id,
    persons: Persons,
    templates: &Templates,
    fonts_sha256: &str,
) -> Result<Snapshot, ReportError> {
    let mut public = full.public(full_report_id, persons)?;
    program_version().clone_into(&mut public.header.program_version);
    public.header.templates_sha256.clone_from(&templates.sha256);
    fonts_sha256.clone_into(&mut public.header.fonts_sha256);
    checked(public)
}

fn program_version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

fn checked(snapshot: Snapshot) -> Result<Snapshot, ReportError> {
    let found = check(&snapshot)?;
    if found.is_empty() { Ok(snapshot) } else { Err(ReportError::Inconsistent(found)) }
}

/// A version of the report as it is kept.
pub struct Version {
    /// What it says: a snapshot that passed its check.
    pub snapshot: Arc<Snapshot>,
    /// SHA-256 of the snapshot's bytes in hexadecimal, which files print.
    pub sha256: String,
}

impl Version {
    /// A snapshot with the hash of its bytes.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn of(snapshot: Snapshot) -> Result<Self, serde_json::Error> {
        let sha256 = sha256(&snapshot.canonical()?);
        Ok(Self { snapshot: Arc::new(snapshot), sha256 })
    }

    /// Reads the bytes of a snapshot.
    ///
    /// # Errors
    /// They are no snapshot.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        Ok(Self { snapshot: Arc::new(serde_json::from_slice(bytes)?), sha256: sha256(bytes) })
    }

    /// Reads the bytes of a snapshot, and puts these texts into their plain form.
    ///
    /// # Errors
    /// They are no snapshot.
    pub fn read_plainly(bytes: &[u8], texts: &BTreeSet<String>) -> Result<Self, serde_json::Error> {
        let mut document: Value = serde_json::from_slice(bytes)?;
        plain::make_plain(&mut document, texts);
        Ok(Self { snapshot: Arc::new(serde_json::from_value(document)?), sha256: sha256(bytes) })
    }
}

/// Renders a version, with the fonts of this machine and those of a folder.
///
/// # Errors
/// A template that does not fit the data, or a font that is missing.
pub fn render(
    format: ReportFormat,
    version: Version,
    templates: &Templates,
    fonts_dir: Option<&Path>,
) -> Result<Vec<u8>, ReportError> {
    match format {
        ReportFormat::Json => Ok(version.snapshot.canonical()?),
        ReportFormat::Docx => docx::render(&version, templates),
        ReportFormat::Html => Ok(html::render(&version)?.into_bytes()),
        ReportFormat::Xlsx => Ok(xlsx::render(&version.snapshot)?),
        ReportFormat::Pdf => pdf::render(version, &Fonts::find(fonts_dir)?, Extent::Excerpts),
    }
}
