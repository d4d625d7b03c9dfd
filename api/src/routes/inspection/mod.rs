//! Inspection records (Annex 2).

mod draft;
mod item;
mod supplement;
mod verb;
mod view;

use actix_web::{get, patch, post, web};
use shared::domain::form::{FormVerb, WRITERS, permit_signature};
use shared::domain::id::Id;
use shared::domain::inspection::{Inspection, InspectionContent};
use shared::domain::refusal::Violations;
use shared::store::form::{self, FormRecord};
use shared::store::inspection;
use utoipa_actix_web::service_config::ServiceConfig;

use super::form::{FormQuery, Shown, check_begins, get_form, list_forms, visit_of_writer};
use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::list::{List, PageParams};
use crate::schema::{New, Patch};
use draft::InspectionDraft;
use view::InspectionView;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create_inspection)
        .service(list_inspections)
        .service(get_inspection)
        .service(update_inspection)
        .configure(item::register)
        .configure(verb::register)
        .configure(supplement::register);
}

type NewInspection = New<InspectionDraft>;
type InspectionPatch = Patch<InspectionContent>;

/// Begins a record of a visit (an inspector of the visit, coordinator; never of their own unit).
///
/// What was made without network comes in one call: items, signatures, a refusal to sign, each with the client's
/// own ids and the time of the device. With a signature or a refusal the record must be complete, and waits for
/// what is still to be signed.
#[utoipa::path(tag = "inspections", operation_id = "create_inspection", request_body = NewInspection,
    responses((status = 201, description = "The record.", body = InspectionView)))]
#[post("/inspections")]
async fn create_inspection(caller: Caller, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            tx.require(WRITERS)?;
            let (id, draft): (Id, InspectionDraft) = body.read_new()?;
            let (content, items, signatures, refusal) = draft.parts();
            let (campaign, visit) = visit_of_writer(tx, content.visit_id)?;
            let (unit_id, of_the_visit) = (visit.content.unit_id, visit.is_of(tx.actor));
            for signature in &signatures {
                let kind = (signature.side, signature.medium);
                permit_signature(tx.actor, unit_id, of_the_visit, kind)?;
            }
            check_begins(&campaign, &visit)?;
            content.check()?;
            Inspection::check_room(items.len())?;
            let mut violations = Violations::default();
            for (index, (_, item)) in items.iter().enumerate() {
                item.note_faults(&mut violations, &format!("/items/{index}"));
            }
            violations.refuse()?;
            let mut record = inspection::create(tx, id, &visit, content, items)?;
            if !signatures.is_empty() || refusal.is_some() {
                let status = record.subject().step(tx.actor, FormVerb::RequestSignatures)?;
                record = form::request_signatures(tx, &record, status)?;
            }
            for (index, signature) in signatures.into_iter().enumerate() {
                record = form::add_signature(tx, &record, signature, &format!("/signatures/{index}"))?;
            }
            if let Some(refusal) = refusal {
                record.subject().permit(tx.actor, FormVerb::RefuseToSign)?;
                record = form::add_refusal(tx, &record, refusal, "/refusal")?;
            }
            Answer::created(&Inspection::view(record, tx.actor))
        })
        .await
}

/// Lists the inspection records in the caller's scope; a liaison sees those of the own units that they were asked
/// to sign.
#[utoipa::path(tag = "inspections", operation_id = "list_inspections", params(FormQuery, PageParams),
    responses((status = 200, description = "A page of records.", body = ListBody<InspectionView>)))]
#[get("/inspections")]
async fn list_inspections(caller: Caller, list: List<FormQuery>) -> Result<Answer, Problem> {
    list_forms::<Inspection>(caller, list).await
}

/// Shows an inspection record.
#[utoipa::path(tag = "inspections", operation_id = "get_inspection",
    params(("id" = Id, Path, description = "The record.")),
    responses((status = 200, description = "The record.", body = InspectionView)))]
#[get("/inspections/{id}")]
async fn get_inspection(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    get_form::<Inspection>(caller, *id).await
}

/// Changes the head of a record (an inspector of the visit, coordinator; never of their own unit).
///
/// While it waits for signatures, a change makes it a draft again, and what was signed is void.
#[utoipa::path(tag = "inspections", operation_id = "update_inspection",
    params(("id" = Id, Path, description = "The record."), IfMatch),
    request_body(content((InspectionPatch = "application/merge-patch+json"), (InspectionPatch = "application/json"))),
    responses((status = 200, description = "The record.", body = InspectionView)))]
#[patch("/inspections/{id}")]
async fn update_inspection(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before: FormRecord<Inspection> = form::lock(tx, *id)?;
            before.permit_writing(tx.actor)?;
            if_match.0.check(before.form.version)?;
            before.check_editable(tx.actor, "update")?;
            let content: InspectionContent = body.patch(&before.paper.content)?;
            before.paper.content.check_frozen(&content)?;
            content.check()?;
            let after = inspection::update(tx, &before, content)?;
            Answer::record(&Inspection::view(after, tx.actor))
        })
        .await
}
