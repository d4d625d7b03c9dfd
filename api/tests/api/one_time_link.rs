//! One-time links: how somebody without a password gets one.

use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::json;
use shared::domain::id::Id;
use shared::store::schema::one_time_links;
use shared::store::{clock, one_time_link};
use shared::token;

use crate::on_both_engines;
use crate::support::{Engine, Reply, Who, World};
use crate::user::invite;

const PASSWORD: &str = "hai-zhou-wan-de-feng";

/// A link of an account, made here, since the worker makes it with the mail.
fn link(world: &World, account: &str) -> String {
    let (token, account): (String, Id) = (token::new(), account.parse().expect("an id"));
    let issued = world
        .store
        .with(|conn| one_time_link::issue(conn, account, &token::hash(&token), clock::system_now()));
    issued.expect("the link is made");
    token
}

async fn redeem(world: &World, token: &str, new: &str) -> Reply {
    world.post(Who::Nobody, "/v1/login/one-time").json(&json!({"token": token, "new": new})).send().await
}

async fn login(world: &World, username: &str, password: &str) -> Reply {
    let body = json!({"username": username, "password": password});
    world.post(Who::Nobody, "/v1/login").json(&body).send().await
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let invited = invite(world, Who::Coordinator, "happy-link", "inspector").await;
    redeem(world, &link(world, invited.id()), PASSWORD).await.expect(204);
}

on_both_engines! {
    async fn a_link_sets_a_password_that_is_the_holders_own_and_once(world: &World) {
        let invited = invite(world, Who::Coordinator, "newcomer", "inspector").await;
        let token = link(world, invited.id());
        login(world, "newcomer", PASSWORD).await.refused(401, "login_failed");
        redeem(world, &token, "short").await.violates(&["/new weak_password"]);
        redeem(world, &token, PASSWORD).await.expect(204);
        let session = login(world, "newcomer", PASSWORD).await.expect(200);
        assert_eq!(session.body["user"]["password_initial"], false);
        redeem(world, &token, "another-password-1").await.refused(401, "link_invalid");
        let events = world.get(Who::Admin, &format!("/v1/audit-events?record_id={}", invited.id())).send().await.expect(200);
        let last = events.body["items"].as_array().expect("events").last().expect("one").clone();
        assert_eq!((last["action"].clone(), last["actor_id"].clone()), (json!("set-password"), json!(invited.id())));
        assert!(!events.body.to_string().contains(&token));
    }
}

on_both_engines! {
    async fn unknown_used_expired_and_ended_links_look_alike(world: &World) {
        let unknown = redeem(world, &token::new(), PASSWORD).await.refused(401, "link_invalid");
        let out = invite(world, Who::Coordinator, "out-of-use", "inspector").await;
        let disabled = link(world, out.id());
        let disable = world.post(Who::Coordinator, &format!("/v1/users/{}/disable", out.id())).if_match(&out.etag());
        disable.send().await.expect(200);
        let late = invite(world, Who::Coordinator, "too-late", "inspector").await;
        let former = link(world, late.id());
        let expired = link(world, late.id());
        let past = clock::system_now() - TimeDelta::seconds(1);
        let expire = |conn: &mut shared::store::DbConnection| {
            Ok(diesel::update(one_time_links::table).set(one_time_links::expires_at.eq(past)).execute(conn)?)
        };
        assert_eq!(world.store.with(expire).expect("it expires"), 1, "one account has one link");
        for token in ["", "\u{7684}", &disabled, &former, &expired] {
            let refused = redeem(world, token, PASSWORD).await.refused(401, "link_invalid");
            assert_eq!(refused.body["detail"], unknown.body["detail"]);
        }
    }
}

on_both_engines! {
    async fn of_two_uses_at_once_one_sets_the_password(world: &World) {
        let invited = invite(world, Who::Coordinator, "twice", "inspector").await;
        let token = link(world, invited.id());
        let (one, other) =
            futures_util::future::join(redeem(world, &token, PASSWORD), redeem(world, &token, "another-password-1")).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 401]);
    }
}

on_both_engines! {
    async fn guesses_are_delayed_as_those_of_passwords(world: &World) {
        for _ in 0..50 {
            redeem(world, "no-such-token", PASSWORD).await.refused(401, "link_invalid");
        }
        let delayed = redeem(world, "no-such-token", PASSWORD).await.refused(429, "login_delayed");
        assert_ne!(delayed.header("retry-after"), "");
    }
}
