//! Every verb in every state for every role; what nobody may do to their own; closed campaigns; two at once.

use diesel::prelude::*;
use serde_json::{Value, json};
use shared::domain::rectification::RectificationStatus;
use shared::domain::text::TextEnum;
use shared::store::schema::{account_grants, campaigns, rectifications};

use super::{act, draft, evidence, ordered};
use crate::support::{Engine, Reply, Who, World};
use crate::{campaign, finding, on_both_engines, visit};

type Verbs = &'static [&'static str];

/// The verbs in the order in which they are listed.
pub const VERBS: [&str; 15] = [
    "approve",
    "order",
    "plan",
    "progress",
    "submit",
    "return",
    "close",
    "withdraw",
    "correct",
    "reopen",
    "defer",
    "resume",
    "request-extension",
    "decide-extension",
    "allow-own-unit",
];

const OFFICE: Verbs = &["submit", "withdraw", "correct", "decide-extension"];
const UNIT: Verbs = &["plan", "progress", "submit", "request-extension"];
const GROUP: Verbs = &["defer", "decide-extension", "allow-own-unit"];
const HEAD: Verbs = &["allow-own-unit"];

/// What coordinator, inspector, the unit's liaison and the head may do in a state, as the workflow says.
const TABLE: &[(&str, Verbs, Verbs, Verbs, Verbs)] = &[
    ("drafted", &["order"], &[], &[], &["approve", "allow-own-unit"]),
    ("ordered", OFFICE, &[], UNIT, GROUP),
    ("in_progress", OFFICE, &[], UNIT, GROUP),
    ("submitted", &["return", "close", "withdraw"], &["return", "close"], &[], HEAD),
    ("returned", OFFICE, &[], UNIT, GROUP),
    ("closed", &["reopen"], &["reopen"], &[], HEAD),
    ("reopened", OFFICE, &[], UNIT, GROUP),
    ("deferred", &["withdraw", "resume"], &[], &[], &["defer", "allow-own-unit"]),
    ("withdrawn", &[], &[], &[], &[]),
];

/// What the workflow asks for beside state and role.
#[derive(Clone, Copy, Debug, Default)]
struct Facts {
    /// The campaign's orders need approval, and this one has none.
    lacks_approval: bool,
    /// The unit asked for an extension that is not decided.
    asked: bool,
    /// An earlier request was decided.
    decided: bool,
}

impl Facts {
    /// Whether the workflow gives this caller the verb of the table on this record (403 otherwise).
    fn permit(self, verb: &str, who: Who) -> bool {
        verb != "decide-extension" || (who == Who::Leader) == self.decided
    }

    /// Whether the record allows the verb now (409 otherwise).
    fn allow(self, verb: &str) -> bool {
        match verb {
            "approve" => self.lacks_approval,
            "order" => !self.lacks_approval,
            "request-extension" => !self.asked,
            "decide-extension" => self.asked,
            _ => true,
        }
    }
}

/// What the table gives a caller in this state; `None` where they do not see it.
fn listed(status: &str, who: Who) -> Option<Verbs> {
    let (_, coordinator, inspector, liaison, leader) =
        TABLE.iter().find(|row| row.0 == status).expect("a row");
    match who {
        Who::Coordinator | Who::OtherCoordinator => Some(coordinator),
        Who::Inspector | Who::OtherInspector => Some(inspector),
        Who::Leader => Some(leader),
        Who::Liaison => (status != "drafted").then_some(*liaison),
        Who::Admin | Who::OtherLiaison | Who::Discipline | Who::Nobody => None,
    }
}

/// What a caller may do in this state; `None` where they do not see it.
fn allowed(status: &str, who: Who, facts: Facts) -> Option<Vec<&'static str>> {
    let listed = listed(status, who)?.iter().copied();
    Some(listed.filter(|verb| facts.permit(verb, who) && facts.allow(verb)).collect())
}

/// Whether a caller may do this in any state.
fn ever(verb: &str, who: Who, facts: Facts) -> bool {
    let in_some = TABLE.iter().any(|row| listed(row.0, who).is_some_and(|verbs| verbs.contains(&verb)));
    in_some && facts.permit(verb, who)
}

/// Makes the facts true of a record.
fn set_facts(world: &World, order: &Reply, facts: Facts) {
    let request = json!({
        "due_on": "2023-09-30", "reason": "档案搬迁", "requested_by": "联络员",
        "requested_at": "2023-07-31T01:00:00Z",
    });
    let decision = json!({
        "request": request, "due_on_before": "2023-08-20", "approved": false, "reason": "理由不足",
        "decided_by": "领导小组办公室", "decided_at": "2023-07-31T02:00:00Z",
    });
    let decided: Vec<&Value> = facts.decided.then_some(&decision).into_iter().collect();
    let extensions = if facts.asked {
        json!({"pending": request, "decided": decided})
    } else {
        json!({"decided": decided})
    };
    let set = world.store.with(|conn| {
        let needed = campaigns::orders_need_approval.eq(facts.lacks_approval);
        diesel::update(campaigns::table).set(needed).execute(conn)?;
        let asked = rectifications::extensions.eq(extensions.to_string());
        Ok(diesel::update(rectifications::table.find(order.id())).set(asked).execute(conn)?)
    });
    assert_eq!(set.expect("the row is there"), 1);
}

fn set_status(world: &World, order: &Reply, status: RectificationStatus) {
    let row = rectifications::table.find(order.id());
    let set = world
        .store
        .with(|conn| Ok(diesel::update(row).set(rectifications::status.eq(status)).execute(conn)?));
    assert_eq!(set.expect("the row is there"), 1);
}

/// Lets a caller belong to the liaison's unit.
pub fn belong_to_the_unit(world: &World, who: Who) {
    let grants = account_grants::table.filter(account_grants::account_id.eq(world.account(who)));
    let set = world.store.with(|conn| {
        Ok(diesel::update(grants).set(account_grants::unit_id.eq(Some(world.unit))).execute(conn)?)
    });
    assert_eq!(set.expect("the grant is there"), 1);
}

on_both_engines! {
    async fn each_verb_is_possible_in_its_states_for_its_roles_and_listed_exactly_then(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        campaign::lead(&campaign, Who::Leader).await;
        let made = draft(world, &campaign, world.unit, "immediate").await;
        let path = format!("/v1/rectifications/{}", made.id());
        // No verb goes through: the content is wrong, and for `order`, which takes none, the date.
        let past = json!({"due_on": "2023-07-30"});
        let made = world.patch(Who::Coordinator, &path).if_match(&made.etag()).json(&past).send().await.expect(200);
        let deciding = [Who::Coordinator, Who::Leader, Who::Liaison];
        let cases: [(Facts, &[Who]); 3] = [
            (Facts::default(), &Who::ACCOUNTS),
            (Facts { asked: true, ..Facts::default() }, &deciding),
            (Facts { lacks_approval: true, asked: true, decided: true }, &deciding),
        ];
        for (facts, callers) in cases {
            set_facts(world, &made, facts);
            for &status in RectificationStatus::ALL {
                set_status(world, &made, status);
                for &who in callers {
                    check(world, who, &made, status.as_str(), facts).await;
                }
            }
        }
    }
}

/// Holds what a caller sees and each verb's answer against the table.
async fn check(world: &World, who: Who, order: &Reply, status: &str, facts: Facts) {
    let allowed = allowed(status, who, facts);
    let seen = world.get(who, &format!("/v1/rectifications/{}", order.id())).send().await;
    match &allowed {
        Some(allowed) => assert_eq!(seen.expect(200).actions(), *allowed, "{status} {who:?} {facts:?}"),
        None => drop(seen.refused(404, "not_found")),
    }
    for verb in VERBS {
        let reply = act(world, who, order, verb, json!({"no_such_field": 1})).await;
        match &allowed {
            None => drop(reply.refused(404, "not_found")),
            Some(allowed) if allowed.contains(&verb) => drop(reply.refused(422, "invalid_content")),
            Some(allowed) if ever(verb, who, facts) => {
                let reply = reply.refused(409, "invalid_transition");
                assert_eq!(reply.body["current_status"], status);
                assert_eq!(reply.body["allowed_actions"], json!(allowed));
            }
            Some(_) => drop(reply.refused(403, "role_missing")),
        }
    }
}

on_both_engines! {
    async fn nobody_judges_their_own_unit(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        visit::planned(world, &campaign, world.unit).await;
        let entered = finding::draft(world, &campaign, world.unit).await;
        let order = ordered(world, &campaign, world.unit, "immediate").await;
        let done = act(world, Who::Liaison, &order, "submit", evidence()).await.expect(200);
        belong_to_the_unit(world, Who::Inspector);
        belong_to_the_unit(world, Who::Coordinator);
        for who in [Who::Inspector, Who::Coordinator] {
            let seen = world.get(who, &format!("/v1/rectifications/{}", order.id())).send().await.expect(200);
            assert_eq!(seen.actions(), Vec::<&str>::new(), "{who:?}");
            for verb in ["return", "close"] {
                act(world, who, &done, verb, json!({})).await.refused(403, "own_unit");
            }
            let path = format!("/v1/findings/{}", entered.id());
            assert_eq!(world.get(who, &path).send().await.expect(200).actions(), Vec::<&str>::new());
            let confirm = format!("{path}/confirm");
            world.post(who, &confirm).if_match(&entered.etag()).send().await.refused(403, "own_unit");
            let milder = json!({"severity": "minor"});
            let patch = world.patch(who, &path).if_match(&entered.etag()).json(&milder);
            patch.send().await.refused(403, "own_unit");
            world.delete(who, &path).if_match(&entered.etag()).send().await.refused(403, "own_unit");
        }
        for verb in ["withdraw", "correct", "resume", "decide-extension", "reopen"] {
            act(world, Who::Coordinator, &done, verb, json!({})).await.refused(403, "own_unit");
        }
        belong_to_the_unit(world, Who::Leader);
        for verb in ["approve", "defer"] {
            act(world, Who::Leader, &done, verb, json!({})).await.refused(403, "own_unit");
        }
        act(world, Who::OtherCoordinator, &done, "close", json!({"opinion": "同意销号"})).await.expect(200);
    }
}

on_both_engines! {
    async fn a_closed_campaign_takes_no_change(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let other = finding::confirmed(world, &campaign, world.unit).await;
        let drafted = draft(world, &campaign, world.unit, "immediate").await;
        let order = ordered(world, &campaign, world.unit, "immediate").await;
        let done = act(world, Who::Liaison, &order, "submit", evidence()).await.expect(200);
        campaign::lead(&campaign, Who::Leader).await;
        campaign.act(Who::Leader, "/close").await.expect(200);
        let office =
            ["correct", "submit", "return", "close", "withdraw", "reopen", "resume", "decide-extension"];
        let verbs: [(Who, &Reply, &[&str]); 5] = [
            (Who::Coordinator, &drafted, &["order"]),
            (Who::Leader, &drafted, &["approve"]),
            (Who::Coordinator, &done, &office),
            (Who::Leader, &done, &["defer", "allow-own-unit"]),
            (Who::Liaison, &done, &["plan", "progress", "submit", "request-extension"]),
        ];
        for (who, seen, verbs) in verbs {
            let path = format!("/v1/rectifications/{}", seen.id());
            assert_eq!(world.get(who, &path).send().await.expect(200).actions(), Vec::<&str>::new());
            for verb in verbs {
                act(world, who, seen, verb, json!({})).await.refused(409, "campaign_closed");
            }
        }
        let path = format!("/v1/rectifications/{}", drafted.id());
        let patch = world.patch(Who::Coordinator, &path).if_match(&drafted.etag()).json(&json!({"mode": "planned"}));
        patch.send().await.refused(409, "campaign_closed");
        world.delete(Who::Coordinator, &path).if_match(&drafted.etag()).send().await.refused(409, "campaign_closed");
        let order = json!({
            "finding_id": other.id(), "mode": "immediate", "requirement": "限期腾退。", "due_on": "2023-08-20"
        });
        let post = world.post(Who::Coordinator, "/v1/rectifications").json(&order);
        post.send().await.refused(409, "campaign_closed");
    }
}

on_both_engines! {
    async fn of_two_judgements_at_once_one_counts(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let order = ordered(world, &campaign, world.unit, "immediate").await;
        let done = act(world, Who::Liaison, &order, "submit", evidence()).await.expect(200);
        let close = act(world, Who::Inspector, &done, "close", json!({"opinion": "同意销号"}));
        let sent_back = json!({"reason": "缺少照片", "due_on": "2023-08-20"});
        let (one, other) = futures_util::future::join(close, act(world, Who::Coordinator, &done, "return", sent_back)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}

on_both_engines! {
    async fn of_a_decision_and_a_correction_at_once_one_counts(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let order = ordered(world, &campaign, world.unit, "immediate").await;
        let ask = json!({"due_on": "2023-09-30", "reason": "档案搬迁"});
        let asked = act(world, Who::Liaison, &order, "request-extension", ask).await.expect(200);
        let decision = json!({"approve": true, "reason": "情况属实"});
        let correction = json!({"due_on": "2023-09-15", "reason": "顺延"});
        let both = futures_util::future::join(
            act(world, Who::Coordinator, &asked, "decide-extension", decision),
            act(world, Who::OtherCoordinator, &asked, "correct", correction),
        );
        let (one, other) = both.await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}

on_both_engines! {
    async fn of_two_drafts_for_one_finding_at_once_one_is_made(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let finding = finding::confirmed(world, &campaign, world.unit).await;
        let order = json!({
            "finding_id": finding.id(), "mode": "immediate", "requirement": "限期腾退。", "due_on": "2023-08-20"
        });
        let post = |who| world.post(who, "/v1/rectifications").json(&order).send();
        let (one, other) = futures_util::future::join(post(Who::Coordinator), post(Who::OtherCoordinator)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    }
}

on_both_engines! {
    async fn orders_issued_at_once_have_numbers_of_their_own(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let other_campaign = campaign::open(world, "另一巡检", &[world.unit]).await;
        let mut drafts = Vec::new();
        for campaign in [&campaign, &other_campaign, &campaign, &other_campaign] {
            drafts.push(draft(world, campaign, world.unit, "immediate").await);
        }
        let issue = drafts.iter().map(|draft| act(world, Who::Coordinator, draft, "order", Value::Null));
        let issued = futures_util::future::join_all(issue).await;
        let number = |reply: Reply| reply.expect(200).body["number"].as_str().expect("a number").to_owned();
        let mut numbers: Vec<String> = issued.into_iter().map(number).collect();
        numbers.sort_unstable();
        let expected: Vec<String> = (1..=4).map(|count| format!("办公用房整改〔2023〕{count}号")).collect();
        assert_eq!(numbers, expected);
    }
}
