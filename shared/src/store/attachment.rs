//! Attachments: their descriptions and whom they belong to. The bytes are in the storage of objects.

use diesel::prelude::*;
use serde_json::json;

use super::audit::{self, Event};
use super::schema::attachments;
use super::{Db, DbConnection, Read, StoreError, StoreResult, Write, clock};
use crate::domain::actor::Actor;
use crate::domain::attachment::{Attachment, LinkedTo, MediaType};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::record::RecordKind;
use crate::domain::refusal::{Code, Refusal, Violations};

const KIND: RecordKind = RecordKind::Attachment;

/// The first part of the keys of stored attachments.
pub const OBJECTS: &str = "attachments";

/// How long an attachment waits for its record, by the system's clock.
const UNLINKED_KEPT: chrono::TimeDelta = chrono::TimeDelta::days(7);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = attachments)]
struct Row {
    id: Id,
    uploader_id: Id,
    file_name: String,
    media_type: MediaType,
    size: i64,
    sha256: String,
    object_key: String,
    created_at: Instant,
    expires_at: Option<Instant>,
    record_kind: Option<RecordKind>,
    record_id: Option<Id>,
    unit_id: Option<Id>,
    campaign_id: Option<Id>,
}

impl Row {
    fn attachment(self) -> Attachment {
        let (unit_id, campaign_id) = (self.unit_id, self.campaign_id);
        let record = self.record_kind.zip(self.record_id);
        Attachment {
            id: self.id,
            uploader_id: self.uploader_id,
            file_name: self.file_name,
            media_type: self.media_type,
            size: self.size,
            sha256: self.sha256,
            object_key: self.object_key,
            created_at: self.created_at,
            linked_to: record.map(|(record_kind, record_id)| LinkedTo {
                record_kind,
                record_id,
                unit_id,
                campaign_id,
            }),
        }
    }
}

/// Whether a caller may see an attachment: their own until it is linked, afterwards those of the records in their scope.
/// What belongs to a campaign and to no unit is everybody's who sees the campaign. A macro, as those of
/// [`escalation::discipline`](super::escalation::discipline).
macro_rules! is_seen_attachment {
    ($actor:expr) => {{
        use diesel::prelude::*;
        use $crate::domain::campaign::CampaignStatus;
        use $crate::domain::record::RecordKind;
        use $crate::store::escalation::discipline;
        use $crate::store::list::holds;
        use $crate::store::schema::{attachments, campaign_units, campaigns};
        let actor: &$crate::domain::actor::Actor = $actor;
        let unlinked = attachments::record_id.is_null();
        let own = attachments::uploader_id.nullable().eq(actor.account_id).and(unlinked);
        let of = |kind: RecordKind| attachments::record_kind.eq(kind);
        let of_escalation = of(RecordKind::Escalation);
        let of_district = attachments::record_id.is_not_null().and(
            holds(actor.sees_escalations())
                .or(holds(actor.sees_all_units()).and(attachments::record_kind.ne(RecordKind::Escalation))),
        );
        let of_units = attachments::unit_id.eq_any(actor.liaison_units());
        let seen = campaign_units::table
            .inner_join(campaigns::table.on(campaigns::id.eq(campaign_units::campaign_id)))
            .filter(campaign_units::unit_id.eq_any(actor.liaison_units()))
            .filter(campaigns::status.ne(CampaignStatus::Draft))
            .select(campaign_units::campaign_id.nullable());
        let of_campaigns = attachments::unit_id.is_null().and(attachments::campaign_id.eq_any(seen));
        let record = attachments::record_id.assume_not_null();
        let sent =
            of_escalation
                .and(record.eq_any(discipline::sent_to_discipline!()))
                .or(of(RecordKind::Finding).and(record.eq_any(discipline::findings_of_discipline!())))
                .or(of(RecordKind::Rectification)
                    .and(record.eq_any(discipline::rectifications_of_discipline!())));
        own.or(of_district).or(of_units).or(of_campaigns).or(holds(actor.acts_for_discipline()).and(sent))
    }};
}

pub(in crate::store) use is_seen_attachment;

/// The attachments that a caller may see.
fn visible_to(actor: &Actor) -> attachments::BoxedQuery<'static, Db> {
    attachments::table.filter(is_seen_attachment!(actor)).into_boxed()
}

/// One attachment in the caller's scope.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<Attachment> {
    let row: Row =
        visible_to(read.actor).filter(attachments::id.eq(id)).select(Row::as_select()).first(read.conn)?;
    Ok(row.attachment())
}

/// What is known of a file whose bytes are stored.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: Id,
    pub file_name: String,
    pub media_type: MediaType,
    /// In bytes.
    pub size: i64,
    /// In lower-case hexadecimal.
    pub sha256: String,
    /// Where the bytes are.
    pub object_key: String,
}

/// Describes bytes that are stored already. The uploader's own until it is linked.
///
/// # Errors
/// [`Refusal::RoleMissing`] where no person uploads.
pub fn create(tx: &mut Write<'_>, stored: &Stored) -> StoreResult<Attachment> {
    let row = Row {
        id: stored.id,
        uploader_id: tx.actor.account_id.ok_or(Refusal::RoleMissing)?,
        file_name: stored.file_name.clone(),
        media_type: stored.media_type,
        size: stored.size,
        sha256: stored.sha256.clone(),
        object_key: stored.object_key.clone(),
        created_at: tx.now,
        expires_at: Some(clock::system_now() + UNLINKED_KEPT),
        record_kind: None,
        record_id: None,
        unit_id: None,
        campaign_id: None,
    };
    diesel::insert_into(attachments::table).values(&row).execute(tx.conn)?;
    let attachment = row.attachment();
    record(tx, "create", &attachment, None)?;
    Ok(attachment)
}

/// Gives a list of attachments to a record, as [`link_each`] does; `pointer` is the list's own.
pub fn link(tx: &mut Write<'_>, ids: &[Id], target: &LinkedTo, pointer: &str) -> StoreResult<()> {
    let named = ids.iter().enumerate().map(|(index, id)| (format!("{pointer}/{index}"), *id));
    link_each(tx, &named.collect::<Vec<_>>(), target)
}

/// Gives attachments to a record, once: whoever may read the record may read them from now on. Those that
/// the record has already stay its own.
///
/// # Errors
/// [`Code::AttachmentUnknown`] at its pointer for each that does not exist, is another's, or belongs to
/// another record: the three look alike.
pub fn link_each(tx: &mut Write<'_>, named: &[(String, Id)], target: &LinkedTo) -> StoreResult<()> {
    if named.is_empty() {
        return Ok(());
    }
    let ids = named.iter().map(|(_, id)| *id);
    let rows: Vec<Row> =
        attachments::table.filter(attachments::id.eq_any(ids)).select(Row::as_select()).load(tx.conn)?;
    let found: Vec<Attachment> = rows.into_iter().map(Row::attachment).collect();
    let linked = |id: &Id| {
        let is_it = |attachment: &&Attachment| attachment.id == *id;
        found.iter().find(is_it).and_then(|attachment| match &attachment.linked_to {
            Some(other) => same_record(other, target).then_some(true),
            None => (Some(attachment.uploader_id) == tx.actor.account_id).then_some(false),
        })
    };
    let mut violations = Violations::default();
    for (pointer, id) in named {
        violations.require(linked(id).is_some(), pointer, Code::AttachmentUnknown);
    }
    violations.refuse()?;
    let new: Vec<&Attachment> =
        found.iter().filter(|attachment| linked(&attachment.id) == Some(false)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let new_ids: Vec<Id> = new.iter().map(|attachment| attachment.id).collect();
    let free =
        attachments::table.filter(attachments::id.eq_any(&new_ids)).filter(attachments::record_id.is_null());
    let changed = diesel::update(free)
        .set((
            attachments::expires_at.eq(None::<Instant>),
            attachments::record_kind.eq(&target.record_kind),
            attachments::record_id.eq(target.record_id),
            attachments::unit_id.eq(target.unit_id),
            attachments::campaign_id.eq(target.campaign_id),
        ))
        .execute(tx.conn)?;
    if changed != new_ids.len() {
        // Another write linked or swept one meanwhile: the next try sees it.
        return Err(StoreError::Unavailable("an attachment changed meanwhile".to_owned()));
    }
    for attachment in new {
        record(tx, "link", attachment, Some(target))?;
    }
    Ok(())
}

/// Moves the attachments of a record with it into the scope of a unit, or out of it.
pub(super) fn place(tx: &mut Write<'_>, target: &LinkedTo) -> StoreResult<()> {
    let of_record = attachments::table
        .filter(attachments::record_kind.eq(&target.record_kind))
        .filter(attachments::record_id.eq(target.record_id));
    diesel::update(of_record)
        .set((attachments::unit_id.eq(target.unit_id), attachments::campaign_id.eq(target.campaign_id)))
        .execute(tx.conn)?;
    Ok(())
}

/// The attachments of a record.
pub(super) fn of_record(
    conn: &mut DbConnection,
    record_kind: RecordKind,
    record_id: Id,
) -> StoreResult<Vec<Id>> {
    Ok(attachments::table
        .filter(attachments::record_kind.eq(record_kind))
        .filter(attachments::record_id.eq(record_id))
        .select(attachments::id)
        .load(conn)?)
}

/// Gives the attachments of records that are deleted back to their uploaders: unless they are linked again,
/// they are swept.
pub(super) fn release(tx: &mut Write<'_>, record_kind: RecordKind, record_ids: &[Id]) -> StoreResult<()> {
    let of_records = || {
        attachments::table
            .filter(attachments::record_kind.eq(record_kind))
            .filter(attachments::record_id.eq_any(record_ids.iter().copied().map(Some)))
    };
    let rows: Vec<Row> = of_records().select(Row::as_select()).load(tx.conn)?;
    diesel::update(of_records())
        .set((
            attachments::expires_at.eq(clock::system_now() + UNLINKED_KEPT),
            attachments::record_kind.eq(None::<RecordKind>),
            attachments::record_id.eq(None::<Id>),
            attachments::unit_id.eq(None::<Id>),
            attachments::campaign_id.eq(None::<Id>),
        ))
        .execute(tx.conn)?;
    for attachment in rows.into_iter().map(Row::attachment) {
        record(tx, "release", &attachment, None)?;
    }
    Ok(())
}

/// Lets the attachments of a record be read as the record is, after it passed to another unit.
pub(super) fn pass_on(tx: &mut Write<'_>, record_kind: RecordKind, record_id: Id, to: Id) -> StoreResult<()> {
    let of_record = attachments::table
        .filter(attachments::record_kind.eq(record_kind))
        .filter(attachments::record_id.eq(record_id))
        .filter(attachments::unit_id.is_not_null());
    diesel::update(of_record).set(attachments::unit_id.eq(to)).execute(tx.conn)?;
    Ok(())
}

fn same_record(one: &LinkedTo, other: &LinkedTo) -> bool {
    one.record_kind == other.record_kind && one.record_id == other.record_id
}

/// Forgets attachments that were never linked within 7 days. Their bytes are then named by no row.
pub fn forget_unlinked(tx: &mut Write<'_>) -> StoreResult<()> {
    let expired = attachments::table.filter(attachments::expires_at.lt(clock::system_now()));
    let rows: Vec<Row> = expired.select(Row::as_select()).load(tx.conn)?;
    for attachment in rows.into_iter().map(Row::attachment) {
        let unlinked = attachments::table
            .filter(attachments::id.eq(attachment.id))
            .filter(attachments::expires_at.is_not_null());
        if diesel::delete(unlinked).execute(tx.conn)? > 0 {
            record(tx, "delete", &attachment, None)?;
        }
    }
    Ok(())
}

/// Those of the keys in storage that no attachment names.
pub fn unnamed(conn: &mut DbConnection, keys: &[String]) -> StoreResult<Vec<String>> {
    super::bulk::unnamed(keys, |some| {
        let named = attachments::table.filter(attachments::object_key.eq_any(some));
        Ok(named.select(attachments::object_key).load(conn)?)
    })
}

fn record(
    tx: &mut Write<'_>,
    action: &str,
    attachment: &Attachment,
    target: Option<&LinkedTo>,
) -> StoreResult<()> {
    let described = json!({
        "file_name": attachment.file_name,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "record_kind": target.map(|target| target.record_kind),
        "record_id": target.map(|target| target.record_id),
    });
    let (before, after) = if action == "delete" { (Some(described), None) } else { (None, Some(described)) };
    let event = Event {
        action,
        record_kind: KIND,
        record_id: attachment.id,
        unit_id: target.and_then(|target| target.unit_id),
        campaign_id: target.and_then(|target| target.campaign_id),
        reason: None,
        before,
        after,
    };
    audit::record(tx, event)
}
