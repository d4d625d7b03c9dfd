//! The report on paper, in the layout of official documents.

use std::collections::BTreeMap;

use documents::fonts::Fonts;
use documents::typeset::{self, Imprint};
use serde::Serialize;
use shared::domain::canonical::sha256;
use shared::domain::report::Snapshot;
use shared::messages::words::WORDS;

use super::ReportError;
use super::chart::{Bar, charts};
use super::lines::Lines;

/// The report.
pub const TEMPLATE: &str = include_str!("../../templates/report/report.typ");

/// What the template reads.
#[derive(Serialize)]
struct Data<'a> {
    snapshot: &'a Snapshot,
    sha256: &'a str,
    lines: Lines<'a>,
    charts: BTreeMap<&'static str, Vec<Bar<'a>>>,
    /// The official terms, by list and word.
    words: BTreeMap<&'static str, BTreeMap<&'static str, &'static str>>,
}

/// Typesets a snapshot that passed its check. The same snapshot and fonts give the same bytes.
///
/// # Errors
/// A font that is missing, or a template that does not fit the data.
pub fn render(snapshot: &Snapshot, fonts: &Fonts) -> Result<Vec<u8>, ReportError> {
    let sha256 = sha256(&snapshot.canonical()?);
    let mut words = BTreeMap::<_, BTreeMap<_, _>>::new();
    for word in WORDS {
        words.entry(word.list).or_default().insert(word.code, word.zh);
    }
    let (lines, charts) = (Lines::of(snapshot), charts(snapshot));
    let data = serde_json::to_value(Data { snapshot, sha256: &sha256, lines, charts, words })?;
    let imprint = Imprint {
        ident: &sha256,
        creator: &format!("Xunjian {}", snapshot.header.program_version),
        created_at: snapshot.header.compiled_at.to_utc(),
    };
    Ok(typeset::pdf(fonts, TEMPLATE, &data, &imprint)?)
}
