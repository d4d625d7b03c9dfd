//! How a campaign is opened, closed and opened again.

use diesel::prelude::*;

use super::{WholeList, document, scope, update};
use crate::domain::campaign::{Campaign, CampaignFocusItem, CampaignStatus, ScopeUnit, Warning, WarningKind};
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::notice::Audience;
use crate::domain::notice_content::Matter;
use crate::domain::phase::{Phase, PhaseKind};
use crate::domain::unit::StandardClass;
use crate::store::notice::{Announcement, Directory, announce};
use crate::store::schema::{campaign_units, units};
use crate::store::{DbConnection, StoreResult, Write, area_standard, self_check};

/// Opens a draft: a self-check for each unit in scope, and the opening notices.
///
/// # Errors
/// All that the plan still lacks.
pub fn open(tx: &mut Write<'_>, before: &Campaign) -> StoreResult<Campaign> {
    let units = scope::units(tx.conn, before.id)?;
    let focus_items = CampaignFocusItem::of(tx.conn, before.id)?;
    before.check_ready(units.len(), focus_items.len())?;
    let after = Campaign { status: CampaignStatus::Open, opened_at: Some(tx.now), ..before.clone() };
    let campaign = update(tx, "open", before, after, None)?;
    let units: Vec<ScopeUnit> = units.iter().map(|entry| entry.unit).collect();
    let due: Vec<_> = units.iter().map(|unit| (unit.unit_id, unit.self_check_due_on)).collect();
    self_check::create_for_units(tx, campaign.id, &due)?;
    announce_opening(tx, &campaign, &units)?;
    Ok(campaign)
}

/// Tells units that the campaign was opened: all of them at the opening, later one that is added.
pub(super) fn announce_opening(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    units: &[ScopeUnit],
) -> StoreResult<()> {
    let documents = document::documents(tx.conn, campaign.id)?;
    let documents: Vec<String> = documents.into_iter().map(|document| document.content.title).collect();
    for unit in units {
        let matter = Matter::CampaignOpened {
            phases: campaign.content.phases.clone(),
            self_check_due_on: campaign.self_check_due_on(unit.self_check_due_on),
            documents: documents.clone(),
        };
        let record = ("campaigns", campaign.id);
        announce(tx, &Announcement { campaign, unit_id: unit.unit_id, record, matter })?;
    }
    Ok(())
}

/// Tells the units concerned that a phase has other dates: those that take part, of the visits those that
/// are visited.
pub(super) fn announce_change(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    (before, after): (Phase, Phase),
    reason: &str,
) -> StoreResult<()> {
    let units = scope::units(tx.conn, campaign.id)?;
    for entry in units.iter().filter(|entry| entry.takes_part()) {
        if after.kind == PhaseKind::OnSite && !entry.unit.selected_for_visit {
            continue;
        }
        let matter = Matter::ScheduleChanged {
            before,
            after,
            reason: reason.to_owned(),
            own_due_on: entry.unit.self_check_due_on,
        };
        let record = ("campaigns", campaign.id);
        announce(tx, &Announcement { campaign, unit_id: entry.unit.unit_id, record, matter })?;
    }
    Ok(())
}

/// Ends an open campaign; with the reason where a leader gave one.
pub fn close(tx: &mut Write<'_>, before: &Campaign, reason: Option<&str>) -> StoreResult<Campaign> {
    let after = Campaign { status: CampaignStatus::Closed, closed_at: Some(tx.now), ..before.clone() };
    update(tx, "close", before, after, reason)
}

/// Takes a closed campaign up again.
pub fn reopen(tx: &mut Write<'_>, before: &Campaign, reason: &str) -> StoreResult<Campaign> {
    let after = Campaign { status: CampaignStatus::Open, closed_at: None, ..before.clone() };
    update(tx, "reopen", before, after, Some(reason))
}

/// What hinders a campaign at its units: nobody there has an address, or no area limit is configured for
/// their class on the day. The standard leaves the limits of townships to the province (R02).
pub fn warnings(conn: &mut DbConnection, campaign_id: Id, today: Date) -> StoreResult<Vec<Warning>> {
    let in_scope: Vec<(Id, String, StandardClass)> = campaign_units::table
        .inner_join(units::table.on(units::id.eq(campaign_units::unit_id)))
        .filter(campaign_units::campaign_id.eq(campaign_id))
        .order(units::id)
        .select((units::id, units::name, units::standard_class))
        .load(conn)?;
    let configured = area_standard::configured(conn, today)?;
    let ids: Vec<Id> = in_scope.iter().map(|(id, ..)| *id).collect();
    let directory = Directory::of(conn, &ids)?;
    let mut warnings = Vec::new();
    for (unit_id, unit_name, class) in in_scope {
        let recipients = directory.recipients(Audience::Unit, unit_id);
        let reached = recipients.iter().any(|recipient| recipient.address.is_some());
        let found = [
            (!reached).then_some(WarningKind::NoAddress),
            (!configured.contains(&class)).then_some(WarningKind::NoLimit),
        ];
        let warning = |kind| Warning { kind, unit_id, unit_name: unit_name.clone() };
        warnings.extend(found.into_iter().flatten().map(warning));
    }
    Ok(warnings)
}
