//! Who is told of a visit: the unit and its inspectors, each inspector by name.

use diesel::prelude::*;

use crate::domain::campaign::{Campaign, CampaignMaterial};
use crate::domain::id::Id;
use crate::domain::notice_content::{Matter, VisitRef, VisitTime};
use crate::domain::visit::Visit;
use crate::store::campaign::WholeList;
use crate::store::notice::{Announcement, announce_to};
use crate::store::schema::{accounts, units};
use crate::store::{StoreResult, Write};

/// The visit is planned.
pub(super) fn planned(tx: &mut Write<'_>, campaign: &Campaign, visit: &Visit) -> StoreResult<()> {
    let matter =
        Matter::VisitPlanned { visit: reference(tx, campaign, visit)?, materials: materials(tx, campaign)? };
    tell(tx, campaign, visit, matter)
}

/// It is planned otherwise than before. Whoever is not on it any more is told that it is cancelled for them.
pub(super) fn changed(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    before: &Visit,
    visit: &Visit,
) -> StoreResult<()> {
    let reference = reference(tx, campaign, visit)?;
    let moved = before.content.planned_at != visit.content.planned_at;
    let matter = Matter::VisitChanged {
        visit: reference.clone(),
        before: moved.then(|| time(campaign, before)),
        materials: materials(tx, campaign)?,
    };
    tell(tx, campaign, visit, matter)?;
    let on_it = |id: &Id| visit.content.inspector_ids.contains(id);
    let gone: Vec<Id> = before.content.inspector_ids.iter().copied().filter(|id| !on_it(id)).collect();
    let matter = Matter::VisitCancelled { visit: reference, reason: None };
    announce_to(tx, &event(campaign, visit, matter), &[], &gone)
}

/// It does not take place.
pub(super) fn cancelled(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    visit: &Visit,
    reason: &str,
) -> StoreResult<()> {
    let matter =
        Matter::VisitCancelled { visit: reference(tx, campaign, visit)?, reason: Some(reason.to_owned()) };
    tell(tx, campaign, visit, matter)
}

fn tell(tx: &mut Write<'_>, campaign: &Campaign, visit: &Visit, matter: Matter) -> StoreResult<()> {
    let audiences = matter.kind().told_to();
    announce_to(tx, &event(campaign, visit, matter), audiences, &visit.content.inspector_ids)
}

fn event<'a>(campaign: &'a Campaign, visit: &Visit, matter: Matter) -> Announcement<'a> {
    Announcement { campaign, unit_id: visit.content.unit_id, record: ("visits", visit.id), matter }
}

fn time(campaign: &Campaign, visit: &Visit) -> VisitTime {
    let local = visit.content.planned_at.to_utc().with_timezone(&campaign.content.time_zone.0);
    VisitTime { on: visit.planned_on(campaign), at: local.time() }
}

fn reference(tx: &mut Write<'_>, campaign: &Campaign, visit: &Visit) -> StoreResult<VisitRef> {
    let ids = &visit.content.inspector_ids;
    let names: Vec<(Id, String)> = accounts::table
        .filter(accounts::id.eq_any(ids))
        .select((accounts::id, accounts::display_name))
        .load(tx.conn)?;
    let name = |id: &Id| names.iter().find(|(of, _)| of == id).map(|(_, name)| name.clone());
    let address = units::table.find(visit.content.unit_id).select(units::address).first(tx.conn)?;
    Ok(VisitRef {
        id: visit.id,
        sequence: visit.sequence,
        starts_at: visit.content.planned_at,
        time: time(campaign, visit),
        team: visit.content.team.clone(),
        inspectors: ids.iter().filter_map(name).collect(),
        address,
    })
}

fn materials(tx: &mut Write<'_>, campaign: &Campaign) -> StoreResult<Vec<String>> {
    let materials = CampaignMaterial::of(tx.conn, campaign.id)?;
    Ok(materials.into_iter().map(|material| material.title).collect())
}
