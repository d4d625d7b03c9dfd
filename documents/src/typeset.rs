//! From a template and data to a file.

use chrono::{DateTime, Datelike, Timelike, Utc};
use typst::WorldExt;
use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

use crate::fonts::{Fonts, FontsMissing};
use crate::world::{Desk, LAYOUT};

/// Why a document cannot be typeset.
#[derive(Debug, thiserror::Error)]
pub enum TypesetError {
    /// The template does not fit the data, or is wrong in itself.
    #[error("the document cannot be typeset: {0}")]
    Template(String),
    /// The data cannot be written as JSON.
    #[error("the data of the document cannot be written: {0}")]
    Data(#[from] serde_json::Error),
    /// A role without a font.
    #[error(transparent)]
    Fonts(#[from] FontsMissing),
}

/// What identifies a file, and when it was made.
pub struct Imprint<'a> {
    /// What no other document has: the file's own identifier is derived from it.
    pub ident: &'a str,
    /// The program and its version.
    pub creator: &'a str,
    /// The file's time of creation.
    pub created_at: DateTime<Utc>,
}

/// The layout that templates import as `/official.typ`: another text, other bytes of the documents.
pub fn layout() -> &'static str {
    LAYOUT
}

/// Typesets a template as PDF. The template reads its data from `/data.json`, where no text is markup, and the layout of
/// official documents from `/official.typ`. The same fonts, template, data and imprint give the same bytes.
///
/// # Errors
/// A role without a font, or a template that does not fit the data.
pub fn pdf(
    fonts: &Fonts,
    template: &str,
    data: &serde_json::Value,
    imprint: &Imprint<'_>,
) -> Result<Vec<u8>, TypesetError> {
    fonts.check()?;
    let _memory = Memory;
    let desk = Desk::new(fonts, template, data)?;
    let told = |errors: &[SourceDiagnostic]| TypesetError::Template(told(&desk, errors));
    let document: PagedDocument = typst::compile(&desk).output.map_err(|errors| told(&errors))?;
    let options = PdfOptions {
        ident: Smart::Custom(imprint.ident.to_owned()),
        creator: Smart::Custom(Some(imprint.creator.to_owned())),
        timestamp: timestamp(imprint.created_at),
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|errors| told(&errors))
}

/// What the typesetter remembers between documents: given back when one is done, also where it failed.
struct Memory;

impl Drop for Memory {
    fn drop(&mut self) {
        comemo::evict(0);
    }
}

fn timestamp(at: DateTime<Utc>) -> Option<Timestamp> {
    let two = |number: u32| u8::try_from(number).unwrap_or_default();
    let (month, day) = (two(at.month()), two(at.day()));
    let (hour, minute, second) = (two(at.hour()), two(at.minute()), two(at.second()));
    let datetime = Datetime::from_ymd_hms(at.year(), month, day, hour, minute, second)?;
    Some(Timestamp::new_utc(datetime))
}

/// Errors with their places in the template.
fn told(desk: &Desk<'_>, errors: &[SourceDiagnostic]) -> String {
    use typst::World;
    let place = |error: &SourceDiagnostic| {
        let id = error.span.id()?;
        let line = desk.source(id).ok()?.lines().byte_to_line(desk.range(error.span)?.start)?;
        Some(format!("{}:{}: ", id.get().vpath().get_without_slash(), line + 1))
    };
    let one = |error: &SourceDiagnostic| format!("{}{}", place(error).unwrap_or_default(), error.message);
    errors.iter().map(one).collect::<Vec<_>>().join("; ")
}
