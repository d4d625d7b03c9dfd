//! The workday calendar.

use diesel::prelude::*;

use super::audit::{self, Event};
use super::bulk::insert_rows;
use super::readable::Readable;
use super::schema::{workday_years, workdays};
use super::{DbConnection, StoreResult, Write};
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::record::RecordKind;
use crate::domain::workday::{DayKind, MovedDay, WorkdayCalendar, WorkdayYear, Year, YearContent};

const KIND: RecordKind = RecordKind::Workdays;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = workdays)]
struct Row {
    day: Date,
    year: i32,
    kind: DayKind,
}

/// The calendar of all years; and the years of which a day cannot be read, with the reason: it is left out.
pub fn calendar(conn: &mut DbConnection) -> StoreResult<(WorkdayCalendar, Vec<(Id, String)>)> {
    let rows: Vec<(Readable<Date>, Readable<DayKind>, Id)> = workdays::table
        .inner_join(workday_years::table.on(workday_years::year.eq(workdays::year)))
        .order(workdays::day)
        .select((workdays::day, workdays::kind, workday_years::id))
        .load(conn)?;
    let (mut days, mut unreadable) = (Vec::new(), Vec::new());
    for (day, kind, year_id) in rows {
        let mut reason = None;
        let (day, kind) = (day.or_note("day", &mut reason), kind.or_note("kind", &mut reason));
        days.extend(day.zip(kind));
        unreadable.extend(reason.map(|reason| (year_id, reason)));
    }
    Ok((days.into_iter().collect(), unreadable))
}

/// A year's moved days.
///
/// # Errors
/// [`Refusal::NotFound`] where nobody has entered its announcement.
pub fn get(conn: &mut DbConnection, year: Year) -> StoreResult<WorkdayYear> {
    let (id, version, notice) = workday_years::table
        .find(year.number())
        .select((workday_years::id, workday_years::version, workday_years::notice))
        .first::<(Id, i64, String)>(conn)?;
    let rows: Vec<Row> = workdays::table
        .filter(workdays::year.eq(year.number()))
        .order(workdays::day)
        .select(Row::as_select())
        .load(conn)?;
    let days = rows.into_iter().map(|row| MovedDay { day: row.day, kind: row.kind }).collect();
    Ok(WorkdayYear { id, year, version, content: YearContent { notice, days } })
}

/// A year's moved days, locked until the write ends; `None` where there are none yet.
pub fn lock(tx: &mut Write<'_>, year: Year) -> StoreResult<Option<WorkdayYear>> {
    let id: Option<Id> =
        workday_years::table.find(year.number()).select(workday_years::id).first(tx.conn).optional()?;
    let Some(id) = id else { return Ok(None) };
    super::lock_row(tx.conn, "workday_years", id)?;
    get(tx.conn, year).map(Some)
}

/// Enters a year's moved days, in place of those before.
///
/// # Errors
/// [`super::StoreError::Duplicate`] where somebody else has entered them first.
pub fn put(
    tx: &mut Write<'_>,
    before: Option<&WorkdayYear>,
    year: Year,
    content: YearContent,
) -> StoreResult<WorkdayYear> {
    let (id, version) = before.map_or((Id::new(), 1), |before| (before.id, before.version + 1));
    let said = (workday_years::version.eq(version), workday_years::notice.eq(&content.notice));
    match before {
        Some(_) => diesel::update(workday_years::table.find(year.number())).set(said).execute(tx.conn)?,
        None => diesel::insert_into(workday_years::table)
            .values((workday_years::year.eq(year.number()), workday_years::id.eq(id), said))
            .execute(tx.conn)?,
    };
    diesel::delete(workdays::table.filter(workdays::year.eq(year.number()))).execute(tx.conn)?;
    let rows: Vec<Row> = content
        .days
        .iter()
        .map(|moved| Row { day: moved.day, year: year.number(), kind: moved.kind })
        .collect();
    insert_rows!(tx.conn, workdays::table, &rows)?;
    let event = Event {
        action: "put",
        before: before.map(|before| serde_json::to_value(&before.content)).transpose()?,
        after: Some(serde_json::to_value(&content)?),
        ..Event::about(KIND, id)
    };
    audit::record(tx, event)?;
    Ok(WorkdayYear { id, year, version, content })
}
