//! Sending by SMTP: one recipient a message, the bytes exactly as they were stored.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::Mutex;
use tokio::task::yield_now;
use tokio::time::{Instant, timeout, timeout_at};

use super::envelope::Envelope;
use super::reply::{Reply, Verdict};
use super::smtp_url::{Account, Encryption, SmtpServer};
use super::transport::{Outcome, RetryKind};
use super::wire::{Failure, Wire};

/// A connection that rested longer is not used again: servers and firewalls drop them silently.
const REST_AT_MOST: Duration = Duration::from_secs(30);

/// So long a connection is waited for that is made ready for the next mail.
const RESET_AT_MOST: Duration = Duration::from_secs(5);

/// So long a good-bye is waited for: nothing hangs on it.
const GOOD_BYE_AT_MOST: Duration = Duration::from_secs(2);

/// A mail server, with the connections that wait for the next mail.
pub struct Smtp {
    server: SmtpServer,
    resting: Mutex<Vec<(Instant, Wire)>>,
}

/// How far the dialogue came, which decides what a failure means.
#[derive(Clone, Copy)]
enum Stage {
    /// Greeting, encryption, account and sender: what fails here fails for every mail alike.
    Session,
    /// This recipient.
    Recipient,
    /// The message is complete on its way: without an answer nobody knows whether it arrived.
    Message,
}

impl Smtp {
    /// Nothing is connected yet.
    pub fn new(server: SmtpServer) -> Self {
        Self { server, resting: Mutex::default() }
    }

    /// Sends the message, and answers within the limit whatever the server does.
    pub async fn send(&self, envelope: &Envelope, bytes: &[u8], limit: Duration) -> Outcome {
        let outcome = self.attempt(envelope, bytes, limit).await;
        match &self.server.account {
            Some(account) => outcome.reworded(|text| account.redacted(text)),
            None => outcome,
        }
    }

    async fn attempt(&self, envelope: &Envelope, bytes: &[u8], limit: Duration) -> Outcome {
        let mut stage = Stage::Session;
        let by = Instant::now() + limit;
        let (wire, answer) = match timeout_at(by, self.converse(envelope, bytes, &mut stage)).await {
            Ok(Ok(ended)) => ended,
            Ok(Err(failure)) => return stage.judge(failure),
            Err(_) => return stage.broken(format!("no answer within {} s", limit.as_secs_f32())),
        };
        match self.settle(wire, answer, by).await {
            Ok(reply) => Outcome::Sent { reply },
            Err(failure) => stage.judge(failure),
        }
    }

    /// Says good-bye on the connections that wait. What a server answers to it changes nothing.
    pub async fn close(&self) {
        for (_, mut wire) in self.resting.lock().await.drain(..) {
            let said = timeout(GOOD_BYE_AT_MOST, wire.command("QUIT", &[221])).await;
            if !matches!(said, Ok(Ok(_))) {
                tracing::debug!(?said, "the mail server did not say good-bye");
            }
        }
    }

    async fn converse(
        &self,
        envelope: &Envelope,
        bytes: &[u8],
        stage: &mut Stage,
    ) -> Result<(Wire, Result<Reply, Failure>), Failure> {
        if let Some(mut wire) = self.rested().await {
            let answer = transfer(&mut wire, envelope, bytes, stage).await;
            // Servers take so many mails on one connection, and say or show it as they like.
            if answer.is_ok() || !matches!(stage, Stage::Session) {
                return Ok((wire, answer));
            }
        }
        let mut wire = self.connect().await?;
        let answer = transfer(&mut wire, envelope, bytes, stage).await;
        Ok((wire, answer))
    }

    /// Makes a connection ready for the next mail. A reply to this that is none shows that what seemed to be the
    /// answer to the message was one to something else: what the server said no to may have been the message.
    async fn settle(
        &self,
        mut wire: Wire,
        answer: Result<Reply, Failure>,
        by: Instant,
    ) -> Result<Reply, Failure> {
        let goes_on = match &answer {
            Ok(_) => true,
            Err(Failure::Refused(reply)) => !reply.is_last(),
            Err(_) => false,
        };
        if !goes_on {
            return answer;
        }
        let silent = wire.expect_silence().await.is_ok();
        let by = by.min(Instant::now() + RESET_AT_MOST);
        let Ok(Ok(next)) = timeout_at(by, wire.exchange("RSET")).await else { return answer };
        match answer {
            answer if next.code == 250 && silent => {
                self.resting.lock().await.push((Instant::now(), wire));
                answer
            }
            Ok(taken) if next.is_refusal() && !next.is_about_the_command() => {
                Err(Failure::Broken(format!("two answers to one message: {taken}; {next}")))
            }
            answer => answer,
        }
    }

    /// A rested connection on which the server has said nothing since.
    async fn rested(&self) -> Option<Wire> {
        loop {
            let (since, mut wire) = self.resting.lock().await.pop()?;
            if since.elapsed() < REST_AT_MOST && wire.expect_silence().await.is_ok() {
                return Some(wire);
            }
        }
    }

    async fn connect(&self) -> Result<Wire, Failure> {
        let SmtpServer { host, port, encryption, account, hello_name } = &self.server;
        let mut wire = Wire::open(host, *port).await?;
        if *encryption == Encryption::FromTheStart {
            wire = wire.encrypted(host).await?;
        }
        wire.answer(&[220]).await?;
        let mut offers = hello(&mut wire, hello_name).await?;
        let offered = offers.of("STARTTLS").is_some();
        match encryption {
            Encryption::Required if !offered => {
                return Err(Failure::Setting("the server offers no STARTTLS".to_owned()));
            }
            Encryption::Required | Encryption::WhereOffered if offered => {
                wire.command("STARTTLS", &[220]).await?;
                wire = wire.encrypted(host).await?;
                offers = hello(&mut wire, hello_name).await?;
            }
            _ => {}
        }
        if let Some(account) = account {
            authenticate(&mut wire, account, &offers).await?;
        }
        Ok(wire)
    }
}

/// What a server can do beyond the oldest SMTP: a line an extension, in capitals (RFC 5321, 4.1.1.1).
struct Offers(Vec<String>);

impl Offers {
    /// The words behind an extension's name, where it is offered.
    fn of(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|line| {
            let (first, rest) = line.split_once([' ', '=']).unwrap_or((line, ""));
            (first == name).then_some(rest)
        })
    }
}

/// Says who we are. A server that knows only the oldest way offers nothing.
async fn hello(wire: &mut Wire, name: &str) -> Result<Offers, Failure> {
    match wire.command(&format!("EHLO {name}"), &[250]).await {
        Ok(reply) => Ok(Offers(reply.lines().iter().skip(1).map(|line| line.to_uppercase()).collect())),
        Err(Failure::Refused(reply)) if (500..=504).contains(&reply.code) => {
            wire.command(&format!("HELO {name}"), &[250]).await?;
            Ok(Offers(Vec::new()))
        }
        Err(failure) => Err(failure),
    }
}

/// PLAIN (RFC 4616), else LOGIN, which asks for name and password in words of its own.
async fn authenticate(wire: &mut Wire, account: &Account, offers: &Offers) -> Result<(), Failure> {
    let Account { user, password } = account;
    let offered =
        |name| offers.of("AUTH").is_some_and(|names| names.split_whitespace().any(|one| one == name));
    if offered("PLAIN") {
        let both = STANDARD.encode(format!("\0{user}\0{password}"));
        wire.command(&format!("AUTH PLAIN {both}"), &[235]).await?;
    } else if offered("LOGIN") {
        wire.command("AUTH LOGIN", &[334]).await?;
        wire.command(&STANDARD.encode(user), &[334]).await?;
        wire.command(&STANDARD.encode(password), &[235]).await?;
    } else {
        return Err(Failure::Setting("the server offers no AUTH PLAIN or LOGIN for our account".to_owned()));
    }
    Ok(())
}

async fn transfer(
    wire: &mut Wire,
    envelope: &Envelope,
    bytes: &[u8],
    stage: &mut Stage,
) -> Result<Reply, Failure> {
    wire.command(&format!("MAIL FROM:<{}>", envelope.sender().address()), &[250]).await?;
    *stage = Stage::Recipient;
    wire.command(&format!("RCPT TO:<{}>", envelope.recipient()), &[250, 251, 252]).await?;
    wire.command("DATA", &[354]).await?;
    wire.say(&stuffed(bytes)).await?;
    // Without its end mark the message is nobody's: a server that leaves, or talks, has not taken it.
    yield_now().await;
    wire.expect_silence().await?;
    *stage = Stage::Message;
    wire.command(".", &[200, 250, 251, 252]).await
}

/// The lines, with dots at their beginning doubled (RFC 5321, 4.5.2).
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(message.len());
    let mut begins = true;
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if begins && line.starts_with(b".") {
            stuffed.push(b'.');
        }
        stuffed.extend_from_slice(line);
        begins = line.ends_with(b"\r\n");
    }
    if !begins {
        stuffed.extend_from_slice(b"\r\n");
    }
    stuffed
}

impl Stage {
    fn judge(self, failure: Failure) -> Outcome {
        let reply = match failure {
            Failure::Refused(reply) => reply,
            Failure::Broken(reason) => return self.broken(reason),
            Failure::Setting(reason) => return Outcome::Retry { kind: RetryKind::Ours, reason },
        };
        let kind = match (self, reply.verdict()) {
            // A refused account or sender says nothing about the recipient: the mail must not fail for it.
            (Self::Session, _) | (_, Verdict::Ours) => RetryKind::Ours,
            (Self::Recipient | Self::Message, Verdict::Temporary) => RetryKind::Recipient,
            (Self::Recipient | Self::Message, Verdict::Permanent) => return Outcome::Refused { reply },
        };
        Outcome::Retry { kind, reason: reply.to_string() }
    }

    fn broken(self, reason: String) -> Outcome {
        let kind = match self {
            Self::Session => RetryKind::Server,
            Self::Recipient => RetryKind::Recipient,
            Self::Message => RetryKind::Unanswered,
        };
        Outcome::Retry { kind, reason }
    }
}
