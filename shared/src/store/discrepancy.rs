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

/// The differences of the units in a scope. They are few, and follow from all that is entered, so that they have no
/// pages.
pub fn list(read: &mut Read<'_>, campaign: &Campaign, scope: &Scope) -> StoreResult<Vec<Discrepancy>> {
    let answers = answers(read, campaign.id, scope)?;
    let found = found(read, campaign.id, scope)?;
    let offices = leader_office::of_campaign(read.conn, campaign.id, scope)?;
    let offices: Vec<_> = offices.into_iter().map(|(_, office)| office).collect();
    let standards = leader_office::standards(read.conn)?;
    let tolerance = standards.tolerance(Setting::SelfCheckTolerance, campaign.today(read.now));
    Ok(discrepancies(&answers, &found, &offices, tolerance))
}

/// What the units have handed in.
fn answers(read: &mut Read<'_>, campaign_id: Id, scope: &Scope) -> StoreResult<AnswersByUnit> {
    let mut query = self_checks::table
        .filter(self_checks::campaign_id.eq(campaign_id))
        .filter(self_checks::status.eq_any([SelfCheckStatus::Submitted, SelfCheckStatus::Accepted]))
        .select((self_checks::unit_id, self_checks::answers))
        .into_boxed();
    if let Scope::Units(units) = scope {
        query = query.filter(self_checks::unit_id.eq_any(units.clone()));
    }
    let rows: Vec<(Id, String)> = query.load(read.conn)?;
    let results = |(unit_id, answers): (Id, String)| {
        let answers: Answers = serde_json::from_str(&answers)?;
        let results: BTreeMap<_, _> =
            answers.answers.into_iter().map(|(item, answer)| (item, answer.result)).collect();
        Ok((unit_id, results))
    };
    rows.into_iter().map(results).collect()
}

/// The problems on records that were put before their units.
fn found(read: &mut Read<'_>, campaign_id: Id, scope: &Scope) -> StoreResult<Vec<ItemFact>> {
    let mut query = forms::table
        .inner_join(inspection_items::table.on(inspection_items::form_id.eq(forms::id)))
        .filter(forms::campaign_id.eq(campaign_id))
        .filter(forms::status.eq_any([FormStatus::Signing, FormStatus::Sealed]))
        .filter(inspection_items::result.eq(ItemResult::Found))
        .order((forms::id, inspection_items::position))
        .select((forms::unit_id, inspection_items::focus_item, forms::id, inspection_items::id))
        .into_boxed();
    if let Scope::Units(units) = scope {
        query = query.filter(forms::unit_id.eq_any(units.clone()));
    }
    let rows = query.load(read.conn)?;
    let fact = |(unit_id, focus_item, inspection_id, inspection_item_id)| ItemFact {
        unit_id,
        focus_item,
        inspection_id,
        inspection_item_id,
    };
    Ok(rows.into_iter().map(fact).collect())
}
