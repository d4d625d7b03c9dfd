//! Reads and writes: the only places where a transaction begins.

use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::prelude::*;
use diesel::r2d2::{Pool, PooledConnection};

use super::commit_mark::{Begun, CommitMark, Fate};
use super::connection::{self, Manager, StatementCount};
use super::{DbConnection, StoreError, StoreResult, audit, clock};
use crate::config::{Secret, Settings};
use crate::domain::actor::{Actor, Role};
use crate::domain::instant::Instant;
use crate::domain::refusal::Refusal;

/// How often a write that met a deadlock, a serialization failure or a busy database is tried.
const TRIES: u32 = 3;

/// How long a caller waits for a connection before the answer is 503.
const POOL_PATIENCE: Duration = Duration::from_secs(2);

/// How long, and how far apart, other connections are asked what became of a transaction whose own one broke.
const FATE_PATIENCE: Duration = Duration::from_secs(4);
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(50);

/// The database, pooled. Cheap to clone; its calls block.
#[derive(Clone)]
pub struct Store {
    pool: Pool<Manager>,
    statements: StatementCount,
    url: Secret,
}

/// A read within one connection.
pub struct Read<'a> {
    /// The connection.
    pub conn: &'a mut DbConnection,
    /// Who reads.
    pub actor: &'a Actor,
    /// The civil instant.
    pub now: Instant,
}

/// A write within one transaction.
pub struct Write<'a> {
    /// The connection, inside the transaction.
    pub conn: &'a mut DbConnection,
    /// Who changes something.
    pub actor: &'a Actor,
    /// The civil instant.
    pub now: Instant,
    /// The request or process that asked, for the audit events.
    pub request_id: &'a str,
    number: Option<i64>,
}

impl Write<'_> {
    /// Refuses a caller with none of these roles, and one that only reads.
    pub fn require(&self, roles: &[Role]) -> Result<(), Refusal> {
        if self.actor.has_any(roles) { self.actor.may_write() } else { Err(Refusal::RoleMissing) }
    }

    /// The number that orders this transaction's changes among all others.
    pub(super) fn number(&mut self) -> StoreResult<i64> {
        match self.number {
            Some(number) => Ok(number),
            None => Ok(*self.number.insert(audit::next_transaction_number(self.conn)?)),
        }
    }
}

impl Store {
    /// Connects. The schema is another matter: see [`super::migrate`].
    ///
    /// # Errors
    /// The database cannot be reached, or its folder cannot be made.
    pub fn open(settings: &Settings) -> StoreResult<Self> {
        let url = settings.database_url.clone();
        connection::make_folder(&url).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        // The pool's own first error says only that it timed out; this one says why.
        connection::open(&url).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let statements = StatementCount::default();
        let pool = Pool::builder()
            .max_size(settings.pool_size)
            .min_idle(Some(1))
            .connection_timeout(POOL_PATIENCE)
            .build(Manager { url: url.clone(), statements: statements.clone() })?;
        Ok(Self { pool, statements, url })
    }

    /// The statements that all connections have run.
    pub fn statements(&self) -> u64 {
        self.statements.get()
    }

    pub(super) fn url(&self) -> &Secret {
        &self.url
    }

    fn connection(&self) -> StoreResult<PooledConnection<Manager>> {
        Ok(self.pool.get()?)
    }

    /// Uses a connection without a transaction and without a caller: what the service itself
    /// reads, and single statements.
    pub fn with<T>(&self, work: impl FnOnce(&mut DbConnection) -> StoreResult<T>) -> StoreResult<T> {
        work(&mut self.connection()?.conn)
    }

    /// Reads as this caller.
    pub fn read<T>(
        &self,
        actor: &Actor,
        read: impl FnOnce(&mut Read<'_>) -> StoreResult<T>,
    ) -> StoreResult<T> {
        let conn = &mut self.connection()?.conn;
        let now = clock::civil_now(conn)?;
        read(&mut Read { conn, actor, now })
    }

    /// Reads everything at one point in time, whatever others write meanwhile.
    pub fn snapshot<T>(&self, read: impl FnOnce(&mut DbConnection) -> StoreResult<T>) -> StoreResult<T> {
        let conn = &mut self.connection()?.conn;
        begin(conn, "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        let result = read(conn);
        rollback(conn);
        result
    }

    /// Changes something as this caller, all or nothing. The change may be run again after a
    /// deadlock or on another connection where it surely was not made, so it does nothing but read
    /// and write the database.
    ///
    /// # Errors
    /// What the change answers; [`StoreError::Unavailable`] where the database stays busy or away;
    /// [`StoreError::Uncertain`] where the connection broke at the end and nobody can say whether it was made.
    pub fn write<T>(
        &self,
        actor: &Actor,
        request_id: &str,
        mut change: impl FnMut(&mut Write<'_>) -> StoreResult<T>,
    ) -> StoreResult<T> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.write_once(actor, request_id, &mut change) {
                Err(StoreError::Unavailable(reason) | StoreError::Unclassified(reason)) if tries < TRIES => {
                    tracing::warn!(%reason, tries, "a write failed and is tried again");
                    std::thread::sleep(Duration::from_millis(rand::random_range(10..60) * u64::from(tries)));
                }
                result => return result,
            }
        }
    }

    fn write_once<T>(
        &self,
        actor: &Actor,
        request_id: &str,
        change: &mut impl FnMut(&mut Write<'_>) -> StoreResult<T>,
    ) -> StoreResult<T> {
        let mut pooled = self.connection()?;
        let conn = &mut pooled.conn;
        // A deferred BEGIN that reads and then writes fails at once on SQLite, despite its patience.
        begin(conn, "BEGIN IMMEDIATE", "BEGIN")?;
        let result = Begun::read(conn).and_then(|Begun { now, mark }| {
            let number = mark.as_ref().map(CommitMark::number);
            let value = change(&mut Write { conn, actor, now, request_id, number })?;
            Ok((value, mark))
        });
        let (value, mark) = result.inspect_err(|_| rollback(conn))?;
        let Err(error) = commit(conn) else { return Ok(value) };
        match mark.filter(|_| conn.is_broken()) {
            // The server answered: it did not commit.
            None => Err(error.into()),
            Some(mark) => {
                drop(pooled);
                self.fate(&mark, &error.to_string()).map(|()| value)
            }
        }
    }

    /// What became of a transaction whose connection broke while it was being committed.
    fn fate(&self, mark: &CommitMark, reason: &str) -> StoreResult<()> {
        let began = std::time::Instant::now();
        while began.elapsed() < FATE_PATIENCE {
            match self.connection().and_then(|mut pooled| mark.fate(&mut pooled.conn)) {
                Ok(Fate::Committed) => return Ok(()),
                Ok(Fate::Aborted) => return Err(StoreError::Unavailable(reason.to_owned())),
                Ok(Fate::Unknown) => break,
                Ok(Fate::InProgress) | Err(_) => std::thread::sleep(BETWEEN_QUESTIONS),
            }
        }
        Err(StoreError::Uncertain(reason.to_owned()))
    }
}

fn begin(conn: &mut DbConnection, sqlite: &str, postgres: &str) -> QueryResult<()> {
    match conn {
        DbConnection::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, sqlite),
        DbConnection::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(conn, postgres),
    }
}

fn commit(conn: &mut DbConnection) -> QueryResult<()> {
    match conn {
        DbConnection::Sqlite(conn) => AnsiTransactionManager::commit_transaction(conn),
        DbConnection::Postgres(conn) => AnsiTransactionManager::commit_transaction(conn),
    }
}

/// Ends a transaction that changes nothing. Where that fails the connection is broken, and the pool drops it: what
/// failed before is what the caller hears of.
fn rollback(conn: &mut DbConnection) {
    let result = match conn {
        DbConnection::Sqlite(conn) => AnsiTransactionManager::rollback_transaction(conn),
        DbConnection::Postgres(conn) => AnsiTransactionManager::rollback_transaction(conn),
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a transaction ended with its connection");
    }
}
