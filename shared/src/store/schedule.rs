//! What recurs, for all workers together: whoever finds it due and moves it on does it, the others
//! leave it. Timed by the system clock.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::schema::schedules;
use super::{DbConnection, StoreResult};
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

/// Puts off everything of this schedule until an instant; an earlier one changes nothing.
pub fn pause(conn: &mut DbConnection, schedule: Schedule, until: Instant) -> StoreResult<()> {
    let earlier = schedules::table.filter(schedules::name.eq(schedule)).filter(schedules::next_at.lt(until));
    diesel::update(earlier).set(schedules::next_at.eq(until)).execute(conn)?;
    Ok(())
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
