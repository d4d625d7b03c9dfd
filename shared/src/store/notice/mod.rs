//! Notices: the ledger of who was told what.

mod announce;
pub mod delivery;
mod directory;
mod person;
mod recheck;
mod row;

use diesel::prelude::*;
use serde_json::{Value, json};

pub use announce::{Announcement, announce, announce_to};
pub(super) use directory::Directory;
pub(super) use person::{hand_over, tell_former_address, tell_holder};
use row::{AttemptRow, Row};

use super::audit::{self, Event};
use super::fault::{self, Subject};
use super::schema::{notice_attempts, notice_items, notices};
use super::{Db, DbConnection, Read, StoreResult, Write, campaign, clock};
use crate::domain::actor::Actor;
use crate::domain::campaign::Campaign;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::notice::{
    About, Attempt, Audience, Notice, NoticeKind, NoticeStatus, Recipient, ToldOtherwise,
};
use crate::domain::notice_content::NoticeContent;
use crate::domain::page::{Listed, Page};
use crate::domain::record::RecordKind;
use crate::store::list::{any_of, load_page};

const KIND: RecordKind = RecordKind::Notice;

/// The first part of the keys of stored mails.
pub const OBJECTS: &str = "mails";

/// What lists of notices are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kinds: Vec<NoticeKind>,
    pub statuses: Vec<NoticeStatus>,
    pub audiences: Vec<Audience>,
    pub campaign_ids: Vec<Id>,
    /// Tells the unit itself, alone or among others.
    pub unit_ids: Vec<Id>,
    pub record_ids: Vec<Id>,
}

/// Whether a caller may see a notice: office and leading group all of them, an inspector all but those about
/// escalations, an admin what was told about accounts, a liaison what the own units were told. A macro, as those of
/// [`escalation::discipline`](super::escalation::discipline).
macro_rules! is_seen_notice {
    ($actor:expr) => {{
        use diesel::prelude::*;
        use $crate::domain::actor::{Actor, Role};
        use $crate::domain::notice::Audience;
        use $crate::store::list::holds;
        use $crate::store::schema::{notice_items, notices};
        let actor: &Actor = $actor;
        let of_district = holds(actor.sees_escalations())
            .or(holds(actor.sees_all_units()).and(notices::record_kind.ne("escalations")));
        let of_accounts = holds(actor.has(Role::Admin)).and(notices::audience.eq(Audience::Person));
        let own = actor.liaison_units();
        let about_own = notice_items::table
            .filter(notice_items::unit_id.eq_any(own.clone()))
            .select(notice_items::notice_id);
        let about_others = notice_items::table
            .filter(notice_items::unit_id.ne_all(own.clone()))
            .select(notice_items::notice_id);
        let own_items = notices::id.eq_any(about_own).and(notices::id.ne_all(about_others));
        let own_unit = notices::unit_id.is_not_null().and(notices::unit_id.eq_any(own.into_iter().map(Some)));
        let told = notices::audience.eq_any(Audience::OF_UNIT).and(own_unit.or(own_items));
        of_district.or(of_accounts).or(told)
    }};
}

pub(in crate::store) use is_seen_notice;

/// The notices that a caller may see.
fn visible_to(actor: &Actor) -> notices::BoxedQuery<'static, Db> {
    notices::table.filter(is_seen_notice!(actor)).into_boxed()
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<Notice> {
    let row: Row = visible_to(actor).filter(notices::id.eq(id)).select(Row::as_select()).first(conn)?;
    Ok(row.notice())
}

/// One notice in the caller's scope.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<Notice> {
    find(read.conn, read.actor, id)
}

/// One notice in the caller's scope, locked until the write ends, and its campaign, held as it is, where it
/// belongs to one.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<(Option<Campaign>, Notice)> {
    let campaign_id = find(tx.conn, tx.actor, id)?.campaign_id;
    if let Some(campaign_id) = campaign_id {
        super::share_row(tx.conn, "campaigns", campaign_id)?;
    }
    super::lock_row(tx.conn, "notices", id)?;
    let campaign = campaign_id.map(|id| campaign::load(tx.conn, id)).transpose()?;
    Ok((campaign, find(tx.conn, tx.actor, id)?))
}

/// The attempts to send these notices, first to last.
pub fn attempts(conn: &mut DbConnection, notice_ids: &[Id]) -> StoreResult<Vec<(Id, Attempt)>> {
    let rows: Vec<AttemptRow> = notice_attempts::table
        .filter(notice_attempts::notice_id.eq_any(notice_ids))
        .order(notice_attempts::id)
        .select(AttemptRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.notice_id, row.attempt())).collect())
}

/// The notices in the caller's scope.
pub fn list(read: &mut Read<'_>, filter: &Filter, page: &Page) -> StoreResult<Listed<Notice>> {
    let query = || {
        let mut query = visible_to(read.actor);
        any_of!(
            query,
            notices::kind => filter.kinds,
            notices::status => filter.statuses,
            notices::audience => filter.audiences,
            notices::campaign_id => filter.campaign_ids,
            notices::record_id => filter.record_ids,
        );
        if !filter.unit_ids.is_empty() {
            let among = notice_items::table
                .filter(notice_items::unit_id.eq_any(filter.unit_ids.clone()))
                .select(notice_items::notice_id);
            let alone = notices::unit_id.eq_any(filter.unit_ids.iter().copied().map(Some));
            query = query
                .filter(notices::audience.eq_any(Audience::OF_UNIT))
                .filter(notices::unit_id.is_not_null().and(alone).or(notices::id.eq_any(among)));
        }
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, notices::id, Row);
    let notices = rows.into_iter().map(Row::notice).collect();
    Ok(page.cut(notices, |notice: &Notice| notice.id, total))
}

/// A notice as it is written.
pub(super) struct NewNotice<'a> {
    /// None where it belongs to no campaign.
    pub(super) campaign_id: Option<Id>,
    /// The event's id, or campaign and date of the scan: unique with kind and recipient.
    pub(super) event_key: String,
    pub(super) recipient: &'a Recipient,
    /// The unit that it is about; `None` where several are.
    pub(super) unit_id: Option<Id>,
    /// Kind and id of the record that it is about, as in its path.
    pub(super) record: (&'a str, Id),
    /// Not sent before.
    pub(super) due_at: Instant,
    pub(super) content: &'a NoticeContent,
}

/// Writes the notice, undeliverable where the recipient has no address.
///
/// # Errors
/// [`super::StoreError::Duplicate`] where it was written before.
pub(super) fn insert(tx: &mut Write<'_>, new: &NewNotice<'_>) -> StoreResult<Id> {
    let id = Id::new();
    let recipient = new.recipient;
    let status =
        if recipient.address.is_some() { NoticeStatus::Pending } else { NoticeStatus::Undeliverable };
    let whom = (
        notices::recipient.eq(recipient.key()),
        notices::audience.eq(recipient.audience),
        notices::account_id.eq(recipient.account_id),
        notices::address.eq(&recipient.address),
    );
    let what = (
        notices::campaign_id.eq(new.campaign_id),
        notices::kind.eq(new.content.matter.kind()),
        notices::event_key.eq(&new.event_key),
        notices::unit_id.eq(new.unit_id),
        notices::record_kind.eq(new.record.0),
        notices::record_id.eq(new.record.1),
        notices::content.eq(serde_json::to_string(new.content)?),
    );
    let when = (
        notices::created_at.eq(tx.now),
        notices::due_at.eq(new.due_at),
        notices::next_attempt_at.eq(clock::system_now()),
        notices::attempts.eq(0),
        notices::lease.eq(0),
    );
    diesel::insert_into(notices::table)
        .values((notices::id.eq(id), notices::version.eq(1), notices::status.eq(status), whom, what, when))
        .execute(tx.conn)?;
    Ok(id)
}

/// Those of the keys in storage that no attempt names.
pub fn unnamed(conn: &mut DbConnection, keys: &[String]) -> StoreResult<Vec<String>> {
    super::bulk::unnamed(keys, |some| {
        let named = notice_attempts::table.filter(notice_attempts::object_key.eq_any(some));
        Ok(named.select(notice_attempts::object_key).load(conn)?)
    })
}

/// Lets the scan tell again what a notice was to tell.
fn forget_items(tx: &mut Write<'_>, notice_id: Id) -> StoreResult<()> {
    diesel::delete(notice_items::table.filter(notice_items::notice_id.eq(notice_id))).execute(tx.conn)?;
    Ok(())
}

/// Sends a notice again, as a new mail where it would otherwise go to an address that has changed.
pub fn resend(tx: &mut Write<'_>, before: &Notice, status: NoticeStatus) -> StoreResult<Notice> {
    let now = clock::system_now();
    let of_account =
        |found: Vec<Recipient>| found.into_iter().find(|one| one.account_id == before.account_id);
    let address = match (before.about, before.unit_id) {
        // It is told to the address that was given up, and to no other.
        (Some(About { kind: NoticeKind::ContactChanged, .. }), _) => before.address.clone(),
        (Some(About { audience, .. }), _) if audience.is_personal() => {
            let found = directory::people(tx.conn, audience, before.account_id.as_slice())?;
            of_account(found).and_then(|one| one.address)
        }
        (Some(About { audience, .. }), Some(unit_id)) => {
            let directory = Directory::of(tx.conn, &[unit_id])?;
            of_account(directory.recipients(audience, unit_id)).and_then(|one| one.address)
        }
        (None, _) | (_, None) => before.address.clone(),
    };
    diesel::update(notices::table.find(before.id))
        .set((
            notices::version.eq(notices::version + 1),
            notices::status.eq(status),
            notices::attempts.eq(0),
            notices::next_attempt_at.eq(now),
            notices::due_at.eq(tx.now),
            notices::ended_at.eq(None::<Instant>),
        ))
        .execute(tx.conn)?;
    // A one-time link that was not used in time is of no use any more: the new mail has a new one.
    let set_aside = !fault::of_notices(tx.conn, &[before.id])?.is_empty();
    let has_link = before.about.is_some_and(|about| about.kind.has_one_time_link());
    if address != before.address || has_link || set_aside {
        fault::clear(tx.conn, Subject::Notice, before.id)?;
        forget_mail(tx, before.id)?;
    }
    changed(tx, "resend", before, None)
}

/// Lets the message be rendered anew, as another mail.
fn forget_mail(tx: &mut Write<'_>, id: Id) -> StoreResult<()> {
    let nothing = None::<String>;
    diesel::update(notices::table.find(id))
        .set((
            notices::message_id.eq(&nothing),
            notices::object_key.eq(&nothing),
            notices::object_sha256.eq(&nothing),
            notices::rendered_at.eq(None::<Instant>),
            notices::words.eq(&nothing),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Calls a notice off.
pub fn cancel(
    tx: &mut Write<'_>,
    before: &Notice,
    status: NoticeStatus,
    reason: &str,
) -> StoreResult<Notice> {
    diesel::update(notices::table.find(before.id))
        .set((
            notices::version.eq(notices::version + 1),
            notices::status.eq(status),
            notices::ended_at.eq(Some(tx.now)),
            notices::cancel_reason.eq(reason),
        ))
        .execute(tx.conn)?;
    changed(tx, "cancel", before, Some(reason))
}

/// Records how the unit was told instead.
pub fn record_delivery(tx: &mut Write<'_>, before: &Notice, told: &ToldOtherwise) -> StoreResult<Notice> {
    diesel::update(notices::table.find(before.id))
        .set((
            notices::version.eq(notices::version + 1),
            notices::told_channel.eq(told.channel),
            notices::told_name.eq(&told.told_name),
            notices::told_at.eq(told.told_at),
            notices::told_note.eq(&told.note),
        ))
        .execute(tx.conn)?;
    changed(tx, "record-delivery", before, None)
}

fn changed(tx: &mut Write<'_>, action: &str, before: &Notice, reason: Option<&str>) -> StoreResult<Notice> {
    let after = find(tx.conn, tx.actor, before.id)?;
    let event = Event {
        action,
        record_kind: KIND,
        record_id: before.id,
        unit_id: before.unit_id,
        campaign_id: before.campaign_id,
        reason,
        before: Some(snapshot(before)),
        after: Some(snapshot(&after)),
    };
    audit::record(tx, event)?;
    Ok(after)
}

fn snapshot(notice: &Notice) -> Value {
    json!({"status": notice.status, "address": notice.address, "told_otherwise": notice.told_otherwise})
}
