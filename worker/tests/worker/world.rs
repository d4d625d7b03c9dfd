//! A district on a fresh database: two units, their people, and an open campaign of the plan.

use diesel::prelude::*;
use shared::config::Settings;
use shared::domain::account::AccountContent;
use shared::domain::actor::{Actor, Grant, Role};
use shared::domain::campaign::{Campaign, CampaignStatus};
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::notice::{Attempt, Notice, NoticeStatus};
use shared::domain::page::Page;
use shared::domain::self_check::SelfCheckStatus;
use shared::store::account::NewPassword;
use shared::store::schema::{notices, schedules, self_checks};
use shared::store::{
    DbConnection, Read, Store, StoreResult, Write, account, campaign, clock, notice, self_check, unit,
};
use xunjian_worker::runner;
use xunjian_worker::stop::stop;
use xunjian_worker::worker::Worker;

use crate::database::{self, Engine};
use crate::smtp_server::SmtpServer;

/// Defines a test that runs on both engines.
#[macro_export]
macro_rules! on_both_engines {
    ($(#[$meta:meta])* async fn $name:ident($world:ident: &World) $body:block) => {
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn run($world: &World) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                let world = World::new($crate::database::Engine::Sqlite);
                run(&world).await;
                world.remove();
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                let world = World::new($crate::database::Engine::Postgres);
                run(&world).await;
                world.remove();
            }
        }
    };
}

pub struct World {
    pub store: Store,
    pub campaign: Id,
    /// A unit with a liaison and a leader, both with addresses.
    pub xugou: Id,
    /// A unit with nobody's address.
    pub silent: Id,
    folder: tempfile::TempDir,
    url: String,
    engine: Engine,
}

/// An instant of 2023 in Lianyungang.
pub fn at(month: u32, day: u32, hour: u32) -> Instant {
    let zone = chrono::FixedOffset::east_opt(8 * 3600).unwrap();
    let local = Date::new(2023, month, day).unwrap().naive().and_hms_opt(hour, 0, 0).unwrap();
    local.and_local_timezone(zone).unwrap().to_utc().into()
}

impl World {
    pub fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = database::fresh(engine, folder.path());
        let store = Store::open(&settings(&url, &folder, None)).unwrap();
        let (campaign, xugou, silent) = write(&store, |tx| {
            let unit = |name: &str, leader: Option<&str>| {
                let kind = serde_json::json!({"name": name, "kind": "subdistrict", "standard_class": "county",
                    "leader_email": leader});
                serde_json::from_value(kind).unwrap()
            };
            let leader = Some("leader@xugou.example");
            let xugou = unit::create(tx, Id::new(), unit("墟沟街道办事处", leader))?.id;
            let silent = unit::create(tx, Id::new(), unit("连岛街道办事处", None))?.id;
            person(tx, "xugou-1", "liaison@xugou.example", Role::Liaison, Some(xugou))?;
            person(tx, "office-1", "office@district.example", Role::Coordinator, None)?;
            let plan = serde_json::json!({"name": "2023年连云区党政机关办公用房专项巡检",
                "phases": [{"kind": "self_check", "starts_on": "2023-07-31", "ends_on": "2023-08-06"},
                           {"kind": "on_site", "starts_on": "2023-08-07", "ends_on": "2023-08-11"}]});
            let draft = campaign::create(tx, Id::new(), serde_json::from_value(plan).unwrap())?;
            let open = Campaign { status: CampaignStatus::Open, opened_at: Some(tx.now), ..draft.clone() };
            let open = campaign::update(tx, "open", &draft, open, None)?;
            self_check::create_for_units(tx, open.id, &[(xugou, None), (silent, None)])?;
            Ok((open.id, xugou, silent))
        });
        Self { store, campaign, xugou, silent, folder, url, engine }
    }

    pub fn remove(self) {
        drop(self.store);
        database::remove(&self.url);
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn settings(&self) -> Settings {
        settings(&self.url, &self.folder, None)
    }

    /// Mails that lie in files.
    pub fn files(&self) -> Vec<Vec<u8>> {
        let Ok(entries) = std::fs::read_dir(self.folder.path().join("mail")) else { return Vec::new() };
        entries.map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
    }

    /// Another worker process; without a server its mails go into files.
    pub fn worker(&self, server: Option<&SmtpServer>, at: Option<Instant>) -> Worker {
        self.worker_by(server.map(SmtpServer::url_with_account).as_deref(), at)
    }

    /// The same with any mail server's URL.
    pub fn worker_by(&self, smtp_url: Option<&str>, at: Option<Instant>) -> Worker {
        let settings = settings(&self.url, &self.folder, smtp_url);
        let store = Store::open(&settings).unwrap();
        Worker::open(&settings, store, at, crate::program()).unwrap()
    }

    /// One tick at an instant.
    pub async fn tick(&self, server: Option<&SmtpServer>, at: Instant) {
        self.tick_by(server.map(SmtpServer::url_with_account).as_deref(), at).await;
    }

    /// The same with any mail server's URL.
    pub async fn tick_by(&self, smtp_url: Option<&str>, at: Instant) {
        let (_stopper, stop) = stop();
        runner::tick(&self.worker_by(smtp_url, Some(at)), &stop).await.unwrap();
    }

    pub fn with<T>(&self, work: impl FnOnce(&mut DbConnection) -> StoreResult<T>) -> T {
        self.store.with(work).unwrap()
    }

    pub fn write<T>(&self, change: impl FnMut(&mut Write<'_>) -> StoreResult<T>) -> T {
        write(&self.store, change)
    }

    fn read<T>(&self, read: impl FnOnce(&mut Read<'_>) -> StoreResult<T>) -> T {
        self.store.read(&office(), read).unwrap()
    }

    /// The whole ledger.
    pub fn notices(&self) -> Vec<Notice> {
        let page = Page { limit: 200, after: None, count: false };
        self.read(|read| Ok(notice::list(read, &notice::Filter::default(), &page)?.items))
    }

    /// How many notices are in a state.
    pub fn count(&self, status: NoticeStatus) -> usize {
        self.notices().iter().filter(|notice| notice.status == status).count()
    }

    pub fn attempts(&self, notice_id: Id) -> Vec<Attempt> {
        let attempts = self.with(|conn| notice::attempts(conn, &[notice_id]));
        attempts.into_iter().map(|(_, attempt)| attempt).collect()
    }

    pub fn campaign(&self) -> Campaign {
        self.with(|conn| campaign::load(conn, self.campaign))
    }

    /// The state of a unit's self-check, whatever its machine says.
    pub fn set_self_check(&self, unit_id: Id, status: SelfCheckStatus) {
        let of_unit = self_checks::table.filter(self_checks::unit_id.eq(unit_id));
        self.with(|conn| {
            diesel::update(of_unit).set(self_checks::status.eq(status)).execute(conn)?;
            Ok(())
        });
    }

    /// The own last day of a unit's self-check.
    pub fn set_due_on(&self, unit_id: Id, due_on: Date) {
        let of_unit = self_checks::table.filter(self_checks::unit_id.eq(unit_id));
        self.with(|conn| {
            diesel::update(of_unit).set(self_checks::due_on.eq(due_on)).execute(conn)?;
            Ok(())
        });
    }

    /// As if an hour had passed for whatever is held: its worker has died.
    pub fn let_leases_run_out(&self) {
        let past = clock::system_now() - chrono::TimeDelta::hours(1);
        self.with(|conn| {
            let held = notices::table.filter(notices::lease_until.is_not_null());
            diesel::update(held).set(notices::lease_until.eq(Some(past))).execute(conn)?;
            diesel::update(schedules::table).set(schedules::next_at.eq(past)).execute(conn)?;
            diesel::update(notices::table).set(notices::next_attempt_at.eq(past)).execute(conn)?;
            Ok(())
        });
    }
}

/// A coordinator.
pub fn office() -> Actor {
    let grants = vec![Grant { role: Role::Coordinator, unit_id: None }];
    Actor { grants, ..Actor::system("测试") }
}

fn write<T>(store: &Store, change: impl FnMut(&mut Write<'_>) -> StoreResult<T>) -> T {
    store.write(&office(), "test", change).unwrap()
}

fn settings(url: &str, folder: &tempfile::TempDir, smtp_url: Option<&str>) -> Settings {
    let data = folder.path().display().to_string();
    let mut values = vec![("DATABASE_URL", url), ("XUNJIAN_DATA_DIR", &data), ("XUNJIAN_POOL_SIZE", "3")];
    values.extend(smtp_url.map(|url| ("XUNJIAN_SMTP_URL", url)));
    database::settings(&values)
}

/// Makes an account with an address.
pub fn person(
    tx: &mut Write<'_>,
    username: &str,
    email: &str,
    role: Role,
    unit_id: Option<Id>,
) -> StoreResult<Id> {
    let content = AccountContent {
        username: username.to_owned(),
        display_name: username.to_owned(),
        email: email.parse().ok(),
        roles: vec![Grant { role, unit_id }],
    };
    let password = NewPassword { hash: "none".to_owned(), initial: false };
    Ok(account::create(tx, Id::new(), &content, &password)?.id)
}
