//! Columns whose value may be none of their type, written by an older program or by hand: a row is read all the
//! same, and says what is wrong with it.

use diesel::Queryable;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::sql_types::SingleValue;

/// A column's value, or why it cannot be read.
#[derive(Debug)]
pub(super) struct Readable<T>(pub(super) Result<T, String>);

impl<T, ST, DB> FromSql<ST, DB> for Readable<T>
where
    DB: Backend,
    T: FromSql<ST, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(T::from_sql(bytes).map_err(|error| error.to_string())))
    }

    fn from_nullable_sql(bytes: Option<DB::RawValue<'_>>) -> deserialize::Result<Self> {
        Ok(Self(T::from_nullable_sql(bytes).map_err(|error| error.to_string())))
    }
}

impl<T, ST, DB> Queryable<ST, DB> for Readable<T>
where
    DB: Backend,
    ST: SingleValue,
    Self: FromSql<ST, DB>,
{
    type Row = Self;

    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}

impl<T> Readable<T> {
    /// The value; where there is none, the reason is noted with the column's name, unless there was one before.
    pub(super) fn or_note(self, column: &str, unreadable: &mut Option<String>) -> Option<T> {
        match self.0 {
            Ok(value) => Some(value),
            Err(reason) => {
                unreadable.get_or_insert_with(|| format!("{column}: {reason}"));
                None
            }
        }
    }
}
