//! Supplements of self-checks.

use diesel::prelude::*;

use super::{KIND, linked_to};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::refusal::Refusal;
use crate::domain::self_check::SelfCheck;
use crate::domain::supplement::{Supplement, SupplementContent};
use crate::store::audit::{self, Event};
use crate::store::schema::{self_check_supplements, self_checks};
use crate::store::{DbConnection, StoreResult, Write, attachment};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = self_check_supplements)]
struct Row {
    id: Id,
    self_check_id: Id,
    text: String,
    attachment_ids: String,
    filed_by: Option<Id>,
    filed_by_name: String,
    created_at: Instant,
}

impl Row {
    fn supplement(self) -> StoreResult<Supplement> {
        let attachment_ids = serde_json::from_str(&self.attachment_ids)?;
        Ok(Supplement {
            id: self.id,
            content: SupplementContent { text: self.text, attachment_ids },
            filed_by: self.filed_by,
            filed_by_name: self.filed_by_name,
            created_at: self.created_at,
        })
    }
}

/// The supplements of a self-check, in the order in which they were filed.
pub fn supplements(conn: &mut DbConnection, self_check_id: Id) -> StoreResult<Vec<Supplement>> {
    let rows: Vec<Row> = self_check_supplements::table
        .filter(self_check_supplements::self_check_id.eq(self_check_id))
        .order((self_check_supplements::created_at, self_check_supplements::id))
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::supplement).collect()
}

/// One supplement of a self-check.
pub fn supplement(conn: &mut DbConnection, self_check_id: Id, id: Id) -> StoreResult<Supplement> {
    let row: Row = self_check_supplements::table
        .filter(self_check_supplements::self_check_id.eq(self_check_id))
        .filter(self_check_supplements::id.eq(id))
        .select(Row::as_select())
        .first(conn)?;
    row.supplement()
}

/// Files a supplement, which raises the self-check's version.
///
/// # Errors
/// [`Refusal::IdTaken`]; an attachment that the caller may not give to it.
pub fn add_supplement(
    tx: &mut Write<'_>,
    before: &SelfCheck,
    id: Id,
    content: SupplementContent,
) -> StoreResult<(SelfCheck, Supplement)> {
    if crate::store::exists(tx.conn, "self_check_supplements", id)? {
        return Err(Refusal::IdTaken.into());
    }
    attachment::link(tx, &content.attachment_ids, &linked_to(before), "/attachment_ids")?;
    let event = Event {
        action: "supplement",
        unit_id: Some(before.unit_id),
        campaign_id: Some(before.campaign_id),
        after: Some(serde_json::to_value(&content)?),
        ..Event::about(KIND, before.id)
    };
    let row = Row {
        id,
        self_check_id: before.id,
        text: content.text,
        attachment_ids: serde_json::to_string(&content.attachment_ids)?,
        filed_by: tx.actor.account_id,
        filed_by_name: tx.actor.name.clone(),
        created_at: tx.now,
    };
    diesel::insert_into(self_check_supplements::table).values(&row).execute(tx.conn)?;
    let check = SelfCheck { version: before.version + 1, ..before.clone() };
    let raised = diesel::update(self_checks::table.find(check.id));
    raised.set(self_checks::version.eq(check.version)).execute(tx.conn)?;
    audit::record(tx, event)?;
    Ok((check, row.supplement()?))
}
