//! A database of its own for each test, copied from one that was migrated once.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use diesel::connection::SimpleConnection;
use shared::config::Settings;
use shared::domain::id::Id;
use shared::store::{DbConnection, Store, StoreError, migrate};

/// The engine of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Settings over the defaults, as the environment would give them.
pub fn settings(values: &[(&str, &str)]) -> Settings {
    Settings::from_sources(|name| {
        Ok(values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    })
    .expect("the settings of a test can be used")
}

/// The URL of a fresh, migrated database for a test whose files are in this folder.
pub fn fresh(engine: Engine, folder: &Path) -> String {
    match engine {
        Engine::Sqlite => {
            let path = folder.join("xunjian.db");
            std::fs::copy(sqlite_template(), &path).expect("the template can be copied");
            format!("sqlite://{}", path.display())
        }
        Engine::Postgres => {
            let name = format!("test_{}", Id::new().as_str().replace('-', ""));
            on_server(&format!("CREATE DATABASE {name} TEMPLATE {}", postgres_template()));
            named(&name)
        }
    }
}

/// Removes the database again; an embedded one goes with its folder.
pub fn remove(url: &str) {
    if let Some(name) = url.strip_prefix("postgres:///").and_then(|rest| rest.split('?').next()) {
        on_server(&format!("DROP DATABASE {name} WITH (FORCE)"));
    }
}

fn server_url() -> String {
    std::env::var("XUNJIAN_TEST_POSTGRES").expect(
        "XUNJIAN_TEST_POSTGRES names no PostgreSQL server: run scripts/test, or scripts/with-postgres cargo test",
    )
}

/// The URL of a database on the server.
pub fn named(name: &str) -> String {
    server_url().replacen("/postgres?", &format!("/{name}?"), 1)
}

/// Runs a statement on the server.
pub fn on_server(sql: &str) {
    let url = server_url();
    let store = Store::open(&settings(&[("DATABASE_URL", &url), ("XUNJIAN_POOL_SIZE", "1")]))
        .expect("the server answers");
    let run = store.with(|conn| match conn {
        DbConnection::Postgres(conn) => conn.batch_execute(sql).map_err(StoreError::from),
        DbConnection::Sqlite(_) => panic!("XUNJIAN_TEST_POSTGRES is no PostgreSQL"),
    });
    run.expect("the server does it");
}

fn migrated(url: &str) {
    let store = Store::open(&settings(&[("DATABASE_URL", url), ("XUNJIAN_POOL_SIZE", "1")]))
        .expect("a new database opens");
    // Simulated, so that tests can move the civil clock; it starts in the morning of the plan's first day.
    let start = serde_json::from_value("2023-07-31T00:30:00Z".into()).expect("an instant");
    migrate::run(&store, Some(start)).expect("the migrations run");
}

fn sqlite_template() -> &'static Path {
    static TEMPLATE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("template.db");
        migrated(&format!("sqlite://{}", path.display()));
        (folder, path)
    });
    path
}

fn postgres_template() -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let name = format!("template_{}", Id::new().as_str().replace('-', ""));
        on_server(&format!("CREATE DATABASE {name}"));
        migrated(&named(&name));
        name
    })
}
