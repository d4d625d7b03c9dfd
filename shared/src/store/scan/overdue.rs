//! What is overdue in a campaign, from the records themselves.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::domain::campaign::Campaign;
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::notice::NoticeKind;
use crate::domain::notice_content::OrderRef;
use crate::domain::rectification::{self, RectificationStatus};
use crate::domain::scan::Overdue;
use crate::domain::self_check::{self, SelfCheckStatus};
use crate::store::schema::{findings, rectifications, self_checks, units};
use crate::store::{DbConnection, StoreResult};

/// What the scan of this kind finds overdue on a day. A record without a date never is.
pub(in crate::store) fn overdue(
    conn: &mut DbConnection,
    campaign: &Campaign,
    kind: NoticeKind,
    today: NaiveDate,
) -> StoreResult<Vec<Overdue>> {
    match kind {
        NoticeKind::RectificationOverdue => rectifications(conn, campaign, today),
        _ => self_checks(conn, campaign, today),
    }
}

fn self_checks(conn: &mut DbConnection, campaign: &Campaign, today: NaiveDate) -> StoreResult<Vec<Overdue>> {
    type Found = (Id, SelfCheckStatus, Option<NaiveDate>, Id, String, bool);
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

#[derive(Queryable)]
struct Order {
    id: Id,
    status: RectificationStatus,
    due_on: NaiveDate,
    number: Option<String>,
    focus_item: FocusItem,
    description: String,
    unit_id: Id,
    unit: String,
    restricted: bool,
}

fn rectifications(
    conn: &mut DbConnection,
    campaign: &Campaign,
    today: NaiveDate,
) -> StoreResult<Vec<Overdue>> {
    let rows: Vec<Order> = rectifications::table
        .inner_join(findings::table.on(findings::id.eq(rectifications::finding_id)))
        .inner_join(units::table.on(units::id.eq(rectifications::unit_id)))
        .filter(rectifications::campaign_id.eq(campaign.id))
        .filter(rectifications::due_on.lt(today))
        .order(rectifications::id)
        .select((
            rectifications::id,
            rectifications::status,
            rectifications::due_on,
            rectifications::number,
            findings::focus_item,
            findings::description,
            units::id,
            units::name,
            units::restricted,
        ))
        .load(conn)?;
    let overdue = |row: Order| {
        let overdue = rectification::overdue_days(row.status, Some(row.due_on), today) > 0;
        // What was ordered has a number.
        let number = row.number.filter(|_| overdue)?;
        let order = OrderRef { number, focus_item: row.focus_item, description: row.description };
        Some(Overdue {
            record_id: row.id,
            unit_id: row.unit_id,
            unit: row.unit,
            restricted: row.restricted,
            due_on: row.due_on,
            order: Some(order),
        })
    };
    Ok(rows.into_iter().filter_map(overdue).collect())
}
