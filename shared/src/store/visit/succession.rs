//! What becomes of planned visits when their unit ends, or an inspector is replaced.

use diesel::prelude::*;

use super::{Row, cancel, lock, replan, tell, update, with_inspectors};
use crate::domain::campaign::Campaign;
use crate::domain::id::Id;
use crate::domain::visit::VisitStatus;
use crate::store::schema::{forms, visit_inspectors, visits};
use crate::store::{StoreResult, Write};

/// Sends the planned visits of a campaign to a unit that has ended to its successor; without one they are called
/// off. Whoever it concerns is told. Where something is written already, the visit keeps the unit of its day.
pub(in crate::store) fn unit_ended(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    unit_id: Id,
    successor_id: Option<Id>,
    reason: &str,
) -> StoreResult<()> {
    let written = forms::table.filter(forms::unit_id.eq(unit_id)).select(forms::visit_id);
    let rows: Vec<Row> = visits::table
        .filter(visits::campaign_id.eq(campaign.id))
        .filter(visits::unit_id.eq(unit_id))
        .filter(visits::status.eq(VisitStatus::Planned))
        .filter(visits::id.ne_all(written))
        .order(visits::id)
        .select(Row::as_select())
        .load(tx.conn)?;
    for before in with_inspectors(tx.conn, rows)? {
        let Some(successor_id) = successor_id else {
            cancel(tx, campaign, &before, VisitStatus::Cancelled, reason)?;
            continue;
        };
        let mut after = before.clone();
        after.content.unit_id = successor_id;
        after.former_unit_id = before.former_unit_id.or(Some(unit_id));
        after.sequence += 1;
        let visit = update(tx, campaign, "pass-on", &before, after, Some(reason))?;
        tell::changed(tx, campaign, &before, &visit)?;
    }
    Ok(())
}

/// Puts a successor in an inspector's place on the visits that are still to come.
pub(in crate::store) fn hand_over(tx: &mut Write<'_>, from: Id, to: Id) -> StoreResult<()> {
    let ids: Vec<Id> = visit_inspectors::table
        .inner_join(visits::table.on(visits::id.eq(visit_inspectors::visit_id)))
        .filter(visit_inspectors::account_id.eq(from))
        .filter(visits::status.eq(VisitStatus::Planned))
        .order(visits::id)
        .select(visits::id)
        .load(tx.conn)?;
    for id in ids {
        let (campaign, before) = lock(tx, id)?;
        if campaign.is_closed() || before.status != VisitStatus::Planned {
            continue;
        }
        let mut content = before.content.clone();
        for inspector in content.inspector_ids.iter_mut().filter(|inspector| **inspector == from) {
            *inspector = to;
        }
        replan(tx, &campaign, &before, content)?;
    }
    Ok(())
}
