//! The verbs of findings.

use actix_web::{post, web};
use shared::domain::campaign::Campaign;
use shared::domain::finding::{Close, Finding, FindingVerb, Merge};
use shared::domain::id::Id;
use shared::domain::reason::Reason;
use shared::domain::refusal::{Code, Refusal};
use shared::domain::text::TextEnum;
use shared::store::{StoreResult, Write, finding, rectification};
use utoipa_actix_web::service_config::ServiceConfig;

use super::of_the_visit;
use super::view::FindingView;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(confirm_finding)
        .service(merge_finding)
        .service(void_finding)
        .service(close_finding)
        .service(reopen_finding)
        .service(allow_own_unit_on_finding);
}

/// A finding as a verb leaves it, with the reason that was asked for.
type Done = (Finding, Option<String>);

/// What every verb does: admits the caller in the order of refusals, and changes the record.
async fn act<F>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    verb: FindingVerb,
    mut change: F,
) -> Result<Answer, Problem>
where
    F: FnMut(&mut Write<'_>, &Campaign, Finding) -> StoreResult<Done> + Send + 'static,
{
    caller
        .write(move |tx| {
            let (campaign, before) = finding::lock(tx, id)?;
            let on_visit = of_the_visit(tx.conn, tx.actor, &before.content)?;
            let subject = before.subject(&campaign, on_visit);
            subject.permit(tx.actor, verb)?;
            if_match.0.check(before.version)?;
            let status = subject.step(tx.actor, verb)?;
            let next = Finding { status, ..before.clone() };
            let (after, reason) = change(tx, &campaign, next)?;
            let finding = finding::update(tx, verb.as_str(), &before, after, reason.as_deref())?;
            Answer::record(&FindingView::of(finding, &campaign, tx.actor, on_visit))
        })
        .await
}

/// Confirms a draft: from now on it counts, and its unit sees it (coordinator, inspector of a visit there; never of
/// their own unit).
#[utoipa::path(tag = "findings", operation_id = "confirm_finding",
    params(("id" = Id, Path, description = "The finding."), IfMatch),
    responses((status = 200, description = "The finding.", body = FindingView)))]
#[post("/findings/{id}/confirm")]
async fn confirm_finding(caller: Caller, id: web::Path<Id>, if_match: IfMatch) -> Result<Answer, Problem> {
    act(caller, *id, if_match, FindingVerb::Confirm, |tx, _, finding| {
        Ok((Finding { confirmed_at: Some(tx.now), ..finding }, None))
    })
    .await
}

/// Merges a finding into another one that counts, of the same campaign and unit; it counts no more itself
/// (coordinator).
///
/// Not while an order for it is drafted.
#[utoipa::path(tag = "findings", operation_id = "merge_finding", request_body = Merge,
    params(("id" = Id, Path, description = "The finding."), IfMatch),
    responses((status = 200, description = "The finding.", body = FindingView)))]
#[post("/findings/{id}/merge")]
async fn merge_finding(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, FindingVerb::Merge, move |tx, _, finding| {
        let merge: Merge = body.read()?;
        let (other, reason) = (finding::hold_other(tx, merge.into)?, merge.reason.clone());
        Ok((merge.act(finding, other.as_ref())?, Some(reason)))
    })
    .await
}

/// Takes out a finding that is none; its order is withdrawn, and the unit told of that (coordinator).
#[utoipa::path(tag = "findings", operation_id = "void_finding", request_body = Reason,
    params(("id" = Id, Path, description = "The finding."), IfMatch),
    responses((status = 200, description = "The finding.", body = FindingView)))]
#[post("/findings/{id}/void")]
async fn void_finding(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, FindingVerb::Void, move |tx, campaign, finding| {
        let reason: Reason = body.read()?;
        reason.check()?;
        let finding = finding.voided(&reason);
        rectification::withdraw_with_finding(tx, campaign, &finding, &reason)?;
        Ok((finding, Some(reason.reason)))
    })
    .await
}

/// Closes a finding without an order, since the unit has put it right already: verified, with evidence
/// (coordinator, inspector; never of their own unit).
///
/// Not while an order for it is drafted. Where it is about a leader office that exceeds its limit, the rooms were given back
/// or measured again within it; otherwise an order asks for that.
#[utoipa::path(tag = "findings", operation_id = "close_finding", request_body = Close,
    params(("id" = Id, Path, description = "The finding."), IfMatch),
    responses((status = 200, description = "The finding.", body = FindingView)))]
#[post("/findings/{id}/close")]
async fn close_finding(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, FindingVerb::Close, move |tx, campaign, finding| {
        let close: Close = body.read()?;
        let finding = close.act(finding, tx.now)?;
        if !finding::is_put_right(tx, &finding, None, campaign.today(tx.now))? {
            return Err(Refusal::invalid("", Code::StillOver).into());
        }
        finding::link_evidence(tx, &finding, &finding.attachment_ids)?;
        Ok((finding, None))
    })
    .await
}

/// Takes up again a finding that was closed without an order (coordinator, inspector; never of their own
/// unit).
#[utoipa::path(tag = "findings", operation_id = "reopen_finding", request_body = Reason,
    params(("id" = Id, Path, description = "The finding."), IfMatch),
    responses((status = 200, description = "The finding.", body = FindingView)))]
#[post("/findings/{id}/reopen")]
async fn reopen_finding(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, FindingVerb::Reopen, move |_, _, finding| {
        let reason: Reason = body.read()?;
        reason.check()?;
        Ok((finding.reopened(), Some(reason.reason)))
    })
    .await
}

/// Lets those of the unit judge the finding, with a reason (the head of the campaign's leading group).
#[utoipa::path(tag = "findings", operation_id = "allow_own_unit_on_finding", request_body = Reason,
    params(("id" = Id, Path, description = "The finding."), IfMatch),
    responses((status = 200, description = "The finding.", body = FindingView)))]
#[post("/findings/{id}/allow-own-unit")]
async fn allow_own_unit_on_finding(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, FindingVerb::AllowOwnUnit, move |_, _, finding| {
        let reason: Reason = body.read()?;
        reason.check()?;
        Ok((Finding { own_unit_allowed: true, ..finding }, Some(reason.reason)))
    })
    .await
}
