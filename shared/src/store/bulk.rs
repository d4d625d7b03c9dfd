//! Many rows by one statement.

use super::StoreResult;

/// Inserts rows by one statement: the one thing that diesel offers for each engine, and not for both
/// at once. The row's type says `treat_none_as_default_value = false`; otherwise diesel sends one statement
/// a row to SQLite.
macro_rules! insert_rows {
    ($conn:expr, $table:expr, $rows:expr) => {
        match $conn {
            $crate::store::DbConnection::Sqlite(conn) => {
                diesel::insert_into($table).values($rows).execute(conn)
            }
            $crate::store::DbConnection::Postgres(conn) => {
                diesel::insert_into($table).values($rows).execute(conn)
            }
        }
    };
}

pub(super) use insert_rows;

/// Those of many keys in storage that no row names. `named` finds which of some keys rows name.
pub(super) fn unnamed(
    keys: &[String],
    mut named: impl FnMut(&[String]) -> StoreResult<Vec<String>>,
) -> StoreResult<Vec<String>> {
    let mut unnamed = Vec::new();
    // A statement takes only so many values.
    for some in keys.chunks(500) {
        let named = named(some)?;
        unnamed.extend(some.iter().filter(|key| !named.contains(key)).cloned());
    }
    Ok(unnamed)
}
