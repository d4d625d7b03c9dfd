//! What recurs, for all workers together: whoever finds it due and moves it on does it, the others
//! leave it. Timed by the system clock.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::schema::schedules;
use super::{DbConnection, StoreResult};
use crate::domain::backoff;
use crate::domain::instant::Instant;
use crate::text_enum;

text_enum! {
    /// Each of them has its row.
    pub enum Schedule {
        /// The scan for what is overdue.
        Scan = "scan",
        /// Nothing recurs: until its time, no mail goes, because the server wants fewer.
        Mail = "mail",
        /// The jobs that sweep.
        Sweep = "sweep",
    }
}

/// When something was last done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = schedules)]
pub struct Done {
    /// The system clock's instant, by which its age is judged.
    pub done_at: Option<Instant>,
    /// The civil instant.
    pub done_civil_at: Option<Instant>,
}

/// Takes it where it is due, and moves it on: whether this caller is to do it.
pub fn take(
    conn: &mut DbConnection,
    schedule: Schedule,
    now: Instant,
    every: TimeDelta,
) -> StoreResult<bool> {
    let due = schedules::table.filter(schedules::name.eq(schedule)).filter(schedules::next_at.le(now));
    Ok(diesel::update(due).set(schedules::next_at.eq(now + every)).execute(conn)? == 1)
}

/// Notes that it was done.
pub fn note_done(
    conn: &mut DbConnection,
    schedule: Schedule,
    now: Instant,
    civil_now: Instant,
) -> StoreResult<()> {
    diesel::update(schedules::table.find(schedule))
        .set((schedules::done_at.eq(now), schedules::done_civil_at.eq(civil_now)))
        .execute(conn)?;
    Ok(())
}

/// When it was last done.
pub fn done(conn: &mut DbConnection, schedule: Schedule) -> StoreResult<Done> {
    Ok(schedules::table.find(schedule).select(Done::as_select()).first(conn)?)
}

/// Rests grow no further than to a quarter of an hour: mails that are due wait behind them.
const LONGEST_REST: i32 = 6;

/// Gives the mail server a rest for a reason, each longer than the one before until a mail is taken. `jitter` is
/// from 0 to 1.
pub fn give_rest(conn: &mut DbConnection, reason: &str, now: Instant, jitter: f64) -> StoreResult<Instant> {
    let mail = schedules::table.find(Schedule::Mail);
    let rests: i32 = mail.select(schedules::rests).first(conn)?;
    let rests = (rests + 1).min(LONGEST_REST);
    let until = now + backoff::delay(rests.unsigned_abs(), jitter);
    diesel::update(mail)
        .set((schedules::next_at.eq(until), schedules::fault.eq(reason), schedules::rests.eq(rests)))
        .execute(conn)?;
    Ok(until)
}

/// Notes that the mail server deals with mails again.
pub fn end_fault(conn: &mut DbConnection) -> StoreResult<()> {
    let faulty = schedules::table.filter(schedules::name.eq(Schedule::Mail)).filter(schedules::rests.gt(0));
    diesel::update(faulty)
        .set((schedules::fault.eq(None::<String>), schedules::rests.eq(0)))
        .execute(conn)?;
    Ok(())
}

/// Why the mail server was given a rest since it last dealt with a mail. Names no account or password.
pub fn mail_fault(conn: &mut DbConnection) -> StoreResult<Option<String>> {
    Ok(schedules::table.find(Schedule::Mail).select(schedules::fault).first(conn)?)
}

/// Until when it is put off, where it is.
pub fn paused_until(
    conn: &mut DbConnection,
    schedule: Schedule,
    now: Instant,
) -> StoreResult<Option<Instant>> {
    let next: Instant = schedules::table.find(schedule).select(schedules::next_at).first(conn)?;
    Ok(Some(next).filter(|next| *next > now))
}
