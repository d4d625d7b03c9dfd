//! What is overdue in a campaign, from the records themselves.

use diesel::prelude::*;

use crate::domain::campaign::Campaign;
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::notice::NoticeKind;
use crate::domain::notice_content::OrderRef;
use crate::domain::scan::Overdue;
use crate::domain::self_check::{self, SelfCheckStatus};
use crate::store::schema::{self_checks, units};
use crate::store::{DbConnection, StoreResult, rectification};

/// What the scan of this kind finds overdue on a day. A record without a date never is.
pub(in crate::store) fn overdue(
    conn: &mut DbConnection,
    campaign: &Campaign,
    kind: NoticeKind,
    today: Date,
) -> StoreResult<Vec<Overdue>> {
    match kind {
        NoticeKind::RectificationOverdue => rectifications(conn, campaign, today),
        _ => self_checks(conn, campaign, today),
    }
}

fn self_checks(conn: &mut DbConnection, campaign: &Campaign, today: Date) -> StoreResult<Vec<Overdue>> {
    type Found = (Id, SelfCheckStatus, Option<Date>, Id, String, bool);
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
    let overdue = |(record_id, status, own, unit_id, unit, restricted): Found| {
        let due_on = campaign.self_check_due_on(own)?;
        self_check::is_overdue(status, Some(due_on), today).then_some(Overdue {
            record_id,
            unit_id,
            unit,
            restricted,
            due_on,
            order: None,
        })
    };
    Ok(rows.into_iter().filter_map(overdue).collect())
}

fn rectifications(conn: &mut DbConnection, campaign: &Campaign, today: Date) -> StoreResult<Vec<Overdue>> {
    let orders = rectification::overdue(conn, campaign.id, today)?;
    if orders.is_empty() {
        return Ok(Vec::new());
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
    Ok(orders.into_iter().filter_map(overdue).collect())
}
