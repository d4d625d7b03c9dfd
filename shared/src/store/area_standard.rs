//! Area standards.

use diesel::prelude::*;

use super::audit::{self, Event};
use super::list::{any_of, load_page};
use super::schema::area_standards;
use super::{Db, DbConnection, Read, StoreError, StoreResult, Write, dictionary};
use crate::domain::actor::Actor;
use crate::domain::area::Area;
use crate::domain::area_standard::{AreaStandard, AreaStandardContent};
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::page::{Listed, Page};
use crate::domain::record::RecordKind;
use crate::domain::refusal::{Refusal, Violations};
use crate::domain::unit::StandardClass;
use crate::domain::validity::overlap;

const KIND: RecordKind = RecordKind::AreaStandard;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = area_standards, treat_none_as_null = true)]
struct Row {
    id: Id,
    version: i64,
    standard_class: StandardClass,
    standard_level: String,
    area_limit: Area,
    valid_from: Date,
    valid_to: Option<Date>,
    source: String,
    note: Option<String>,
    created_at: Instant,
}

impl Row {
    fn of(standard: &AreaStandard) -> Self {
        let content = standard.content.clone();
        Self {
            id: standard.id,
            version: standard.version,
            standard_class: content.standard_class,
            standard_level: content.standard_level,
            area_limit: content.limit,
            valid_from: content.valid_from,
            valid_to: content.valid_to,
            source: content.source,
            note: content.note,
            created_at: standard.created_at,
        }
    }

    fn standard(self) -> AreaStandard {
        AreaStandard {
            id: self.id,
            version: self.version,
            content: AreaStandardContent {
                standard_class: self.standard_class,
                standard_level: self.standard_level,
                limit: self.area_limit,
                valid_from: self.valid_from,
                valid_to: self.valid_to,
                source: self.source,
                note: self.note,
            },
            created_at: self.created_at,
        }
    }
}

/// What lists of standards are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub classes: Vec<StandardClass>,
    pub levels: Vec<String>,
    /// Only those that hold on this day.
    pub on: Option<Date>,
}

/// The standards that a caller may see: all, for whoever sees anything of the inspection.
fn visible_to(actor: &Actor) -> area_standards::BoxedQuery<'static, Db> {
    let query = area_standards::table.into_boxed();
    if actor.sees_inspection() { query } else { query.filter(area_standards::id.eq_any(Vec::<Id>::new())) }
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<AreaStandard> {
    let query = visible_to(actor).filter(area_standards::id.eq(id));
    let row: Row = query.select(Row::as_select()).first(conn)?;
    Ok(row.standard())
}

/// One standard in the caller's scope.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<AreaStandard> {
    find(read.conn, read.actor, id)
}

/// One standard in the caller's scope, while nobody else changes any until the write ends.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<AreaStandard> {
    super::lock_table(tx.conn, "area_standards")?;
    find(tx.conn, tx.actor, id)
}

/// The standards in the caller's scope.
pub fn list(read: &mut Read<'_>, filter: &Filter, page: &Page) -> StoreResult<Listed<AreaStandard>> {
    let query = || {
        let mut query = visible_to(read.actor);
        any_of!(query, area_standards::standard_class => filter.classes, area_standards::standard_level => filter.levels);
        if let Some(on) = filter.on {
            let goes_on = area_standards::valid_to.is_null().or(area_standards::valid_to.ge(on));
            query = query.filter(area_standards::valid_from.le(on)).filter(goes_on);
        }
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, area_standards::id, Row);
    Ok(page.cut(rows.into_iter().map(Row::standard).collect(), |standard| standard.id, total))
}

/// All standards of all times, whoever asks: what limits are looked up in.
pub fn all(conn: &mut DbConnection) -> StoreResult<Vec<AreaStandard>> {
    let rows: Vec<Row> = area_standards::table.select(Row::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Row::standard).collect())
}

/// The classes for which any limit holds on a day.
pub fn configured(conn: &mut DbConnection, on: Date) -> StoreResult<Vec<StandardClass>> {
    Ok(area_standards::table
        .filter(area_standards::valid_from.le(on))
        .filter(area_standards::valid_to.is_null().or(area_standards::valid_to.ge(on)))
        .select(area_standards::standard_class)
        .distinct()
        .load(conn)?)
}

/// Enters a new validity. An open-ended one for the same class and level that began before ends on the day
/// before the new one begins.
///
/// # Errors
/// [`Refusal::IdTaken`]; a level that no dictionary has, another validity on the same days.
pub fn create(tx: &mut Write<'_>, id: Id, content: AreaStandardContent) -> StoreResult<AreaStandard> {
    super::lock_table(tx.conn, "area_standards")?;
    if super::exists(tx.conn, "area_standards", id)? {
        return Err(Refusal::IdTaken.into());
    }
    check_level(tx, &content)?;
    for before in all(tx.conn)?.into_iter().filter(|other| other.content.concerns_the_same(&content)) {
        if let Some(ended) = before.content.validity().ended_by(content.validity()) {
            let content = AreaStandardContent { valid_to: ended.to, ..before.content.clone() };
            change(tx, "end", &before, content, None)?;
        }
    }
    check_others(tx.conn, id, &content)?;
    let standard = AreaStandard { id, version: 1, content, created_at: tx.now };
    diesel::insert_into(area_standards::table).values(Row::of(&standard)).execute(tx.conn)?;
    record(tx, "create", None, &standard, None)?;
    Ok(standard)
}

/// Corrects a typing error, with its reason.
///
/// # Errors
/// A level that no dictionary has, another validity on the same days.
pub fn correct(
    tx: &mut Write<'_>,
    before: &AreaStandard,
    content: AreaStandardContent,
    reason: &str,
) -> StoreResult<AreaStandard> {
    check_level(tx, &content)?;
    check_others(tx.conn, before.id, &content)?;
    change(tx, "correct", before, content, Some(reason))
}

fn check_level(tx: &mut Write<'_>, content: &AreaStandardContent) -> StoreResult<()> {
    let (today, word) = (super::unit::today(tx), Some(content.standard_level.as_str()));
    match dictionary::check(tx.conn, today, "standard_level", "/standard_level", word)? {
        Some(violation) => Err(Refusal::Invalid(vec![violation]).into()),
        None => Ok(()),
    }
}

fn check_others(conn: &mut DbConnection, id: Id, content: &AreaStandardContent) -> StoreResult<()> {
    let all = all(conn)?;
    let others = all.iter().filter(|other| other.id != id && other.content.concerns_the_same(content));
    let mut violations = Violations::default();
    overlap(&mut violations, content.validity(), others.map(|other| other.content.validity()));
    Ok(violations.refuse()?)
}

fn change(
    tx: &mut Write<'_>,
    action: &str,
    before: &AreaStandard,
    content: AreaStandardContent,
    reason: Option<&str>,
) -> StoreResult<AreaStandard> {
    let standard = AreaStandard { version: before.version + 1, content, ..before.clone() };
    diesel::update(area_standards::table.find(standard.id)).set(Row::of(&standard)).execute(tx.conn)?;
    record(tx, action, Some(before), &standard, reason)?;
    Ok(standard)
}

fn record(
    tx: &mut Write<'_>,
    action: &str,
    before: Option<&AreaStandard>,
    after: &AreaStandard,
    reason: Option<&str>,
) -> StoreResult<()> {
    let snapshot = |standard: &AreaStandard| serde_json::to_value(&standard.content);
    let event = Event {
        action,
        reason,
        before: before.map(snapshot).transpose()?,
        after: Some(snapshot(after).map_err(StoreError::from)?),
        ..Event::about(KIND, after.id)
    };
    audit::record(tx, event)
}
