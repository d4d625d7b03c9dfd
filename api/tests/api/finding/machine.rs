//! Every verb of a finding in every state for every role, and two at once.

use diesel::prelude::*;
use serde_json::{Value, json};
use shared::domain::finding::FindingStatus;
use shared::domain::text::TextEnum;
use shared::store::schema::findings;

use super::{act, confirmed, draft};
use crate::support::{Engine, Reply, Who, World};
use crate::{campaign, on_both_engines, rectification, visit};

type Verbs = &'static [&'static str];

const VERBS: Verbs = &["confirm", "merge", "void", "close", "reopen", "allow-own-unit"];

const HEAD: Verbs = &["allow-own-unit"];

/// What coordinator, inspector and the head may do in a state, as the workflow says.
const TABLE: &[(&str, Verbs, Verbs, Verbs)] = &[
    ("draft", &["confirm", "merge", "void"], &["confirm"], HEAD),
    ("open", &["merge", "void", "close"], &["close"], HEAD),
    ("rectifying", &["void"], &[], HEAD),
    ("closed", &["reopen"], &["reopen"], HEAD),
    ("merged", &[], &[], &[]),
    ("void", &[], &[], &[]),
];

/// What the workflow asks for beside state and role.
#[derive(Clone, Copy, Debug)]
struct Facts {
    /// An order for it is drafted.
    order_drafted: bool,
    /// It was closed without an order.
    closed_directly: bool,
}

impl Facts {
    /// Whether the record allows the verb now (409 otherwise).
    fn allow(self, verb: &str) -> bool {
        match verb {
            "merge" | "close" => !self.order_drafted,
            "reopen" => self.closed_directly,
            _ => true,
        }
    }
}

/// What the table gives a caller in this state; `None` where they do not see it.
fn listed(status: &str, who: Who) -> Option<Verbs> {
    let (_, coordinator, inspector, head) = TABLE.iter().find(|row| row.0 == status).expect("a row");
    match who {
        Who::Coordinator | Who::OtherCoordinator => Some(coordinator),
        Who::Inspector => Some(inspector),
        // They confirm where they were sent, and verify everywhere.
        Who::OtherInspector => Some(if status == "draft" { &[] } else { inspector }),
        // The unit sees it once it was confirmed, whatever became of it: the fixture's was.
        Who::Liaison => Some(&[]),
        Who::Leader => Some(head),
        Who::Admin | Who::OtherLiaison | Who::Discipline | Who::Nobody => None,
    }
}

fn set(world: &World, finding: &Reply, status: FindingStatus, facts: Facts) {
    let closed =
        facts.closed_directly.then(|| serde_json::from_value(json!("2023-07-31T01:00:00Z")).expect("one"));
    let closed: Option<shared::domain::instant::Instant> = closed;
    let set = world.store.with(|conn| {
        let row = diesel::update(findings::table.find(finding.id()));
        Ok(row.set((findings::status.eq(status), findings::closed_at.eq(closed))).execute(conn)?)
    });
    assert_eq!(set.expect("the row is there"), 1);
}

/// Holds what a caller sees and each verb's answer against the table.
async fn check(world: &World, who: Who, finding: &Reply, status: FindingStatus, facts: Facts) {
    let listed_here = listed(status.as_str(), who);
    let allowed: Option<Vec<&str>> =
        listed_here.map(|verbs| verbs.iter().copied().filter(|verb| facts.allow(verb)).collect());
    let seen = world.get(who, &format!("/v1/findings/{}", finding.id())).send().await;
    match &allowed {
        Some(allowed) => assert_eq!(seen.expect(200).actions(), *allowed, "{status} {who:?} {facts:?}"),
        None => drop(seen.refused(404, "not_found")),
    }
    for &verb in VERBS {
        let ever = TABLE.iter().any(|row| listed(row.0, who).is_some_and(|verbs| verbs.contains(&verb)));
        // Nothing goes through: the content is wrong. Confirming takes none.
        if allowed.as_ref().is_some_and(|allowed| allowed.contains(&verb)) && verb == "confirm" {
            continue;
        }
        let reply = act(world, who, finding, verb, json!({"no_such_field": 1})).await;
        match &allowed {
            None => drop(reply.refused(404, "not_found")),
            Some(allowed) if allowed.contains(&verb) => drop(reply.refused(422, "invalid_content")),
            Some(allowed) if ever => {
                let reply = reply.refused(409, "invalid_transition");
                assert_eq!(reply.body["current_status"], status.as_str());
                assert_eq!(reply.body["allowed_actions"], json!(allowed));
            }
            Some(_) => drop(reply.refused(403, "role_missing")),
        }
    }
}

on_both_engines! {
    async fn each_verb_of_a_finding_is_possible_in_its_states_for_its_roles(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        campaign::lead(&campaign, Who::Leader).await;
        visit::planned(world, &campaign, world.unit).await;
        let made = confirmed(world, &campaign, world.unit).await;
        let drafted = rectification::draft(world, &campaign, world.unit, "immediate").await;
        let path = format!("/v1/findings/{}", drafted.body["finding_id"].as_str().expect("a finding"));
        let ordered = world.get(Who::Leader, &path).send().await.expect(200);
        for (finding, order_drafted) in [(&made, false), (&ordered, true)] {
            for closed_directly in [true, false] {
                let facts = Facts { order_drafted, closed_directly };
                for &status in FindingStatus::ALL {
                    set(world, finding, status, facts);
                    for who in Who::ACCOUNTS {
                        check(world, who, finding, status, facts).await;
                    }
                }
            }
        }
    }
}

on_both_engines! {
    async fn of_two_judgements_of_a_finding_at_once_one_counts(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        visit::planned(world, &campaign, world.unit).await;
        let made = draft(world, &campaign, world.unit).await;
        let void = act(world, Who::Coordinator, &made, "void", json!({"reason": "误报"}));
        let confirm = act(world, Who::Inspector, &made, "confirm", Value::Null);
        let (one, other) = futures_util::future::join(void, confirm).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}

async fn merge(world: &World, who: Who, from: &Reply, into: &Reply) -> Reply {
    act(world, who, from, "merge", json!({"into": into.id(), "reason": "重复"})).await
}

on_both_engines! {
    async fn two_findings_merged_into_each_other_at_once_leave_one(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let left = confirmed(world, &campaign, world.unit).await;
        let right = confirmed(world, &campaign, world.unit).await;
        let both = futures_util::future::join(
            merge(world, Who::Coordinator, &left, &right),
            merge(world, Who::OtherCoordinator, &right, &left),
        );
        let (one, other) = both.await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
    }
}
