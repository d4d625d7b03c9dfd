//! The units in the scope of a campaign, and what its opening does for them.

use diesel::prelude::*;
use serde_json::{Value, json};
use shared::domain::actor::Role;
use shared::domain::id::Id;
use shared::store::schema::{account_grants, notices};

use super::{draft, open, plan};
use crate::on_both_engines;
use crate::support::{Engine, Who, World};

/// How many notices of a kind were written.
pub fn told(world: &World, kind: &str) -> i64 {
    let count = |conn: &mut shared::store::DbConnection| {
        Ok(notices::table.filter(notices::kind.eq(kind)).count().get_result(conn)?)
    };
    world.store.with(count).expect("the notices are counted")
}

on_both_engines! {
    async fn a_draft_has_the_units_that_were_put_last(world: &World) {
        let campaign = draft(world, "专项巡检", &[world.unit]).await;
        let units = json!({"units": [
            {"unit_id": world.other_unit, "selected_for_visit": false, "self_check_due_on": "2023-08-09"},
            {"unit_id": world.unit}
        ]});
        let put = campaign.write("PUT", "/units", &units).await.expect(200);
        let list = world.get(Who::Leader, &campaign.path("/units?count=true")).send().await.expect(200);
        assert_eq!(list.body["items"], put.body["items"]);
        assert_eq!(list.body["total"], 2);
        let of = |id: Id| {
            let items = list.body["items"].as_array().expect("items").iter();
            items.clone().find(|item| item["unit_id"] == json!(id)).expect("the unit").clone()
        };
        let expected = json!({"unit_id": world.unit, "selected_for_visit": true, "due_on": "2023-08-06"});
        assert_eq!(of(world.unit), expected);
        assert_eq!(of(world.other_unit)["due_on"], "2023-08-09");
        for (query, unit) in [("?selected_for_visit=false".to_owned(), world.other_unit), (format!("?unit_id={}", world.unit), world.unit)] {
            let list = world.get(Who::Leader, &campaign.path(&format!("/units{query}"))).send().await.expect(200);
            assert_eq!(list.body["items"], json!([of(unit)]));
        }
        let unknown = Id::new();
        let wrong = json!({"units": [{"unit_id": world.unit}, {"unit_id": unknown}]});
        campaign.write("PUT", "/units", &wrong).await.violates(&["/units/1/unit_id reference_not_found"]);
        let twice = json!({"units": [{"unit_id": world.unit}, {"unit_id": world.unit}]});
        campaign.write("PUT", "/units", &twice).await.violates(&["/units/1/unit_id duplicate"]);
        let many: Vec<Value> = (0..2_001).map(|_| json!({"unit_id": Id::new()})).collect();
        campaign.write("PUT", "/units", &json!({"units": many})).await.violates(&["/units too_long"]);
        campaign.write("PUT", "/units", &json!({"units": []})).await.expect(200);
        campaign.act(Who::Coordinator, "/open").await.violates(&["/units missing"]);
    }
}

on_both_engines! {
    async fn many_units_are_put_and_listed_by_as_many_statements_as_one(world: &World) {
        let mut units = vec![json!({"unit_id": world.unit})];
        let campaign = draft(world, "专项巡检", &[]).await;
        let path = campaign.path("/units");
        let statements = async |units: &[Value]| {
            let etag = campaign.etag().await;
            let before = world.statements();
            let put = world.request(Who::Coordinator, reqwest::Method::PUT, &path).if_match(&etag);
            put.json(&json!({"units": units})).send().await.expect(200);
            let list = world.get(Who::Coordinator, &path).send().await.expect(200);
            assert_eq!(list.body["items"].as_array().map(Vec::len), Some(units.len()));
            world.statements() - before
        };
        let of_one = statements(&units).await;
        for number in 0..30 {
            let unit = json!({"name": format!("第{number}单位"), "kind": "direct_unit", "standard_class": "county"});
            let made = world.post(Who::Coordinator, "/v1/units").json(&unit).send().await.expect(201);
            units.push(json!({"unit_id": made.id()}));
        }
        assert_eq!(statements(&units).await, of_one);
    }
}

on_both_engines! {
    async fn an_incomplete_plan_is_not_opened(world: &World) {
        let campaign = draft(world, "专项巡检", &[]).await;
        campaign.write("PUT", "/focus-items", &json!({"focus_items": []})).await.expect(200);
        let phases = json!({"phases": [plan("")["phases"][0]]});
        campaign.write("PUT", "/phases", &phases).await.expect(200);
        campaign.act(Who::Coordinator, "/open").await.violates(&[
            "/phases missing",
            "/phases missing",
            "/units missing",
            "/focus_items missing",
        ]);
        assert_eq!(campaign.seen_by(Who::Leader).await.body["status"], "draft");
    }
}

on_both_engines! {
    async fn the_opening_gives_each_unit_its_self_check_and_its_notice(world: &World) {
        let campaign = draft(world, "专项巡检", &[world.unit, world.other_unit]).await;
        let unit = format!("/units/{}", world.unit);
        campaign.write("PATCH", &unit, &json!({"self_check_due_on": "2023-08-09"})).await.expect(200);
        let opened = campaign.act(Who::Coordinator, "/open").await.expect(200);
        assert_eq!(opened.body["status"], "open");
        assert!(opened.body["opened_at"].as_str().is_some_and(|at| at.starts_with("2023-07-31T")));
        let list = world.get(Who::Coordinator, &campaign.path("/units")).send().await.expect(200);
        for item in list.body["items"].as_array().expect("items") {
            assert_eq!(item["self_check_status"], "not_started");
        }
        let own = world.get(Who::Liaison, &campaign.path(&unit)).send().await.expect(200);
        assert_eq!(own.body["due_on"], "2023-08-09");
        assert_eq!(told(world, "campaign_opened"), 2);
        // Foreign is invisible.
        let list = world.get(Who::Liaison, &campaign.path("/units?count=true")).send().await.expect(200);
        assert_eq!(list.body["total"], 1);
        let foreign = campaign.path(&format!("/units/{}", world.other_unit));
        world.get(Who::Liaison, &foreign).send().await.refused(404, "not_found");
    }
}

on_both_engines! {
    async fn units_without_an_address_or_a_limit_are_warned_of_and_hinder_nothing(world: &World) {
        let township = json!({"name": "前三岛乡人民政府", "kind": "township", "standard_class": "township"});
        let township = world.post(Who::Coordinator, "/v1/units").json(&township).send().await.expect(201);
        let units: Vec<Id> = vec![world.unit, township.id().parse().expect("an id")];
        let campaign = draft(world, "专项巡检", &units).await;
        let warning = |kind: &str| json!({"kind": kind, "unit_id": township.id(), "unit_name": "前三岛乡人民政府"});
        let expected = json!([warning("no_address"), warning("no_limit")]);
        assert_eq!(campaign.seen_by(Who::Leader).await.body["warnings"], expected);
        assert_eq!(campaign.seen_by(Who::Inspector).await.body.get("warnings"), None);
        let opened = campaign.act(Who::Coordinator, "/open").await.expect(200);
        assert_eq!(opened.body["warnings"], expected);
    }
}

on_both_engines! {
    async fn a_unit_joins_leaves_and_comes_back_each_with_a_reason(world: &World) {
        let campaign = open(world, "专项巡检", &[world.unit]).await;
        let post = || world.post(Who::Coordinator, &campaign.path("/units"));
        let unit = world.other_unit;
        post().json(&json!({"unit_id": unit})).send().await.violates(&["/reason missing"]);
        let late = json!({"unit_id": unit, "reason": "补充", "self_check_due_on": "2023-07-30"});
        post().json(&late).send().await.violates(&["/self_check_due_on due_on_past"]);
        post().json(&json!({"unit_id": Id::new(), "reason": "补充"})).send().await.violates(&["/unit_id reference_not_found"]);
        let addition = json!({"unit_id": unit, "reason": "补充纳入", "self_check_due_on": "2023-08-09"});
        let added = post().json(&addition).send().await.expect(201);
        let path = campaign.path(&format!("/units/{unit}"));
        assert_eq!(added.header("location"), path);
        assert_eq!(added.etag(), campaign.etag().await);
        assert_eq!(added.body["self_check_status"], "not_started");
        assert_eq!(added.body["due_on"], "2023-08-09");
        assert_eq!(told(world, "campaign_opened"), 2);
        post().json(&addition).send().await.refused(409, "taken");
        let remove = format!("/units/{unit}/remove");
        campaign.write("POST", &remove, &json!({})).await.violates(&["/reason missing"]);
        let removed = campaign.act(Who::Coordinator, &remove).await.expect(200);
        assert_eq!(removed.body["self_check_status"], "excused");
        assert_eq!(removed.body["selected_for_visit"], false);
        campaign.act(Who::Coordinator, &remove).await.refused(409, "invalid_transition");
        // Who was taken out is told of no other dates.
        let change = json!({"ends_on": "2023-08-25", "reason": "顺延"});
        campaign.write("PATCH", "/phases/summary", &change).await.expect(200);
        assert_eq!(told(world, "schedule_changed"), 1);
        let back = post().json(&json!({"unit_id": unit, "reason": "恢复纳入"})).send().await.expect(201);
        assert_eq!(back.body["self_check_id"], added.body["self_check_id"], "it goes on with what it had");
        assert_ne!(back.body["self_check_status"], "excused");
        assert_eq!(back.body["selected_for_visit"], true);
    }
}

on_both_engines! {
    async fn nobody_takes_their_own_unit_out(world: &World) {
        let campaign = open(world, "专项巡检", &[world.unit, world.other_unit]).await;
        let belonging = (
            account_grants::id.eq(Id::new()),
            account_grants::account_id.eq(world.account(Who::OtherCoordinator)),
            account_grants::role.eq(Role::Coordinator),
            account_grants::unit_id.eq(world.unit),
        );
        let belongs = world
            .store
            .with(|conn| Ok(diesel::insert_into(account_grants::table).values(belonging).execute(conn)?));
        belongs.expect("the coordinator belongs to the unit");
        let remove = format!("/units/{}/remove", world.unit);
        campaign.act(Who::OtherCoordinator, &remove).await.refused(403, "own_unit");
        let other = format!("/units/{}/remove", world.other_unit);
        campaign.act(Who::OtherCoordinator, &other).await.expect(200);
        campaign.act(Who::Coordinator, &remove).await.expect(200);
    }
}

on_both_engines! {
    async fn the_sample_may_change_later_and_a_units_last_day_may_not(world: &World) {
        let campaign = open(world, "专项巡检", &[world.unit]).await;
        let unit = format!("/units/{}", world.unit);
        campaign.write("PATCH", &unit, &json!({"selected_for_visit": false})).await.violates(&["/reason missing"]);
        let change = json!({"self_check_due_on": "2023-08-09", "reason": "宽限"});
        campaign.write("PATCH", &unit, &change).await.violates(&["/self_check_due_on frozen"]);
        let change = json!({"selected_for_visit": false, "reason": "改为抽查"});
        let changed = campaign.write("PATCH", &unit, &change).await.expect(200);
        assert_eq!(changed.body["selected_for_visit"], false);
        campaign.write("PUT", "/units", &json!({"units": []})).await.refused(409, "invalid_transition");
        let draft = draft(world, "另一次巡检", &[]).await;
        let early = json!({"unit_id": world.unit, "reason": "补充"});
        let post = world.post(Who::Coordinator, &draft.path("/units")).json(&early);
        post.send().await.refused(409, "invalid_transition");
        draft.write("PATCH", &unit, &change).await.refused(404, "not_found");
    }
}
