//! What the leading group's office does: issues, corrects, withdraws, resumes.

use actix_web::{post, web};
use shared::domain::id::Id;
use shared::domain::reason::Reason;
use shared::domain::rectification::{
    Correction, DecideExtension, Done, Rectification, RectificationVerb, Resume, Withdraw, ordered,
};
use shared::store::rectification;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::view::RectificationView;
use super::{act, say};
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(order_rectification)
        .service(correct_rectification)
        .service(withdraw_rectification)
        .service(resume_rectification)
        .service(decide_extension);
}

/// Issues a draft: it gets its number, and the unit and its leader are told (coordinator).
///
/// Where the campaign's `orders_need_approval` is set, a leader has approved it before.
#[utoipa::path(tag = "rectifications", operation_id = "order_rectification",
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/order")]
async fn order_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, RectificationVerb::Order, |tx, locked, order, scene| {
        order.content.check_issued(scene.today)?;
        let number = rectification::next_number(tx, &locked.campaign)?;
        let after = Rectification { number: Some(number), ordered_at: Some(scene.now), ..order };
        let matter = ordered(&after, scene, None);
        Ok(Done::told(after, matter))
    })
    .await
}

/// Corrects something of an issued order and issues it again (coordinator).
#[utoipa::path(tag = "rectifications", operation_id = "correct_rectification", request_body = Correction,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/correct")]
async fn correct_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    say::<Correction>(caller, *id, if_match, RectificationVerb::Correct, body).await
}

/// Takes an issued order back; it counts no more, and its finding is open again (coordinator).
#[utoipa::path(tag = "rectifications", operation_id = "withdraw_rectification", request_body = Reason,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/withdraw")]
async fn withdraw_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    say::<Withdraw>(caller, *id, if_match, RectificationVerb::Withdraw, body).await
}

/// Lets a deferred rectification go on, with a new due date; the unit is told (coordinator).
#[utoipa::path(tag = "rectifications", operation_id = "resume_rectification", request_body = Resume,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/resume")]
async fn resume_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    say::<Resume>(caller, *id, if_match, RectificationVerb::Resume, body).await
}

/// Decides on the unit's request for a later due date; the unit is told (coordinator on the first request,
/// a leader on every further one).
///
/// The due date of the first issue is kept.
#[utoipa::path(tag = "rectifications", operation_id = "decide_extension", request_body = DecideExtension,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/decide-extension")]
async fn decide_extension(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    say::<DecideExtension>(caller, *id, if_match, RectificationVerb::DecideExtension, body).await
}
