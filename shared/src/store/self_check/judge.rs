//! The office's judgement of a self-check: accepted, or sent back.

use super::update;
use crate::domain::answer::Answer;
use crate::domain::campaign::Campaign;
use crate::domain::date::Date;
use crate::domain::focus_item::FocusItem;
use crate::domain::notice_content::Matter;
use crate::domain::self_check::{SelfCheck, SelfCheckStatus};
use crate::store::notice::{Announcement, announce};
use crate::store::{StoreError, StoreResult, Write, finding};

/// Accepts a self-check: a finding arises from each problem that it reports, never twice, and the unit is
/// told.
pub fn accept(tx: &mut Write<'_>, campaign: &Campaign, before: &SelfCheck) -> StoreResult<SelfCheck> {
    let after = SelfCheck { status: SelfCheckStatus::Accepted, accepted_at: Some(tx.now), ..before.clone() };
    let check = update(tx, "accept", before, after, None)?;
    let problems: Vec<(FocusItem, &Answer)> = check.answers.problems().collect();
    finding::create_from_self_check(tx, campaign.id, check.unit_id, check.id, &problems)?;
    let first = check.first_submitted_at.ok_or_else(|| unsubmitted(&check))?;
    let matter = Matter::SelfCheckAccepted {
        submitted_on: campaign.today(first),
        late: check.is_late(),
        problems: u32::try_from(problems.len()).unwrap_or(u32::MAX),
    };
    tell(tx, campaign, &check, matter)?;
    Ok(check)
}

fn unsubmitted(check: &SelfCheck) -> StoreError {
    StoreError::Broken(format!("self-check {} is submitted without an instant", check.id))
}

/// Sends a self-check back with a reason, and with a last day of its own where one is given; the unit is
/// told.
pub fn send_back(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    before: &SelfCheck,
    reason: &str,
    due_on: Option<Date>,
) -> StoreResult<SelfCheck> {
    let after = SelfCheck {
        status: SelfCheckStatus::Returned,
        own_due_on: due_on.or(before.own_due_on),
        accepted_at: None,
        return_reason: Some(reason.to_owned()),
        ..before.clone()
    };
    let check = update(tx, "return", before, after, Some(reason))?;
    let matter = Matter::SelfCheckReturned { reason: reason.to_owned(), due_on: check.due_on(campaign) };
    tell(tx, campaign, &check, matter)?;
    Ok(check)
}

fn tell(tx: &mut Write<'_>, campaign: &Campaign, check: &SelfCheck, matter: Matter) -> StoreResult<()> {
    let record = ("self-checks", check.id);
    announce(tx, &Announcement { campaign, unit_id: check.unit_id, record, matter })
}
