//! Row locks.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};

use super::{DbConnection, StoreResult};
use crate::domain::id::Id;
use crate::domain::instant::Instant;

/// Locks a row until the transaction ends, parents before children: a rule that reads a row
/// while another transaction changes it would decide on what no longer holds. Nothing to do on
/// SQLite, whose writers are serialized.
pub(super) fn lock_row(conn: &mut DbConnection, table: &'static str, id: Id) -> StoreResult<()> {
    if let DbConnection::Postgres(conn) = conn {
        diesel::sql_query(format!("SELECT 1 FROM {table} WHERE id = $1 FOR UPDATE"))
            .bind::<Text, _>(id.as_str())
            .execute(conn)?;
    }
    Ok(())
}

/// Keeps a row as it is until the transaction ends, while others may keep it too: a campaign's many
/// records are written side by side, but not while the campaign itself changes.
pub(super) fn share_row(conn: &mut DbConnection, table: &'static str, id: Id) -> StoreResult<()> {
    if let DbConnection::Postgres(conn) = conn {
        diesel::sql_query(format!("SELECT 1 FROM {table} WHERE id = $1 FOR SHARE"))
            .bind::<Text, _>(id.as_str())
            .execute(conn)?;
    }
    Ok(())
}

/// Lets nobody else write to a table until the transaction ends: for a rule on rows that may not exist yet, in
/// tables that are seldom written. Nothing to do on SQLite.
pub(super) fn lock_table(conn: &mut DbConnection, table: &'static str) -> StoreResult<()> {
    if let DbConnection::Postgres(conn) = conn {
        diesel::sql_query(format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")).execute(conn)?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Whether a row has this id, in whoever's scope: ids are unique for all.
pub(super) fn exists(conn: &mut DbConnection, table: &'static str, id: Id) -> StoreResult<bool> {
    let sql = format!("SELECT count(*) AS count FROM {table} WHERE id = ");
    let found: Count = match conn {
        DbConnection::Sqlite(conn) => {
            diesel::sql_query(sql + "?").bind::<Text, _>(id.as_str()).get_result(conn)?
        }
        DbConnection::Postgres(conn) => {
            diesel::sql_query(sql + "$1").bind::<Text, _>(id.as_str()).get_result(conn)?
        }
    };
    Ok(found.count > 0)
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    id: Id,
}

/// The row that a query finds, locked until the transaction ends: a row that another worker is about to
/// take is passed over. `$1`, `$2` … in the query, first met in this order, stand for the instants.
pub(super) fn claimable(
    conn: &mut DbConnection,
    query: &str,
    instants: &[Instant],
) -> StoreResult<Option<Id>> {
    let found: Option<Found> = match conn {
        DbConnection::Sqlite(conn) => {
            let mut query = diesel::sql_query(query).into_boxed::<diesel::sqlite::Sqlite>();
            for instant in instants {
                query = query.bind::<Timestamp, _>(*instant);
            }
            query.get_result(conn).optional()?
        }
        DbConnection::Postgres(conn) => {
            let query = format!("{query} FOR UPDATE SKIP LOCKED");
            let mut query = diesel::sql_query(query).into_boxed::<diesel::pg::Pg>();
            for instant in instants {
                query = query.bind::<Timestamp, _>(*instant);
            }
            query.get_result(conn).optional()?
        }
    };
    Ok(found.map(|found| found.id))
}
