//! Findings.

mod machine;
pub mod settled;

use serde_json::{Value, json};
use shared::domain::id::Id;

use crate::campaign::{self, Campaign};
use crate::support::{Engine, Reply, Who, World};
use crate::{inspection, on_both_engines, visit};

pub fn content(campaign: &Campaign<'_>, unit: Id) -> Value {
    json!({
        "campaign_id": campaign.id, "unit_id": unit, "focus_item": "leasing", "source": "other",
        "severity": "general", "description": "租用某公司办公用房300平方米，未履行审批手续。"
    })
}

/// A draft of a finding at this unit.
pub async fn draft(world: &World, campaign: &Campaign<'_>, unit: Id) -> Reply {
    world.post(Who::Coordinator, "/v1/findings").json(&content(campaign, unit)).send().await.expect(201)
}

/// A confirmed finding at this unit.
pub async fn confirmed(world: &World, campaign: &Campaign<'_>, unit: Id) -> Reply {
    let draft = draft(world, campaign, unit).await;
    let path = format!("/v1/findings/{}/confirm", draft.id());
    world.post(Who::Coordinator, &path).if_match(&draft.etag()).send().await.expect(200)
}

/// A verb with the version of an earlier answer.
pub async fn act(world: &World, who: Who, seen: &Reply, verb: &str, body: Value) -> Reply {
    let path = format!("/v1/findings/{}/{verb}", seen.id());
    let post = world.post(who, &path).if_match(&seen.etag());
    if body.is_null() { post.send().await } else { post.json(&body).send().await }
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let campaign = campaign::open(world, "发现问题的巡检", &[world.unit]).await;
    visit::planned(world, &campaign, world.unit).await;
    let made = draft(world, &campaign, world.unit).await;
    let path = format!("/v1/findings/{}", made.id());
    let list = format!("/v1/findings?campaign_id={}&status=draft&focus_item=leasing&count=true", campaign.id);
    world.get(Who::Leader, &list).send().await.expect(200);
    world.get(Who::Leader, &path).send().await.expect(200);
    let change = json!({"severity": "serious"});
    let changed =
        world.patch(Who::Inspector, &path).if_match(&made.etag()).json(&change).send().await.expect(200);
    let open = act(world, Who::Inspector, &changed, "confirm", Value::Null).await.expect(200);
    let evidence = settled::evidence(world, Who::Inspector).await;
    let closed = act(world, Who::Inspector, &open, "close", evidence).await.expect(200);
    let because = || json!({"reason": "经复核"});
    let open = act(world, Who::Inspector, &closed, "reopen", because()).await.expect(200);
    let twin = draft(world, &campaign, world.unit).await;
    let merge = json!({"into": open.id(), "reason": "重复"});
    act(world, Who::Coordinator, &twin, "merge", merge).await.expect(200);
    let order = crate::rectification::ordered(world, &campaign, world.unit, "immediate").await;
    let path = format!("/v1/findings/{}", order.body["finding_id"].as_str().expect("a finding"));
    let ordered = world.get(Who::Coordinator, &path).send().await.expect(200);
    act(world, Who::Coordinator, &ordered, "void", because()).await.expect(200);
    let other = draft(world, &campaign, world.unit).await;
    let path = format!("/v1/findings/{}", other.id());
    world.delete(Who::Coordinator, &path).if_match(&other.etag()).send().await.expect(204);
}

on_both_engines! {
    async fn a_unit_sees_a_finding_once_it_is_confirmed(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        visit::planned(world, &campaign, world.unit).await;
        let made = draft(world, &campaign, world.unit).await;
        let path = format!("/v1/findings/{}", made.id());
        assert_eq!(made.body["status"], "draft");
        assert_eq!(made.body["misreporting"], "none");
        world.get(Who::Liaison, &path).send().await.refused(404, "not_found");
        let confirm = world.post(Who::Inspector, &format!("{path}/confirm")).if_match(&made.etag());
        assert_eq!(confirm.send().await.expect(200).body["status"], "open");
        let seen = world.get(Who::Liaison, &path).send().await.expect(200);
        assert_eq!(seen.actions(), Vec::<&str>::new());
        world.get(Who::OtherLiaison, &path).send().await.refused(404, "not_found");
    }
}

on_both_engines! {
    async fn a_finding_belongs_to_an_open_campaign_and_a_unit_in_its_scope(world: &World) {
        let open = campaign::open(world, "进行中的巡检", &[world.unit]).await;
        let prepared = campaign::draft(world, "起草的巡检", &[world.unit]).await;
        let post = |body: Value| world.post(Who::Coordinator, "/v1/findings").json(&body).send();
        post(content(&open, world.other_unit)).await.violates(&["/unit_id reference_not_found"]);
        post(content(&prepared, world.unit)).await.refused(409, "campaign_not_open");
        let mut unknown = content(&open, world.unit);
        unknown["campaign_id"] = json!(Id::new());
        post(unknown).await.violates(&["/campaign_id reference_not_found"]);
        let mut odd = content(&open, world.unit);
        odd["description"] = json!(" ");
        odd["misreporting_serious"] = json!(true);
        post(odd).await.violates(&["/description blank", "/misreporting_serious out_of_range"]);
        let made = draft(world, &open, world.unit).await;
        open.act(Who::Coordinator, "/close").await.expect(200);
        post(content(&open, world.unit)).await.refused(409, "campaign_closed");
        let confirm = world.post(Who::Coordinator, &format!("/v1/findings/{}/confirm", made.id()));
        confirm.if_match(&made.etag()).send().await.refused(409, "campaign_closed");
    }
}

on_both_engines! {
    async fn what_is_confirmed_keeps_its_words(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let open = confirmed(world, &campaign, world.unit).await;
        let path = format!("/v1/findings/{}", open.id());
        let patch = |body: Value| world.patch(Who::Coordinator, &path).if_match(&open.etag()).json(&body).send();
        patch(json!({"description": "别的"})).await.violates(&["/description frozen"]);
        patch(json!({"unit_id": world.other_unit})).await.violates(&["/unit_id frozen"]);
        let judged = json!({"misreporting": "omission", "handling_opinion": "限期补办"});
        assert_eq!(patch(judged).await.expect(200).body["misreporting"], "omission");
        let delete = world.delete(Who::Coordinator, &path).if_match("\"3\"");
        delete.send().await.refused(409, "in_use");
    }
}

on_both_engines! {
    async fn of_two_confirmations_at_once_one_succeeds(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        visit::planned(world, &campaign, world.unit).await;
        let draft = draft(world, &campaign, world.unit).await;
        let path = format!("/v1/findings/{}/confirm", draft.id());
        let confirm = |who| world.post(who, &path).if_match(&draft.etag()).send();
        let (one, other) = futures_util::future::join(confirm(Who::Coordinator), confirm(Who::Inspector)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}

on_both_engines! {
    async fn inspectors_find_at_the_units_of_their_visits(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let visit = visit::planned(world, &campaign, world.unit).await;
        let post = |who, unit| world.post(who, "/v1/findings").json(&content(&campaign, unit)).send();
        let own = post(Who::Inspector, world.unit).await.expect(201);
        assert_eq!(own.actions(), ["confirm"]);
        post(Who::Inspector, world.other_unit).await.refused(403, "role_missing");
        post(Who::OtherInspector, world.unit).await.refused(403, "role_missing");
        let path = format!("/v1/findings/{}", own.id());
        assert_eq!(world.get(Who::OtherInspector, &path).send().await.expect(200).actions(), Vec::<&str>::new());
        let milder = json!({"severity": "minor"});
        let patch = world.patch(Who::OtherInspector, &path).if_match(&own.etag()).json(&milder);
        patch.send().await.refused(403, "role_missing");
        let confirm = world.post(Who::OtherInspector, &format!("{path}/confirm")).if_match(&own.etag());
        confirm.send().await.refused(403, "role_missing");
        for (who, actions) in [(Who::Inspector, 1), (Who::OtherInspector, 0), (Who::Coordinator, 3)] {
            let list = world.get(who, "/v1/findings").send().await.expect(200);
            assert_eq!(list.body["items"][0]["allowed_actions"].as_array().map(Vec::len), Some(actions), "{who:?}");
        }
        visit::act(world, Who::Coordinator, &visit, "cancel", json!({"reason": "防汛"})).await.expect(200);
        world.delete(Who::Inspector, &path).if_match(&own.etag()).send().await.refused(403, "role_missing");
    }
}

on_both_engines! {
    async fn a_finding_rests_on_a_record_of_its_unit_and_moves_with_it(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let record = inspection::sealed(world, &campaign, world.unit).await;
        let elsewhere = inspection::sealed(world, &campaign, world.other_unit).await;
        let item = record.body["items"][0]["id"].clone();
        let resting = |record: &str, item: &Value| {
            let mut body = content(&campaign, world.unit);
            (body["inspection_id"], body["inspection_item_id"]) = (json!(record), item.clone());
            world.post(Who::Inspector, "/v1/findings").json(&body).send()
        };
        let (record_unknown, item_unknown) =
            ("/inspection_id reference_not_found", "/inspection_item_id reference_not_found");
        resting(elsewhere.id(), &elsewhere.body["items"][0]["id"]).await.violates(&[record_unknown]);
        resting(record.id(), &elsewhere.body["items"][0]["id"]).await.violates(&[item_unknown]);
        let mut bare = content(&campaign, world.unit);
        bare["inspection_item_id"] = item.clone();
        world.post(Who::Inspector, "/v1/findings").json(&bare).send().await.violates(&["/inspection_id missing"]);
        let made = resting(record.id(), &item).await.expect(201);
        assert_eq!(made.body["inspection_item_id"], item);
        let list = |record: &str| {
            let path = format!("/v1/findings?inspection_id={record}");
            async move { world.get(Who::Leader, &path).send().await.expect(200) }
        };
        assert_eq!(list(record.id()).await.body["items"][0]["id"], json!(made.id()));
        let reason = json!({"reason": "单位名称有误"});
        let void = inspection::act(world, Who::Coordinator, &record, "void", reason).await.expect(200);
        resting(void.id(), &item).await.violates(&[record_unknown]);
        let mut replacement = inspection::content(void.body["visit_id"].as_str().expect("a visit"));
        replacement["replaces"] = json!(void.id());
        let replacement = world.post(Who::Inspector, "/v1/inspections").json(&replacement).send().await.expect(201);
        assert_eq!(list(void.id()).await.body["items"], json!([]));
        let moved = list(replacement.id()).await;
        assert_eq!(moved.body["items"][0]["id"], json!(made.id()));
        assert_eq!(moved.body["items"][0].get("inspection_item_id"), None);
    }
}
