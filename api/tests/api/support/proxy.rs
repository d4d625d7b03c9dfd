//! A wire to PostgreSQL that breaks when it is told to: at a statement, before a commit, or between the commit and
//! its answer.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;

const NEVER: i64 = i64::MAX;

/// What breaks next; each once.
#[derive(Debug)]
pub struct Faults {
    /// After so many more executed statements of transactions that have begun.
    statements_left: AtomicI64,
    commit_lost: AtomicBool,
    answer_lost: AtomicBool,
    /// From then on nobody gets through.
    closed: AtomicBool,
}

/// A socket through which a server is reached.
pub struct Proxy {
    faults: Arc<Faults>,
    folder: tempfile::TempDir,
    target: PathBuf,
}

impl Proxy {
    /// Listens in a folder of its own, in front of the server of this URL.
    pub fn before(url: &str) -> Self {
        let host =
            url.split("host=").nth(1).and_then(|rest| rest.split('&').next()).expect("a socket's folder");
        let folder = tempfile::tempdir_in("/tmp").expect("a folder");
        let faults = Faults {
            statements_left: AtomicI64::new(NEVER),
            commit_lost: AtomicBool::new(false),
            answer_lost: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        };
        let proxy =
            Self { faults: Arc::new(faults), folder, target: PathBuf::from(host).join(".s.PGSQL.5432") };
        let listener = UnixListener::bind(proxy.folder.path().join(".s.PGSQL.5432")).expect("it listens");
        let (faults, target) = (proxy.faults.clone(), proxy.target.clone());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if faults.closed.load(Ordering::SeqCst) {
                    continue;
                }
                let server = UnixStream::connect(&target).expect("the server is there");
                connect(&client, &server, &faults);
            }
        });
        proxy
    }

    /// The same database through this wire.
    pub fn url(&self, url: &str) -> String {
        let host = self.target.parent().expect("a folder").display().to_string();
        url.replacen(&host, &self.folder.path().display().to_string(), 1)
    }

    /// The next write's connection breaks at its n-th statement.
    pub fn break_at(&self, statement: i64) {
        self.faults.statements_left.store(statement, Ordering::SeqCst);
    }

    /// The next commit doesn't arrive.
    pub fn lose_commit(&self) {
        self.faults.commit_lost.store(true, Ordering::SeqCst);
    }

    /// The next commit is made, and its answer doesn't arrive.
    pub fn lose_answer(&self) {
        self.faults.answer_lost.store(true, Ordering::SeqCst);
    }

    /// No new connection gets through, or they do again.
    pub fn close(&self, closed: bool) {
        self.faults.closed.store(closed, Ordering::SeqCst);
    }
}

fn connect(client: &UnixStream, server: &UnixStream, faults: &Arc<Faults>) {
    let swallow = Arc::new(AtomicBool::new(false));
    let clone = |stream: &UnixStream| stream.try_clone().expect("a second handle");
    let (from, to, armed, swallowing) = (clone(client), clone(server), faults.clone(), swallow.clone());
    thread::spawn(move || {
        let _ = requests(&from, &to, &armed, &swallowing);
        end(&from, &to);
    });
    let (from, to) = (clone(server), clone(client));
    thread::spawn(move || {
        let _ = answers(&from, &to, &swallow);
        end(&from, &to);
    });
}

fn end(one: &UnixStream, other: &UnixStream) {
    for stream in [one, other] {
        let _ = stream.shutdown(Shutdown::Both);
    }
}

fn answers(mut server: &UnixStream, mut client: &UnixStream, swallow: &AtomicBool) -> std::io::Result<()> {
    let mut buffer = [0; 16 << 10];
    loop {
        let read = server.read(&mut buffer)?;
        if read == 0 || swallow.load(Ordering::SeqCst) {
            return Ok(());
        }
        client.write_all(&buffer[..read])?;
    }
}

fn requests(
    mut client: &UnixStream,
    mut server: &UnixStream,
    faults: &Faults,
    swallow: &AtomicBool,
) -> std::io::Result<()> {
    let mut length = [0; 4];
    client.read_exact(&mut length)?;
    let mut startup = vec![0; u32::from_be_bytes(length) as usize - 4];
    client.read_exact(&mut startup)?;
    server.write_all(&[&length[..], &startup].concat())?;
    let mut in_transaction = false;
    loop {
        let mut head = [0; 5];
        client.read_exact(&mut head)?;
        let mut body = vec![0; u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize - 4];
        client.read_exact(&mut body)?;
        let says = |sql: &[u8]| head[0] == b'Q' && body.starts_with(sql);
        in_transaction |= says(b"BEGIN");
        if in_transaction && head[0] == b'E' && faults.statements_left.fetch_sub(1, Ordering::SeqCst) == 1 {
            faults.statements_left.store(NEVER, Ordering::SeqCst);
            return Ok(());
        }
        if says(b"COMMIT") {
            if faults.commit_lost.swap(false, Ordering::SeqCst) {
                return Ok(());
            }
            swallow.store(faults.answer_lost.swap(false, Ordering::SeqCst), Ordering::SeqCst);
        }
        in_transaction &= !says(b"COMMIT") && !says(b"ROLLBACK");
        server.write_all(&[&head[..], &body].concat())?;
    }
}
