//! Findings.

use diesel::prelude::*;
use serde_json::Value;

use super::audit::{self, Event};
use super::list::{any_of, load_page};
use super::schema::{findings, rectifications};
use super::{Db, DbConnection, Read, StoreResult, Write, attachment, campaign, unit};
use crate::domain::actor::Actor;
use crate::domain::answer::Answer;
use crate::domain::campaign::Campaign;
use crate::domain::finding::{Finding, FindingContent, FindingSource, FindingStatus, Misreporting, Severity};
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::page::{Listed, Page};
use crate::domain::rectification::RectificationStatus;
use crate::domain::refusal::Refusal;

/// The kind of the record in audit events and attachments.
pub const KIND: &str = "finding";

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = findings, treat_none_as_null = true)]
struct Row {
    id: Id,
    version: i64,
    campaign_id: Id,
    unit_id: Id,
    focus_item: FocusItem,
    source: FindingSource,
    severity: Severity,
    description: String,
    handling_opinion: Option<String>,
    misreporting: Misreporting,
    misreporting_serious: bool,
    status: FindingStatus,
    self_check_id: Option<Id>,
    former_unit_id: Option<Id>,
    leader_office_id: Option<Id>,
    created_by: Option<Id>,
    created_at: Instant,
    inspection_id: Option<Id>,
    inspection_item_id: Option<Id>,
}

impl Row {
    fn of(finding: &Finding) -> Self {
        let content = finding.content.clone();
        Self {
            id: finding.id,
            version: finding.version,
            campaign_id: content.campaign_id,
            unit_id: content.unit_id,
            focus_item: content.focus_item,
            source: content.source,
            severity: content.severity,
            description: content.description,
            handling_opinion: content.handling_opinion,
            misreporting: content.misreporting,
            misreporting_serious: content.misreporting_serious,
            status: finding.status,
            self_check_id: finding.self_check_id,
            former_unit_id: finding.former_unit_id,
            leader_office_id: content.leader_office_id,
            created_by: finding.created_by,
            created_at: finding.created_at,
            inspection_id: content.inspection_id,
            inspection_item_id: content.inspection_item_id,
        }
    }

    fn finding(self) -> Finding {
        Finding {
            id: self.id,
            version: self.version,
            status: self.status,
            content: FindingContent {
                campaign_id: self.campaign_id,
                unit_id: self.unit_id,
                focus_item: self.focus_item,
                source: self.source,
                severity: self.severity,
                description: self.description,
                handling_opinion: self.handling_opinion,
                misreporting: self.misreporting,
                misreporting_serious: self.misreporting_serious,
                leader_office_id: self.leader_office_id,
                inspection_id: self.inspection_id,
                inspection_item_id: self.inspection_item_id,
            },
            self_check_id: self.self_check_id,
            former_unit_id: self.former_unit_id,
            created_by: self.created_by,
            created_at: self.created_at,
        }
    }
}

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
/// the own units that are confirmed.
fn visible_to(actor: &Actor) -> findings::BoxedQuery<'static, Db> {
    let query = findings::table.into_boxed();
    if actor.sees_all_units() {
        query
    } else {
        query
            .filter(findings::unit_id.eq_any(actor.liaison_units()))
            .filter(findings::status.ne(FindingStatus::Draft))
    }
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<Finding> {
    let row: Row = visible_to(actor).filter(findings::id.eq(id)).select(Row::as_select()).first(conn)?;
    Ok(row.finding())
}

/// One finding in the caller's scope, and its campaign.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<(Campaign, Finding)> {
    let finding = find(read.conn, read.actor, id)?;
    Ok((campaign::load(read.conn, finding.content.campaign_id)?, finding))
}

/// One finding in the caller's scope, locked until the write ends, and its campaign, held as it is.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<(Campaign, Finding)> {
    let campaign_id = find(tx.conn, tx.actor, id)?.content.campaign_id;
    let campaign = campaign::hold(tx, campaign_id)?;
    super::lock_row(tx.conn, "findings", id)?;
    Ok((campaign, find(tx.conn, tx.actor, id)?))
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
    let findings: Vec<Finding> = rows.into_iter().map(Row::finding).collect();
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
    let finding = Finding {
        id,
        version: 1,
        status: FindingStatus::Draft,
        content,
        self_check_id: None,
        former_unit_id: None,
        created_by: tx.actor.account_id,
        created_at: tx.now,
    };
    insert(tx, &finding)?;
    Ok(finding)
}

fn insert(tx: &mut Write<'_>, finding: &Finding) -> StoreResult<()> {
    diesel::insert_into(findings::table).values(Row::of(finding)).execute(tx.conn)?;
    record(tx, "create", finding, None, Some(snapshot(finding)?))
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
        let finding = Finding {
            id: Id::new(),
            version: 1,
            status: FindingStatus::Open,
            content: FindingContent {
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
            },
            self_check_id: Some(self_check_id),
            former_unit_id: (heir != unit_id).then_some(unit_id),
            created_by: None,
            created_at: tx.now,
        };
        insert(tx, &finding)?;
    }
    Ok(())
}

/// Changes a finding.
pub fn update(tx: &mut Write<'_>, action: &str, before: &Finding, after: Finding) -> StoreResult<Finding> {
    let finding = Finding { version: before.version + 1, ..after };
    diesel::update(findings::table.find(finding.id)).set(Row::of(&finding)).execute(tx.conn)?;
    record(tx, action, &finding, Some(snapshot(before)?), Some(snapshot(&finding)?))?;
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
    for before in rows.into_iter().map(Row::finding) {
        let mut after = before.clone();
        after.content.unit_id = to;
        after.former_unit_id = before.former_unit_id.or(Some(from));
        attachment::pass_on(tx, KIND, before.id, to)?;
        update(tx, "pass-on", &before, after)?;
        passed.push(before.id);
    }
    Ok(passed)
}

/// Lets the findings that rest on a void record rest on the one in its place. What was written on its items is
/// written anew, so that they rest on the record as a whole.
pub(super) fn move_to_record(tx: &mut Write<'_>, from: Id, to: Id) -> StoreResult<()> {
    let resting: Vec<Row> = findings::table
        .filter(findings::inspection_id.eq(from))
        .order(findings::id)
        .select(Row::as_select())
        .load(tx.conn)?;
    for before in resting.into_iter().map(Row::finding) {
        super::lock_row(tx.conn, "findings", before.id)?;
        let content =
            FindingContent { inspection_id: Some(to), inspection_item_id: None, ..before.content.clone() };
        update(tx, "move-to-record", &before, Finding { content, ..before.clone() })?;
    }
    Ok(())
}

/// Leads a finding where its order's state leads it.
pub(super) fn follow(tx: &mut Write<'_>, finding: &Finding, order: RectificationStatus) -> StoreResult<()> {
    let status = finding.status.following(order);
    if status != finding.status {
        update(tx, "follow", finding, Finding { status, ..finding.clone() })?;
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
    record(tx, "delete", finding, Some(snapshot(finding)?), None)
}

fn snapshot(finding: &Finding) -> StoreResult<Value> {
    Ok(serde_json::json!({"status": finding.status, "content": serde_json::to_value(&finding.content)?}))
}

/// The event is in the scope of the unit only where the finding is: a draft is not.
fn record(
    tx: &mut Write<'_>,
    action: &str,
    finding: &Finding,
    before: Option<Value>,
    after: Option<Value>,
) -> StoreResult<()> {
    let event = Event {
        action,
        record_kind: KIND,
        record_id: finding.id,
        unit_id: (finding.status != FindingStatus::Draft).then_some(finding.content.unit_id),
        campaign_id: Some(finding.content.campaign_id),
        reason: None,
        before,
        after,
    };
    audit::record(tx, event)
}
