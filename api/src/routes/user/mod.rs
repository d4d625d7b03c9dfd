//! Accounts of people.

mod verb;

use actix_web::{get, patch, post, web};
use serde::{Deserialize, Serialize};
use shared::domain::account::{Account, AccountContent, AccountStatus, AccountVerb, check_password, towards};
use shared::domain::actor::{Actor, Grant, Role};
use shared::domain::email::EmailAddress;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::machine::Machine;
use shared::domain::refusal::Refusal;
use shared::store::account::{self, Filter, NewPassword};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody, Representation};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::list::{List, PageParams};
use crate::schema::{New, Patch};

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create_user)
        .service(list_users)
        .service(get_user)
        .service(update_user)
        .configure(verb::register);
}

/// An account.
#[derive(Serialize, ToSchema)]
pub struct User {
    id: Id,
    /// Rises with each change; also the ETag.
    #[schema(example = 1)]
    version: i64,
    /// The name at login.
    #[schema(example = "xugou-1")]
    username: String,
    /// The name that others see.
    #[schema(example = "墟沟街道联络员")]
    display_name: String,
    /// Where notices go.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<EmailAddress>,
    /// What the account may do.
    roles: Vec<Grant>,
    /// Whether it can be used.
    status: AccountStatus,
    /// Whether its password must be changed first.
    password_initial: bool,
    /// The account that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<Id>,
    created_at: Instant,
    /// What the caller may do with it now.
    allowed_actions: Vec<AccountVerb>,
}

impl User {
    pub fn of(account: Account, actor: &Actor) -> Self {
        let allowed_actions = account.status.verbs(&towards(actor, &account.grants));
        Self {
            id: account.id,
            version: account.version,
            username: account.username,
            display_name: account.display_name,
            email: account.email,
            roles: account.grants,
            status: account.status,
            password_initial: account.password_initial,
            replaced_by: account.successor_id,
            created_at: account.created_at,
            allowed_actions,
        }
    }
}

impl Representation for User {
    const PATH: &'static str = "/v1/users";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// A new account.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserContent {
    /// The name at login: 2 to 64 lower-case letters, digits, `.`, `_`, `-`.
    #[schema(example = "xugou-1", pattern = "^[a-z0-9][a-z0-9._-]{1,63}$")]
    username: String,
    /// The name that others see.
    #[schema(example = "墟沟街道联络员", max_length = 100)]
    display_name: String,
    /// An initial password: its holder must change it.
    #[schema(format = Password, example = "chao-xi-hen-zhun-shi")]
    password: String,
    /// Where notices go.
    email: Option<EmailAddress>,
    /// What the account may do; a liaison needs a unit.
    roles: Vec<Grant>,
}

/// What can be changed of an account.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserChange {
    /// The name that others see.
    #[schema(example = "墟沟街道联络员", max_length = 100)]
    display_name: String,
    /// Where notices go.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<EmailAddress>,
    /// What the account may do; other roles end its sessions.
    roles: Vec<Grant>,
    /// A new initial password; it ends the account's sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Password, example = "chao-xi-hen-zhun-shi")]
    password: Option<String>,
}

type NewUser = New<UserContent>;
type UserPatch = Patch<UserChange>;

fn require_admin(actor: &Actor) -> Result<(), Refusal> {
    if actor.has(Role::Admin) { Ok(()) } else { Err(Refusal::RoleMissing) }
}

/// Makes an account with an initial password (admin).
#[utoipa::path(tag = "users", operation_id = "create_user", request_body = NewUser,
    responses((status = 201, description = "The account.", body = User)))]
#[post("/users")]
async fn create_user(caller: Caller, body: Body) -> Result<Answer, Problem> {
    require_admin(caller.actor())?;
    let (id, new): (Id, UserContent) = body.read_new()?;
    let content = AccountContent {
        username: new.username,
        display_name: new.display_name,
        email: new.email,
        roles: new.roles,
    };
    content.check()?;
    check_password("/password", &new.password, &content.username)?;
    let password = NewPassword { hash: caller.state.hash_password(new.password).await?, initial: true };
    caller
        .write(move |tx| {
            let account = account::create(tx, id, &content, &password)?;
            Answer::created(&User::of(account, tx.actor))
        })
        .await
}

/// Filters of accounts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct UserQuery {
    /// Holds one of these roles.
    role: Vec<Role>,
    /// Belongs to one of these units.
    unit_id: Vec<Id>,
    /// Is in one of these states.
    status: Vec<AccountStatus>,
}

/// Lists accounts: all of them for an admin or coordinator, else the caller's own.
#[utoipa::path(tag = "users", operation_id = "list_users", params(UserQuery, PageParams),
    responses((status = 200, description = "A page of accounts.", body = ListBody<User>)))]
#[get("/users")]
async fn list_users(caller: Caller, list: List<UserQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let UserQuery { role, unit_id, status } = &list.filter;
            let filter = Filter { roles: role.clone(), unit_ids: unit_id.clone(), statuses: status.clone() };
            let accounts = account::list(read, &filter, &list.page)?;
            Answer::list(accounts.map(|account| User::of(account, read.actor)), |id| list.cursor(id))
        })
        .await
}

/// Shows an account.
#[utoipa::path(tag = "users", operation_id = "get_user", params(("id" = Id, Path, description = "The account.")),
    responses((status = 200, description = "The account.", body = User)))]
#[get("/users/{id}")]
async fn get_user(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let account = account::get(read, *id)?;
            Answer::record(&User::of(account, read.actor))
        })
        .await
}

/// Changes an account (admin).
#[utoipa::path(tag = "users", operation_id = "update_user",
    params(("id" = Id, Path, description = "The account."), IfMatch),
    request_body(content((UserPatch = "application/merge-patch+json"), (UserPatch = "application/json"))),
    responses((status = 200, description = "The account.", body = User)))]
#[patch("/users/{id}")]
async fn update_user(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    // Hashing is too slow for a transaction, so it comes first; nothing is done with it if refused.
    let hashed = match body.text("password") {
        Some(password) if caller.actor().has(Role::Admin) => {
            Some(caller.state.hash_password(password).await?)
        }
        _ => None,
    };
    caller
        .write(move |tx| {
            let before = account::lock(tx, *id)?;
            require_admin(tx.actor)?;
            if_match.0.check(before.version)?;
            let current = UserChange {
                display_name: before.display_name.clone(),
                email: before.email.clone(),
                roles: before.grants.clone(),
                password: None,
            };
            let change = body.patch(&current)?;
            let content = AccountContent {
                username: before.username.clone(),
                display_name: change.display_name,
                email: change.email,
                roles: change.roles,
            };
            content.check()?;
            if let Some(password) = &change.password {
                check_password("/password", password, &before.username)?;
            }
            let after = Account {
                display_name: content.display_name,
                email: content.email,
                grants: content.roles,
                ..before.clone()
            };
            let password = hashed.clone().map(|hash| NewPassword { hash, initial: true });
            let account = account::update(tx, "update", &before, after, password.as_ref())?;
            Answer::record(&User::of(account, tx.actor))
        })
        .await
}
