//! The phases of campaigns.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::phase::{Phase, PhaseKind};
use crate::store::bulk::insert_rows;
use crate::store::schema::campaign_phases;
use crate::store::{DbConnection, StoreResult, Write};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = campaign_phases)]
struct Row {
    campaign_id: Id,
    kind: PhaseKind,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
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
