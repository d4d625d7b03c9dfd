//! The two clocks. The *system clock* is real. The *civil clock* (campaign dates, scan,
//! notices) is the system clock plus an offset, which only a simulated database has.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::schema::civil_clock;
use super::{DbConnection, StoreResult};
use crate::domain::instant::Instant;

/// The real time: sessions, leases, retries, expiry.
#[allow(clippy::disallowed_methods, reason = "this is the system clock")]
pub fn system_now() -> Instant {
    chrono::Utc::now().into()
}

/// How far the civil clock is ahead of the system clock; `None` in a real database.
pub fn offset(conn: &mut DbConnection) -> StoreResult<Option<TimeDelta>> {
    let micros = civil_clock::table.select(civil_clock::offset_micros).first::<i64>(conn).optional()?;
    Ok(micros.map(TimeDelta::microseconds))
}

/// The civil instant of a request or tick that begins now.
pub fn civil_now(conn: &mut DbConnection) -> StoreResult<Instant> {
    Ok(civil(offset(conn)?))
}

/// The civil instant by an offset that was read. A simulated clock ends with the years that the service knows.
pub(super) fn civil(offset: Option<TimeDelta>) -> Instant {
    (system_now() + offset.unwrap_or_default()).min(Instant::LAST)
}

/// Makes a new database a simulated one whose civil clock starts at an instant.
pub fn simulate(conn: &mut DbConnection, start: Instant) -> StoreResult<()> {
    let micros = (start - system_now()).num_microseconds().unwrap_or_default();
    diesel::insert_into(civil_clock::table)
        .values((civil_clock::id.eq(1), civil_clock::offset_micros.eq(micros)))
        .execute(conn)?;
    Ok(())
}

/// What moving the civil clock came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Advance {
    /// It stands at the instant now.
    Moved,
    /// The instant is behind it: the clock goes forward only.
    Behind,
    /// The database is a real one.
    NotSimulated,
}

/// Moves a simulated civil clock forward.
pub fn advance(conn: &mut DbConnection, to: Instant) -> StoreResult<Advance> {
    let Some(offset) = offset(conn)? else { return Ok(Advance::NotSimulated) };
    let system = system_now();
    if to < system + offset {
        return Ok(Advance::Behind);
    }
    let micros = (to - system).num_microseconds().unwrap_or_default();
    diesel::update(civil_clock::table).set(civil_clock::offset_micros.eq(micros)).execute(conn)?;
    Ok(Advance::Moved)
}
