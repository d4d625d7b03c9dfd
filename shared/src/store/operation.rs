//! The state of scan, queue and mail: a dead worker is seen here.

use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use super::fault::{self, Fault};
use super::job::{self, Depth};
use super::readable::Readable;
use super::schedule::{self, Done, Schedule};
use super::schema::notices;
use super::{DbConnection, StoreResult, clock};
use crate::domain::instant::Instant;
use crate::domain::notice::NoticeStatus;
use crate::domain::text::TextEnum;

/// How scan, queue and mail stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operations {
    /// The last scan that came to its end.
    pub scan: Done,
    /// How many notices are in each state; none of a state is left out.
    pub notices: Vec<(NoticeStatus, i64)>,
    /// Since when the oldest notice that could go waits, in civil time.
    pub oldest_unsent_due_at: Option<Instant>,
    /// Until when the mail server wants a pause, by the system clock.
    pub mail_paused_until: Option<Instant>,
    /// Why the mail server was given a rest since it last dealt with a mail.
    pub mail_fault: Option<String>,
    pub jobs: Depth,
    /// What cannot be read or worked on, the longest first.
    pub set_aside: Vec<Fault>,
}

/// Reads it.
pub fn get(conn: &mut DbConnection, now: Instant) -> StoreResult<Operations> {
    Ok(Operations {
        scan: schedule::done(conn, Schedule::Scan)?,
        notices: counted(conn)?,
        oldest_unsent_due_at: oldest_unsent_due_at(conn, now)?,
        mail_paused_until: schedule::paused_until(conn, Schedule::Mail, clock::system_now())?,
        mail_fault: schedule::mail_fault(conn)?,
        jobs: job::depth(conn)?,
        set_aside: fault::all(conn)?,
    })
}

/// A notice whose state cannot be read counts as failed, as it is shown.
fn counted(conn: &mut DbConnection) -> StoreResult<Vec<(NoticeStatus, i64)>> {
    let counted: Vec<(Readable<NoticeStatus>, i64)> = notices::table
        .group_by(notices::status)
        .order(notices::status)
        .select((notices::status, count_star()))
        .load(conn)?;
    let mut counts: Vec<(NoticeStatus, i64)> = Vec::new();
    for (status, count) in counted {
        let status = status.0.unwrap_or(NoticeStatus::Failed);
        match counts.iter_mut().find(|(of, _)| *of == status) {
            Some((_, sum)) => *sum += count,
            None => counts.push((status, count)),
        }
    }
    Ok(counts)
}

/// What cannot be read is set aside by the next scan, and waits no more.
fn oldest_unsent_due_at(conn: &mut DbConnection, now: Instant) -> StoreResult<Option<Instant>> {
    let unsent = NoticeStatus::ALL.iter().filter(|status| !status.has_ended());
    let oldest: Readable<Option<Instant>> = notices::table
        .filter(notices::status.eq_any(unsent))
        .filter(notices::due_at.le(now))
        .select(min(notices::due_at))
        .first(conn)?;
    Ok(oldest.0.unwrap_or_default())
}
