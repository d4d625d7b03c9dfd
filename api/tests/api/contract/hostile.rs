//! Bad input gets a clear error and changes nothing, whatever the operation.

use reqwest::Method;
use serde_json::json;

use super::fixture::Fixture;
use crate::on_both_engines;
use crate::support::document::{Operation, operations};
use crate::support::{Engine, Who, World};

fn method(operation: &Operation) -> Method {
    Method::from_bytes(operation.method.as_bytes()).expect("a method")
}

async fn events(world: &World) -> i64 {
    let reply = world.get(Who::Coordinator, "/v1/audit-events?count=true&limit=1").send().await.expect(200);
    reply.body["total"].as_i64().expect("a total")
}

on_both_engines! {
    async fn bodies_that_are_no_json_are_refused_before_anything_else(world: &World) {
        let fixture = Fixture::make(world).await;
        let before = events(world).await;
        for operation in operations().iter().filter(|operation| operation.has_json_body()) {
            let (path, _) = fixture.paths(&operation.path);
            let call = || world.request(Who::Coordinator, method(operation), &path);
            for body in [&b"{"[..], b"", b"{\"a\": \"\xff\xfe\"}", b"{} {}"] {
                call().raw("application/json", body.to_vec()).send().await.refused(400, "malformed_body");
            }
            let deep = "[".repeat(10_000);
            call().raw("application/json", deep).send().await.refused(400, "malformed_body");
            call().raw("text/plain", "{}").send().await.refused(415, "unsupported_media_type");
            let large = format!("{{\"a\": \"{}\"}}", "a".repeat(20 << 20));
            call().raw("application/json", large).send().await.refused(413, "body_too_large");
        }
        assert_eq!(events(world).await, before);
    }
}

on_both_engines! {
    async fn content_that_no_operation_takes_names_its_first_fault(world: &World) {
        let before = events(world).await;
        let creates = operations().iter().filter(|operation| {
            operation.method == "POST" && operation.has_json_body() && !operation.path.contains('{')
        });
        for operation in creates {
            let by_admin = ["/v1/users", "/v1/service-accounts"].contains(&operation.path.as_str());
            let who = if by_admin { Who::Admin } else { Who::Coordinator };
            for body in [json!([]), json!(1), json!("x"), json!(null)] {
                world.post(who, &operation.path).json(&body).send().await.refused(422, "invalid_content");
            }
            let reply = world.post(who, &operation.path).json(&json!({"no_such_field": 1})).send().await;
            reply.violates(&["/no_such_field unknown_field"]);
            let nul = json!({"name": "a\u{0}b"});
            world.post(who, &operation.path).json(&nul).send().await.violates(&["/name control_character"]);
            if operation.has_parameter("Idempotency-Key") {
                let reply = world.post(who, &operation.path).key("").json(&json!({})).send().await;
                reply.refused(400, "invalid_header");
            }
        }
        assert_eq!(events(world).await, before);
    }
}

on_both_engines! {
    async fn ids_in_paths_are_uuids_or_the_words_that_the_path_takes(world: &World) {
        let in_paths = operations().iter().filter(|operation| operation.path.starts_with("/v1/") && operation.path.contains("{id}"));
        for operation in in_paths {
            for id in ["1", "not-a-uuid", "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d", "%00", "%F0%9F"] {
                let path = operation.path.replacen("{id}", id, 1).replace(['{', '}'], "");
                let reply = world.request(Who::Coordinator, method(operation), &path).json(&json!({})).send().await;
                reply.refused(400, "invalid_id");
            }
        }
    }
}

on_both_engines! {
    async fn lists_refuse_parameters_that_they_do_not_have(world: &World) {
        let fixture = Fixture::make(world).await;
        let lists = operations().iter().filter(|operation| operation.has_parameter("cursor"));
        for operation in lists {
            let (path, _) = fixture.paths(&operation.path);
            for query in ["no_such_parameter=1", "limit=0", "limit=201", "limit=x", "count=maybe", "limit=-1"] {
                let reply = world.get(Who::Coordinator, &format!("{path}?{query}")).send().await;
                reply.refused(400, "invalid_query");
            }
            for cursor in ["x".to_owned(), "a".repeat(60_000), "%00".to_owned()] {
                let reply = world.get(Who::Coordinator, &format!("{path}?cursor={cursor}")).send().await;
                reply.refused(400, "invalid_cursor");
            }
        }
    }
}

on_both_engines! {
    async fn versions_are_quoted_numbers(world: &World) {
        let fixture = Fixture::make(world).await;
        let versioned = operations().iter().filter(|operation| operation.has_parameter("If-Match"));
        for operation in versioned {
            let (path, _) = fixture.paths(&operation.path);
            for value in ["*", "1", "\"x\"", "\"1\", \"2\""] {
                let request = world.request(Who::Coordinator, method(operation), &path).if_match(value);
                request.json(&json!({})).send().await.refused(400, "invalid_header");
            }
        }
    }
}

on_both_engines! {
    async fn wrong_paths_and_wrong_methods_are_told_apart(world: &World) {
        world.get(Who::Coordinator, "/v1/no-such-thing").send().await.refused(404, "not_found");
        world.get(Who::Nobody, "/no-such-thing").send().await.refused(404, "not_found");
        let reply = world.delete(Who::Coordinator, "/v1/units").send().await.refused(405, "method_not_allowed");
        assert_eq!(reply.header("allow"), "GET, POST");
    }
}
