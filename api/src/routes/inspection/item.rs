//! The items of an inspection record.

use actix_web::{delete, get, patch, post, web};
use shared::domain::id::Id;
use shared::domain::inspection::{Inspection, InspectionItem, ItemContent};
use shared::domain::refusal::{Refusal, Violations};
use shared::store::form::{self, FormRecord};
use shared::store::inspection;
use utoipa_actix_web::service_config::ServiceConfig;

use super::view::ItemView;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::schema::{New, Patch};

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create_inspection_item)
        .service(get_inspection_item)
        .service(update_inspection_item)
        .service(delete_inspection_item);
}

type NewInspectionItem = New<ItemContent>;
type InspectionItemPatch = Patch<ItemContent>;

/// An item of a record.
fn item_of(record: &FormRecord<Inspection>, id: Id) -> Result<InspectionItem, Refusal> {
    record.paper.items.iter().find(|item| item.id == id).cloned().ok_or(Refusal::NotFound)
}

fn check(content: &ItemContent) -> Result<(), Refusal> {
    let mut violations = Violations::default();
    content.note_faults(&mut violations, "");
    violations.refuse()
}

fn shown(record: &FormRecord<Inspection>, id: Id) -> Result<ItemView, Refusal> {
    Ok(ItemView::from(item_of(record, id)?))
}

/// Adds an item to a record (an inspector of the visit, coordinator; never of their own unit).
///
/// While the record waits for signatures, this makes it a draft again, and what was signed is void.
#[utoipa::path(tag = "inspections", operation_id = "create_inspection_item",
    params(("id" = Id, Path, description = "The record.")), request_body = NewInspectionItem,
    responses((status = 201, description = "The item.", body = ItemView)))]
#[post("/inspections/{id}/items")]
async fn create_inspection_item(caller: Caller, id: web::Path<Id>, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before: FormRecord<Inspection> = form::lock(tx, *id)?;
            before.permit_writing(tx.actor)?;
            before.check_editable(tx.actor, "create-item")?;
            let (item_id, content): (Id, ItemContent) = body.read_new()?;
            check(&content)?;
            let after = inspection::add_item(tx, &before, item_id, content)?;
            let location = format!("/v1/inspections/{id}/items/{item_id}");
            Answer::created_under(location, &shown(&after, item_id)?, after.form.version)
        })
        .await
}

/// Shows an item of a record.
#[utoipa::path(tag = "inspections", operation_id = "get_inspection_item",
    params(("id" = Id, Path, description = "The record."), ("item_id" = Id, Path, description = "The item.")),
    responses((status = 200, description = "The item.", body = ItemView)))]
#[get("/inspections/{id}/items/{item_id}")]
async fn get_inspection_item(caller: Caller, path: web::Path<(Id, Id)>) -> Result<Answer, Problem> {
    let (id, item_id) = path.into_inner();
    caller
        .read(move |read| {
            let record: FormRecord<Inspection> = form::get(read, id)?;
            Ok(Answer::json(&shown(&record, item_id)?)?.with_version(record.form.version))
        })
        .await
}

/// Changes an item of a record (an inspector of the visit, coordinator; never of their own unit). The ETag is the
/// record's.
///
/// While the record waits for signatures, this makes it a draft again, and what was signed is void.
#[utoipa::path(tag = "inspections", operation_id = "update_inspection_item",
    params(("id" = Id, Path, description = "The record."), ("item_id" = Id, Path, description = "The item."), IfMatch),
    request_body(content((InspectionItemPatch = "application/merge-patch+json"),
                         (InspectionItemPatch = "application/json"))),
    responses((status = 200, description = "The item.", body = ItemView)))]
#[patch("/inspections/{id}/items/{item_id}")]
async fn update_inspection_item(
    caller: Caller,
    path: web::Path<(Id, Id)>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    let (id, item_id) = path.into_inner();
    caller
        .write(move |tx| {
            let before: FormRecord<Inspection> = form::lock(tx, id)?;
            let item = item_of(&before, item_id)?;
            before.permit_writing(tx.actor)?;
            if_match.0.check(before.form.version)?;
            before.check_editable(tx.actor, "update-item")?;
            let content: ItemContent = body.patch(&item.content)?;
            check(&content)?;
            let after = inspection::update_item(tx, &before, item_id, content)?;
            Ok(Answer::json(&shown(&after, item_id)?)?.with_version(after.form.version))
        })
        .await
}

/// Takes an item out of a record (an inspector of the visit, coordinator; never of their own unit).
///
/// While the record waits for signatures, this makes it a draft again, and what was signed is void.
#[utoipa::path(tag = "inspections", operation_id = "delete_inspection_item",
    params(("id" = Id, Path, description = "The record."), ("item_id" = Id, Path, description = "The item."), IfMatch),
    responses((status = 204, description = "It is gone; the ETag is the record's new version.")))]
#[delete("/inspections/{id}/items/{item_id}")]
async fn delete_inspection_item(
    caller: Caller,
    path: web::Path<(Id, Id)>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    let (id, item_id) = path.into_inner();
    caller
        .write(move |tx| {
            let before: FormRecord<Inspection> = form::lock(tx, id)?;
            item_of(&before, item_id)?;
            before.permit_writing(tx.actor)?;
            if_match.0.check(before.form.version)?;
            before.check_editable(tx.actor, "delete-item")?;
            let after = inspection::remove_item(tx, &before, item_id)?;
            Ok(Answer::empty().with_version(after.form.version))
        })
        .await
}
