//! What nobody does for their own unit, unless the head of the leading group allows it (回避).

use serde_json::{Value, json};

use crate::campaign::{self, lead};
use crate::rectification::{act as order_act, belong_to_the_unit, evidence, ordered};
use crate::support::{Engine, Reply, Who, World};
use crate::{finding, on_both_engines, self_check, visit};

/// The head's permission on what was seen.
async fn allow(world: &World, who: Who, path: &str, seen: &Reply) -> Reply {
    let path = format!("{path}/{}/allow-own-unit", seen.id());
    let reason = json!({"reason": "其他人员均已外出，由组长指定。"});
    world.post(who, &path).if_match(&seen.etag()).json(&reason).send().await
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let campaign = campaign::open(world, "准予本单位办理的巡检", &[world.unit]).await;
    lead(&campaign, Who::Leader).await;
    let order = ordered(world, &campaign, world.unit, "immediate").await;
    allow(world, Who::Leader, "/v1/rectifications", &order).await.expect(200);
    let open = finding::confirmed(world, &campaign, world.unit).await;
    allow(world, Who::Leader, "/v1/findings", &open).await.expect(200);
    let check = self_check::of(world, &campaign, world.unit).await;
    allow(world, Who::Leader, "/v1/self-checks", &check).await.expect(200);
}

on_both_engines! {
    async fn only_the_head_allows_it_once_and_the_trail_says_why(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let order = ordered(world, &campaign, world.unit, "immediate").await;
        let path = "/v1/rectifications";
        // Somebody else is the head, or nobody.
        allow(world, Who::Leader, path, &order).await.refused(403, "head_required");
        lead(&campaign, Who::Coordinator).await;
        allow(world, Who::Leader, path, &order).await.refused(403, "head_required");
        // A head who is no leader by role decides nothing.
        allow(world, Who::Coordinator, path, &order).await.refused(403, "role_missing");
        let seen = world.get(Who::Leader, &format!("{path}/{}", order.id())).send().await.expect(200);
        assert!(!seen.actions().contains(&"allow-own-unit"), "{:?}", seen.actions());
        lead(&campaign, Who::Leader).await;
        let allowed = allow(world, Who::Leader, path, &order).await.expect(200);
        assert_eq!(allowed.body["own_unit_allowed"], true);
        assert!(!allowed.actions().contains(&"allow-own-unit"), "{:?}", allowed.actions());
        allow(world, Who::Leader, path, &allowed).await.refused(409, "invalid_transition");
        let trail = format!("/v1/audit-events?record_id={}", order.id());
        let trail = world.get(Who::Liaison, &trail).send().await.expect(200);
        let events = trail.body["items"].as_array().expect("items");
        let event = events.iter().find(|event| event["action"] == "allow-own-unit").expect("an event");
        assert_eq!(event["actor_id"], json!(world.account(Who::Leader)));
        assert_eq!(event["reason"], "其他人员均已外出，由组长指定。");
    }
}

on_both_engines! {
    async fn afterwards_those_of_the_unit_judge_this_record_and_no_other(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        lead(&campaign, Who::Leader).await;
        visit::planned(world, &campaign, world.unit).await;
        let order = ordered(world, &campaign, world.unit, "immediate").await;
        let other = ordered(world, &campaign, world.unit, "immediate").await;
        let entered = finding::draft(world, &campaign, world.unit).await;
        let check = self_check::submitted(world, &campaign, &[]).await;
        let done = order_act(world, Who::Liaison, &order, "submit", evidence()).await.expect(200);
        belong_to_the_unit(world, Who::Inspector);
        belong_to_the_unit(world, Who::Coordinator);
        let opinion = || json!({"opinion": "同意销号"});
        order_act(world, Who::Inspector, &done, "close", opinion()).await.refused(403, "own_unit");
        finding::act(world, Who::Inspector, &entered, "confirm", Value::Null).await.refused(403, "own_unit");
        self_check::act(world, Who::Coordinator, &check, "accept", Value::Null).await.refused(403, "own_unit");
        let done = allow(world, Who::Leader, "/v1/rectifications", &done).await.expect(200);
        let seen = world.get(Who::Inspector, &format!("/v1/rectifications/{}", done.id())).send().await.expect(200);
        assert_eq!(seen.actions(), ["return", "close"]);
        order_act(world, Who::Inspector, &done, "close", opinion()).await.expect(200);
        let entered = allow(world, Who::Leader, "/v1/findings", &entered).await.expect(200);
        let milder = json!({"severity": "minor"});
        let path = format!("/v1/findings/{}", entered.id());
        let patch = world.patch(Who::Inspector, &path).if_match(&entered.etag()).json(&milder);
        let entered = patch.send().await.expect(200);
        finding::act(world, Who::Inspector, &entered, "confirm", Value::Null).await.expect(200);
        let check = allow(world, Who::Leader, "/v1/self-checks", &check).await.expect(200);
        self_check::act(world, Who::Coordinator, &check, "accept", Value::Null).await.expect(200);
        let withdraw = json!({"reason": "重复"});
        order_act(world, Who::Coordinator, &other, "withdraw", withdraw).await.refused(403, "own_unit");
    }
}
