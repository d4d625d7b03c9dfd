//! Leader-office sheets (Annex 3).

mod supplement;
mod verb;
mod view;

use actix_web::{get, patch, post, web};
use shared::domain::form::WRITERS;
use shared::domain::id::Id;
use shared::domain::leader_office::{Sheet, SheetContent};
use shared::store::form::{self, FormRecord};
use shared::store::leader_office::sheet;
use utoipa_actix_web::service_config::ServiceConfig;

use super::form::{FormQuery, Shown, check_begins, get_form, list_forms, visit_of_writer};
use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::list::{List, PageParams};
use crate::schema::{New, Patch};
use view::SheetView;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create_leader_office_sheet)
        .service(list_leader_office_sheets)
        .service(get_leader_office_sheet)
        .service(update_leader_office_sheet)
        .configure(verb::register)
        .configure(supplement::register);
}

type NewSheet = New<SheetContent>;
type SheetPatch = Patch<SheetContent>;

/// Begins the sheet of a visit (an inspector of the visit, coordinator; never of their own unit). A visit has one
/// that is not void.
#[utoipa::path(tag = "leader-office sheets", operation_id = "create_leader_office_sheet", request_body = NewSheet,
    responses((status = 201, description = "The sheet.", body = SheetView)))]
#[post("/leader-office-sheets")]
async fn create_leader_office_sheet(caller: Caller, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            tx.require(WRITERS)?;
            let (id, content): (Id, SheetContent) = body.read_new()?;
            let (campaign, visit) = visit_of_writer(tx, content.visit_id)?;
            check_begins(&campaign, &visit)?;
            content.check(campaign.today(tx.now))?;
            let record = sheet::create(tx, id, &visit, content)?;
            Answer::created(&Sheet::view(record, tx.actor))
        })
        .await
}

/// Lists the leader-office sheets in the caller's scope; a liaison sees those of the own units that they were asked
/// to sign.
#[utoipa::path(tag = "leader-office sheets", operation_id = "list_leader_office_sheets", params(FormQuery, PageParams),
    responses((status = 200, description = "A page of sheets.", body = ListBody<SheetView>)))]
#[get("/leader-office-sheets")]
async fn list_leader_office_sheets(caller: Caller, list: List<FormQuery>) -> Result<Answer, Problem> {
    list_forms::<Sheet>(caller, list).await
}

/// Shows a leader-office sheet.
#[utoipa::path(tag = "leader-office sheets", operation_id = "get_leader_office_sheet",
    params(("id" = Id, Path, description = "The sheet.")),
    responses((status = 200, description = "The sheet.", body = SheetView)))]
#[get("/leader-office-sheets/{id}")]
async fn get_leader_office_sheet(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    get_form::<Sheet>(caller, *id).await
}

/// Changes the head of a sheet and who stands on it (an inspector of the visit, coordinator; never of their own
/// unit).
///
/// While it waits for signatures, a change makes it a draft again, and what was signed is void; so does a change of
/// one of its leader offices.
#[utoipa::path(tag = "leader-office sheets", operation_id = "update_leader_office_sheet",
    params(("id" = Id, Path, description = "The sheet."), IfMatch),
    request_body(content((SheetPatch = "application/merge-patch+json"), (SheetPatch = "application/json"))),
    responses((status = 200, description = "The sheet.", body = SheetView)))]
#[patch("/leader-office-sheets/{id}")]
async fn update_leader_office_sheet(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before: FormRecord<Sheet> = form::lock(tx, *id)?;
            before.permit_writing(tx.actor)?;
            if_match.0.check(before.form.version)?;
            before.check_editable(tx.actor, "update")?;
            let content: SheetContent = body.patch(&before.paper.content)?;
            before.paper.content.check_frozen(&content)?;
            content.check(before.campaign.today(tx.now))?;
            let after = sheet::update(tx, &before, content)?;
            Answer::record(&Sheet::view(after, tx.actor))
        })
        .await
}
