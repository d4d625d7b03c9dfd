//! The report as a document to be worked on, in the layout of official documents, for Word and WPS.

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use documents::package::{Part, pack};
use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use shared::domain::canonical::sha256;
use shared::domain::report::Snapshot;
use shared::messages::template::environment;

use super::ReportError;
use super::chart::{COLOURS, Piece, charts, pieces};
use super::html::paragraphs;
use super::lines::Lines;

/// The document itself.
pub const TEMPLATE: &str = include_str!("../../templates/report/docx/document.xml");

/// Its layout.
pub const STYLES: &str = include_str!("../../templates/report/docx/styles.xml");

/// What tells of the document beside its text.
const CORE: &str = include_str!("../../templates/report/docx/core.xml");

/// The width of the text in twentieths of a point.
const WIDTH: u32 = 8_840;

/// The parts that are the same in every report.
const FIXED: [(&str, &str); 8] = [
    ("[Content_Types].xml", include_str!("../../templates/report/docx/content-types.xml")),
    ("_rels/.rels", include_str!("../../templates/report/docx/package.rels")),
    ("word/_rels/document.xml.rels", include_str!("../../templates/report/docx/document.rels")),
    ("word/styles.xml", STYLES),
    ("word/settings.xml", include_str!("../../templates/report/docx/settings.xml")),
    ("word/footer-odd.xml", include_str!("../../templates/report/docx/footer-odd.xml")),
    ("word/footer-even.xml", include_str!("../../templates/report/docx/footer-even.xml")),
    ("docProps/app.xml", include_str!("../../templates/report/docx/app.xml")),
];

/// Writes a snapshot that passed its check. The same snapshot gives the same bytes.
///
/// # Errors
/// A template that does not fit the data.
pub fn render(snapshot: &Snapshot) -> Result<Vec<u8>, ReportError> {
    let mut environment = environment()?;
    environment.add_filter("paragraphs", paragraphs);
    environment.add_template("document.xml", TEMPLATE)?;
    environment.add_template("core.xml", CORE)?;
    let charts: BTreeMap<&str, Vec<Piece>> =
        charts(snapshot).into_iter().map(|(name, bars)| (name, pieces(bars, WIDTH))).collect();
    let created_at = snapshot.header.compiled_at.to_utc();
    let data = context! {
        sha256 => sha256(&snapshot.canonical()?),
        created_at => created_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        lines => Value::from(Serde(Lines::of(snapshot))),
        charts => Value::from(Serde(charts)),
        colours => Value::from(Serde(BTreeMap::from(COLOURS))),
        ..Value::from(Serde(snapshot))
    };
    let mut parts: Vec<Part> =
        FIXED.into_iter().map(|(path, content)| Part { path, content: content.to_owned() }).collect();
    parts.push(filled(&environment, "docProps/core.xml", "core.xml", &data)?);
    parts.push(filled(&environment, "word/document.xml", "document.xml", &data)?);
    Ok(pack(parts)?)
}

fn filled(
    environment: &Environment<'_>,
    path: &'static str,
    template: &str,
    data: &Value,
) -> Result<Part, ReportError> {
    Ok(Part { path, content: environment.get_template(template)?.render(data)? })
}
