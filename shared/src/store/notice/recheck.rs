//! A last look before a notice's first attempt: does its reason still hold, and is its recipient still in
//! charge?

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{Directory, directory, person};
use crate::domain::campaign::Campaign;
use crate::domain::date::Date;
use crate::domain::escalation::EscalationStatus;
use crate::domain::id::Id;
use crate::domain::notice::{About, Audience, Notice, Overtaken, Recipient};
use crate::domain::notice_content::{Matter, NoticeContent};
use crate::domain::rectification::RectificationStatus;
use crate::domain::self_check::SelfCheckStatus;
use crate::domain::visit::VisitStatus;
use crate::store::schema::{escalations, notice_items, notices, rectifications, self_checks, visits};
use crate::store::{StoreResult, Write, campaign, scan};

/// What becomes of the notice.
pub(super) enum Verdict {
    /// It goes, to its recipient of now and with what still holds.
    Goes,
    /// Nobody of its audience has an address.
    Undeliverable,
    /// It is cancelled for this.
    Overtaken(Overtaken),
}

/// Looks again, and brings the notice up to date.
pub(super) fn recheck(
    tx: &mut Write<'_>,
    notice: &mut Notice,
    about: About,
    content: &mut NoticeContent,
    event_key: &str,
    recipient: &str,
) -> StoreResult<Verdict> {
    let Some(campaign_id) = notice.campaign_id else { return person::recheck(tx, notice, about) };
    let campaign = campaign::load(tx.conn, campaign_id)?;
    let overtaken = if about.kind.is_scanned() {
        scanned(tx, notice.id, about, content, &campaign)?
    } else {
        event(tx, notice.id, about, &content.matter, &campaign, recipient)?
    };
    match overtaken {
        Some(by) => Ok(Verdict::Overtaken(by)),
        None => addressee(tx, notice, about, event_key, recipient),
    }
}

/// Leaves out what is overdue no longer; without anything left the notice is overtaken.
fn scanned(
    tx: &mut Write<'_>,
    notice_id: Id,
    about: About,
    content: &mut NoticeContent,
    campaign: &Campaign,
) -> StoreResult<Option<Overtaken>> {
    if campaign.is_closed() {
        return Ok(Some(Overtaken::CampaignClosed));
    }
    let told: Vec<(Id, Date)> = notice_items::table
        .filter(notice_items::notice_id.eq(notice_id))
        .select((notice_items::record_id, notice_items::due_on))
        .load(tx.conn)?;
    let kind = about.kind;
    // What cannot be read is not known to be overdue: it is not told.
    let (overdue, _) = scan::overdue(tx.conn, campaign, kind, campaign.today(tx.now))?;
    let mut kept: Vec<_> =
        overdue.iter().filter(|item| told.contains(&(item.record_id, item.due_on))).collect();
    kept.sort_by_key(|item| (item.due_on, item.record_id));
    if kept.is_empty() {
        let still_overdue = overdue.iter().any(|item| told.iter().any(|(id, _)| *id == item.record_id));
        return Ok(Some(if still_overdue { Overtaken::Redated } else { Overtaken::Settled }));
    }
    if kept.len() < told.len() {
        for (record_id, _) in told {
            if kept.iter().all(|item| item.record_id != record_id) {
                diesel::delete(notice_items::table.find((notice_id, record_id))).execute(tx.conn)?;
            }
        }
        *content = scan::content(campaign, kind, about.audience, &kept, content.written_on);
        diesel::update(notices::table.find(notice_id))
            .set(notices::content.eq(serde_json::to_string(content)?))
            .execute(tx.conn)?;
    }
    Ok(None)
}

/// What overtook the notice of an event. What merely happened is told however late; what asks for
/// something is not, once that no longer holds.
fn event(
    tx: &mut Write<'_>,
    notice_id: Id,
    about: About,
    matter: &Matter,
    campaign: &Campaign,
    recipient: &str,
) -> StoreResult<Option<Overtaken>> {
    let overtaken = match matter {
        Matter::CampaignOpened { .. } if campaign.is_closed() => Some(Overtaken::CampaignClosed),
        Matter::ScheduleChanged { .. } if campaign.is_closed() => Some(Overtaken::CampaignClosed),
        Matter::ScheduleChanged { after, .. } => {
            let holds = campaign.phase(after.kind) == Some(after);
            (!holds).then_some(Overtaken::Replaced)
        }
        Matter::SelfCheckReturned { .. } => {
            let status: SelfCheckStatus =
                self_checks::table.find(about.record_id).select(self_checks::status).first(tx.conn)?;
            (status != SelfCheckStatus::Returned).then_some(Overtaken::Settled)
        }
        Matter::RectificationOrdered { due_on, .. } => match order(tx, about.record_id)? {
            (
                RectificationStatus::Closed | RectificationStatus::Deferred | RectificationStatus::Withdrawn,
                _,
            ) => Some(Overtaken::Settled),
            (_, now_due_on) => (now_due_on != *due_on).then_some(Overtaken::Redated),
        },
        Matter::RectificationReturned { due_on, .. } => {
            waits(tx, about.record_id, &[RectificationStatus::Returned], *due_on)?
        }
        Matter::RectificationReopened { due_on, .. } => {
            waits(tx, about.record_id, &[RectificationStatus::Reopened], *due_on)?
        }
        Matter::EscalationProposed { .. } => {
            (escalation(tx, about.record_id)? != EscalationStatus::Proposed).then_some(Overtaken::Settled)
        }
        Matter::EscalationSent { .. } => {
            (escalation(tx, about.record_id)? != EscalationStatus::Sent).then_some(Overtaken::Settled)
        }
        Matter::DeferralDecided { resumed_until: Some(due_on), .. } => {
            let states = RectificationStatus::WITH_THE_UNIT;
            waits(tx, about.record_id, states, *due_on)?
        }
        Matter::VisitPlanned { visit, .. } | Matter::VisitChanged { visit, .. } => {
            let (status, sequence): (VisitStatus, i32) = visits::table
                .find(about.record_id)
                .select((visits::status, visits::sequence))
                .first(tx.conn)?;
            match status {
                VisitStatus::Planned => (sequence != visit.sequence).then_some(Overtaken::Replaced),
                VisitStatus::Done | VisitStatus::Cancelled => Some(Overtaken::Settled),
            }
        }
        _ => None,
    };
    if overtaken.is_some() || !about.kind.is_replaced_by_the_next() {
        return Ok(overtaken);
    }
    let later: i64 = notices::table
        .filter(notices::kind.eq(about.kind))
        .filter(notices::record_id.eq(about.record_id))
        .filter(notices::recipient.eq(recipient))
        .filter(notices::id.gt(notice_id))
        .count()
        .get_result(tx.conn)?;
    Ok((later > 0).then_some(Overtaken::Replaced))
}

/// What overtook a notice that asks for something until a day, while the order is in one of these states.
fn waits(
    tx: &mut Write<'_>,
    id: Id,
    states: &[RectificationStatus],
    due_on: Date,
) -> StoreResult<Option<Overtaken>> {
    let (status, now_due_on) = order(tx, id)?;
    if !states.contains(&status) {
        return Ok(Some(Overtaken::Settled));
    }
    Ok((now_due_on != due_on).then_some(Overtaken::Redated))
}

fn escalation(tx: &mut Write<'_>, id: Id) -> StoreResult<EscalationStatus> {
    Ok(escalations::table.find(id).select(escalations::status).first(tx.conn)?)
}

/// The state of an order, and its last day.
fn order(tx: &mut Write<'_>, id: Id) -> StoreResult<(RectificationStatus, Date)> {
    Ok(rectifications::table
        .find(id)
        .select((rectifications::status, rectifications::due_on))
        .first(tx.conn)?)
}

/// Whether the recipient is still in charge. An event's notice passes to a successor who was not told of
/// it; the scan finds successors by itself.
fn addressee(
    tx: &mut Write<'_>,
    notice: &mut Notice,
    about: About,
    event_key: &str,
    recipient: &str,
) -> StoreResult<Verdict> {
    let in_charge = in_charge(tx, notice, about)?;
    if let Some(same) = in_charge.iter().find(|other| other.key() == recipient) {
        return Ok(if same.address.is_some() { Verdict::Goes } else { Verdict::Undeliverable });
    }
    if in_charge.iter().all(|other| other.address.is_none()) {
        return Ok(Verdict::Undeliverable);
    }
    if about.kind.is_scanned() {
        return Ok(Verdict::Overtaken(Overtaken::RecipientChanged));
    }
    let told: Vec<String> = notices::table
        .filter(notices::kind.eq(about.kind))
        .filter(notices::event_key.eq(event_key))
        .select(notices::recipient)
        .load(tx.conn)?;
    match in_charge.into_iter().find(|other| !told.contains(&other.key())) {
        Some(successor) => {
            redirect(tx, notice, &successor)?;
            Ok(Verdict::Goes)
        }
        None => Ok(Verdict::Overtaken(Overtaken::RecipientChanged)),
    }
}

/// Whoever the notice's audience is now.
fn in_charge(tx: &mut Write<'_>, notice: &Notice, about: About) -> StoreResult<Vec<Recipient>> {
    if about.audience.is_personal() {
        return directory::people(tx.conn, about.audience, notice.account_id.as_slice());
    }
    let mut units: BTreeSet<Id> = notice.unit_id.into_iter().collect();
    if units.is_empty() {
        let of_items = notice_items::table.filter(notice_items::notice_id.eq(notice.id));
        units.extend(of_items.select(notice_items::unit_id).load::<Id>(tx.conn)?);
    }
    let directory = Directory::of(tx.conn, &Vec::from_iter(units.iter().copied()))?;
    // A mail about several units may have been planned for the same address in several capacities.
    let audiences: &[Audience] = if about.kind.is_scanned() {
        &[Audience::Unit, Audience::UnitLeader, Audience::Coordinators]
    } else {
        std::slice::from_ref(&about.audience)
    };
    let of_unit = |unit_id: &Id| {
        let of = |&audience| directory.recipients(audience, *unit_id);
        audiences.iter().flat_map(of).collect::<Vec<_>>()
    };
    Ok(units.iter().flat_map(of_unit).collect())
}

/// Sends the notice to somebody else from now on.
pub(super) fn redirect(tx: &mut Write<'_>, notice: &mut Notice, to: &Recipient) -> StoreResult<()> {
    notice.account_id = to.account_id;
    notice.address.clone_from(&to.address);
    diesel::update(notices::table.find(notice.id))
        .set((
            notices::recipient.eq(to.key()),
            notices::account_id.eq(to.account_id),
            notices::address.eq(&to.address),
        ))
        .execute(tx.conn)?;
    Ok(())
}
