//! What becomes of escalations about a unit that goes into another.

use diesel::prelude::*;

use super::row::Row;
use super::{update, with_parts};
use crate::domain::escalation::EscalationStatus;
use crate::domain::id::Id;
use crate::store::schema::escalations;
use crate::store::{StoreResult, Write};

/// Passes what nobody has decided or answered yet to the successor, with both units named. What it says stays.
pub(in crate::store) fn pass_on(
    tx: &mut Write<'_>,
    campaign_id: Id,
    from: Id,
    to: Id,
    reason: &str,
) -> StoreResult<()> {
    let rows: Vec<Row> = escalations::table
        .filter(escalations::campaign_id.eq(campaign_id))
        .filter(escalations::unit_id.eq(from))
        .filter(escalations::status.eq_any(EscalationStatus::UNSETTLED))
        .order(escalations::id)
        .select(Row::as_select())
        .load(tx.conn)?;
    for before in with_parts(tx.conn, rows)? {
        let mut after = before.escalation.clone();
        after.content.unit_id = to;
        after.former_unit_id = after.former_unit_id.or(Some(from));
        update(tx, "pass-on", &before, after, Some(reason))?;
    }
    Ok(())
}
