//! What is done with a visit.

use actix_web::{post, web};
use shared::domain::campaign::Campaign;
use shared::domain::id::Id;
use shared::domain::reason::Reason;
use shared::domain::text::TextEnum;
use shared::domain::visit::{Visit, VisitStatus, VisitVerb};
use shared::store::{StoreResult, Write, visit};
use utoipa_actix_web::service_config::ServiceConfig;

use super::view::VisitView;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(complete_visit).service(cancel_visit).service(reopen_visit);
}

/// A visit on which the verb is possible now, its campaign, and the state to which the verb leads.
fn admit(
    tx: &mut Write<'_>,
    id: Id,
    if_match: IfMatch,
    verb: VisitVerb,
) -> StoreResult<(Campaign, Visit, VisitStatus)> {
    let (campaign, visit) = visit::lock(tx, id)?;
    let subject = visit.subject(&campaign, tx.actor);
    subject.permit(tx.actor, verb)?;
    if_match.0.check(visit.version)?;
    let status = subject.step(tx.actor, verb)?;
    Ok((campaign, visit, status))
}

/// Notes that a visit was done (its inspectors, coordinator; never of their own unit): the unit counts as visited.
#[utoipa::path(tag = "visits", operation_id = "complete_visit",
    params(("id" = Id, Path, description = "The visit."), IfMatch),
    responses((status = 200, description = "The visit.", body = VisitView)))]
#[post("/visits/{id}/complete")]
async fn complete_visit(caller: Caller, id: web::Path<Id>, if_match: IfMatch) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let verb = VisitVerb::Complete;
            let (campaign, before, status) = admit(tx, *id, if_match, verb)?;
            let timing = before.timing_on_completion(&campaign);
            let after = Visit { status, timing, completed_at: Some(tx.now), ..before.clone() };
            let visit = visit::update(tx, &campaign, verb.as_str(), &before, after, None)?;
            Answer::record(&VisitView::of(visit, &campaign, tx.actor))
        })
        .await
}

/// Calls a visit off (coordinator; never of their own unit). The unit and the inspectors are told.
#[utoipa::path(tag = "visits", operation_id = "cancel_visit", request_body = Reason,
    params(("id" = Id, Path, description = "The visit."), IfMatch),
    responses((status = 200, description = "The visit.", body = VisitView)))]
#[post("/visits/{id}/cancel")]
async fn cancel_visit(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, before, status) = admit(tx, *id, if_match, VisitVerb::Cancel)?;
            let reason: Reason = body.read()?;
            reason.check()?;
            let visit = visit::cancel(tx, &campaign, &before, status, &reason.reason)?;
            Answer::record(&VisitView::of(visit, &campaign, tx.actor))
        })
        .await
}

/// Takes up a visit again that was noted as done (coordinator; never of their own unit).
#[utoipa::path(tag = "visits", operation_id = "reopen_visit", request_body = Reason,
    params(("id" = Id, Path, description = "The visit."), IfMatch),
    responses((status = 200, description = "The visit.", body = VisitView)))]
#[post("/visits/{id}/reopen")]
async fn reopen_visit(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let verb = VisitVerb::Reopen;
            let (campaign, before, status) = admit(tx, *id, if_match, verb)?;
            let reason: Reason = body.read()?;
            reason.check()?;
            let after = Visit { status, timing: None, completed_at: None, ..before.clone() };
            let visit = visit::update(tx, &campaign, verb.as_str(), &before, after, Some(&reason.reason))?;
            Answer::record(&VisitView::of(visit, &campaign, tx.actor))
        })
        .await
}
