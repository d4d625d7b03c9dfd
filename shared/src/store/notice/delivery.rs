//! The delivery of notices: claimed with a lease by any number of workers, and fenced, so that a worker
//! that comes too late changes nothing.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::recheck::{Verdict, recheck};
use super::row::Row;
use crate::domain::email::EmailAddress;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::notice::{About, AttemptStatus, Notice, NoticeStatus, StoredMail};
use crate::domain::notice_content::NoticeContent;
use crate::domain::refusal::Refusal;
use crate::domain::text::TextEnum;
use crate::store::fault::{self, Subject};
use crate::store::readable::Readable;
use crate::store::schedule::{self, Schedule};
use crate::store::schema::{notice_attempts, notices};
use crate::store::{DbConnection, StoreError, StoreResult, Write, claimable, clock, one_time_link};

/// A notice that this worker holds until its lease runs out.
#[derive(Clone, Debug)]
pub struct Claim {
    pub notice: Notice,
    pub about: About,
    /// What it tells.
    pub content: NoticeContent,
    /// Where it goes.
    pub address: EmailAddress,
    /// Whether the mail server has dealt with no mail since it was given a rest: what it answers says nothing
    /// about a mailbox then.
    pub server_at_fault: bool,
    /// The fencing token: with a later claim of the same notice this one's end counts no more.
    lease: i64,
}

/// So long a notice waits of which a record cannot be read.
const UNREADABLE_WAITS: TimeDelta = TimeDelta::minutes(15);

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The mail server took it over.
    Sent,
    /// It lies in a file.
    Written,
    /// It goes again at this instant of the system clock.
    Retry(Instant),
    /// The same, and the recipient was not come to: it counts as no attempt.
    Unreached(Instant),
    /// The same, but it may have arrived: nobody cancels it until its next end is seen.
    Unknown(Instant),
    /// It never goes.
    Failed,
}

/// Claims a notice that is due, or one whose worker let its lease run out: those that were claimed least often
/// first, so that one that fails goes behind those not tried yet. Before its first attempt recipient and reason are
/// looked at again: what was overtaken is cancelled, what has no address any more is undeliverable, what cannot be
/// read is set aside, what is about a record that cannot be read waits, and the next one is claimed. Nothing while the mail server is given a rest.
pub fn claim(tx: &mut Write<'_>, now: Instant, lease: TimeDelta) -> StoreResult<Option<Claim>> {
    const DUE: &str = "SELECT id FROM notices \
         WHERE (status IN ('pending', 'retrying') AND due_at <= $1 AND next_attempt_at <= $2) \
         OR (status = 'sending' AND lease_until <= $2) ORDER BY lease, due_at, id LIMIT 1";
    if schedule::paused_until(tx.conn, Schedule::Mail, now)?.is_some() {
        return Ok(None);
    }
    while let Some(id) = claimable(tx.conn, DUE, &[tx.now, now])? {
        match take(tx, id, now + lease) {
            Ok(None) => {}
            // A record that it is about is not what it should be: the others are, and it goes when that is mended.
            Err(StoreError::Unreadable(reason)) => wait(tx, id, now + UNREADABLE_WAITS, &reason)?,
            Err(StoreError::Refused(refusal)) => give_up(tx, id, &refusal.to_string())?,
            claimed => return claimed,
        }
    }
    Ok(None)
}

/// Takes a notice, unless it comes to its end without being sent.
fn take(tx: &mut Write<'_>, id: Id, lease_until: Instant) -> StoreResult<Option<Claim>> {
    let row: Row = notices::table.find(id).select(Row::as_select()).first(tx.conn)?;
    let (fence, event_key, recipient) = (row.lease, row.event_key.clone(), row.recipient.clone());
    let mut notice = row.notice();
    let (None, Some(mut content), Some(about)) = (&notice.unreadable, notice.content.clone(), notice.about)
    else {
        give_up(tx, id, notice.unreadable.as_deref().unwrap_or_default())?;
        return Ok(None);
    };
    if notice.status == NoticeStatus::Sending {
        lose_attempts(tx, id)?;
    } else if notice.mail.is_none() {
        match recheck(tx, &mut notice, about, &mut content, &event_key, &recipient)? {
            Verdict::Goes => {}
            Verdict::Undeliverable => {
                end_without_attempt(tx, id, NoticeStatus::Undeliverable)?;
                return Ok(None);
            }
            Verdict::Overtaken(by) => {
                end_without_attempt(tx, id, NoticeStatus::Cancelled)?;
                diesel::update(notices::table.find(id)).set(notices::overtaken_by.eq(by)).execute(tx.conn)?;
                super::forget_items(tx, id)?;
                return Ok(None);
            }
        }
    }
    let Some(address) = notice.address.clone() else {
        end_without_attempt(tx, id, NoticeStatus::Undeliverable)?;
        return Ok(None);
    };
    lead(tx, id, NoticeStatus::Sending, Some(lease_until))?;
    diesel::update(notices::table.find(id)).set(notices::lease.eq(fence + 1)).execute(tx.conn)?;
    notice.status = NoticeStatus::Sending;
    notice.version += 1;
    let server_at_fault = schedule::mail_fault(tx.conn)?.is_some();
    Ok(Some(Claim { notice, about, content, address, server_at_fault, lease: fence + 1 }))
}

/// Leads a notice into a state, in which its worker holds it until an instant or nobody does.
///
/// # Errors
/// [`Refusal::Stale`] where no worker leads it there from where it is.
fn lead(tx: &mut Write<'_>, id: Id, to: NoticeStatus, lease_until: Option<Instant>) -> StoreResult<()> {
    let from = notices::table.filter(notices::id.eq(id)).filter(notices::status.eq_any(to.led_from()));
    let led = diesel::update(from)
        .set((
            notices::version.eq(notices::version + 1),
            notices::status.eq(to),
            notices::lease_until.eq(lease_until),
        ))
        .execute(tx.conn)?;
    if led == 1 { Ok(()) } else { Err(Refusal::Stale.into()) }
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
    lead(tx, id, status, None)?;
    diesel::update(notices::table.find(id)).set(notices::ended_at.eq(Some(tx.now))).execute(tx.conn)?;
    fault::clear(tx.conn, Subject::Notice, id)
}

/// Sets a notice aside that cannot be sent, whatever the mail server says.
fn give_up(tx: &mut Write<'_>, id: Id, reason: &str) -> StoreResult<()> {
    end_without_attempt(tx, id, NoticeStatus::Failed)?;
    fault::note(tx.conn, Subject::Notice, id, reason)
}

/// Lets a notice wait that nobody holds.
fn wait(tx: &mut Write<'_>, id: Id, again: Instant, reason: &str) -> StoreResult<()> {
    diesel::update(notices::table.find(id)).set(notices::next_attempt_at.eq(again)).execute(tx.conn)?;
    fault::note(tx.conn, Subject::Notice, id, reason)
}

/// The notices that no claim would ever come to, since their state is none or their times are, with the reason.
pub fn unclaimable(conn: &mut DbConnection) -> StoreResult<Vec<(Id, String)>> {
    type Open = (Id, Readable<NoticeStatus>, Readable<Instant>, Readable<Instant>, Readable<Option<Instant>>);
    let ended = NoticeStatus::ALL.iter().filter(|status| status.has_ended());
    let open: Vec<Open> = notices::table
        .filter(notices::status.ne_all(ended))
        .order(notices::id)
        .select((
            notices::id,
            notices::status,
            notices::due_at,
            notices::next_attempt_at,
            notices::lease_until,
        ))
        .load(conn)?;
    let unreadable = |(id, status, due_at, next_attempt_at, lease_until): Open| {
        let mut reason = None;
        status.or_note("status", &mut reason);
        due_at.or_note("due_at", &mut reason);
        next_attempt_at.or_note("next_attempt_at", &mut reason);
        lease_until.or_note("lease_until", &mut reason);
        reason.map(|reason| (id, reason))
    };
    Ok(open.into_iter().filter_map(unreadable).collect())
}

/// Sets aside what no claim would ever come to. From what is no state nothing leads anywhere.
pub fn set_aside_unclaimable(tx: &mut Write<'_>) -> StoreResult<()> {
    for (id, reason) in unclaimable(tx.conn)? {
        diesel::update(notices::table.find(id))
            .set((
                notices::version.eq(notices::version + 1),
                notices::status.eq(NoticeStatus::Failed),
                notices::ended_at.eq(Some(tx.now)),
                notices::lease_until.eq(None::<Instant>),
            ))
            .execute(tx.conn)?;
        fault::note(tx.conn, Subject::Notice, id, &reason)?;
    }
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

/// Ends a claimed notice that cannot be put into a message, for this reason.
///
/// # Errors
/// As [`give_up_address`].
pub fn set_aside(tx: &mut Write<'_>, claim: &Claim, reason: &str) -> StoreResult<()> {
    held(tx, claim)?;
    give_up(tx, claim.notice.id, reason)
}

/// Lets a claimed notice wait until an instant of the system clock, since no attempt could begin.
///
/// # Errors
/// As [`give_up_address`].
pub fn put_off(tx: &mut Write<'_>, claim: &Claim, again: Instant, reason: &str) -> StoreResult<()> {
    held(tx, claim)?;
    lead(tx, claim.notice.id, NoticeStatus::Retrying, None)?;
    wait(tx, claim.notice.id, again, reason)
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
    fault::clear(tx.conn, Subject::Notice, claim.notice.id)?;
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
        End::Retry(at) | End::Unreached(at) => (AttemptStatus::Failed, NoticeStatus::Retrying, Some(*at)),
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
    lead(tx, claim.notice.id, status, lease_until)?;
    let ended_at = again.is_none().then_some(tx.now);
    let uncounted = i32::from(matches!(end, End::Unreached(_)));
    diesel::update(notices::table.find(claim.notice.id))
        .set((notices::ended_at.eq(ended_at), notices::attempts.eq(notices::attempts - uncounted)))
        .execute(tx.conn)?;
    match again {
        Some(at) => {
            diesel::update(notices::table.find(claim.notice.id))
                .set(notices::next_attempt_at.eq(at))
                .execute(tx.conn)?;
        }
        // Taken or refused, it was dealt with.
        None => schedule::end_fault(tx.conn)?,
    }
    Ok(())
}

/// Locks the notice, and refuses a worker whose lease another has taken over.
fn held(tx: &mut Write<'_>, claim: &Claim) -> StoreResult<()> {
    crate::store::lock_row(tx.conn, "notices", claim.notice.id)?;
    let lease: i64 = notices::table.find(claim.notice.id).select(notices::lease).first(tx.conn)?;
    if lease == claim.lease { Ok(()) } else { Err(Refusal::Stale.into()) }
}
