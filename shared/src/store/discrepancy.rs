//! Where units' own accounts and what was found on site differ.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::schema::{forms, inspection_items, self_checks};
use super::statistics::Scope;
use super::{Read, StoreResult, leader_office};
use crate::domain::answer::Answers;
use crate::domain::campaign::Campaign;
use crate::domain::discrepancy::{AnswersByUnit, Discrepancy, ItemFact, discrepancies};
use crate::domain::form::FormStatus;
use crate::domain::id::Id;
use crate::domain::inspection::ItemResult;
use crate::domain::rule_setting::Setting;
use crate::domain::self_check::SelfCheckStatus;

/// The differences of a campaign, of some units where any are named. They are few, and follow from all that is
/// entered, so that they have no pages.
pub fn list(read: &mut Read<'_>, campaign: &Campaign, unit_ids: &[Id]) -> StoreResult<Vec<Discrepancy>> {
    let answers = answers(read, campaign.id)?;
    let found = found(read, campaign.id)?;
    let offices = leader_office::of_campaign(read.conn, campaign.id, &Scope::Campaign)?;
    let offices: Vec<_> = offices.into_iter().map(|(_, office)| office).collect();
    let standards = leader_office::standards(read.conn)?;
    let tolerance = standards.tolerance(Setting::SelfCheckTolerance, campaign.today(read.now));
    let mut all = discrepancies(&answers, &found, &offices, tolerance);
    all.retain(|one| unit_ids.is_empty() || unit_ids.contains(&one.unit_id));
    Ok(all)
}

/// What the units have handed in.
fn answers(read: &mut Read<'_>, campaign_id: Id) -> StoreResult<AnswersByUnit> {
    let rows: Vec<(Id, String)> = self_checks::table
        .filter(self_checks::campaign_id.eq(campaign_id))
        .filter(self_checks::status.eq_any([SelfCheckStatus::Submitted, SelfCheckStatus::Accepted]))
        .select((self_checks::unit_id, self_checks::answers))
        .load(read.conn)?;
    let results = |(unit_id, answers): (Id, String)| {
        let answers: Answers = serde_json::from_str(&answers)?;
        let results: BTreeMap<_, _> =
            answers.answers.into_iter().map(|(item, answer)| (item, answer.result)).collect();
        Ok((unit_id, results))
    };
    rows.into_iter().map(results).collect()
}

/// The problems on records that were put before their units.
fn found(read: &mut Read<'_>, campaign_id: Id) -> StoreResult<Vec<ItemFact>> {
    let rows = forms::table
        .inner_join(inspection_items::table.on(inspection_items::form_id.eq(forms::id)))
        .filter(forms::campaign_id.eq(campaign_id))
        .filter(forms::status.eq_any([FormStatus::Signing, FormStatus::Sealed]))
        .filter(inspection_items::result.eq(ItemResult::Found))
        .order((forms::id, inspection_items::position))
        .select((forms::unit_id, inspection_items::focus_item, forms::id, inspection_items::id))
        .load(read.conn)?;
    let fact = |(unit_id, focus_item, inspection_id, inspection_item_id)| ItemFact {
        unit_id,
        focus_item,
        inspection_id,
        inspection_item_id,
    };
    Ok(rows.into_iter().map(fact).collect())
}
