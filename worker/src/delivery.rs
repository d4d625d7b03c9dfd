//! The delivery of notices: claimed, rendered once, sent, and noted. What is in flight when a worker dies
//! is sent again, byte for byte under the same Message-ID.

use std::time::Duration;

use chrono::TimeDelta;
use shared::domain::backoff;
use shared::domain::canonical::sha256;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::notice::{StoredMail, Words};
use shared::domain::refusal::Refusal;
use shared::store::notice::OBJECTS;
use shared::store::notice::delivery::{self, Claim, End};
use shared::store::schedule::{self, Schedule};
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

/// So many broken connections in a row, and the server is given a rest.
const BROKEN_IN_A_ROW: u32 = 3;

/// Sends everything that is due, one after the other, until nothing is left, the server wants a pause, or
/// the worker stops. One mail that fails stands in the ledger and stops no other.
///
/// # Errors
/// The database is away.
pub async fn deliver_due(worker: &Worker, stop: &Stop) -> Result<(), WorkerError> {
    let mut broken_in_a_row = 0;
    while !stop.is_asked() {
        let claimed = worker.write(|tx| delivery::claim(tx, clock::system_now(), LEASE)).await?;
        let Some(claim) = claimed else { return Ok(()) };
        let notice_id = claim.notice.id;
        match deliver(worker, claim).await {
            Ok(Some(RetryKind::Connection)) => broken_in_a_row += 1,
            Ok(_) => broken_in_a_row = 0,
            Err(WorkerError::Store(StoreError::Refused(Refusal::Stale))) => {
                tracing::warn!(%notice_id, "another worker has taken the notice over");
            }
            Err(WorkerError::Store(error)) => return Err(error.into()),
            // Its lease runs out, and it is tried again.
            Err(error) => tracing::error!(%notice_id, %error, "a notice could not be sent"),
        }
        if broken_in_a_row == BROKEN_IN_A_ROW {
            let until = clock::system_now() + backoff::delay(1, rand::random());
            pause(worker, until).await?;
        }
    }
    Ok(())
}

async fn pause(worker: &Worker, until: Instant) -> Result<(), WorkerError> {
    tracing::warn!(%until, "the mail server is given a rest");
    worker.with(move |conn, _| schedule::pause(conn, Schedule::Mail, until)).await
}

/// One attempt; what it asks of the queue where it failed.
async fn deliver(worker: &Worker, claim: Claim) -> Result<Option<RetryKind>, WorkerError> {
    let Ok(envelope) = Envelope::new(&worker.sender, claim.address.as_str()) else {
        worker.write(move |tx| delivery::give_up_address(tx, &claim)).await?;
        return Ok(None);
    };
    let (mail, bytes, link_hash) = match &claim.notice.mail {
        Some(mail) => (mail.clone(), stored(worker, mail).await?, None),
        None => rendered(worker, &claim, &envelope).await?,
    };
    let attempt_id = {
        let (claim, mail) = (claim.clone(), mail.clone());
        worker.write(move |tx| delivery::begin(tx, &claim, &mail, link_hash.as_deref())).await?
    };
    let message = Mail {
        notice_id: claim.notice.id,
        kind: claim.notice.kind(),
        rendered_at: mail.rendered_at,
        envelope: &envelope,
        bytes: &bytes,
    };
    let outcome = worker.transport.send(message, LIMIT).await;
    let failure = match &outcome {
        Outcome::Retry { kind, .. } => Some(*kind),
        _ => None,
    };
    let again = clock::system_now() + delay(claim.notice.attempts);
    let (end, reply) = judge(outcome, claim.notice.attempts + 1, again);
    tracing::info!(notice_id = %claim.notice.id, kind = %claim.notice.kind(), ?end, "a notice was attempted");
    worker.write(move |tx| delivery::end(tx, &claim, attempt_id, &end, &reply)).await?;
    if failure == Some(RetryKind::Throttled) {
        pause(worker, again).await?;
    }
    Ok(failure)
}

fn delay(failures_before: i32) -> TimeDelta {
    backoff::delay(u32::try_from(failures_before).unwrap_or_default() + 1, rand::random())
}

/// What an outcome means for the notice. Only a mailbox that refuses, again and again or for good, ends it:
/// our own account and a server that is away say nothing about the recipient.
fn judge(outcome: Outcome, attempts: i32, again: Instant) -> (End, String) {
    match outcome {
        Outcome::Sent { reply } => (End::Sent, reply.to_string()),
        Outcome::Written { file_name } => (End::Written, file_name),
        Outcome::Refused { reply } => (End::Failed, reply.to_string()),
        Outcome::Retry { kind, reason } => {
            let end = match kind {
                RetryKind::Temporary | RetryKind::Unanswered if attempts >= ATTEMPTS => End::Failed,
                RetryKind::Unanswered => End::Unknown(again),
                RetryKind::Temporary | RetryKind::Throttled | RetryKind::Connection => End::Retry(again),
            };
            (end, reason)
        }
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
async fn rendered(
    worker: &Worker,
    claim: &Claim,
    envelope: &Envelope,
) -> Result<(StoredMail, Vec<u8>, Option<String>), WorkerError> {
    let notice = &claim.notice;
    let rendered_at = worker.with(|_, now| Ok(now)).await?;
    let token = notice.kind().has_one_time_link().then(token::new);
    let link = match &token {
        Some(token) => worker.one_time_link(notice.record_id, token),
        None => worker.link(&notice.record_kind, notice.record_id),
    };
    let words = worker.renderer.render(&notice.content, &link)?;
    let masked = |text: &str| token.as_ref().map_or(text.to_owned(), |token| text.replace(token, MASK));
    let in_ledger = Words { subject: words.subject.clone(), text: masked(&words.text) };
    // A name of its own each time: what a worker stored that died before its row is no other's message.
    let name = Id::new();
    let message_id = message::message_id(name.as_str(), envelope);
    let bytes = message::build(words, envelope, Stamp { message_id: &message_id, date: rendered_at })?;
    let object_key = format!("{OBJECTS}/{name}.eml");
    worker.objects.put(&object_key, bytes.clone()).await?;
    let mail = StoredMail { message_id, object_key, sha256: sha256(&bytes), rendered_at, words: in_ledger };
    Ok((mail, bytes, token.as_deref().map(token::hash)))
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
        let after = |kind, attempts| judge(Outcome::Retry { kind, reason: String::new() }, attempts, again).0;
        assert_eq!(after(RetryKind::Temporary, ATTEMPTS - 1), End::Retry(again));
        assert_eq!(after(RetryKind::Temporary, ATTEMPTS), End::Failed);
        assert_eq!(after(RetryKind::Unanswered, 1), End::Unknown(again));
        assert_eq!(after(RetryKind::Unanswered, ATTEMPTS), End::Failed);
        assert_eq!(after(RetryKind::Throttled, ATTEMPTS * 10), End::Retry(again));
        assert_eq!(after(RetryKind::Connection, ATTEMPTS * 10), End::Retry(again));
    }
}
