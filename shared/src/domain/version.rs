//! Optimistic concurrency: a change names the version that its author saw.

use super::refusal::Refusal;

/// The version that a change expects (`If-Match`), `None` where the caller named none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected(pub Option<i64>);

impl Expected {
    /// Refuses a change that names no version, or another than the record's.
    pub fn check(self, version: i64) -> Result<(), Refusal> {
        match self.0 {
            None => Err(Refusal::VersionRequired),
            Some(expected) if expected == version => Ok(()),
            Some(_) => Err(Refusal::Stale),
        }
    }
}
