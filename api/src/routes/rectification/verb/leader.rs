//! What the leading group decides: it agrees to drafts, puts rectifications off, and lets those of the unit judge.

use actix_web::{post, web};
use shared::domain::id::Id;
use shared::domain::reason::Reason;
use shared::domain::rectification::{Act, AllowOwnUnit, Approve, Defer, RectificationVerb};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::view::RectificationView;
use super::{act, link, say};
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(approve_rectification)
        .service(defer_rectification)
        .service(allow_own_unit_on_rectification);
}

/// Agrees to a draft where the campaign's `orders_need_approval` asks for it (leader).
///
/// A draft that is changed afterwards needs it anew.
#[utoipa::path(tag = "rectifications", operation_id = "approve_rectification", request_body = Approve,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/approve")]
async fn approve_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    say::<Approve>(caller, *id, if_match, RectificationVerb::Approve, body).await
}

/// Puts it off by a decision of the leading group, which is named; the unit is told (leader).
///
/// What is deferred is never overdue, and stays among the problems that are counted.
#[utoipa::path(tag = "rectifications", operation_id = "defer_rectification", request_body = Defer,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/defer")]
async fn defer_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, RectificationVerb::Defer, move |tx, locked, order, scene| {
        let defer: Defer = body.read()?;
        let papers = defer.attachment_ids.clone();
        let done = defer.act(order, scene)?;
        link(tx, locked, &papers)?;
        Ok(done)
    })
    .await
}

/// Lets those of the unit judge the rectification, with a reason (the head of the campaign's leading group).
#[utoipa::path(tag = "rectifications", operation_id = "allow_own_unit_on_rectification", request_body = Reason,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/allow-own-unit")]
async fn allow_own_unit_on_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    say::<AllowOwnUnit>(caller, *id, if_match, RectificationVerb::AllowOwnUnit, body).await
}
