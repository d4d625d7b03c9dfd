//! What a transaction on PostgreSQL is known by, so that another connection can be asked what became of it.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::{DbConnection, StoreResult, clock};
use crate::domain::instant::Instant;

/// A transaction, and the history of the cluster in which it runs: a standby that takes over begins another one, in
/// which the same number is another transaction's.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub(super) struct CommitMark {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Text)]
    timeline: String,
}

/// What every write reads first.
#[derive(QueryableByName)]
struct Beginning {
    #[diesel(sql_type = Nullable<BigInt>)]
    offset_micros: Option<i64>,
    #[diesel(embed)]
    mark: CommitMark,
}

/// A write that has begun.
pub(super) struct Begun {
    /// The civil instant.
    pub(super) now: Instant,
    /// None on SQLite, whose commits are answered by the process itself.
    pub(super) mark: Option<CommitMark>,
}

impl Begun {
    /// Reads the civil clock, and on PostgreSQL by the same statement the transaction's mark.
    pub(super) fn read(conn: &mut DbConnection) -> StoreResult<Self> {
        match conn {
            DbConnection::Sqlite(_) => Ok(Self { now: clock::civil_now(conn)?, mark: None }),
            DbConnection::Postgres(conn) => {
                let Beginning { offset_micros, mark } = diesel::sql_query(
                    "SELECT (SELECT offset_micros FROM civil_clock) AS offset_micros, \
                     pg_current_xact_id()::text::bigint AS number, \
                     left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline",
                )
                .get_result(conn)?;
                let now = clock::civil(offset_micros.map(TimeDelta::microseconds));
                Ok(Self { now, mark: Some(mark) })
            }
        }
    }
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Committed,
    Aborted,
    /// Its server has not noticed yet that nobody waits for it.
    InProgress,
    /// Nobody can say: another server answers, or it is too long ago.
    Unknown,
}

#[derive(QueryableByName)]
struct Status {
    #[diesel(sql_type = Nullable<Text>)]
    status: Option<String>,
}

impl CommitMark {
    /// The number that orders the transaction's changes among all others.
    pub(super) fn number(&self) -> i64 {
        self.number
    }

    /// Asks on another connection.
    pub(super) fn fate(&self, conn: &mut DbConnection) -> StoreResult<Fate> {
        let DbConnection::Postgres(conn) = conn else { return Ok(Fate::Unknown) };
        let Status { status } = diesel::sql_query(
            "SELECT CASE WHEN left(pg_walfile_name(pg_current_wal_lsn()), 8) = $1 \
             THEN pg_xact_status($2::text::xid8) END AS status",
        )
        .bind::<Text, _>(&self.timeline)
        .bind::<Text, _>(self.number.to_string())
        .get_result(conn)?;
        Ok(match status.as_deref() {
            Some("committed") => Fate::Committed,
            Some("aborted") => Fate::Aborted,
            Some("in progress") => Fate::InProgress,
            _ => Fate::Unknown,
        })
    }
}
