//! Inspection records.

mod items;
mod machine;
mod seal;
mod sign;
mod supplement;

use serde_json::{Value, json};
use shared::domain::id::Id;

use crate::campaign::{self, Campaign};
use crate::support::{Engine, Reply, Who, World};
use crate::{attachment, on_both_engines, visit};

/// A complete record of a visit.
pub fn content(visit: &str) -> Value {
    json!({
        "visit_id": visit, "inspected_on": "2023-08-07", "methods": ["hear_report", "measure"],
        "principal": "周云台", "address": "墟沟街道1号", "contact": {"name": "郑望舒", "phone": "0518-00008101"},
        "items": [{
            "focus_item": "leasing", "result": "found", "content": "查阅租用合同。",
            "problem": "租用两间未履行审批手续。", "handling_opinion": "限期补办审批手续。"
        }]
    })
}

/// A draft of a record at a visit of [`Who::Inspector`] to this unit.
pub async fn draft(world: &World, campaign: &Campaign<'_>, unit: Id) -> Reply {
    let visit = visit::planned(world, campaign, unit).await;
    world.post(Who::Inspector, "/v1/inspections").json(&content(visit.id())).send().await.expect(201)
}

/// A verb with the version of an earlier answer.
pub async fn act(world: &World, who: Who, seen: &Reply, verb: &str, body: Value) -> Reply {
    let path = format!("/v1/inspections/{}/{verb}", seen.id());
    let post = world.post(who, &path).if_match(&seen.etag());
    if body.is_null() { post.send().await } else { post.json(&body).send().await }
}

/// A signature by the caller's own account.
pub fn signature(side: &str) -> Value {
    json!({
        "side": side, "name": "郑望舒", "post": "办公室主任", "medium": "account",
        "signed_at": "2023-07-31T00:20:00Z"
    })
}

/// The record as it is now.
pub async fn now(world: &World, seen: &Reply) -> Reply {
    world.get(Who::Leader, &format!("/v1/inspections/{}", seen.id())).send().await.expect(200)
}

/// A record that waits for signatures.
pub async fn signing(world: &World, campaign: &Campaign<'_>, unit: Id) -> Reply {
    let draft = draft(world, campaign, unit).await;
    act(world, Who::Inspector, &draft, "request-signatures", Value::Null).await.expect(200)
}

/// A record that both sides have signed, or the unit refused to, and that is sealed.
pub async fn sealed(world: &World, campaign: &Campaign<'_>, unit: Id) -> Reply {
    let seen = signing(world, campaign, unit).await;
    let seen = act(world, Who::Inspector, &seen, "sign", signature("inspector")).await.expect(200);
    let refused = json!({"reason": "负责人不在场"});
    let seen = act(world, Who::Inspector, &seen, "refuse-to-sign", refused).await.expect(200);
    act(world, Who::Inspector, &seen, "seal", Value::Null).await.expect(200)
}

/// A sealed record with a supplement.
pub async fn supplemented(world: &World, campaign: &Campaign<'_>, unit: Id) -> Reply {
    let sealed = sealed(world, campaign, unit).await;
    let path = format!("/v1/inspections/{}/supplements", sealed.id());
    let text = json!({"kind": "supplement", "text": "地下一层另有两间库房。"});
    world.post(Who::Inspector, &path).json(&text).send().await.expect(201);
    now(world, &sealed).await
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let campaign = campaign::open(world, "有巡检记录的巡检", &[world.unit]).await;
    let made = draft(world, &campaign, world.unit).await;
    let path = format!("/v1/inspections/{}", made.id());
    let list = format!("/v1/inspections?campaign_id={}&status=draft&count=true", campaign.id);
    world.get(Who::Leader, &list).send().await.expect(200);
    let change = json!({"note": "现场测量三间"});
    world.patch(Who::Inspector, &path).if_match(&made.etag()).json(&change).send().await.expect(200);
    let item = json!({"focus_item": "ownership", "result": "not_checked"});
    let item = world.post(Who::Inspector, &format!("{path}/items")).json(&item).send().await.expect(201);
    let item_path = item.header("location").to_owned();
    world.get(Who::Leader, &item_path).send().await.expect(200);
    let change = json!({"content": "查阅权属证明。"});
    let item =
        world.patch(Who::Inspector, &item_path).if_match(&item.etag()).json(&change).send().await.expect(200);
    world.delete(Who::Inspector, &item_path).if_match(&item.etag()).send().await.expect(204);
    let seen = now(world, &made).await;
    let seen = act(world, Who::Inspector, &seen, "request-signatures", Value::Null).await.expect(200);
    let seen = act(world, Who::Inspector, &seen, "sign", signature("inspector")).await.expect(200);
    let seen = act(world, Who::Liaison, &seen, "sign", signature("unit")).await.expect(200);
    let refused = json!({"reason": "副职不同意第一项"});
    let seen = act(world, Who::Liaison, &seen, "refuse-to-sign", refused).await.expect(200);
    act(world, Who::Inspector, &seen, "seal", Value::Null).await.expect(200);
    world.get(Who::Liaison, &format!("{path}/verification")).send().await.expect(200);
    let supplements = format!("{path}/supplements");
    let objection = json!({"kind": "objection", "text": "第一项已补办。"});
    let added = world.post(Who::Liaison, &supplements).json(&objection).send().await.expect(201);
    let added_path = added.header("location").to_owned();
    world.get(Who::Liaison, &supplements).send().await.expect(200);
    world.get(Who::Liaison, &added_path).send().await.expect(200);
    let sign = world.post(Who::Liaison, &format!("{added_path}/sign")).if_match(&added.etag());
    sign.json(&signature("unit")).send().await.expect(200);
    let seen = now(world, &made).await;
    act(world, Who::Coordinator, &seen, "void", json!({"reason": "单位名称有误"})).await.expect(200);
}

on_both_engines! {
    async fn a_unit_sees_a_record_once_it_is_asked_to_sign(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let draft = draft(world, &campaign, world.unit).await;
        assert_eq!((&draft.body["status"], &draft.body["unit_name"]), (&json!("draft"), &json!("墟沟街道办事处")));
        let path = format!("/v1/inspections/{}", draft.id());
        world.get(Who::Liaison, &path).send().await.refused(404, "not_found");
        let picture = attachment::upload(world, Who::Inspector, "现场.pdf", attachment::PDF).await.expect(201);
        let item = format!("{path}/items/{}", draft.body["items"][0]["id"].as_str().expect("an item"));
        let with_picture = json!({"attachment_ids": [picture.id()]});
        world.patch(Who::Inspector, &item).if_match(&draft.etag()).json(&with_picture).send().await.expect(200);
        let file = format!("/v1/attachments/{}", picture.id());
        world.get(Who::Liaison, &file).send().await.refused(404, "not_found");
        let seen = now(world, &draft).await;
        let asked = act(world, Who::Inspector, &seen, "request-signatures", Value::Null).await.expect(200);
        assert_eq!(world.get(Who::Liaison, &path).send().await.expect(200).actions(), ["sign", "refuse-to-sign"]);
        world.get(Who::Liaison, &file).send().await.expect(200);
        world.get(Who::OtherLiaison, &path).send().await.refused(404, "not_found");
        let list = world.get(Who::Liaison, "/v1/inspections").send().await.expect(200);
        assert_eq!(list.body["items"].as_array().map(Vec::len), Some(1));
        let change = json!({"note": "更正"});
        let patch = world.patch(Who::Inspector, &path).if_match(&asked.etag()).json(&change);
        let changed = patch.send().await.expect(200);
        assert_eq!(changed.body["status"], "draft");
        for hidden in [&path, &file] {
            world.get(Who::Liaison, hidden).send().await.refused(404, "not_found");
        }
        act(world, Who::Inspector, &changed, "void", json!({"reason": "重复"})).await.expect(200);
        // What was once shown is seen again as what it now is.
        assert_eq!(world.get(Who::Liaison, &path).send().await.expect(200).body["status"], "void");
        let events = world.get(Who::Liaison, &format!("/v1/audit-events?record_id={}", draft.id())).send().await.expect(200);
        let actions: Vec<&str> = events.body["items"].as_array().expect("events").iter()
            .filter_map(|event| event["action"].as_str()).collect();
        assert_eq!(actions, ["request-signatures", "void"]);
    }
}

on_both_engines! {
    async fn records_are_written_by_the_inspectors_of_the_visit_and_the_office(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let visit = visit::planned(world, &campaign, world.unit).await;
        let post = |who, body: Value| world.post(who, "/v1/inspections").json(&body).send();
        post(Who::OtherInspector, content(visit.id())).await.refused(403, "role_missing");
        post(Who::Inspector, content(Id::new().as_str())).await.violates(&["/visit_id reference_not_found"]);
        let made = post(Who::Coordinator, content(visit.id())).await.expect(201);
        let path = format!("/v1/inspections/{}", made.id());
        let patch = |who, body: Value| world.patch(who, &path).if_match(&made.etag()).json(&body).send();
        patch(Who::OtherInspector, json!({"note": "x"})).await.refused(403, "role_missing");
        patch(Who::Leader, json!({"note": "x"})).await.refused(403, "role_missing");
        patch(Who::Inspector, json!({"visit_id": Id::new()})).await.violates(&["/visit_id frozen"]);
        let odd = json!({"methods": ["measure", "measure"], "contact": {"name": " "}});
        patch(Who::Inspector, odd).await.violates(&["/methods/1 duplicate", "/contact/name blank"]);
        let mut again = content(visit.id());
        again["id"] = json!(made.id());
        post(Who::Inspector, again).await.refused(409, "id_taken");
        let cancelled = visit::act(world, Who::Coordinator, &visit, "cancel", json!({"reason": "防汛"})).await.expect(200);
        let reply = post(Who::Inspector, content(cancelled.id())).await.refused(409, "invalid_transition");
        assert_eq!(reply.body["current_status"], "cancelled");
        campaign.act(Who::Coordinator, "/close").await.expect(200);
        patch(Who::Inspector, json!({"note": "x"})).await.refused(409, "campaign_closed");
        post(Who::Inspector, content(visit.id())).await.refused(409, "campaign_closed");
    }
}

on_both_engines! {
    async fn r36_nobody_is_asked_to_sign_what_is_not_complete(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let visit = visit::planned(world, &campaign, world.unit).await;
        let bare = json!({"visit_id": visit.id(), "inspected_on": "2023-08-07"});
        let made = world.post(Who::Inspector, "/v1/inspections").json(&bare).send().await.expect(201);
        let asked = act(world, Who::Inspector, &made, "request-signatures", Value::Null).await;
        asked.violates(&[
            "/principal missing", "/address missing", "/contact/name missing", "/contact/phone missing", "/items missing",
        ]);
        assert_eq!(now(world, &made).await.body["status"], "draft");
    }
}

on_both_engines! {
    async fn what_was_made_without_network_comes_in_one_call(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let visit = visit::planned(world, &campaign, world.unit).await;
        let hand = attachment::upload(world, Who::Inspector, "签名.pdf", attachment::PDF).await.expect(201);
        let (record, item) = (Id::new(), Id::new());
        let mut all = content(visit.id());
        all["id"] = json!(record);
        all["items"][0]["id"] = json!(item);
        all["signatures"] = json!([signature("inspector"), {
            "side": "unit", "name": "郑望舒", "post": "主任", "medium": "image", "attachment_id": hand.id(),
            "signed_at": "2023-07-30T08:00:00Z"
        }]);
        all["refusal"] = json!({"reason": "负责人拒签", "refused_at": "2023-07-30T08:05:00Z"});
        let mut foreign = all.clone();
        foreign["signatures"][1]["attachment_id"] = json!(Id::new());
        let post = |body: &Value| world.post(Who::Inspector, "/v1/inspections").json(body).send();
        post(&foreign).await.violates(&["/signatures/1/attachment_id attachment_unknown"]);
        let mut incomplete = all.clone();
        incomplete.as_object_mut().expect("an object").remove("principal");
        post(&incomplete).await.violates(&["/principal missing"]);
        let made = post(&all).await.expect(201);
        assert_eq!((made.id(), &made.body["items"][0]["id"]), (record.as_str(), &json!(item)));
        assert_eq!(made.body["status"], "signing");
        let by_hand = &made.body["signatures"][1];
        assert_eq!(by_hand["signed_at"], "2023-07-30T08:00:00Z");
        assert_ne!(by_hand["received_at"], by_hand["signed_at"]);
        assert_eq!(by_hand["sha256"], made.body["signatures"][0]["sha256"]);
        act(world, Who::Inspector, &made, "seal", Value::Null).await.expect(200);
        let mut again = content(visit.id());
        again["items"][0]["id"] = json!(item);
        post(&again).await.refused(409, "id_taken");
    }
}
