//! The verbs of escalations.

use actix_web::{post, web};
use shared::domain::escalation::{Conclude, Decide, Escalation, EscalationVerb};
use shared::domain::id::Id;
use shared::domain::reason::Reason;
use shared::domain::text::TextEnum;
use shared::store::{StoreResult, Write, escalation};
use utoipa_actix_web::service_config::ServiceConfig;

use super::view::EscalationView;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(approve_escalation)
        .service(reject_escalation)
        .service(send_escalation)
        .service(withdraw_escalation)
        .service(conclude_escalation)
        .service(allow_own_unit_on_escalation);
}

/// An escalation as a verb leaves it, with the reason that was asked for.
type Done = (Escalation, Option<String>);

/// What every verb does: admits the caller in the order of refusals, changes the record, tells whom it waits
/// for.
async fn act<F>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    verb: EscalationVerb,
    mut change: F,
) -> Result<Answer, Problem>
where
    F: FnMut(&mut Write<'_>, Escalation) -> StoreResult<Done> + Send + 'static,
{
    caller
        .write(move |tx| {
            let (campaign, before) = escalation::lock(tx, id)?;
            let subject = before.escalation.subject(&campaign);
            subject.permit(tx.actor, verb)?;
            if_match.0.check(before.escalation.version)?;
            let status = subject.step(tx.actor, verb)?;
            let next = Escalation { status, ..before.escalation.clone() };
            let (after, reason) = change(tx, next)?;
            let named = escalation::update(tx, verb.as_str(), &before, after, reason.as_deref())?;
            if named.escalation.status != before.escalation.status {
                escalation::tell(tx, &campaign, &named.escalation)?;
            }
            Answer::record(&EscalationView::of(named, &campaign, tx.actor))
        })
        .await
}

/// What approval and rejection share: the group's decision, named and with its papers.
async fn decide(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    verb: EscalationVerb,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, id, if_match, verb, move |tx, escalation| {
        let decide: Decide = body.read()?;
        let (reason, papers) = (decide.reason.clone(), decide.attachment_ids.clone());
        let after = decide.act(escalation, tx.actor, tx.now)?;
        escalation::link(tx, after.id, &papers)?;
        Ok((after, Some(reason)))
    })
    .await
}

/// Agrees to a proposal by a decision of the leading group, which is named (leader; never about their own
/// unit).
#[utoipa::path(tag = "escalations", operation_id = "approve_escalation", request_body = Decide,
    params(("id" = Id, Path, description = "The escalation."), IfMatch),
    responses((status = 200, description = "The escalation.", body = EscalationView)))]
#[post("/escalations/{id}/approve")]
async fn approve_escalation(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    decide(caller, *id, if_match, EscalationVerb::Approve, body).await
}

/// Does not agree to a proposal, by a decision of the leading group, which is named (leader; never about
/// their own unit).
#[utoipa::path(tag = "escalations", operation_id = "reject_escalation", request_body = Decide,
    params(("id" = Id, Path, description = "The escalation."), IfMatch),
    responses((status = 200, description = "The escalation.", body = EscalationView)))]
#[post("/escalations/{id}/reject")]
async fn reject_escalation(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    decide(caller, *id, if_match, EscalationVerb::Reject, body).await
}

/// Hands an approved escalation to its addressee, who is told (coordinator).
///
/// The discipline commission sees it from now on, with the findings and orders that it rests on.
#[utoipa::path(tag = "escalations", operation_id = "send_escalation",
    params(("id" = Id, Path, description = "The escalation."), IfMatch),
    responses((status = 200, description = "The escalation.", body = EscalationView)))]
#[post("/escalations/{id}/send")]
async fn send_escalation(caller: Caller, id: web::Path<Id>, if_match: IfMatch) -> Result<Answer, Problem> {
    act(caller, *id, if_match, EscalationVerb::Send, |tx, escalation| {
        Ok((Escalation { sent_at: Some(tx.now), ..escalation }, None))
    })
    .await
}

/// Takes a proposal back, approved or not (coordinator).
#[utoipa::path(tag = "escalations", operation_id = "withdraw_escalation", request_body = Reason,
    params(("id" = Id, Path, description = "The escalation."), IfMatch),
    responses((status = 200, description = "The escalation.", body = EscalationView)))]
#[post("/escalations/{id}/withdraw")]
async fn withdraw_escalation(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, EscalationVerb::Withdraw, move |_, escalation| {
        let reason: Reason = body.read()?;
        reason.check()?;
        let withdraw_reason = Some(reason.reason.clone());
        Ok((Escalation { withdraw_reason, ..escalation }, Some(reason.reason)))
    })
    .await
}

/// Records the addressee's answer (coordinator; the discipline commission on what was sent to it).
#[utoipa::path(tag = "escalations", operation_id = "conclude_escalation", request_body = Conclude,
    params(("id" = Id, Path, description = "The escalation."), IfMatch),
    responses((status = 200, description = "The escalation.", body = EscalationView)))]
#[post("/escalations/{id}/conclude")]
async fn conclude_escalation(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, EscalationVerb::Conclude, move |tx, escalation| {
        let conclude: Conclude = body.read()?;
        let papers = conclude.attachment_ids.clone();
        let after = conclude.act(escalation, tx.now)?;
        escalation::link(tx, after.id, &papers)?;
        Ok((after, None))
    })
    .await
}

/// Lets those of the unit decide on the escalation, with a reason (the head of the campaign's leading group).
#[utoipa::path(tag = "escalations", operation_id = "allow_own_unit_on_escalation", request_body = Reason,
    params(("id" = Id, Path, description = "The escalation."), IfMatch),
    responses((status = 200, description = "The escalation.", body = EscalationView)))]
#[post("/escalations/{id}/allow-own-unit")]
async fn allow_own_unit_on_escalation(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, EscalationVerb::AllowOwnUnit, move |_, escalation| {
        let reason: Reason = body.read()?;
        reason.check()?;
        Ok((Escalation { own_unit_allowed: true, ..escalation }, Some(reason.reason)))
    })
    .await
}
