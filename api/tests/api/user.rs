//! Accounts.

use serde_json::json;

use crate::on_both_engines;
use crate::support::{Engine, Who, World};

fn new_user(username: &str) -> serde_json::Value {
    json!({
        "username": username, "display_name": "巡检员", "password": "first-password-1",
        "email": "inspector@example.org", "roles": [{"role": "inspector"}]
    })
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let made = world.post(Who::Admin, "/v1/users").json(&new_user("happy")).send().await.expect(201);
    let path = format!("/v1/users/{}", made.id());
    world.get(Who::Admin, "/v1/users?role=inspector&count=true").send().await.expect(200);
    world.get(Who::Admin, &path).send().await.expect(200);
    let change = json!({"roles": [{"role": "leader"}]});
    let changed =
        world.patch(Who::Admin, &path).if_match(&made.etag()).json(&change).send().await.expect(200);
    let disabled =
        world.post(Who::Admin, &format!("{path}/disable")).if_match(&changed.etag()).send().await.expect(200);
    world.post(Who::Admin, &format!("{path}/enable")).if_match(&disabled.etag()).send().await.expect(200);
}

on_both_engines! {
    async fn accounts_name_what_is_wrong_with_them(world: &World) {
        let user = json!({
            "username": "Up Per", "display_name": "", "password": "first-password-1",
            "roles": [{"role": "liaison"}, {"role": "leader"}, {"role": "leader"}]
        });
        world.post(Who::Admin, "/v1/users").json(&user).send().await.violates(&[
            "/display_name blank",
            "/username malformed",
            "/roles/0/unit_id unit_required",
            "/roles/2 duplicate",
        ]);
        let mut user = new_user("weak");
        user["password"] = json!("weak-1");
        world.post(Who::Admin, "/v1/users").json(&user).send().await.violates(&["/password weak_password"]);
        let mut user = new_user("nowhere");
        user["roles"] = json!([{"role": "liaison", "unit_id": "01890a5d-ac96-774b-bcce-b302099a8057"}]);
        let reply = world.post(Who::Admin, "/v1/users").json(&user).send().await;
        reply.violates(&["/roles/0/unit_id reference_not_found"]);
        world.post(Who::Admin, "/v1/users").json(&new_user("leader")).send().await.refused(409, "taken");
    }
}

on_both_engines! {
    async fn an_account_out_of_use_is_out_at_once_and_comes_back_only_by_login(world: &World) {
        let path = format!("/v1/users/{}", world.account(Who::Inspector));
        let seen = world.get(Who::Admin, &path).send().await.expect(200);
        assert_eq!(seen.actions(), ["disable"]);
        let disable = format!("{path}/disable");
        let disabled = world.post(Who::Admin, &disable).if_match(&seen.etag()).send().await.expect(200);
        assert_eq!((disabled.body["status"].as_str(), disabled.actions()), (Some("disabled"), vec!["enable"]));
        world.get(Who::Inspector, "/v1/me").send().await.refused(401, "unauthenticated");
        let again = world.post(Who::Admin, &disable).if_match(&disabled.etag()).send().await;
        let again = again.refused(409, "invalid_transition");
        assert_eq!((again.body["current_status"].as_str(), again.actions()), (Some("disabled"), vec!["enable"]));
        let enable = world.post(Who::Admin, &format!("{path}/enable")).if_match(&disabled.etag()).send().await;
        enable.expect(200);
        world.get(Who::Inspector, "/v1/me").send().await.refused(401, "unauthenticated");
    }
}

on_both_engines! {
    async fn other_roles_end_the_sessions_that_had_the_old_ones(world: &World) {
        let path = format!("/v1/users/{}", world.account(Who::Leader));
        let seen = world.get(Who::Admin, &path).send().await.expect(200);
        let change = json!({"display_name": "组长"});
        let renamed = world.patch(Who::Admin, &path).if_match(&seen.etag()).json(&change).send().await.expect(200);
        world.get(Who::Leader, "/v1/me").send().await.expect(200);
        let change = json!({"roles": [{"role": "inspector"}]});
        world.patch(Who::Admin, &path).if_match(&renamed.etag()).json(&change).send().await.expect(200);
        world.get(Who::Leader, "/v1/me").send().await.refused(401, "unauthenticated");
    }
}

on_both_engines! {
    async fn audit_events_of_accounts_hold_no_secret(world: &World) {
        let made = world.post(Who::Admin, "/v1/users").json(&new_user("quiet")).send().await.expect(201);
        let path = format!("/v1/audit-events?record_id={}", made.id());
        let events = world.get(Who::Admin, &path).send().await.expect(200);
        let text = events.body.to_string();
        assert!(text.contains("quiet") && !text.contains("argon2") && !text.contains("first-password-1"), "{text}");
    }
}
