//! Sending by SMTP: one recipient a message, the bytes exactly as they were stored.

use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::{AsyncSmtpConnection, Tls};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::envelope::Envelope;
use super::reply::{Reply, Verdict};
use super::smtp_url::SmtpServer;
use super::transport::{Outcome, RetryKind};

/// A connection that rested longer is not used again: servers and firewalls drop them silently.
const REST_AT_MOST: Duration = Duration::from_secs(30);

/// A mail server, with the connections that wait for the next mail.
pub struct Smtp {
    server: SmtpServer,
    resting: Mutex<Vec<(Instant, AsyncSmtpConnection)>>,
}

/// How far the dialogue came, which decides what a failure means.
#[derive(Clone, Copy)]
enum Stage {
    /// Greeting, TLS, account and sender: what fails here fails for every mail alike.
    Session,
    /// This recipient.
    Recipient,
    /// The message is on its way: without an answer nobody knows whether it arrived.
    Message,
}

impl Smtp {
    /// Nothing is connected yet.
    pub fn new(server: SmtpServer) -> Self {
        Self { server, resting: Mutex::default() }
    }

    /// Sends the message, and answers within the limit whatever the server does.
    pub async fn send(&self, envelope: &Envelope, bytes: &[u8], limit: Duration) -> Outcome {
        let mut stage = Stage::Session;
        match timeout(limit, self.converse(envelope, bytes, &mut stage)).await {
            Ok(Ok(reply)) => Outcome::Sent { reply },
            Ok(Err(error)) => stage.judge(&error),
            Err(_) => stage.broken(format!("no answer within {} s", limit.as_secs_f32())),
        }
    }

    async fn converse(&self, envelope: &Envelope, bytes: &[u8], stage: &mut Stage) -> Result<Reply, Error> {
        let mut connection = self.connection().await?;
        let answer = transfer(&mut connection, envelope, bytes, stage).await;
        // A proper answer leaves the connection usable; 421 announces that the server hangs up.
        let usable = match &answer {
            Ok(_) => true,
            Err(error) => reply(error).is_some_and(|reply| reply.code != 421),
        };
        if usable {
            self.resting.lock().await.push((Instant::now(), connection));
        }
        answer
    }

    /// A rested connection that still answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Error> {
        loop {
            let Some((since, mut connection)) = self.resting.lock().await.pop() else {
                return self.connect().await;
            };
            if since.elapsed() < REST_AT_MOST && connection.command(Rset).await.is_ok() {
                return Ok(connection);
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let SmtpServer { host, port, tls, credentials, hello_name } = &self.server;
        let wrapper = match tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            _ => None,
        };
        let address = (host.as_str(), *port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, None, hello_name, wrapper, None).await?;
        match tls {
            Tls::Required(parameters) => connection.starttls(parameters.clone(), hello_name).await?,
            Tls::Opportunistic(parameters) if connection.can_starttls() => {
                connection.starttls(parameters.clone(), hello_name).await?;
            }
            _ => {}
        }
        if let Some(credentials) = credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

async fn transfer(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    bytes: &[u8],
    stage: &mut Stage,
) -> Result<Reply, Error> {
    connection.command(Mail::new(Some(envelope.sender().address().clone()), vec![])).await?;
    *stage = Stage::Recipient;
    connection.command(Rcpt::new(envelope.recipient().clone(), vec![])).await?;
    connection.command(Data).await?;
    *stage = Stage::Message;
    // The end mark brings its own line break: with the message's it would arrive one line longer.
    let message = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
    Ok(connection.message(message).await?.into())
}

impl Stage {
    fn judge(self, error: &Error) -> Outcome {
        let Some(reply) = reply(error) else { return self.broken(error.to_string()) };
        let verdict = match self {
            // A refused account or sender says nothing about the recipient: the mail must not fail for it.
            Self::Session => Verdict::Throttled,
            Self::Recipient | Self::Message => reply.verdict(),
        };
        match verdict {
            Verdict::Temporary => Outcome::Retry { kind: RetryKind::Temporary, reason: reply.to_string() },
            Verdict::Throttled => Outcome::Retry { kind: RetryKind::Throttled, reason: reply.to_string() },
            Verdict::Permanent => Outcome::Refused { reply },
        }
    }

    fn broken(self, reason: String) -> Outcome {
        let kind = match self {
            Self::Session | Self::Recipient => RetryKind::Connection,
            Self::Message => RetryKind::Unanswered,
        };
        Outcome::Retry { kind, reason }
    }
}

/// The server's negative reply, where the failure is one.
fn reply(error: &Error) -> Option<Reply> {
    let code = error.status()?;
    let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    Some(Reply::new(code.into(), &text))
}
