//! Connections to either engine, pooled.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::r2d2::{Error as PoolError, ManageConnection};

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

#[derive(Debug)]
pub(super) struct Manager {
    pub(super) url: Secret,
    pub(super) statements: StatementCount,
}

impl ManageConnection for Manager {
    type Connection = DbConnection;
    type Error = PoolError;

    fn connect(&self) -> Result<DbConnection, PoolError> {
        let mut connection = open(&self.url).map_err(PoolError::ConnectionError)?;
        connection.set_instrumentation(self.statements.clone());
        Ok(connection)
    }

    fn is_valid(&self, connection: &mut DbConnection) -> Result<(), PoolError> {
        match connection {
            // A file does not go away behind a connection; a server does.
            DbConnection::Sqlite(_) => Ok(()),
            DbConnection::Postgres(connection) => {
                connection.batch_execute("SELECT 1").map_err(PoolError::QueryError)
            }
        }
    }

    fn has_broken(&self, connection: &mut DbConnection) -> bool {
        std::thread::panicking()
            || match connection {
                DbConnection::Sqlite(inner) => broken(inner),
                DbConnection::Postgres(inner) => broken(inner),
            }
    }
}

fn broken<C: Connection>(connection: &mut C) -> bool {
    C::TransactionManager::is_broken_transaction_manager(connection)
}
