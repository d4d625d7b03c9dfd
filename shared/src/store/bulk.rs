//! Many rows by one statement.

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
