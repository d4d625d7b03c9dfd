//! A small SMTP server that speaks the protocol line by line and answers as a test tells it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Notify};
use tokio_native_tls::{TlsAcceptor, native_tls};

/// What the server does instead of its usual reply.
#[derive(Clone, Copy)]
pub enum Answer {
    /// Replies with this line and goes on.
    Reply(&'static str),
    /// The same, with whatever bytes.
    Bytes(&'static [u8]),
    /// Replies with this line and hangs up.
    HangUp(&'static str),
    /// Hangs up without a word.
    Vanish,
    /// Says nothing more, and keeps the connection open.
    Silence,
    /// Begins a line, and says more of it for ever.
    Endless,
}

/// Whether the server can encrypt.
#[derive(Clone)]
pub enum Encryption {
    Never,
    /// After STARTTLS.
    Offered(native_tls::Identity),
    FromTheStart(native_tls::Identity),
}

/// One message as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub from: String,
    pub to: String,
    pub bytes: Vec<u8>,
}

/// Told the command's first word (`CONNECT` for the greeting, `.` for the end of a message) and how often
/// it came before on any connection; `None` is the usual reply.
type Script = dyn Fn(&str, usize) -> Option<Answer> + Send + Sync;

struct State {
    script: Box<Script>,
    encryption: Encryption,
    mailbox: Option<(&'static str, Answer)>,
    well: AtomicBool,
    commands: Mutex<Vec<String>>,
    arrived: Mutex<Vec<Arrived>>,
    connections: AtomicUsize,
    message: Notify,
}

pub struct SmtpServer {
    address: std::net::SocketAddr,
    state: Arc<State>,
}

impl SmtpServer {
    pub async fn start(script: impl Fn(&str, usize) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self::launch(Box::new(script), Encryption::Never, None).await
    }

    /// Answers in its usual way, but about one recipient.
    pub async fn with_mailbox(recipient: &'static str, answer: Answer) -> Self {
        Self::launch(Box::new(|_, _| None), Encryption::Never, Some((recipient, answer))).await
    }

    pub async fn encrypting(encryption: Encryption) -> Self {
        Self::launch(Box::new(|_, _| None), encryption, None).await
    }

    async fn launch(
        script: Box<Script>,
        encryption: Encryption,
        mailbox: Option<(&'static str, Answer)>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            script,
            encryption,
            mailbox,
            well: AtomicBool::new(false),
            commands: Mutex::default(),
            arrived: Mutex::default(),
            connections: AtomicUsize::new(0),
            message: Notify::new(),
        });
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.connections.fetch_add(1, Ordering::SeqCst);
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    // A client that hangs up ends its own conversation only.
                    let _ended = converse(stream, &state).await;
                });
            }
        });
        Self { address, state }
    }

    /// From now on it answers in its usual way.
    pub fn heal(&self) {
        self.state.well.store(true, Ordering::SeqCst);
    }

    /// How often a command came.
    pub async fn times(&self, command: &str) -> usize {
        self.state.commands.lock().await.iter().filter(|one| *one == command).count()
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn url_with_account(&self) -> String {
        format!("smtp://xunjian:correct-horse@{}", self.address)
    }

    pub async fn arrived(&self) -> Vec<Arrived> {
        self.state.arrived.lock().await.clone()
    }

    /// Waits until a message has arrived since the last wait.
    pub async fn message_arrived(&self) {
        self.state.message.notified().await;
    }

    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }
}

impl State {
    async fn answer(&self, command: &str, line: &str) -> Option<Answer> {
        let mut commands = self.commands.lock().await;
        let before = commands.iter().filter(|earlier| *earlier == command).count();
        commands.push(command.to_owned());
        if self.well.load(Ordering::SeqCst) {
            return None;
        }
        let of_mailbox =
            self.mailbox.filter(|(recipient, _)| command == "RCPT" && address(line) == *recipient);
        of_mailbox.map(|(_, answer)| answer).or_else(|| (self.script)(command, before))
    }
}

async fn converse(stream: TcpStream, state: &State) -> io::Result<()> {
    let encrypted = async |stream, identity: &native_tls::Identity| {
        let acceptor = native_tls::TlsAcceptor::new(identity.clone()).map_err(io::Error::other)?;
        TlsAcceptor::from(acceptor).accept(stream).await.map_err(io::Error::other)
    };
    match &state.encryption {
        Encryption::Never => serve(stream, state, "250-test\r\n250 AUTH PLAIN LOGIN", true).await.map(drop),
        Encryption::FromTheStart(identity) => {
            let stream = encrypted(stream, identity).await?;
            serve(stream, state, "250-test\r\n250 AUTH PLAIN LOGIN", true).await.map(drop)
        }
        Encryption::Offered(identity) => {
            let stream = serve(stream, state, "250-test\r\n250 STARTTLS", true).await?;
            let stream = encrypted(stream, identity).await?;
            serve(stream, state, "250-test\r\n250 AUTH PLAIN LOGIN", false).await.map(drop)
        }
    }
}

/// Ends with an error where the client hangs up or the script says so, and with the stream where it is to be
/// encrypted.
async fn serve<S>(stream: S, state: &State, hello: &'static str, greets: bool) -> io::Result<S>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut stream = BufReader::new(stream);
    if greets {
        respond(&mut stream, state, "CONNECT", "", "220 test ESMTP").await?;
    }
    let (mut from, mut to) = (String::new(), String::new());
    loop {
        let line = read_line(&mut stream).await?;
        let line = String::from_utf8(line).map_err(io::Error::other)?;
        let line = line.trim_end();
        let verb = line.split_whitespace().next().unwrap_or_default().to_uppercase();
        let usual = match verb.as_str() {
            "EHLO" => hello,
            "AUTH" => "235 2.7.0 welcome",
            "DATA" => "354 go on",
            "STARTTLS" => "220 go on",
            "QUIT" => "221 bye",
            _ => "250 2.0.0 ok",
        };
        match verb.as_str() {
            "MAIL" => from = address(line),
            "RCPT" => to = address(line),
            _ => {}
        }
        let taken = respond(&mut stream, state, &verb, line, usual).await?;
        if verb == "STARTTLS" && taken {
            return Ok(stream.into_inner());
        }
        if verb == "DATA" && taken {
            let bytes = read_message(&mut stream).await?;
            state.arrived.lock().await.push(Arrived { from: from.clone(), to: to.clone(), bytes });
            state.message.notify_one();
            respond(&mut stream, state, ".", "", "250 2.0.0 queued as 4711").await?;
        }
    }
}

/// Whether the reply has the usual code.
async fn respond<S>(
    stream: &mut BufReader<S>,
    state: &State,
    command: &str,
    line: &str,
    usual: &str,
) -> io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (line, goes_on) = match state.answer(command, line).await {
        None => (usual.as_bytes(), true),
        Some(Answer::Reply(line)) => (line.as_bytes(), true),
        Some(Answer::Bytes(line)) => (line, true),
        Some(Answer::HangUp(line)) => (line.as_bytes(), false),
        Some(Answer::Vanish) => return Err(io::ErrorKind::ConnectionAborted.into()),
        Some(Answer::Silence) => std::future::pending().await,
        Some(Answer::Endless) => loop {
            stream.get_mut().write_all(b"250 and so on and on").await?;
            tokio::task::yield_now().await;
        },
    };
    stream.get_mut().write_all(&[line, b"\r\n"].concat()).await?;
    if goes_on {
        Ok(line.get(..3) == usual.as_bytes().get(..3))
    } else {
        Err(io::ErrorKind::ConnectionAborted.into())
    }
}

async fn read_line(stream: &mut BufReader<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    match stream.read_until(b'\n', &mut line).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line),
    }
}

/// The lines up to the single dot, with the doubled dots undone (RFC 5321, 4.5.2).
async fn read_message(stream: &mut BufReader<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let line = read_line(stream).await?;
        if line == b".\r\n" {
            return Ok(message);
        }
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(address, _)| address.to_owned()).unwrap_or_default()
}
