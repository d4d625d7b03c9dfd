//! Visits.

mod sheet;
mod succession;
mod tell;

use std::collections::HashSet;

use diesel::prelude::*;
use serde_json::Value;

pub use sheet::{FocusEntry, MaterialEntry, OpenFinding, Sheet, sheet};
pub(super) use succession::{hand_over, unit_ended};

use super::audit::{self, Event};
use super::bulk::insert_rows;
use super::list::{any_of, load_page};
use super::schema::{account_grants, accounts, visit_inspectors, visits};
use super::{Db, DbConnection, Read, StoreResult, Write, campaign};
use crate::domain::account::AccountStatus;
use crate::domain::actor::{Actor, Role};
use crate::domain::campaign::Campaign;
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::page::{Listed, Page};
use crate::domain::phase::Timing;
use crate::domain::record::RecordKind;
use crate::domain::refusal::{Code, Refusal, Violations};
use crate::domain::text::TextEnum;
use crate::domain::visit::{Visit, VisitContent, VisitStatus, VisitVerb};

/// The kind of the record in audit events.
const KIND: RecordKind = RecordKind::Visit;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = visits, treat_none_as_null = true)]
struct Row {
    id: Id,
    version: i64,
    campaign_id: Id,
    unit_id: Id,
    former_unit_id: Option<Id>,
    planned_at: Instant,
    planned_on: Date,
    team: Option<String>,
    note: Option<String>,
    status: VisitStatus,
    sequence: i32,
    timing: Option<Timing>,
    completed_at: Option<Instant>,
    cancel_reason: Option<String>,
    created_by: Option<Id>,
    created_at: Instant,
}

#[derive(Insertable)]
#[diesel(table_name = visit_inspectors, treat_none_as_default_value = false)]
struct InspectorRow {
    visit_id: Id,
    account_id: Id,
    position: i32,
}

impl Row {
    fn of(visit: &Visit, campaign: &Campaign) -> Self {
        let content = &visit.content;
        Self {
            id: visit.id,
            version: visit.version,
            campaign_id: content.campaign_id,
            unit_id: content.unit_id,
            former_unit_id: visit.former_unit_id,
            planned_at: content.planned_at,
            planned_on: visit.planned_on(campaign),
            team: content.team.clone(),
            note: content.note.clone(),
            status: visit.status,
            sequence: visit.sequence,
            timing: visit.timing,
            completed_at: visit.completed_at,
            cancel_reason: visit.cancel_reason.clone(),
            created_by: visit.created_by,
            created_at: visit.created_at,
        }
    }

    fn visit(self, inspector_ids: Vec<Id>) -> Visit {
        Visit {
            id: self.id,
            version: self.version,
            status: self.status,
            content: VisitContent {
                campaign_id: self.campaign_id,
                unit_id: self.unit_id,
                planned_at: self.planned_at,
                inspector_ids,
                team: self.team,
                note: self.note,
            },
            former_unit_id: self.former_unit_id,
            sequence: self.sequence,
            timing: self.timing,
            completed_at: self.completed_at,
            cancel_reason: self.cancel_reason,
            created_by: self.created_by,
            created_at: self.created_at,
        }
    }
}

/// What lists of visits are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub campaign_ids: Vec<Id>,
    pub unit_ids: Vec<Id>,
    pub statuses: Vec<VisitStatus>,
    pub inspector_ids: Vec<Id>,
    /// The first and the last day, each in its campaign's time zone.
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// The visits that a caller may see: whoever works for the whole district all of them, a liaison those to the
/// own units.
fn visible_to(actor: &Actor) -> visits::BoxedQuery<'static, Db> {
    let query = visits::table.into_boxed();
    if actor.sees_all_units() { query } else { query.filter(visits::unit_id.eq_any(actor.liaison_units())) }
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<Visit> {
    let row: Row = visible_to(actor).filter(visits::id.eq(id)).select(Row::as_select()).first(conn)?;
    with_inspectors(conn, vec![row])?.pop().ok_or_else(|| Refusal::NotFound.into())
}

fn with_inspectors(conn: &mut DbConnection, rows: Vec<Row>) -> StoreResult<Vec<Visit>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut inspectors: Vec<(Id, Id)> = visit_inspectors::table
        .filter(visit_inspectors::visit_id.eq_any(&ids))
        .order((visit_inspectors::visit_id, visit_inspectors::position))
        .select((visit_inspectors::visit_id, visit_inspectors::account_id))
        .load(conn)?;
    let with = |row: Row| {
        let own = inspectors.extract_if(.., |(visit_id, _)| *visit_id == row.id);
        let own = own.map(|(_, account_id)| account_id).collect();
        row.visit(own)
    };
    Ok(rows.into_iter().map(with).collect())
}

/// One visit in the caller's scope, and its campaign.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<(Campaign, Visit)> {
    let visit = find(read.conn, read.actor, id)?;
    Ok((campaign::load(read.conn, visit.content.campaign_id)?, visit))
}

/// One visit in the caller's scope, locked until the write ends, and its campaign, held as it is.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<(Campaign, Visit)> {
    let campaign_id = find(tx.conn, tx.actor, id)?.content.campaign_id;
    let campaign = campaign::hold(tx, campaign_id)?;
    super::lock_row(tx.conn, "visits", id)?;
    Ok((campaign, find(tx.conn, tx.actor, id)?))
}

/// Those of these visits whose inspector the caller is.
pub(super) fn inspected_by(
    conn: &mut DbConnection,
    actor: &Actor,
    visit_ids: &[Id],
) -> StoreResult<HashSet<Id>> {
    let Some(account_id) = actor.account_id else { return Ok(HashSet::new()) };
    let own: Vec<Id> = visit_inspectors::table
        .filter(visit_inspectors::visit_id.eq_any(visit_ids))
        .filter(visit_inspectors::account_id.eq(account_id))
        .select(visit_inspectors::visit_id)
        .load(conn)?;
    Ok(own.into_iter().collect())
}

/// Whether an inspector is on a visit to a unit, for some campaigns and units by one statement: what was called
/// off does not count.
pub struct OnVisit(HashSet<(Id, Id)>);

impl OnVisit {
    /// Of the caller, for these pairs of campaign and unit.
    pub fn of(
        conn: &mut DbConnection,
        actor: &Actor,
        pairs: impl IntoIterator<Item = (Id, Id)>,
    ) -> StoreResult<Self> {
        let Some(account_id) = actor.account_id.filter(|_| actor.has(Role::Inspector)) else {
            return Ok(Self(HashSet::new()));
        };
        let (campaign_ids, unit_ids): (Vec<Id>, Vec<Id>) = pairs.into_iter().unzip();
        let found: Vec<(Id, Id)> = visits::table
            .inner_join(visit_inspectors::table.on(visit_inspectors::visit_id.eq(visits::id)))
            .filter(visit_inspectors::account_id.eq(account_id))
            .filter(visits::status.ne(VisitStatus::Cancelled))
            .filter(visits::campaign_id.eq_any(campaign_ids))
            .filter(visits::unit_id.eq_any(unit_ids))
            .select((visits::campaign_id, visits::unit_id))
            .distinct()
            .load(conn)?;
        Ok(Self(found.into_iter().collect()))
    }

    /// Whether the caller is on a visit to one unit.
    pub fn is(conn: &mut DbConnection, actor: &Actor, campaign_id: Id, unit_id: Id) -> StoreResult<bool> {
        Ok(Self::of(conn, actor, [(campaign_id, unit_id)])?.to(campaign_id, unit_id))
    }

    /// Whether they are on a visit to this unit in this campaign.
    pub fn to(&self, campaign_id: Id, unit_id: Id) -> bool {
        self.0.contains(&(campaign_id, unit_id))
    }
}

/// The visits in the caller's scope, each with its campaign.
pub fn list(read: &mut Read<'_>, filter: &Filter, page: &Page) -> StoreResult<Listed<(Campaign, Visit)>> {
    let query = || {
        let mut query = visible_to(read.actor);
        any_of!(
            query,
            visits::campaign_id => filter.campaign_ids,
            visits::unit_id => filter.unit_ids,
            visits::status => filter.statuses,
        );
        if !filter.inspector_ids.is_empty() {
            let theirs = visit_inspectors::table
                .filter(visit_inspectors::account_id.eq_any(filter.inspector_ids.clone()))
                .select(visit_inspectors::visit_id);
            query = query.filter(visits::id.eq_any(theirs));
        }
        if let Some(from) = filter.from {
            query = query.filter(visits::planned_on.ge(from));
        }
        if let Some(to) = filter.to {
            query = query.filter(visits::planned_on.le(to));
        }
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, visits::id, Row);
    let all = with_inspectors(read.conn, rows)?;
    let all = campaign::beside(read.conn, all, |visit| visit.content.campaign_id)?;
    Ok(page.cut(all, |(_, visit)| visit.id, total))
}

/// Plans a visit, and tells the unit and the inspectors.
///
/// # Errors
/// [`Refusal::IdTaken`]; [`Code::NotFound`] for each inspector who is none.
pub fn create(tx: &mut Write<'_>, campaign: &Campaign, id: Id, content: VisitContent) -> StoreResult<Visit> {
    if super::exists(tx.conn, "visits", id)? {
        return Err(Refusal::IdTaken.into());
    }
    check_inspectors(tx.conn, &content.inspector_ids, &[])?;
    let visit = Visit {
        id,
        version: 1,
        status: VisitStatus::Planned,
        content,
        former_unit_id: None,
        sequence: 0,
        timing: None,
        completed_at: None,
        cancel_reason: None,
        created_by: tx.actor.account_id,
        created_at: tx.now,
    };
    diesel::insert_into(visits::table).values(Row::of(&visit, campaign)).execute(tx.conn)?;
    insert_inspectors(tx, &visit)?;
    record(tx, "create", None, &visit, None)?;
    tell::planned(tx, campaign, &visit)?;
    Ok(visit)
}

/// Changes what a visit is planned as. Whoever it concerns is told: the unit, its inspectors, and those who are
/// its inspectors no more.
///
/// # Errors
/// [`Code::NotFound`] for each new inspector who is none.
pub fn replan(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    before: &Visit,
    content: VisitContent,
) -> StoreResult<Visit> {
    check_inspectors(tx.conn, &content.inspector_ids, &before.content.inspector_ids)?;
    let concerns_others = content.differs_for_those_concerned(&before.content);
    let sequence = before.sequence + i32::from(concerns_others);
    let visit = update(tx, campaign, "update", before, Visit { content, sequence, ..before.clone() }, None)?;
    if visit.content.inspector_ids != before.content.inspector_ids {
        diesel::delete(visit_inspectors::table.filter(visit_inspectors::visit_id.eq(visit.id)))
            .execute(tx.conn)?;
        insert_inspectors(tx, &visit)?;
    }
    if concerns_others {
        tell::changed(tx, campaign, before, &visit)?;
    }
    Ok(visit)
}

/// Calls a visit off, and tells the unit and the inspectors.
pub fn cancel(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    before: &Visit,
    status: VisitStatus,
    reason: &str,
) -> StoreResult<Visit> {
    let after = Visit {
        status,
        sequence: before.sequence + 1,
        cancel_reason: Some(reason.to_owned()),
        ..before.clone()
    };
    let visit = update(tx, campaign, VisitVerb::Cancel.as_str(), before, after, Some(reason))?;
    tell::cancelled(tx, campaign, &visit, reason)?;
    Ok(visit)
}

/// Changes a visit but for its inspectors, and tells nobody; `reason` where one was asked for.
pub fn update(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    action: &str,
    before: &Visit,
    after: Visit,
    reason: Option<&str>,
) -> StoreResult<Visit> {
    let visit = Visit { version: before.version + 1, ..after };
    diesel::update(visits::table.find(visit.id)).set(Row::of(&visit, campaign)).execute(tx.conn)?;
    record(tx, action, Some(before), &visit, reason)?;
    Ok(visit)
}

fn insert_inspectors(tx: &mut Write<'_>, visit: &Visit) -> StoreResult<()> {
    let rows: Vec<InspectorRow> = (0..)
        .zip(&visit.content.inspector_ids)
        .map(|(position, account_id)| InspectorRow { visit_id: visit.id, account_id: *account_id, position })
        .collect();
    insert_rows!(tx.conn, visit_inspectors::table, &rows)?;
    Ok(())
}

/// Refuses whoever is no inspector with an account in use; those who are on the visit already stay.
fn check_inspectors(conn: &mut DbConnection, ids: &[Id], present: &[Id]) -> StoreResult<()> {
    let known: Vec<Id> = account_grants::table
        .inner_join(accounts::table.on(accounts::id.eq(account_grants::account_id)))
        .filter(account_grants::role.eq(Role::Inspector))
        .filter(accounts::status.eq(AccountStatus::Active))
        .filter(accounts::id.eq_any(ids))
        .select(accounts::id)
        .load(conn)?;
    let mut violations = Violations::default();
    for (index, id) in ids.iter().enumerate() {
        let may = known.contains(id) || present.contains(id);
        violations.require(may, format!("/inspector_ids/{index}"), Code::NotFound);
    }
    Ok(violations.refuse()?)
}

fn snapshot(visit: &Visit) -> StoreResult<Value> {
    Ok(serde_json::json!({"status": visit.status, "content": serde_json::to_value(&visit.content)?}))
}

fn record(
    tx: &mut Write<'_>,
    action: &str,
    before: Option<&Visit>,
    after: &Visit,
    reason: Option<&str>,
) -> StoreResult<()> {
    let event = Event {
        action,
        record_kind: KIND,
        record_id: after.id,
        unit_id: Some(after.content.unit_id),
        campaign_id: Some(after.content.campaign_id),
        reason,
        before: before.map(snapshot).transpose()?,
        after: Some(snapshot(after)?),
    };
    audit::record(tx, event)
}
