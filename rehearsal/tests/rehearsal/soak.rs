//! Programs that are killed, and connections that break, at seeded instants while a client writes: what was acknowledged
//! stands, once, and nothing is told otherwise than it happened.

use std::cell::Cell;
use std::env;
use std::net::SocketAddr;
use std::time::Duration;

use chrono::{Days, NaiveDate};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::sleep;
use xunjian_rehearsal::client::{Api, CallError, Record, Session};
use xunjian_rehearsal::operations;
use xunjian_rehearsal::processes::Process;

use super::place::{Engine, Place, address};
use super::proxy::Proxy;

/// The units in scope, each with a contact and a leader who have addresses.
const UNITS: usize = 3;

/// Writes between two faults.
const WRITES: u32 = 4;

/// How often a write is repeated until the service acknowledges it.
const ATTEMPTS: u32 = 3_000;

/// What goes wrong while the client writes.
#[derive(Clone, Copy, Debug)]
enum Fault {
    ApiKilled,
    WorkerKilled,
    /// All connections to the database end.
    ConnectionsEnded,
    /// They do, and for a moment nobody gets a new one.
    DatabaseAway,
    /// A connection breaks in the midst of a change.
    Broken {
        statement: i64,
    },
    CommitLost,
    /// The commit is made, and its answer is lost.
    AnswerLost,
}

impl Fault {
    fn any(random: &mut StdRng, engine: Engine) -> Self {
        let kinds = match engine {
            Engine::Sqlite => 2,
            Engine::Postgres => 7,
        };
        match random.random_range(0..kinds) {
            0 => Self::ApiKilled,
            1 => Self::WorkerKilled,
            2 => Self::ConnectionsEnded,
            3 => Self::DatabaseAway,
            4 => Self::Broken { statement: random.random_range(1..40) },
            5 => Self::CommitLost,
            _ => Self::AnswerLost,
        }
    }
}

/// What the service acknowledged under a key.
struct Acknowledged {
    path: &'static str,
    key: String,
    body: Value,
    id: String,
}

/// A client that repeats whatever was not acknowledged.
struct Writer {
    session: Session,
    campaign: String,
    unit: String,
    done: Vec<Acknowledged>,
    orders: usize,
    decisions: usize,
}

impl Writer {
    async fn write(&mut self, choice: u32) {
        match choice {
            0 => self.make_unit().await,
            1 => self.order().await,
            _ => self.decide().await,
        }
    }

    async fn make_unit(&mut self) {
        let name = format!("单位{}", self.done.len());
        self.make("/v1/units", json!({"name": name, "kind": "department", "standard_class": "county"})).await;
    }

    /// A problem is found, confirmed and ordered to be put right.
    async fn order(&mut self) {
        self.orders += 1;
        let finding = json!({
            "campaign_id": self.campaign, "unit_id": self.unit, "focus_item": "leasing", "source": "other",
            "severity": "minor", "description": format!("问题{}", self.orders),
        });
        let finding = self.make("/v1/findings", finding).await;
        self.act(&format!("/v1/findings/{}", finding.id()), "confirm", &finding).await;
        let order = json!({
            "finding_id": finding.id(), "mode": "immediate", "requirement": "立即整改。", "due_on": "2023-08-18",
        });
        let order = self.make("/v1/rectifications", order).await;
        self.act(&format!("/v1/rectifications/{}", order.id()), "order", &order).await;
    }

    /// Makes a record under a key.
    async fn make(&mut self, path: &'static str, body: Value) -> Record {
        let key = format!("soak-{}", self.done.len());
        let made = acknowledged(async || self.session.post_once(path, &key, &body).await).await;
        self.done.push(Acknowledged { path, key, body, id: made.id() });
        made
    }

    /// Does something with a record under a key.
    async fn act(&self, path: &str, verb: &str, record: &Record) {
        let key = format!("{verb} {}", record.id());
        let nothing = Value::Null;
        acknowledged(async || self.session.act_once(path, verb, &record.etag, &key, &nothing).await).await;
    }

    /// Moves the on-site phase by a day. Without a key, a client looks whether it had happened.
    async fn decide(&mut self) {
        self.decisions += 1;
        let first = NaiveDate::from_ymd_opt(2023, 8, 11).expect("a day");
        let ends_on = (first + Days::new(self.decisions as u64)).to_string();
        let campaign = format!("/v1/campaigns/{}", self.campaign);
        let phase = format!("{campaign}/phases/on_site");
        let change = json!({"ends_on": ends_on, "reason": format!("第{}次顺延", self.decisions)});
        let decide = async || {
            let now = self.session.get(&phase).await?;
            if now.text("ends_on") == ends_on {
                return Ok(now);
            }
            self.session.write(Method::PATCH, &campaign, &phase, &change).await
        };
        acknowledged(async || match decide().await {
            // The client repeats what was answered 503, and has no key that tells its own change from another's.
            Err(CallError::Refused { status: StatusCode::PRECONDITION_FAILED, .. }) => decide().await,
            decided => decided,
        })
        .await;
    }
}

/// Repeats a call until the service acknowledges it; it refuses nothing.
async fn acknowledged(call: impl AsyncFn() -> Result<Record, CallError>) -> Record {
    for _ in 0..ATTEMPTS {
        match call().await {
            Ok(record) => return record,
            Err(CallError::Transport { .. }) => sleep(Duration::from_millis(20)).await,
            Err(refused) => panic!("{refused}"),
        }
    }
    panic!("a call was never acknowledged");
}

/// An open campaign in a few units.
async fn prepare(api: &Api, place: &Place) -> Writer {
    let admin = api.login("admin", &place.admin_password).await.expect("a session");
    let me = format!("/v1/users/{}", admin.get("/v1/me").await.expect("an account").id());
    let roles = json!({"roles": [{"role": "admin"}, {"role": "coordinator"}]});
    admin.patch(&me, &roles).await.expect("roles");
    let session = api.login("admin", &place.admin_password).await.expect("a session");
    let mut scope = Vec::new();
    for number in 0..UNITS {
        let unit = json!({
            "name": format!("街道{number}"), "kind": "subdistrict", "standard_class": "county",
            "contact": {"name": "联系人", "phone": "0518-00000000", "email": format!("contact-{number}@example.org")},
            "leader_email": format!("leader-{number}@example.org"),
        });
        scope.push(json!({"unit_id": session.post("/v1/units", &unit).await.expect("a unit").id()}));
    }
    let campaign = json!({"name": "巡检", "phases": [
        {"kind": "self_check", "starts_on": "2023-07-31", "ends_on": "2023-08-06"},
        {"kind": "on_site", "starts_on": "2023-08-07", "ends_on": "2023-08-11"},
        {"kind": "summary", "starts_on": "2023-08-12", "ends_on": "2023-08-20"},
    ]});
    let campaign = session.post("/v1/campaigns", &campaign).await.expect("a campaign").id();
    let path = format!("/v1/campaigns/{campaign}");
    session.put(&path, "units", &json!({"units": scope})).await.expect("a scope");
    session.act(&path, "open", &Value::Null).await.expect("it opens");
    let unit = scope[0]["unit_id"].as_str().expect("an id").to_owned();
    Writer { session, campaign, unit, done: Vec::new(), orders: 0, decisions: 0 }
}

/// The two programs, which are killed and started again, and what they stand on.
struct Service<'a> {
    place: &'a Place,
    address: SocketAddr,
    api: Option<Process>,
    worker: Option<Process>,
}

impl Service<'_> {
    /// Lets it happen, at an instant or with the next change.
    async fn meets(&mut self, fault: Fault, instant: Duration) {
        match fault {
            Fault::ApiKilled => {
                sleep(instant).await;
                self.api.take().expect("it runs").kill().expect("it can be killed");
                self.api = Some(self.place.start_api("api", self.address));
            }
            Fault::WorkerKilled => {
                sleep(instant).await;
                self.worker.take().expect("it runs").kill().expect("it can be killed");
                self.worker = Some(self.place.start_worker("worker"));
            }
            Fault::ConnectionsEnded => {
                sleep(instant).await;
                self.place.end_connections();
            }
            Fault::DatabaseAway => {
                self.wire().close(true);
                self.place.end_connections();
                sleep(instant).await;
                self.wire().close(false);
            }
            Fault::Broken { statement } => self.wire().break_at(statement),
            Fault::CommitLost => self.wire().lose_commit(),
            Fault::AnswerLost => self.wire().lose_answer(),
        }
    }

    /// Starts what has ended again, as a supervisor does: a program that comes up while the database is away says so and
    /// ends.
    fn revive(&mut self) {
        let ended = |program: &mut Option<Process>| {
            program.as_mut().is_some_and(|one| one.ended().is_ok_and(|end| end.is_some()))
        };
        if ended(&mut self.api) {
            self.api = Some(self.place.start_api("api", self.address));
        }
        if ended(&mut self.worker) {
            self.worker = Some(self.place.start_worker("worker"));
        }
    }

    fn wire(&self) -> &Proxy {
        self.place.wire.as_ref().expect("there is a server")
    }
}

async fn soak(engine: Engine) {
    let number = |name: &str, default| env::var(name).map_or(default, |text| text.parse().expect("a number"));
    let (faults, seed) = (number("XUNJIAN_SOAK_FAULTS", 28), number("XUNJIAN_SOAK_SEED", 20_230_731));
    println!("{faults} faults on {engine:?}, seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let place = Place::with_wire(engine);
    let (address, api) = address();
    let mut first = place.start_api("api", address);
    first.ready(&api).await.expect("the api comes up");
    let worker = Some(place.start_worker("worker"));
    let mut service = Service { place: &place, address, api: Some(first), worker };
    let mut writer = prepare(&api, &place).await;
    for _ in 0..faults {
        let fault = Fault::any(&mut random, engine);
        let instant = Duration::from_micros(random.random_range(0..80_000));
        let choices: Vec<u32> = (0..WRITES).map(|_| random.random_range(0..3)).collect();
        let written = Cell::new(false);
        let write = async {
            for choice in choices {
                writer.write(choice).await;
            }
            written.set(true);
        };
        let endure = async {
            service.meets(fault, instant).await;
            while !written.get() {
                service.revive();
                sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::join!(endure, write);
    }
    // The last fault may have met programs that are on their way up.
    while !api.is_ready().await {
        service.revive();
        sleep(Duration::from_millis(20)).await;
    }
    service.revive();
    let ready = api.readiness().await.expect("it is ready");
    let now = ready.text("simulated_now").parse().expect("an instant");
    let running = service.api.iter_mut().chain(service.worker.iter_mut());
    operations::settle(&writer.session, Some(now), running).await.expect("the worker catches up");
    verify(&writer, &place).await;
}

/// What was acknowledged stands, once, and everybody is told, once.
async fn verify(writer: &Writer, place: &Place) {
    let Writer { session, campaign, done, .. } = writer;
    for Acknowledged { path, key, body, id } in done {
        let again = session.post_once(path, key, body).await.expect("the same request gets the same answer");
        assert_eq!(&again.id(), id, "{path} {key}");
    }
    for (path, before) in [("/v1/units", UNITS), ("/v1/findings", 0), ("/v1/rectifications", 0)] {
        let of_path = done.iter().filter(|one| one.path == path);
        let mut expected: Vec<&str> = of_path.map(|one| one.id.as_str()).collect();
        let found = session.list(path).await.expect("a list");
        assert_eq!(found.len(), expected.len() + before, "{path}: no record is lost or doubled");
        expected.retain(|id| !found.iter().any(|record| record["id"] == *id));
        assert!(expected.is_empty(), "{path}: lost {expected:?}");
    }
    let phases = session.get(&format!("/v1/campaigns/{campaign}/phases")).await.expect("phases").body;
    let decided = phases["decisions"].as_array().map_or(0, Vec::len);
    assert_eq!(decided, writer.decisions, "no decision is lost or doubled");
    verify_notices(writer, place).await;
}

/// Each event and each scan has its notices, once, and each of them reached its end.
async fn verify_notices(writer: &Writer, place: &Place) {
    let notices = writer.session.list("/v1/notices").await.expect("notices");
    let of_kind = |kind: &str| notices.iter().filter(|notice| notice["kind"] == kind).count();
    assert_eq!(of_kind("campaign_opened"), UNITS);
    assert_eq!(of_kind("schedule_changed"), UNITS * writer.decisions);
    assert_eq!(of_kind("rectification_ordered"), 2 * writer.orders, "the unit and its leader");
    assert_eq!(of_kind("self_check_overdue"), 2 * UNITS, "each unit and its leader, on the first workday");

    // A decision may overtake the one before it, whose mail has not gone yet.
    let is_overtaken =
        |notice: &Value| notice["kind"] == "schedule_changed" && notice["overtaken_by"] == "replaced";
    let (overtaken, told): (Vec<&Value>, Vec<&Value>) =
        notices.iter().partition(|notice| is_overtaken(notice));
    for notice in &told {
        assert_eq!(notice["status"], "written", "{notice}");
    }
    let last = notices.iter().filter(|notice| notice["kind"] == "schedule_changed").rev().take(UNITS);
    assert!(last.into_iter().all(|notice| notice["status"] == "written"), "the last decision is told");
    assert!(overtaken.iter().all(|notice| notice["attempts"].as_array().is_some_and(Vec::is_empty)));
    for attempt in told.iter().flat_map(|notice| notice["attempts"].as_array().expect("attempts")) {
        assert!(attempt["status"] == "done" || attempt["status"] == "unknown", "{attempt}");
    }

    let files = std::fs::read_dir(place.folder.path().join("mail")).expect("mails");
    let is_mail = |path: std::path::PathBuf| path.extension().is_some_and(|extension| extension == "eml");
    let mails = files.filter(|file| file.as_ref().is_ok_and(|file| is_mail(file.path()))).count();
    assert_eq!(mails, told.len(), "each notice is one file");
}

#[tokio::test(flavor = "multi_thread")]
async fn soak_on_sqlite() {
    soak(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn soak_on_postgres() {
    soak(Engine::Postgres).await;
}
