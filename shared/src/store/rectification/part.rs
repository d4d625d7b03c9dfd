//! What lives only under a rectification: the measures of its plan, and its progress.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{Code, Id, Measure, PlannedMeasure, ProgressEntry, Rectification, Refusal};
use crate::domain::date::Date;
use crate::domain::instant::Instant;
use crate::domain::measure::{MeasureChange, MeasureStatus};
use crate::store::bulk::insert_rows;
use crate::store::schema::{rectification_measures, rectification_progress};
use crate::store::{DbConnection, StoreResult, Write};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = rectification_measures)]
struct MeasureRow {
    id: Id,
    rectification_id: Id,
    position: i32,
    text: String,
    due_on: Date,
    status: MeasureStatus,
    done_on: Option<Date>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = rectification_progress)]
struct ProgressRow {
    id: Id,
    rectification_id: Id,
    at: Instant,
    author: String,
    text: String,
    attachment_ids: String,
}

/// The measures of these rectifications, in the order of their plans.
pub(super) fn measures_of(conn: &mut DbConnection, ids: &[Id]) -> StoreResult<Vec<(Id, Measure)>> {
    let rows: Vec<MeasureRow> = rectification_measures::table
        .filter(rectification_measures::rectification_id.eq_any(ids))
        .order((rectification_measures::rectification_id, rectification_measures::position))
        .select(MeasureRow::as_select())
        .load(conn)?;
    let measure = |row: MeasureRow| {
        let MeasureRow { id, text, due_on, status, done_on, .. } = row;
        (row.rectification_id, Measure { id, text, due_on, status, done_on })
    };
    Ok(rows.into_iter().map(measure).collect())
}

/// The progress of these rectifications, oldest first.
pub(super) fn progress_of(conn: &mut DbConnection, ids: &[Id]) -> StoreResult<Vec<(Id, ProgressEntry)>> {
    let rows: Vec<ProgressRow> = rectification_progress::table
        .filter(rectification_progress::rectification_id.eq_any(ids))
        .order(rectification_progress::id)
        .select(ProgressRow::as_select())
        .load(conn)?;
    let entry = |row: ProgressRow| {
        let attachment_ids = serde_json::from_str(&row.attachment_ids)?;
        let entry = ProgressEntry { at: row.at, author: row.author, text: row.text, attachment_ids };
        Ok((row.rectification_id, entry))
    };
    rows.into_iter().map(entry).collect()
}

/// Gives a rectification these measures; those that have ended stay in front as they ended.
pub fn replace_measures(
    tx: &mut Write<'_>,
    rectification: &Rectification,
    planned: &[PlannedMeasure],
) -> StoreResult<Vec<Measure>> {
    let ended = rectification.measures.iter().filter(|measure| measure.status != MeasureStatus::Planned);
    let new = planned.iter().map(|measure| Measure {
        id: Id::new(),
        text: measure.text.clone(),
        due_on: measure.due_on,
        status: MeasureStatus::Planned,
        done_on: None,
    });
    let measures: Vec<Measure> = ended.cloned().chain(new).collect();
    let of_rectification = rectification_measures::rectification_id.eq(rectification.id);
    diesel::delete(rectification_measures::table.filter(of_rectification)).execute(tx.conn)?;
    let rows: Vec<MeasureRow> = (0..)
        .zip(&measures)
        .map(|(position, measure)| MeasureRow {
            id: measure.id,
            rectification_id: rectification.id,
            position,
            text: measure.text.clone(),
            due_on: measure.due_on,
            status: measure.status,
            done_on: measure.done_on,
        })
        .collect();
    insert_rows!(tx.conn, rectification_measures::table, &rows)?;
    Ok(measures)
}

/// Changes measures as progress reports.
///
/// # Errors
/// A measure that the plan lacks; what [`Measure::after`] refuses.
pub fn change_measures(
    tx: &mut Write<'_>,
    rectification: &Rectification,
    changes: &BTreeMap<Id, MeasureChange>,
    today: Date,
) -> StoreResult<Vec<Measure>> {
    if let Some(unknown) = changes.keys().find(|id| !rectification.measures.iter().any(|m| m.id == **id)) {
        return Err(Refusal::invalid(format!("/measures/{unknown}"), Code::NotFound).into());
    }
    let mut measures = rectification.measures.clone();
    for measure in &mut measures {
        let Some(change) = changes.get(&measure.id) else { continue };
        *measure = measure.after(*change, today)?;
        diesel::update(rectification_measures::table.find(measure.id))
            .set((
                rectification_measures::status.eq(measure.status),
                rectification_measures::done_on.eq(measure.done_on),
            ))
            .execute(tx.conn)?;
    }
    Ok(measures)
}

/// Adds what was reported.
pub fn add_progress(
    tx: &mut Write<'_>,
    rectification_id: Id,
    text: String,
    attachment_ids: Vec<Id>,
) -> StoreResult<ProgressEntry> {
    let entry = ProgressEntry { at: tx.now, author: tx.actor.name.clone(), text, attachment_ids };
    let row = ProgressRow {
        id: Id::new(),
        rectification_id,
        at: entry.at,
        author: entry.author.clone(),
        text: entry.text.clone(),
        attachment_ids: serde_json::to_string(&entry.attachment_ids)?,
    };
    diesel::insert_into(rectification_progress::table).values(row).execute(tx.conn)?;
    Ok(entry)
}
