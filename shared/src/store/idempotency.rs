//! Answers that are kept for a repeated `Idempotency-Key`, written in the change's own
//! transaction: a crash leaves neither half.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::schema::idempotency_keys;
use super::{DbConnection, StoreError, StoreResult, Write, clock};
use crate::domain::id::Id;
use crate::domain::instant::Instant;

/// How long answers are kept.
const KEPT: TimeDelta = TimeDelta::days(7);

/// An answer as it was first given.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
pub struct KeptAnswer {
    /// Hash of method, path and body.
    pub fingerprint: String,
    pub status: i32,
    /// JSON object of the headers that the answer set.
    pub headers: String,
    pub body: String,
}

/// The answer that the account's key got first.
pub fn find(conn: &mut DbConnection, account_id: Id, key: &str) -> StoreResult<Option<KeptAnswer>> {
    Ok(idempotency_keys::table
        .find((account_id, key))
        .select(KeptAnswer::as_select())
        .first(conn)
        .optional()?)
}

/// Keeps the answer of this transaction.
///
/// # Errors
/// [`StoreError::Duplicate`] where the same request got ahead: its answer is the answer.
pub fn keep(tx: &mut Write<'_>, account_id: Id, key: &str, answer: &KeptAnswer) -> Result<(), StoreError> {
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::account_id.eq(account_id),
            idempotency_keys::key.eq(key),
            idempotency_keys::fingerprint.eq(&answer.fingerprint),
            idempotency_keys::status.eq(answer.status),
            idempotency_keys::headers.eq(&answer.headers),
            idempotency_keys::body.eq(&answer.body),
            idempotency_keys::created_at.eq(clock::system_now()),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Removes answers that are kept no longer.
pub fn sweep(conn: &mut DbConnection, now: Instant) -> StoreResult<()> {
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(now - KEPT)))
        .execute(conn)?;
    Ok(())
}
