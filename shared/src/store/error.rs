//! What can go wrong in the store: a refusal of the domain, or the database itself.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};

use crate::domain::refusal::Refusal;

/// Why a read or a write gave no result. Nothing was changed, but where it says so.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The caller asked for what rules do not allow.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A value that must be unique is taken.
    #[error("taken: {0}")]
    Duplicate(Unique),
    /// The database is busy, away, or takes no writes: the same request may succeed later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The connection broke while the change was being committed, and nobody could say what became of it: it may have
    /// been done.
    #[error("it is not known whether the change was made: {0}")]
    Uncertain(String),
    /// The engine refused a statement for a reason that the client library tells by its text alone, which PostgreSQL
    /// writes in the cluster's language: a deadlock, a limit of time, a full disk. A write is tried again, and whoever asked
    /// may come again.
    #[error("the database failed: {0}")]
    Unclassified(String),
    /// What one record holds cannot be read. Others can.
    #[error("a record cannot be read: {0}")]
    Unreadable(String),
    /// The database answered something that the service does not understand.
    #[error("the database failed: {0}")]
    Broken(String),
}

/// The result of the store.
pub type StoreResult<T> = Result<T, StoreError>;

/// What must be unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unique {
    table: String,
    /// The columns whose values together are unique, joined by `_`; `id` for any primary key on PostgreSQL.
    columns: String,
}

impl std::fmt::Display for Unique {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.columns, self.table)
    }
}

impl Unique {
    /// PostgreSQL names the constraint (`units_name_key`, `units_pkey`) and its table, SQLite the columns
    /// (`UNIQUE constraint failed: units.name`).
    fn of(info: &dyn DatabaseErrorInformation) -> Self {
        if let (Some(table), Some(constraint)) = (info.table_name(), info.constraint_name()) {
            let own = constraint.strip_prefix(table).unwrap_or(constraint).trim_start_matches('_');
            let columns = if own == "pkey" { "id" } else { own.strip_suffix("_key").unwrap_or(own) };
            return Self { table: table.to_owned(), columns: columns.to_owned() };
        }
        let message = info.message();
        let columns = message.rsplit(": ").next().unwrap_or(message).split(", ");
        let (tables, names): (Vec<&str>, Vec<&str>) =
            columns.map(|column| column.split_once('.').unwrap_or(("", column))).unzip();
        Self { table: tables.first().copied().unwrap_or_default().to_owned(), columns: names.join("_") }
    }

    /// What it means to whoever sent the value.
    pub fn refusal(&self) -> Refusal {
        match (self.table.as_str(), self.columns.as_str()) {
            // Somebody else has entered the year a moment earlier.
            ("workday_years", _) => Refusal::Stale,
            (_, "name") => Refusal::Taken("name"),
            (_, "username") => Refusal::Taken("username"),
            (_, "campaign_id_unit_id_person_name_person_key") => Refusal::Taken("person_name"),
            (_, "replaces") => Refusal::Taken("replaces"),
            (_, "number" | "campaign_id_number" | "form_id_number") => Refusal::Taken("number"),
            (_, "setting_valid_from" | "standard_class_standard_level_valid_from") => {
                Refusal::Taken("valid_from")
            }
            _ => Refusal::IdTaken,
        }
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        use DatabaseErrorKind::{
            ClosedConnection, ReadOnlyTransaction, SerializationFailure, UnableToSendCommand,
            UniqueViolation, Unknown,
        };
        match error {
            DieselError::NotFound => Self::Refused(Refusal::NotFound),
            DieselError::DatabaseError(UniqueViolation, info) => Self::Duplicate(Unique::of(&*info)),
            DieselError::DatabaseError(
                SerializationFailure | ClosedConnection | UnableToSendCommand | ReadOnlyTransaction,
                info,
            ) => Self::Unavailable(info.message().to_owned()),
            // What an earlier statement met on this connection, or a commit that could not be taken back.
            DieselError::BrokenTransactionManager => Self::Unavailable("the connection is broken".to_owned()),
            // SQLite speaks English only.
            DieselError::DatabaseError(Unknown, info)
                if ["database is locked", "database table is locked"]
                    .iter()
                    .any(|text| info.message().contains(text)) =>
            {
                Self::Unavailable(info.message().to_owned())
            }
            DieselError::DatabaseError(Unknown, info) => Self::Unclassified(info.message().to_owned()),
            DieselError::DeserializationError(error) => Self::Unreadable(error.to_string()),
            error => Self::Broken(error.to_string()),
        }
    }
}

impl From<diesel::r2d2::PoolError> for StoreError {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(format!("stored JSON: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Postgres(&'static str, &'static str);

    impl DatabaseErrorInformation for Postgres {
        fn message(&self) -> &str {
            "重复键违反唯一约束"
        }
        fn details(&self) -> Option<&str> {
            None
        }
        fn hint(&self) -> Option<&str> {
            None
        }
        fn table_name(&self) -> Option<&str> {
            Some(self.0)
        }
        fn column_name(&self) -> Option<&str> {
            None
        }
        fn constraint_name(&self) -> Option<&str> {
            Some(self.1)
        }
        fn statement_position(&self) -> Option<i32> {
            None
        }
    }

    #[test]
    fn both_engines_name_what_is_taken_alike() {
        for (table, constraint, sqlite, refusal) in [
            ("units", "units_pkey", "units.id", Refusal::IdTaken),
            ("units", "units_name_key", "units.name", Refusal::Taken("name")),
            ("accounts", "accounts_username_key", "accounts.username", Refusal::Taken("username")),
            (
                "leader_offices",
                "leader_offices_campaign_id_unit_id_person_name_person_key_key",
                "leader_offices.campaign_id, leader_offices.unit_id, leader_offices.person_name, leader_offices.person_key",
                Refusal::Taken("person_name"),
            ),
            ("workday_years", "workday_years_pkey", "workday_years.year", Refusal::Stale),
            (
                "campaign_units",
                "campaign_units_pkey",
                "campaign_units.campaign_id, campaign_units.unit_id",
                Refusal::IdTaken,
            ),
        ] {
            let postgres = Unique::of(&Postgres(table, constraint));
            let sqlite = Unique::of(&format!("UNIQUE constraint failed: {sqlite}"));
            assert_eq!((postgres.refusal(), sqlite.refusal()), (refusal.clone(), refusal), "{constraint}");
        }
    }
}
