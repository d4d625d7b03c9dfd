//! How far the units of a campaign are.

use std::collections::HashMap;

use diesel::prelude::*;

use super::notice::is_seen_notice;
use super::schema::{campaign_units, findings, notices, rectifications, self_checks, units};
use super::statistics::Scope;
use super::{DbConnection, StoreResult};
use crate::domain::actor::Actor;
use crate::domain::campaign::Campaign;
use crate::domain::date::Date;
use crate::domain::finding::FindingStatus;
use crate::domain::id::Id;
use crate::domain::notice::NoticeStatus;
use crate::domain::rectification::{RectificationStatus, overdue_days};
use crate::domain::self_check::{self, SelfCheckStatus};

/// How far one unit is.
#[derive(Clone, Debug, Default)]
pub struct UnitProgress {
    pub unit_id: Id,
    pub unit_name: String,
    pub self_check_id: Option<Id>,
    pub self_check_status: Option<SelfCheckStatus>,
    pub self_check_due_on: Option<Date>,
    pub self_check_overdue: bool,
    pub findings_open: i64,
    pub rectifications_open: i64,
    pub rectifications_overdue: i64,
    pub notices_untold: i64,
}

/// How far the units of a campaign in a caller's scope are, by what the caller may see of them, by four statements however many they are.
pub fn units(
    conn: &mut DbConnection,
    campaign: &Campaign,
    actor: &Actor,
    today: Date,
) -> StoreResult<Vec<UnitProgress>> {
    let scope = &Scope::of(actor);
    let mut all = in_scope(conn, campaign, scope, today)?;
    let open = [FindingStatus::Open, FindingStatus::Rectifying];
    let found: Vec<(Id, i64)> = findings::table
        .filter(findings::campaign_id.eq(campaign.id))
        .filter(findings::status.eq_any(open))
        .group_by(findings::unit_id)
        .select((findings::unit_id, diesel::dsl::count_star()))
        .load(conn)?;
    let found: HashMap<Id, i64> = found.into_iter().collect();
    let orders: Vec<(Id, RectificationStatus, Date)> = rectifications::table
        .filter(rectifications::campaign_id.eq(campaign.id))
        .select((rectifications::unit_id, rectifications::status, rectifications::due_on))
        .load(conn)?;
    let untold: Vec<(Option<Id>, i64)> = notices::table
        .filter(is_seen_notice!(actor))
        .filter(notices::campaign_id.eq(Some(campaign.id)))
        .filter(notices::status.eq_any([NoticeStatus::Undeliverable, NoticeStatus::Failed]))
        .filter(notices::told_at.is_null())
        .group_by(notices::unit_id)
        .select((notices::unit_id, diesel::dsl::count_star()))
        .load(conn)?;
    let untold: HashMap<Option<Id>, i64> = untold.into_iter().collect();
    let mut open_orders: HashMap<Id, (i64, i64)> = HashMap::new();
    for (unit_id, status, due_on) in orders {
        if status.is_in_force() && status.is_active() {
            let (open, overdue) = open_orders.entry(unit_id).or_default();
            *open += 1;
            *overdue += i64::from(overdue_days(status, Some(due_on), today) > 0);
        }
    }
    for unit in &mut all {
        unit.findings_open = found.get(&unit.unit_id).copied().unwrap_or_default();
        (unit.rectifications_open, unit.rectifications_overdue) =
            open_orders.get(&unit.unit_id).copied().unwrap_or_default();
        unit.notices_untold = untold.get(&Some(unit.unit_id)).copied().unwrap_or_default();
    }
    Ok(all)
}

#[derive(Queryable)]
struct Row {
    unit_id: Id,
    unit_name: String,
    self_check: Option<(Id, SelfCheckStatus, Option<Date>)>,
}

fn in_scope(
    conn: &mut DbConnection,
    campaign: &Campaign,
    scope: &Scope,
    today: Date,
) -> StoreResult<Vec<UnitProgress>> {
    let own_check = self_checks::unit_id
        .eq(campaign_units::unit_id)
        .and(self_checks::campaign_id.eq(campaign_units::campaign_id));
    let mut query = campaign_units::table
        .inner_join(units::table.on(units::id.eq(campaign_units::unit_id)))
        .left_join(self_checks::table.on(own_check))
        .filter(campaign_units::campaign_id.eq(campaign.id))
        .order(campaign_units::unit_id)
        .select((
            campaign_units::unit_id,
            units::name,
            (self_checks::id, self_checks::status, self_checks::due_on).nullable(),
        ))
        .into_boxed();
    if let Scope::Units(own) = scope {
        query = query.filter(campaign_units::unit_id.eq_any(own.clone()));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let progress = |row: Row| {
        let (id, status, own_due_on) = match row.self_check {
            Some((id, status, own_due_on)) => (Some(id), Some(status), own_due_on),
            None => (None, None, None),
        };
        let due_on = campaign.self_check_due_on(own_due_on);
        UnitProgress {
            unit_id: row.unit_id,
            unit_name: row.unit_name,
            self_check_id: id,
            self_check_status: status,
            self_check_due_on: due_on,
            self_check_overdue: status.is_some_and(|status| self_check::is_overdue(status, due_on, today)),
            ..UnitProgress::default()
        }
    };
    Ok(rows.into_iter().map(progress).collect())
}
