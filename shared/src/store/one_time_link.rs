//! Links by which the holder of an account sets a password: for whoever was invited, and after a reset.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::schema::one_time_links;
use super::{DbConnection, StoreResult, Write, account};
use crate::domain::account::Account;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::refusal::Refusal;

/// How long a link can be used, by the system clock.
pub const LIFE: TimeDelta = TimeDelta::hours(72);

/// Makes the link of this hash the only one of the account.
pub fn issue(conn: &mut DbConnection, account_id: Id, token_hash: &str, now: Instant) -> StoreResult<()> {
    end_all(conn, account_id)?;
    diesel::insert_into(one_time_links::table)
        .values((
            one_time_links::token_hash.eq(token_hash),
            one_time_links::account_id.eq(account_id),
            one_time_links::expires_at.eq(now + LIFE),
        ))
        .execute(conn)?;
    Ok(())
}

/// The account whose password the link may set now; none where it is unknown, used or expired.
pub fn holder(conn: &mut DbConnection, token_hash: &str, now: Instant) -> StoreResult<Option<Account>> {
    let account_id: Option<Id> = one_time_links::table
        .find(token_hash)
        .filter(one_time_links::expires_at.gt(now))
        .select(one_time_links::account_id)
        .first(conn)
        .optional()?;
    Ok(account_id.map(|id| account::in_use(conn, id)).transpose()?.flatten())
}

/// Uses the link up.
///
/// # Errors
/// [`Refusal::LinkInvalid`] where it expired meanwhile, or somebody else has used it.
pub fn consume(tx: &mut Write<'_>, token_hash: &str, now: Instant) -> StoreResult<()> {
    let live = one_time_links::table.find(token_hash).filter(one_time_links::expires_at.gt(now));
    let used = diesel::delete(live).execute(tx.conn)?;
    if used == 1 { Ok(()) } else { Err(Refusal::LinkInvalid.into()) }
}

/// Ends all links of an account.
pub(super) fn end_all(conn: &mut DbConnection, account_id: Id) -> StoreResult<()> {
    let links = one_time_links::table.filter(one_time_links::account_id.eq(account_id));
    diesel::delete(links).execute(conn)?;
    Ok(())
}

/// Removes links that can be used no more.
pub fn sweep(conn: &mut DbConnection, now: Instant) -> StoreResult<()> {
    diesel::delete(one_time_links::table.filter(one_time_links::expires_at.le(now))).execute(conn)?;
    Ok(())
}
