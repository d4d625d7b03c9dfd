//! Sessions: opaque tokens, kept as hashes, timed by the system clock.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::schema::{account_grants, accounts, login_failures, sessions};
use super::{DbConnection, StoreResult};
use crate::domain::account::AccountStatus;
use crate::domain::actor::{Actor, Grant, Role};
use crate::domain::id::Id;
use crate::domain::instant::Instant;

/// How long a session lives.
pub const LIFE: TimeDelta = TimeDelta::hours(12);

/// How long a session lives unused.
pub const IDLE: TimeDelta = TimeDelta::hours(2);

/// How exact its last use is: noted no more often than this.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(10);

/// Failed logins of an account that have no consequence yet.
const FREE_FAILURES: u32 = 5;

/// The same of an address, behind which a whole office may sit.
const FREE_FAILURES_OF_ADDRESS: u32 = 50;

/// The longest delay after a failed login.
const LONGEST_DELAY: i64 = 60;

/// The caller behind a token.
#[derive(Debug)]
pub struct Session {
    pub actor: Actor,
    pub username: String,
    /// Until its password is changed, nothing else works.
    pub password_initial: bool,
}

impl Session {
    /// A program calls with its own token and needs no session.
    pub fn of_service(actor: Actor) -> Self {
        Self { username: actor.name.clone(), actor, password_initial: false }
    }
}

/// Begins a session.
pub fn begin(
    conn: &mut DbConnection,
    token_hash: &str,
    account_id: Id,
    now: Instant,
) -> StoreResult<Instant> {
    let expires_at = now + LIFE;
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(token_hash),
            sessions::account_id.eq(account_id),
            sessions::created_at.eq(now),
            sessions::last_used_at.eq(now),
            sessions::expires_at.eq(expires_at),
        ))
        .execute(conn)?;
    Ok(expires_at)
}

/// The live session of a token, `None` where it has ended or never was.
pub fn resume(conn: &mut DbConnection, token_hash: &str, now: Instant) -> StoreResult<Option<Session>> {
    type Found = (Id, String, String, bool, Instant, Option<(Role, Option<Id>)>);
    let rows: Vec<Found> = sessions::table
        .inner_join(accounts::table.on(accounts::id.eq(sessions::account_id)))
        .left_join(account_grants::table.on(account_grants::account_id.eq(accounts::id)))
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_used_at.gt(now - IDLE))
        .filter(accounts::status.eq(AccountStatus::Active))
        .order(account_grants::id)
        .select((
            accounts::id,
            accounts::username,
            accounts::display_name,
            accounts::password_initial,
            sessions::last_used_at,
            (account_grants::role, account_grants::unit_id).nullable(),
        ))
        .load(conn)?;
    let Some((id, username, name, password_initial, last_used_at, _)) = rows.first().cloned() else {
        return Ok(None);
    };
    if now - last_used_at >= NOTED_EVERY {
        diesel::update(sessions::table.find(token_hash)).set(sessions::last_used_at.eq(now)).execute(conn)?;
    }
    let grants = rows.into_iter().filter_map(|row| row.5).map(|(role, unit_id)| Grant { role, unit_id });
    let actor = Actor::person(id, name, grants.collect());
    Ok(Some(Session { actor, username, password_initial }))
}

/// Ends one session.
pub fn end(conn: &mut DbConnection, token_hash: &str) -> StoreResult<()> {
    diesel::delete(sessions::table.find(token_hash)).execute(conn)?;
    Ok(())
}

/// Ends all sessions of an account.
pub fn end_all(conn: &mut DbConnection, account_id: Id) -> StoreResult<()> {
    diesel::delete(sessions::table.filter(sessions::account_id.eq(account_id))).execute(conn)?;
    Ok(())
}

/// Ends all sessions of an account but one.
pub fn end_others(conn: &mut DbConnection, account_id: Id, token_hash: &str) -> StoreResult<()> {
    let others = sessions::table
        .filter(sessions::account_id.eq(account_id))
        .filter(sessions::token_hash.ne(token_hash));
    diesel::delete(others).execute(conn)?;
    Ok(())
}

/// Removes sessions that have ended by themselves.
pub fn sweep(conn: &mut DbConnection, now: Instant) -> StoreResult<()> {
    diesel::delete(
        sessions::table.filter(sessions::expires_at.le(now).or(sessions::last_used_at.le(now - IDLE))),
    )
    .execute(conn)?;
    diesel::delete(login_failures::table.filter(login_failures::last_at.lt(now - TimeDelta::days(1))))
        .execute(conn)?;
    Ok(())
}

/// Whose failures are counted.
#[derive(Clone, Debug)]
pub enum Subject {
    /// The account of this name, whether it exists or not.
    Account(String),
    /// The address that the login comes from.
    Address(String),
}

impl Subject {
    fn key(&self) -> String {
        match self {
            Self::Account(name) => format!("account:{name}"),
            Self::Address(address) => format!("address:{address}"),
        }
    }

    fn free_failures(key: &str) -> u32 {
        if key.starts_with("address:") { FREE_FAILURES_OF_ADDRESS } else { FREE_FAILURES }
    }
}

/// How long a login for this account or from this address still waits: a delay that grows with
/// failures and never locks anybody out for good.
pub fn login_delay(
    conn: &mut DbConnection,
    subjects: &[Subject],
    now: Instant,
) -> StoreResult<Option<TimeDelta>> {
    let rows: Vec<(String, i64, Instant)> = login_failures::table
        .filter(login_failures::subject.eq_any(subjects.iter().map(Subject::key)))
        .select((login_failures::subject, login_failures::failures, login_failures::last_at))
        .load(conn)?;
    let waits = rows.into_iter().filter_map(|(key, failures, last_at)| {
        let beyond = u32::try_from(failures).unwrap_or(u32::MAX).checked_sub(Subject::free_failures(&key))?;
        let delay = TimeDelta::seconds(2i64.saturating_pow(beyond.min(10)).min(LONGEST_DELAY));
        Some(last_at + delay - now).filter(|wait| *wait > TimeDelta::zero())
    });
    Ok(waits.max())
}

/// Notes a failed login.
pub fn note_failure(conn: &mut DbConnection, subjects: &[Subject], now: Instant) -> StoreResult<()> {
    for key in subjects.iter().map(Subject::key) {
        let counted = diesel::update(login_failures::table.find(&key))
            .set((login_failures::failures.eq(login_failures::failures + 1), login_failures::last_at.eq(now)))
            .execute(conn)?;
        if counted == 0 {
            let row = (
                login_failures::subject.eq(&key),
                login_failures::failures.eq(1),
                login_failures::last_at.eq(now),
            );
            match diesel::insert_into(login_failures::table)
                .values(row)
                .execute(conn)
                .map_err(super::StoreError::from)
            {
                // Somebody else's first failure came between: theirs is counted.
                Err(super::StoreError::Duplicate(_)) | Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// Forgets the failures of an account that has logged in.
pub fn forget_failures(conn: &mut DbConnection, account: &Subject) -> StoreResult<()> {
    diesel::delete(login_failures::table.find(account.key())).execute(conn)?;
    Ok(())
}
