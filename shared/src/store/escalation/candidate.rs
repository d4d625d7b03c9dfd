//! The facts that may give rise to an escalation.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::domain::campaign::Campaign;
use crate::domain::date::Date;
use crate::domain::escalation::{Candidate, EscalationStatus, MisreportedFinding, OrderOfConcern};
use crate::domain::finding::{FindingStatus, Misreporting, Severity};
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::rectification::RectificationStatus;
use crate::domain::text::TextEnum;
use crate::store::schema::{campaign_units, escalations, findings, rectifications, units};
use crate::store::statistics::Scope;
use crate::store::{DbConnection, StoreResult};

/// The units in a scope of which something is known that may give rise to an escalation, by four
/// statements however many they are.
pub fn candidates(
    conn: &mut DbConnection,
    campaign: &Campaign,
    scope: &Scope,
    today: Date,
) -> StoreResult<Vec<Candidate>> {
    let mut query = units::table
        .inner_join(campaign_units::table.on(campaign_units::unit_id.eq(units::id)))
        .filter(campaign_units::campaign_id.eq(campaign.id))
        .select((units::id, units::name))
        .into_boxed();
    if let Scope::Units(units) = scope {
        query = query.filter(units::id.eq_any(units.clone()));
    }
    let names: Vec<(Id, String)> = query.load(conn)?;
    let names: BTreeMap<Id, String> = names.into_iter().collect();
    let told = EscalationStatus::ALL.iter().copied().filter(|status| status.is_told());
    let existing: Vec<(Id, Id)> = escalations::table
        .filter(escalations::campaign_id.eq(campaign.id))
        .filter(escalations::status.eq_any(told))
        .order(escalations::id)
        .select((escalations::unit_id, escalations::id))
        .load(conn)?;
    let (misreported, orders) =
        (misreported(conn, campaign.id, scope)?, orders(conn, campaign.id, scope, today)?);
    Ok(Candidate::all(&names, misreported, orders, &existing))
}

fn misreported(
    conn: &mut DbConnection,
    campaign_id: Id,
    scope: &Scope,
) -> StoreResult<Vec<(Id, MisreportedFinding)>> {
    type Found = (Id, Id, FocusItem, Severity, Misreporting);
    let counted = FindingStatus::ALL.iter().copied().filter(|status| status.is_counted());
    let mut query = findings::table
        .filter(findings::campaign_id.eq(campaign_id))
        .filter(findings::misreporting_serious.eq(true))
        .filter(findings::status.eq_any(counted))
        .order(findings::id)
        .select((
            findings::unit_id,
            findings::id,
            findings::focus_item,
            findings::severity,
            findings::misreporting,
        ))
        .into_boxed();
    if let Scope::Units(units) = scope {
        query = query.filter(findings::unit_id.eq_any(units.clone()));
    }
    let rows: Vec<Found> = query.load(conn)?;
    let fact = |(unit_id, finding_id, focus_item, severity, misreporting)| {
        (unit_id, MisreportedFinding { finding_id, focus_item, severity, misreporting })
    };
    Ok(rows.into_iter().map(fact).collect())
}

fn orders(
    conn: &mut DbConnection,
    campaign_id: Id,
    scope: &Scope,
    today: Date,
) -> StoreResult<Vec<(Id, OrderOfConcern)>> {
    type Ordered = (Id, Id, Id, Option<String>, RectificationStatus, Date, i32, i32);
    let mut query = rectifications::table
        .filter(rectifications::campaign_id.eq(campaign_id))
        .order(rectifications::id)
        .select((
            rectifications::unit_id,
            rectifications::id,
            rectifications::finding_id,
            rectifications::number,
            rectifications::status,
            rectifications::due_on,
            rectifications::times_returned,
            rectifications::times_reopened,
        ))
        .into_boxed();
    if let Scope::Units(units) = scope {
        query = query.filter(rectifications::unit_id.eq_any(units.clone()));
    }
    let rows: Vec<Ordered> = query.load(conn)?;
    let concern = |row: Ordered| {
        let (unit_id, rectification_id, finding_id, number, status, due_on, times_returned, times_reopened) =
            row;
        let order = OrderOfConcern {
            rectification_id,
            finding_id,
            number,
            status,
            due_on,
            overdue_days: 0,
            times_returned,
            times_reopened,
        };
        Some((unit_id, order.judged(today)?))
    };
    Ok(rows.into_iter().filter_map(concern).collect())
}
