//! Area standards.

use serde_json::{Value, json};

use crate::on_both_engines;
use crate::support::{Engine, Reply, Who, World};

/// The limit for section chiefs of the county class, as it came with the service.
pub async fn of_section_chiefs(world: &World) -> Reply {
    let path = "/v1/area-standards?standard_class=county&standard_level=section_level_chief&on=2023-08-07";
    let found = world.get(Who::Inspector, path).send().await.expect(200);
    let id = found.body["items"][0]["id"].as_str().expect("a limit").to_owned();
    world.get(Who::Coordinator, &format!("/v1/area-standards/{id}")).send().await.expect(200)
}

pub fn township(level: &str, limit: f64, from: &str) -> Value {
    json!({
        "standard_class": "township", "standard_level": level, "limit": limit, "valid_from": from,
        "source": "省级主管部门文件"
    })
}

pub async fn enter(world: &World, body: &Value) -> Reply {
    world.post(Who::Coordinator, "/v1/area-standards").json(body).send().await
}

async fn correct(world: &World, seen: &Reply, body: Value) -> Reply {
    let path = format!("/v1/area-standards/{}", seen.id());
    world.patch(Who::Coordinator, &path).if_match(&seen.etag()).json(&body).send().await
}

/// Corrects the limit for section chiefs, as if it had been entered wrongly.
pub async fn correct_section_chiefs(world: &World, limit: f64) {
    let seen = of_section_chiefs(world).await;
    correct(world, &seen, json!({"limit": limit, "reason": "录入有误"})).await.expect(200);
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    of_section_chiefs(world).await;
    world.get(Who::Leader, "/v1/area-standards?count=true").send().await.expect(200);
    enter(world, &township("township_deputy", 18.0, "2019-01-01")).await.expect(201);
    let made = enter(world, &township("township_deputy", 21.0, "2022-01-01")).await.expect(201);
    correct(world, &made, json!({"limit": 12, "reason": "录入时误将12写为21。"})).await.expect(200);
}

on_both_engines! {
    async fn r01_the_county_rows_of_2014_are_there_and_townships_have_none(world: &World) {
        let list = world.get(Who::Liaison, "/v1/area-standards?on=2023-08-07").send().await.expect(200);
        let items = list.body["items"].as_array().expect("items");
        let rows: Vec<_> = items.iter().map(|row| (row["standard_level"].as_str(), row["limit"].as_f64())).collect();
        let expected = [
            ("county_chief", 30.0), ("county_deputy", 24.0), ("section_level_chief", 18.0),
            ("section_level_deputy", 12.0), ("below_section_level", 9.0),
        ];
        assert_eq!(rows, expected.map(|(level, limit)| (Some(level), Some(limit))));
        assert!(items.iter().all(|row| row["valid_from"] == "2014-11-24" && row.get("valid_to").is_none()));
        let before = world.get(Who::Liaison, "/v1/area-standards?on=2014-11-23").send().await.expect(200);
        assert_eq!(before.body["items"], json!([]));
        let far = world.get(Who::Liaison, "/v1/area-standards?on=%2B262142-01-01").send().await;
        far.refused(400, "invalid_query");
        let admin = world.get(Who::Admin, "/v1/area-standards").send().await.expect(200);
        assert_eq!(admin.body["items"], json!([]));
    }
}

on_both_engines! {
    async fn r50_a_new_validity_ends_the_open_ended_one_and_overlaps_none(world: &World) {
        let old = of_section_chiefs(world).await;
        let mut new = old.body.clone();
        for field in ["id", "version", "created_at"] {
            new.as_object_mut().expect("an object").remove(field);
        }
        new["limit"] = json!(16);
        new["valid_from"] = json!("2024-01-01");
        let made = enter(world, &new).await.expect(201);
        let ended = of_section_chiefs(world).await;
        assert_eq!((ended.id(), &ended.body["valid_to"], ended.etag()), (old.id(), &json!("2023-12-31"), "\"2\"".to_owned()));
        let limit = |on: &str| {
            let path = format!("/v1/area-standards?standard_level=section_level_chief&on={on}");
            async move {
                let list = world.get(Who::Leader, &path).send().await.expect(200);
                list.body["items"].as_array().expect("items").iter().map(|row| row["limit"].as_i64()).collect::<Vec<_>>()
            }
        };
        assert_eq!((limit("2023-12-31").await, limit("2024-01-01").await), (vec![Some(18)], vec![Some(16)]));
        enter(world, &new).await.violates(&["/valid_from overlaps"]);
        new["valid_from"] = json!("2020-01-01");
        enter(world, &new).await.violates(&["/valid_from overlaps"]);
        new["valid_from"] = json!("2010-01-01");
        new["valid_to"] = json!("2014-11-23");
        enter(world, &new).await.expect(201);
        let longer = json!({"valid_from": "2023-12-31", "reason": "起始日期录入有误"});
        correct(world, &made, longer).await.violates(&["/valid_from overlaps"]);
        let events = format!("/v1/audit-events?record_id={}", old.id());
        let events = world.get(Who::Coordinator, &events).send().await.expect(200);
        assert_eq!(events.body["items"][0]["action"], "end");
    }
}

on_both_engines! {
    async fn r02_a_townships_limit_is_entered_with_its_source(world: &World) {
        enter(world, &township("township_chief", 24.01, "2023-01-01")).await.violates(&["/note missing"]);
        let mut unfounded = township("township_chief", 24.0, "2023-01-01");
        unfounded["source"] = json!(" ");
        enter(world, &unfounded).await.violates(&["/source blank"]);
        enter(world, &township("mayor", 24.0, "2023-01-01")).await.violates(&["/standard_level not_in_dictionary"]);
        enter(world, &township("township_chief", 0.0, "2023-01-01")).await.violates(&["/limit out_of_range"]);
        enter(world, &township("township_chief", 24.0, "+262142-01-01")).await.violates(&["/valid_from out_of_range"]);
        enter(world, &township("township_chief", 24.0, "2023-01-01")).await.expect(201);
    }
}

on_both_engines! {
    async fn a_correction_says_why(world: &World) {
        let seen = of_section_chiefs(world).await;
        correct(world, &seen, json!({"limit": 17})).await.violates(&["/reason missing"]);
        correct(world, &seen, json!({"limit": 17, "reason": " "})).await.violates(&["/reason blank"]);
        let done = correct(world, &seen, json!({"limit": 17, "reason": "录入有误"})).await.expect(200);
        assert_eq!((&done.body["limit"], done.etag()), (&json!(17), "\"2\"".to_owned()));
        correct(world, &seen, json!({"limit": 18, "reason": "再次更正"})).await.refused(412, "stale");
        let events = format!("/v1/audit-events?record_id={}", seen.id());
        let events = world.get(Who::Coordinator, &events).send().await.expect(200);
        let event = &events.body["items"][0];
        assert_eq!((&event["action"], &event["reason"]), (&json!("correct"), &json!("录入有误")));
        assert_eq!((&event["before"]["limit"], &event["after"]["limit"]), (&json!(18), &json!(17)));
    }
}

on_both_engines! {
    async fn of_two_who_enter_the_same_limit_at_once_one_succeeds(world: &World) {
        let (one, other) = (township("township_chief", 24.0, "2023-01-01"), township("township_chief", 22.0, "2022-01-01"));
        let until = |mut body: Value| {
            body["valid_to"] = json!("2023-06-30");
            body
        };
        let (one, other) = (until(one), until(other));
        let (one, other) = futures_util::future::join(enter(world, &one), enter(world, &other)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422]);
    }
}
