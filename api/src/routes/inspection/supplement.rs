//! What is added to a sealed inspection record.

use actix_web::{get, post, web};
use shared::domain::form::SignatureContent;
use shared::domain::id::Id;
use shared::domain::inspection::Inspection;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::routes::form::{self, NewFormSupplement, SupplementView};

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(list_inspection_supplements)
        .service(create_inspection_supplement)
        .service(get_inspection_supplement)
        .service(sign_inspection_supplement);
}

/// Shows what was added to a record, in the order of the numbers.
#[utoipa::path(tag = "inspections", operation_id = "list_inspection_supplements",
    params(("id" = Id, Path, description = "The record.")),
    responses((status = 200, description = "The supplements.", body = ListBody<SupplementView>)))]
#[get("/inspections/{id}/supplements")]
async fn list_inspection_supplements(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    form::list_supplements::<Inspection>(caller, *id).await
}

/// Adds to a sealed record: a supplement (an inspector of the visit, coordinator; never of their own unit), or the
/// unit's objection (its liaison, an inspector of the visit).
#[utoipa::path(tag = "inspections", operation_id = "create_inspection_supplement",
    params(("id" = Id, Path, description = "The record.")), request_body = NewFormSupplement,
    responses((status = 201, description = "The supplement.", body = SupplementView)))]
#[post("/inspections/{id}/supplements")]
async fn create_inspection_supplement(
    caller: Caller,
    id: web::Path<Id>,
    body: Body,
) -> Result<Answer, Problem> {
    form::create_supplement::<Inspection>(caller, *id, body).await
}

/// Shows something that was added to a record.
#[utoipa::path(tag = "inspections", operation_id = "get_inspection_supplement",
    params(("id" = Id, Path, description = "The record."), ("number" = i32, Path, description = "Its number.")),
    responses((status = 200, description = "The supplement.", body = SupplementView)))]
#[get("/inspections/{id}/supplements/{number}")]
async fn get_inspection_supplement(caller: Caller, path: web::Path<(Id, i32)>) -> Result<Answer, Problem> {
    let (id, number) = path.into_inner();
    form::get_supplement::<Inspection>(caller, id, number).await
}

/// Signs something that was added to a record: a supplement like the record itself, an objection the unit alone.
/// The ETag is the record's.
#[utoipa::path(tag = "inspections", operation_id = "sign_inspection_supplement", request_body = SignatureContent,
    params(("id" = Id, Path, description = "The record."), ("number" = i32, Path, description = "Its number."), IfMatch),
    responses((status = 200, description = "The supplement.", body = SupplementView)))]
#[post("/inspections/{id}/supplements/{number}/sign")]
async fn sign_inspection_supplement(
    caller: Caller,
    path: web::Path<(Id, i32)>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    form::sign_supplement::<Inspection>(caller, path.into_inner(), if_match, body).await
}
