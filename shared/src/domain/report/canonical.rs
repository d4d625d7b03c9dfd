//! The bytes of a snapshot. A province's fills the memory several times as one tree of JSON values, so that it is written a
//! record at a time.

use serde::Serialize;

use super::{Lists, Snapshot};
use crate::domain::canonical::canonical_json;

impl Snapshot {
    /// The bytes that the version is kept and hashed as: see [`canonical_json`].
    ///
    /// # Errors
    /// A document that cannot be written as JSON.
    pub fn canonical(&self) -> Result<Vec<u8>, serde_json::Error> {
        let Self { schema, header, campaign, lists, statistics, figures, texts } = self;
        let Lists {
            units,
            self_checks,
            problems,
            leader_offices,
            rectifications,
            responsibilities,
            escalations,
        } = lists;
        let mut bytes = Vec::new();
        // Members stand in the order of their names.
        value(&mut bytes, "{\"campaign\":", campaign)?;
        bytes.extend(b",\"figures\":{");
        for (at, (name, figure)) in figures.iter().enumerate() {
            value(&mut bytes, if at > 0 { "," } else { "" }, name)?;
            value(&mut bytes, ":", figure)?;
        }
        value(&mut bytes, "},\"header\":", header)?;
        list(&mut bytes, ",\"lists\":{\"escalations\":[", escalations)?;
        list(&mut bytes, ",\"leader_offices\":[", leader_offices)?;
        list(&mut bytes, ",\"problems\":[", problems)?;
        list(&mut bytes, ",\"rectifications\":[", rectifications)?;
        list(&mut bytes, ",\"responsibilities\":[", responsibilities)?;
        list(&mut bytes, ",\"self_checks\":[", self_checks)?;
        list(&mut bytes, ",\"units\":[", units)?;
        value(&mut bytes, "},\"schema\":", schema)?;
        value(&mut bytes, ",\"statistics\":", statistics)?;
        value(&mut bytes, ",\"texts\":", texts)?;
        bytes.push(b'}');
        Ok(bytes)
    }
}

fn value(bytes: &mut Vec<u8>, before: &str, value: &impl Serialize) -> Result<(), serde_json::Error> {
    bytes.extend(before.as_bytes());
    bytes.extend(canonical_json(&serde_json::to_value(value)?));
    Ok(())
}

fn list(bytes: &mut Vec<u8>, before: &str, rows: &[impl Serialize]) -> Result<(), serde_json::Error> {
    bytes.extend(before.as_bytes());
    for (at, row) in rows.iter().enumerate() {
        value(bytes, if at > 0 { "," } else { "" }, row)?;
    }
    bytes.push(b']');
    Ok(())
}
