//! A small SMTP server that speaks the protocol line by line and answers as a test tells it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Notify};

/// What the server does instead of its usual reply.
#[derive(Clone, Copy)]
pub enum Answer {
    /// Replies with this line and goes on.
    Reply(&'static str),
    /// Replies with this line and hangs up.
    HangUp(&'static str),
    /// Hangs up without a word.
    Vanish,
    /// Says nothing more, and keeps the connection open.
    Silence,
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
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            script: Box::new(script),
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
                    let _ended = serve(stream, &state).await;
                });
            }
        });
        Self { address, state }
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
    async fn answer(&self, command: &str) -> Option<Answer> {
        let mut commands = self.commands.lock().await;
        let before = commands.iter().filter(|earlier| *earlier == command).count();
        commands.push(command.to_owned());
        (self.script)(command, before)
    }
}

/// Ends with an error where the client hangs up or the script says so.
async fn serve(stream: TcpStream, state: &State) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    respond(&mut stream, state, "CONNECT", "220 test ESMTP").await?;
    let (mut from, mut to) = (String::new(), String::new());
    loop {
        let line = read_line(&mut stream).await?;
        let line = String::from_utf8(line).map_err(std::io::Error::other)?;
        let line = line.trim_end();
        let verb = line.split_whitespace().next().unwrap_or_default().to_uppercase();
        let usual = match verb.as_str() {
            "EHLO" => "250-test\r\n250 AUTH PLAIN LOGIN",
            "AUTH" => "235 2.7.0 welcome",
            "DATA" => "354 go on",
            _ => "250 2.0.0 ok",
        };
        match verb.as_str() {
            "MAIL" => from = address(line),
            "RCPT" => to = address(line),
            _ => {}
        }
        let taken = respond(&mut stream, state, &verb, usual).await?;
        if verb == "DATA" && taken {
            let bytes = read_message(&mut stream).await?;
            state.arrived.lock().await.push(Arrived { from: from.clone(), to: to.clone(), bytes });
            state.message.notify_one();
            respond(&mut stream, state, ".", "250 2.0.0 queued as 4711").await?;
        }
    }
}

/// Whether the usual reply was given.
async fn respond(
    stream: &mut BufReader<TcpStream>,
    state: &State,
    command: &str,
    usual: &str,
) -> std::io::Result<bool> {
    let (line, goes_on) = match state.answer(command).await {
        None => (usual, true),
        Some(Answer::Reply(line)) => (line, true),
        Some(Answer::HangUp(line)) => (line, false),
        Some(Answer::Vanish) => return Err(std::io::ErrorKind::ConnectionAborted.into()),
        Some(Answer::Silence) => std::future::pending().await,
    };
    stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await?;
    if goes_on { Ok(line == usual) } else { Err(std::io::ErrorKind::ConnectionAborted.into()) }
}

async fn read_line(stream: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    match stream.read_until(b'\n', &mut line).await? {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line),
    }
}

/// The lines up to the single dot, with the doubled dots undone (RFC 5321, 4.5.2).
async fn read_message(stream: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
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
