//! The line to a mail server: one command, one reply (RFC 5321, 4.2).
//!
//! The code of a reply decides, whatever its text: servers answer in GBK, and in lines of thousands of
//! characters. What does not fit the dialogue is told apart from what a server refuses.

use std::error::Error;
use std::future::ready;
use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_native_tls::{TlsConnector, native_tls};

use super::reply::Reply;

/// So much of each line is kept; the rest is read and dropped.
const LINE_KEPT: usize = 1000;

/// So many lines of a reply are kept: EHLO's have a line an extension.
const LINES_KEPT: usize = 100;

/// Bad sequence of commands: server and we are not at the same place.
const BAD_SEQUENCE: u16 = 503;

/// Plain or encrypted.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection to a mail server. After an error nothing more is to be said on it, but after a refusal.
pub(super) struct Wire(BufReader<Box<dyn Stream>>);

/// Why a step of the dialogue did not succeed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server says no.
    Refused(Reply),
    /// The connection broke, or what came is no answer to what was said.
    Broken(String),
    /// What the settings ask for is not to be had: encryption, its certificate, an account.
    Setting(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Broken(format!("connection: {error}"))
    }
}

impl Wire {
    /// Connects, without encryption.
    pub(super) async fn open(host: &str, port: u16) -> Result<Self, Failure> {
        let stream = TcpStream::connect((host, port)).await?;
        // Commands are short, and each waits for its answer.
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(Box::new(stream))))
    }

    /// Encrypts what is said from now on, with a certificate for this host.
    pub(super) async fn encrypted(mut self, host: &str) -> Result<Self, Failure> {
        // What was sent in the clear must not count as said under the certificate.
        self.expect_silence().await?;
        let connector =
            native_tls::TlsConnector::new().map_err(|error| Failure::Setting(error.to_string()))?;
        let stream = TlsConnector::from(connector).connect(host, self.0.into_inner()).await;
        Ok(Self(BufReader::new(Box::new(stream.map_err(|error| unencrypted(&error))?))))
    }

    /// Says a line, and reads the answer, which has one of these codes.
    pub(super) async fn command(&mut self, line: &str, expected: &[u16]) -> Result<Reply, Failure> {
        self.say(format!("{line}\r\n").as_bytes()).await?;
        self.answer(expected).await
    }

    /// Sends these bytes, unless the server has said something that nobody asked for.
    pub(super) async fn say(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.expect_silence().await?;
        self.write(bytes).await
    }

    /// Says a line, and reads what the server says next, whatever it answers.
    pub(super) async fn exchange(&mut self, line: &str) -> Result<Reply, Failure> {
        self.write(format!("{line}\r\n").as_bytes()).await?;
        self.reply().await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.0.write_all(bytes).await?;
        Ok(self.0.flush().await?)
    }

    /// Whether the server has said nothing since its last answer, and not hung up.
    pub(super) async fn expect_silence(&mut self) -> Result<(), Failure> {
        tokio::select! {
            biased;
            said = self.0.fill_buf() => match said? {
                [] => Err(hung_up()),
                _ => Err(Failure::Broken("the server says something that nobody asked for".to_owned())),
            },
            () = ready(()) => Ok(()),
        }
    }

    /// Reads one reply, which has one of these codes.
    pub(super) async fn answer(&mut self, expected: &[u16]) -> Result<Reply, Failure> {
        let reply = self.reply().await?;
        match reply.code {
            code if expected.contains(&code) => Ok(reply),
            code if reply.is_refusal() && code != BAD_SEQUENCE => Err(Failure::Refused(reply)),
            _ => Err(misfit(&reply.to_string())),
        }
    }

    async fn reply(&mut self) -> Result<Reply, Failure> {
        let (mut lines, mut first) = (Vec::new(), None);
        loop {
            let line = read_line(&mut self.0).await?;
            if line.is_empty() && first.is_none() {
                continue;
            }
            let Some((code, last, text)) = parse(&line) else {
                return Err(misfit(&String::from_utf8_lossy(&line)));
            };
            if *first.get_or_insert(code) != code {
                return Err(misfit(&String::from_utf8_lossy(&line)));
            }
            if lines.len() < LINES_KEPT {
                lines.push(String::from_utf8_lossy(text).into_owned());
            }
            if last {
                return Ok(Reply::new(code, lines));
            }
        }
    }
}

/// Code, whether it is the last line, and text of a line of a reply.
fn parse(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let (code, rest) = line.split_at_checked(3)?;
    let code =
        std::str::from_utf8(code).ok().filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))?;
    let (last, text) = match rest {
        [] => (true, rest),
        [b' ', text @ ..] => (true, text),
        [b'-', text @ ..] => (false, text),
        _ => return None,
    };
    Some((code.parse().ok()?, last, text))
}

/// The beginning of the next line, without its end.
async fn read_line(reader: &mut (impl AsyncBufRead + Unpin)) -> Result<Vec<u8>, Failure> {
    let mut line = Vec::new();
    loop {
        let read = reader.fill_buf().await?;
        if read.is_empty() {
            return Err(hung_up());
        }
        let end = read.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(read.len(), |end| end + 1);
        let room = LINE_KEPT.saturating_sub(line.len());
        line.extend_from_slice(&read[..taken.min(room)]);
        reader.consume(taken);
        if end.is_some() {
            line.truncate(line.trim_ascii_end().len());
            return Ok(line);
        }
    }
}

fn hung_up() -> Failure {
    Failure::Broken("the server hung up".to_owned())
}

fn misfit(line: &str) -> Failure {
    Failure::Broken(format!("no answer to what was asked: {}", Reply::cut(line)))
}

/// Whether the connection broke while it was being encrypted, or what the server shows is not trusted.
fn unencrypted(error: &native_tls::Error) -> Failure {
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<io::Error>() {
            return Failure::Broken(format!("encryption: {error}"));
        }
        source = error.source();
    }
    Failure::Setting(format!("encryption: {error}"))
}
