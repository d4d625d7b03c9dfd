//! How mails leave: by SMTP, or as files where no server is set.

use std::path::Path;
use std::time::Duration;

use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::notice::NoticeKind;
use tokio::time::timeout;

use super::envelope::Envelope;
use super::files::Files;
use super::reply::Reply;
use super::smtp::Smtp;
use super::smtp_url::InvalidSmtpUrl;

/// The way out, chosen by the settings.
pub enum Transport {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a folder: read by people, never counted as told.
    Files(Files),
}

/// One stored message on its way to one recipient.
#[derive(Clone, Copy, Debug)]
pub struct Mail<'a> {
    /// The notice that the message carries.
    pub notice_id: Id,
    /// The notice's kind.
    pub kind: NoticeKind,
    /// When the message was rendered: the same for every attempt.
    pub rendered_at: Instant,
    /// From whom to whom.
    pub envelope: &'a Envelope,
    /// The message as it was stored.
    pub bytes: &'a [u8],
}

/// How one attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server took the message over.
    Sent {
        /// Its answer.
        reply: Reply,
    },
    /// The message lies in a file.
    Written {
        /// The file's name within the folder of mails.
        file_name: String,
    },
    /// Not this time.
    Retry {
        /// What should wait, and for what.
        kind: RetryKind,
        /// The server's answer, or what broke. Names no account or password.
        reason: String,
    },
    /// The server refuses this message to this recipient for good.
    Refused {
        /// Its answer.
        reply: Reply,
    },
}

impl Outcome {
    /// The same in other words.
    pub(super) fn reworded(self, reword: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Sent { reply } => Self::Sent { reply: reply.reworded(reword) },
            Self::Refused { reply } => Self::Refused { reply: reply.reworded(reword) },
            Self::Retry { kind, reason } => Self::Retry { kind, reason: reword(&reason) },
            Self::Written { .. } => self,
        }
    }
}

/// What a failed attempt asks of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryKind {
    /// This mail waits: the recipient's mailbox is busy, full or greylisted, or the connection broke over it.
    Recipient,
    /// The message was on its way and no answer came: it may have arrived. Send the same bytes
    /// under the same Message-ID again, and never cancel.
    Unanswered,
    /// No recipient was come to: the server was not reached, or the connection broke before.
    Server,
    /// No recipient was come to, and none will be: the server wants a rest, or our own account, sender or
    /// settings are refused. Every mail waits.
    Ours,
}

impl Transport {
    /// By SMTP where a server is set, else into the folder.
    pub fn new(smtp_url: Option<&str>, folder: &Path) -> Result<Self, InvalidSmtpUrl> {
        match smtp_url {
            Some(url) => Ok(Self::Smtp(Smtp::new(url.parse()?))),
            None => Ok(Self::Files(Files::new(folder))),
        }
    }

    /// One attempt, which ends within the limit.
    pub async fn send(&self, mail: Mail<'_>, limit: Duration) -> Outcome {
        match self {
            Self::Smtp(smtp) => smtp.send(mail.envelope, mail.bytes, limit).await,
            Self::Files(files) => match timeout(limit, files.write(mail.file_name(), mail.bytes)).await {
                Ok(outcome) => outcome,
                Err(_) => Outcome::Retry {
                    kind: RetryKind::Server,
                    reason: "the disk did not answer in time".to_owned(),
                },
            },
        }
    }

    /// Ends what is kept for a next attempt, where none is at hand.
    pub async fn close(&self) {
        match self {
            Self::Smtp(smtp) => smtp.close().await,
            Self::Files(_) => {}
        }
    }
}

impl Mail<'_> {
    /// Sorts by time, and is the same for every attempt, so that a repeated mail replaces itself.
    fn file_name(&self) -> String {
        let at = self.rendered_at.to_utc().format("%Y%m%dT%H%M%SZ");
        format!("{at}-{}-{}.eml", self.kind, self.notice_id)
    }
}
