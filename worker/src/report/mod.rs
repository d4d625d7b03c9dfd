//! The district report: compiled from the records of a campaign into one snapshot, and rendered from
//! that snapshot alone.

mod chart;
pub mod docx;
pub mod html;
mod lines;
pub mod missing;
pub mod pdf;
pub mod process;
mod sentences;
pub mod xlsx;

use std::path::Path;

use documents::fonts::Fonts;
use documents::package::PackageError;
use documents::typeset::{TypesetError, layout};
use shared::domain::canonical::sha256;
use shared::domain::report::{Edition, Header, Material, ReportFormat, Snapshot, check};
use shared::domain::statistics::Inconsistency;

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
/// and checks.
///
/// # Errors
/// Figures that do not agree (R52), or a template that does not fit the data.
pub fn compile(material: Material) -> Result<Snapshot, ReportError> {
    let Material { edition, compiled_at, as_of, campaign, lists, texts, known_names } = material;
    let header = Header {
        number: String::new(),
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
    if found.is_empty() { Ok(snapshot) } else { Err(ReportError::Inconsistent(found)) }
}

/// Renders a snapshot that passed its check, with the fonts of this machine and those of a folder.
///
/// # Errors
/// A template that does not fit the data, or a font that is missing.
pub fn render(
    format: ReportFormat,
    snapshot: &Snapshot,
    fonts_dir: Option<&Path>,
) -> Result<Vec<u8>, ReportError> {
    match format {
        ReportFormat::Json => Ok(snapshot.canonical()?),
        ReportFormat::Docx => docx::render(snapshot),
        ReportFormat::Html => Ok(html::render(snapshot)?.into_bytes()),
        ReportFormat::Xlsx => Ok(xlsx::render(snapshot)?),
        ReportFormat::Pdf => pdf::render(snapshot, &Fonts::find(fonts_dir)?),
    }
}

/// SHA-256 of the templates of this program, in hexadecimal: another value, other bytes of the files.
fn templates_sha256() -> String {
    sha256(
        [
            sentences::TEMPLATE,
            html::TEMPLATE,
            html::STYLE,
            pdf::TEMPLATE,
            layout(),
            docx::TEMPLATE,
            docx::STYLES,
        ]
        .concat()
        .as_bytes(),
    )
}
