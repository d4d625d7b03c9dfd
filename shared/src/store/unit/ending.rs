//! How units end: by going into another, or without a successor.

use diesel::prelude::*;

use super::{lock, write};
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::unit::{Unit, UnitStatus};
use crate::store::schema::units;
use crate::store::{DbConnection, StoreError, StoreResult, Write, campaign, lock_row};

/// A unit in the caller's scope and the one that is to succeed it, both locked in the order of their ids, so
/// that two that are to go into each other meet no deadlock. The successor is judged later.
pub fn lock_both(tx: &mut Write<'_>, id: Id, successor_id: Option<Id>) -> StoreResult<Unit> {
    if let Some(first) = successor_id.filter(|other| *other < id) {
        lock_row(tx.conn, "units", first)?;
    }
    lock(tx, id)
}

/// Lets a unit go into its successor, with what is open: `after` is the unit as it is then.
///
/// # Errors
/// A successor that does not exist, exists no more, or is the unit itself.
pub fn merge(
    tx: &mut Write<'_>,
    before: &Unit,
    after: Unit,
    successor_id: Id,
    reason: &str,
) -> StoreResult<Unit> {
    if successor_id == before.id {
        return Err(Refusal::invalid("/successor_id", Code::Duplicate).into());
    }
    let unknown = |error| match error {
        StoreError::Refused(Refusal::NotFound) => Refusal::invalid("/successor_id", Code::NotFound).into(),
        error => error,
    };
    let successor = lock(tx, successor_id).map_err(unknown)?;
    if successor.status != UnitStatus::Active {
        return Err(Refusal::invalid("/successor_id", Code::UnitEnded).into());
    }
    let unit = write(tx, "merge", before, Unit { successor_id: Some(successor_id), ..after }, Some(reason))?;
    campaign::unit_ended(tx, unit.id, Some(successor_id), reason)?;
    Ok(unit)
}

/// Ends a unit without a successor: it leaves what is being planned and owes no self-check any more.
pub fn dissolve(tx: &mut Write<'_>, before: &Unit, after: Unit, reason: &str) -> StoreResult<Unit> {
    let unit = write(tx, "dissolve", before, after, Some(reason))?;
    campaign::unit_ended(tx, unit.id, None, reason)?;
    Ok(unit)
}

/// The unit that answers for what was this unit's: itself, or the last in the row of its successors.
pub(in crate::store) fn heir(conn: &mut DbConnection, id: Id) -> StoreResult<Id> {
    let mut heir = id;
    while let Some(successor) =
        units::table.find(heir).select(units::successor_id).first::<Option<Id>>(conn)?
    {
        heir = successor;
    }
    Ok(heir)
}

/// Refuses new work for a unit that has ended.
pub(in crate::store) fn check_active(conn: &mut DbConnection, id: Id, pointer: &str) -> StoreResult<()> {
    let status: UnitStatus = units::table.find(id).select(units::status).first(conn)?;
    if status == UnitStatus::Active { Ok(()) } else { Err(Refusal::invalid(pointer, Code::UnitEnded).into()) }
}

/// The last day on which a unit can have ended: today, in the time zone of the district.
pub fn today(tx: &Write<'_>) -> Date {
    tx.now.date_in(crate::domain::time_zone::TimeZone::default().0)
}
