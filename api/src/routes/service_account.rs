//! Service accounts: third-party systems that call with a token of their own.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use shared::domain::actor::{Actor, Role};
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::machine::{Machine, admit};
use shared::domain::service_account::{
    ServiceAccount, ServiceAccountContent, ServiceAccountStatus, ServiceAccountVerb,
};
use shared::domain::text::TextEnum;
use shared::store::service_account::{self, Filter};
use shared::store::{StoreResult, Write, clock};
use shared::token;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody, Representation};
use crate::error::{Problem, ProblemCode};
use crate::extract::body::{Body, OptionalBody};
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::list::{List, PageParams};
use crate::schema::New;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create_service_account)
        .service(list_service_accounts)
        .service(get_service_account)
        .service(rotate_service_account)
        .service(revoke_service_account);
}

/// A service account.
#[derive(Serialize, ToSchema)]
#[schema(as = ServiceAccount)]
struct ServiceAccountView {
    id: Id,
    /// Rises with each change; also the ETag.
    #[schema(example = 1)]
    version: i64,
    /// Its name; audit events show it.
    #[schema(example = "区机关事务管理平台")]
    name: String,
    /// What it may do.
    roles: Vec<Role>,
    /// The units to which it is limited; all where this is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_ids: Option<Vec<Id>>,
    /// Whether it only reads.
    read_only: bool,
    /// Whether it can be used, until it expires.
    status: ServiceAccountStatus,
    /// When it expires, by the system clock.
    expires_at: Instant,
    created_at: Instant,
    /// The bearer token, shown in the answer that made it and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Yh8fVQzE0wJxkq3o0k1xT6mZr2bN4uP9sD7cL5aG8eI")]
    secret: Option<String>,
    /// What the caller may do with it now.
    allowed_actions: Vec<ServiceAccountVerb>,
}

impl ServiceAccountView {
    fn of(service: ServiceAccount, actor: &Actor) -> Self {
        let content = service.content;
        Self {
            id: service.id,
            version: service.version,
            name: content.name,
            roles: content.roles,
            unit_ids: content.unit_ids,
            read_only: content.read_only,
            status: service.status,
            expires_at: content.expires_at,
            created_at: service.created_at,
            secret: None,
            allowed_actions: service.status.verbs(actor),
        }
    }

    fn with_secret(service: ServiceAccount, actor: &Actor, secret: String) -> Self {
        Self { secret: Some(secret), ..Self::of(service, actor) }
    }
}

impl Representation for ServiceAccountView {
    const PATH: &'static str = "/v1/service-accounts";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

type NewServiceAccount = New<ServiceAccountContent>;

/// An answer with a secret is kept nowhere, so that its request can't be repeated.
fn refuse_repeat(caller: &Caller) -> Result<(), Problem> {
    match caller.repeat {
        Some(_) => Err(Problem::naming(ProblemCode::InvalidHeader, "Idempotency-Key")),
        None => Ok(()),
    }
}

/// Makes a service account and shows its secret once (admin). It takes no `Idempotency-Key`.
#[utoipa::path(tag = "service accounts", operation_id = "create_service_account", request_body = NewServiceAccount,
    responses((status = 201, description = "The service account with its secret.", body = ServiceAccountView)))]
#[post("/service-accounts")]
async fn create_service_account(caller: Caller, body: Body) -> Result<Answer, Problem> {
    refuse_repeat(&caller)?;
    let secret = token::new();
    caller
        .write(move |tx| {
            tx.require(&[Role::Admin])?;
            let (id, content): (Id, ServiceAccountContent) = body.read_new()?;
            content.check(clock::system_now())?;
            let service = service_account::create(tx, id, content, &token::hash(&secret))?;
            Answer::created(&ServiceAccountView::with_secret(service, tx.actor, secret.clone()))
        })
        .await
}

/// Filters of service accounts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct ServiceAccountQuery {
    /// Is in one of these states.
    status: Vec<ServiceAccountStatus>,
}

/// Lists service accounts, for an admin.
#[utoipa::path(tag = "service accounts", operation_id = "list_service_accounts",
    params(ServiceAccountQuery, PageParams),
    responses((status = 200, description = "A page of service accounts.", body = ListBody<ServiceAccountView>)))]
#[get("/service-accounts")]
async fn list_service_accounts(caller: Caller, list: List<ServiceAccountQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let filter = Filter { statuses: list.filter.status.clone() };
            let services = service_account::list(read, &filter, &list.page)?;
            let views = services.map(|service| ServiceAccountView::of(service, read.actor));
            Answer::list(views, |id| list.cursor(id))
        })
        .await
}

/// Shows a service account, without its secret.
#[utoipa::path(tag = "service accounts", operation_id = "get_service_account",
    params(("id" = Id, Path, description = "The service account.")),
    responses((status = 200, description = "The service account.", body = ServiceAccountView)))]
#[get("/service-accounts/{id}")]
async fn get_service_account(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let service = service_account::get(read, *id)?;
            Answer::record(&ServiceAccountView::of(service, read.actor))
        })
        .await
}

/// The service account, locked, and as it is after a verb that is possible on it now.
fn stepped(
    tx: &mut Write<'_>,
    id: Id,
    if_match: IfMatch,
    verb: ServiceAccountVerb,
) -> StoreResult<(ServiceAccount, ServiceAccount)> {
    let before = service_account::lock(tx, id)?;
    let status = admit(tx.actor, before.status, verb, if_match.0, before.version)?;
    let after = ServiceAccount { status, ..before.clone() };
    Ok((before, after))
}

/// Until when a new secret holds.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// A later expiry, within a year; else the one that it has.
    #[serde(default)]
    expires_at: Option<Instant>,
}

/// Gives a service account another secret, shown once, and ends the old one (admin). It takes no
/// `Idempotency-Key`.
#[utoipa::path(tag = "service accounts", operation_id = "rotate_service_account",
    params(("id" = Id, Path, description = "The service account."), IfMatch), request_body = Rotation,
    responses((status = 200, description = "The service account with its new secret.", body = ServiceAccountView)))]
#[post("/service-accounts/{id}/rotate")]
async fn rotate_service_account(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: OptionalBody,
) -> Result<Answer, Problem> {
    refuse_repeat(&caller)?;
    let secret = token::new();
    caller
        .write(move |tx| {
            let verb = ServiceAccountVerb::Rotate;
            let (before, mut after) = stepped(tx, *id, if_match, verb)?;
            let Rotation { expires_at } = body.0.read()?;
            if let Some(expires_at) = expires_at {
                after.content.expires_at = expires_at;
                after.content.check(clock::system_now())?;
            }
            let hash = token::hash(&secret);
            let service = service_account::update(tx, verb.as_str(), &before, after, Some(&hash))?;
            Answer::record(&ServiceAccountView::with_secret(service, tx.actor, secret.clone()))
        })
        .await
}

/// Ends a service account for good (admin).
#[utoipa::path(tag = "service accounts", operation_id = "revoke_service_account",
    params(("id" = Id, Path, description = "The service account."), IfMatch),
    responses((status = 200, description = "The service account.", body = ServiceAccountView)))]
#[post("/service-accounts/{id}/revoke")]
async fn revoke_service_account(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let verb = ServiceAccountVerb::Revoke;
            let (before, after) = stepped(tx, *id, if_match, verb)?;
            let service = service_account::update(tx, verb.as_str(), &before, after, None)?;
            Answer::record(&ServiceAccountView::of(service, tx.actor))
        })
        .await
}
