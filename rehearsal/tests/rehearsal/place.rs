//! A place of its own for each test: a folder, and a database on one of the engines.

use std::env;
use std::net::SocketAddr;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use xunjian_rehearsal::accounts::new_password;
use xunjian_rehearsal::client::Api;
use xunjian_rehearsal::processes::{Environment, Process, Programs};
use xunjian_rehearsal::settings::free_address;

use super::proxy::Proxy;

/// The engine of a test.
#[derive(Clone, Copy, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Where a test runs its programs.
pub struct Place {
    pub programs: Programs,
    pub folder: tempfile::TempDir,
    pub admin_password: String,
    database: Option<String>,
    url: String,
    /// Between the programs and a server.
    pub wire: Option<Proxy>,
}

impl Place {
    /// An empty database, and a folder.
    pub fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (database, url) = match engine {
            Engine::Sqlite => (None, format!("sqlite://{}", folder.path().join("xunjian.db").display())),
            Engine::Postgres => {
                let name = format!("rehearsal_{:032x}", rand::random::<u128>());
                on_server(&format!("CREATE DATABASE {name}"));
                let url = server_url().replacen("/postgres?", &format!("/{name}?"), 1);
                (Some(name), url)
            }
        };
        let programs = Programs::beside_this().expect("the programs are built");
        Self { programs, folder, admin_password: new_password(), database, url, wire: None }
    }

    /// The same, with a wire that can break where there is a server.
    pub fn with_wire(engine: Engine) -> Self {
        let mut place = Self::new(engine);
        if place.database.is_some() {
            let wire = Proxy::before(&place.url);
            place.url = wire.url(&place.url);
            place.wire = Some(wire);
        }
        place
    }

    /// Ends the connections of all programs to the database's server.
    pub fn end_connections(&self) {
        if let Some(name) = &self.database {
            let own = format!("FROM pg_stat_activity WHERE datname = '{name}'");
            on_server(&format!("SELECT pg_terminate_backend(pid) {own}"));
        }
    }

    /// The settings of a program here.
    pub fn environment(&self, bind: SocketAddr) -> Environment {
        vec![
            ("DATABASE_URL", self.url.clone()),
            ("XUNJIAN_DATA_DIR", self.folder.path().display().to_string()),
            ("XUNJIAN_BIND", bind.to_string()),
            ("XUNJIAN_ADMIN_USERNAME", "admin".to_owned()),
            ("XUNJIAN_ADMIN_PASSWORD", self.admin_password.clone()),
            ("XUNJIAN_CLOCK_START", "2023-08-07T08:30:00+08:00".to_owned()),
            ("XUNJIAN_SCAN_SECONDS", "1".to_owned()),
        ]
    }

    /// Starts an api that listens on this address.
    pub fn start_api(&self, name: &str, bind: SocketAddr) -> Process {
        self.start(name, &self.programs.api, "serve", bind)
    }

    /// Starts a worker.
    pub fn start_worker(&self, name: &str) -> Process {
        self.start(name, &self.programs.worker, "run", SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    fn start(&self, name: &str, program: &std::path::Path, command: &str, bind: SocketAddr) -> Process {
        let logs = self.folder.path().join("logs");
        Process::start(program, &[command], &self.environment(bind), &logs, name).expect("it starts")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(name) = &self.database {
            on_server(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// A free address and a client for it.
pub fn address() -> (SocketAddr, Api) {
    let address = free_address().expect("a free port");
    (address, Api::at(format!("http://{address}")).expect("a client"))
}

fn server_url() -> String {
    env::var("XUNJIAN_TEST_POSTGRES").expect(
        "XUNJIAN_TEST_POSTGRES names no PostgreSQL server: run scripts/test, or scripts/with-postgres cargo test",
    )
}

fn on_server(sql: &str) {
    let mut connection = PgConnection::establish(&server_url()).expect("the server answers");
    connection.batch_execute(sql).expect("the server does it");
}
