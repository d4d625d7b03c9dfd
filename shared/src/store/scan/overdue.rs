//! What is overdue in a campaign, from the records themselves.

use diesel::prelude::*;

use crate::domain::campaign::Campaign;
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::notice::NoticeKind;
use crate::domain::notice_content::OrderRef;
use crate::domain::scan::Overdue;
use crate::domain::self_check::{self, SelfCheckStatus};
use crate::store::fault::Subject;
use crate::store::readable::Readable;
use crate::store::schema::{self_checks, units};
use crate::store::{DbConnection, StoreResult, rectification};

/// A record that cannot be read, and why.
pub type Unreadable = (Subject, Id, String);

/// What the scan of this kind finds overdue on a day, and what it cannot read. A record without a date never is.
pub(in crate::store) fn overdue(
    conn: &mut DbConnection,
    campaign: &Campaign,
    kind: NoticeKind,
    today: Date,
) -> StoreResult<(Vec<Overdue>, Vec<Unreadable>)> {
    match kind {
        NoticeKind::RectificationOverdue => rectifications(conn, campaign, today),
        _ => self_checks(conn, campaign, today),
    }
}

fn self_checks(
    conn: &mut DbConnection,
    campaign: &Campaign,
    today: Date,
) -> StoreResult<(Vec<Overdue>, Vec<Unreadable>)> {
    type Found = (Id, Readable<SelfCheckStatus>, Readable<Option<Date>>, Id, String, bool);
    let rows: Vec<Found> = self_checks::table
        .inner_join(units::table.on(units::id.eq(self_checks::unit_id)))
        .filter(self_checks::campaign_id.eq(campaign.id))
        .order(self_checks::id)
        .select((
            self_checks::id,
            self_checks::status,
            self_checks::due_on,
            units::id,
            units::name,
            units::restricted,
        ))
        .load(conn)?;
    let (mut overdue, mut unreadable) = (Vec::new(), Vec::new());
    for (record_id, status, own, unit_id, unit, restricted) in rows {
        let mut reason = None;
        let (status, own) = (status.or_note("status", &mut reason), own.or_note("due_on", &mut reason));
        if let Some((status, own)) = status.zip(own) {
            let due_on = campaign.self_check_due_on(own);
            if let Some(due_on) = due_on.filter(|_| self_check::is_overdue(status, due_on, today)) {
                overdue.push(Overdue { record_id, unit_id, unit, restricted, due_on, order: None });
            }
        }
        unreadable.extend(reason.map(|reason| (Subject::SelfCheck, record_id, reason)));
    }
    Ok((overdue, unreadable))
}

fn rectifications(
    conn: &mut DbConnection,
    campaign: &Campaign,
    today: Date,
) -> StoreResult<(Vec<Overdue>, Vec<Unreadable>)> {
    let (orders, unreadable) = rectification::overdue(conn, campaign.id, today)?;
    let unreadable =
        unreadable.into_iter().map(|(id, reason)| (Subject::Rectification, id, reason)).collect();
    if orders.is_empty() {
        return Ok((Vec::new(), unreadable));
    }
    let named: Vec<(Id, String, bool)> = units::table
        .filter(units::id.eq_any(orders.iter().map(|order| order.unit_id)))
        .select((units::id, units::name, units::restricted))
        .load(conn)?;
    let overdue = |order: rectification::Overdue| {
        let (unit_id, unit, restricted) = named.iter().find(|(id, ..)| *id == order.unit_id)?.clone();
        let (focus_item, description) = (order.focus_item, order.description);
        // What was ordered has a number.
        let named = OrderRef { number: order.number?, focus_item, description };
        let (record_id, due_on) = (order.id, order.due_on);
        Some(Overdue { record_id, unit_id, unit, restricted, due_on, order: Some(named) })
    };
    Ok((orders.into_iter().filter_map(overdue).collect(), unreadable))
}
