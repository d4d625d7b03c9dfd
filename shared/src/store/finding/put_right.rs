//! Whether what a finding is about was put right.

use crate::domain::date::Date;
use crate::domain::evidence::Evidence;
use crate::domain::finding::Finding;
use crate::domain::leader_office;
use crate::store::{StoreResult, Write, leader_office as offices};

/// Whether the leader office that a finding is about, where it is about one, keeps to its limit by what stands in it
/// and what was handed in (R39).
pub fn is_put_right(
    tx: &mut Write<'_>,
    finding: &Finding,
    evidence: Option<&Evidence>,
    today: Date,
) -> StoreResult<bool> {
    let Some(id) = finding.content.leader_office_id else { return Ok(true) };
    let Some(office) = offices::hold(tx, id)? else { return Ok(true) };
    let standards = offices::standards(tx.conn)?;
    Ok(leader_office::is_put_right(&office, evidence, &standards, today))
}
