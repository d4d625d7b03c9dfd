//! Rectifications.

mod decision;
mod machine;
mod sequence;
mod trail;

pub use machine::belong_to_the_unit;
use serde_json::{Value, json};
use shared::domain::id::Id;

use crate::campaign::{self, Campaign};
use crate::support::{Engine, Reply, Who, World};
use crate::{attachment, finding, on_both_engines};

/// A drafted order for a new finding at this unit.
pub async fn draft(world: &World, campaign: &Campaign<'_>, unit: Id, mode: &str) -> Reply {
    let finding = finding::confirmed(world, campaign, unit).await;
    let order = json!({
        "finding_id": finding.id(), "mode": mode, "requirement": "补办审批手续或者腾退。",
        "due_on": "2023-08-20", "responsible_person": "周云台"
    });
    world.post(Who::Coordinator, "/v1/rectifications").json(&order).send().await.expect(201)
}

/// A verb with the version of an earlier answer.
pub async fn act(world: &World, who: Who, seen: &Reply, verb: &str, body: Value) -> Reply {
    let path = format!("/v1/rectifications/{}/{verb}", seen.id());
    let post = world.post(who, &path).if_match(&seen.etag());
    if body.is_null() { post.send().await } else { post.json(&body).send().await }
}

/// An issued order.
pub async fn ordered(world: &World, campaign: &Campaign<'_>, unit: Id, mode: &str) -> Reply {
    let draft = draft(world, campaign, unit, mode).await;
    act(world, Who::Coordinator, &draft, "order", Value::Null).await.expect(200)
}

pub fn evidence() -> Value {
    json!({"statement": "已腾退。", "vacated_on": "2023-07-31"})
}

/// Evidence with a paper of this caller's.
pub async fn paper(world: &World, who: Who) -> Value {
    let made = attachment::upload(world, who, "整改材料.pdf", "%PDF-1.4\n%%EOF\n").await.expect(201);
    json!({"statement": "已腾退。", "attachment_ids": [made.id()]})
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let campaign = campaign::open(world, "整改的巡检", &[world.unit]).await;
    let made = draft(world, &campaign, world.unit, "planned").await;
    let path = format!("/v1/rectifications/{}", made.id());
    let list = format!("/v1/rectifications?campaign_id={}&overdue=true&count=true", campaign.id);
    world.get(Who::Leader, &list).send().await.expect(200);
    world.get(Who::Leader, &path).send().await.expect(200);
    let change = json!({"requirement": "限期腾退。"});
    let seen =
        world.patch(Who::Coordinator, &path).if_match(&made.etag()).json(&change).send().await.expect(200);
    let seen = act(world, Who::Coordinator, &seen, "order", Value::Null).await.expect(200);
    let body = json!({"due_on": "2023-08-25", "reason": "顺延"});
    let seen = act(world, Who::Coordinator, &seen, "correct", body).await.expect(200);
    let plan = json!({"goal": "月底前腾退", "measures": [{"text": "签订腾退协议", "due_on": "2023-08-10"}]});
    let seen = act(world, Who::Liaison, &seen, "plan", plan).await.expect(200);
    let measure = seen.body["measures"][0]["id"].as_str().expect("a measure").to_owned();
    let progress = json!({"text": "已签协议", "measures": {measure: {"status": "done"}}});
    let seen = act(world, Who::Liaison, &seen, "progress", progress).await.expect(200);
    let seen = act(world, Who::Liaison, &seen, "submit", evidence()).await.expect(200);
    let body = json!({"reason": "缺少照片", "due_on": "2023-08-28"});
    let seen = act(world, Who::Inspector, &seen, "return", body).await.expect(200);
    let ask = json!({"due_on": "2023-09-10", "reason": "档案搬迁"});
    let seen = act(world, Who::Liaison, &seen, "request-extension", ask).await.expect(200);
    let decision = json!({"approve": true, "reason": "情况属实"});
    let seen = act(world, Who::Coordinator, &seen, "decide-extension", decision).await.expect(200);
    let seen = act(world, Who::Leader, &seen, "defer", decision::deferral()).await.expect(200);
    let body = json!({"due_on": "2023-09-20"});
    let seen = act(world, Who::Coordinator, &seen, "resume", body).await.expect(200);
    let seen = act(world, Who::Liaison, &seen, "submit", evidence()).await.expect(200);
    let seen = act(world, Who::Inspector, &seen, "close", json!({"opinion": "同意销号"})).await.expect(200);
    let body = json!({"reason": "又被占用", "due_on": "2023-09-30"});
    act(world, Who::Inspector, &seen, "reopen", body).await.expect(200);
    let careful = campaign::open_with(world, "须审批的巡检", &[world.unit], &decision::approved()).await;
    let other = draft(world, &careful, world.unit, "immediate").await;
    act(world, Who::Leader, &other, "approve", json!({"opinion": "同意下达"})).await.expect(200);
    let other = ordered(world, &campaign, world.unit, "immediate").await;
    act(world, Who::Coordinator, &other, "withdraw", json!({"reason": "不属于问题"})).await.expect(200);
    let other = draft(world, &campaign, world.unit, "immediate").await;
    let path = format!("/v1/rectifications/{}", other.id());
    world.delete(Who::Coordinator, &path).if_match(&other.etag()).send().await.expect(204);
}

async fn finding_status(world: &World, order: &Reply) -> String {
    let path = format!("/v1/findings/{}", order.body["finding_id"].as_str().expect("a finding"));
    let seen = world.get(Who::Leader, &path).send().await.expect(200);
    seen.body["status"].as_str().expect("a status").to_owned()
}

on_both_engines! {
    async fn an_order_gets_its_number_and_its_finding_follows_it(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let draft = draft(world, &campaign, world.unit, "immediate").await;
        assert_eq!((draft.body["status"].as_str(), draft.body.get("number")), (Some("drafted"), None));
        world.get(Who::Liaison, draft.header("location")).send().await.refused(404, "not_found");
        assert_eq!(finding_status(world, &draft).await, "open");
        let order = act(world, Who::Coordinator, &draft, "order", Value::Null).await.expect(200);
        let number = order.body["number"].as_str().expect("a number").to_owned();
        assert!(number.ends_with("〔2023〕1号"), "{number}");
        assert_eq!(finding_status(world, &order).await, "rectifying");
        let second = ordered(world, &campaign, world.unit, "immediate").await;
        assert!(second.body["number"].as_str().expect("a number").ends_with("〔2023〕2号"));
        let withdrawn = act(world, Who::Coordinator, &second, "withdraw", json!({"reason": "重复"})).await;
        assert_eq!(finding_status(world, &withdrawn.expect(200)).await, "open");
        let done = act(world, Who::Liaison, &order, "submit", evidence()).await.expect(200);
        let closed = act(world, Who::Inspector, &done, "close", json!({"opinion": "同意销号"})).await.expect(200);
        assert_eq!(finding_status(world, &closed).await, "closed");
        assert_eq!(closed.actions(), ["reopen"]);
    }
}

on_both_engines! {
    async fn a_finding_has_at_most_one_active_order(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let draft = draft(world, &campaign, world.unit, "immediate").await;
        let again = json!({
            "finding_id": draft.body["finding_id"], "mode": "planned", "requirement": "腾退", "due_on": "2023-09-01"
        });
        world.post(Who::Coordinator, "/v1/rectifications").json(&again).send().await.refused(409, "in_use");
        let mut unknown = again.clone();
        unknown["finding_id"] = json!(Id::new());
        let post = world.post(Who::Coordinator, "/v1/rectifications").json(&unknown);
        post.send().await.violates(&["/finding_id reference_not_found"]);
    }
}

on_both_engines! {
    async fn r38_an_order_is_due_today_or_later_and_overdue_the_day_after(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let draft = draft(world, &campaign, world.unit, "immediate").await;
        let path = format!("/v1/rectifications/{}", draft.id());
        let past = json!({"due_on": "2023-07-30"});
        let seen = world.patch(Who::Coordinator, &path).if_match(&draft.etag()).json(&past).send().await.expect(200);
        act(world, Who::Coordinator, &seen, "order", Value::Null).await.violates(&["/due_on due_on_past"]);
        let today = json!({"due_on": "2023-07-31"});
        let seen = world.patch(Who::Coordinator, &path).if_match(&seen.etag()).json(&today).send().await.expect(200);
        let order = act(world, Who::Coordinator, &seen, "order", Value::Null).await.expect(200);
        assert_eq!((&order.body["overdue"], &order.body["overdue_days"]), (&json!(false), &json!(0)));
        // Midnight in the campaign's time zone, not in UTC, makes it overdue.
        world.advance("2023-07-31T15:59:59Z");
        let seen = world.get(Who::Liaison, &path).send().await.expect(200);
        assert_eq!(seen.body["overdue"], false);
        world.advance("2023-07-31T16:00:00Z");
        let seen = world.get(Who::Liaison, &path).send().await.expect(200);
        assert_eq!((&seen.body["overdue"], &seen.body["overdue_days"]), (&json!(true), &json!(1)));
        let list = world.get(Who::Liaison, "/v1/rectifications?overdue=true").send().await.expect(200);
        assert_eq!(list.body["items"].as_array().map(Vec::len), Some(1));
        let late = act(world, Who::Liaison, &seen, "submit", evidence()).await.expect(200);
        assert_eq!((&late.body["overdue"], &late.body["submitted_late"]), (&json!(false), &json!(true)));
        let body = json!({"reason": "不完整", "due_on": "2023-08-10"});
        let returned = act(world, Who::Inspector, &late, "return", body).await.expect(200);
        assert_eq!(returned.body["first_due_on"], "2023-07-31");
        let again = act(world, Who::Liaison, &returned, "submit", evidence()).await.expect(200);
        assert_eq!(again.body["submitted_late"], true, "a fact of that day, kept whatever comes after");
    }
}

on_both_engines! {
    async fn r39_nothing_is_handed_in_without_evidence_or_a_plan_where_one_is_due(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let order = ordered(world, &campaign, world.unit, "planned").await;
        let nothing = json!({"statement": "已整改。"});
        act(world, Who::Liaison, &order, "submit", nothing).await
            .violates(&["/attachment_ids evidence_required", " plan_required"]);
        let foreign = json!({"statement": "已整改。", "attachment_ids": [Id::new()]});
        let plan = json!({"goal": "腾退", "measures": [{"text": "搬迁", "due_on": "2023-08-15"}]});
        let planned = act(world, Who::Liaison, &order, "plan", plan).await.expect(200);
        act(world, Who::Liaison, &planned, "submit", foreign).await.violates(&["/attachment_ids/0 attachment_unknown"]);
        let fine = json!({"statement": "已整改。", "measured_rooms": [
            {"kind": "office", "address": "办公楼", "room_number": "301", "area": 17.123, "occupants": 1}
        ]});
        act(world, Who::Liaison, &planned, "submit", fine).await.violates(&["/measured_rooms/0/area too_fine"]);
        let measured = json!({"statement": "已整改。", "measured_rooms": [
            {"kind": "office", "address": "办公楼", "room_number": "301", "area": 17.12, "occupants": 1}
        ]});
        let done = act(world, Who::Liaison, &planned, "submit", measured).await.expect(200);
        assert_eq!(done.body["evidence"]["measured_rooms"][0]["area"], 17.12);
    }
}

on_both_engines! {
    async fn who_submitted_for_a_unit_does_not_close_it(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let order = ordered(world, &campaign, world.unit, "immediate").await;
        let paper = paper(world, Who::Coordinator).await;
        let entered = act(world, Who::Coordinator, &order, "submit", paper).await.expect(200);
        assert_eq!(entered.body["entered_for_unit"], true);
        assert!(!entered.actions().contains(&"close"), "{:?}", entered.actions());
        let opinion = || json!({"opinion": "同意销号"});
        act(world, Who::Coordinator, &entered, "close", opinion()).await.refused(403, "own_submission");
        act(world, Who::OtherCoordinator, &entered, "close", opinion()).await.expect(200);
    }
}

on_both_engines! {
    async fn measures_end_as_they_ended(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let order = ordered(world, &campaign, world.unit, "planned").await;
        let measure = |text: &str| json!({"text": text, "due_on": "2023-08-15"});
        let plan = json!({"goal": "腾退", "measures": [measure("甲"), measure("乙")]});
        let planned = act(world, Who::Liaison, &order, "plan", plan).await.expect(200);
        let first = planned.body["measures"][0]["id"].as_str().expect("a measure").to_owned();
        let body = json!({"text": "无此措施", "measures": {Id::new().to_string(): {"status": "done"}}});
        let reply = act(world, Who::Liaison, &planned, "progress", body).await.refused(422, "invalid_content");
        assert_eq!(reply.body["errors"][0]["code"], "reference_not_found");
        let body = json!({"text": "甲已完成", "measures": {first.clone(): {"status": "done", "done_on": "2023-07-31"}}});
        let going = act(world, Who::Liaison, &planned, "progress", body).await.expect(200);
        assert_eq!(going.body["measures"][0]["status"], "done");
        assert_eq!(going.body["progress"][0]["text"], "甲已完成");
        let plan = json!({"goal": "全部腾退", "measures": [measure("丙")]});
        let replanned = act(world, Who::Liaison, &going, "plan", plan).await.expect(200);
        let texts: Vec<&str> = replanned.body["measures"].as_array().expect("measures").iter()
            .filter_map(|measure| measure["text"].as_str()).collect();
        assert_eq!(texts, ["甲", "丙"]);
    }
}
