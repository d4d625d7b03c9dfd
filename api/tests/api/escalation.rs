//! Escalations.

mod candidate;
mod machine;
mod scope;

use serde_json::{Value, json};
use shared::domain::id::Id;

use crate::campaign::{self, Campaign};
use crate::support::{Engine, Reply, Who, World};
use crate::{attachment, finding, on_both_engines, rectification};

/// A proposal about this unit that rests on nothing.
pub fn content(campaign: &Campaign<'_>, unit: Id, kind: &str) -> Value {
    json!({"campaign_id": campaign.id, "unit_id": unit, "kind": kind, "facts": "逾期30日未整改，经两次退回仍未提供佐证材料。"})
}

/// A proposal that rests on an order of this unit.
pub async fn proposed(world: &World, campaign: &Campaign<'_>, unit: Id, kind: &str) -> Reply {
    let order = rectification::ordered(world, campaign, unit, "immediate").await;
    let mut content = content(campaign, unit, kind);
    content["rectification_ids"] = json!([order.id()]);
    world.post(Who::Coordinator, "/v1/escalations").json(&content).send().await.expect(201)
}

/// A verb with the version of an earlier answer.
pub async fn act(world: &World, who: Who, seen: &Reply, verb: &str, body: Value) -> Reply {
    let path = format!("/v1/escalations/{}/{verb}", seen.id());
    let post = world.post(who, &path).if_match(&seen.etag());
    if body.is_null() { post.send().await } else { post.json(&body).send().await }
}

pub fn decision() -> Value {
    json!({"reason": "事实清楚，同意。", "approval": "领导小组2023年9月20日会议纪要"})
}

/// One that is with its addressee.
pub async fn sent(world: &World, campaign: &Campaign<'_>, unit: Id, kind: &str) -> Reply {
    let made = proposed(world, campaign, unit, kind).await;
    let approved = act(world, Who::Leader, &made, "approve", decision()).await.expect(200);
    act(world, Who::Coordinator, &approved, "send", Value::Null).await.expect(200)
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let campaign = campaign::open(world, "问责的巡检", &[world.unit]).await;
    let sent = sent(world, &campaign, world.unit, "discipline").await;
    let list = format!("/v1/escalations?campaign_id={}&kind=discipline&status=sent&count=true", campaign.id);
    world.get(Who::Discipline, &list).send().await.expect(200);
    world.get(Who::Discipline, &format!("/v1/escalations/{}", sent.id())).send().await.expect(200);
    world.get(Who::Leader, &campaign.path("/escalation-candidates")).send().await.expect(200);
    let answer = json!({"answer": "已约谈。"});
    campaign::lead(&campaign, Who::Leader).await;
    let sent =
        act(world, Who::Leader, &sent, "allow-own-unit", json!({"reason": "无其他人员"})).await.expect(200);
    act(world, Who::Discipline, &sent, "conclude", answer).await.expect(200);
    let other = proposed(world, &campaign, world.unit, "government").await;
    act(world, Who::Leader, &other, "reject", decision()).await.expect(200);
    let other = proposed(world, &campaign, world.unit, "government").await;
    act(world, Who::Coordinator, &other, "withdraw", json!({"reason": "已整改到位"})).await.expect(200);
}

/// The notices about an escalation, as `kind audience`.
async fn told(world: &World, escalation: &Reply) -> Vec<String> {
    let path = format!("/v1/notices?record_id={}", escalation.id());
    let seen = world.get(Who::Leader, &path).send().await.expect(200);
    let items = seen.body["items"].as_array().expect("items").iter();
    let text = |notice: &Value, name: &str| notice[name].as_str().expect("a text").to_owned();
    items.map(|notice| format!("{} {}", text(notice, "kind"), text(notice, "audience"))).collect()
}

on_both_engines! {
    async fn people_propose_decide_send_and_answer(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let made = proposed(world, &campaign, world.unit, "discipline").await;
        assert_eq!((&made.body["status"], &made.body["addressee"]), (&json!("proposed"), &json!("区纪委监委")));
        assert_eq!(made.body["unit_name"], "墟沟街道办事处");
        // The finding of its order belongs to it.
        assert_eq!(made.body["finding_ids"].as_array().map(Vec::len), Some(1));
        assert_eq!(told(world, &made).await, ["escalation_proposed leaders"]);
        let bare = json!({"reason": "同意", "approval": " "});
        act(world, Who::Leader, &made, "approve", bare).await.violates(&["/approval blank"]);
        let minutes = attachment::upload(world, Who::Leader, "会议纪要.pdf", attachment::PDF).await.expect(201);
        let mut body = decision();
        body["attachment_ids"] = json!([minutes.id()]);
        let approved = act(world, Who::Leader, &made, "approve", body).await.expect(200);
        assert_eq!(approved.body["decision"]["approval"], "领导小组2023年9月20日会议纪要");
        let sent = act(world, Who::Coordinator, &approved, "send", Value::Null).await.expect(200);
        assert_eq!(told(world, &sent).await, ["escalation_proposed leaders", "escalation_sent discipline"]);
        act(world, Who::Discipline, &sent, "conclude", json!({"answer": ""})).await.violates(&["/answer blank"]);
        let paper = attachment::upload(world, Who::Discipline, "处理决定.pdf", attachment::PDF).await.expect(201);
        let answer = json!({"answer": "已约谈该单位负责人。", "attachment_ids": [paper.id()]});
        let concluded = act(world, Who::Discipline, &sent, "conclude", answer).await.expect(200);
        assert_eq!((&concluded.body["answer"], concluded.actions()), (&json!("已约谈该单位负责人。"), vec![]));
        world.get(Who::Coordinator, &format!("/v1/attachments/{}", paper.id())).send().await.expect(200);
    }
}

on_both_engines! {
    async fn what_goes_to_the_government_the_office_hands_on(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let sent = sent(world, &campaign, world.unit, "government").await;
        assert_eq!(sent.body["addressee"], "地方党委、政府");
        let audiences = ["escalation_proposed leaders", "escalation_sent coordinators", "escalation_sent coordinators"];
        assert_eq!(told(world, &sent).await, audiences);
        act(world, Who::Discipline, &sent, "conclude", json!({"answer": "x"})).await.refused(404, "not_found");
        act(world, Who::Coordinator, &sent, "conclude", json!({"answer": "区委已批示。"})).await.expect(200);
    }
}

on_both_engines! {
    async fn it_rests_on_what_counts_of_its_unit_and_campaign(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let post = |body: Value| world.post(Who::Coordinator, "/v1/escalations").json(&body).send();
        let foreign = finding::confirmed(world, &campaign, world.other_unit).await;
        let draft = finding::draft(world, &campaign, world.unit).await;
        let drafted = rectification::draft(world, &campaign, world.unit, "immediate").await;
        let mut body = content(&campaign, world.unit, "government");
        body["finding_ids"] = json!([foreign.id(), draft.id(), Id::new()]);
        body["rectification_ids"] = json!([drafted.id()]);
        post(body).await.violates(&[
            "/finding_ids/0 reference_not_found", "/finding_ids/1 reference_not_found",
            "/finding_ids/2 reference_not_found", "/rectification_ids/0 reference_not_found",
        ]);
        let mut body = content(&campaign, world.unit, "government");
        body["facts"] = json!(" ");
        body["attachment_ids"] = json!([Id::new(), Id::new()]);
        post(body).await.violates(&["/facts blank"]);
        let mut body = content(&campaign, world.unit, "government");
        body["attachment_ids"] = json!([Id::new()]);
        post(body).await.violates(&["/attachment_ids/0 attachment_unknown"]);
        let mut body = content(&campaign, Id::new(), "government");
        post(body.clone()).await.violates(&["/unit_id reference_not_found"]);
        body["campaign_id"] = json!(Id::new());
        post(body).await.violates(&["/campaign_id reference_not_found"]);
        let own = finding::confirmed(world, &campaign, world.unit).await;
        let mut body = content(&campaign, world.unit, "government");
        body["finding_ids"] = json!([own.id()]);
        post(body).await.expect(201);
    }
}
