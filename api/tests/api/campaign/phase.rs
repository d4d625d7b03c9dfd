//! Phases: free in a draft, afterwards changed by recorded decisions.

use serde_json::json;

use super::scope::told;
use super::{draft, open, plan};
use crate::on_both_engines;
use crate::support::{Engine, Who, World};

on_both_engines! {
    async fn a_draft_has_its_phases_added_changed_and_taken_out(world: &World) {
        let campaign = draft(world, "专项巡检", &[]).await;
        let phase = json!({"kind": "rectification", "starts_on": "2023-08-10", "ends_on": "2023-09-30"});
        let post = || world.post(Who::Coordinator, &campaign.path("/phases"));
        let made = post().json(&phase).send().await.expect(201);
        assert_eq!(made.header("location"), campaign.path("/phases/rectification"));
        assert_eq!(made.etag(), campaign.etag().await);
        let read = world.get(Who::Inspector, made.header("location")).send().await.expect(200);
        assert_eq!(read.body, phase);
        // It overlaps the visits and begins before the summary.
        let list = world.get(Who::Inspector, &campaign.path("/phases")).send().await.expect(200);
        let kinds: Vec<_> = list.body["items"].as_array().expect("items").iter().map(|item| &item["kind"]).collect();
        assert_eq!(kinds, ["self_check", "on_site", "rectification", "summary"]);
        let again = json!({"kind": "summary", "starts_on": "2023-08-10", "ends_on": "2023-08-09"});
        post().json(&again).send().await.violates(&["/kind duplicate", "/ends_on ends_before_start"]);
        let change = json!({"starts_on": "2023-08-15"});
        campaign.write("PATCH", "/phases/rectification", &change).await.violates(&["/starts_on out_of_order"]);
        let changed = campaign.write("PATCH", "/phases/rectification", &json!({"ends_on": "2023-10-31"})).await;
        assert_eq!(changed.expect(200).body["ends_on"], "2023-10-31");
        campaign.write("DELETE", "/phases/rectification", &json!({})).await.expect(204);
        campaign.write("DELETE", "/phases/rectification", &json!({})).await.refused(404, "not_found");
        world.get(Who::Leader, &campaign.path("/phases/party")).send().await.refused(400, "invalid_id");
    }
}

on_both_engines! {
    async fn all_phases_are_put_in_order_or_not_at_all(world: &World) {
        let campaign = draft(world, "专项巡检", &[]).await;
        let mut phases = plan("")["phases"].clone();
        phases[0]["starts_on"] = "2023-08-01".into();
        let put = campaign.write("PUT", "/phases", &json!({"phases": phases})).await.expect(200);
        assert_eq!(put.body["items"], phases);
        phases.as_array_mut().expect("phases").reverse();
        campaign.write("PUT", "/phases", &json!({"phases": phases})).await.violates(&[
            "/phases/1/starts_on out_of_order",
            "/phases/2/starts_on out_of_order",
        ]);
        campaign.write("PUT", "/phases", &json!({"phases": [{"kind": "summary"}]})).await.violates(&["/phases/0/starts_on missing"]);
    }
}

on_both_engines! {
    async fn r37_a_change_after_the_opening_is_a_recorded_decision_that_the_units_are_told(world: &World) {
        let campaign = open(world, "专项巡检", &[world.unit, world.other_unit]).await;
        let path = "/phases/summary";
        campaign.write("PATCH", path, &json!({"ends_on": "2023-08-25"})).await.violates(&["/reason missing"]);
        let change = json!({"ends_on": "2023-08-25", "reason": "受台风影响顺延"});
        let changed = campaign.write("PATCH", path, &change).await.expect(200);
        assert_eq!(changed.body, json!({"kind": "summary", "starts_on": "2023-08-12", "ends_on": "2023-08-25"}));
        let list = world.get(Who::Liaison, &campaign.path("/phases")).send().await.expect(200);
        let decision = &list.body["decisions"][0];
        assert_eq!(decision["before"]["ends_on"], "2023-08-20");
        assert_eq!(decision["after"]["ends_on"], "2023-08-25");
        assert_eq!(decision["reason"], "受台风影响顺延");
        assert_eq!(decision["decided_by"], world.account(Who::Coordinator).to_string());
        assert!(decision["decided_at"].as_str().is_some_and(|at| at.starts_with("2023-07-31T")));
        assert_eq!(told(world, "schedule_changed"), 2);
        // What is refused, or changes nothing, is neither decided nor told.
        let same = campaign.write("PATCH", path, &change).await.expect(200);
        assert_eq!(same.etag(), changed.etag());
        let wrong = json!({"starts_on": "2023-08-01", "reason": "有误"});
        campaign.write("PATCH", path, &wrong).await.violates(&["/starts_on out_of_order"]);
        assert_eq!(told(world, "schedule_changed"), 2);
        for (method, rest) in [("PUT", "/phases"), ("POST", "/phases"), ("DELETE", path)] {
            campaign.write(method, rest, &json!({})).await.refused(409, "invalid_transition");
        }
    }
}

on_both_engines! {
    async fn other_dates_of_the_visits_concern_the_units_that_are_visited(world: &World) {
        let campaign = open(world, "专项巡检", &[world.unit, world.other_unit]).await;
        let unit = format!("/units/{}", world.unit);
        let change = json!({"selected_for_visit": false, "reason": "改为抽查"});
        campaign.write("PATCH", &unit, &change).await.expect(200);
        let change = json!({"starts_on": "2023-08-08", "reason": "推迟一天"});
        campaign.write("PATCH", "/phases/on_site", &change).await.expect(200);
        assert_eq!(told(world, "schedule_changed"), 1);
    }
}
