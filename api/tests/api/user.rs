//! Accounts.

use serde_json::{Value, json};

use crate::on_both_engines;
use crate::support::{Engine, Reply, Who, World};

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
    let invited = invite(world, Who::Coordinator, "happy-guest", "inspector").await;
    let path = format!("/v1/users/{}", invited.id());
    let reset = world.post(Who::Coordinator, &format!("{path}/reset-password")).if_match(&invited.etag());
    let reset = reset.send().await.expect(200);
    let replace = world.post(Who::Coordinator, &format!("{path}/replace")).if_match(&reset.etag());
    replace.json(&successor("happy-successor")).send().await.expect(200);
}

fn invitation(username: &str, role: &str) -> Value {
    json!({
        "username": username, "display_name": "巡检员", "email": format!("{username}@example.org"),
        "roles": [{"role": role}]
    })
}

fn successor(username: &str) -> Value {
    json!({"username": username, "display_name": "接任同志", "email": format!("{username}@example.org")})
}

/// Invites somebody.
pub async fn invite(world: &World, who: Who, username: &str, role: &str) -> Reply {
    world.post(who, "/v1/users/invite").json(&invitation(username, role)).send().await.expect(201)
}

/// The notices about accounts, as an admin sees them.
async fn told(world: &World, kind: &str) -> Vec<Value> {
    let notices = world.get(Who::Admin, &format!("/v1/notices?kind={kind}")).send().await.expect(200);
    notices.body["items"].as_array().expect("items").clone()
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
        assert_eq!(seen.actions(), ["disable", "reset-password"]);
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

/// Whose account in which state, and the verb; then what it is for admin and coordinator: `+` done, `s` refused
/// by the state (409), `r` by the role (403). Others see no account but their own.
const MACHINE: &[(&str, &str, &str, &str)] = &[
    ("inspector", "active", "disable", "++"),
    ("inspector", "active", "enable", "ss"),
    ("inspector", "active", "reset-password", "++"),
    ("inspector", "active", "replace", "r+"),
    ("inspector", "disabled", "disable", "ss"),
    ("inspector", "disabled", "enable", "++"),
    ("inspector", "disabled", "reset-password", "ss"),
    ("inspector", "disabled", "replace", "r+"),
    ("leader", "active", "disable", "+r"),
    ("leader", "active", "enable", "sr"),
    ("leader", "active", "reset-password", "+r"),
    ("leader", "active", "replace", "rr"),
    ("leader", "disabled", "disable", "sr"),
    ("leader", "disabled", "enable", "+r"),
    ("leader", "disabled", "reset-password", "sr"),
    ("leader", "disabled", "replace", "rr"),
];

on_both_engines! {
    async fn every_state_verb_and_role_is_as_listed(world: &World) {
        for (number, (role, status, verb, outcomes)) in MACHINE.iter().enumerate() {
            for (place, who) in [Who::Admin, Who::Coordinator].into_iter().enumerate() {
                let made = invite(world, Who::Admin, &format!("m{number}-{place}"), role).await;
                let path = format!("/v1/users/{}", made.id());
                let mut etag = made.etag();
                if *status == "disabled" {
                    let disable = world.post(Who::Admin, &format!("{path}/disable")).if_match(&etag);
                    etag = disable.send().await.expect(200).etag();
                }
                let outcome = |outcomes: &str| outcomes.chars().nth(place).expect("an outcome");
                let possible: Vec<&str> = MACHINE.iter()
                    .filter(|(of, from, _, outcomes)| of == role && from == status && outcome(outcomes) == '+')
                    .map(|(_, _, verb, _)| *verb)
                    .collect();
                let seen = world.get(who, &path).send().await.expect(200);
                assert_eq!(seen.actions(), possible, "{who:?}: {role} {status}");
                let act = world.post(who, &format!("{path}/{verb}")).if_match(&etag);
                let reply = match *verb {
                    "replace" => act.json(&successor(&format!("s{number}-{place}"))).send().await,
                    _ => act.send().await,
                };
                match outcome(outcomes) {
                    '+' => drop(reply.expect(200)),
                    's' => {
                        let refused = reply.refused(409, "invalid_transition");
                        assert_eq!(refused.actions(), possible);
                    }
                    _ => drop(reply.refused(403, "role_missing")),
                }
                for who in [Who::Leader, Who::Inspector, Who::Liaison, Who::Discipline] {
                    world.post(who, &format!("{path}/{verb}")).json(&json!({})).send().await.refused(404, "not_found");
                }
            }
        }
    }
}

on_both_engines! {
    async fn a_coordinator_invites_liaisons_and_inspectors_and_an_admin_anybody(world: &World) {
        for (who, role, status) in [
            (Who::Coordinator, "inspector", 201),
            (Who::Coordinator, "leader", 403),
            (Who::Coordinator, "coordinator", 403),
            (Who::Admin, "leader", 201),
            (Who::Leader, "inspector", 403),
        ] {
            let post = world.post(who, "/v1/users/invite").json(&invitation(&format!("{who:?}-{role}").to_lowercase(), role));
            post.send().await.expect(status);
        }
        let post = || world.post(Who::Coordinator, "/v1/users/invite");
        let mut nowhere = invitation("nowhere", "inspector");
        nowhere.as_object_mut().expect("fields").remove("email");
        post().json(&nowhere).send().await.violates(&["/email missing"]);
        post().json(&invitation("liaison", "inspector")).send().await.refused(409, "taken");
        post().json(&invitation("no-unit", "liaison")).send().await.violates(&["/roles/0/unit_id unit_required"]);
        let told = told(world, "account_invited").await;
        assert_eq!(told.len(), 2);
        assert_eq!(told[0]["address"], "coordinator-inspector@example.org");
        assert_eq!((told[0]["audience"].clone(), told[0].get("campaign_id")), (json!("person"), None));
        assert_eq!(told[0]["record_id"], told[0]["account_id"]);
        // A liaison is told about units, and nobody's account.
        let seen = world.get(Who::Liaison, "/v1/notices?count=true").send().await.expect(200);
        assert_eq!(seen.body["total"], 0);
    }
}

on_both_engines! {
    async fn a_reset_ends_sessions_and_needs_an_address(world: &World) {
        let path = format!("/v1/users/{}", world.account(Who::Inspector));
        let seen = world.get(Who::Coordinator, &path).send().await.expect(200);
        let reset = world.post(Who::Coordinator, &format!("{path}/reset-password")).if_match(&seen.etag());
        let reset = reset.send().await.expect(200);
        assert_eq!(reset.body["password_initial"], true);
        world.get(Who::Inspector, "/v1/me").send().await.refused(401, "unauthenticated");
        assert_eq!(told(world, "password_reset").await[0]["address"], "inspector@example.org");
        let change = json!({"email": null});
        let cleared = world.patch(Who::Admin, &path).if_match(&reset.etag()).json(&change).send().await.expect(200);
        let reset = world.post(Who::Coordinator, &format!("{path}/reset-password")).if_match(&cleared.etag());
        reset.send().await.violates(&["/email missing"]);
    }
}

on_both_engines! {
    async fn a_successor_has_the_place_and_what_was_still_to_be_told(world: &World) {
        let campaign = crate::campaign::open(world, "交接前的巡检", &[world.unit]).await;
        let path = format!("/v1/users/{}", world.account(Who::Liaison));
        let seen = world.get(Who::Coordinator, &path).send().await.expect(200);
        let replace = world.post(Who::Coordinator, &format!("{path}/replace")).if_match(&seen.etag());
        let replaced = replace.json(&successor("xugou-2")).send().await.expect(200);
        assert_eq!(replaced.body["status"], "disabled");
        let new = format!("/v1/users/{}", replaced.body["replaced_by"].as_str().expect("a successor"));
        let new = world.get(Who::Coordinator, &new).send().await.expect(200);
        assert_eq!(new.body["roles"], replaced.body["roles"]);
        assert_eq!((new.body["status"].clone(), new.body["password_initial"].clone()), (json!("active"), json!(true)));
        world.get(Who::Liaison, "/v1/me").send().await.refused(401, "unauthenticated");
        let list = format!("/v1/notices?campaign_id={}", campaign.id);
        let notices = world.get(Who::Coordinator, &list).send().await.expect(200);
        let opened = &notices.body["items"][0];
        assert_eq!((opened["account_id"].as_str(), opened["address"].as_str()), (Some(new.id()), Some("xugou-2@example.org")));
        assert_eq!(opened["version"], 2);
        for (id, action) in [(replaced.id(), "replace"), (new.id(), "succeed")] {
            let events = world.get(Who::Coordinator, &format!("/v1/audit-events?record_id={id}")).send().await.expect(200);
            let events = events.body["items"].as_array().expect("events").clone();
            assert!(events.iter().any(|event| event["action"] == action), "{action}");
        }
    }
}

on_both_engines! {
    async fn of_two_replacements_at_once_one_stands(world: &World) {
        let made = invite(world, Who::Coordinator, "leaving", "inspector").await;
        let path = format!("/v1/users/{}/replace", made.id());
        let replace = |username: &str| {
            world.post(Who::Coordinator, &path).if_match(&made.etag()).json(&successor(username)).send()
        };
        let (one, other) = futures_util::future::join(replace("coming-1"), replace("coming-2")).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        assert_eq!(told(world, "account_invited").await.len(), 2);
    }
}

on_both_engines! {
    async fn a_successor_goes_on_the_visits_to_come(world: &World) {
        let campaign = crate::campaign::open(world, "有实地巡检的巡检", &[world.unit]).await;
        let visit = crate::visit::planned(world, &campaign, world.unit).await;
        let path = format!("/v1/users/{}", world.account(Who::Inspector));
        let seen = world.get(Who::Coordinator, &path).send().await.expect(200);
        let replace = world.post(Who::Coordinator, &format!("{path}/replace")).if_match(&seen.etag());
        let replaced = replace.json(&successor("xunjian-2")).send().await.expect(200);
        let visit = world.get(Who::Leader, &format!("/v1/visits/{}", visit.id())).send().await.expect(200);
        assert_eq!(visit.body["inspector_ids"], json!([replaced.body["replaced_by"]]));
    }
}

on_both_engines! {
    async fn of_two_who_put_an_account_out_of_use_at_once_one_does(world: &World) {
        let made = invite(world, Who::Admin, "leaving", "inspector").await;
        let path = format!("/v1/users/{}/disable", made.id());
        let disable = |who| world.post(who, &path).if_match(&made.etag()).send();
        let (one, other) = futures_util::future::join(disable(Who::Admin), disable(Who::Coordinator)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}
