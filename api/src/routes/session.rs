//! Login, logout, and the caller's own account.

use std::net::IpAddr;

use actix_web::{HttpRequest, get, post, web};
use serde::{Deserialize, Serialize};
use shared::domain::account::{Account, AccountStatus, check_password};
use shared::domain::actor::Actor;
use shared::domain::instant::Instant;
use shared::domain::refusal::{Code, Refusal};
use shared::store::account::{self, Credentials};
use shared::store::session::{self, Subject};
use shared::store::{StoreResult, clock};
use shared::token;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::user::User;
use crate::answer::Answer;
use crate::error::{Problem, ProblemCode};
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::request::RequestId;
use crate::state::State;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(logout).service(get_me).service(change_password);
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    /// The account's name.
    #[schema(example = "xugou-1")]
    username: String,
    /// Its password.
    #[schema(example = "chao-xi-hen-zhun-shi", format = Password)]
    password: String,
}

/// A new session.
#[derive(Serialize, ToSchema)]
struct LoggedIn {
    /// The bearer token. It is shown once.
    #[schema(example = "Yh8fVQzE0wJxkq3o0k1xT6mZr2bN4uP9sD7cL5aG8eI")]
    token: String,
    /// When it ends at the latest; 2 hours unused end it earlier.
    expires_at: Instant,
    /// Whose session it is.
    user: User,
}

/// Begins a session.
#[utoipa::path(tag = "session", operation_id = "login", request_body = Login,
    responses((status = 200, description = "A session has begun.", body = LoggedIn)))]
#[post("/v1/login")]
pub async fn login(
    request: HttpRequest,
    state: web::Data<State>,
    id: web::ReqData<RequestId>,
    body: Body,
) -> Result<Answer, Problem> {
    let Login { username, password } = body.read()?;
    let address = client_address(&request, &state);
    let subject = Subject::Account(username.clone());
    let subjects = vec![subject.clone(), Subject::Address(address)];
    let store = state.store.clone();
    let looked_up = {
        let (subjects, username) = (subjects.clone(), username.clone());
        web::block(move || -> StoreResult<_> {
            store.with(|conn| {
                let delay = session::login_delay(conn, &subjects, clock::system_now())?;
                Ok((delay, account::by_username(conn, &username)?))
            })
        })
    };
    let (delay, found) = looked_up.await.map_err(Problem::internal)??;
    if let Some(delay) = delay {
        return Err(Problem::retry(ProblemCode::LoginDelayed, delay.num_seconds() + 1));
    }
    let found = found.filter(|found| found.account.status == AccountStatus::Active);
    let hash = found.as_ref().map(|found| found.password_hash.clone());
    let matches = state.verify_password(password, hash).await?;
    let store = state.store.clone();
    let Some(Credentials { account, .. }) = found.filter(|_| matches) else {
        let noted = web::block(move || {
            store.with(|conn| session::note_failure(conn, &subjects, clock::system_now()))
        });
        noted.await.map_err(Problem::internal)??;
        return Err(Problem::new(ProblemCode::LoginFailed));
    };
    let token = token::new();
    let token_hash = token::hash(&token);
    let request_id = id.0.clone();
    let begun = web::block(move || -> Result<Answer, Problem> {
        let actor = actor_of(&account);
        let expires_at = store.write(&actor, &request_id, |tx| {
            session::forget_failures(tx.conn, &subject)?;
            session::begin(tx.conn, &token_hash, account.id, clock::system_now())
        })?;
        let user = User::of(account, &actor);
        Ok(Answer::json(&LoggedIn { token, expires_at, user })?)
    });
    begun.await.map_err(Problem::internal)?
}

/// The caller behind an account, where there is no session.
pub fn actor_of(account: &Account) -> Actor {
    Actor::person(account.id, account.display_name.clone(), account.grants.clone())
}

/// The right-most hop that is no trusted proxy.
pub fn client_address(request: &HttpRequest, state: &State) -> String {
    let Some(peer) = request.peer_addr().map(|peer| peer.ip()) else { return "unknown".to_owned() };
    let trusted = |address: &IpAddr| state.settings.trusted_proxies.contains(address);
    let forwarded = request.headers().get_all("X-Forwarded-For").filter_map(|value| value.to_str().ok());
    let mut hops: Vec<IpAddr> =
        forwarded.flat_map(|v| v.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
    hops.push(peer);
    hops.iter().rev().find(|hop| !trusted(hop)).unwrap_or(&peer).to_string()
}

/// Ends this session.
#[utoipa::path(tag = "session", operation_id = "logout", responses((status = 204, description = "It has ended.")))]
#[post("/logout")]
async fn logout(caller: Caller) -> Result<Answer, Problem> {
    let token_hash = caller.token_hash.clone();
    caller
        .write(move |tx| {
            session::end(tx.conn, &token_hash)?;
            Ok(Answer::empty())
        })
        .await
}

/// Shows the caller's own account.
#[utoipa::path(tag = "session", operation_id = "get_me", responses((status = 200, description = "The account.", body = User)))]
#[get("/me")]
async fn get_me(caller: Caller) -> Result<Answer, Problem> {
    caller
        .read(|read| {
            let account = account::own(read.conn, read.actor)?.account;
            Answer::record(&User::of(account, read.actor))
        })
        .await
}

/// The present and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    /// The present one.
    #[schema(format = Password, example = "chao-xi-hen-zhun-shi")]
    current: String,
    /// The new one: 10 characters at least, 4 of them different, without the username.
    #[schema(format = Password, example = "hai-zhou-wan-de-feng")]
    new: String,
}

/// Changes the caller's own password; their other sessions end.
#[utoipa::path(tag = "session", operation_id = "change_password", request_body = PasswordChange,
    responses((status = 204, description = "It is changed.")))]
#[post("/me/password")]
async fn change_password(caller: Caller, body: Body) -> Result<Answer, Problem> {
    caller.actor().require_person()?;
    let PasswordChange { current, new } = body.read()?;
    check_password("/new", &new, &caller.session.username)?;
    let (store, session) = (caller.state.store.clone(), caller.session.clone());
    let own = web::block(move || store.with(|conn| account::own(conn, &session.actor)));
    let own = own.await.map_err(Problem::internal)??;
    if !caller.state.verify_password(current, Some(own.password_hash.clone())).await? {
        return Err(Refusal::invalid("/current", Code::WrongPassword).into());
    }
    let hash = caller.state.hash_password(new).await?;
    let token_hash = caller.token_hash.clone();
    caller
        .write(move |tx| {
            account::change_password(tx, &own.password_hash, &hash, &token_hash)?;
            Ok(Answer::empty())
        })
        .await
}
