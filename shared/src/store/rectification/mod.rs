//! Rectifications, with their measures and progress.

mod part;
mod row;

use std::collections::BTreeMap;

use chrono::Datelike;
use diesel::dsl::not;
use diesel::prelude::*;
use serde_json::Value;

use super::audit::{self, Event};
use super::notice::{Announcement, announce};
use super::schema::{findings, rectifications};
use super::{
    Db, DbConnection, Read, StoreResult, Write, attachment, campaign, counter, escalation, finding, unit,
};
use crate::domain::actor::Actor;
use crate::domain::campaign::Campaign;
use crate::domain::date::Date;
use crate::domain::finding::Finding;
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::measure::{Measure, PlannedMeasure};
use crate::domain::page::{Listed, Page};
use crate::domain::reason::Reason;
use crate::domain::record::RecordKind;
use crate::domain::rectification::{
    Act, Done, ProgressEntry, Rectification, RectificationContent, RectificationStatus, RectificationVerb,
    Scene, Withdraw,
};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::text::TextEnum;
use crate::store::list::{any_of, load_page};
use crate::store::readable::Readable;

pub use part::{add_progress, change_measures, replace_measures};
use row::Row;

/// The kind of the record in audit events and attachments.
pub const KIND: RecordKind = RecordKind::Rectification;

/// What lists of rectifications are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub campaign_ids: Vec<Id>,
    pub unit_ids: Vec<Id>,
    pub finding_ids: Vec<Id>,
    pub statuses: Vec<RectificationStatus>,
    /// Only those that wait for their unit past the due date, each in its campaign's time zone.
    pub overdue: bool,
}

/// The rectifications that a caller may see: whoever works for the whole district all of them, a liaison
/// those of the own units that were issued, the discipline commission those that an escalation sent to it
/// rests on.
fn visible_to(actor: &Actor) -> rectifications::BoxedQuery<'static, Db> {
    let query = rectifications::table.into_boxed();
    if actor.sees_all_units() {
        return query;
    }
    let of_own_units = rectifications::unit_id
        .eq_any(actor.liaison_units())
        .and(rectifications::status.ne(RectificationStatus::Drafted));
    if actor.acts_for_discipline() {
        query.filter(
            of_own_units
                .or(rectifications::id.eq_any(escalation::discipline::rectifications_of_discipline!())),
        )
    } else {
        query.filter(of_own_units)
    }
}

/// The states in which the unit has something to do.
fn with_the_unit() -> Vec<RectificationStatus> {
    RectificationStatus::ALL.iter().copied().filter(|status| status.is_with_the_unit()).collect()
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<Rectification> {
    let row: Row =
        visible_to(actor).filter(rectifications::id.eq(id)).select(Row::as_select()).first(conn)?;
    let mut all = with_parts(conn, vec![row])?;
    Ok(all.pop().ok_or(Refusal::NotFound)?)
}

fn with_parts(conn: &mut DbConnection, rows: Vec<Row>) -> StoreResult<Vec<Rectification>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut measures = part::measures_of(conn, &ids)?;
    let mut progress = part::progress_of(conn, &ids)?;
    rows.into_iter()
        .map(|row| {
            let id = row.id;
            let measures = measures.extract_if(.., |(of, _)| *of == id).map(|(_, measure)| measure).collect();
            let progress = progress.extract_if(.., |(of, _)| *of == id).map(|(_, entry)| entry).collect();
            row.rectification(measures, progress)
        })
        .collect()
}

/// One rectification in the caller's scope, and its campaign.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<(Campaign, Rectification)> {
    let rectification = find(read.conn, read.actor, id)?;
    Ok((campaign::load(read.conn, rectification.campaign_id)?, rectification))
}

/// A rectification with what its rules read, all of it kept as it is until the write ends.
pub struct Locked {
    pub campaign: Campaign,
    pub finding: Finding,
    pub rectification: Rectification,
}

/// One rectification in the caller's scope, locked with its finding until the write ends.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<Locked> {
    let finding_id = find(tx.conn, tx.actor, id)?.content.finding_id;
    let (campaign, finding) = finding::lock(tx, finding_id)?;
    super::lock_row(tx.conn, "rectifications", id)?;
    Ok(Locked { campaign, finding, rectification: find(tx.conn, tx.actor, id)? })
}

/// The rectifications in the caller's scope.
pub fn list(
    read: &mut Read<'_>,
    filter: &Filter,
    page: &Page,
) -> StoreResult<Listed<(Campaign, Rectification)>> {
    let today = if filter.overdue { campaign::by_today(read.conn, read.now)? } else { BTreeMap::new() };
    let query = || {
        let mut query = visible_to(read.actor);
        any_of!(
            query,
            rectifications::campaign_id => filter.campaign_ids,
            rectifications::unit_id => filter.unit_ids,
            rectifications::finding_id => filter.finding_ids,
            rectifications::status => filter.statuses,
        );
        if filter.overdue {
            query = query.filter(rectifications::status.eq_any(with_the_unit()));
            for (date, campaigns) in &today {
                // In another campaign another day may have begun; each date rules its own campaigns.
                let its_own = rectifications::campaign_id.eq_any(campaigns.clone());
                query = query.filter(not(its_own.and(rectifications::due_on.ge(*date))));
            }
        }
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, rectifications::id, Row);
    let all = with_parts(read.conn, rows)?;
    let all = campaign::beside(read.conn, all, |rectification| rectification.campaign_id)?;
    Ok(page.cut(all, |(_, rectification)| rectification.id, total))
}

/// Those of the campaigns that have a rectification which is neither settled nor drafted, so that closing
/// them is a leader's decision.
pub fn with_unsettled(conn: &mut DbConnection, campaign_ids: &[Id]) -> StoreResult<Vec<Id>> {
    let unsettled = RectificationStatus::ALL.iter().copied().filter(|status| status.is_unsettled());
    Ok(rectifications::table
        .filter(rectifications::campaign_id.eq_any(campaign_ids))
        .filter(rectifications::status.eq_any(unsettled))
        .select(rectifications::campaign_id)
        .distinct()
        .load(conn)?)
}

/// An order that waits for its unit past its due date.
#[derive(Clone, Debug)]
pub struct Overdue {
    pub id: Id,
    pub unit_id: Id,
    pub number: Option<String>,
    pub due_on: Date,
    pub focus_item: FocusItem,
    pub description: String,
}

/// Overdue orders, most overdue first; and those of which nobody can tell, since they cannot be read, with the reason.
pub type OverdueOrders = (Vec<Overdue>, Vec<(Id, String)>);

/// The orders of a campaign that were due before a day and are still with their unit.
pub fn overdue(conn: &mut DbConnection, campaign_id: Id, today: Date) -> StoreResult<OverdueOrders> {
    type Found =
        (Id, Id, Option<String>, Readable<Date>, Readable<RectificationStatus>, Readable<FocusItem>, String);
    let of_a_state = rectifications::status
        .eq_any(with_the_unit())
        .or(rectifications::status.ne_all(RectificationStatus::ALL));
    // Text that is no date stands before or after all dates.
    let due = rectifications::due_on.lt(today).or(rectifications::due_on.gt(Date::LAST));
    let rows: Vec<Found> = rectifications::table
        .inner_join(findings::table.on(findings::id.eq(rectifications::finding_id)))
        .filter(rectifications::campaign_id.eq(campaign_id))
        .filter(of_a_state)
        .filter(due)
        .order((rectifications::due_on, rectifications::id))
        .select((
            rectifications::id,
            rectifications::unit_id,
            rectifications::number,
            rectifications::due_on,
            rectifications::status,
            findings::focus_item,
            findings::description,
        ))
        .load(conn)?;
    let (mut overdue, mut unreadable) = (Vec::new(), Vec::new());
    for (id, unit_id, number, due_on, status, focus_item, description) in rows {
        let mut reason = None;
        status.or_note("status", &mut reason);
        let due_on = due_on.or_note("due_on", &mut reason);
        let focus_item = focus_item.or_note("focus_item", &mut reason);
        match (reason, due_on, focus_item) {
            (None, Some(due_on), Some(focus_item)) => {
                overdue.push(Overdue { id, unit_id, number, due_on, focus_item, description });
            }
            (reason, ..) => unreadable.push((id, reason.unwrap_or_default())),
        }
    }
    Ok((overdue, unreadable))
}

/// Drafts an order for an open finding, which has no other active one.
///
/// # Errors
/// [`Refusal::IdTaken`]; [`Refusal::InUse`] where the finding is not open or another order of it is active;
/// what its content breaks.
pub fn create(
    tx: &mut Write<'_>,
    id: Id,
    finding: &Finding,
    content: RectificationContent,
) -> StoreResult<Rectification> {
    if super::exists(tx.conn, "rectifications", id)? {
        return Err(Refusal::IdTaken.into());
    }
    let of_finding = rectifications::table.filter(rectifications::finding_id.eq(finding.id));
    let others: Vec<RectificationStatus> = of_finding.select(rectifications::status).load(tx.conn)?;
    if !finding.status.can_be_ordered() || others.iter().any(|status| status.is_active()) {
        return Err(Refusal::InUse.into());
    }
    content.check()?;
    unit::check_active(tx.conn, finding.content.unit_id, "/finding_id")?;
    let rectification = Rectification::drafted(id, finding, content, tx.now);
    diesel::insert_into(rectifications::table).values(Row::of(&rectification)?).execute(tx.conn)?;
    record(tx, "create", &rectification, None, None, Some(snapshot(&rectification)?))?;
    Ok(rectification)
}

/// The next number of a campaign's orders, such as 连区办整改〔2023〕1号: counted by prefix and civil year.
pub fn next_number(tx: &mut Write<'_>, campaign: &Campaign) -> StoreResult<String> {
    let year = campaign.today(tx.now).naive().year().to_string();
    let prefix = &campaign.content.order_prefix;
    let number = counter::next(tx, &format!("rectification {prefix} {year}"))?;
    Ok(format!("{prefix}〔{year}〕{number}号"))
}

/// Changes a rectification, and its finding with it; `reason` where one was asked for.
pub fn update(
    tx: &mut Write<'_>,
    action: &str,
    locked: &Locked,
    after: Rectification,
    reason: Option<&str>,
) -> StoreResult<Rectification> {
    let rectification = write(tx, action, &locked.rectification, after, reason)?;
    finding::follow(tx, &locked.finding, rectification.status)?;
    Ok(rectification)
}

fn write(
    tx: &mut Write<'_>,
    action: &str,
    before: &Rectification,
    after: Rectification,
    reason: Option<&str>,
) -> StoreResult<Rectification> {
    let rectification = Rectification { version: before.version + 1, ..after };
    let row = Row::of(&rectification)?;
    diesel::update(rectifications::table.find(rectification.id)).set(row).execute(tx.conn)?;
    let (was, is) = (snapshot(before)?, snapshot(&rectification)?);
    record(tx, action, &rectification, reason, Some(was), Some(is))?;
    Ok(rectification)
}

/// Passes the orders of these findings, also those that have ended, to the successor of their unit, with both
/// units named.
pub(super) fn pass_on(tx: &mut Write<'_>, finding_ids: &[Id], to: Id, reason: &str) -> StoreResult<()> {
    let of_findings = rectifications::table.filter(rectifications::finding_id.eq_any(finding_ids));
    let rows = of_findings.order(rectifications::id).select(Row::as_select()).load(tx.conn)?;
    for before in with_parts(tx.conn, rows)? {
        let former_unit_id = before.former_unit_id.or(Some(before.unit_id));
        let after = Rectification { unit_id: to, former_unit_id, ..before.clone() };
        attachment::pass_on(tx, KIND, before.id, to)?;
        write(tx, "pass-on", &before, after, Some(reason))?;
    }
    Ok(())
}

/// What every verb leaves behind: the change with its audit event, the finding that follows, and what the
/// unit is told.
pub fn conclude(
    tx: &mut Write<'_>,
    verb: RectificationVerb,
    locked: &Locked,
    done: Done,
) -> StoreResult<Rectification> {
    let Done { after, reason, matter } = done;
    let after = after.without_moot_request(&locked.rectification);
    let rectification = update(tx, verb.as_str(), locked, after, reason.as_deref())?;
    if let Some(matter) = matter {
        let (campaign, record) = (&locked.campaign, ("rectifications", rectification.id));
        announce(tx, &Announcement { campaign, unit_id: rectification.unit_id, record, matter })?;
    }
    Ok(rectification)
}

/// Takes back what is ordered for a finding that is none, and deletes what is drafted for it.
pub fn withdraw_with_finding(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    finding: &Finding,
    reason: &Reason,
) -> StoreResult<()> {
    let active = RectificationStatus::ALL.iter().copied().filter(|status| status.is_active());
    let id: Option<Id> = rectifications::table
        .filter(rectifications::finding_id.eq(finding.id))
        .filter(rectifications::status.eq_any(active))
        .select(rectifications::id)
        .first(tx.conn)
        .optional()?;
    let Some(id) = id else { return Ok(()) };
    super::lock_row(tx.conn, "rectifications", id)?;
    let rectification = find(tx.conn, tx.actor, id)?;
    if rectification.status == RectificationStatus::Drafted {
        return delete(tx, &rectification);
    }
    let next = Rectification { status: RectificationStatus::Withdrawn, ..rectification.clone() };
    let scene = Scene { finding, actor: tx.actor, now: tx.now, today: campaign.today(tx.now) };
    let done = Withdraw(reason.clone()).act(next, &scene)?;
    let (campaign, finding) = (campaign.clone(), finding.clone());
    conclude(tx, RectificationVerb::Withdraw, &Locked { campaign, finding, rectification }, done)?;
    Ok(())
}

/// Deletes a draft.
///
/// # Errors
/// [`Refusal::InUse`] for anything else.
pub fn delete(tx: &mut Write<'_>, rectification: &Rectification) -> StoreResult<()> {
    if rectification.status != RectificationStatus::Drafted {
        return Err(Refusal::InUse.into());
    }
    diesel::delete(rectifications::table.find(rectification.id)).execute(tx.conn)?;
    record(tx, "delete", rectification, None, Some(snapshot(rectification)?), None)
}

fn snapshot(rectification: &Rectification) -> StoreResult<Value> {
    Ok(serde_json::json!({
        "status": rectification.status,
        "number": rectification.number,
        "approval": serde_json::to_value(&rectification.approval)?,
        "content": serde_json::to_value(&rectification.content)?,
        "goal": rectification.goal,
        "measures": serde_json::to_value(&rectification.measures)?,
        "evidence": serde_json::to_value(&rectification.evidence)?,
        "entered_for_unit": rectification.entered_for_unit,
        "close_opinion": rectification.close_opinion,
        "own_unit_allowed": rectification.own_unit_allowed,
        "deferral": serde_json::to_value(&rectification.deferral)?,
        "extension_request": serde_json::to_value(&rectification.extension_request)?,
        "extensions": serde_json::to_value(&rectification.extensions)?,
    }))
}

/// The event is in the scope of the unit only where the rectification is: a draft is not.
fn record(
    tx: &mut Write<'_>,
    action: &str,
    rectification: &Rectification,
    reason: Option<&str>,
    before: Option<Value>,
    after: Option<Value>,
) -> StoreResult<()> {
    let event = Event {
        action,
        record_kind: KIND,
        record_id: rectification.id,
        unit_id: (rectification.status != RectificationStatus::Drafted).then_some(rectification.unit_id),
        campaign_id: Some(rectification.campaign_id),
        reason,
        before,
        after,
    };
    audit::record(tx, event)
}
