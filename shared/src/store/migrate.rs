//! The schema: migrated under a lock, and known or refused.

use std::fs::File;

use diesel::connection::SimpleConnection;
use diesel::dsl::sql as sql_expression;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{self, sqlite_path};
use super::{DbConnection, Store, StoreError, StoreResult, clock};
use crate::domain::instant::Instant;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

/// A number that no other program uses as an advisory lock of the same database.
const LOCK: i64 = 0x0078_756e_6a69_616e;

/// How the database's schema stands to this program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// The same.
    Current,
    /// Migrations are pending.
    Behind,
    /// A newer program has migrated it.
    Unknown,
}

/// Brings the schema up to date, whoever else starts at the same moment. An empty database
/// becomes a simulated one where a start of the civil clock is given.
///
/// # Errors
/// A migration fails; the migrations before it stay.
pub fn run(store: &Store, clock_start: Option<Instant>) -> StoreResult<()> {
    let mut conn =
        connection::open(store.url()).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    // Migrations run without a lock of their own.
    let mut lock_file = match sqlite_path(store.url()) {
        Some(path) => Some(fd_lock::RwLock::new(File::create(format!("{path}.lock")).map_err(broken)?)),
        None => None,
    };
    let _guard = lock_file.as_mut().map(fd_lock::RwLock::write).transpose().map_err(broken)?;
    if let DbConnection::Postgres(conn) = &mut conn {
        // Freed when the connection ends.
        conn.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))?;
    }
    let is_new = applied(&mut conn)?.is_empty();
    match &mut conn {
        DbConnection::Sqlite(conn) => conn.run_pending_migrations(MIGRATIONS).map(drop),
        DbConnection::Postgres(conn) => conn.run_pending_migrations(MIGRATIONS).map(drop),
    }
    .map_err(broken)?;
    match clock_start {
        Some(start) if is_new => clock::simulate(&mut conn, start)?,
        Some(_) => tracing::info!("the database exists: XUNJIAN_CLOCK_START is ignored"),
        None => {}
    }
    Ok(())
}

diesel::table! {
    /// diesel's own record of what has run.
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

/// Compares the schema with this program's, and changes nothing: a worker asks while an api migrates.
pub fn schema(store: &Store) -> StoreResult<Schema> {
    let recorded = store.with(recorded)?;
    let known = known()?;
    Ok(if recorded.iter().any(|version| !known.contains(version)) {
        Schema::Unknown
    } else if recorded.len() < known.len() {
        Schema::Behind
    } else {
        Schema::Current
    })
}

/// The migrations that have run. diesel's own question makes the table that it reads, and two
/// processes that make it at once collide on PostgreSQL.
fn recorded(conn: &mut DbConnection) -> StoreResult<Vec<String>> {
    let exists: bool = match conn {
        DbConnection::Sqlite(conn) => {
            let sql = "EXISTS (SELECT 1 FROM sqlite_master WHERE name = '__diesel_schema_migrations')";
            diesel::select(sql_expression::<Bool>(sql)).get_result(conn)?
        }
        DbConnection::Postgres(conn) => {
            let sql = "to_regclass('__diesel_schema_migrations') IS NOT NULL";
            diesel::select(sql_expression::<Bool>(sql)).get_result(conn)?
        }
    };
    if !exists {
        return Ok(Vec::new());
    }
    Ok(__diesel_schema_migrations::table.select(__diesel_schema_migrations::version).load(conn)?)
}

fn known() -> StoreResult<Vec<String>> {
    let migrations: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> =
        MIGRATIONS.migrations().map_err(broken)?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

fn applied(conn: &mut DbConnection) -> StoreResult<Vec<String>> {
    let versions = match conn {
        DbConnection::Sqlite(conn) => conn.applied_migrations(),
        DbConnection::Postgres(conn) => conn.applied_migrations(),
    }
    .map_err(broken)?;
    Ok(versions.iter().map(ToString::to_string).collect())
}

fn broken(error: impl std::fmt::Display) -> StoreError {
    StoreError::Broken(error.to_string())
}
