//! What follows from the office's judgement: findings, notices, reasons.

use diesel::prelude::*;
use serde_json::{Value, json};
use shared::store::schema::{findings, notices};

use super::{act, complete, fill_in, of, submitted};
use crate::support::{Engine, Who, World};
use crate::{campaign, on_both_engines};

fn findings(world: &World) -> Vec<(String, String, String, String)> {
    let columns = (findings::focus_item, findings::source, findings::status, findings::description);
    let query = findings::table.order(findings::id).select(columns);
    world.store.with(|conn| Ok(query.load(conn)?)).expect("findings")
}

/// The texts of the notices of a kind.
fn told(world: &World, kind: &str) -> Vec<Value> {
    let query = notices::table.filter(notices::kind.eq(kind)).order(notices::id).select(notices::content);
    let texts: Vec<String> = world.store.with(|conn| Ok(query.load(conn)?)).expect("notices");
    texts.iter().map(|text| serde_json::from_str(text).expect("JSON")).collect()
}

on_both_engines! {
    async fn acceptance_makes_a_finding_of_each_problem_and_never_twice(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        world.advance("2023-08-06T16:00:00Z");
        let check = submitted(world, &campaign, &["leasing", "ownership"]).await;
        assert_eq!(findings(world), []);
        let check = act(world, Who::Coordinator, &check, "accept", Value::Null).await.expect(200);
        let finding = |item: &str| {
            (item.to_owned(), "self_check".to_owned(), "open".to_owned(), format!("存在问题：{item}"))
        };
        assert_eq!(findings(world), [finding("ownership"), finding("leasing")]);
        assert_ne!(check.body["accepted_at"], Value::Null);
        let accepted = told(world, "self_check_accepted");
        assert_eq!(accepted[0]["matter"]["problems"], 2);
        assert_eq!(accepted[0]["matter"]["late"], true);
        assert_eq!(accepted[0]["matter"]["submitted_on"], "2023-08-07");

        let back = json!({"reason": "其他情况未报"});
        let check = act(world, Who::Coordinator, &check, "return", back).await.expect(200);
        assert_eq!(check.body.get("accepted_at"), None);
        let check = fill_in(world, Who::Liaison, &check, &complete(&["leasing", "other"])).await.expect(200);
        let check = act(world, Who::Liaison, &check, "submit", Value::Null).await.expect(200);
        act(world, Who::Coordinator, &check, "accept", Value::Null).await.expect(200);
        assert_eq!(findings(world), [finding("ownership"), finding("leasing"), finding("other")]);
    }
}

on_both_engines! {
    async fn the_unit_is_told_why_it_was_sent_back_and_until_when(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let check = submitted(world, &campaign, &[]).await;
        let send = |body: Value| act(world, Who::Coordinator, &check, "return", body);
        send(json!({})).await.violates(&["/reason missing"]);
        send(json!({"reason": " ", "due_on": "2023-07-30"})).await.violates(&["/reason blank", "/due_on due_on_past"]);
        send(json!({"reason": "x", "due_on": "2023-02-30"})).await.violates(&["/due_on wrong_type"]);
        let check = send(json!({"reason": "未说明审批文号", "due_on": "2023-08-09"})).await.expect(200);
        assert_eq!(check.body["return_reason"], "未说明审批文号");
        assert_eq!((&check.body["due_on"], &check.body["overdue"]), (&json!("2023-08-09"), &json!(false)));
        let matters: Vec<Value> = told(world, "self_check_returned").iter().map(|notice| notice["matter"].clone()).collect();
        let matter = json!({"kind": "self_check_returned", "reason": "未说明审批文号", "due_on": "2023-08-09"});
        assert!(!matters.is_empty() && matters.iter().all(|told| *told == matter), "{matters:?}");
        let events = format!("/v1/audit-events?record_id={}", check.id());
        let events = world.get(Who::Liaison, &events).send().await.expect(200);
        let last = events.body["items"].as_array().and_then(|items| items.last()).expect("an event");
        assert_eq!((&last["action"], &last["reason"]), (&json!("return"), &json!("未说明审批文号")));
        let check = act(world, Who::Liaison, &check, "submit", Value::Null).await.expect(200);
        assert_eq!(check.body.get("return_reason"), None);
    }
}

on_both_engines! {
    async fn an_exemption_is_given_and_ended_for_a_reason(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let check = of(world, &campaign, world.unit).await;
        act(world, Who::Coordinator, &check, "excuse", json!({})).await.violates(&["/reason missing"]);
        let reason = json!({"reason": "单位正在组建"});
        let check = act(world, Who::Coordinator, &check, "excuse", reason).await.expect(200);
        assert_eq!(check.body["excuse_reason"], "单位正在组建");
        assert_eq!(check.body["overdue"], false);
        let reason = json!({"reason": "单位已组建"});
        let check = act(world, Who::Coordinator, &check, "include", reason).await.expect(200);
        assert_eq!((check.body.get("excuse_reason"), &check.body["status"]), (None, &json!("draft")));
    }
}

on_both_engines! {
    async fn a_unit_that_is_taken_out_and_comes_back_goes_on_with_what_it_had(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let check = of(world, &campaign, world.unit).await;
        fill_in(world, Who::Liaison, &check, &complete(&[])).await.expect(200);
        campaign.act(Who::Coordinator, &format!("/units/{}/remove", world.unit)).await.expect(200);
        let check = of(world, &campaign, world.unit).await;
        assert_eq!(check.body["status"], "excused");
        assert_eq!(check.body["excuse_reason"], "经领导小组研究同意");
        let back = json!({"unit_id": world.unit, "self_check_due_on": "2023-08-09", "reason": "恢复纳入"});
        world.post(Who::Coordinator, &campaign.path("/units")).json(&back).send().await.expect(201);
        let check = of(world, &campaign, world.unit).await;
        assert_eq!((&check.body["status"], &check.body["due_on"]), (&json!("draft"), &json!("2023-08-09")));
        act(world, Who::Liaison, &check, "submit", Value::Null).await.expect(200);
    }
}
