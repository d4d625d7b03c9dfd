//! Random sequences of actions: what is listed as allowed is exactly what is not refused, findings follow
//! their orders, and every figure adds up after each of them (R52).

use std::collections::BTreeMap;

use chrono::Days;
use diesel::prelude::*;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::store::schema::campaigns;

use super::machine::VERBS;
use super::{evidence, paper};
use crate::campaign::{self, Campaign};
use crate::support::attempt::attempt;
use crate::support::{Engine, Reply, Who, World};
use crate::{finding, on_both_engines, visit};

const SEEDS: u64 = 2;
const STEPS: usize = 140;
const CALLERS: [Who; 6] =
    [Who::Coordinator, Who::OtherCoordinator, Who::Inspector, Who::Liaison, Who::OtherLiaison, Who::Leader];
const ITEMS: [&str; 3] = ["leasing", "ownership", "leader_offices"];
const SEVERITIES: [&str; 3] = ["minor", "general", "serious"];

/// One life of a campaign.
struct Run<'a> {
    world: &'a World,
    campaign: Campaign<'a>,
    random: StdRng,
    today: Date,
    findings: Vec<String>,
    orders: Vec<String>,
}

impl Run<'_> {
    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        *of.choose(&mut self.random).expect("something to choose from")
    }

    fn in_days(&self, days: u64) -> String {
        (self.today + Days::new(days)).to_string()
    }

    async fn step(&mut self) {
        match self.random.random_range(0..100) {
            0..14 => self.find().await,
            14..26 => self.judge(&["confirm"]).await,
            26..34 => self.judge(&["merge", "void", "close", "reopen"]).await,
            34..46 => self.draft().await,
            46..52 => self.sleep(),
            _ => self.act().await,
        }
    }

    async fn find(&mut self) {
        let units = [self.world.unit, self.world.other_unit];
        let finding = json!({
            "campaign_id": self.campaign.id, "unit_id": self.one(&units), "focus_item": self.one(&ITEMS),
            "source": "other", "severity": self.one(&SEVERITIES), "description": "未经审批租用办公用房。",
        });
        let made = self.world.post(Who::Inspector, "/v1/findings").json(&finding).send().await.expect(201);
        self.findings.push(made.id().to_owned());
    }

    /// A verb of a finding.
    async fn judge(&mut self, verbs: &[&'static str]) {
        let Some(id) = self.findings.choose(&mut self.random).cloned() else { return };
        let (who, verb) = (self.one(&CALLERS), self.one(verbs));
        let body = match verb {
            "merge" => json!({"into": self.findings.choose(&mut self.random), "reason": "重复"}),
            "void" | "reopen" => json!({"reason": "经复核"}),
            "close" => finding::settled::evidence(self.world, who).await,
            _ => Value::Null,
        };
        self.check_listed(who, &format!("/v1/findings/{id}"), verb, body).await;
    }

    /// Drafts an order: possible for an open finding without an active one.
    async fn draft(&mut self) {
        let Some(id) = self.findings.choose(&mut self.random).cloned() else { return };
        let days = self.random.random_range(0..6);
        let order = json!({
            "finding_id": id, "mode": self.one(&["immediate", "planned"]), "requirement": "限期腾退。",
            "due_on": self.in_days(days),
        });
        let finding = self.world.get(Who::Leader, &format!("/v1/findings/{id}")).send().await.expect(200);
        let path = format!("/v1/rectifications?finding_id={id}");
        let active = self.world.get(Who::Leader, &path).send().await.expect(200);
        let settled = ["closed", "withdrawn"];
        let free = items(&active).iter().all(|order| settled.contains(&text(order, "status")));
        let made = self.world.post(Who::Coordinator, "/v1/rectifications").json(&order).send().await;
        if text(&finding.body, "status") == "open" && free {
            self.orders.push(made.expect(201).id().to_owned());
        } else {
            made.refused(409, "in_use");
        }
    }

    fn sleep(&mut self) {
        self.today = self.today + Days::new(1);
        self.world.advance(&format!("{}T01:00:00Z", self.today));
    }

    async fn act(&mut self) {
        let Some(id) = self.orders.choose(&mut self.random).cloned() else { return };
        let (who, verb) = (self.one(&CALLERS), self.one(&VERBS));
        let path = format!("/v1/rectifications/{id}");
        let seen = self.world.get(Who::Leader, &path).send().await;
        if seen.status == 404 {
            // A draft went with its finding.
            return self.orders.retain(|order| *order != id);
        }
        let body = match verb {
            "plan" => json!({"goal": "腾退", "measures": [
                {"text": "签订协议", "due_on": self.in_days(1)}, {"text": "搬迁", "due_on": self.in_days(2)}
            ]}),
            "progress" => json!({"text": "有进展", "measures": self.ending(&seen)}),
            "submit" if [Who::Coordinator, Who::OtherCoordinator].contains(&who) => {
                paper(self.world, who).await
            }
            "submit" => evidence(),
            "return" => json!({"reason": "缺少照片", "due_on": self.in_days(1)}),
            "close" => json!({"opinion": "同意销号"}),
            "withdraw" | "allow-own-unit" => json!({"reason": "重复"}),
            "approve" => json!({"opinion": "同意下达"}),
            "reopen" => json!({"reason": "回头看未通过", "due_on": self.in_days(2)}),
            "defer" => json!({
                "reason": "待竣工", "approval": "领导小组会议纪要", "review_on": self.in_days(9)
            }),
            "resume" => json!({"due_on": self.in_days(2)}),
            "request-extension" => {
                let due_on: Date = text(&seen.body, "due_on").parse().expect("a date");
                json!({"due_on": due_on.max(self.today) + Days::new(1), "reason": "档案搬迁"})
            }
            "decide-extension" => json!({"approve": self.one(&[true, false]), "reason": "已核实"}),
            "correct" => json!({"due_on": self.in_days(2), "reason": "顺延"}),
            _ => Value::Null,
        };
        self.check_listed(who, &path, verb, body).await;
    }

    /// How one of the planned measures ends.
    fn ending(&mut self, order: &Reply) -> Value {
        let measures = order.body["measures"].as_array().expect("measures");
        let planned: Vec<&Value> =
            measures.iter().filter(|measure| text(measure, "status") == "planned").collect();
        let status = self.one(&["done", "done", "dropped"]);
        match planned.choose(&mut self.random) {
            Some(measure) => json!({text(measure, "id"): {"status": status}}),
            None => json!({}),
        }
    }

    /// Tries a verb and holds the answer against what the caller saw before.
    async fn check_listed(&self, who: Who, path: &str, verb: &str, body: Value) {
        let tried = attempt(self.world, who, path, verb, body).await;
        if tried.reply.status != 422 {
            return;
        }
        // Listed says nothing of content: a plan that the mode asks for, a date that has passed.
        let (told, seen) = (tried.told(who, path, verb), &tried.seen.body);
        let no_plan = verb == "submit" && seen["mode"] == "planned" && seen.get("goal").is_none();
        let date = match verb {
            "order" => &seen["due_on"],
            "decide-extension" => &seen["extension_request"]["due_on"],
            _ => &Value::Null,
        };
        // Not every other finding is one into which this one goes.
        if verb == "merge" {
            drop(tried.reply.violates(&["/into reference_not_found"]));
            return;
        }
        let past = date.as_str().is_some_and(|date| date < self.today.to_string().as_str());
        assert!(no_plan || past, "{told}");
    }

    async fn figures(&self, who: Who) -> Value {
        self.world.get(who, &self.campaign.path("/statistics")).send().await.expect(200).body
    }

    /// Counts everything again from the lists, and compares.
    async fn check_figures(&self) {
        let whole = self.figures(Who::Leader).await;
        let list = |resource: &str| format!("/v1/{resource}?campaign_id={}&limit=200", self.campaign.id);
        let findings = self.world.get(Who::Leader, &list("findings")).send().await.expect(200);
        let orders = self.world.get(Who::Leader, &list("rectifications")).send().await.expect(200);
        let late = format!("{}&overdue=true", list("rectifications"));
        let late = self.world.get(Who::Leader, &late).send().await.expect(200);
        let in_state = |states: &[&str]| {
            items(&findings).iter().filter(|finding| states.contains(&text(finding, "status"))).count()
        };
        let in_force = || {
            items(&orders).iter().filter(|order| !["drafted", "withdrawn"].contains(&text(order, "status")))
        };
        let measures = |states: &[&str]| {
            let all = in_force().flat_map(|order| order["measures"].as_array().expect("measures"));
            all.filter(|measure| states.contains(&text(measure, "status"))).count()
        };
        let deferred = in_force().filter(|order| text(order, "status") == "deferred").count();
        let problems = json!({
            "total": in_state(&["open", "rectifying", "closed"]), "closed": in_state(&["closed"]),
            "in_progress": in_state(&["open", "rectifying"]) - deferred, "overdue": items(&late).len(),
            "deferred": deferred,
        });
        assert_eq!(counts(&whole["total"]["problems"]), counts(&problems));
        let planned = json!({"total": measures(&["planned", "done"]), "done": measures(&["done"])});
        assert_eq!(counts(&whole["total"]["measures"]), counts(&planned));
        assert_eq!(in_force().filter(|order| order["overdue"] == true).count(), items(&late).len());
        for subject in ["problems", "measures"] {
            for table in ["by_unit_kind", "by_focus_item", "by_severity"] {
                let rows = whole[table].as_array().expect("rows").iter().map(|row| &row[subject]);
                assert_eq!(sum(rows), counts(&whole["total"][subject]), "{table} {subject}");
            }
            let own = [self.figures(Who::Liaison).await, self.figures(Who::OtherLiaison).await];
            let own = own.iter().map(|figures| &figures["total"][subject]);
            assert_eq!(sum(own), counts(&whole["total"][subject]), "by unit {subject}");
        }
        let progress = self.world.get(Who::Leader, &self.campaign.path("/progress")).send().await.expect(200);
        let of_units =
            |name: &str| items(&progress).iter().filter_map(|unit| unit[name].as_u64()).sum::<u64>();
        assert_eq!(of_units("findings_open"), in_state(&["open", "rectifying"]) as u64);
        assert_eq!(Some(of_units("rectifications_overdue")), whole["total"]["problems"]["overdue"].as_u64());
        for finding in items(&findings) {
            let of_it = items(&orders).iter().filter(|order| order["finding_id"] == finding["id"]);
            let followed = of_it.fold("open", |status, order| match text(order, "status") {
                "drafted" | "withdrawn" => status,
                "closed" => "closed",
                _ => "rectifying",
            });
            let status = text(finding, "status");
            let active = items(&orders).iter().any(|order| {
                order["finding_id"] == finding["id"]
                    && !["closed", "withdrawn"].contains(&text(order, "status"))
            });
            match status {
                "draft" | "merged" | "void" => assert!(!active, "{finding}"),
                _ if finding.get("closed_at").is_some() => {
                    assert!(status == "closed" && !active, "{finding}")
                }
                _ => assert_eq!(status, followed, "{finding}"),
            }
        }
    }
}

fn need_approval(world: &World, needed: bool) {
    let set = world.store.with(|conn| {
        let latest = campaigns::table.select(diesel::dsl::max(campaigns::id)).first::<Option<Id>>(conn)?;
        let latest = campaigns::table.filter(campaigns::id.nullable().eq(latest));
        Ok(diesel::update(latest).set(campaigns::orders_need_approval.eq(needed)).execute(conn)?)
    });
    assert_eq!(set.expect("the campaign is there"), 1);
}

fn items(reply: &Reply) -> &Vec<Value> {
    reply.body["items"].as_array().expect("items")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().expect("a text")
}

/// The counts of a subject, without its rates.
fn counts(subject: &Value) -> BTreeMap<String, u64> {
    let fields = subject.as_object().expect("counts").iter();
    fields.filter_map(|(name, value)| Some((name.clone(), value.as_u64()?))).collect()
}

fn sum<'a>(rows: impl Iterator<Item = &'a Value>) -> BTreeMap<String, u64> {
    let mut total = BTreeMap::new();
    for (name, value) in rows.flat_map(counts) {
        *total.entry(name).or_default() += value;
    }
    total
}

on_both_engines! {
    async fn r52_whatever_happens_figures_add_up_and_what_is_listed_is_what_is_possible(world: &World) {
        let mut today = Date::new(2023, 7, 31).expect("a date");
        for seed in 1..=SEEDS {
            println!("seed {seed}");
            let campaign = campaign::open(world, &format!("巡检{seed}"), &[world.unit, world.other_unit]).await;
            // Inspectors find at the units of their visits.
            for unit in [world.unit, world.other_unit] {
                visit::planned(world, &campaign, unit).await;
            }
            // The orders of every second campaign need a leader's approval.
            need_approval(world, seed % 2 == 0);
            let random = StdRng::seed_from_u64(seed);
            let mut run = Run { world, campaign, random, today, findings: Vec::new(), orders: Vec::new() };
            for step in 1..=STEPS {
                run.step().await;
                if step % 10 == 0 {
                    run.check_figures().await;
                }
            }
            today = run.today;
        }
    }
}
