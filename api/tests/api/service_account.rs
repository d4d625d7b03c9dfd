//! Service accounts: programs with a token of their own.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use diesel::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use shared::domain::id::Id;
use shared::store::clock;
use shared::store::schema::service_accounts;

use crate::campaign;
use crate::support::{Engine, Reply, Who, World};
use crate::{finding, inspection, on_both_engines, rectification};

fn content(name: &str, roles: &[&str]) -> Value {
    let expires_at = clock::system_now() + TimeDelta::days(30);
    json!({"name": name, "roles": roles, "expires_at": expires_at})
}

/// Makes a service account, limited to these units where any are named.
pub async fn make(world: &World, name: &str, roles: &[&str], units: &[Id]) -> Reply {
    let mut content = content(name, roles);
    if !units.is_empty() {
        content["unit_ids"] = json!(units);
        content["read_only"] = json!(roles != ["liaison"]);
    }
    world.post(Who::Admin, "/v1/service-accounts").json(&content).send().await.expect(201)
}

pub fn secret(reply: &Reply) -> String {
    reply.body["secret"].as_str().expect("a secret").to_owned()
}

async fn call(
    world: &World,
    token: &str,
    method: Method,
    path: &str,
    body: Option<&Value>,
    etag: &str,
) -> Reply {
    let mut request =
        world.request(Who::Nobody, method, path).header("Authorization", &format!("Bearer {token}"));
    if !etag.is_empty() {
        request = request.if_match(etag);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    request.send().await
}

async fn read(world: &World, token: &str, path: &str) -> Reply {
    call(world, token, Method::GET, path, None, "").await
}

async fn act(world: &World, seen: &Reply, verb: &str) -> Reply {
    let path = format!("/v1/service-accounts/{}/{verb}", seen.id());
    world.post(Who::Admin, &path).if_match(&seen.etag()).send().await
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let made = make(world, "对接平台", &["inspector"], &[world.unit]).await;
    let path = format!("/v1/service-accounts/{}", made.id());
    world.get(Who::Admin, "/v1/service-accounts?count=true&status=active").send().await.expect(200);
    world.get(Who::Admin, &path).send().await.expect(200);
    let rotated = act(world, &made, "rotate").await.expect(200);
    act(world, &rotated, "revoke").await.expect(200);
}

on_both_engines! {
    async fn facts_of_other_units_are_hidden_from_an_account_that_is_limited(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        for unit in [world.unit, world.other_unit] {
            inspection::signing(world, &campaign, unit).await;
            rectification::ordered(world, &campaign, unit, "immediate").await;
        }
        world.advance("2023-08-30T01:00:00Z");
        let token = secret(&make(world, "对接平台", &["coordinator"], &[world.unit]).await);
        for list in ["discrepancies", "escalation-candidates"] {
            let path = campaign.path(&format!("/{list}"));
            let all = world.get(Who::Coordinator, &path).send().await.expect(200);
            let seen = read(world, &token, &path).await.expect(200);
            let units = |reply: &Reply| {
                let items = reply.body["items"].as_array().expect("items").iter();
                items.filter_map(|one| one["unit_id"].as_str().map(str::to_owned)).collect::<BTreeSet<_>>()
            };
            assert_eq!((units(&all).len(), units(&seen)), (2, BTreeSet::from([world.unit.to_string()])), "{list}");
        }
        let of_another = campaign.path(&format!("/discrepancies?unit_id={}", world.other_unit));
        assert_eq!(read(world, &token, &of_another).await.expect(200).body["items"], json!([]));
    }
}

on_both_engines! {
    async fn a_secret_is_shown_once_and_ends_with_its_rotation_revocation_and_expiry(world: &World) {
        let made = make(world, "对接平台", &["coordinator"], &[]).await;
        let first = secret(&made);
        let me = read(world, &first, "/v1/me").await.expect(200);
        assert_eq!((me.body["display_name"].as_str(), me.body["roles"].clone()), (Some("对接平台"), json!([{"role": "coordinator"}])));
        let path = format!("/v1/service-accounts/{}", made.id());
        let seen = world.get(Who::Admin, &path).send().await.expect(200);
        assert_eq!((seen.body.get("secret"), seen.actions()), (None, vec!["rotate", "revoke"]));
        let rotated = act(world, &made, "rotate").await.expect(200);
        read(world, &first, "/v1/me").await.refused(401, "unauthenticated");
        let second = secret(&rotated);
        read(world, &second, "/v1/units").await.expect(200);
        let expire = |expires_at| {
            let set = diesel::update(service_accounts::table).set(service_accounts::expires_at.eq(expires_at));
            world.store.with(|conn| Ok(set.execute(conn)?)).expect("it expires")
        };
        expire(clock::system_now());
        read(world, &second, "/v1/units").await.refused(401, "unauthenticated");
        let post = world.post(Who::Admin, &format!("{path}/rotate")).if_match(&rotated.etag());
        let later = json!({"expires_at": clock::system_now() + TimeDelta::days(90)});
        let again = post.json(&later).send().await.expect(200);
        assert_eq!(again.body["expires_at"], later["expires_at"]);
        let third = secret(&again);
        read(world, &third, "/v1/units").await.expect(200);
        let revoked = act(world, &again, "revoke").await.expect(200);
        assert_eq!((revoked.body["status"].as_str(), revoked.actions()), (Some("revoked"), vec![]));
        read(world, &third, "/v1/units").await.refused(401, "unauthenticated");
        for verb in ["rotate", "revoke"] {
            act(world, &revoked, verb).await.refused(409, "invalid_transition");
        }
        let events = world.get(Who::Admin, &format!("/v1/audit-events?record_id={}", made.id())).send().await.expect(200);
        let text = events.body.to_string();
        assert!([&first, &second, &third].iter().all(|secret| !text.contains(secret.as_str())));
        let actions: Vec<_> = events.body["items"].as_array().expect("events").iter().map(|event| event["action"].clone()).collect();
        assert_eq!(actions, ["create", "rotate", "rotate", "revoke"]);
        // It is nobody's account.
        let users = world.get(Who::Admin, &format!("/v1/users/{}", made.id())).send().await;
        users.refused(404, "not_found");
    }
}

on_both_engines! {
    async fn what_is_wrong_with_one_is_named(world: &World) {
        let post = |body: Value| world.post(Who::Admin, "/v1/service-accounts").json(&body).send();
        let mut wrong = content(" ", &["leader"]);
        wrong["expires_at"] = json!(clock::system_now() + TimeDelta::days(400));
        wrong["unit_ids"] = json!([]);
        post(wrong).await.violates(&["/name blank", "/roles/0 wrong_type", "/unit_ids blank", "/expires_at out_of_range"]);
        let mut nowhere = content("平台", &["liaison"]);
        nowhere["unit_ids"] = json!([world.unit, Id::new()]);
        post(nowhere).await.violates(&["/unit_ids/1 reference_not_found"]);
        make(world, "平台", &["inspector"], &[]).await;
        post(content("平台", &["inspector"])).await.refused(409, "taken");
        let keyed = world.post(Who::Admin, "/v1/service-accounts").key("again").json(&content("别的平台", &["inspector"]));
        keyed.send().await.refused(400, "invalid_header");
    }
}

on_both_engines! {
    async fn a_program_that_only_reads_changes_nothing_and_is_offered_nothing(world: &World) {
        let mut reader = content("只读平台", &["coordinator", "inspector"]);
        reader["read_only"] = json!(true);
        let reader = world.post(Who::Admin, "/v1/service-accounts").json(&reader).send().await.expect(201);
        let token = secret(&reader);
        let campaign = campaign::open(world, "专项巡检", &[world.unit]).await;
        let order = rectification::ordered(world, &campaign, world.unit, "immediate").await;
        let path = format!("/v1/rectifications/{}", order.id());
        let seen = read(world, &token, &path).await.expect(200);
        assert_eq!(seen.actions(), [""; 0]);
        let withdraw = json!({"reason": "不属于问题"});
        let refused = call(world, &token, Method::POST, &format!("{path}/withdraw"), Some(&withdraw), &seen.etag()).await;
        refused.refused(403, "read_only");
        let stale = call(world, &token, Method::POST, &format!("{path}/withdraw"), Some(&withdraw), "\"99\"").await;
        stale.refused(403, "read_only");
        let unit = json!({"name": "新单位", "kind": "department", "standard_class": "county"});
        call(world, &token, Method::POST, "/v1/units", Some(&unit), "").await.refused(403, "read_only");
        let unit = format!("/v1/units/{}", world.unit);
        let etag = read(world, &token, &unit).await.expect(200).etag();
        call(world, &token, Method::PATCH, &unit, Some(&json!({"address": "海棠路"})), &etag).await.refused(403, "read_only");
        let again = world.get(Who::Leader, &path).send().await.expect(200);
        assert_eq!(again.body["status"], "ordered");
    }
}

on_both_engines! {
    async fn a_program_closes_nothing_and_its_deeds_bear_its_name(world: &World) {
        let token = secret(&make(world, "业务平台", &["coordinator"], &[]).await);
        let campaign = campaign::open(world, "专项巡检", &[world.unit]).await;
        let order = rectification::ordered(world, &campaign, world.unit, "immediate").await;
        let order = rectification::act(world, Who::Liaison, &order, "submit", rectification::evidence()).await.expect(200);
        let path = format!("/v1/rectifications/{}", order.id());
        let seen = read(world, &token, &path).await.expect(200);
        assert!(seen.actions().contains(&"return") && !seen.actions().contains(&"close"), "{:?}", seen.actions());
        let close = json!({"opinion": "同意销号"});
        let refused = call(world, &token, Method::POST, &format!("{path}/close"), Some(&close), &seen.etag()).await;
        refused.refused(403, "person_required");
        let etag = campaign.etag().await;
        let refused = call(world, &token, Method::POST, &campaign.path("/close"), None, &etag).await;
        refused.refused(403, "person_required");
        let password = json!({"current": "x", "new": "hai-zhou-wan-de-feng"});
        call(world, &token, Method::POST, "/v1/me/password", Some(&password), "").await.refused(403, "person_required");
        let back = json!({"reason": "缺少照片", "due_on": "2023-08-28"});
        call(world, &token, Method::POST, &format!("{path}/return"), Some(&back), &seen.etag()).await.expect(200);
        let events = world.get(Who::Leader, &format!("/v1/audit-events?record_id={}", order.id())).send().await.expect(200);
        let last = events.body["items"].as_array().expect("events").last().expect("one").clone();
        assert_eq!((last["action"].as_str(), last["actor_name"].as_str()), (Some("return"), Some("业务平台")));
        // A repeated request of a program gets its first answer, too.
        let unit = json!({"name": "新单位", "kind": "department", "standard_class": "county"});
        let post = || {
            let post = world.request(Who::Nobody, Method::POST, "/v1/units").key("once");
            post.header("Authorization", &format!("Bearer {token}")).json(&unit).send()
        };
        let first = post().await.expect(201);
        assert_eq!(post().await.expect(201).body, first.body);
    }
}

on_both_engines! {
    async fn a_program_limited_to_units_sees_no_others(world: &World) {
        let token = secret(&make(world, "街道平台", &["coordinator", "inspector"], &[world.unit]).await);
        let campaign = campaign::open(world, "专项巡检", &[world.unit, world.other_unit]).await;
        let own = finding::confirmed(world, &campaign, world.unit).await;
        let foreign = finding::confirmed(world, &campaign, world.other_unit).await;
        read(world, &token, &format!("/v1/findings/{}", own.id())).await.expect(200);
        read(world, &token, &format!("/v1/findings/{}", foreign.id())).await.refused(404, "not_found");
        read(world, &token, &format!("/v1/units/{}", world.other_unit)).await.refused(404, "not_found");
        for (path, total) in [("/v1/findings", 1), ("/v1/units", 1), ("/v1/self-checks", 1), ("/v1/notices", 1), ("/v1/users", 0)] {
            let list = read(world, &token, &format!("{path}?count=true")).await.expect(200);
            assert_eq!(list.body["total"], total, "{path}");
        }
        let events = read(world, &token, "/v1/audit-events?limit=200").await.expect(200);
        let unit = world.unit.to_string();
        assert!(events.body["items"].as_array().expect("events").iter().all(|event| event["unit_id"] == unit));
        read(world, &token, "/v1/notices/preview").await.refused(403, "role_missing");
        let seen = read(world, &token, &campaign.path("")).await.expect(200);
        assert_eq!(seen.body.get("warnings"), None);
        let liaison = secret(&make(world, "单位平台", &["liaison"], &[world.unit]).await);
        let check = crate::self_check::of(world, &campaign, world.unit).await;
        let path = format!("/v1/self-checks/{}", check.id());
        call(world, &liaison, Method::PATCH, &path, Some(&crate::self_check::complete(&[])), &check.etag()).await.expect(200);
    }
}

on_both_engines! {
    async fn of_two_rotations_at_once_one_holds(world: &World) {
        let made = make(world, "对接平台", &["inspector"], &[]).await;
        let (one, other) = futures_util::future::join(act(world, &made, "rotate"), act(world, &made, "rotate")).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        let holder = if one.status == 200 { one } else { other };
        read(world, &secret(&holder), "/v1/me").await.expect(200);
    }
}
