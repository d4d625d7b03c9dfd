//! What is added to a sealed leader-office sheet.

use actix_web::{get, post, web};
use shared::domain::form::SignatureContent;
use shared::domain::id::Id;
use shared::domain::leader_office::Sheet;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::routes::form::{self, NewFormSupplement, SupplementView};

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(list_leader_office_sheet_supplements)
        .service(create_leader_office_sheet_supplement)
        .service(get_leader_office_sheet_supplement)
        .service(sign_leader_office_sheet_supplement);
}

/// Shows what was added to a sheet, in the order of the numbers.
#[utoipa::path(tag = "leader-office sheets", operation_id = "list_leader_office_sheet_supplements",
    params(("id" = Id, Path, description = "The sheet.")),
    responses((status = 200, description = "The supplements.", body = ListBody<SupplementView>)))]
#[get("/leader-office-sheets/{id}/supplements")]
async fn list_leader_office_sheet_supplements(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    form::list_supplements::<Sheet>(caller, *id).await
}

/// Adds to a sealed sheet: a supplement (an inspector of the visit, coordinator; never of their own unit), or the
/// unit's objection (its liaison, an inspector of the visit).
#[utoipa::path(tag = "leader-office sheets", operation_id = "create_leader_office_sheet_supplement",
    params(("id" = Id, Path, description = "The sheet.")), request_body = NewFormSupplement,
    responses((status = 201, description = "The supplement.", body = SupplementView)))]
#[post("/leader-office-sheets/{id}/supplements")]
async fn create_leader_office_sheet_supplement(
    caller: Caller,
    id: web::Path<Id>,
    body: Body,
) -> Result<Answer, Problem> {
    form::create_supplement::<Sheet>(caller, *id, body).await
}

/// Shows something that was added to a sheet.
#[utoipa::path(tag = "leader-office sheets", operation_id = "get_leader_office_sheet_supplement",
    params(("id" = Id, Path, description = "The sheet."), ("number" = i32, Path, description = "Its number.")),
    responses((status = 200, description = "The supplement.", body = SupplementView)))]
#[get("/leader-office-sheets/{id}/supplements/{number}")]
async fn get_leader_office_sheet_supplement(
    caller: Caller,
    path: web::Path<(Id, i32)>,
) -> Result<Answer, Problem> {
    let (id, number) = path.into_inner();
    form::get_supplement::<Sheet>(caller, id, number).await
}

/// Signs something that was added to a sheet: a supplement like the sheet itself, an objection the unit alone.
/// The ETag is the sheet's.
#[utoipa::path(tag = "leader-office sheets", operation_id = "sign_leader_office_sheet_supplement", request_body = SignatureContent,
    params(("id" = Id, Path, description = "The sheet."), ("number" = i32, Path, description = "Its number."), IfMatch),
    responses((status = 200, description = "The supplement.", body = SupplementView)))]
#[post("/leader-office-sheets/{id}/supplements/{number}/sign")]
async fn sign_leader_office_sheet_supplement(
    caller: Caller,
    path: web::Path<(Id, i32)>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    form::sign_supplement::<Sheet>(caller, path.into_inner(), if_match, body).await
}
