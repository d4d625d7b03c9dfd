//! Sessions: login, passwords, and how they end.

use serde_json::{Value, json};

use crate::on_both_engines;
use crate::support::{Engine, Reply, Who, World};

pub const FIRST: &str = "first-password-1";
pub const SECOND: &str = "second-password-2";

pub async fn make(world: &World, username: &str) {
    let user = json!({
        "username": username, "display_name": "联络员", "password": FIRST,
        "roles": [{"role": "liaison", "unit_id": world.unit.to_string()}]
    });
    world.post(Who::Admin, "/v1/users").json(&user).send().await.expect(201);
}

pub async fn login(world: &World, username: &str, password: &str) -> Reply {
    let body = json!({"username": username, "password": password});
    world.post(Who::Nobody, "/v1/login").json(&body).send().await
}

pub fn token(reply: &Reply) -> String {
    reply.body["token"].as_str().expect("a token").to_owned()
}

async fn with_token(
    world: &World,
    method: reqwest::Method,
    path: &str,
    token: &str,
    body: Option<Value>,
) -> Reply {
    let mut request =
        world.request(Who::Nobody, method, path).header("Authorization", &format!("Bearer {token}"));
    if let Some(body) = body {
        request = request.json(&body);
    }
    request.send().await
}

pub async fn change(world: &World, token: &str, current: &str, new: &str) -> Reply {
    let body = json!({"current": current, "new": new});
    with_token(world, reqwest::Method::POST, "/v1/me/password", token, Some(body)).await
}

async fn me(world: &World, token: &str) -> Reply {
    with_token(world, reqwest::Method::GET, "/v1/me", token, None).await
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    make(world, "happy-session").await;
    let session = login(world, "happy-session", FIRST).await.expect(200);
    change(world, &token(&session), FIRST, SECOND).await.expect(204);
    me(world, &token(&session)).await.expect(200);
    with_token(world, reqwest::Method::POST, "/v1/logout", &token(&session), None).await.expect(204);
}

on_both_engines! {
    async fn an_initial_password_opens_nothing_but_its_own_change(world: &World) {
        make(world, "newcomer").await;
        let session = login(world, "newcomer", FIRST).await.expect(200);
        assert_eq!(session.body["user"]["password_initial"], true);
        let refused = with_token(world, reqwest::Method::GET, "/v1/units", &token(&session), None).await;
        refused.refused(403, "password_change_required");
        change(world, &token(&session), "wrong-password-0", SECOND).await.violates(&["/current wrong_password"]);
        change(world, &token(&session), FIRST, "short").await.violates(&["/new weak_password"]);
        let other = login(world, "newcomer", FIRST).await.expect(200);
        change(world, &token(&session), FIRST, SECOND).await.expect(204);
        // This session goes on; the account's others have ended.
        let units = with_token(world, reqwest::Method::GET, "/v1/units", &token(&session), None).await.expect(200);
        assert_eq!(units.body["items"].as_array().expect("items").len(), 1);
        me(world, &token(&other)).await.refused(401, "unauthenticated");
        login(world, "newcomer", FIRST).await.refused(401, "login_failed");
        login(world, "newcomer", SECOND).await.expect(200);
    }
}

on_both_engines! {
    async fn a_session_ends_with_logout(world: &World) {
        make(world, "leaver").await;
        let session = login(world, "leaver", FIRST).await.expect(200);
        with_token(world, reqwest::Method::POST, "/v1/logout", &token(&session), None).await.expect(204);
        me(world, &token(&session)).await.refused(401, "unauthenticated");
    }
}

on_both_engines! {
    async fn failed_logins_look_alike_and_are_delayed_after_a_while(world: &World) {
        make(world, "guessed").await;
        for _ in 0..5 {
            let wrong = login(world, "guessed", "wrong-password-0").await.refused(401, "login_failed");
            let unknown = login(world, "nobody-here", "wrong-password-0").await.refused(401, "login_failed");
            assert_eq!(wrong.body["detail"], unknown.body["detail"]);
        }
        let delayed = login(world, "guessed", FIRST).await.refused(429, "login_delayed");
        assert_ne!(delayed.header("retry-after"), "");
    }
}

on_both_engines! {
    async fn a_token_is_kept_as_a_hash_and_shown_once(world: &World) {
        make(world, "secret").await;
        let session = login(world, "secret", FIRST).await.expect(200);
        let file = world.folder.path().join("xunjian.db-wal");
        if world.engine == Engine::Sqlite {
            let bytes = std::fs::read(file).expect("the write-ahead log");
            let token = token(&session);
            assert!(!bytes.windows(token.len()).any(|part| part == token.as_bytes()));
        }
        for value in ["Bearer", "Bearer x", "Basic eDp5", "x"] {
            let request = world.request(Who::Nobody, reqwest::Method::GET, "/v1/me").header("Authorization", value);
            request.send().await.refused(401, "unauthenticated");
        }
    }
}
