//! Campaigns.

mod beside;
mod document;
mod item;
mod life;
mod people;
mod phase;
mod scope;
mod succession;
mod whole;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use serde_json::{Value, json};

pub use document::{add_document, document, documents, remove_document};
pub use life::{close, open, reopen, warnings};
pub use phase::{change as change_phases, decide as decide_phase, decisions};
pub use scope::{
    UnitFilter, add_unit, hold_scope, list_units, put_units, remove_unit, unit, units, update_unit,
};
pub use whole::{WholeList, put_whole};

use super::audit::{self, Event};
use super::schema::{
    campaign_focus_items, campaign_leading_group, campaign_materials, campaign_phases, campaign_teams,
    campaign_units, campaigns,
};
use super::{Db, DbConnection, Read, StoreError, StoreResult, Write};
use crate::domain::actor::Actor;
use crate::domain::campaign::{Campaign, CampaignContent, CampaignStatus};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::notice_content::MailContent;
use crate::domain::page::{Listed, Page};
use crate::domain::phase::Phase;
use crate::domain::record::RecordKind;
use crate::domain::refusal::Refusal;
use crate::domain::time_zone::TimeZone;
use crate::store::list::{any_of, load_page};

pub(super) use beside::{beside, by_today};
pub(super) use succession::unit_ended;

const KIND: RecordKind = RecordKind::Campaign;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = campaigns, treat_none_as_null = true)]
struct Row {
    id: Id,
    version: i64,
    name: String,
    document_number: Option<String>,
    time_zone: TimeZone,
    status: CampaignStatus,
    mail_content: MailContent,
    office: String,
    order_prefix: String,
    orders_need_approval: bool,
    overdue_self_checks: String,
    overdue_rectifications: String,
    sending_hours: String,
    head_id: Option<Id>,
    opened_at: Option<Instant>,
    closed_at: Option<Instant>,
    created_at: Instant,
}

impl Row {
    fn of(campaign: &Campaign) -> StoreResult<Self> {
        let content = campaign.content.clone();
        Ok(Self {
            id: campaign.id,
            version: campaign.version,
            name: content.name,
            document_number: content.document_number,
            time_zone: content.time_zone,
            status: campaign.status,
            mail_content: content.mail_content,
            office: content.office,
            order_prefix: content.order_prefix,
            orders_need_approval: content.orders_need_approval,
            overdue_self_checks: serde_json::to_string(&content.overdue_self_checks)?,
            overdue_rectifications: serde_json::to_string(&content.overdue_rectifications)?,
            sending_hours: serde_json::to_string(&content.sending_hours)?,
            head_id: campaign.head_id,
            opened_at: campaign.opened_at,
            closed_at: campaign.closed_at,
            created_at: campaign.created_at,
        })
    }

    fn campaign(self, phases: Vec<Phase>) -> StoreResult<Campaign> {
        Ok(Campaign {
            id: self.id,
            version: self.version,
            status: self.status,
            head_id: self.head_id,
            opened_at: self.opened_at,
            closed_at: self.closed_at,
            created_at: self.created_at,
            content: CampaignContent {
                name: self.name,
                document_number: self.document_number,
                time_zone: self.time_zone,
                phases,
                mail_content: self.mail_content,
                office: self.office,
                order_prefix: self.order_prefix,
                orders_need_approval: self.orders_need_approval,
                overdue_self_checks: serde_json::from_str(&self.overdue_self_checks)?,
                overdue_rectifications: serde_json::from_str(&self.overdue_rectifications)?,
                sending_hours: serde_json::from_str(&self.sending_hours)?,
            },
        })
    }
}

/// What lists of campaigns are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub statuses: Vec<CampaignStatus>,
    /// Part of the name.
    pub name: Option<String>,
}

/// The campaigns that a caller may see: whoever works for the whole district all of them, a liaison
/// those that were opened with their unit in scope.
fn visible_to(actor: &Actor) -> campaigns::BoxedQuery<'static, Db> {
    let query = campaigns::table.into_boxed();
    if actor.sees_all_units() {
        return query;
    }
    let own = campaign_units::table
        .filter(campaign_units::unit_id.eq_any(actor.liaison_units()))
        .select(campaign_units::campaign_id);
    query.filter(campaigns::status.ne(CampaignStatus::Draft)).filter(campaigns::id.eq_any(own))
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<Campaign> {
    let row: Row = visible_to(actor).filter(campaigns::id.eq(id)).select(Row::as_select()).first(conn)?;
    with_phases(conn, row)
}

fn with_phases(conn: &mut DbConnection, row: Row) -> StoreResult<Campaign> {
    let phases = phase::of_all(conn, &[row.id])?.into_iter().map(|(_, phase)| phase).collect();
    row.campaign(phases)
}

/// One campaign in the caller's scope.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<Campaign> {
    find(read.conn, read.actor, id)
}

/// One campaign, whoever asks: for what the service itself does with it.
pub fn load(conn: &mut DbConnection, id: Id) -> StoreResult<Campaign> {
    let row = campaigns::table.find(id).select(Row::as_select()).first(conn)?;
    with_phases(conn, row)
}

/// Those of the campaigns that are closed.
pub fn closed(conn: &mut DbConnection, ids: &[Id]) -> StoreResult<Vec<Id>> {
    Ok(campaigns::table
        .filter(campaigns::id.eq_any(ids))
        .filter(campaigns::status.eq(CampaignStatus::Closed))
        .select(campaigns::id)
        .load(conn)?)
}

/// The campaigns that are open, for the daily scan, which reads each by itself.
pub fn all_open(conn: &mut DbConnection) -> StoreResult<Vec<Id>> {
    let open = campaigns::table.filter(campaigns::status.eq(CampaignStatus::Open)).order(campaigns::id);
    Ok(open.select(campaigns::id).load(conn)?)
}

fn all_with_phases(conn: &mut DbConnection, rows: Vec<Row>) -> StoreResult<Vec<Campaign>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut phases = phase::of_all(conn, &ids)?;
    rows.into_iter()
        .map(|row| {
            let own = phases.extract_if(.., |(id, _)| *id == row.id).map(|(_, phase)| phase).collect();
            row.campaign(own)
        })
        .collect()
}

/// One campaign in the caller's scope, locked until the write ends: for changes of the campaign and of
/// what lives only under it.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<Campaign> {
    super::lock_row(tx.conn, "campaigns", id)?;
    find(tx.conn, tx.actor, id)
}

/// One campaign in the caller's scope, kept as it is until the write ends: for changes of the records
/// that belong to it (self-checks, findings), which are written side by side. Whether it is closed is the
/// caller's to refuse in its place ([`Campaign::is_closed`] in a subject, or [`Campaign::writable`]).
pub fn hold(tx: &mut Write<'_>, id: Id) -> StoreResult<Campaign> {
    super::share_row(tx.conn, "campaigns", id)?;
    find(tx.conn, tx.actor, id)
}

/// One campaign, whoever asks, kept as it is until the write ends: for changes of records whose own scope was
/// looked at, such as what the discipline commission answers.
pub(super) fn keep(tx: &mut Write<'_>, id: Id) -> StoreResult<Campaign> {
    super::share_row(tx.conn, "campaigns", id)?;
    load(tx.conn, id)
}

/// The campaigns in the caller's scope.
pub fn list(read: &mut Read<'_>, filter: &Filter, page: &Page) -> StoreResult<Listed<Campaign>> {
    let query = || {
        let mut query = visible_to(read.actor);
        any_of!(query, campaigns::status => filter.statuses);
        if let Some(name) = &filter.name {
            query = query.filter(campaigns::name.like(super::containing(name)).escape('\\'));
        }
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, campaigns::id, Row);
    let campaigns = all_with_phases(read.conn, rows)?;
    Ok(page.cut(campaigns, |campaign| campaign.id, total))
}

/// Makes a campaign, with all focus items of the plan and no materials.
///
/// # Errors
/// [`Refusal::IdTaken`], [`Refusal::Taken`] for the name.
pub fn create(tx: &mut Write<'_>, id: Id, content: CampaignContent) -> StoreResult<Campaign> {
    if super::exists(tx.conn, "campaigns", id)? {
        return Err(Refusal::IdTaken.into());
    }
    let campaign = Campaign {
        id,
        version: 1,
        status: CampaignStatus::Draft,
        content,
        head_id: None,
        opened_at: None,
        closed_at: None,
        created_at: tx.now,
    };
    let row = Row::of(&campaign)?;
    diesel::insert_into(campaigns::table).values(row).execute(tx.conn)?;
    phase::replace(tx, id, &campaign.content.phases)?;
    WholeList::replace(tx, id, &item::all_focus_items())?;
    record(tx, "create", &campaign, Change { after: Some(snapshot(&campaign)?), ..Change::default() })?;
    Ok(campaign)
}

/// Changes a campaign itself; `reason` where one was asked for.
///
/// # Errors
/// [`Refusal::Taken`] for the name.
pub fn update(
    tx: &mut Write<'_>,
    action: &str,
    before: &Campaign,
    after: Campaign,
    reason: Option<&str>,
) -> StoreResult<Campaign> {
    let campaign = Campaign { version: before.version + 1, ..after };
    let row = Row::of(&campaign)?;
    diesel::update(campaigns::table.find(campaign.id)).set(row).execute(tx.conn)?;
    if campaign.content.phases != before.content.phases {
        phase::replace(tx, campaign.id, &campaign.content.phases)?;
    }
    let change = Change {
        reason,
        before: Some(snapshot(before)?),
        after: Some(snapshot(&campaign)?),
        ..Change::default()
    };
    record(tx, action, &campaign, change)?;
    Ok(campaign)
}

/// Deletes a draft with all that lives under it.
///
/// # Errors
/// [`Refusal::InUse`] where it was opened, or a record refers to it.
pub fn delete(tx: &mut Write<'_>, campaign: &Campaign) -> StoreResult<()> {
    if campaign.status != CampaignStatus::Draft {
        return Err(Refusal::InUse.into());
    }
    macro_rules! delete_from {
        ($($table:ident),+) => {
            $(diesel::delete($table::table.filter($table::campaign_id.eq(campaign.id))).execute(tx.conn)?;)+
        };
    }
    document::remove_all(tx, campaign.id)?;
    delete_from!(campaign_phases, campaign_focus_items, campaign_materials, campaign_units);
    delete_from!(campaign_leading_group, campaign_teams);
    diesel::delete(campaigns::table.find(campaign.id)).execute(tx.conn).map_err(|error| match error {
        DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => Refusal::InUse.into(),
        error => StoreError::from(error),
    })?;
    record(tx, "delete", campaign, Change { before: Some(snapshot(campaign)?), ..Change::default() })
}

/// Raises the version of a campaign under which something was written, and records that.
fn child_written(
    tx: &mut Write<'_>,
    before: &Campaign,
    action: &str,
    change: Change<'_>,
) -> StoreResult<Campaign> {
    let campaign = Campaign { version: before.version + 1, ..before.clone() };
    diesel::update(campaigns::table.find(campaign.id))
        .set(campaigns::version.eq(campaign.version))
        .execute(tx.conn)?;
    record(tx, action, &campaign, change)?;
    Ok(campaign)
}

/// What a write did to a campaign or to what lives under it.
#[derive(Default)]
struct Change<'a> {
    unit_id: Option<Id>,
    reason: Option<&'a str>,
    before: Option<Value>,
    after: Option<Value>,
}

fn record(tx: &mut Write<'_>, action: &str, campaign: &Campaign, change: Change<'_>) -> StoreResult<()> {
    let event = Event {
        action,
        record_kind: KIND,
        record_id: campaign.id,
        unit_id: change.unit_id,
        campaign_id: Some(campaign.id),
        reason: change.reason,
        before: change.before,
        after: change.after,
    };
    audit::record(tx, event)
}

fn snapshot(campaign: &Campaign) -> StoreResult<Value> {
    Ok(json!({"status": campaign.status, "content": serde_json::to_value(&campaign.content)?}))
}
