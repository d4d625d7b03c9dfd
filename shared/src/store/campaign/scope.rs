//! The units in the scope of campaigns.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use serde_json::to_value;

use super::{Change, life};
use crate::domain::actor::Actor;
use crate::domain::campaign::{Campaign, CampaignStatus, ScopeEntry, ScopeUnit};
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::page::{Listed, Page};
use crate::domain::refusal::{Code, Refusal, Violations};
use crate::domain::self_check::SelfCheckStatus;
use crate::domain::unit::UnitStatus;
use crate::store::bulk::insert_rows;
use crate::store::list::{any_of, load_page};
use crate::store::schema::{campaign_units, self_checks, units};
use crate::store::unit::check_active;
use crate::store::{Db, DbConnection, Read, StoreError, StoreResult, Write, self_check};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = campaign_units, treat_none_as_default_value = false)]
struct Row {
    campaign_id: Id,
    unit_id: Id,
    selected_for_visit: bool,
    self_check_due_on: Option<Date>,
}

impl Row {
    fn of(campaign_id: Id, unit: &ScopeUnit) -> Self {
        let ScopeUnit { unit_id, selected_for_visit, self_check_due_on } = *unit;
        Self { campaign_id, unit_id, selected_for_visit, self_check_due_on }
    }

    fn unit(self) -> ScopeUnit {
        let Self { unit_id, selected_for_visit, self_check_due_on, .. } = self;
        ScopeUnit { unit_id, selected_for_visit, self_check_due_on }
    }
}

/// What lists of units in scope are filtered by.
#[derive(Clone, Debug, Default)]
pub struct UnitFilter {
    pub unit_ids: Vec<Id>,
    pub selected_for_visit: Option<bool>,
}

/// The units of a campaign that a caller may see: a liaison their own.
fn visible_to(actor: &Actor, campaign_id: Id) -> campaign_units::BoxedQuery<'static, Db> {
    let query = campaign_units::table.into_boxed().filter(campaign_units::campaign_id.eq(campaign_id));
    if actor.sees_all_units() {
        query
    } else {
        query.filter(campaign_units::unit_id.eq_any(actor.liaison_units()))
    }
}

/// The units of a campaign in the caller's scope, in the order of their ids.
pub fn list_units(
    read: &mut Read<'_>,
    campaign_id: Id,
    filter: &UnitFilter,
    page: &Page,
) -> StoreResult<Listed<ScopeEntry>> {
    let query = || {
        let mut query = visible_to(read.actor, campaign_id);
        any_of!(query, campaign_units::unit_id => filter.unit_ids);
        if let Some(selected) = filter.selected_for_visit {
            query = query.filter(campaign_units::selected_for_visit.eq(selected));
        }
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, campaign_units::unit_id, Row);
    let entries = with_self_checks(read.conn, campaign_id, rows)?;
    Ok(page.cut(entries, |entry| entry.unit.unit_id, total))
}

/// One unit of a campaign in the caller's scope.
pub fn unit(conn: &mut DbConnection, actor: &Actor, campaign_id: Id, unit_id: Id) -> StoreResult<ScopeEntry> {
    let row = visible_to(actor, campaign_id)
        .filter(campaign_units::unit_id.eq(unit_id))
        .select(Row::as_select())
        .first(conn)?;
    with_self_checks(conn, campaign_id, vec![row])?.pop().ok_or_else(|| Refusal::NotFound.into())
}

/// One unit of a campaign, whoever asks; none where it is not in scope.
pub(super) fn entry(
    conn: &mut DbConnection,
    campaign_id: Id,
    unit_id: Id,
) -> StoreResult<Option<ScopeEntry>> {
    let rows = campaign_units::table.find((campaign_id, unit_id)).select(Row::as_select()).load(conn)?;
    Ok(with_self_checks(conn, campaign_id, rows)?.pop())
}

/// Puts a unit into the scope.
pub(super) fn insert(tx: &mut Write<'_>, campaign_id: Id, unit: &ScopeUnit) -> StoreResult<()> {
    diesel::insert_into(campaign_units::table).values(Row::of(campaign_id, unit)).execute(tx.conn)?;
    Ok(())
}

/// Holds the campaign of a new record of a unit: it is open, and the unit is in its scope.
///
/// # Errors
/// [`Code::NotFound`] for a campaign or unit that is not there; a campaign that is not open, a unit that has
/// ended.
pub fn hold_scope(tx: &mut Write<'_>, campaign_id: Id, unit_id: Id) -> StoreResult<Campaign> {
    let campaign = super::hold(tx, campaign_id).map_err(|error| match error {
        StoreError::Refused(Refusal::NotFound) => Refusal::invalid("/campaign_id", Code::NotFound).into(),
        error => error,
    })?;
    campaign.writable()?;
    if campaign.status == CampaignStatus::Draft {
        return Err(Refusal::CampaignNotOpen.into());
    }
    let in_scope = visible_to(tx.actor, campaign.id).filter(campaign_units::unit_id.eq(unit_id)).count();
    if in_scope.get_result::<i64>(tx.conn)? > 0 {
        check_active(tx.conn, unit_id, "/unit_id")?;
        Ok(campaign)
    } else {
        Err(Refusal::invalid("/unit_id", Code::NotFound).into())
    }
}

/// All units of a campaign, whoever asks.
pub fn units(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<Vec<ScopeEntry>> {
    let rows = campaign_units::table.filter(campaign_units::campaign_id.eq(campaign_id));
    let rows = rows.order(campaign_units::unit_id).select(Row::as_select()).load(conn)?;
    with_self_checks(conn, campaign_id, rows)
}

/// One self-check as the scope shows it.
type Check = (Id, Id, SelfCheckStatus, Option<Date>);

fn with_self_checks(
    conn: &mut DbConnection,
    campaign_id: Id,
    rows: Vec<Row>,
) -> StoreResult<Vec<ScopeEntry>> {
    let checks: Vec<Check> = self_checks::table
        .filter(self_checks::campaign_id.eq(campaign_id))
        .filter(self_checks::unit_id.eq_any(rows.iter().map(|row| row.unit_id)))
        .select((self_checks::unit_id, self_checks::id, self_checks::status, self_checks::due_on))
        .load(conn)?;
    let checks: HashMap<Id, Check> = checks.into_iter().map(|check| (check.0, check)).collect();
    let entry = |row: Row| {
        let planned = row.unit();
        match checks.get(&planned.unit_id) {
            None => ScopeEntry { unit: planned, self_check: None },
            Some(&(_, id, status, self_check_due_on)) => ScopeEntry {
                unit: ScopeUnit { self_check_due_on, ..planned },
                self_check: Some((id, status)),
            },
        }
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// Gives a draft these units and no others.
///
/// # Errors
/// Units that do not exist, or exist no more.
pub fn put_units(tx: &mut Write<'_>, campaign: &Campaign, units: &[ScopeUnit]) -> StoreResult<Campaign> {
    check_units_exist(tx.conn, units, |index| format!("/units/{index}/unit_id"))?;
    let before: Vec<ScopeUnit> = self::units(tx.conn, campaign.id)?.iter().map(|entry| entry.unit).collect();
    diesel::delete(campaign_units::table.filter(campaign_units::campaign_id.eq(campaign.id)))
        .execute(tx.conn)?;
    let rows: Vec<Row> = units.iter().map(|unit| Row::of(campaign.id, unit)).collect();
    insert_rows!(tx.conn, campaign_units::table, &rows)?;
    let change =
        Change { before: Some(to_value(before)?), after: Some(to_value(units)?), ..Change::default() };
    super::child_written(tx, campaign, "put-units", change)
}

fn check_units_exist(
    conn: &mut DbConnection,
    named: &[ScopeUnit],
    pointer: impl Fn(usize) -> String,
) -> StoreResult<()> {
    let ids: Vec<Id> = named.iter().map(|unit| unit.unit_id).collect();
    let known: Vec<Id> = units::table
        .filter(units::id.eq_any(&ids))
        .filter(units::status.eq(UnitStatus::Active))
        .select(units::id)
        .load(conn)?;
    let known: HashSet<Id> = known.into_iter().collect();
    let mut violations = Violations::default();
    for (index, id) in ids.iter().enumerate() {
        violations.require(known.contains(id), pointer(index), Code::NotFound);
    }
    Ok(violations.refuse()?)
}

/// Takes a unit into the scope of an open campaign, by a decision with its reason: it gets a self-check
/// and is told that the campaign was opened. A unit that was taken out may come back.
///
/// # Errors
/// A unit that does not exist; [`Refusal::Taken`] where it takes part already.
pub fn add_unit(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    unit: &ScopeUnit,
    reason: &str,
) -> StoreResult<(Campaign, ScopeEntry)> {
    check_units_exist(tx.conn, std::slice::from_ref(unit), |_| "/unit_id".to_owned())?;
    match entry(tx.conn, campaign.id, unit.unit_id)? {
        Some(entry) if entry.takes_part() => return Err(Refusal::Taken("unit_id").into()),
        Some(_) => write_unit(tx, campaign.id, unit)?,
        None => insert(tx, campaign.id, unit)?,
    }
    self_check::create_for_unit(tx, campaign.id, unit.unit_id, unit.self_check_due_on)?;
    let change = Change {
        unit_id: Some(unit.unit_id),
        reason: Some(reason),
        after: Some(to_value(unit)?),
        ..Change::default()
    };
    let campaign = super::child_written(tx, campaign, "add-unit", change)?;
    life::announce_opening(tx, &campaign, &[*unit])?;
    let entry = self::unit(tx.conn, tx.actor, campaign.id, unit.unit_id)?;
    Ok((campaign, entry))
}

/// Takes a unit out of the scope of an open campaign, by a decision with its reason: its self-check is
/// excused and it is not visited. It stays listed.
pub fn remove_unit(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    before: &ScopeUnit,
    reason: &str,
) -> StoreResult<(Campaign, ScopeEntry)> {
    self_check::excuse_for_removed_unit(tx, campaign.id, before.unit_id, reason)?;
    let after = ScopeUnit { selected_for_visit: false, ..*before };
    change_unit(tx, campaign, (before, &after), "remove-unit", Some(reason))
}

/// Changes what is settled about one unit in scope; `reason` where one was asked for.
pub fn update_unit(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    (before, after): (&ScopeUnit, &ScopeUnit),
    reason: Option<&str>,
) -> StoreResult<(Campaign, ScopeEntry)> {
    change_unit(tx, campaign, (before, after), "update-unit", reason)
}

fn change_unit(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    (before, after): (&ScopeUnit, &ScopeUnit),
    action: &str,
    reason: Option<&str>,
) -> StoreResult<(Campaign, ScopeEntry)> {
    write_unit(tx, campaign.id, after)?;
    let change = Change {
        unit_id: Some(after.unit_id),
        reason,
        before: Some(to_value(before)?),
        after: Some(to_value(after)?),
    };
    let campaign = super::child_written(tx, campaign, action, change)?;
    let entry = self::unit(tx.conn, tx.actor, campaign.id, after.unit_id)?;
    Ok((campaign, entry))
}

fn write_unit(tx: &mut Write<'_>, campaign_id: Id, unit: &ScopeUnit) -> StoreResult<()> {
    diesel::update(campaign_units::table.find((campaign_id, unit.unit_id)))
        .set((
            campaign_units::selected_for_visit.eq(unit.selected_for_visit),
            campaign_units::self_check_due_on.eq(unit.self_check_due_on),
        ))
        .execute(tx.conn)?;
    Ok(())
}
