//! One-time links, by which the holder of an account sets a password without a session.

use actix_web::{HttpRequest, post, web};
use serde::Deserialize;
use shared::domain::account::check_password;
use shared::domain::refusal::Refusal;
use shared::store::session::{self, Subject};
use shared::store::{StoreResult, account, clock, one_time_link};
use shared::token;
use utoipa::ToSchema;

use super::session::{actor_of, client_address};
use crate::answer::Answer;
use crate::error::{Problem, ProblemCode};
use crate::extract::body::Body;
use crate::request::RequestId;
use crate::state::State;

/// A link's token, and the password that its holder chooses.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkUse {
    /// What stands behind the link's `#`.
    #[schema(example = "Yh8fVQzE0wJxkq3o0k1xT6mZr2bN4uP9sD7cL5aG8eI")]
    token: String,
    /// The new password: 10 characters at least, 4 of them different, without the username.
    #[schema(format = Password, example = "hai-zhou-wan-de-feng")]
    new: String,
}

/// Sets a password by a one-time link, within 72 hours after the mail was made; the account's sessions end.
/// Links that are unknown, used and expired look alike.
#[utoipa::path(tag = "session", operation_id = "use_one_time_link", request_body = LinkUse,
    responses((status = 204, description = "It is set. Log in with it.")))]
#[post("/v1/login/one-time")]
pub async fn use_one_time_link(
    request: HttpRequest,
    state: web::Data<State>,
    id: web::ReqData<RequestId>,
    body: Body,
) -> Result<Answer, Problem> {
    let LinkUse { token, new } = body.read()?;
    let subjects = [Subject::Address(client_address(&request, &state))];
    let token_hash = token::hash(&token);
    let (store, hash) = (state.store.clone(), token_hash.clone());
    let looked_up = web::block(move || -> StoreResult<_> {
        store.with(|conn| {
            let now = clock::system_now();
            if let Some(delay) = session::login_delay(conn, &subjects, now)? {
                return Ok(Err(delay));
            }
            let holder = one_time_link::holder(conn, &hash, now)?;
            if holder.is_none() {
                session::note_failure(conn, &subjects, now)?;
            }
            Ok(Ok(holder))
        })
    });
    let account = match looked_up.await.map_err(Problem::internal)?? {
        Ok(holder) => holder.ok_or(Refusal::LinkInvalid)?,
        Err(delay) => return Err(Problem::retry(ProblemCode::LoginDelayed, delay.num_seconds() + 1)),
    };
    check_password("/new", &new, &account.username)?;
    let hash = state.hash_password(new).await?;
    let (store, request_id) = (state.store.clone(), id.0.clone());
    let set = web::block(move || {
        store.write(&actor_of(&account), &request_id, |tx| {
            one_time_link::consume(tx, &token_hash, clock::system_now())?;
            account::set_password(tx, &hash)
        })
    });
    set.await.map_err(Problem::internal)??;
    Ok(Answer::empty())
}
