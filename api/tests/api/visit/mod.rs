//! Visits.

mod machine;
mod notice;

use serde_json::{Value, json};
use shared::domain::id::Id;

use crate::campaign::{self, Campaign};
use crate::support::{Engine, Reply, Who, World};
use crate::{finding, on_both_engines, self_check};

pub fn content(world: &World, campaign: &Campaign<'_>, unit: Id) -> Value {
    json!({
        "campaign_id": campaign.id, "unit_id": unit, "planned_at": "2023-08-07T01:00:00Z",
        "inspector_ids": [world.account(Who::Inspector)], "team": "第一组"
    })
}

/// A planned visit of [`Who::Inspector`] to this unit.
pub async fn planned(world: &World, campaign: &Campaign<'_>, unit: Id) -> Reply {
    let visit = content(world, campaign, unit);
    world.post(Who::Coordinator, "/v1/visits").json(&visit).send().await.expect(201)
}

/// A verb with the version of an earlier answer.
pub async fn act(world: &World, who: Who, seen: &Reply, verb: &str, body: Value) -> Reply {
    let path = format!("/v1/visits/{}/{verb}", seen.id());
    let post = world.post(who, &path).if_match(&seen.etag());
    if body.is_null() { post.send().await } else { post.json(&body).send().await }
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let campaign = campaign::open(world, "有实地巡检的巡检", &[world.unit]).await;
    let made = planned(world, &campaign, world.unit).await;
    let path = format!("/v1/visits/{}", made.id());
    let list = format!(
        "/v1/visits?campaign_id={}&inspector_id={}&from=2023-08-07&to=2023-08-11&count=true",
        campaign.id,
        world.account(Who::Inspector)
    );
    world.get(Who::Leader, &list).send().await.expect(200);
    world.get(Who::Leader, &path).send().await.expect(200);
    world.get(Who::Inspector, &format!("{path}/sheet")).send().await.expect(200);
    world.get(Who::Inspector, &format!("{path}/calendar.ics")).send().await.expect(200);
    let later = json!({"planned_at": "2023-08-08T01:00:00Z"});
    let patch = world.patch(Who::Coordinator, &path).if_match(&made.etag()).json(&later);
    let seen = patch.send().await.expect(200);
    let seen = act(world, Who::Inspector, &seen, "complete", Value::Null).await.expect(200);
    let reason = || json!({"reason": "记录有误"});
    let seen = act(world, Who::Coordinator, &seen, "reopen", reason()).await.expect(200);
    act(world, Who::Coordinator, &seen, "cancel", reason()).await.expect(200);
}

on_both_engines! {
    async fn a_visit_belongs_to_an_open_campaign_and_a_unit_in_its_scope(world: &World) {
        let open = campaign::open(world, "进行中的巡检", &[world.unit]).await;
        let prepared = campaign::draft(world, "起草的巡检", &[world.unit]).await;
        let post = |body: Value| world.post(Who::Coordinator, "/v1/visits").json(&body).send();
        post(content(world, &open, world.other_unit)).await.violates(&["/unit_id reference_not_found"]);
        post(content(world, &prepared, world.unit)).await.refused(409, "campaign_not_open");
        let mut odd = content(world, &open, world.unit);
        odd["inspector_ids"] = json!([world.account(Who::Inspector), world.account(Who::Liaison), Id::new()]);
        post(odd.clone()).await
            .violates(&["/inspector_ids/1 reference_not_found", "/inspector_ids/2 reference_not_found"]);
        odd["inspector_ids"] = json!([]);
        odd["team"] = json!(" ");
        post(odd).await.violates(&["/inspector_ids missing", "/team blank"]);
        let made = planned(world, &open, world.unit).await;
        let mut again = content(world, &open, world.unit);
        again["id"] = json!(made.id());
        post(again).await.refused(409, "id_taken");
        let path = format!("/v1/visits/{}", made.id());
        let patch = |body: Value| world.patch(Who::Coordinator, &path).if_match(&made.etag()).json(&body).send();
        patch(json!({"unit_id": world.other_unit})).await.violates(&["/unit_id frozen"]);
        open.act(Who::Coordinator, "/close").await.expect(200);
        post(content(world, &open, world.unit)).await.refused(409, "campaign_closed");
        patch(json!({"team": "第二组"})).await.refused(409, "campaign_closed");
        act(world, Who::Inspector, &made, "complete", Value::Null).await.refused(409, "campaign_closed");
    }
}

on_both_engines! {
    async fn an_inspector_opens_a_visit_on_the_spot_with_themself_on_it(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let own = content(world, &campaign, world.unit);
        world.post(Who::Inspector, "/v1/visits").json(&own).send().await.expect(201);
        let mut others = own.clone();
        others["inspector_ids"] = json!([world.account(Who::OtherInspector)]);
        world.post(Who::Inspector, "/v1/visits").json(&others).send().await.refused(403, "role_missing");
        world.post(Who::Coordinator, "/v1/visits").json(&others).send().await.expect(201);
    }
}

on_both_engines! {
    async fn a_unit_sees_the_visits_to_itself(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let own = planned(world, &campaign, world.unit).await;
        let path = format!("/v1/visits/{}", own.id());
        let seen = world.get(Who::Liaison, &path).send().await.expect(200);
        assert_eq!((seen.actions(), &seen.body["planned_on"]), (vec![], &json!("2023-08-07")));
        world.get(Who::OtherLiaison, &path).send().await.refused(404, "not_found");
        world.get(Who::Liaison, &format!("{path}/sheet")).send().await.refused(403, "role_missing");
        planned(world, &campaign, world.other_unit).await;
        let ids = |list: Reply| -> Vec<String> {
            let items = list.body["items"].as_array().expect("items").clone();
            items.iter().map(|visit| visit["unit_id"].as_str().expect("a unit").to_owned()).collect()
        };
        let list = world.get(Who::Liaison, "/v1/visits").send().await.expect(200);
        assert_eq!(ids(list), [world.unit.to_string()]);
        // Days are those of the campaign's time zone: the visit begins on the 7th at 9 in the morning there.
        for (query, found) in [("from=2023-08-07&to=2023-08-07", 2), ("from=2023-08-08", 0), ("to=2023-08-06", 0)] {
            let list = world.get(Who::Leader, &format!("/v1/visits?{query}")).send().await.expect(200);
            assert_eq!(ids(list).len(), found, "{query}");
        }
        let query = format!("/v1/visits?inspector_id={}", world.account(Who::OtherInspector));
        assert_eq!(ids(world.get(Who::Leader, &query).send().await.expect(200)).len(), 0);
    }
}

on_both_engines! {
    async fn rights_follow_the_present_inspectors(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let made = planned(world, &campaign, world.unit).await;
        act(world, Who::OtherInspector, &made, "complete", Value::Null).await.refused(403, "role_missing");
        let path = format!("/v1/visits/{}", made.id());
        let others = json!({"inspector_ids": [world.account(Who::OtherInspector)]});
        let patch = |who| world.patch(who, &path).if_match(&made.etag()).json(&others).send();
        patch(Who::Inspector).await.refused(403, "role_missing");
        let taken_over = patch(Who::Coordinator).await.expect(200);
        act(world, Who::Inspector, &taken_over, "complete", Value::Null).await.refused(403, "role_missing");
        let done = act(world, Who::OtherInspector, &taken_over, "complete", Value::Null).await.expect(200);
        assert_eq!(done.body["timing"], "on_time");
        let patch = world.patch(Who::Coordinator, &path).if_match(&done.etag()).json(&others);
        patch.send().await.refused(409, "invalid_transition");
    }
}

on_both_engines! {
    async fn a_unit_counts_as_visited_while_a_visit_to_it_is_done(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let made = planned(world, &campaign, world.unit).await;
        let visits = || async {
            let statistics = world.get(Who::Leader, &campaign.path("/statistics")).send().await.expect(200);
            statistics.body["total"]["visits"]["visited"].as_i64()
        };
        assert_eq!(visits().await, Some(0));
        let done = act(world, Who::Inspector, &made, "complete", Value::Null).await.expect(200);
        assert_eq!(visits().await, Some(1));
        let again = planned(world, &campaign, world.unit).await;
        act(world, Who::Inspector, &again, "complete", Value::Null).await.expect(200);
        assert_eq!(visits().await, Some(1));
        let reason = json!({"reason": "记录有误"});
        let reopened = act(world, Who::Coordinator, &done, "reopen", reason).await.expect(200);
        assert_eq!(reopened.body.get("completed_at"), None);
        assert_eq!(visits().await, Some(1));
    }
}

on_both_engines! {
    async fn the_sheet_shows_what_the_unit_says_and_what_is_open_there(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let check = self_check::of(world, &campaign, world.unit).await;
        let answers = json!({"answers": {"leasing": {"result": "found", "description": "租用两间", "corrected": false}}});
        self_check::fill_in(world, Who::Liaison, &check, &answers).await.expect(200);
        let open = finding::confirmed(world, &campaign, world.unit).await;
        finding::draft(world, &campaign, world.unit).await;
        let made = planned(world, &campaign, world.unit).await;
        let sheet = world.get(Who::Inspector, &format!("/v1/visits/{}/sheet", made.id())).send().await.expect(200);
        let items = sheet.body["focus_items"].as_array().expect("items");
        let leasing = items.iter().find(|item| item["focus_item"] == "leasing").expect("leasing");
        assert_eq!((&leasing["result"], &leasing["description"]), (&json!("found"), &json!("租用两间")));
        let found: Vec<&Value> = leasing["open_findings"].as_array().expect("findings").iter().map(|one| &one["id"]).collect();
        assert_eq!(found, [&json!(open.id())]);
        assert_eq!((&sheet.body["self_check_status"], items.len()), (&json!("draft"), 7));
    }
}
