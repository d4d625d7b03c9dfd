//! All SQL of the service, for both engines, one file a noun.

pub mod account;
pub mod area_standard;
pub mod attachment;
pub mod audit;
mod bulk;
pub mod campaign;
pub mod clock;
pub mod column;
mod commit_mark;
mod connection;
mod counter;
pub mod dictionary;
pub mod discrepancy;
pub mod error;
pub mod escalation;
pub mod fault;
pub mod finding;
pub mod form;
pub mod idempotency;
pub mod inspection;
pub mod job;
pub mod leader_office;
mod list;
mod lock;
pub mod migrate;
pub mod notice;
pub mod one_time_link;
pub mod operation;
pub mod progress;
mod readable;
pub mod rectification;
pub mod report;
pub mod rule_setting;
pub mod scan;
pub mod schedule;
pub mod schema;
pub mod self_check;
pub mod service_account;
pub mod session;
pub mod statistics;
mod transaction;
pub mod unit;
pub mod visit;
pub mod workday;

pub use connection::{Db, DbConnection};
use lock::{claimable, exists, lock_row, lock_table, share_row};

pub use error::{StoreError, StoreResult};
pub use transaction::{Read, Store, Write};

/// The pattern of `LIKE … ESCAPE '\\'` for texts that contain this one.
fn containing(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}
