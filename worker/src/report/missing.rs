//! What a report prints as empty boxes.

use std::collections::BTreeSet;

use documents::fonts::Fonts;
use documents::role::Role;
use serde_json::Value;
use shared::domain::report::{MissingCharacters, Snapshot};

use super::ReportError;

/// How much of a long text is told.
const TOLD: usize = 40;

/// The beginning of a text, by which it is told.
pub fn beginning(text: &str) -> String {
    text.chars().take(TOLD).collect()
}

/// The texts of a snapshot with characters that the fonts of the body lack, each once.
///
/// # Errors
/// A snapshot that cannot be written as JSON.
pub fn missing(snapshot: &Snapshot, fonts: &Fonts) -> Result<Vec<MissingCharacters>, ReportError> {
    let mut texts = BTreeSet::new();
    let snapshot = serde_json::to_value(snapshot)?;
    collect(&snapshot, &mut texts);
    let lacking = |text: &str| {
        let characters = String::from_iter(fonts.missing(Role::Fangsong, text));
        let told = || MissingCharacters { text: beginning(text), characters: characters.clone() };
        (!characters.is_empty()).then(told)
    };
    Ok(texts.into_iter().filter_map(lacking).collect())
}

/// Adds the texts of a document.
pub(super) fn collect<'a>(value: &'a Value, texts: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) => drop(texts.insert(text)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
