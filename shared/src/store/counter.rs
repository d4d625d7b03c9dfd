//! Numbers of documents.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{DbConnection, StoreResult, Write};

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// The next number of a series: 1, 2, 3 and so on. The series stands still until the write ends, so that
/// no two documents share a number and a write that fails leaves no gap.
pub(super) fn next(tx: &mut Write<'_>, series: &str) -> StoreResult<i64> {
    let sql = |place: &str| {
        format!(
            "INSERT INTO counters (name, value) VALUES ({place}, 1) \
             ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
        )
    };
    let next: Value = match tx.conn {
        DbConnection::Sqlite(conn) => diesel::sql_query(sql("?")).bind::<Text, _>(series).get_result(conn)?,
        DbConnection::Postgres(conn) => {
            diesel::sql_query(sql("$1")).bind::<Text, _>(series).get_result(conn)?
        }
    };
    Ok(next.value)
}
