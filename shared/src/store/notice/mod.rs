//! Notices: the ledger of who was told what.

mod announce;
mod recipient;

use diesel::prelude::*;

pub use announce::{Announcement, announce};
pub(super) use recipient::{Directory, Recipient};

use super::schema::notices;
use super::{StoreResult, Write, clock};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::notice::NoticeStatus;
use crate::domain::notice_content::NoticeContent;

/// A notice as it is written.
pub(super) struct NewNotice<'a> {
    pub(super) campaign_id: Id,
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
