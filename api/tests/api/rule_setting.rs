//! Settings of rules.

use serde_json::{Value, json};

use crate::on_both_engines;
use crate::support::{Engine, Reply, Who, World};

/// The tolerance of areas, as it came with the service.
pub async fn tolerance(world: &World) -> Reply {
    let path = "/v1/rule-settings?setting=area_tolerance&on=2023-08-07";
    let found = world.get(Who::Inspector, path).send().await.expect(200);
    let id = found.body["items"][0]["id"].as_str().expect("a setting").to_owned();
    world.get(Who::Coordinator, &format!("/v1/rule-settings/{id}")).send().await.expect(200)
}

/// Sets something anew from a day on.
pub async fn set(world: &World, setting: &str, value: Value, from: &str) -> Reply {
    let body = json!({"setting": setting, "value": value, "valid_from": from, "source": "领导小组会议纪要"});
    world.post(Who::Coordinator, "/v1/rule-settings").json(&body).send().await
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let seen = tolerance(world).await;
    world.get(Who::Leader, "/v1/rule-settings?count=true").send().await.expect(200);
    set(world, "shared_rooms_divided", json!(false), "2030-01-01").await.expect(201);
    let path = format!("/v1/rule-settings/{}", seen.id());
    let change = json!({"note": "无", "reason": "备注录入有误"});
    world.patch(Who::Coordinator, &path).if_match(&seen.etag()).json(&change).send().await.expect(200);
}

on_both_engines! {
    async fn r04_there_is_no_tolerance_and_r05_rooms_are_divided_until_somebody_decides_otherwise(world: &World) {
        let list = world.get(Who::Leader, "/v1/rule-settings?on=2023-08-07").send().await.expect(200);
        let items = list.body["items"].as_array().expect("items");
        let values: Vec<_> = items.iter().map(|row| (row["setting"].as_str(), &row["value"])).collect();
        let expected = [
            (Some("shared_rooms_divided"), &json!(true)),
            (Some("area_tolerance"), &json!(0)),
            (Some("self_check_tolerance"), &json!(0)),
        ];
        assert_eq!(values, expected);
        assert!(items.iter().all(|row| row["source"].as_str().is_some_and(|source| !source.is_empty())));
        set(world, "area_tolerance", json!(true), "2023-09-01").await.violates(&["/value wrong_type"]);
        set(world, "area_tolerance", json!(0.5), "2014-01-01").await.violates(&["/valid_from overlaps"]);
        let made = set(world, "area_tolerance", json!(0.5), "2023-09-01").await.expect(201);
        assert_eq!(tolerance(world).await.body["valid_to"], "2023-08-31");
        let path = format!("/v1/rule-settings/{}", made.id());
        let unexplained = world.patch(Who::Coordinator, &path).if_match(&made.etag()).json(&json!({"value": 0.4}));
        unexplained.send().await.violates(&["/reason missing"]);
    }
}
