//! Rectifications.

mod verb;
mod view;

use actix_web::{delete, get, patch, post, web};
use serde::Deserialize;
use shared::domain::actor::Role;
use shared::domain::id::Id;
use shared::domain::rectification::{Rectification, RectificationContent, RectificationStatus};
use shared::domain::refusal::{Code, Refusal};
use shared::store::rectification::{self, Filter};
use shared::store::{StoreError, finding};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::list::{List, PageParams};
use crate::schema::{New, Patch};
use view::RectificationView;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create_rectification)
        .service(list_rectifications)
        .service(get_rectification)
        .service(update_rectification)
        .service(delete_rectification)
        .configure(verb::register);
}

type NewRectification = New<RectificationContent>;
type RectificationPatch = Patch<RectificationContent>;

/// Drafts an order for an open finding that has no other active one (coordinator).
#[utoipa::path(tag = "rectifications", operation_id = "create_rectification", request_body = NewRectification,
    responses((status = 201, description = "The draft, which its unit does not see.", body = RectificationView)))]
#[post("/rectifications")]
async fn create_rectification(caller: Caller, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            tx.require(&[Role::Coordinator])?;
            let (id, content): (Id, RectificationContent) = body.read_new()?;
            let (campaign, finding) = finding::lock(tx, content.finding_id).map_err(|error| match error {
                StoreError::Refused(Refusal::NotFound) => {
                    Refusal::invalid("/finding_id", Code::NotFound).into()
                }
                error => error,
            })?;
            campaign.writable()?;
            let rectification = rectification::create(tx, id, &finding, content)?;
            Answer::created(&RectificationView::of(rectification, &campaign, tx.actor, tx.now))
        })
        .await
}

/// Filters of rectifications.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct RectificationQuery {
    /// Of these campaigns.
    campaign_id: Vec<Id>,
    /// Of these units.
    unit_id: Vec<Id>,
    /// For these findings.
    finding_id: Vec<Id>,
    /// In one of these states.
    status: Vec<RectificationStatus>,
    /// `true`: only those that wait for their unit past the due date.
    overdue: Option<bool>,
}

/// Lists the rectifications in the caller's scope; a liaison sees the issued ones of the own units.
#[utoipa::path(tag = "rectifications", operation_id = "list_rectifications",
    params(RectificationQuery, PageParams),
    responses((status = 200, description = "A page of rectifications.", body = ListBody<RectificationView>)))]
#[get("/rectifications")]
async fn list_rectifications(caller: Caller, list: List<RectificationQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let query = &list.filter;
            let filter = Filter {
                campaign_ids: query.campaign_id.clone(),
                unit_ids: query.unit_id.clone(),
                finding_ids: query.finding_id.clone(),
                statuses: query.status.clone(),
                overdue: query.overdue.unwrap_or(false),
            };
            let all = rectification::list(read, &filter, &list.page)?;
            let views =
                all.map(|(campaign, one)| RectificationView::of(one, &campaign, read.actor, read.now));
            Answer::list(views, |id| list.cursor(id))
        })
        .await
}

/// Shows a rectification.
#[utoipa::path(tag = "rectifications", operation_id = "get_rectification",
    params(("id" = Id, Path, description = "The rectification.")),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[get("/rectifications/{id}")]
async fn get_rectification(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let (campaign, rectification) = rectification::get(read, *id)?;
            Answer::record(&RectificationView::of(rectification, &campaign, read.actor, read.now))
        })
        .await
}

/// Changes a draft, which loses its approval (coordinator); an issued order is changed by `correct`.
#[utoipa::path(tag = "rectifications", operation_id = "update_rectification",
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    request_body(content((RectificationPatch = "application/merge-patch+json"),
                         (RectificationPatch = "application/json"))),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[patch("/rectifications/{id}")]
async fn update_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let locked = rectification::lock(tx, *id)?;
            tx.require(&[Role::Coordinator])?;
            let before = &locked.rectification;
            if_match.0.check(before.version)?;
            locked.campaign.writable()?;
            if before.status != RectificationStatus::Drafted {
                return Err(Refusal::InUse.into());
            }
            let content = body.patch(&before.content)?;
            before.check_frozen(&content)?;
            content.check()?;
            let approval = before.approval.clone().filter(|_| content == before.content);
            let after = Rectification { first_due_on: content.due_on, content, approval, ..before.clone() };
            let rectification = rectification::update(tx, "update", &locked, after, None)?;
            Answer::record(&RectificationView::of(rectification, &locked.campaign, tx.actor, tx.now))
        })
        .await
}

/// Deletes a draft (coordinator).
#[utoipa::path(tag = "rectifications", operation_id = "delete_rectification",
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 204, description = "It is gone.")))]
#[delete("/rectifications/{id}")]
async fn delete_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let locked = rectification::lock(tx, *id)?;
            tx.require(&[Role::Coordinator])?;
            if_match.0.check(locked.rectification.version)?;
            locked.campaign.writable()?;
            rectification::delete(tx, &locked.rectification)?;
            Ok(Answer::empty())
        })
        .await
}
