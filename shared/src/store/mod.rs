//! All SQL of the service, for both engines, one file a noun.

pub mod audit;
pub mod clock;
pub mod column;
mod connection;
pub mod error;
pub mod migrate;
pub mod schema;
mod transaction;

pub use connection::{Db, DbConnection};
pub use error::{StoreError, StoreResult};
pub use transaction::{Read, Store, Write};
