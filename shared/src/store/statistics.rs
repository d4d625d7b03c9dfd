//! The facts that statistics and reports count.

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;

use super::schema::{
    campaign_units, findings, rectification_measures, rectifications, self_checks, units, visits,
};
use super::{DbConnection, StoreResult, leader_office};
use crate::domain::actor::Actor;
use crate::domain::campaign::Campaign;
use crate::domain::date::Date;
use crate::domain::finding::{FindingStatus, Severity};
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::leader_office::{Assessment, LeaderOffice, Standards};
use crate::domain::measure::MeasureStatus;
use crate::domain::phase::Timing;
use crate::domain::rectification::RectificationStatus;
use crate::domain::self_check::SelfCheckStatus;
use crate::domain::statistics::{Facts, FindingFact, LeaderFact, MeasureFact, Measured, OrderFact, UnitFact};
use crate::domain::unit::UnitKind;
use crate::domain::visit::VisitStatus;

/// Whose facts are counted.
#[derive(Clone, Debug)]
pub enum Scope {
    /// The whole campaign.
    Campaign,
    /// These units.
    Units(Vec<Id>),
}

impl Scope {
    /// What this caller's figures are about.
    pub fn of(actor: &Actor) -> Self {
        if actor.sees_all_units() { Self::Campaign } else { Self::Units(actor.liaison_units()) }
    }

    /// Of what is in scope, only these units, where any are named.
    pub fn narrowed_to(self, unit_ids: Vec<Id>) -> Self {
        match self {
            scope if unit_ids.is_empty() => scope,
            Self::Campaign => Self::Units(unit_ids),
            Self::Units(units) => Self::Units(units.into_iter().filter(|id| unit_ids.contains(id)).collect()),
        }
    }
}

#[derive(Queryable)]
struct UnitRow {
    unit_id: Id,
    unit_kind: UnitKind,
    selected_for_visit: bool,
    self_check: Option<SelfCheckStatus>,
    own_due_on: Option<Date>,
    first_submitted_at: Option<Instant>,
    timing: Option<Timing>,
    visited: bool,
}

/// All facts of a campaign in a scope, by as many statements however large it is.
pub fn facts(conn: &mut DbConnection, campaign: &Campaign, scope: &Scope) -> StoreResult<Facts> {
    Ok(Facts {
        units: unit_facts(conn, campaign, scope)?,
        findings: finding_facts(conn, campaign, scope)?,
        leaders: leader_facts(conn, campaign, scope)?,
    })
}

/// Every unit in scope. One that was taken out of a running campaign keeps its excused self-check.
pub(super) fn unit_facts(
    conn: &mut DbConnection,
    campaign: &Campaign,
    scope: &Scope,
) -> StoreResult<Vec<UnitFact>> {
    let done = visits::table
        .filter(visits::campaign_id.eq(campaign_units::campaign_id))
        .filter(visits::unit_id.eq(campaign_units::unit_id))
        .filter(visits::status.eq(VisitStatus::Done));
    let mut query = campaign_units::table
        .inner_join(units::table.on(units::id.eq(campaign_units::unit_id)))
        .left_join(
            self_checks::table.on(self_checks::unit_id
                .eq(campaign_units::unit_id)
                .and(self_checks::campaign_id.eq(campaign_units::campaign_id))),
        )
        .filter(campaign_units::campaign_id.eq(campaign.id))
        .order(campaign_units::unit_id)
        .select((
            campaign_units::unit_id,
            units::kind,
            campaign_units::selected_for_visit,
            self_checks::status.nullable(),
            self_checks::due_on.nullable(),
            self_checks::first_submitted_at.nullable(),
            self_checks::timing.nullable(),
            exists(done),
        ))
        .into_boxed();
    if let Scope::Units(own) = scope {
        query = query.filter(campaign_units::unit_id.eq_any(own.clone()));
    }
    let rows: Vec<UnitRow> = query.load(conn)?;
    let zone = campaign.content.time_zone.0;
    let fact = |row: UnitRow| UnitFact {
        unit_id: row.unit_id,
        unit_kind: row.unit_kind,
        self_check: row.self_check.unwrap_or(SelfCheckStatus::NotStarted),
        self_check_due_on: campaign.self_check_due_on(row.own_due_on),
        first_submitted_on: row.first_submitted_at.map(|at| at.date_in(zone)),
        submitted_late: row.timing == Some(Timing::Late),
        selected_for_visit: row.selected_for_visit && row.self_check != Some(SelfCheckStatus::Excused),
        visited: row.visited,
    };
    Ok(rows.into_iter().map(fact).collect())
}

fn leader_facts(conn: &mut DbConnection, campaign: &Campaign, scope: &Scope) -> StoreResult<Vec<LeaderFact>> {
    let standards = leader_office::standards(conn)?;
    let offices = leader_office::of_campaign(conn, campaign.id, scope)?;
    let fact = |(unit_kind, office): (UnitKind, LeaderOffice)| LeaderFact {
        leader_office_id: office.id,
        unit_kind,
        selected: office.content.selected_for_measurement,
        measured: measured(&office, &standards).map(|(measured, _)| measured),
    };
    Ok(offices.into_iter().map(fact).collect())
}

/// How measured rooms are judged, by the limits of the day of measuring; none where they are not measured.
pub(super) fn measured(office: &LeaderOffice, standards: &Standards) -> Option<(Measured, Assessment)> {
    let judged = office.assessment(standards, office.content.measured_on?);
    let excess = judged.excess.unwrap_or_default();
    Some((Measured { verdict: judged.verdict, excess }, judged))
}

fn finding_facts(
    conn: &mut DbConnection,
    campaign: &Campaign,
    scope: &Scope,
) -> StoreResult<Vec<FindingFact>> {
    let mut query = findings::table
        .inner_join(units::table.on(units::id.eq(findings::unit_id)))
        .filter(findings::campaign_id.eq(campaign.id))
        .order(findings::id)
        .select((findings::id, units::kind, findings::focus_item, findings::severity, findings::status))
        .into_boxed();
    if let Scope::Units(own) = scope {
        query = query.filter(findings::unit_id.eq_any(own.clone()));
    }
    let rows: Vec<(Id, UnitKind, FocusItem, Severity, FindingStatus)> = query.load(conn)?;
    let mut orders = orders(conn, campaign)?;
    let fact = |(finding_id, unit_kind, focus_item, severity, status)| FindingFact {
        finding_id,
        unit_kind,
        focus_item,
        severity,
        status,
        order: orders.remove(&finding_id),
    };
    Ok(rows.into_iter().map(fact).collect())
}

/// The order in force of each finding: a withdrawn one is history, a drafted one no order yet.
fn orders(conn: &mut DbConnection, campaign: &Campaign) -> StoreResult<HashMap<Id, OrderFact>> {
    let rows: Vec<(Id, Id, MeasureStatus)> = rectification_measures::table
        .inner_join(rectifications::table.on(rectifications::id.eq(rectification_measures::rectification_id)))
        .filter(rectifications::campaign_id.eq(campaign.id))
        .order(rectification_measures::id)
        .select((
            rectification_measures::rectification_id,
            rectification_measures::id,
            rectification_measures::status,
        ))
        .load(conn)?;
    let mut measures: HashMap<Id, Vec<MeasureFact>> = HashMap::new();
    for (order_id, measure_id, status) in rows {
        measures.entry(order_id).or_default().push(MeasureFact { measure_id, status });
    }
    let rows: Vec<(Id, Id, RectificationStatus, Date)> = rectifications::table
        .filter(rectifications::campaign_id.eq(campaign.id))
        .order(rectifications::id)
        .select((
            rectifications::id,
            rectifications::finding_id,
            rectifications::status,
            rectifications::due_on,
        ))
        .load(conn)?;
    let in_force = rows.into_iter().filter(|(_, _, status, _)| status.is_in_force());
    // Of several the latest counts: a later one replaces the earlier in the map.
    Ok(in_force
        .map(|(id, finding_id, status, due_on)| {
            let measures = measures.remove(&id).unwrap_or_default();
            (finding_id, OrderFact { status, due_on, measures })
        })
        .collect())
}
