//! Every verb of an escalation in every state for every role, own units, closed campaigns, two at once.

use diesel::prelude::*;
use serde_json::{Value, json};
use shared::domain::escalation::EscalationStatus;
use shared::domain::text::TextEnum;
use shared::store::schema::escalations;

use super::{act, content, decision, proposed, sent};
use crate::rectification::belong_to_the_unit;
use crate::support::{Engine, Reply, Who, World};
use crate::{campaign, on_both_engines};

type Verbs = &'static [&'static str];

const VERBS: Verbs = &["approve", "reject", "send", "withdraw", "conclude", "allow-own-unit"];

/// What coordinator, head and discipline commission may do in a state, as the workflow says.
const TABLE: &[(&str, Verbs, Verbs, Verbs)] = &[
    ("proposed", &["withdraw"], &["approve", "reject", "allow-own-unit"], &[]),
    ("approved", &["send", "withdraw"], &["allow-own-unit"], &[]),
    ("rejected", &[], &[], &[]),
    ("sent", &["conclude"], &["allow-own-unit"], &["conclude"]),
    ("concluded", &[], &[], &[]),
    ("withdrawn", &[], &[], &[]),
];

/// What a caller may do in this state; `None` where they do not see it.
fn allowed(status: &str, who: Who) -> Option<Verbs> {
    let (_, coordinator, leader, discipline) = TABLE.iter().find(|row| row.0 == status).expect("a row");
    match who {
        Who::Coordinator | Who::OtherCoordinator => Some(coordinator),
        Who::Leader => Some(leader),
        Who::Discipline => ["sent", "concluded"].contains(&status).then_some(*discipline),
        Who::Admin
        | Who::Inspector
        | Who::OtherInspector
        | Who::Liaison
        | Who::OtherLiaison
        | Who::Nobody => None,
    }
}

/// Whether a caller may do this in any state.
fn ever(verb: &str, who: Who) -> bool {
    TABLE.iter().any(|row| allowed(row.0, who).is_some_and(|verbs| verbs.contains(&verb)))
}

fn set_status(world: &World, escalation: &Reply, status: EscalationStatus) {
    let row = escalations::table.find(escalation.id());
    let set =
        world.store.with(|conn| Ok(diesel::update(row).set(escalations::status.eq(status)).execute(conn)?));
    assert_eq!(set.expect("the row is there"), 1);
}

/// Holds what a caller sees and each verb's answer against the table.
async fn check(world: &World, who: Who, escalation: &Reply, status: &str) {
    let allowed = allowed(status, who);
    let seen = world.get(who, &format!("/v1/escalations/{}", escalation.id())).send().await;
    match allowed {
        Some(allowed) => assert_eq!(seen.expect(200).actions(), allowed, "{status} {who:?}"),
        None => drop(seen.refused(404, "not_found")),
    }
    for &verb in VERBS {
        // Nothing goes through: the content is wrong. Sending takes none.
        if verb == "send" && allowed.is_some_and(|allowed| allowed.contains(&verb)) {
            continue;
        }
        let reply = act(world, who, escalation, verb, json!({"no_such_field": 1})).await;
        match allowed {
            None => drop(reply.refused(404, "not_found")),
            Some(allowed) if allowed.contains(&verb) => drop(reply.refused(422, "invalid_content")),
            Some(allowed) if ever(verb, who) => {
                let reply = reply.refused(409, "invalid_transition");
                assert_eq!(reply.body["current_status"], status);
                assert_eq!(reply.body["allowed_actions"], json!(allowed));
            }
            Some(_) => drop(reply.refused(403, "role_missing")),
        }
    }
}

on_both_engines! {
    async fn each_verb_of_an_escalation_is_possible_in_its_states_for_its_roles(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        campaign::lead(&campaign, Who::Leader).await;
        let made = proposed(world, &campaign, world.unit, "discipline").await;
        for &status in EscalationStatus::ALL {
            set_status(world, &made, status);
            for who in Who::ACCOUNTS {
                check(world, who, &made, status.as_str()).await;
            }
        }
    }
}

on_both_engines! {
    async fn nobody_proposes_or_decides_about_their_own_unit(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let made = proposed(world, &campaign, world.unit, "discipline").await;
        let sent = sent(world, &campaign, world.unit, "discipline").await;
        for who in [Who::Coordinator, Who::Leader, Who::Discipline] {
            belong_to_the_unit(world, who);
        }
        let body = content(&campaign, world.unit, "government");
        world.post(Who::Coordinator, "/v1/escalations").json(&body).send().await.refused(403, "own_unit");
        for (who, seen, verbs) in [
            (Who::Coordinator, &made, vec!["send", "withdraw", "conclude"]),
            (Who::Leader, &made, vec!["approve", "reject"]),
            (Who::Discipline, &sent, vec!["conclude"]),
        ] {
            let path = format!("/v1/escalations/{}", seen.id());
            assert_eq!(world.get(who, &path).send().await.expect(200).actions(), Vec::<&str>::new(), "{who:?}");
            for verb in verbs {
                act(world, who, seen, verb, json!({})).await.refused(403, "own_unit");
            }
        }
        // The head is asked, of whatever unit they are.
        campaign::lead(&campaign, Who::Leader).await;
        let allowed = act(world, Who::Leader, &sent, "allow-own-unit", json!({"reason": "无其他人员"})).await.expect(200);
        act(world, Who::Coordinator, &allowed, "conclude", json!({"answer": "已约谈。"})).await.expect(200);
    }
}

on_both_engines! {
    async fn a_closed_campaign_takes_no_change_of_an_escalation(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let made = proposed(world, &campaign, world.unit, "discipline").await;
        campaign.act(Who::Leader, "/close").await.expect(200);
        for (who, verb) in [(Who::Leader, "approve"), (Who::Coordinator, "withdraw")] {
            let path = format!("/v1/escalations/{}", made.id());
            assert_eq!(world.get(who, &path).send().await.expect(200).actions(), Vec::<&str>::new());
            act(world, who, &made, verb, json!({})).await.refused(409, "campaign_closed");
        }
        let body = content(&campaign, world.unit, "government");
        world.post(Who::Coordinator, "/v1/escalations").json(&body).send().await.refused(409, "campaign_closed");
    }
}

on_both_engines! {
    async fn of_a_decision_and_a_withdrawal_at_once_one_counts(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let made = proposed(world, &campaign, world.unit, "discipline").await;
        let approve = act(world, Who::Leader, &made, "approve", decision());
        let withdraw = act(world, Who::Coordinator, &made, "withdraw", json!({"reason": "已整改到位"}));
        let (one, other) = futures_util::future::join(approve, withdraw).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}

on_both_engines! {
    async fn two_answers_at_once_are_one(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let sent = sent(world, &campaign, world.unit, "discipline").await;
        let conclude = |who| act(world, who, &sent, "conclude", json!({"answer": "已约谈。"}));
        let (one, other) = futures_util::future::join(conclude(Who::Discipline), conclude(Who::Coordinator)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        let path = format!("/v1/escalations/{}", sent.id());
        let seen: Value = world.get(Who::Leader, &path).send().await.expect(200).body;
        assert_eq!(seen["status"], "concluded");
    }
}
