//! Units.

mod ending;

use diesel::prelude::*;
use serde_json::{Value, json};

pub(super) use ending::{check_active, heir};
pub use ending::{dissolve, lock_both, merge, today};

use super::audit::{self, Event};
use super::list::{any_of, load_page};
use super::schema::units;
use super::{Db, DbConnection, Read, StoreResult, Write, dictionary, notice};
use crate::domain::actor::{Actor, Role};
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::page::{Listed, Page};
use crate::domain::record::RecordKind;
use crate::domain::refusal::Refusal;
use crate::domain::unit::{Contact, StandardClass, Unit, UnitContent, UnitKind, UnitStatus};

const KIND: RecordKind = RecordKind::Unit;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = units, treat_none_as_null = true)]
struct Row {
    id: Id,
    version: i64,
    name: String,
    kind: UnitKind,
    standard_class: StandardClass,
    nature: Option<String>,
    region_code: Option<String>,
    uscc: Option<String>,
    principal: Option<String>,
    address: Option<String>,
    contact_name: Option<String>,
    contact_phone: Option<String>,
    contact_email: Option<crate::domain::email::EmailAddress>,
    leader_email: Option<crate::domain::email::EmailAddress>,
    restricted: bool,
    status: UnitStatus,
    successor_id: Option<Id>,
    ended_on: Option<Date>,
    created_at: Instant,
}

impl Row {
    fn of(unit: &Unit) -> Self {
        let content = unit.content.clone();
        let contact = content.contact.unwrap_or_default();
        Self {
            id: unit.id,
            version: unit.version,
            name: content.name,
            kind: content.kind,
            standard_class: content.standard_class,
            nature: content.nature,
            region_code: content.region_code,
            uscc: content.uscc,
            principal: content.principal,
            address: content.address,
            contact_name: contact.name,
            contact_phone: contact.phone,
            contact_email: contact.email,
            leader_email: content.leader_email,
            restricted: content.restricted,
            status: unit.status,
            successor_id: unit.successor_id,
            ended_on: unit.ended_on,
            created_at: unit.created_at,
        }
    }

    fn unit(self) -> Unit {
        let contact =
            Contact { name: self.contact_name, phone: self.contact_phone, email: self.contact_email };
        Unit {
            id: self.id,
            version: self.version,
            status: self.status,
            successor_id: self.successor_id,
            ended_on: self.ended_on,
            created_at: self.created_at,
            content: UnitContent {
                name: self.name,
                kind: self.kind,
                standard_class: self.standard_class,
                nature: self.nature,
                region_code: self.region_code,
                uscc: self.uscc,
                principal: self.principal,
                address: self.address,
                contact: Some(contact).filter(|contact| *contact != Contact::default()),
                leader_email: self.leader_email,
                restricted: self.restricted,
            },
        }
    }
}

/// What lists of units are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kinds: Vec<UnitKind>,
    pub statuses: Vec<UnitStatus>,
    /// Part of the name.
    pub name: Option<String>,
}

/// The units that a caller may see: whoever works for the whole district all of them, an admin
/// too (names and states only, which the representation sees to), a liaison their own.
fn visible_to(actor: &Actor) -> units::BoxedQuery<'static, Db> {
    let query = units::table.into_boxed();
    if actor.sees_all_units() || actor.has(Role::Admin) {
        query
    } else {
        query.filter(units::id.eq_any(actor.liaison_units()))
    }
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<Unit> {
    let row: Row = visible_to(actor).filter(units::id.eq(id)).select(Row::as_select()).first(conn)?;
    Ok(row.unit())
}

/// One unit in the caller's scope.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<Unit> {
    find(read.conn, read.actor, id)
}

/// The name of a unit, whoever asks.
pub(super) fn name(conn: &mut DbConnection, id: Id) -> StoreResult<String> {
    Ok(units::table.find(id).select(units::name).first(conn)?)
}

/// One unit in the caller's scope, locked until the write ends.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<Unit> {
    super::lock_row(tx.conn, "units", id)?;
    find(tx.conn, tx.actor, id)
}

/// The units in the caller's scope.
pub fn list(read: &mut Read<'_>, filter: &Filter, page: &Page) -> StoreResult<Listed<Unit>> {
    let query = || {
        let mut query = visible_to(read.actor);
        any_of!(
            query,
            units::kind => filter.kinds,
            units::status => filter.statuses,
        );
        if let Some(name) = &filter.name {
            query = query.filter(units::name.like(super::containing(name)).escape('\\'));
        }
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, units::id, Row);
    Ok(page.cut(rows.into_iter().map(Row::unit).collect(), |unit| unit.id, total))
}

/// Makes a unit.
///
/// # Errors
/// [`Refusal::IdTaken`], [`Refusal::Taken`] for the name; a nature that no dictionary has.
pub fn create(tx: &mut Write<'_>, id: Id, content: UnitContent) -> StoreResult<Unit> {
    check_nature(tx, &content)?;
    if super::exists(tx.conn, "units", id)? {
        return Err(Refusal::IdTaken.into());
    }
    let unit = Unit {
        id,
        version: 1,
        status: UnitStatus::Active,
        successor_id: None,
        ended_on: None,
        created_at: tx.now,
        content,
    };
    diesel::insert_into(units::table).values(Row::of(&unit)).execute(tx.conn)?;
    record(tx, "create", None, &unit, None)?;
    Ok(unit)
}

/// Changes what a unit says of itself, and tells addresses that are the unit's no more.
///
/// # Errors
/// As [`create`].
pub fn update(tx: &mut Write<'_>, before: &Unit, content: UnitContent) -> StoreResult<Unit> {
    check_nature(tx, &content)?;
    let unit = write(tx, "update", before, Unit { content, ..before.clone() }, None)?;
    for (audience, address) in before.content.addresses() {
        if !unit.content.addresses().contains(&(audience, address)) {
            notice::tell_former_address(tx, &unit, audience, address.clone())?;
        }
    }
    Ok(unit)
}

fn write(
    tx: &mut Write<'_>,
    action: &str,
    before: &Unit,
    after: Unit,
    reason: Option<&str>,
) -> StoreResult<Unit> {
    let unit = Unit { version: before.version + 1, ..after };
    diesel::update(units::table.find(unit.id)).set(Row::of(&unit)).execute(tx.conn)?;
    record(tx, action, Some(before), &unit, reason)?;
    Ok(unit)
}

fn check_nature(tx: &mut Write<'_>, content: &UnitContent) -> StoreResult<()> {
    match dictionary::check(tx.conn, today(tx), "nature", "/nature", content.nature.as_deref())? {
        Some(violation) => Err(Refusal::Invalid(vec![violation]).into()),
        None => Ok(()),
    }
}

fn record(
    tx: &mut Write<'_>,
    action: &str,
    before: Option<&Unit>,
    after: &Unit,
    reason: Option<&str>,
) -> StoreResult<()> {
    let event = Event {
        action,
        unit_id: Some(after.id),
        reason,
        before: before.map(snapshot).transpose()?,
        after: Some(snapshot(after)?),
        ..Event::about(KIND, after.id)
    };
    audit::record(tx, event)
}

fn snapshot(unit: &Unit) -> StoreResult<Value> {
    let mut all = serde_json::to_value(&unit.content)?;
    all["status"] = json!(unit.status);
    if let Some(successor_id) = unit.successor_id {
        all["successor_id"] = json!(successor_id);
    }
    if let Some(ended_on) = unit.ended_on {
        all["ended_on"] = json!(ended_on);
    }
    Ok(all)
}
