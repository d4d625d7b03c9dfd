//! Open lists of words, by date.

use diesel::prelude::*;

use super::schema::dictionary_entries;
use super::{DbConnection, StoreResult};
use crate::domain::date::Date;
use crate::domain::refusal::{Code, Violation};

/// One word of an open list.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = dictionary_entries)]
pub struct Entry {
    pub list: String,
    pub code: String,
    pub position: i32,
    pub label_zh: String,
    pub label_en: String,
}

/// The words in force on a date, list by list, in dropdown order.
pub fn in_force(conn: &mut DbConnection, on: Date) -> StoreResult<Vec<Entry>> {
    Ok(dictionary_entries::table
        .filter(dictionary_entries::valid_from.le(on))
        .filter(dictionary_entries::valid_to.is_null().or(dictionary_entries::valid_to.ge(on)))
        .order((dictionary_entries::list, dictionary_entries::position))
        .select(Entry::as_select())
        .load(conn)?)
}

/// The violations of words that their lists lack on a date, each word with its list and its pointer.
pub fn check_all(
    conn: &mut DbConnection,
    on: Date,
    words: &[(&str, &str, Option<&String>)],
) -> StoreResult<Vec<Violation>> {
    let known = in_force(conn, on)?;
    let given = words.iter().filter_map(|(list, pointer, word)| Some((*list, *pointer, (*word)?)));
    let unknown = given
        .filter(|(list, _, word)| !known.iter().any(|entry| entry.list == *list && entry.code == **word))
        .map(|(_, pointer, word)| Violation::with(pointer, Code::NotInDictionary, word));
    Ok(unknown.collect())
}

/// The violation of a word that the list lacks on a date.
pub fn check(
    conn: &mut DbConnection,
    on: Date,
    list: &str,
    pointer: &str,
    word: Option<&str>,
) -> StoreResult<Option<Violation>> {
    let Some(word) = word else { return Ok(None) };
    let known = in_force(conn, on)?.iter().any(|entry| entry.list == list && entry.code == word);
    Ok((!known).then(|| Violation::with(pointer, Code::NotInDictionary, word)))
}
