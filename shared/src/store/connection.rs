//! Connections to either engine, pooled.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection, TransactionManager};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::r2d2::{Error as PoolError, ManageConnection};
use diesel::sql_types::Bool;

use crate::config::Secret;

/// One connection, to the engine that the URL's scheme names.
#[derive(diesel::MultiConnection)]
pub enum DbConnection {
    /// An embedded file.
    Sqlite(SqliteConnection),
    /// A cluster for several machines.
    Postgres(PgConnection),
}

/// The backend that queries are written for.
pub type Db = <DbConnection as Connection>::Backend;

/// Counts the statements of all connections, so that an operation that begins to need more
/// of them is noticed.
#[derive(Clone, Debug, Default)]
pub(super) struct StatementCount(Arc<AtomicU64>);

impl StatementCount {
    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Instrumentation for StatementCount {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Opens a connection by the URL's scheme. diesel's own `establish` of a multi-connection
/// tries one engine after the other: it hides PostgreSQL's error, and makes an empty SQLite
/// file of a mistyped URL.
pub(super) fn open(url: &Secret) -> ConnectionResult<DbConnection> {
    match sqlite_path(url) {
        Some(path) => {
            let mut connection = SqliteConnection::establish(path)?;
            connection
                .batch_execute(
                    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
                     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
                )
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(DbConnection::Sqlite(connection))
        }
        None => {
            // libpq would let OpenSSL clean up at exit, under the hands of a pool thread that is just
            // connecting: the process then crashes instead of ending.
            openssl_sys::init();
            let mut connection = PgConnection::establish(url.expose())?;
            connection
                .batch_execute("SET TIME ZONE 'UTC'; SET client_min_messages = warning;")
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(DbConnection::Postgres(connection))
        }
    }
}

/// The file of a `sqlite://` URL, `None` for PostgreSQL.
pub(super) fn sqlite_path(url: &Secret) -> Option<&str> {
    url.expose().strip_prefix("sqlite://")
}

/// Makes the folder of an embedded database.
pub(super) fn make_folder(url: &Secret) -> std::io::Result<()> {
    match sqlite_path(url).and_then(|path| Path::new(path).parent()) {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder),
        _ => Ok(()),
    }
}

/// How long a connection that takes no writes is used again. The setting is the session's from its beginning: when the
/// server takes writes again, such a connection still doesn't.
const READ_ONLY_KEPT: Duration = Duration::from_secs(1);

/// A connection of the pool.
pub(super) struct Pooled {
    pub(super) conn: DbConnection,
    /// Since when it is known to take no writes.
    read_only_since: Option<Instant>,
}

#[derive(Debug)]
pub(super) struct Manager {
    pub(super) url: Secret,
    pub(super) statements: StatementCount,
}

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = PoolError;

    fn connect(&self) -> Result<Pooled, PoolError> {
        let mut conn = open(&self.url).map_err(PoolError::ConnectionError)?;
        let read_only_since = is_read_only(&mut conn).map_err(PoolError::QueryError)?.then(Instant::now);
        conn.set_instrumentation(self.statements.clone());
        Ok(Pooled { conn, read_only_since })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), PoolError> {
        if pooled.read_only_since.is_some_and(|since| since.elapsed() > READ_ONLY_KEPT) {
            return Err(PoolError::QueryError(diesel::result::Error::BrokenTransactionManager));
        }
        match &mut pooled.conn {
            // A file does not go away behind a connection; a server does.
            DbConnection::Sqlite(_) => Ok(()),
            DbConnection::Postgres(conn) => conn.batch_execute("SELECT 1").map_err(PoolError::QueryError),
        }
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        std::thread::panicking() || pooled.conn.is_broken()
    }
}

impl DbConnection {
    /// Whether nothing more can be done with it: the server hung up, or a transaction was left open.
    pub(super) fn is_broken(&mut self) -> bool {
        match self {
            Self::Sqlite(inner) => broken(inner),
            Self::Postgres(inner) => broken(inner),
        }
    }
}

fn is_read_only(conn: &mut DbConnection) -> QueryResult<bool> {
    match conn {
        DbConnection::Sqlite(_) => Ok(false),
        DbConnection::Postgres(conn) => {
            let setting = sql::<Bool>("current_setting('transaction_read_only')::boolean");
            diesel::select(setting).get_result(conn)
        }
    }
}

fn broken<C: Connection>(connection: &mut C) -> bool {
    C::TransactionManager::is_broken_transaction_manager(connection)
}
