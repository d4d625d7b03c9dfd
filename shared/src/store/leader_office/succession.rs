//! What becomes of leader offices whose unit goes into another.

use std::collections::HashSet;

use diesel::prelude::*;

use super::{Row, class_of, record, with_classes};
use crate::domain::form::FormStatus;
use crate::domain::id::Id;
use crate::domain::leader_office::LeaderOffice;
use crate::store::schema::{forms, leader_office_sheet_rows, leader_offices};
use crate::store::{StoreResult, Write};

/// Passes the leader offices of a campaign to the successor, with both units named. Three stay with the unit of their day:
/// what stands on a sheet, since both sides sign it as it is; what was measured where the successor has another class, since
/// its verdict would change; and persons who stand in the successor already.
pub(in crate::store) fn pass_on(
    tx: &mut Write<'_>,
    campaign_id: Id,
    from: Id,
    to: Id,
    reason: &str,
) -> StoreResult<()> {
    let on_sheets = leader_office_sheet_rows::table
        .inner_join(forms::table.on(forms::id.eq(leader_office_sheet_rows::form_id)))
        .filter(forms::status.ne(FormStatus::Void))
        .select(leader_office_sheet_rows::leader_office_id);
    let rows: Vec<Row> = leader_offices::table
        .filter(leader_offices::campaign_id.eq(campaign_id))
        .filter(leader_offices::unit_id.eq(from))
        .filter(leader_offices::id.ne_all(on_sheets))
        .order(leader_offices::id)
        .select(Row::as_select())
        .load(tx.conn)?;
    if rows.is_empty() {
        return Ok(());
    }
    let there: HashSet<(String, String)> = leader_offices::table
        .filter(leader_offices::campaign_id.eq(campaign_id))
        .filter(leader_offices::unit_id.eq(to))
        .select((leader_offices::person_name, leader_offices::person_key))
        .load(tx.conn)?
        .into_iter()
        .collect();
    let standard_class = class_of(tx.conn, to)?;
    for before in with_classes(tx.conn, rows)? {
        let person = (before.content.person_name.clone(), before.content.person_key.clone());
        let judged_otherwise = before.content.is_measured() && before.standard_class != standard_class;
        if judged_otherwise || there.contains(&person) {
            continue;
        }
        let mut after = LeaderOffice { version: before.version + 1, standard_class, ..before.clone() };
        after.content.unit_id = to;
        after.former_unit_id = before.former_unit_id.or(Some(from));
        diesel::update(leader_offices::table.find(after.id)).set(Row::of(&after)?).execute(tx.conn)?;
        record(tx, "pass-on", Some(&before), Some(&after), Some(reason))?;
    }
    Ok(())
}
