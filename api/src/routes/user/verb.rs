//! What can be done with an account.

use actix_web::{post, web};
use serde::Deserialize;
use shared::domain::account::{Account, AccountContent, AccountVerb, towards};
use shared::domain::actor::{Grant, Role};
use shared::domain::email::EmailAddress;
use shared::domain::id::Id;
use shared::domain::machine::admit;
use shared::domain::refusal::{Code, Refusal};
use shared::domain::text::TextEnum;
use shared::store::{StoreResult, Write, account};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::User;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::schema::New;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(invite_user)
        .service(disable_user)
        .service(enable_user)
        .service(reset_user_password)
        .service(replace_user);
}

/// Somebody who is to have an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InvitationContent {
    /// The name at login: 2 to 64 lower-case letters, digits, `.`, `_`, `-`.
    #[schema(example = "xugou-2", pattern = "^[a-z0-9][a-z0-9._-]{1,63}$")]
    username: String,
    /// The name that others see.
    #[schema(example = "墟沟街道联络员", max_length = 100)]
    display_name: String,
    /// Where the invitation and later notices go.
    email: EmailAddress,
    /// What the account may do. A coordinator invites liaisons and inspectors, an admin anybody.
    roles: Vec<Grant>,
}

type NewInvitation = New<InvitationContent>;

/// Makes an account whose holder sets the password by a one-time link, which goes to their address and can
/// be used for 72 hours (admin; a coordinator for liaisons and inspectors).
#[utoipa::path(tag = "users", operation_id = "invite_user", request_body = NewInvitation,
    responses((status = 201, description = "The account.", body = User)))]
#[post("/users/invite")]
async fn invite_user(caller: Caller, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            tx.require(&[Role::Admin, Role::Coordinator])?;
            let (id, new): (Id, InvitationContent) = body.read_new()?;
            let content = AccountContent {
                username: new.username,
                display_name: new.display_name,
                email: Some(new.email),
                roles: new.roles,
            };
            if !towards(tx.actor, &content.roles).has_any(&[Role::Admin, Role::Coordinator]) {
                return Err(Refusal::RoleMissing.into());
            }
            content.check()?;
            let account = account::invite(tx, id, &content)?;
            Answer::created(&User::of(account, tx.actor))
        })
        .await
}

/// The account, locked, as it is after a verb that is possible on it now.
fn stepped(
    tx: &mut Write<'_>,
    id: Id,
    if_match: IfMatch,
    verb: AccountVerb,
) -> StoreResult<(Account, Account)> {
    let before = account::lock(tx, id)?;
    let actor = towards(tx.actor, &before.grants);
    let status = admit(&actor, before.status, verb, if_match.0, before.version)?;
    let after = Account { status, ..before.clone() };
    Ok((before, after))
}

async fn act(caller: Caller, id: Id, if_match: IfMatch, verb: AccountVerb) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (before, after) = stepped(tx, id, if_match, verb)?;
            let account = account::update(tx, verb.as_str(), &before, after, None)?;
            Answer::record(&User::of(account, tx.actor))
        })
        .await
}

/// Ends an account's use and its sessions (admin; a coordinator for liaisons and inspectors).
#[utoipa::path(tag = "users", operation_id = "disable_user",
    params(("id" = Id, Path, description = "The account."), IfMatch),
    responses((status = 200, description = "The account.", body = User)))]
#[post("/users/{id}/disable")]
async fn disable_user(caller: Caller, id: web::Path<Id>, if_match: IfMatch) -> Result<Answer, Problem> {
    act(caller, *id, if_match, AccountVerb::Disable).await
}

/// Takes an account up again (admin; a coordinator for liaisons and inspectors).
#[utoipa::path(tag = "users", operation_id = "enable_user",
    params(("id" = Id, Path, description = "The account."), IfMatch),
    responses((status = 200, description = "The account.", body = User)))]
#[post("/users/{id}/enable")]
async fn enable_user(caller: Caller, id: web::Path<Id>, if_match: IfMatch) -> Result<Answer, Problem> {
    act(caller, *id, if_match, AccountVerb::Enable).await
}

/// Ends an account's password, sessions and former links, and sends its holder a one-time link (admin; a
/// coordinator for liaisons and inspectors). The account needs an address.
#[utoipa::path(tag = "users", operation_id = "reset_user_password",
    params(("id" = Id, Path, description = "The account."), IfMatch),
    responses((status = 200, description = "The account.", body = User)))]
#[post("/users/{id}/reset-password")]
async fn reset_user_password(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (before, after) = stepped(tx, *id, if_match, AccountVerb::ResetPassword)?;
            if before.email.is_none() {
                return Err(Refusal::invalid("/email", Code::Missing).into());
            }
            let account = account::reset_password(tx, &before, after)?;
            Answer::record(&User::of(account, tx.actor))
        })
        .await
}

/// Who takes over.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Successor {
    /// The name at login: 2 to 64 lower-case letters, digits, `.`, `_`, `-`.
    #[schema(example = "xugou-2", pattern = "^[a-z0-9][a-z0-9._-]{1,63}$")]
    username: String,
    /// The name that others see.
    #[schema(example = "墟沟街道联络员", max_length = 100)]
    display_name: String,
    /// Where the invitation and later notices go.
    email: EmailAddress,
}

/// Puts a successor in the place of a liaison or inspector (coordinator): invites them with the same roles and
/// units, ends the use of this account, and hands over the notices that have not gone yet.
#[utoipa::path(tag = "users", operation_id = "replace_user",
    params(("id" = Id, Path, description = "The account that is replaced."), IfMatch), request_body = Successor,
    responses((status = 200, description = "The account that was replaced, with its successor.", body = User)))]
#[post("/users/{id}/replace")]
async fn replace_user(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (before, after) = stepped(tx, *id, if_match, AccountVerb::Replace)?;
            let Successor { username, display_name, email } = body.read()?;
            let roles = before.grants.clone();
            let content = AccountContent { username, display_name, email: Some(email), roles };
            content.check()?;
            let account = account::replace(tx, &before, after, &content)?;
            Answer::record(&User::of(account, tx.actor))
        })
        .await
}
