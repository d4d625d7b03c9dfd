//! Self-checks: one per unit and campaign.

mod judge;
mod list;
mod supplement;

use diesel::prelude::*;
use serde_json::{Value, json};

pub use judge::{accept, send_back};
pub use list::{Filter, list};
pub use supplement::{add_supplement, supplement, supplements};

use super::audit::{self, Event};
use super::bulk::insert_rows;
use super::schema::self_checks;
use super::{Db, DbConnection, Read, StoreResult, Write, attachment, campaign};
use crate::domain::actor::Actor;
use crate::domain::answer::Answers;
use crate::domain::attachment::LinkedTo;
use crate::domain::campaign::Campaign;
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::phase::Timing;
use crate::domain::record::RecordKind;
use crate::domain::self_check::{SelfCheck, SelfCheckStatus};

/// The kind of the record in audit events and attachments.
pub const KIND: RecordKind = RecordKind::SelfCheck;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = self_checks, treat_none_as_null = true)]
struct Row {
    id: Id,
    version: i64,
    campaign_id: Id,
    unit_id: Id,
    status: SelfCheckStatus,
    due_on: Option<Date>,
    answers: String,
    first_submitted_at: Option<Instant>,
    timing: Option<Timing>,
    submitted_at: Option<Instant>,
    submitted_by: Option<Id>,
    accepted_at: Option<Instant>,
    return_reason: Option<String>,
    excuse_reason: Option<String>,
    own_unit_allowed: bool,
    created_at: Instant,
}

impl Row {
    fn of(check: &SelfCheck) -> StoreResult<Self> {
        Ok(Self {
            id: check.id,
            version: check.version,
            campaign_id: check.campaign_id,
            unit_id: check.unit_id,
            status: check.status,
            due_on: check.own_due_on,
            answers: serde_json::to_string(&check.answers)?,
            first_submitted_at: check.first_submitted_at,
            timing: check.timing,
            submitted_at: check.submitted_at,
            submitted_by: check.submitted_by,
            accepted_at: check.accepted_at,
            return_reason: check.return_reason.clone(),
            excuse_reason: check.excuse_reason.clone(),
            own_unit_allowed: check.own_unit_allowed,
            created_at: check.created_at,
        })
    }

    fn self_check(self) -> StoreResult<SelfCheck> {
        Ok(SelfCheck {
            id: self.id,
            version: self.version,
            campaign_id: self.campaign_id,
            unit_id: self.unit_id,
            status: self.status,
            own_due_on: self.due_on,
            answers: serde_json::from_str(&self.answers)?,
            first_submitted_at: self.first_submitted_at,
            timing: self.timing,
            submitted_at: self.submitted_at,
            submitted_by: self.submitted_by,
            accepted_at: self.accepted_at,
            return_reason: self.return_reason,
            excuse_reason: self.excuse_reason,
            own_unit_allowed: self.own_unit_allowed,
            created_at: self.created_at,
        })
    }
}

/// The self-checks that a caller may see: whoever works for the whole district all of them, a liaison
/// those of the own units.
fn visible_to(actor: &Actor) -> self_checks::BoxedQuery<'static, Db> {
    let query = self_checks::table.into_boxed();
    if actor.sees_all_units() {
        query
    } else {
        query.filter(self_checks::unit_id.eq_any(actor.liaison_units()))
    }
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<SelfCheck> {
    let row: Row = visible_to(actor).filter(self_checks::id.eq(id)).select(Row::as_select()).first(conn)?;
    row.self_check()
}

/// One self-check in the caller's scope, and its campaign.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<(Campaign, SelfCheck)> {
    let check = find(read.conn, read.actor, id)?;
    Ok((campaign::load(read.conn, check.campaign_id)?, check))
}

/// One self-check in the caller's scope, locked until the write ends, and its campaign, held as it is.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<(Campaign, SelfCheck)> {
    let campaign_id = find(tx.conn, tx.actor, id)?.campaign_id;
    let campaign = campaign::hold(tx, campaign_id)?;
    super::lock_row(tx.conn, "self_checks", id)?;
    Ok((campaign, find(tx.conn, tx.actor, id)?))
}

/// The self-check of a unit in a campaign, whoever asks.
pub(super) fn of_unit(
    conn: &mut DbConnection,
    campaign_id: Id,
    unit_id: Id,
) -> StoreResult<Option<SelfCheck>> {
    let of_unit = self_checks::table
        .filter(self_checks::campaign_id.eq(campaign_id))
        .filter(self_checks::unit_id.eq(unit_id));
    let row: Option<Row> = of_unit.select(Row::as_select()).first(conn).optional()?;
    row.map(Row::self_check).transpose()
}

/// The same, locked until the write ends.
fn lock_of_unit(tx: &mut Write<'_>, campaign_id: Id, unit_id: Id) -> StoreResult<Option<SelfCheck>> {
    let Some(seen) = of_unit(tx.conn, campaign_id, unit_id)? else { return Ok(None) };
    super::lock_row(tx.conn, "self_checks", seen.id)?;
    of_unit(tx.conn, campaign_id, unit_id)
}

/// Makes the self-checks of all units of a campaign that is opened, each with the unit's own last day
/// where it has one.
pub fn create_for_units(
    tx: &mut Write<'_>,
    campaign_id: Id,
    units: &[(Id, Option<Date>)],
) -> StoreResult<()> {
    let checks: Vec<SelfCheck> =
        units.iter().map(|&(unit_id, due_on)| SelfCheck::new(campaign_id, unit_id, due_on, tx.now)).collect();
    let rows = checks.iter().map(Row::of).collect::<StoreResult<Vec<_>>>()?;
    insert_rows!(tx.conn, self_checks::table, &rows)?;
    for check in &checks {
        record(tx, "create", None, check, None)?;
    }
    Ok(())
}

/// Makes the self-check of a unit that joins an open campaign, with its own last day. A unit that was
/// taken out before and comes back goes on with what it had.
pub fn create_for_unit(
    tx: &mut Write<'_>,
    campaign_id: Id,
    unit_id: Id,
    due_on: Option<Date>,
) -> StoreResult<()> {
    let Some(before) = lock_of_unit(tx, campaign_id, unit_id)? else {
        return create_for_units(tx, campaign_id, &[(unit_id, due_on)]);
    };
    let after = SelfCheck {
        status: SelfCheckStatus::Draft,
        own_due_on: due_on,
        excuse_reason: None,
        ..before.clone()
    };
    update(tx, "include", &before, after, None)?;
    Ok(())
}

/// Excuses a unit that is taken out of an open campaign; nothing happens where it is excused already.
pub fn excuse_for_removed_unit(
    tx: &mut Write<'_>,
    campaign_id: Id,
    unit_id: Id,
    reason: &str,
) -> StoreResult<()> {
    let Some(before) = lock_of_unit(tx, campaign_id, unit_id)? else { return Ok(()) };
    if before.status == SelfCheckStatus::Excused {
        return Ok(());
    }
    let after = SelfCheck {
        status: SelfCheckStatus::Excused,
        excuse_reason: Some(reason.to_owned()),
        ..before.clone()
    };
    update(tx, "excuse", &before, after, Some(reason))?;
    Ok(())
}

/// Enters what the unit has filled in, with its attachments.
///
/// # Errors
/// An attachment that the caller may not give to it.
pub fn fill_in(
    tx: &mut Write<'_>,
    before: &SelfCheck,
    status: SelfCheckStatus,
    answers: Answers,
) -> StoreResult<SelfCheck> {
    attachment::link_each(tx, &answers.attachments(), &linked_to(before))?;
    update(tx, "update", before, SelfCheck { status, answers, ..before.clone() }, None)
}

/// Its attachments are as readable as it is itself.
fn linked_to(check: &SelfCheck) -> LinkedTo {
    LinkedTo {
        record_kind: KIND,
        record_id: check.id,
        unit_id: Some(check.unit_id),
        campaign_id: Some(check.campaign_id),
    }
}

/// Changes a self-check; `reason` where one was asked for.
pub fn update(
    tx: &mut Write<'_>,
    action: &str,
    before: &SelfCheck,
    after: SelfCheck,
    reason: Option<&str>,
) -> StoreResult<SelfCheck> {
    let check = SelfCheck { version: before.version + 1, ..after };
    diesel::update(self_checks::table.find(check.id)).set(Row::of(&check)?).execute(tx.conn)?;
    record(tx, action, Some(before), &check, reason)?;
    Ok(check)
}

fn record(
    tx: &mut Write<'_>,
    action: &str,
    before: Option<&SelfCheck>,
    after: &SelfCheck,
    reason: Option<&str>,
) -> StoreResult<()> {
    let mut shown = snapshot(after)?;
    let is_entry = ["update", "submit"].contains(&action);
    if is_entry && !tx.actor.is_liaison_of(after.unit_id) {
        // Entered for a unit that works on paper (代填): the event names who did, and for whom.
        shown["entered_for"] = json!(after.unit_id);
    }
    let event = Event {
        action,
        record_kind: KIND,
        record_id: after.id,
        unit_id: Some(after.unit_id),
        campaign_id: Some(after.campaign_id),
        reason,
        before: before.map(snapshot).transpose()?,
        after: Some(shown),
    };
    audit::record(tx, event)
}

fn snapshot(check: &SelfCheck) -> StoreResult<Value> {
    let mut all = serde_json::to_value(&check.answers)?;
    all["status"] = json!(check.status);
    all["due_on"] = json!(check.own_due_on);
    all["own_unit_allowed"] = json!(check.own_unit_allowed);
    Ok(all)
}
