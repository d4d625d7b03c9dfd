//! Audit events: who did what, when, why, and what it changed. Written in the change's own
//! transaction, without secrets.

use diesel::dsl::exists;
use diesel::prelude::*;
use serde_json::Value;

use super::list::{any_of, holds, load_page};
use super::schema::{attachments, audit_events, notices, reports};
use super::{Db, DbConnection, Read, StoreResult, Write, attachment, notice, report};
use crate::domain::actor::{Actor, Role};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::page::{Listed, Page};
use crate::domain::record::{RecordKind, Trail};
use crate::domain::text::TextEnum;

/// What a change did to one record.
#[derive(Debug)]
pub struct Event<'a> {
    /// The verb, as `create`, `update` or the action's own.
    pub action: &'a str,
    /// The kind of the record.
    pub record_kind: RecordKind,
    /// The record.
    pub record_id: Id,
    /// The unit in whose scope the record is.
    pub unit_id: Option<Id>,
    /// The campaign that it belongs to.
    pub campaign_id: Option<Id>,
    /// Why, where a reason was asked for.
    pub reason: Option<&'a str>,
    /// The record before; absent on creation.
    pub before: Option<Value>,
    /// The record afterwards; absent on deletion.
    pub after: Option<Value>,
}

impl Event<'_> {
    /// Of this record, and of no unit or campaign; what was done is to be said.
    pub fn about(record_kind: RecordKind, record_id: Id) -> Self {
        Self {
            action: "",
            record_kind,
            record_id,
            unit_id: None,
            campaign_id: None,
            reason: None,
            before: None,
            after: None,
        }
    }
}

/// Writes the event.
pub fn record(tx: &mut Write<'_>, event: Event<'_>) -> StoreResult<()> {
    let number = tx.number()?;
    let text = |value: Option<Value>| value.map(|value| value.to_string());
    diesel::insert_into(audit_events::table)
        .values((
            audit_events::id.eq(Id::new()),
            audit_events::tx.eq(number),
            audit_events::at.eq(tx.now),
            audit_events::actor_id.eq(tx.actor.account_id),
            audit_events::actor_name.eq(&tx.actor.name),
            audit_events::request_id.eq(tx.request_id),
            audit_events::action.eq(event.action),
            audit_events::record_kind.eq(event.record_kind),
            audit_events::record_id.eq(event.record_id),
            audit_events::unit_id.eq(event.unit_id),
            audit_events::campaign_id.eq(event.campaign_id),
            audit_events::reason.eq(event.reason),
            audit_events::before.eq(text(event.before)),
            audit_events::after.eq(text(event.after)),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// An event as it is read.
#[derive(Debug)]
pub struct AuditEvent {
    pub id: Id,
    pub at: Instant,
    pub actor_id: Option<Id>,
    pub actor_name: String,
    pub request_id: String,
    pub action: String,
    pub record_kind: RecordKind,
    pub record_id: Id,
    pub unit_id: Option<Id>,
    pub campaign_id: Option<Id>,
    pub reason: Option<String>,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_events)]
struct Row {
    id: Id,
    at: Instant,
    actor_id: Option<Id>,
    actor_name: String,
    request_id: String,
    action: String,
    record_kind: RecordKind,
    record_id: Id,
    unit_id: Option<Id>,
    campaign_id: Option<Id>,
    reason: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

impl Row {
    fn event(self) -> StoreResult<AuditEvent> {
        let value = |text: Option<String>| text.as_deref().map(serde_json::from_str).transpose();
        Ok(AuditEvent {
            id: self.id,
            at: self.at,
            actor_id: self.actor_id,
            actor_name: self.actor_name,
            request_id: self.request_id,
            action: self.action,
            record_kind: self.record_kind,
            record_id: self.record_id,
            unit_id: self.unit_id,
            campaign_id: self.campaign_id,
            reason: self.reason,
            before: value(self.before)?,
            after: value(self.after)?,
        })
    }
}

/// What lists of events are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub record_kind: Option<RecordKind>,
    pub record_ids: Vec<Id>,
    pub unit_ids: Vec<Id>,
    pub campaign_ids: Vec<Id>,
    pub actor_ids: Vec<Id>,
}

/// The kinds whose events these readers read.
fn kinds(trail: Trail) -> impl Iterator<Item = RecordKind> {
    RecordKind::ALL.iter().copied().filter(move |kind| kind.trail() == trail)
}

/// The events that a caller may see: those of the records in their scope, whatever that record is about.
fn visible_to(actor: &Actor) -> audit_events::BoxedQuery<'static, Db> {
    let of_kind = |trail| audit_events::record_kind.eq_any(kinds(trail));
    let of_unit = holds(actor.sees_all_units()).or(audit_events::unit_id.eq_any(actor.liaison_units()));
    let accounts = actor.sees_escalations() || actor.has(Role::Admin);
    let of = |kind: RecordKind| audit_events::record_kind.eq(kind);
    let notice = of(RecordKind::Notice).and(exists(
        notices::table.filter(notices::id.eq(audit_events::record_id)).filter(notice::is_seen_notice!(actor)),
    ));
    let attachment = of(RecordKind::Attachment).and(exists(
        attachments::table
            .filter(attachments::id.eq(audit_events::record_id))
            .filter(attachment::is_seen_attachment!(actor)),
    ));
    let report = of(RecordKind::Report).and(exists(
        reports::table.filter(reports::id.eq(audit_events::record_id)).filter(report::is_seen_report!(actor)),
    ));
    let seen = (of_kind(Trail::OfUnit).and(of_unit))
        .or(of_kind(Trail::OfAccounts).and(holds(accounts)))
        .or(of_kind(Trail::OfOffice).and(holds(actor.sees_escalations())));
    audit_events::table.filter(seen.or(notice).or(attachment).or(report)).into_boxed()
}

/// One event in the caller's scope.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<AuditEvent> {
    let row: Row =
        visible_to(read.actor).filter(audit_events::id.eq(id)).select(Row::as_select()).first(read.conn)?;
    row.event()
}

/// The events in the caller's scope.
pub fn list(read: &mut Read<'_>, filter: &Filter, page: &Page) -> StoreResult<Listed<AuditEvent>> {
    let query = || {
        let mut query = visible_to(read.actor);
        if let Some(kind) = filter.record_kind {
            query = query.filter(audit_events::record_kind.eq(kind));
        }
        any_of!(
            query,
            audit_events::record_id => filter.record_ids,
            audit_events::unit_id => filter.unit_ids,
            audit_events::campaign_id => filter.campaign_ids,
            audit_events::actor_id => filter.actor_ids,
        );
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, audit_events::id, Row);
    let events = rows.into_iter().map(Row::event).collect::<StoreResult<_>>()?;
    Ok(page.cut(events, |event: &AuditEvent| event.id, total))
}

/// The number that orders the changes of this transaction among all others, where the engine gives none: writers are
/// serialized there, so that it is the last one plus one.
pub(super) fn next_transaction_number(conn: &mut DbConnection) -> StoreResult<i64> {
    let last: Option<i64> = audit_events::table.select(diesel::dsl::max(audit_events::tx)).first(conn)?;
    Ok(last.unwrap_or(0) + 1)
}
