//! Notices as rows.

use diesel::prelude::*;

use crate::domain::email::EmailAddress;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::notice::{
    About, Attempt, AttemptStatus, Audience, DeliveryChannel, Notice, NoticeKind, NoticeStatus, Overtaken,
    StoredMail, ToldOtherwise, Words,
};
use crate::store::readable::Readable;
use crate::store::schema::{notice_attempts, notices};

#[derive(Queryable, Selectable)]
#[diesel(table_name = notices)]
pub(super) struct Row {
    id: Id,
    version: i64,
    campaign_id: Readable<Option<Id>>,
    audience: Readable<Audience>,
    unit_id: Readable<Option<Id>>,
    account_id: Readable<Option<Id>>,
    address: Readable<Option<EmailAddress>>,
    kind: Readable<NoticeKind>,
    record_kind: String,
    record_id: Readable<Id>,
    status: Readable<NoticeStatus>,
    content: String,
    created_at: Readable<Instant>,
    due_at: Readable<Instant>,
    ended_at: Readable<Option<Instant>>,
    attempts: i32,
    message_id: Option<String>,
    object_key: Option<String>,
    object_sha256: Option<String>,
    rendered_at: Readable<Option<Instant>>,
    words: Option<String>,
    overtaken_by: Readable<Option<Overtaken>>,
    cancel_reason: Option<String>,
    told_channel: Readable<Option<DeliveryChannel>>,
    told_name: Option<String>,
    told_at: Readable<Option<Instant>>,
    told_note: Option<String>,
    pub(super) lease: i64,
    pub(super) event_key: String,
    pub(super) recipient: String,
}

impl Row {
    pub(super) fn notice(self) -> Notice {
        let mut unreadable = None;
        let content = Readable(serde_json::from_str(&self.content).map_err(|error| error.to_string()));
        let content = content.or_note("content", &mut unreadable);
        let words = self.words.map(|words| serde_json::from_str::<Words>(&words)).transpose();
        let words = Readable(words.map_err(|error| error.to_string())).or_note("words", &mut unreadable);
        let rendered_at = self.rendered_at.or_note("rendered_at", &mut unreadable);
        let rendered = rendered_at.flatten().zip(words.flatten());
        let mail = match (self.message_id, self.object_key, self.object_sha256, rendered) {
            (Some(message_id), Some(object_key), Some(sha256), Some((rendered_at, words))) => {
                Some(StoredMail { message_id, object_key, sha256, rendered_at, words })
            }
            _ => None,
        };
        let told_at = self.told_at.or_note("told_at", &mut unreadable).flatten();
        let told_channel = self.told_channel.or_note("told_channel", &mut unreadable).flatten();
        let told_otherwise = match (told_channel, self.told_name, told_at) {
            (Some(channel), Some(told_name), Some(told_at)) => {
                Some(ToldOtherwise { channel, told_name, told_at, note: self.told_note })
            }
            _ => None,
        };
        let kind = self.kind.or_note("kind", &mut unreadable);
        let audience = self.audience.or_note("audience", &mut unreadable);
        let record_id = self.record_id.or_note("record_id", &mut unreadable);
        let about = match (kind, audience, record_id) {
            (Some(kind), Some(audience), Some(record_id)) => Some(About { kind, audience, record_id }),
            _ => None,
        };
        Notice {
            status: self.status.or_note("status", &mut unreadable).unwrap_or(NoticeStatus::Failed),
            about,
            campaign_id: self.campaign_id.or_note("campaign_id", &mut unreadable).flatten(),
            unit_id: self.unit_id.or_note("unit_id", &mut unreadable).flatten(),
            account_id: self.account_id.or_note("account_id", &mut unreadable).flatten(),
            overtaken_by: self.overtaken_by.or_note("overtaken_by", &mut unreadable).flatten(),
            address: self.address.or_note("address", &mut unreadable).flatten(),
            created_at: self.created_at.or_note("created_at", &mut unreadable),
            due_at: self.due_at.or_note("due_at", &mut unreadable),
            ended_at: self.ended_at.or_note("ended_at", &mut unreadable).flatten(),
            id: self.id,
            version: self.version,
            record_kind: self.record_kind,
            content,
            attempts: self.attempts,
            mail,
            cancel_reason: self.cancel_reason,
            told_otherwise,
            unreadable,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = notice_attempts)]
pub(super) struct AttemptRow {
    id: Id,
    pub(super) notice_id: Id,
    status: Readable<AttemptStatus>,
    address: Readable<EmailAddress>,
    message_id: String,
    object_sha256: String,
    started_at: Readable<Instant>,
    ended_at: Readable<Option<Instant>>,
    reply: Option<String>,
}

impl AttemptRow {
    pub(super) fn attempt(self) -> Attempt {
        let mut unreadable = None;
        Attempt {
            id: self.id,
            status: self.status.or_note("status", &mut unreadable),
            address: self.address.or_note("address", &mut unreadable),
            message_id: self.message_id,
            sha256: self.object_sha256,
            started_at: self.started_at.or_note("started_at", &mut unreadable),
            ended_at: self.ended_at.or_note("ended_at", &mut unreadable).flatten(),
            reply: unreadable.or(self.reply),
        }
    }
}
