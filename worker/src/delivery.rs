//! The delivery of notices: claimed, rendered once, sent, and noted. What is in flight when a worker dies
//! is sent again, byte for byte under the same Message-ID.

use std::collections::HashSet;
use std::time::Duration;

use chrono::TimeDelta;
use lettre::Address;
use shared::domain::backoff;
use shared::domain::canonical::sha256;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::notice::{StoredMail, Words};
use shared::domain::refusal::Refusal;
use shared::store::notice::OBJECTS;
use shared::store::notice::delivery::{self, Claim, End};
use shared::store::schedule;
use shared::store::{StoreError, clock};
use shared::token;

use crate::mail::envelope::Envelope;
use crate::mail::message::{self, Stamp};
use crate::mail::transport::{Mail, Outcome, RetryKind};
use crate::stop::Stop;
use crate::worker::{Worker, WorkerError};

/// How long a notice is held; afterwards another worker takes it over.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// How long one attempt may take: at most half the lease, so that its end is noted within it.
const LIMIT: Duration = Duration::from_secs(30);

/// A mailbox that does not take a mail so many times never does.
const ATTEMPTS: i32 = 20;

/// What the ledger shows in place of a link's token.
const MASK: &str = "••••••";

/// So many failures in a row, over several recipients or before any, and the server is given a rest.
const IN_A_ROW: usize = 3;

/// The delivery of one process, with what failed since a mail was last dealt with.
pub struct Delivery {
    limit: Duration,
    /// Attempts in a row that came to no recipient.
    unreached: usize,
    /// Those over whose mails first attempts failed in a row.
    recipients: HashSet<Address>,
}

/// As the service runs.
impl Default for Delivery {
    fn default() -> Self {
        Self::within(LIMIT)
    }
}

/// A message that is stored and can go.
struct Ready {
    mail: StoredMail,
    bytes: Vec<u8>,
    link_hash: Option<String>,
}

impl Delivery {
    /// Each attempt ends within the limit.
    pub fn within(limit: Duration) -> Self {
        Self { limit, unreached: 0, recipients: HashSet::new() }
    }

    /// Sends everything that is due, one after the other, until nothing is left, the server is given a rest, or
    /// the worker stops. One mail that fails stands in the ledger and stops no other.
    ///
    /// # Errors
    /// The database is away.
    pub async fn deliver_due(&mut self, worker: &Worker, stop: &Stop) -> Result<(), WorkerError> {
        let delivered = self.deliver_each(worker, stop).await;
        worker.transport.close().await;
        delivered
    }

    async fn deliver_each(&mut self, worker: &Worker, stop: &Stop) -> Result<(), WorkerError> {
        while !stop.is_asked() {
            let claimed = worker.write(|tx| delivery::claim(tx, clock::system_now(), LEASE)).await?;
            let Some(claim) = claimed else { return Ok(()) };
            let notice_id = claim.notice.id;
            match self.deliver(worker, claim).await {
                Err(WorkerError::Store(StoreError::Refused(Refusal::Stale))) => {
                    tracing::warn!(%notice_id, "another worker has taken the notice over");
                }
                ended => ended?,
            }
        }
        Ok(())
    }

    async fn deliver(&mut self, worker: &Worker, claim: Claim) -> Result<(), WorkerError> {
        let Ok(envelope) = Envelope::new(&worker.sender, claim.address.as_str()) else {
            return worker.write(move |tx| delivery::give_up_address(tx, &claim)).await;
        };
        let Ready { mail, bytes, link_hash } = match ready(worker, &claim, &envelope).await {
            Ok(ready) => ready,
            Err(error) => return self.not_ready(worker, claim, error).await,
        };
        let attempt_id = {
            let (claim, mail) = (claim.clone(), mail.clone());
            worker.write(move |tx| delivery::begin(tx, &claim, &mail, link_hash.as_deref())).await?
        };
        let message = Mail {
            notice_id: claim.notice.id,
            kind: claim.about.kind,
            rendered_at: mail.rendered_at,
            envelope: &envelope,
            bytes: &bytes,
        };
        let outcome = worker.transport.send(message, self.limit).await;
        let again = self.again(worker, &claim, envelope.recipient(), &outcome).await?;
        let (end, reply) = judge(outcome, claim.notice.attempts + 1, claim.server_at_fault, again);
        tracing::info!(notice_id = %claim.notice.id, kind = %claim.about.kind, ?end, "a notice was attempted");
        worker.write(move |tx| delivery::end(tx, &claim, attempt_id, &end, &reply)).await
    }

    /// A message that cannot be put together never will be; one that the storage does not take or give waits.
    async fn not_ready(
        &mut self,
        worker: &Worker,
        claim: Claim,
        error: WorkerError,
    ) -> Result<(), WorkerError> {
        let reason = error.to_string();
        tracing::error!(notice_id = %claim.notice.id, reason, "a notice could not be made ready");
        match error {
            WorkerError::Store(error) => Err(error.into()),
            WorkerError::Interrupted => Err(WorkerError::Interrupted),
            WorkerError::Objects(error) if !error.is_not_found() => {
                let again = self.server_failed(worker, &reason, false).await?;
                worker.write(move |tx| delivery::put_off(tx, &claim, again, &reason)).await
            }
            _ => worker.write(move |tx| delivery::set_aside(tx, &claim, &reason)).await,
        }
    }

    /// When the mail goes again, where it does; and a rest for the server, where several failed in a row.
    async fn again(
        &mut self,
        worker: &Worker,
        claim: &Claim,
        recipient: &Address,
        outcome: &Outcome,
    ) -> Result<Instant, WorkerError> {
        let own = clock::system_now() + delay(claim.notice.attempts);
        let Outcome::Retry { kind, reason } = outcome else {
            self.unreached = 0;
            self.recipients.clear();
            return Ok(own);
        };
        match kind {
            RetryKind::Server => self.server_failed(worker, reason, false).await,
            RetryKind::Ours => self.server_failed(worker, reason, true).await,
            RetryKind::Recipient | RetryKind::Unanswered => {
                self.unreached = 0;
                // Who failed before says nothing new about the server: a few bad mailboxes must not let all wait for ever.
                let is_news = claim.notice.attempts == 0 && self.recipients.insert(recipient.clone());
                if is_news && self.recipients.len() >= IN_A_ROW {
                    rest(worker, reason).await?;
                }
                Ok(own)
            }
        }
    }

    /// When it is tried again after an attempt that came to no recipient.
    async fn server_failed(
        &mut self,
        worker: &Worker,
        reason: &str,
        at_once: bool,
    ) -> Result<Instant, WorkerError> {
        self.unreached += 1;
        if at_once || self.unreached >= IN_A_ROW {
            rest(worker, reason).await
        } else {
            Ok(clock::system_now() + delay(0))
        }
    }
}

/// Lets every mail wait.
async fn rest(worker: &Worker, reason: &str) -> Result<Instant, WorkerError> {
    let given = reason.to_owned();
    let until = worker
        .write(move |tx| schedule::give_rest(tx.conn, &given, clock::system_now(), rand::random()))
        .await?;
    tracing::warn!(%until, reason, "the mail server is given a rest");
    Ok(until)
}

fn delay(failures_before: i32) -> TimeDelta {
    backoff::delay(u32::try_from(failures_before).unwrap_or_default() + 1, rand::random())
}

/// What an outcome means for the notice. Only a mailbox that refuses, again and again or for good, ends it, or a
/// message that may have arrived so many times: our own account and a server that is away, or takes nobody's mail,
/// say nothing about the recipient.
fn judge(outcome: Outcome, attempts: i32, server_at_fault: bool, again: Instant) -> (End, String) {
    match outcome {
        Outcome::Sent { reply } => (End::Sent, reply.to_string()),
        Outcome::Written { file_name } => (End::Written, file_name),
        Outcome::Refused { reply } => (End::Failed, reply.to_string()),
        Outcome::Retry { kind, reason } => {
            let end = match kind {
                RetryKind::Recipient if attempts >= ATTEMPTS && !server_at_fault => End::Failed,
                RetryKind::Recipient => End::Retry(again),
                RetryKind::Unanswered if attempts >= ATTEMPTS => End::Failed,
                RetryKind::Unanswered => End::Unknown(again),
                RetryKind::Server | RetryKind::Ours => End::Unreached(again),
            };
            (end, reason)
        }
    }
}

/// The stored message of the notice, which is rendered before the first attempt.
async fn ready(worker: &Worker, claim: &Claim, envelope: &Envelope) -> Result<Ready, WorkerError> {
    match &claim.notice.mail {
        Some(mail) => Ok(Ready { mail: mail.clone(), bytes: stored(worker, mail).await?, link_hash: None }),
        None => rendered(worker, claim, envelope).await,
    }
}

/// The message that was rendered for an earlier attempt.
async fn stored(worker: &Worker, mail: &StoredMail) -> Result<Vec<u8>, WorkerError> {
    let bytes = worker.objects.get(&mail.object_key).await?;
    if sha256(&bytes) == mail.sha256 {
        Ok(bytes.to_vec())
    } else {
        Err(WorkerError::Altered(mail.object_key.clone()))
    }
}

/// Renders the message and stores it: bytes first, row after. With it the hash of its one-time link, whose
/// token stands in the message and nowhere else.
async fn rendered(worker: &Worker, claim: &Claim, envelope: &Envelope) -> Result<Ready, WorkerError> {
    let (notice, about) = (&claim.notice, claim.about);
    let rendered_at = worker.with(|_, now| Ok(now)).await?;
    let token = about.kind.has_one_time_link().then(token::new);
    let link = match &token {
        Some(token) => worker.one_time_link(about.record_id, token),
        None => worker.link(&notice.record_kind, about.record_id),
    };
    let words = worker.renderer.render(&claim.content, &link)?;
    let masked = |text: &str| token.as_ref().map_or(text.to_owned(), |token| text.replace(token, MASK));
    let in_ledger = Words { subject: words.subject.clone(), text: masked(&words.text) };
    // A name of its own each time: what a worker stored that died before its row is no other's message.
    let name = Id::new();
    let message_id = message::message_id(name.as_str(), envelope);
    let bytes = message::build(words, envelope, Stamp { message_id: &message_id, date: rendered_at })?;
    let object_key = format!("{OBJECTS}/{name}.eml");
    worker.objects.put(&object_key, bytes.clone()).await?;
    let mail = StoredMail { message_id, object_key, sha256: sha256(&bytes), rendered_at, words: in_ledger };
    Ok(Ready { mail, bytes, link_hash: token.as_deref().map(token::hash) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_ends_within_half_its_lease() {
        assert!(TimeDelta::from_std(LIMIT).unwrap() * 2 <= LEASE);
    }

    #[test]
    fn only_a_mailbox_ends_a_notice_by_patience() {
        let again = clock::system_now();
        let after = |kind, attempts, server_at_fault| {
            judge(Outcome::Retry { kind, reason: String::new() }, attempts, server_at_fault, again).0
        };
        assert_eq!(after(RetryKind::Recipient, ATTEMPTS - 1, false), End::Retry(again));
        assert_eq!(after(RetryKind::Recipient, ATTEMPTS, false), End::Failed);
        assert_eq!(after(RetryKind::Recipient, ATTEMPTS * 10, true), End::Retry(again));
        assert_eq!(after(RetryKind::Unanswered, 1, true), End::Unknown(again));
        assert_eq!(after(RetryKind::Unanswered, ATTEMPTS, true), End::Failed);
        assert_eq!(after(RetryKind::Server, ATTEMPTS * 10, false), End::Unreached(again));
        assert_eq!(after(RetryKind::Ours, ATTEMPTS * 10, false), End::Unreached(again));
    }
}
