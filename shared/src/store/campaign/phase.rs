//! The phases of campaigns, and the decisions by which they were changed.

use diesel::prelude::*;

use super::life;
use crate::domain::campaign::{Campaign, CampaignContent, PhaseDecision};
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::phase::{Phase, PhaseKind};
use crate::store::bulk::insert_rows;
use crate::store::schema::{campaign_phases, phase_decisions};
use crate::store::{DbConnection, StoreResult, Write};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = campaign_phases, treat_none_as_default_value = false)]
struct Row {
    campaign_id: Id,
    kind: PhaseKind,
    starts_on: Date,
    ends_on: Date,
}

/// The phases of these campaigns, in the order of their first days.
pub(super) fn of_all(conn: &mut DbConnection, campaigns: &[Id]) -> StoreResult<Vec<(Id, Phase)>> {
    let rows = campaign_phases::table.filter(campaign_phases::campaign_id.eq_any(campaigns));
    let mut rows: Vec<Row> = rows.select(Row::as_select()).load(conn)?;
    rows.sort_by_key(|row| (row.starts_on, row.kind));
    let phase = |row: Row| Phase { kind: row.kind, starts_on: row.starts_on, ends_on: row.ends_on };
    Ok(rows.into_iter().map(|row| (row.campaign_id, phase(row))).collect())
}

/// Gives a campaign these phases and no others.
pub(super) fn replace(tx: &mut Write<'_>, campaign_id: Id, phases: &[Phase]) -> StoreResult<()> {
    diesel::delete(campaign_phases::table.filter(campaign_phases::campaign_id.eq(campaign_id)))
        .execute(tx.conn)?;
    let row = |phase: &Phase| Row {
        campaign_id,
        kind: phase.kind,
        starts_on: phase.starts_on,
        ends_on: phase.ends_on,
    };
    insert_rows!(tx.conn, campaign_phases::table, &phases.iter().map(row).collect::<Vec<_>>())?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = phase_decisions)]
struct DecisionRow {
    id: Id,
    campaign_id: Id,
    kind: PhaseKind,
    starts_on_before: Date,
    ends_on_before: Date,
    starts_on_after: Date,
    ends_on_after: Date,
    reason: String,
    decided_by: Option<Id>,
    decided_by_name: String,
    decided_at: Instant,
}

impl DecisionRow {
    fn decision(self) -> PhaseDecision {
        let phase = |starts_on, ends_on| Phase { kind: self.kind, starts_on, ends_on };
        PhaseDecision {
            id: self.id,
            before: phase(self.starts_on_before, self.ends_on_before),
            after: phase(self.starts_on_after, self.ends_on_after),
            reason: self.reason,
            decided_by: self.decided_by,
            decided_by_name: self.decided_by_name,
            decided_at: self.decided_at,
        }
    }
}

/// The decisions by which the phases of a campaign were changed, in their order.
pub fn decisions(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<Vec<PhaseDecision>> {
    let rows = phase_decisions::table.filter(phase_decisions::campaign_id.eq(campaign_id));
    let rows: Vec<DecisionRow> =
        rows.order(phase_decisions::id).select(DecisionRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(DecisionRow::decision).collect())
}

/// Gives a draft other phases; with the reason where one was given.
pub fn change(
    tx: &mut Write<'_>,
    before: &Campaign,
    phases: Vec<Phase>,
    reason: Option<&str>,
) -> StoreResult<Campaign> {
    let content = CampaignContent { phases, ..before.content.clone() };
    super::update(tx, "update", before, Campaign { content, ..before.clone() }, reason)
}

/// Records the decision that a phase of an open campaign has other dates, and tells the units concerned. `phases` are all of them with
/// the one that changed from `old` to `new`.
pub fn decide(
    tx: &mut Write<'_>,
    before: &Campaign,
    phases: Vec<Phase>,
    (old, new): (Phase, Phase),
    reason: &str,
) -> StoreResult<Campaign> {
    let content = CampaignContent { phases, ..before.content.clone() };
    let after = Campaign { content, ..before.clone() };
    let campaign = super::update(tx, "change-phase", before, after, Some(reason))?;
    let row = DecisionRow {
        id: Id::new(),
        campaign_id: campaign.id,
        kind: new.kind,
        starts_on_before: old.starts_on,
        ends_on_before: old.ends_on,
        starts_on_after: new.starts_on,
        ends_on_after: new.ends_on,
        reason: reason.to_owned(),
        decided_by: tx.actor.account_id,
        decided_by_name: tx.actor.name.clone(),
        decided_at: tx.now,
    };
    diesel::insert_into(phase_decisions::table).values(row).execute(tx.conn)?;
    life::announce_change(tx, &campaign, (old, new), reason)?;
    Ok(campaign)
}
