//! Escalations, with what they rest on.

mod candidate;
pub(super) mod discipline;
mod row;
mod succession;

use diesel::prelude::*;
use serde_json::Value;

pub use candidate::candidates;
use row::{OnFinding, OnOrder, Row};
pub(super) use succession::pass_on;

use super::audit::{self, Event};
use super::list::{any_of, load_page};
use super::notice::{Announcement, announce};
use super::schema::{
    escalation_findings, escalation_rectifications, escalations, findings, rectifications, units,
};
use super::{Db, DbConnection, Read, StoreResult, Write, attachment, campaign};
use crate::domain::actor::{Actor, Role};
use crate::domain::attachment::LinkedTo;
use crate::domain::campaign::Campaign;
use crate::domain::escalation::{Escalation, EscalationContent, EscalationKind, EscalationStatus};
use crate::domain::finding::FindingStatus;
use crate::domain::id::Id;
use crate::domain::notice_content::Matter;
use crate::domain::page::{Listed, Page};
use crate::domain::record::RecordKind;
use crate::domain::rectification::RectificationStatus;
use crate::domain::refusal::{Code, Refusal, Violations};
use crate::store::bulk::insert_rows;

/// The kind of the record in audit events and attachments.
pub const KIND: RecordKind = RecordKind::Escalation;

/// What lists of escalations are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub campaign_ids: Vec<Id>,
    pub unit_ids: Vec<Id>,
    pub kinds: Vec<EscalationKind>,
    pub statuses: Vec<EscalationStatus>,
    pub finding_ids: Vec<Id>,
    pub rectification_ids: Vec<Id>,
}

/// The escalations that a caller may see: office and leading group all of them, the discipline commission those
/// that were sent to it, nobody else any.
fn visible_to(actor: &Actor) -> escalations::BoxedQuery<'static, Db> {
    let query = escalations::table.into_boxed();
    if actor.sees_all_units() && actor.has_any(&[Role::Coordinator, Role::Leader]) {
        query
    } else if actor.acts_for_discipline() {
        query.filter(discipline::is_with_discipline!())
    } else {
        query.filter(escalations::id.eq_any(Vec::<Id>::new()))
    }
}

/// An escalation with the names of its units, which the discipline commission cannot look up.
#[derive(Clone, Debug)]
pub struct Named {
    pub escalation: Escalation,
    pub unit_name: String,
    /// The name of the unit that went into this one, where it was about that unit before.
    pub former_unit_name: Option<String>,
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<Named> {
    let row: Row = visible_to(actor).filter(escalations::id.eq(id)).select(Row::as_select()).first(conn)?;
    let mut all = with_parts(conn, vec![row])?;
    Ok(all.pop().ok_or(Refusal::NotFound)?)
}

/// The escalations of these rows with what they rest on.
fn with_parts(conn: &mut DbConnection, rows: Vec<Row>) -> StoreResult<Vec<Named>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut on_findings: Vec<(Id, Id)> = escalation_findings::table
        .filter(escalation_findings::escalation_id.eq_any(&ids))
        .order(escalation_findings::finding_id)
        .select((escalation_findings::escalation_id, escalation_findings::finding_id))
        .load(conn)?;
    let mut on_orders: Vec<(Id, Id)> = escalation_rectifications::table
        .filter(escalation_rectifications::escalation_id.eq_any(&ids))
        .order(escalation_rectifications::rectification_id)
        .select((escalation_rectifications::escalation_id, escalation_rectifications::rectification_id))
        .load(conn)?;
    let names: Vec<(Id, String)> = units::table
        .filter(
            units::id.eq_any(rows.iter().flat_map(|row| row.former_unit_id.into_iter().chain([row.unit_id]))),
        )
        .select((units::id, units::name))
        .load(conn)?;
    let of = |pairs: &mut Vec<(Id, Id)>, id: Id| -> Vec<Id> {
        pairs.extract_if(.., |(of, _)| *of == id).map(|(_, on)| on).collect()
    };
    rows.into_iter()
        .map(|row| {
            let name = |id: Id| names.iter().find(|(unit, _)| *unit == id).map(|(_, name)| name.clone());
            let unit_name = name(row.unit_id).unwrap_or_default();
            let (id, former_unit_name) = (row.id, row.former_unit_id.and_then(name));
            let escalation = row.escalation(of(&mut on_findings, id), of(&mut on_orders, id))?;
            Ok(Named { escalation, unit_name, former_unit_name })
        })
        .collect()
}

/// One escalation in the caller's scope, and its campaign.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<(Campaign, Named)> {
    let named = find(read.conn, read.actor, id)?;
    Ok((campaign::load(read.conn, named.escalation.content.campaign_id)?, named))
}

/// One escalation in the caller's scope, locked until the write ends, and its campaign, held as it is.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<(Campaign, Named)> {
    let campaign_id = find(tx.conn, tx.actor, id)?.escalation.content.campaign_id;
    let campaign = campaign::keep(tx, campaign_id)?;
    super::lock_row(tx.conn, "escalations", id)?;
    Ok((campaign, find(tx.conn, tx.actor, id)?))
}

/// The escalations in the caller's scope.
pub fn list(read: &mut Read<'_>, filter: &Filter, page: &Page) -> StoreResult<Listed<(Campaign, Named)>> {
    let query = || {
        let mut query = visible_to(read.actor);
        any_of!(
            query,
            escalations::campaign_id => filter.campaign_ids,
            escalations::unit_id => filter.unit_ids,
            escalations::kind => filter.kinds,
            escalations::status => filter.statuses,
        );
        if !filter.finding_ids.is_empty() {
            let resting = escalation_findings::table
                .filter(escalation_findings::finding_id.eq_any(filter.finding_ids.clone()))
                .select(escalation_findings::escalation_id);
            query = query.filter(escalations::id.eq_any(resting));
        }
        if !filter.rectification_ids.is_empty() {
            let resting = escalation_rectifications::table
                .filter(escalation_rectifications::rectification_id.eq_any(filter.rectification_ids.clone()))
                .select(escalation_rectifications::escalation_id);
            query = query.filter(escalations::id.eq_any(resting));
        }
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, escalations::id, Row);
    let all = with_parts(read.conn, rows)?;
    let all = campaign::beside(read.conn, all, |named| named.escalation.content.campaign_id)?;
    Ok(page.cut(all, |(_, named)| named.escalation.id, total))
}

/// Proposes an escalation; the leading group is told. The findings of its orders are added to it.
///
/// # Errors
/// [`Refusal::IdTaken`]; [`Code::NotFound`] for findings that do not count and orders not in force, or of
/// another campaign or unit; attachments that are not the caller's.
pub fn create(
    tx: &mut Write<'_>,
    id: Id,
    campaign: &Campaign,
    content: EscalationContent,
) -> StoreResult<Named> {
    if super::exists(tx.conn, "escalations", id)? {
        return Err(Refusal::IdTaken.into());
    }
    let finding_ids = rests_on(tx.conn, &content)?;
    let content = EscalationContent { finding_ids, ..content };
    let escalation = Escalation::proposed(id, content, &tx.actor.name, tx.now);
    let row = Row::of(&escalation, tx.actor.account_id)?;
    diesel::insert_into(escalations::table).values(row).execute(tx.conn)?;
    let content = &escalation.content;
    let of = |escalation_id, finding_id| OnFinding { escalation_id, finding_id };
    let on_findings: Vec<_> = content.finding_ids.iter().map(|on| of(id, *on)).collect();
    insert_rows!(tx.conn, escalation_findings::table, &on_findings)?;
    let of = |escalation_id, rectification_id| OnOrder { escalation_id, rectification_id };
    let on_orders: Vec<_> = content.rectification_ids.iter().map(|on| of(id, *on)).collect();
    insert_rows!(tx.conn, escalation_rectifications::table, &on_orders)?;
    link(tx, id, &content.attachment_ids)?;
    record(tx, "create", &escalation, None, (None, Some(snapshot(&escalation)?)))?;
    tell(tx, campaign, &escalation)?;
    find(tx.conn, tx.actor, id)
}

/// The findings that it names and those of the orders that it names, each once.
fn rests_on(conn: &mut DbConnection, content: &EscalationContent) -> StoreResult<Vec<Id>> {
    let found: Vec<(Id, FindingStatus)> = findings::table
        .filter(findings::id.eq_any(&content.finding_ids))
        .filter(findings::campaign_id.eq(content.campaign_id))
        .filter(findings::unit_id.eq(content.unit_id))
        .select((findings::id, findings::status))
        .load(conn)?;
    let orders: Vec<(Id, Id, RectificationStatus)> = rectifications::table
        .filter(rectifications::id.eq_any(&content.rectification_ids))
        .filter(rectifications::campaign_id.eq(content.campaign_id))
        .filter(rectifications::unit_id.eq(content.unit_id))
        .select((rectifications::id, rectifications::finding_id, rectifications::status))
        .load(conn)?;
    let mut violations = Violations::default();
    for (index, id) in content.finding_ids.iter().enumerate() {
        let counts = found.iter().any(|(found, status)| found == id && status.is_counted());
        violations.require(counts, format!("/finding_ids/{index}"), Code::NotFound);
    }
    for (index, id) in content.rectification_ids.iter().enumerate() {
        let holds = orders.iter().any(|(order, _, status)| order == id && status.is_in_force());
        violations.require(holds, format!("/rectification_ids/{index}"), Code::NotFound);
    }
    violations.refuse()?;
    let mut all = content.finding_ids.clone();
    for (_, finding_id, _) in orders {
        if !all.contains(&finding_id) {
            all.push(finding_id);
        }
    }
    Ok(all)
}

/// Gives papers to an escalation. They belong to no unit's scope: no liaison sees them.
///
/// # Errors
/// [`Code::AttachmentUnknown`] for each that is not the caller's.
pub fn link(tx: &mut Write<'_>, id: Id, attachment_ids: &[Id]) -> StoreResult<()> {
    let target = LinkedTo { record_kind: KIND, record_id: id, unit_id: None, campaign_id: None };
    attachment::link(tx, attachment_ids, &target, "/attachment_ids")
}

/// Changes an escalation; `reason` where one was asked for.
pub fn update(
    tx: &mut Write<'_>,
    action: &str,
    before: &Named,
    after: Escalation,
    reason: Option<&str>,
) -> StoreResult<Named> {
    let escalation = Escalation { version: before.escalation.version + 1, ..after };
    let changed = row::Change::of(&escalation)?;
    diesel::update(escalations::table.find(escalation.id)).set(changed).execute(tx.conn)?;
    let (was, is) = (snapshot(&before.escalation)?, snapshot(&escalation)?);
    record(tx, action, &escalation, reason, (Some(was), Some(is)))?;
    Ok(Named { escalation, ..before.clone() })
}

/// Tells whom an escalation waits for: the leading group of a proposal, the addressee of what was sent.
pub fn tell(tx: &mut Write<'_>, campaign: &Campaign, escalation: &Escalation) -> StoreResult<()> {
    let (kind, addressee) = (escalation.content.kind, escalation.addressee().to_owned());
    let facts = escalation.content.facts.clone();
    let matter = match escalation.status {
        EscalationStatus::Proposed => Matter::EscalationProposed { escalation: kind, addressee, facts },
        EscalationStatus::Sent => Matter::EscalationSent { escalation: kind, addressee, facts },
        _ => return Ok(()),
    };
    let (unit_id, record) = (escalation.content.unit_id, ("escalations", escalation.id));
    announce(tx, &Announcement { campaign, unit_id, record, matter })
}

fn snapshot(escalation: &Escalation) -> StoreResult<Value> {
    Ok(serde_json::json!({
        "status": escalation.status,
        "content": serde_json::to_value(&escalation.content)?,
        "decision": serde_json::to_value(&escalation.decision)?,
        "answer": escalation.answer,
        "own_unit_allowed": escalation.own_unit_allowed,
    }))
}

/// The event is in no unit's scope: no liaison sees escalations.
fn record(
    tx: &mut Write<'_>,
    action: &str,
    escalation: &Escalation,
    reason: Option<&str>,
    (before, after): (Option<Value>, Option<Value>),
) -> StoreResult<()> {
    let event = Event {
        action,
        record_kind: KIND,
        record_id: escalation.id,
        unit_id: None,
        campaign_id: Some(escalation.content.campaign_id),
        reason,
        before,
        after,
    };
    audit::record(tx, event)
}
