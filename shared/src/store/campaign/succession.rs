//! What becomes of a unit's part in campaigns when the unit ends.

use diesel::prelude::*;
use serde_json::to_value;

use super::{Change, scope};
use crate::domain::campaign::{Campaign, CampaignStatus, ScopeEntry, ScopeUnit};
use crate::domain::id::Id;
use crate::domain::self_check::SelfCheckStatus;
use crate::store::schema::{campaign_units, campaigns};
use crate::store::{StoreResult, Write, escalation, finding, leader_office, rectification, visit};

/// Takes a unit that has ended out of drafts. In open campaigns it owes no self-check any more, and what is
/// open passes to its successor, who joins the scope. Closed campaigns stay as they are.
pub(in crate::store) fn unit_ended(
    tx: &mut Write<'_>,
    unit_id: Id,
    successor_id: Option<Id>,
    reason: &str,
) -> StoreResult<()> {
    let concerned: Vec<Id> = campaign_units::table
        .inner_join(campaigns::table.on(campaigns::id.eq(campaign_units::campaign_id)))
        .filter(campaign_units::unit_id.eq(unit_id))
        .filter(campaigns::status.ne(CampaignStatus::Closed))
        .order(campaigns::id)
        .select(campaigns::id)
        .load(tx.conn)?;
    for id in concerned {
        let campaign = super::lock(tx, id)?;
        match campaign.status {
            CampaignStatus::Draft => leave_draft(tx, &campaign, unit_id, successor_id, reason)?,
            CampaignStatus::Open => leave_open(tx, campaign, unit_id, successor_id, reason)?,
            // It was closed while it was waited for.
            CampaignStatus::Closed => {}
        }
    }
    Ok(())
}

fn leave_draft(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    unit_id: Id,
    successor_id: Option<Id>,
    reason: &str,
) -> StoreResult<()> {
    let Some(before) = scope::entry(tx.conn, campaign.id, unit_id)? else { return Ok(()) };
    diesel::delete(campaign_units::table.find((campaign.id, unit_id))).execute(tx.conn)?;
    let mut after = None;
    if let Some(unit_id) = successor_id
        && scope::entry(tx.conn, campaign.id, unit_id)?.is_none()
    {
        let successor = ScopeUnit { unit_id, ..before.unit };
        scope::insert(tx, campaign.id, &successor)?;
        after = Some(to_value(successor)?);
    }
    let change =
        Change { unit_id: Some(unit_id), reason: Some(reason), before: Some(to_value(before.unit)?), after };
    super::child_written(tx, campaign, "pass-on-unit", change).map(drop)
}

fn leave_open(
    tx: &mut Write<'_>,
    mut campaign: Campaign,
    unit_id: Id,
    successor_id: Option<Id>,
    reason: &str,
) -> StoreResult<()> {
    let Some(before) = scope::entry(tx.conn, campaign.id, unit_id)? else { return Ok(()) };
    if is_outstanding(&before) {
        campaign = scope::remove_unit(tx, &campaign, &before.unit, reason)?.0;
    }
    visit::unit_ended(tx, &campaign, unit_id, successor_id, reason)?;
    let Some(successor_id) = successor_id else { return Ok(()) };
    let joined = scope::entry(tx.conn, campaign.id, successor_id)?.is_some_and(|entry| entry.takes_part());
    if before.takes_part() && !joined {
        let today = campaign.today(tx.now);
        let due_on = before.unit.self_check_due_on.filter(|due_on| *due_on >= today);
        let successor = ScopeUnit { unit_id: successor_id, self_check_due_on: due_on, ..before.unit };
        campaign = scope::add_unit(tx, &campaign, &successor, reason)?.0;
    }
    let findings = finding::pass_on(tx, campaign.id, unit_id, successor_id)?;
    rectification::pass_on(tx, &findings, successor_id, reason)?;
    leader_office::pass_on(tx, campaign.id, unit_id, successor_id, reason)?;
    escalation::pass_on(tx, campaign.id, unit_id, successor_id, reason)
}

/// Whether the unit still owes a self-check.
fn is_outstanding(entry: &ScopeEntry) -> bool {
    let owed = [SelfCheckStatus::NotStarted, SelfCheckStatus::Draft, SelfCheckStatus::Returned];
    entry.self_check.is_some_and(|(_, status)| owed.contains(&status))
}
