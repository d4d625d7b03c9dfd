//! A running server with its database and cast.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Mutex;

use actix_web::dev::ServerHandle;
use sha2::{Digest, Sha256};
use shared::config::{Secret, Settings};
use shared::domain::account::AccountContent;
use shared::domain::actor::Actor;
use shared::domain::id::Id;
use shared::domain::unit::{StandardClass, UnitContent, UnitKind};
use shared::store::account::NewPassword;
use shared::store::{Store, account, clock, session, unit};
use xunjian_api::Server;

use super::client::Tap;
use super::{Engine, Who, database};

/// A server, what it stands on, and what was noted of it.
pub struct World {
    pub base: String,
    pub http: reqwest::Client,
    /// The same database, for what no operation offers.
    pub store: Store,
    /// The unit of [`Who::Liaison`].
    pub unit: Id,
    /// The unit of [`Who::OtherLiaison`].
    pub other_unit: Id,
    pub folder: tempfile::TempDir,
    pub engine: Engine,
    /// What its requests go through, where that is set.
    pub tap: OnceCell<Rc<dyn Tap>>,
    /// Where the database is.
    pub url: String,
    accounts: BTreeMap<Who, Id>,
    handle: ServerHandle,
    count: Box<dyn Fn() -> u64>,
    pins: Mutex<BTreeMap<String, u64>>,
}

impl World {
    /// A server on a fresh database with two units and the cast.
    pub async fn start(engine: Engine) -> Self {
        Self::start_with(engine, &[]).await
    }

    /// The same with further settings.
    pub async fn start_with(engine: Engine, more: &[(&str, &str)]) -> Self {
        Self::start_at(engine, more, str::to_owned).await
    }

    /// The same with a server that reaches the database by another URL than the test.
    pub async fn start_at(
        engine: Engine,
        more: &[(&str, &str)],
        server_url: impl FnOnce(&str) -> String,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = database::fresh(engine, folder.path());
        let data = folder.path().display().to_string();
        let mut values = vec![
            ("DATABASE_URL", url.as_str()),
            ("XUNJIAN_DATA_DIR", &data),
            ("XUNJIAN_BIND", "127.0.0.1:0"),
            ("XUNJIAN_POOL_SIZE", "4"),
        ];
        values.extend_from_slice(more);
        let settings = database::settings(&values);
        let store = Store::open(&settings).expect("the database opens");
        let (unit, other_unit, accounts) = people(&store);
        let of_server = Settings { database_url: Secret::from(server_url(&url)), ..settings };
        let server = Server::start(of_server.clone(), Store::open(&of_server).expect("the database opens"))
            .expect("it listens");
        let base = format!("http://{}", server.address());
        let (handle, count) = (server.handle(), Box::new(server.statements()));
        actix_web::rt::spawn(server.run());
        let http = reqwest::Client::new();
        let pins = Mutex::default();
        Self {
            base,
            http,
            store,
            unit,
            other_unit,
            folder,
            engine,
            tap: OnceCell::new(),
            accounts,
            url,
            handle,
            count,
            pins,
        }
    }

    /// Stops the server and removes its database.
    pub async fn stop(self) {
        self.handle.stop(true).await;
        drop(self.store);
        database::remove(&self.url);
    }

    /// Moves the civil clock forward.
    pub fn advance(&self, to: &str) {
        let to = serde_json::from_value(to.into()).expect("an instant");
        let moved = self.store.with(|conn| clock::advance(conn, to)).expect("the clock moves");
        assert_eq!(moved, clock::Advance::Moved);
    }

    /// The account of a caller.
    pub fn account(&self, who: Who) -> Id {
        self.accounts[&who]
    }

    /// The statements that the server has run.
    pub fn statements(&self) -> u64 {
        (self.count)()
    }

    /// Notes how many statements an operation took; the most of several calls count.
    pub fn note_statements(&self, operation: &str, statements: u64) {
        let mut pins = self.pins.lock().expect("no test thread failed here");
        let most = pins.entry(operation.to_owned()).or_default();
        *most = statements.max(*most);
    }

    /// The most statements that each operation took so far.
    pub fn pins(&self) -> BTreeMap<String, u64> {
        self.pins.lock().expect("no test thread failed here").clone()
    }
}

fn people(store: &Store) -> (Id, Id, BTreeMap<Who, Id>) {
    let actor = Actor::system("test");
    let made = store.write(&actor, "test", |tx| {
        let unit = unit::create(tx, Id::new(), content("墟沟街道办事处", UnitKind::Subdistrict))?.id;
        let other = unit::create(tx, Id::new(), content("区财政局", UnitKind::Department))?.id;
        let mut accounts = BTreeMap::new();
        for who in Who::ACCOUNTS {
            let content = AccountContent {
                username: who.username().to_owned(),
                display_name: format!("{who:?}"),
                email: format!("{}@example.org", who.username()).parse().ok(),
                roles: who.grant(unit, other).into_iter().collect(),
            };
            // No test logs these accounts in: their sessions are made here.
            let password = NewPassword { hash: "none".to_owned(), initial: false };
            let account = account::create(tx, Id::new(), &content, &password)?;
            let hash: String = Sha256::digest(who.token()).iter().map(|byte| format!("{byte:02x}")).collect();
            session::begin(tx.conn, &hash, account.id, clock::system_now())?;
            accounts.insert(who, account.id);
        }
        Ok((unit, other, accounts))
    });
    made.expect("the cast is made")
}

fn content(name: &str, kind: UnitKind) -> UnitContent {
    UnitContent {
        name: name.to_owned(),
        kind,
        standard_class: StandardClass::County,
        nature: Some("organ".to_owned()),
        region_code: Some("320703".to_owned()),
        uscc: None,
        principal: None,
        address: None,
        contact: None,
        leader_email: None,
        restricted: false,
    }
}
