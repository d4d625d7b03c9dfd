//! The workday calendar.

use reqwest::Method;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::support::{Engine, Reply, Who, World};

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let year = world.get(Who::Coordinator, "/v1/workdays/2023").send().await.expect(200);
    put(world, 2023, ("If-Match", &year.etag()), &announced("2023-12-30", "holiday")).await.expect(200);
}

fn announced(day: &str, kind: &str) -> Value {
    json!({"notice": "国务院办公厅关于部分节假日安排的通知", "days": [{"day": day, "kind": kind}]})
}

async fn put(world: &World, year: i32, condition: (&str, &str), body: &Value) -> Reply {
    let request = world.request(Who::Coordinator, Method::PUT, &format!("/v1/workdays/{year}"));
    request.header(condition.0, condition.1).json(body).send().await
}

on_both_engines! {
    async fn the_autumn_of_2023_is_there_with_its_source(world: &World) {
        let year = world.get(Who::Liaison, "/v1/workdays/2023").send().await.expect(200);
        assert!(year.body["notice"].as_str().expect("a notice").contains("国办发明电〔2022〕16号"));
        let days = year.body["days"].as_array().expect("days");
        let of = |kind: &str| days.iter().filter(|day| day["kind"] == kind).count();
        assert_eq!((of("holiday"), of("working")), (8, 2));
    }
}

on_both_engines! {
    async fn a_year_that_is_not_there_yet_is_entered_once(world: &World) {
        world.get(Who::Coordinator, "/v1/workdays/2024").send().await.refused(404, "not_found");
        let body = announced("2024-02-04", "working");
        put(world, 2024, ("If-Match", "\"1\""), &body).await.refused(412, "stale");
        let made = put(world, 2024, ("If-None-Match", "*"), &body).await.expect(200);
        assert_eq!((made.etag(), &made.body["days"]), ("\"1\"".to_owned(), &body["days"]));
        put(world, 2024, ("If-None-Match", "*"), &body).await.refused(412, "stale");
        put(world, 2024, ("If-None-Match", "\"1\""), &body).await.refused(400, "invalid_header");
        let changed = put(world, 2024, ("If-Match", "\"1\""), &announced("2024-02-18", "working")).await.expect(200);
        assert_eq!(changed.etag(), "\"2\"");
        let read = world.get(Who::Leader, "/v1/workdays/2024").send().await.expect(200);
        assert_eq!(read.body, changed.body);
    }
}

on_both_engines! {
    async fn days_are_of_their_year_and_stand_once(world: &World) {
        let body = json!({"notice": " ", "days": [{"day": "2024-02-04", "kind": "working"},
            {"day": "2024-02-04", "kind": "holiday"}, {"day": "2023-02-04", "kind": "holiday"}]});
        let reply = put(world, 2024, ("If-None-Match", "*"), &body).await;
        reply.violates(&["/notice blank", "/days/1/day duplicate", "/days/2/day out_of_range"]);
        world.get(Who::Coordinator, "/v1/workdays/24").send().await.refused(400, "invalid_id");
        world.get(Who::Coordinator, "/v1/workdays/99999999999").send().await.refused(400, "invalid_id");
    }
}
