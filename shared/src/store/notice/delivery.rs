//! The delivery of notices: claimed with a lease by any number of workers, and fenced, so that a worker
//! that comes too late changes nothing.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::recheck::{Verdict, recheck};
use super::row::Row;
use crate::domain::email::EmailAddress;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::notice::{AttemptStatus, Notice, NoticeStatus, StoredMail};
use crate::domain::refusal::Refusal;
use crate::store::schedule::{self, Schedule};
use crate::store::schema::{notice_attempts, notices};
use crate::store::{StoreResult, Write, claimable, clock, one_time_link};

/// A notice that this worker holds until its lease runs out.
#[derive(Clone, Debug)]
pub struct Claim {
    pub notice: Notice,
    /// Where it goes.
    pub address: EmailAddress,
    /// The fencing token: with a later claim of the same notice this one's end counts no more.
    lease: i64,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The mail server took it over.
    Sent,
    /// It lies in a file.
    Written,
    /// It goes again at this instant of the system clock.
    Retry(Instant),
    /// The same, but it may have arrived: nobody cancels it until its next end is seen.
    Unknown(Instant),
    /// It never goes.
    Failed,
}

/// Claims the notice that waits longest, or one whose worker let its lease run out. Before its first
/// attempt recipient and reason are looked at again: what was overtaken is cancelled, what has no address
/// any more is undeliverable, and the next one is claimed. Nothing while the mail server wants a pause.
pub fn claim(tx: &mut Write<'_>, now: Instant, lease: TimeDelta) -> StoreResult<Option<Claim>> {
    const DUE: &str = "SELECT id FROM notices \
         WHERE (status IN ('pending', 'retrying') AND due_at <= $1 AND next_attempt_at <= $2) \
         OR (status = 'sending' AND lease_until <= $2) ORDER BY due_at, id LIMIT 1";
    if schedule::paused_until(tx.conn, Schedule::Mail, now)?.is_some() {
        return Ok(None);
    }
    while let Some(id) = claimable(tx.conn, DUE, &[tx.now, now])? {
        let row: Row = notices::table.find(id).select(Row::as_select()).first(tx.conn)?;
        let (fence, event_key, recipient) = (row.lease, row.event_key.clone(), row.recipient.clone());
        let mut notice = row.notice()?;
        if notice.status == NoticeStatus::Sending {
            lose_attempts(tx, id)?;
        } else if notice.mail.is_none() {
            match recheck(tx, &mut notice, &event_key, &recipient)? {
                Verdict::Goes => {}
                Verdict::Undeliverable => {
                    end_without_attempt(tx, id, NoticeStatus::Undeliverable)?;
                    continue;
                }
                Verdict::Overtaken(by) => {
                    end_without_attempt(tx, id, NoticeStatus::Cancelled)?;
                    diesel::update(notices::table.find(id))
                        .set(notices::overtaken_by.eq(by))
                        .execute(tx.conn)?;
                    super::forget_items(tx, id)?;
                    continue;
                }
            }
        }
        let Some(address) = notice.address.clone() else {
            end_without_attempt(tx, id, NoticeStatus::Undeliverable)?;
            continue;
        };
        notice.status = NoticeStatus::Sending;
        notice.version += 1;
        diesel::update(notices::table.find(id))
            .set((
                notices::version.eq(notice.version),
                notices::status.eq(notice.status),
                notices::lease.eq(fence + 1),
                notices::lease_until.eq(now + lease),
            ))
            .execute(tx.conn)?;
        return Ok(Some(Claim { notice, address, lease: fence + 1 }));
    }
    Ok(None)
}

/// Nobody saw the end of what a worker was sending when its lease ran out.
fn lose_attempts(tx: &mut Write<'_>, notice_id: Id) -> StoreResult<()> {
    let open = notice_attempts::table
        .filter(notice_attempts::notice_id.eq(notice_id))
        .filter(notice_attempts::status.eq(AttemptStatus::Sending));
    diesel::update(open)
        .set((notice_attempts::status.eq(AttemptStatus::Unknown), notice_attempts::ended_at.eq(Some(tx.now))))
        .execute(tx.conn)?;
    Ok(())
}

fn end_without_attempt(tx: &mut Write<'_>, id: Id, status: NoticeStatus) -> StoreResult<()> {
    diesel::update(notices::table.find(id))
        .set((
            notices::version.eq(notices::version + 1),
            notices::status.eq(status),
            notices::lease_until.eq(None::<Instant>),
            notices::ended_at.eq(Some(tx.now)),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Ends a claimed notice whose address no mail server takes.
///
/// # Errors
/// [`Refusal::Stale`] where another worker has taken it over meanwhile.
pub fn give_up_address(tx: &mut Write<'_>, claim: &Claim) -> StoreResult<()> {
    held(tx, claim)?;
    end_without_attempt(tx, claim.notice.id, NoticeStatus::Undeliverable)
}

/// Notes an attempt with what it sends, before anything is sent; with the hash of the one-time link that the
/// message was rendered with, where it has one.
///
/// # Errors
/// [`Refusal::Stale`] where another worker has taken it over meanwhile: nothing may be sent.
pub fn begin(
    tx: &mut Write<'_>,
    claim: &Claim,
    mail: &StoredMail,
    link_hash: Option<&str>,
) -> StoreResult<Id> {
    held(tx, claim)?;
    if let Some((account_id, hash)) = claim.notice.account_id.zip(link_hash) {
        one_time_link::issue(tx.conn, account_id, hash, clock::system_now())?;
    }
    diesel::update(notices::table.find(claim.notice.id))
        .set((
            notices::attempts.eq(notices::attempts + 1),
            notices::message_id.eq(&mail.message_id),
            notices::object_key.eq(&mail.object_key),
            notices::object_sha256.eq(&mail.sha256),
            notices::rendered_at.eq(mail.rendered_at),
            notices::words.eq(serde_json::to_string(&mail.words)?),
        ))
        .execute(tx.conn)?;
    let id = Id::new();
    diesel::insert_into(notice_attempts::table)
        .values((
            notice_attempts::id.eq(id),
            notice_attempts::notice_id.eq(claim.notice.id),
            notice_attempts::status.eq(AttemptStatus::Sending),
            notice_attempts::address.eq(&claim.address),
            notice_attempts::message_id.eq(&mail.message_id),
            notice_attempts::object_key.eq(&mail.object_key),
            notice_attempts::object_sha256.eq(&mail.sha256),
            notice_attempts::started_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

/// Notes how an attempt ended, and what the server answered.
///
/// # Errors
/// [`Refusal::Stale`] where another worker has taken the notice over meanwhile: its end counts.
pub fn end(tx: &mut Write<'_>, claim: &Claim, attempt_id: Id, end: &End, reply: &str) -> StoreResult<()> {
    held(tx, claim)?;
    let (attempt, status, again) = match end {
        End::Sent => (AttemptStatus::Done, NoticeStatus::Sent, None),
        End::Written => (AttemptStatus::Done, NoticeStatus::Written, None),
        End::Retry(at) => (AttemptStatus::Failed, NoticeStatus::Retrying, Some(*at)),
        End::Unknown(at) => (AttemptStatus::Unknown, NoticeStatus::Sending, Some(*at)),
        End::Failed => (AttemptStatus::Failed, NoticeStatus::Failed, None),
    };
    diesel::update(notice_attempts::table.find(attempt_id))
        .set((
            notice_attempts::status.eq(attempt),
            notice_attempts::ended_at.eq(Some(tx.now)),
            notice_attempts::reply.eq(reply),
        ))
        .execute(tx.conn)?;
    // What may have arrived stays claimed until it goes again.
    let lease_until = again.filter(|_| status == NoticeStatus::Sending);
    diesel::update(notices::table.find(claim.notice.id))
        .set((
            notices::version.eq(notices::version + 1),
            notices::status.eq(status),
            notices::lease_until.eq(lease_until),
            notices::ended_at.eq(again.is_none().then_some(tx.now)),
        ))
        .execute(tx.conn)?;
    if let Some(at) = again {
        diesel::update(notices::table.find(claim.notice.id))
            .set(notices::next_attempt_at.eq(at))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// Locks the notice, and refuses a worker whose lease another has taken over.
fn held(tx: &mut Write<'_>, claim: &Claim) -> StoreResult<()> {
    crate::store::lock_row(tx.conn, "notices", claim.notice.id)?;
    let lease: i64 = notices::table.find(claim.notice.id).select(notices::lease).first(tx.conn)?;
    if lease == claim.lease { Ok(()) } else { Err(Refusal::Stale.into()) }
}
