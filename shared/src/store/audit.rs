//! Audit events: who did what, when, why, and what it changed. Written in the change's own
//! transaction, without secrets.

use diesel::prelude::*;
use serde_json::Value;

use super::schema::audit_events;
use super::{DbConnection, StoreResult, Write};
use crate::domain::id::Id;

/// What a change did to one record.
#[derive(Debug, Default)]
pub struct Event<'a> {
    /// The verb, as `create`, `update` or the action's own.
    pub action: &'a str,
    /// The kind of the record, as in its path.
    pub record_kind: &'a str,
    /// The record.
    pub record_id: Id,
    /// The unit in whose scope the record is.
    pub unit_id: Option<Id>,
    /// The campaign that it belongs to.
    pub campaign_id: Option<Id>,
    /// Why, where a reason was asked for.
    pub reason: Option<&'a str>,
    /// The record before; absent on creation.
    pub before: Option<Value>,
    /// The record afterwards; absent on deletion.
    pub after: Option<Value>,
}

/// Writes the event.
pub fn record(tx: &mut Write<'_>, event: Event<'_>) -> StoreResult<()> {
    let number = tx.number()?;
    let text = |value: Option<Value>| value.map(|value| value.to_string());
    diesel::insert_into(audit_events::table)
        .values((
            audit_events::id.eq(Id::new()),
            audit_events::tx.eq(number),
            audit_events::at.eq(tx.now),
            audit_events::actor_id.eq(tx.actor.account_id),
            audit_events::actor_name.eq(&tx.actor.name),
            audit_events::request_id.eq(tx.request_id),
            audit_events::action.eq(event.action),
            audit_events::record_kind.eq(event.record_kind),
            audit_events::record_id.eq(event.record_id),
            audit_events::unit_id.eq(event.unit_id),
            audit_events::campaign_id.eq(event.campaign_id),
            audit_events::reason.eq(event.reason),
            audit_events::before.eq(text(event.before)),
            audit_events::after.eq(text(event.after)),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The number that orders the changes of this transaction among all others.
pub(super) fn transaction_number(conn: &mut DbConnection) -> StoreResult<i64> {
    let number = match conn {
        // Writers are serialized, so the last number plus one is this transaction's.
        DbConnection::Sqlite(conn) => {
            let last: Option<i64> =
                audit_events::table.select(diesel::dsl::max(audit_events::tx)).first(conn)?;
            last.unwrap_or(0) + 1
        }
        DbConnection::Postgres(conn) => {
            let id = diesel::dsl::sql::<diesel::sql_types::BigInt>("pg_current_xact_id()::text::bigint");
            diesel::select(id).get_result(conn)?
        }
    };
    Ok(number)
}
