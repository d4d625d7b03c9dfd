//! Units, and with them the conventions that every resource shares.

mod ending;

use serde_json::json;

use crate::on_both_engines;
use crate::support::{Engine, Who, World};

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let made = create(world, "连云街道办事处").await;
    let path = format!("/v1/units/{}", made.id());
    world.get(Who::Coordinator, "/v1/units?count=true&name=街道").send().await.expect(200);
    world.get(Who::Coordinator, &path).send().await.expect(200);
    let change = json!({"principal": "周云台"});
    world.patch(Who::Coordinator, &path).if_match(&made.etag()).json(&change).send().await.expect(200);
    ending::happy_path(world).await;
}

/// Makes a unit with nobody's address.
pub async fn create(world: &World, name: &str) -> crate::support::Reply {
    let unit = json!({"name": name, "kind": "subdistrict", "standard_class": "county"});
    world.post(Who::Coordinator, "/v1/units").json(&unit).send().await.expect(201)
}

on_both_engines! {
    async fn a_new_unit_has_a_place_a_version_and_an_audit_event(world: &World) {
        let unit = json!({
            "id": "01890a5d-ac96-774b-bcce-b302099a8057",
            "name": "连岛街道办事处", "kind": "subdistrict", "standard_class": "county", "nature": "organ",
            "region_code": "320703", "uscc": "91350211M0000XUF46", "principal": "周云台", "address": "连岛街道",
            "contact": {"name": "陈海燕", "phone": "0518-80000000", "email": "liandao@example.org"},
            "leader_email": "liandao-leader@example.org"
        });
        let made = world.post(Who::Coordinator, "/v1/units").json(&unit).send().await.expect(201);
        assert_eq!(made.header("location"), "/v1/units/01890a5d-ac96-774b-bcce-b302099a8057");
        assert_eq!(made.header("etag"), "\"1\"");
        for (field, value) in unit.as_object().expect("fields") {
            assert_eq!(made.body[field], *value, "{field}");
        }
        assert_eq!(made.body["uscc_plausible"], false, "R46 warns and does not refuse");
        let read = world.get(Who::OtherCoordinator, made.header("location")).send().await.expect(200);
        assert_eq!(read.body, made.body);
        let path = format!("/v1/audit-events?record_id={}", made.id());
        let events = world.get(Who::Coordinator, &path).send().await.expect(200);
        let event = &events.body["items"][0];
        assert_eq!(event["action"], "create");
        assert_eq!(event["actor_id"], world.account(Who::Coordinator).to_string());
        assert_eq!(event["request_id"], made.header("x-request-id"));
        assert_eq!(event["after"]["name"], "连岛街道办事处");
    }
}

on_both_engines! {
    async fn broken_rules_are_all_named_at_once(world: &World) {
        let unit = json!({
            "name": "名".repeat(101), "kind": "subdistrict", "standard_class": "county", "principal": " ",
            "region_code": "3207", "uscc": "1", "contact": {"phone": "电话"}
        });
        let reply = world.post(Who::Coordinator, "/v1/units").json(&unit).send().await;
        reply.violates(&[
            "/name too_long",
            "/principal blank",
            "/region_code malformed",
            "/uscc malformed",
            "/contact/phone malformed",
        ]);
    }
}

on_both_engines! {
    async fn types_words_and_fields_are_named_one_by_one(world: &World) {
        let base = json!({"name": "云山街道办事处", "kind": "subdistrict", "standard_class": "county"});
        for (field, value, rule) in [
            ("name", json!(null), "/name wrong_type"),
            ("kind", json!("village"), "/kind wrong_type"),
            ("restricted", json!("no"), "/restricted wrong_type"),
            ("contact", json!({"fax": "1"}), "/contact/fax unknown_field"),
            ("leader_email", json!("nobody"), "/leader_email malformed"),
            ("nature", json!("village"), "/nature not_in_dictionary"),
            ("id", json!("1"), "/id malformed"),
        ] {
            let mut unit = base.clone();
            unit[field] = value;
            world.post(Who::Coordinator, "/v1/units").json(&unit).send().await.violates(&[rule]);
        }
        let unit = json!({"name": "云山街道办事处", "standard_class": "county"});
        world.post(Who::Coordinator, "/v1/units").json(&unit).send().await.violates(&["/kind missing"]);
    }
}

on_both_engines! {
    async fn ids_and_names_are_taken_whoever_holds_them(world: &World) {
        let made = create(world, "中云街道办事处").await;
        let mut unit = json!({"id": made.id(), "name": "朝阳街道办事处", "kind": "subdistrict", "standard_class": "county"});
        world.post(Who::Coordinator, "/v1/units").json(&unit).send().await.refused(409, "id_taken");
        unit = json!({"name": "中云街道办事处", "kind": "subdistrict", "standard_class": "county"});
        world.post(Who::Coordinator, "/v1/units").json(&unit).send().await.refused(409, "taken");
    }
}

on_both_engines! {
    async fn a_patch_leaves_clears_and_replaces(world: &World) {
        let made = create(world, "宿城街道办事处").await;
        let path = format!("/v1/units/{}", made.id());
        let change = json!({"address": "宿城", "contact": {"name": "陈海燕", "phone": "0518-80000000"}});
        let changed = world.patch(Who::Coordinator, &path).if_match(&made.etag()).json(&change).send().await.expect(200);
        assert_eq!(changed.header("etag"), "\"2\"");
        let change = r#"{"address": null, "contact": {"phone": null}}"#;
        let patch = world.patch(Who::Coordinator, &path).if_match(&changed.etag());
        let cleared = patch.raw("application/merge-patch+json", change).send().await.expect(200);
        assert_eq!(cleared.body.get("address"), None);
        assert_eq!(cleared.body["contact"], json!({"name": "陈海燕"}));
        assert_eq!(cleared.body["name"], "宿城街道办事处");
        let patch = world.patch(Who::Coordinator, &path).if_match(&cleared.etag());
        patch.json(&json!({"name": null})).send().await.violates(&["/name missing"]);
    }
}

on_both_engines! {
    async fn a_change_names_the_version_that_its_author_saw(world: &World) {
        let made = create(world, "板桥街道办事处").await;
        let path = format!("/v1/units/{}", made.id());
        let change = json!({"address": "板桥"});
        let patch = || world.patch(Who::Coordinator, &path).json(&change);
        patch().send().await.refused(428, "version_required");
        patch().if_match("\"7\"").send().await.refused(412, "stale");
        // The first refusal that applies is the answer: stale before content.
        let wrong = json!({"no_such_field": 1});
        world.patch(Who::Coordinator, &path).if_match("\"7\"").json(&wrong).send().await.refused(412, "stale");
        patch().if_match("W/\"1\"").send().await.expect(200);
    }
}

on_both_engines! {
    async fn of_two_changes_at_once_one_succeeds(world: &World) {
        let made = create(world, "海州湾街道办事处").await;
        let path = format!("/v1/units/{}", made.id());
        let change = |address: &str| {
            world.patch(Who::Coordinator, &path).if_match(&made.etag()).json(&json!({"address": address})).send()
        };
        let (one, other) = futures_util::future::join(change("甲"), change("乙")).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}

on_both_engines! {
    async fn a_liaison_keeps_the_contact_and_nothing_else(world: &World) {
        let path = format!("/v1/units/{}", world.unit);
        let seen = world.get(Who::Liaison, &path).send().await.expect(200);
        let change = json!({"contact": {"name": "陈海燕", "email": "xugou@example.org"}});
        let kept = world.patch(Who::Liaison, &path).if_match(&seen.etag()).json(&change).send().await.expect(200);
        let change = json!({"name": "别的名字", "contact": {"name": "高公岛"}});
        let patch = world.patch(Who::Liaison, &path).if_match(&kept.etag()).json(&change);
        patch.send().await.refused(403, "role_missing");
        // What they must not change at all is refused before the version that they saw.
        let stale = world.patch(Who::Liaison, &path).if_match("\"7\"").json(&change).send().await;
        stale.refused(403, "role_missing");
        let odd = json!({"contact": {"fax": "1"}});
        let patch = world.patch(Who::Liaison, &path).if_match(&kept.etag()).json(&odd);
        patch.send().await.violates(&["/contact/fax unknown_field"]);
    }
}

on_both_engines! {
    async fn an_address_that_was_given_up_is_told(world: &World) {
        let path = format!("/v1/units/{}", world.unit);
        let mut etag = world.get(Who::Coordinator, &path).send().await.expect(200).etag();
        for change in [
            json!({"contact": {"email": "old@example.org"}, "leader_email": "leader@example.org"}),
            json!({"contact": {"name": "陈海燕"}}),
            json!({"contact": {"email": "new@example.org"}}),
            json!({"contact": {"email": null}, "leader_email": null}),
        ] {
            let changed = world.patch(Who::Coordinator, &path).if_match(&etag).json(&change).send().await;
            etag = changed.expect(200).etag();
        }
        let told = world.get(Who::Liaison, "/v1/notices?kind=contact_changed").send().await.expect(200);
        let told: Vec<_> = told.body["items"].as_array().expect("items").iter()
            .map(|notice| (notice["audience"].as_str(), notice["address"].as_str(), notice["unit_id"].as_str()))
            .map(|(audience, address, unit)| (audience.expect("one"), address.expect("one"), unit.expect("one").to_owned()))
            .collect();
        let unit = world.unit.to_string();
        assert_eq!(told, [
            ("unit", "old@example.org", unit.clone()),
            ("unit", "new@example.org", unit.clone()),
            ("unit_leader", "leader@example.org", unit),
        ]);
    }
}

on_both_engines! {
    async fn an_admin_sees_ids_names_and_states(world: &World) {
        let seen = world.get(Who::Admin, &format!("/v1/units/{}", world.unit)).send().await.expect(200);
        let fields: Vec<&String> = seen.body.as_object().expect("fields").keys().collect();
        assert_eq!(fields, ["allowed_actions", "id", "name", "status", "version"]);
    }
}

on_both_engines! {
    async fn pages_show_each_unit_once_and_only_what_the_filter_asks(world: &World) {
        for number in 0..7 {
            create(world, &format!("测试{number}街道办事处")).await;
        }
        let mut names = Vec::new();
        let mut path = "/v1/units?name=测试&limit=3&count=true".to_owned();
        loop {
            let page = world.get(Who::Inspector, &path).send().await.expect(200);
            assert_eq!(page.body["total"], 7);
            let items = page.body["items"].as_array().expect("items");
            names.extend(items.iter().map(|unit| unit["name"].as_str().expect("a name").to_owned()));
            match page.body["next_cursor"].as_str() {
                Some(cursor) => path = format!("/v1/units?name=测试&limit=3&count=true&cursor={cursor}"),
                None => break,
            }
        }
        let expected: Vec<String> = (0..7).map(|number| format!("测试{number}街道办事处")).collect();
        assert_eq!(names, expected);
        let page = world.get(Who::Inspector, "/v1/units?name=测试&limit=3").send().await.expect(200);
        let cursor = page.body["next_cursor"].as_str().expect("a cursor");
        let other = format!("/v1/units?name=街道&limit=3&cursor={cursor}");
        world.get(Who::Inspector, &other).send().await.refused(400, "cursor_mismatch");
        let both = world.get(Who::Inspector, "/v1/units?kind=department&kind=township").send().await.expect(200);
        assert_eq!(both.body["items"].as_array().expect("items").len(), 1);
        // What a pattern language would read as 'anything' is text here.
        let none = world.get(Who::Inspector, "/v1/units?name=%25").send().await.expect(200);
        assert_eq!(none.body["items"], json!([]));
    }
}

on_both_engines! {
    async fn a_repeated_request_gets_the_first_answer(world: &World) {
        let unit = json!({"name": "高公岛街道办事处", "kind": "subdistrict", "standard_class": "county"});
        let post = || world.post(Who::Coordinator, "/v1/units").key("tablet-7").json(&unit);
        let first = post().send().await.expect(201);
        let again = post().send().await.expect(201);
        assert_eq!(again.body, first.body);
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!(again.header("etag"), first.header("etag"));
        let other = json!({"name": "别的街道办事处", "kind": "subdistrict", "standard_class": "county"});
        let reused = world.post(Who::Coordinator, "/v1/units").key("tablet-7").json(&other).send().await;
        reused.refused(422, "idempotency_key_reused");
        // Another account's key is another key.
        let reply = world.post(Who::OtherCoordinator, "/v1/units").key("tablet-7").json(&other).send().await;
        reply.expect(201);
        // A refusal is not kept: the corrected world gets a new answer.
        let refused = || world.post(Who::Coordinator, "/v1/units").key("tablet-8").json(&unit);
        refused().send().await.refused(409, "taken");
    }
}

on_both_engines! {
    async fn of_two_repetitions_at_once_one_record_comes(world: &World) {
        let unit = json!({"name": "猴嘴街道办事处", "kind": "subdistrict", "standard_class": "county"});
        let post = || world.post(Who::Coordinator, "/v1/units").key("twice").json(&unit).send();
        let (one, other) = futures_util::future::join(post(), post()).await;
        assert_eq!(one.expect(201).id(), other.expect(201).id());
    }
}

on_both_engines! {
    async fn problems_speak_the_language_that_was_asked_for(world: &World) {
        let path = "/v1/units/01890a5d-ac96-774b-bcce-b302099a8057";
        let english = world.get(Who::Leader, path).header("Accept-Language", "fr, en;q=0.8, zh;q=0.5").send().await;
        assert_eq!(english.body["title"], "Not found");
        assert_eq!(english.header("content-language"), "en");
        let chinese = world.get(Who::Leader, path).send().await;
        assert_eq!(chinese.body["title"], "未找到");
        let page = world.get(Who::Nobody, "/problems/not_found").send().await.expect(200);
        assert!(page.body.as_str().expect("a page").contains("未找到"));
    }
}

#[actix_web::test]
async fn listed_origins_may_call_from_a_browser_and_no_others() {
    let world =
        World::start_with(Engine::Sqlite, &[("XUNJIAN_CORS_ORIGINS", "https://office.example")]).await;
    let url = format!("{}/v1/units", world.base);
    let allowed = world
        .http
        .request(reqwest::Method::OPTIONS, &url)
        .header("Origin", "https://office.example")
        .header("Access-Control-Request-Method", "PATCH")
        .header("Access-Control-Request-Headers", "if-match,idempotency-key")
        .send()
        .await
        .expect("an answer");
    assert_eq!(allowed.status(), 200);
    assert_eq!(allowed.headers()["access-control-allow-origin"], "https://office.example");
    assert!(!allowed.headers().contains_key("access-control-allow-credentials"));
    let foreign =
        world.get(Who::Leader, "/v1/units").header("Origin", "https://elsewhere.example").send().await;
    assert!(!foreign.headers.contains_key("access-control-allow-origin"));
    world.stop().await;
}

#[actix_web::test]
async fn a_request_keeps_an_id_that_can_stand_in_a_log() {
    let world = World::start(Engine::Sqlite).await;
    let kept = world.get(Who::Leader, "/v1/units").header("X-Request-Id", "tablet-7.42_a").send().await;
    assert_eq!(kept.header("x-request-id"), "tablet-7.42_a");
    let odd = world.get(Who::Leader, "/v1/units").header("X-Request-Id", "a b\"c").send().await;
    assert_ne!(odd.header("x-request-id"), "a b\"c");
    world.stop().await;
}
