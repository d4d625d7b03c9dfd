//! Notices as rows.

use diesel::prelude::*;

use crate::domain::email::EmailAddress;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::notice::{
    Attempt, AttemptStatus, Audience, DeliveryChannel, Notice, NoticeStatus, Overtaken, StoredMail,
    ToldOtherwise,
};
use crate::store::StoreResult;
use crate::store::schema::{notice_attempts, notices};

#[derive(Queryable, Selectable)]
#[diesel(table_name = notices)]
pub(super) struct Row {
    id: Id,
    version: i64,
    campaign_id: Option<Id>,
    audience: Audience,
    unit_id: Option<Id>,
    account_id: Option<Id>,
    address: Option<EmailAddress>,
    record_kind: String,
    record_id: Id,
    status: NoticeStatus,
    content: String,
    created_at: Instant,
    due_at: Instant,
    ended_at: Option<Instant>,
    attempts: i32,
    message_id: Option<String>,
    object_key: Option<String>,
    object_sha256: Option<String>,
    rendered_at: Option<Instant>,
    words: Option<String>,
    overtaken_by: Option<Overtaken>,
    cancel_reason: Option<String>,
    told_channel: Option<DeliveryChannel>,
    told_name: Option<String>,
    told_at: Option<Instant>,
    told_note: Option<String>,
    pub(super) lease: i64,
    pub(super) event_key: String,
    pub(super) recipient: String,
}

impl Row {
    pub(super) fn notice(self) -> StoreResult<Notice> {
        let rendered = self.rendered_at.zip(self.words);
        let mail = match (self.message_id, self.object_key, self.object_sha256, rendered) {
            (Some(message_id), Some(object_key), Some(sha256), Some((rendered_at, words))) => {
                let words = serde_json::from_str(&words)?;
                Some(StoredMail { message_id, object_key, sha256, rendered_at, words })
            }
            _ => None,
        };
        let told_otherwise = match (self.told_channel, self.told_name, self.told_at) {
            (Some(channel), Some(told_name), Some(told_at)) => {
                Some(ToldOtherwise { channel, told_name, told_at, note: self.told_note })
            }
            _ => None,
        };
        Ok(Notice {
            id: self.id,
            version: self.version,
            campaign_id: self.campaign_id,
            status: self.status,
            audience: self.audience,
            unit_id: self.unit_id,
            account_id: self.account_id,
            address: self.address,
            record_kind: self.record_kind,
            record_id: self.record_id,
            content: serde_json::from_str(&self.content)?,
            created_at: self.created_at,
            due_at: self.due_at,
            ended_at: self.ended_at,
            attempts: self.attempts,
            mail,
            overtaken_by: self.overtaken_by,
            cancel_reason: self.cancel_reason,
            told_otherwise,
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = notice_attempts)]
pub(super) struct AttemptRow {
    id: Id,
    pub(super) notice_id: Id,
    status: AttemptStatus,
    address: EmailAddress,
    message_id: String,
    object_sha256: String,
    started_at: Instant,
    ended_at: Option<Instant>,
    reply: Option<String>,
}

impl AttemptRow {
    pub(super) fn attempt(self) -> Attempt {
        Attempt {
            id: self.id,
            status: self.status,
            address: self.address,
            message_id: self.message_id,
            sha256: self.object_sha256,
            started_at: self.started_at,
            ended_at: self.ended_at,
            reply: self.reply,
        }
    }
}
