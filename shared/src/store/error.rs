//! What can go wrong in the store: a refusal of the domain, or the database itself.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::domain::refusal::Refusal;

/// Why a read or a write gave no result. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The caller asked for what rules do not allow.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A unique value is taken; the caller of the query knows which refusal that is.
    #[error("a unique value is taken")]
    Duplicate,
    /// The database is busy or away: the same request may succeed later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The database answered something that the service does not understand.
    #[error("the database failed: {0}")]
    Broken(String),
}

/// The result of the store.
pub type StoreResult<T> = Result<T, StoreError>;

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::Refused(Refusal::NotFound),
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Duplicate,
            DieselError::DatabaseError(
                DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::ClosedConnection,
                info,
            ) => Self::Unavailable(info.message().to_owned()),
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, info)
                if ["database is locked", "deadlock detected", "database table is locked"]
                    .iter()
                    .any(|text| info.message().contains(text)) =>
            {
                Self::Unavailable(info.message().to_owned())
            }
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
        Self::Broken(format!("stored JSON: {error}"))
    }
}

impl StoreError {
    /// A duplicate as the refusal that it means to the caller of this query.
    pub fn or_taken(self, refusal: Refusal) -> Self {
        match self {
            Self::Duplicate => Self::Refused(refusal),
            other => other,
        }
    }
}
