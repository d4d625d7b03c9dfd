//! The state of scan, queue and mail: a dead worker is seen here.

use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use super::fault::{self, Fault};
use super::job::{self, Depth};
use super::schedule::{self, Done, Schedule};
use super::schema::notices;
use super::{DbConnection, StoreResult, clock};
use crate::domain::instant::Instant;
use crate::domain::notice::NoticeStatus;

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
    let unsent = [NoticeStatus::Pending, NoticeStatus::Sending, NoticeStatus::Retrying];
    Ok(Operations {
        scan: schedule::done(conn, Schedule::Scan)?,
        notices: notices::table
            .group_by(notices::status)
            .order(notices::status)
            .select((notices::status, count_star()))
            .load(conn)?,
        oldest_unsent_due_at: notices::table
            .filter(notices::status.eq_any(unsent))
            .filter(notices::due_at.le(now))
            .select(min(notices::due_at))
            .first(conn)?,
        mail_paused_until: schedule::paused_until(conn, Schedule::Mail, clock::system_now())?,
        mail_fault: schedule::mail_fault(conn)?,
        jobs: job::depth(conn)?,
        set_aside: fault::all(conn)?,
    })
}
