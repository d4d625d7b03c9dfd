//! What whoever verifies does: sends back, closes, takes up again.

use actix_web::{post, web};
use shared::domain::id::Id;
use shared::domain::rectification::{Act, Close, RectificationVerb, Reopen, Return};
use shared::domain::refusal::{Code, Refusal};
use shared::store::finding;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::view::RectificationView;
use super::{act, say};
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(return_rectification).service(close_rectification).service(reopen_rectification);
}

/// Sends it back with a new due date; the first one is kept (inspector, coordinator).
#[utoipa::path(tag = "rectifications", operation_id = "return_rectification", request_body = Return,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/return")]
async fn return_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    say::<Return>(caller, *id, if_match, RectificationVerb::Return, body).await
}

/// Verifies and closes it (inspector, coordinator; never who submitted it, nor their own unit).
#[utoipa::path(tag = "rectifications", operation_id = "close_rectification", request_body = Close,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/close")]
async fn close_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, RectificationVerb::Close, move |tx, locked, order, scene| {
        let close: Close = body.read()?;
        if !finding::is_put_right(tx, &locked.finding, order.evidence.as_ref(), scene.today)? {
            return Err(Refusal::invalid("", Code::StillOver).into());
        }
        Ok(close.act(order, scene)?)
    })
    .await
}

/// Takes a closed one up again after a look-back, with a new due date; its finding follows, and the unit is
/// told (inspector, coordinator).
#[utoipa::path(tag = "rectifications", operation_id = "reopen_rectification", request_body = Reopen,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/reopen")]
async fn reopen_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    say::<Reopen>(caller, *id, if_match, RectificationVerb::Reopen, body).await
}
