//! What is done with an inspection record.

use actix_web::{get, post, web};
use shared::domain::form::{RefusalContent, SignatureContent};
use shared::domain::id::Id;
use shared::domain::inspection::Inspection;
use shared::domain::reason::Reason;
use utoipa_actix_web::service_config::ServiceConfig;

use super::view::InspectionView;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::routes::form::{self, VerificationView};

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(request_inspection_signatures)
        .service(sign_inspection)
        .service(refuse_inspection)
        .service(seal_inspection)
        .service(void_inspection)
        .service(verify_inspection);
}

/// Asks both sides to sign a complete record: from now on its unit sees it (an inspector of the visit,
/// coordinator; never of their own unit).
#[utoipa::path(tag = "inspections", operation_id = "request_inspection_signatures",
    params(("id" = Id, Path, description = "The record."), IfMatch),
    responses((status = 200, description = "The record.", body = InspectionView)))]
#[post("/inspections/{id}/request-signatures")]
async fn request_inspection_signatures(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    form::request_signatures::<Inspection>(caller, *id, if_match).await
}

/// Signs a record: for the team an inspector of the visit; for the unit its liaison, or a participant by hand on
/// the inspector's device.
///
/// Nobody signs for the team at their own unit. The signature keeps the hash of what was signed.
#[utoipa::path(tag = "inspections", operation_id = "sign_inspection", request_body = SignatureContent,
    params(("id" = Id, Path, description = "The record."), IfMatch),
    responses((status = 200, description = "The record.", body = InspectionView)))]
#[post("/inspections/{id}/sign")]
async fn sign_inspection(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    form::sign::<Inspection>(caller, *id, if_match, body).await
}

/// Notes that the unit does not sign, and why (an inspector of the visit, the unit's liaison).
#[utoipa::path(tag = "inspections", operation_id = "refuse_inspection", request_body = RefusalContent,
    params(("id" = Id, Path, description = "The record."), IfMatch),
    responses((status = 200, description = "The record.", body = InspectionView)))]
#[post("/inspections/{id}/refuse-to-sign")]
async fn refuse_inspection(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    form::refuse_to_sign::<Inspection>(caller, *id, if_match, body).await
}

/// Seals a record that both sides have signed, or the unit has refused to (an inspector of the visit, coordinator;
/// never of their own unit): it never changes again.
#[utoipa::path(tag = "inspections", operation_id = "seal_inspection",
    params(("id" = Id, Path, description = "The record."), IfMatch),
    responses((status = 200, description = "The record.", body = InspectionView)))]
#[post("/inspections/{id}/seal")]
async fn seal_inspection(caller: Caller, id: web::Path<Id>, if_match: IfMatch) -> Result<Answer, Problem> {
    form::seal::<Inspection>(caller, *id, if_match, None).await
}

/// Makes a record void (an inspector of the visit, coordinator; a sealed one a coordinator; never of their own
/// unit). Whoever signed a sealed one is told.
#[utoipa::path(tag = "inspections", operation_id = "void_inspection", request_body = Reason,
    params(("id" = Id, Path, description = "The record."), IfMatch),
    responses((status = 200, description = "The record.", body = InspectionView)))]
#[post("/inspections/{id}/void")]
async fn void_inspection(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    form::void::<Inspection>(caller, *id, if_match, body).await
}

/// Holds a sealed record against the bytes that were sealed, and names the first field that differs. What was
/// never sealed is not found.
#[utoipa::path(tag = "inspections", operation_id = "verify_inspection",
    params(("id" = Id, Path, description = "The record.")),
    responses((status = 200, description = "Whether they say the same.", body = VerificationView)))]
#[get("/inspections/{id}/verification")]
async fn verify_inspection(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    form::verification::<Inspection>(caller, *id).await
}
