//! What is done with a leader-office sheet.

use actix_web::{get, post, web};
use shared::domain::form::{RefusalContent, SignatureContent, Stamp};
use shared::domain::id::Id;
use shared::domain::leader_office::Sheet;
use shared::domain::reason::Reason;
use utoipa_actix_web::service_config::ServiceConfig;

use super::view::SheetView;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::routes::form::{self, VerificationView};

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(request_leader_office_sheet_signatures)
        .service(sign_leader_office_sheet)
        .service(refuse_leader_office_sheet)
        .service(seal_leader_office_sheet)
        .service(void_leader_office_sheet)
        .service(verify_leader_office_sheet);
}

/// Asks both sides to sign a complete sheet: from now on its unit sees it (an inspector of the visit,
/// coordinator; never of their own unit).
#[utoipa::path(tag = "leader-office sheets", operation_id = "request_leader_office_sheet_signatures",
    params(("id" = Id, Path, description = "The sheet."), IfMatch),
    responses((status = 200, description = "The sheet.", body = SheetView)))]
#[post("/leader-office-sheets/{id}/request-signatures")]
async fn request_leader_office_sheet_signatures(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    form::request_signatures::<Sheet>(caller, *id, if_match).await
}

/// Signs a sheet: for the team an inspector of the visit; for the unit its liaison, or a participant by hand on
/// the inspector's device.
///
/// Nobody signs for the team at their own unit. The signature keeps the hash of what was signed.
#[utoipa::path(tag = "leader-office sheets", operation_id = "sign_leader_office_sheet", request_body = SignatureContent,
    params(("id" = Id, Path, description = "The sheet."), IfMatch),
    responses((status = 200, description = "The sheet.", body = SheetView)))]
#[post("/leader-office-sheets/{id}/sign")]
async fn sign_leader_office_sheet(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    form::sign::<Sheet>(caller, *id, if_match, body).await
}

/// Notes that the unit does not sign, and why (an inspector of the visit, the unit's liaison).
#[utoipa::path(tag = "leader-office sheets", operation_id = "refuse_leader_office_sheet", request_body = RefusalContent,
    params(("id" = Id, Path, description = "The sheet."), IfMatch),
    responses((status = 200, description = "The sheet.", body = SheetView)))]
#[post("/leader-office-sheets/{id}/refuse-to-sign")]
async fn refuse_leader_office_sheet(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    form::refuse_to_sign::<Sheet>(caller, *id, if_match, body).await
}

/// Seals a sheet that both sides have signed, or the unit has refused to, under the unit's stamp or the reason why there
/// is none (an inspector of the visit, coordinator; never of their own unit): it never changes again, nor do the leader
/// offices that are its rows, the limits that they are judged by, and the verdicts.
#[utoipa::path(tag = "leader-office sheets", operation_id = "seal_leader_office_sheet", request_body = Stamp,
    params(("id" = Id, Path, description = "The sheet."), IfMatch),
    responses((status = 200, description = "The sheet.", body = SheetView)))]
#[post("/leader-office-sheets/{id}/seal")]
async fn seal_leader_office_sheet(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    form::seal::<Sheet>(caller, *id, if_match, Some(body)).await
}

/// Makes a sheet void (an inspector of the visit, coordinator; a sealed one a coordinator; never of their own
/// unit). Whoever signed a sealed one is told.
#[utoipa::path(tag = "leader-office sheets", operation_id = "void_leader_office_sheet", request_body = Reason,
    params(("id" = Id, Path, description = "The sheet."), IfMatch),
    responses((status = 200, description = "The sheet.", body = SheetView)))]
#[post("/leader-office-sheets/{id}/void")]
async fn void_leader_office_sheet(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    form::void::<Sheet>(caller, *id, if_match, body).await
}

/// Holds a sealed sheet against the bytes that were sealed, and names the first field that differs. What was
/// never sealed is not found.
#[utoipa::path(tag = "leader-office sheets", operation_id = "verify_leader_office_sheet",
    params(("id" = Id, Path, description = "The sheet.")),
    responses((status = 200, description = "Whether they say the same.", body = VerificationView)))]
#[get("/leader-office-sheets/{id}/verification")]
async fn verify_leader_office_sheet(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    form::verification::<Sheet>(caller, *id).await
}
