//! Random sequences of actions on self-checks, visits, signed forms and escalations: what is listed as allowed is exactly
//! what is not refused, a refusal changes nothing, what was done is in the trail, what was sealed stays, and every
//! figure adds up after each of them (R52). Findings and orders have theirs in `rectification/sequence.rs`.

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use shared::domain::id::Id;

use crate::campaign::{self, Campaign};
use crate::support::attempt::attempt;
use crate::support::{Engine, Reply, Who, World};
use crate::{escalation, inspection, leader_office, on_both_engines, self_check, visit};

const SEEDS: u64 = 3;
const STEPS: usize = 400;
const CALLERS: [Who; 8] = [
    Who::Coordinator,
    Who::OtherCoordinator,
    Who::Inspector,
    Who::OtherInspector,
    Who::Liaison,
    Who::OtherLiaison,
    Who::Leader,
    Who::Discipline,
];

const OF_FORMS: &[&str] = &["request-signatures", "sign", "refuse-to-sign", "seal", "void"];

/// The verbs of each kind of record. Forms come twice: theirs is the longest way.
const VERBS: [(&str, &[&str]); 7] = [
    ("self-checks", &["submit", "withdraw", "return", "accept", "excuse", "include", "allow-own-unit"]),
    ("visits", &["complete", "cancel", "reopen"]),
    ("inspections", OF_FORMS),
    ("inspections", OF_FORMS),
    ("leader-office-sheets", OF_FORMS),
    ("leader-office-sheets", OF_FORMS),
    ("escalations", &["approve", "reject", "send", "withdraw", "conclude", "allow-own-unit"]),
];

/// What ends or undoes a record.
const ENDING: [&str; 5] = ["void", "cancel", "excuse", "withdraw", "return"];

/// A record by its resource and id.
#[derive(Clone, Debug)]
struct Record {
    resource: &'static str,
    id: String,
}

impl Record {
    fn path(&self) -> String {
        format!("/v1/{}/{}", self.resource, self.id)
    }
}

/// One life of a campaign.
struct Run<'a> {
    world: &'a World,
    campaign: Campaign<'a>,
    random: StdRng,
    records: Vec<Record>,
    /// A measured leader office of each unit.
    offices: BTreeMap<Id, String>,
    /// What was sealed: the path of the form, and the hash of its bytes.
    sealed: BTreeMap<String, Value>,
    /// When each self-check was first handed in.
    first_submitted: BTreeMap<String, Value>,
}

impl Run<'_> {
    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        *of.choose(&mut self.random).expect("something to choose from")
    }

    fn unit(&mut self) -> Id {
        self.one(&[self.world.unit, self.world.other_unit])
    }

    fn record_of(&mut self, resource: &str) -> Option<Record> {
        let of: Vec<&Record> = self.records.iter().filter(|record| record.resource == resource).collect();
        of.choose(&mut self.random).map(|record| (*record).clone())
    }

    async fn step(&mut self) {
        match self.random.random_range(0..100) {
            0..2 => self.plan().await,
            2..5 => self.begin("inspections").await,
            5..8 => self.begin("leader-office-sheets").await,
            8..10 => self.propose().await,
            10..18 => self.fill_in().await,
            _ => self.act().await,
        }
    }

    async fn plan(&mut self) {
        let unit = self.unit();
        let made = visit::planned(self.world, &self.campaign, unit).await;
        self.records.push(Record { resource: "visits", id: made.id().to_owned() });
    }

    /// Begins a form at a visit, which takes one of each kind that is not void, and none once it is called off.
    async fn begin(&mut self, resource: &'static str) {
        let Some(visit) = self.record_of("visits") else { return };
        let seen = self.world.get(Who::Leader, &visit.path()).send().await.expect(200);
        let unit: Id = seen.body["unit_id"].as_str().expect("a unit").parse().expect("an id");
        let form = match resource {
            "inspections" => inspection::content(&visit.id),
            _ => json!({
                "visit_id": visit.id, "measured_on": "2023-07-31", "phone": "0518-00008101",
                "leader_office_ids": [self.offices[&unit]],
            }),
        };
        let made = self.world.post(Who::Inspector, &format!("/v1/{resource}")).json(&form).send().await;
        match made.status {
            201 => self.records.push(Record { resource, id: made.id().to_owned() }),
            409 => {}
            // The row stands sealed on the sheet of another visit.
            _ => drop(made.violates(&["/leader_office_ids/0 frozen"])),
        }
    }

    async fn propose(&mut self) {
        let (unit, kind) = (self.unit(), self.one(&["government", "discipline"]));
        let content = escalation::content(&self.campaign, unit, kind);
        let made =
            self.world.post(Who::Coordinator, "/v1/escalations").json(&content).send().await.expect(201);
        self.records.push(Record { resource: "escalations", id: made.id().to_owned() });
    }

    /// A liaison answers everything, where the self-check is with the unit.
    async fn fill_in(&mut self) {
        let Some(check) = self.record_of("self-checks") else { return };
        let who = self.one(&[Who::Liaison, Who::OtherLiaison]);
        let seen = self.world.get(who, &check.path()).send().await;
        if seen.status == 200 {
            let filled =
                self_check::fill_in(self.world, who, &seen, &self_check::complete(&["leasing"])).await;
            assert!([200, 409].contains(&filled.status), "{}", filled.body);
        }
    }

    async fn act(&mut self) {
        let (resource, verbs) = self.one(&VERBS);
        let Some(record) = self.record_of(resource) else { return };
        let path = record.path();
        let mut tried = (self.one(&CALLERS), self.one(verbs).to_owned());
        if self.random.random_bool(0.7)
            && let Some(on) = self.something_that_leads_on(&path).await
        {
            tried = on;
        }
        let (who, verb) = tried;
        let (before, events) = (self.seen(&path).await, self.events(&record).await);
        let tried = attempt(self.world, who, &path, &verb, body(resource, &verb, who)).await;
        let (after, told) = (self.seen(&path).await, tried.told(who, &path, &verb));
        if tried.reply.status == 200 {
            assert!(self.events(&record).await > events, "no event of {told}");
            assert!(after.body["version"].as_i64() > before.body["version"].as_i64(), "{told}");
        } else {
            assert_eq!((after.body.clone(), self.events(&record).await), (before.body, events), "{told}");
        }
        self.remember(&record, &after).await;
    }

    /// A caller and a verb that is listed for them and ends nothing: else little would come to its end.
    async fn something_that_leads_on(&mut self, path: &str) -> Option<(Who, String)> {
        let mut callers = CALLERS;
        callers.shuffle(&mut self.random);
        for who in callers {
            let seen = self.world.get(who, path).send().await;
            let listed = if seen.status == 200 { seen.actions() } else { Vec::new() };
            let on: Vec<&str> = listed.into_iter().filter(|verb| !ENDING.contains(verb)).collect();
            if let Some(verb) = on.choose(&mut self.random) {
                return Some((who, (*verb).to_owned()));
            }
        }
        None
    }

    async fn seen(&self, path: &str) -> Reply {
        self.world.get(Who::Leader, path).send().await.expect(200)
    }

    /// How much the trail has of a record.
    async fn events(&self, record: &Record) -> i64 {
        let path = format!("/v1/audit-events?record_id={}&count=true&limit=1", record.id);
        self.seen(&path).await.body["total"].as_i64().expect("a total")
    }

    /// What stands once and for ever is still as it was.
    async fn remember(&mut self, record: &Record, seen: &Reply) {
        let path = record.path();
        if let Some(at) = seen.body.get("first_submitted_at") {
            let first = self.first_submitted.entry(path.clone()).or_insert_with(|| at.clone());
            assert_eq!(first, at, "{path}");
        }
        if seen.body.get("seal").is_some() {
            let verified = self.seen(&format!("{path}/verification")).await.body;
            assert_eq!(verified["valid"], true, "{path}: {verified}");
            let sha256 = self.sealed.entry(path.clone()).or_insert_with(|| verified["sha256"].clone());
            assert_eq!(*sha256, verified["sha256"], "{path}");
        }
    }

    async fn items(&self, resource: &str) -> Vec<Value> {
        let path = format!("/v1/{resource}?campaign_id={}&limit=200", self.campaign.id);
        self.seen(&path).await.body["items"].as_array().cloned().expect("items")
    }

    /// Counts everything again from the lists, and compares.
    async fn check_figures(&self) {
        let whole = self.seen(&self.campaign.path("/statistics")).await.body;
        let checks = self.items("self-checks").await;
        let in_state =
            |states: &[&str]| checks.iter().filter(|check| states.contains(&text(check, "status"))).count();
        let (excused, submitted) = (in_state(&["excused"]), in_state(&["submitted", "accepted"]));
        let due = checks.len() - excused;
        let told = &whole["total"]["self_checks"];
        let counted = json!([due, submitted, due - submitted, excused]);
        assert_eq!(json!([told["due"], told["submitted"], told["missing"], told["excused"]]), counted);
        let visits = self.items("visits").await;
        let done = visits.iter().filter(|visit| visit["status"] == "done");
        let done: BTreeSet<&str> = done.map(|visit| text(visit, "unit_id")).collect();
        let taking_part = checks.iter().filter(|check| check["status"] != "excused");
        let visited = taking_part.filter(|check| done.contains(text(check, "unit_id"))).count();
        assert_eq!(whole["total"]["visits"]["visited"], visited);
        for subject in ["self_checks", "visits"] {
            for (name, total) in whole["total"][subject].as_object().expect("counts") {
                let Some(total) = total.as_u64() else { continue };
                let rows = whole["by_unit_kind"].as_array().expect("rows").iter();
                assert_eq!(
                    rows.filter_map(|row| row[subject][name].as_u64()).sum::<u64>(),
                    total,
                    "{subject}.{name}"
                );
            }
        }
    }
}

/// What a verb takes; nothing where it takes none.
fn body(resource: &str, verb: &str, who: Who) -> Value {
    let liaisons = [Who::Liaison, Who::OtherLiaison];
    match (resource, verb) {
        (_, "sign") => inspection::signature(if liaisons.contains(&who) { "unit" } else { "inspector" }),
        ("leader-office-sheets", "seal") => json!({"no_stamp_reason": "未带公章"}),
        (_, "approve" | "reject") => escalation::decision(),
        (_, "conclude") => json!({"answer": "已约谈。"}),
        (
            _,
            "return" | "excuse" | "include" | "allow-own-unit" | "cancel" | "reopen" | "refuse-to-sign"
            | "void" | "withdraw",
        ) if (resource, verb) != ("self-checks", "withdraw") => {
            json!({"reason": "经复核"})
        }
        _ => Value::Null,
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().expect("a text")
}

on_both_engines! {
    async fn r52_whatever_is_done_with_records_and_forms_no_history_is_lost(world: &World) {
        let (mut sealed, mut handed_in) = (0, 0);
        for seed in 1..=SEEDS {
            println!("seed {seed}");
            let units = [world.unit, world.other_unit];
            let campaign = campaign::open(world, &format!("巡检{seed}"), &units).await;
            campaign::lead(&campaign, Who::Leader).await;
            let (mut offices, mut records) = (BTreeMap::new(), Vec::new());
            for unit in units {
                let office = leader_office::measured(world, &campaign, unit, "周云台", 17.0).await;
                offices.insert(unit, office.id().to_owned());
                let check = self_check::of(world, &campaign, unit).await;
                records.push(Record { resource: "self-checks", id: check.id().to_owned() });
            }
            let random = StdRng::seed_from_u64(seed);
            let mut run = Run {
                world,
                campaign,
                random,
                records,
                offices,
                sealed: BTreeMap::new(),
                first_submitted: BTreeMap::new(),
            };
            for step in 1..=STEPS {
                run.step().await;
                if step % 10 == 0 {
                    run.check_figures().await;
                }
            }
            sealed += run.sealed.len();
            handed_in += run.first_submitted.len();
        }
        assert!(sealed > 1 && handed_in > 1, "little happened: {sealed} sealed, {handed_in} handed in");
    }
}
