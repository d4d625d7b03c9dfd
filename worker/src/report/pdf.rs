//! The report on paper, in the layout of official documents.

use std::collections::BTreeMap;

use documents::fonts::Fonts;
use documents::typeset::{self, Imprint};
use serde::Serialize;
use shared::messages::words::WORDS;

use super::chart::{Bar, charts};
use super::data::Front;
use super::excerpt::{Excerpt, Extent};
use super::lines::Lines;
use super::{ReportError, Version};

/// The report.
pub const TEMPLATE: &str = include_str!("../../templates/report/report.typ");

/// What the template reads.
#[derive(Serialize)]
struct Data<'a> {
    front: Front<'a>,
    sha256: &'a str,
    lines: Excerpt<'a>,
    charts: BTreeMap<&'static str, Vec<Bar<'a>>>,
    /// The official terms, by list and word.
    words: BTreeMap<&'static str, BTreeMap<&'static str, &'static str>>,
}

/// Typesets a version. The same version and fonts give the same bytes.
///
/// # Errors
/// A font that is missing, or a template that does not fit the data.
pub fn render(version: Version, fonts: &Fonts, extent: Extent) -> Result<Vec<u8>, ReportError> {
    let Version { snapshot, sha256 } = version;
    let mut words = BTreeMap::<_, BTreeMap<_, _>>::new();
    for word in WORDS {
        words.entry(word.list).or_default().insert(word.code, word.zh);
    }
    let lines = Lines::of(&snapshot);
    let data = serde_json::to_value(Data {
        front: Front::of(&snapshot),
        sha256: &sha256,
        lines: Excerpt::of(&lines, &snapshot, extent),
        charts: charts(&snapshot),
        words,
    })?;
    let imprint = Imprint {
        ident: &sha256,
        creator: &format!("Xunjian {}", snapshot.header.program_version),
        created_at: snapshot.header.compiled_at.to_utc(),
    };
    // What is printed was copied; the rest of a province's records would only fill the memory while they are typeset.
    drop((lines, snapshot));
    Ok(typeset::pdf(fonts, TEMPLATE, &data, &imprint)?)
}
