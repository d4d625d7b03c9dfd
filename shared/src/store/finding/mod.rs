//! Findings.

mod put_right;
mod row;

use diesel::prelude::*;
use serde_json::Value;

pub use put_right::is_put_right;
use row::Row;

use super::audit::{self, Event};
use super::list::{any_of, load_page};
use super::schema::{findings, rectifications};
use super::{
    Db, DbConnection, Read, StoreError, StoreResult, Write, attachment, campaign, escalation, self_check,
    unit,
};
use crate::domain::actor::Actor;
use crate::domain::answer::Answer;
use crate::domain::attachment::LinkedTo;
use crate::domain::campaign::Campaign;
use crate::domain::finding::{Finding, FindingContent, FindingSource, FindingStatus, Misreporting, Severity};
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::page::{Listed, Page};
use crate::domain::record::RecordKind;
use crate::domain::rectification::RectificationStatus;
use crate::domain::refusal::Refusal;

/// The kind of the record in audit events and attachments.
pub const KIND: RecordKind = RecordKind::Finding;

/// What lists of findings are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub campaign_ids: Vec<Id>,
    pub unit_ids: Vec<Id>,
    pub statuses: Vec<FindingStatus>,
    pub leader_office_ids: Vec<Id>,
    pub focus_items: Vec<FocusItem>,
    pub severities: Vec<Severity>,
    pub sources: Vec<FindingSource>,
    pub inspection_ids: Vec<Id>,
}

/// The findings that a caller may see: whoever works for the whole district all of them, a liaison those of
/// the own units that were confirmed, whatever became of them, the discipline commission those that an
/// escalation sent to it rests on.
fn visible_to(actor: &Actor) -> findings::BoxedQuery<'static, Db> {
    let query = findings::table.into_boxed();
    if actor.sees_all_units() {
        return query;
    }
    let of_own_units =
        findings::unit_id.eq_any(actor.liaison_units()).and(findings::confirmed_at.is_not_null());
    if actor.acts_for_discipline() {
        query.filter(of_own_units.or(findings::id.eq_any(escalation::discipline::findings_of_discipline!())))
    } else {
        query.filter(of_own_units)
    }
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<Finding> {
    let row: Row = visible_to(actor).filter(findings::id.eq(id)).select(Row::as_select()).first(conn)?;
    let mut all = with_drafts(conn, vec![row])?;
    Ok(all.pop().ok_or(Refusal::NotFound)?)
}

/// The findings of these rows, each with whether an order for it is drafted.
fn with_drafts(conn: &mut DbConnection, rows: Vec<Row>) -> StoreResult<Vec<Finding>> {
    let drafted: Vec<Id> = rectifications::table
        .filter(rectifications::finding_id.eq_any(rows.iter().map(|row| row.id)))
        .filter(rectifications::status.eq(RectificationStatus::Drafted))
        .select(rectifications::finding_id)
        .load(conn)?;
    rows.into_iter()
        .map(|row| {
            let order_drafted = drafted.contains(&row.id);
            row.finding(order_drafted)
        })
        .collect()
}

/// One finding in the caller's scope, and its campaign.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<(Campaign, Finding)> {
    let finding = find(read.conn, read.actor, id)?;
    Ok((campaign::load(read.conn, finding.content.campaign_id)?, finding))
}

/// One finding in the caller's scope, locked until the write ends, and its campaign, held as it is.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<(Campaign, Finding)> {
    let campaign_id = find(tx.conn, tx.actor, id)?.content.campaign_id;
    let campaign = campaign::keep(tx, campaign_id)?;
    super::lock_row(tx.conn, "findings", id)?;
    Ok((campaign, find(tx.conn, tx.actor, id)?))
}

/// Another finding in the caller's scope, kept as it is until the write ends; `None` where there is none.
pub fn hold_other(tx: &mut Write<'_>, id: Id) -> StoreResult<Option<Finding>> {
    super::share_row(tx.conn, "findings", id)?;
    match find(tx.conn, tx.actor, id) {
        Ok(finding) => Ok(Some(finding)),
        Err(StoreError::Refused(Refusal::NotFound)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The findings in the caller's scope.
pub fn list(read: &mut Read<'_>, filter: &Filter, page: &Page) -> StoreResult<Listed<(Campaign, Finding)>> {
    let query = || {
        let mut query = visible_to(read.actor);
        any_of!(
            query,
            findings::campaign_id => filter.campaign_ids,
            findings::unit_id => filter.unit_ids,
            findings::status => filter.statuses,
            findings::leader_office_id => filter.leader_office_ids,
            findings::inspection_id => filter.inspection_ids,
            findings::focus_item => filter.focus_items,
            findings::severity => filter.severities,
            findings::source => filter.sources,
        );
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, findings::id, Row);
    let findings = with_drafts(read.conn, rows)?;
    let all = campaign::beside(read.conn, findings, |finding| finding.content.campaign_id)?;
    Ok(page.cut(all, |(_, finding)| finding.id, total))
}

/// Enters a finding as a draft.
///
/// # Errors
/// [`Refusal::IdTaken`].
pub fn create(tx: &mut Write<'_>, id: Id, content: FindingContent) -> StoreResult<Finding> {
    if super::exists(tx.conn, "findings", id)? {
        return Err(Refusal::IdTaken.into());
    }
    let draft = Finding::entered(id, FindingStatus::Draft, content, tx.now);
    let finding = Finding { created_by: tx.actor.account_id, ..draft };
    insert(tx, &finding)?;
    Ok(finding)
}

fn insert(tx: &mut Write<'_>, finding: &Finding) -> StoreResult<()> {
    diesel::insert_into(findings::table).values(Row::of(finding)?).execute(tx.conn)?;
    record(tx, "create", finding, None, (None, Some(snapshot(finding)?)))
}

/// Makes findings of the problems that an accepted self-check reports: one per focus item, never twice. Where
/// the unit went into another meanwhile, they are the successor's.
pub fn create_from_self_check(
    tx: &mut Write<'_>,
    campaign_id: Id,
    unit_id: Id,
    self_check_id: Id,
    problems: &[(FocusItem, &Answer)],
) -> StoreResult<()> {
    let of_self_check = findings::table.filter(findings::self_check_id.eq(self_check_id));
    let heir = unit::heir(tx.conn, unit_id)?;
    let existing: Vec<FocusItem> = of_self_check.select(findings::focus_item).load(tx.conn)?;
    for (focus_item, answer) in problems.iter().filter(|(item, _)| !existing.contains(item)) {
        let content = FindingContent {
            campaign_id,
            unit_id: heir,
            focus_item: *focus_item,
            source: FindingSource::SelfCheck,
            severity: Severity::General,
            description: answer.description.clone().unwrap_or_default(),
            handling_opinion: None,
            misreporting: Misreporting::None,
            misreporting_serious: false,
            leader_office_id: None,
            inspection_id: None,
            inspection_item_id: None,
        };
        let open = Finding::entered(Id::new(), FindingStatus::Open, content, tx.now);
        let former_unit_id = (heir != unit_id).then_some(unit_id);
        let finding = Finding { self_check_id: Some(self_check_id), former_unit_id, ..open };
        insert(tx, &finding)?;
    }
    Ok(())
}

/// Changes a finding; `reason` where one was asked for.
pub fn update(
    tx: &mut Write<'_>,
    action: &str,
    before: &Finding,
    after: Finding,
    reason: Option<&str>,
) -> StoreResult<Finding> {
    let finding = Finding { version: before.version + 1, ..after };
    diesel::update(findings::table.find(finding.id)).set(Row::of(&finding)?).execute(tx.conn)?;
    record(tx, action, &finding, reason, (Some(snapshot(before)?), Some(snapshot(&finding)?)))?;
    Ok(finding)
}

/// Passes what is not settled of a unit that went into another to the successor, with both units named, and
/// answers which findings those are.
pub(super) fn pass_on(tx: &mut Write<'_>, campaign_id: Id, from: Id, to: Id) -> StoreResult<Vec<Id>> {
    let unsettled = [FindingStatus::Draft, FindingStatus::Open, FindingStatus::Rectifying];
    let rows: Vec<Row> = findings::table
        .filter(findings::campaign_id.eq(campaign_id))
        .filter(findings::unit_id.eq(from))
        .filter(findings::status.eq_any(unsettled))
        .order(findings::id)
        .select(Row::as_select())
        .load(tx.conn)?;
    let mut passed = Vec::new();
    for before in with_drafts(tx.conn, rows)? {
        let mut after = before.clone();
        after.content.unit_id = to;
        after.former_unit_id = before.former_unit_id.or(Some(from));
        attachment::pass_on(tx, KIND, before.id, to)?;
        update(tx, "pass-on", &before, after, None)?;
        passed.push(before.id);
    }
    Ok(passed)
}

/// Lets the findings that rest on a void record rest on the one in its place. What was written on its items is
/// written anew, so that they rest on the record as a whole.
pub(super) fn move_to_record(tx: &mut Write<'_>, from: Id, to: Id) -> StoreResult<()> {
    let resting = || findings::table.filter(findings::inspection_id.eq(from)).order(findings::id);
    let ids: Vec<Id> = resting().select(findings::id).load(tx.conn)?;
    for id in ids {
        super::lock_row(tx.conn, "findings", id)?;
    }
    // Read once they are held: what somebody else has just changed of them stays.
    let held: Vec<Row> = resting().select(Row::as_select()).load(tx.conn)?;
    for before in with_drafts(tx.conn, held)? {
        let content =
            FindingContent { inspection_id: Some(to), inspection_item_id: None, ..before.content.clone() };
        update(tx, "move-to-record", &before, Finding { content, ..before.clone() }, None)?;
    }
    Ok(())
}

/// Leads a finding where its order's state leads it.
pub(super) fn follow(tx: &mut Write<'_>, finding: &Finding, order: RectificationStatus) -> StoreResult<()> {
    let status = finding.status.following(order);
    if status != finding.status {
        update(tx, "follow", finding, Finding { status, ..finding.clone() }, None)?;
    }
    Ok(())
}

/// Deletes a draft that nothing refers to.
///
/// # Errors
/// [`Refusal::InUse`] for anything else.
pub fn delete(tx: &mut Write<'_>, finding: &Finding) -> StoreResult<()> {
    let orders = rectifications::table.filter(rectifications::finding_id.eq(finding.id)).count();
    if finding.status != FindingStatus::Draft || orders.get_result::<i64>(tx.conn)? > 0 {
        return Err(Refusal::InUse.into());
    }
    diesel::delete(findings::table.find(finding.id)).execute(tx.conn)?;
    record(tx, "delete", finding, None, (Some(snapshot(finding)?), None))
}

/// Links what shows that it was put right. Papers of the self-check that reported it stay the self-check's.
///
/// # Errors
/// [`Code::AttachmentUnknown`] at its pointer for each that is none of the caller's nor of these records.
pub fn link_evidence(tx: &mut Write<'_>, finding: &Finding, ids: &[Id]) -> StoreResult<()> {
    let reported = match finding.self_check_id {
        Some(self_check_id) => attachment::of_record(tx.conn, self_check::KIND, self_check_id)?,
        None => Vec::new(),
    };
    let new = ids.iter().enumerate().filter(|(_, id)| !reported.contains(id));
    let named: Vec<_> = new.map(|(index, id)| (format!("/attachment_ids/{index}"), *id)).collect();
    let target = LinkedTo {
        record_kind: KIND,
        record_id: finding.id,
        unit_id: Some(finding.content.unit_id),
        campaign_id: Some(finding.content.campaign_id),
    };
    attachment::link_each(tx, &named, &target)
}

fn snapshot(finding: &Finding) -> StoreResult<Value> {
    Ok(serde_json::json!({
        "status": finding.status,
        "content": serde_json::to_value(&finding.content)?,
        "merged_into": finding.merged_into,
        "close_opinion": finding.close_opinion,
        "own_unit_allowed": finding.own_unit_allowed,
        "attachment_ids": finding.attachment_ids,
    }))
}

/// The event is in the scope of the unit only where the finding is: before it is confirmed it is not.
fn record(
    tx: &mut Write<'_>,
    action: &str,
    finding: &Finding,
    reason: Option<&str>,
    (before, after): (Option<Value>, Option<Value>),
) -> StoreResult<()> {
    let event = Event {
        action,
        record_kind: KIND,
        record_id: finding.id,
        unit_id: finding.confirmed_at.map(|_| finding.content.unit_id),
        campaign_id: Some(finding.content.campaign_id),
        reason,
        before,
        after,
    };
    audit::record(tx, event)
}
