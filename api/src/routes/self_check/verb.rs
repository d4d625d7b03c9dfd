//! What is done with a self-check.

use actix_web::{post, web};
use serde::Deserialize;
use shared::domain::campaign::Campaign;
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::domain::reason::Reason;
use shared::domain::refusal::{Code, Refusal, Violations};
use shared::domain::self_check::{SelfCheck, SelfCheckStatus, SelfCheckVerb};
use shared::domain::text::TextEnum;
use shared::store::{StoreResult, Write, self_check};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::asked;
use super::view::SelfCheckView;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(submit_self_check)
        .service(withdraw_self_check)
        .service(return_self_check)
        .service(accept_self_check)
        .service(excuse_self_check)
        .service(include_self_check)
        .service(allow_own_unit_on_self_check);
}

/// A self-check on which the verb is possible now, its campaign, and the state to which the verb leads.
fn admit(
    tx: &mut Write<'_>,
    id: Id,
    if_match: IfMatch,
    verb: SelfCheckVerb,
) -> StoreResult<(Campaign, SelfCheck, SelfCheckStatus)> {
    let (campaign, check) = self_check::lock(tx, id)?;
    let subject = check.subject(&campaign);
    subject.permit(tx.actor, verb)?;
    if_match.0.check(check.version)?;
    let status = subject.step(tx.actor, verb)?;
    Ok((campaign, check, status))
}

fn shown(tx: &Write<'_>, campaign: &Campaign, check: SelfCheck) -> StoreResult<Answer> {
    Answer::record(&SelfCheckView::of(check, campaign, tx.actor, tx.now))
}

/// Hands a self-check in, complete (its liaison; a coordinator for a unit that works on paper, with the
/// paper's scan).
///
/// It has an answer to each of the six focus items, a description of each problem, and an answer about
/// each material.
#[utoipa::path(tag = "self-checks", operation_id = "submit_self_check",
    params(("id" = Id, Path, description = "The self-check."), IfMatch),
    responses((status = 200, description = "The self-check.", body = SelfCheckView)))]
#[post("/self-checks/{id}/submit")]
async fn submit_self_check(caller: Caller, id: web::Path<Id>, if_match: IfMatch) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, before, status) = admit(tx, *id, if_match, SelfCheckVerb::Submit)?;
            let (items, materials) = asked(tx, &campaign)?;
            let mut violations = Violations::default();
            let on_paper = !tx.actor.is_liaison_of(before.unit_id);
            before.answers.check_complete(&mut violations, &items, &materials, on_paper);
            violations.refuse()?;
            let submitted = before.clone().submitted(&campaign, tx.actor.account_id, tx.now);
            let after = SelfCheck { status, ..submitted };
            let check = self_check::update(tx, SelfCheckVerb::Submit.as_str(), &before, after, None)?;
            shown(tx, &campaign, check)
        })
        .await
}

/// Takes a self-check back before it is accepted (its liaison).
#[utoipa::path(tag = "self-checks", operation_id = "withdraw_self_check",
    params(("id" = Id, Path, description = "The self-check."), IfMatch),
    responses((status = 200, description = "The self-check.", body = SelfCheckView)))]
#[post("/self-checks/{id}/withdraw")]
async fn withdraw_self_check(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, before, status) = admit(tx, *id, if_match, SelfCheckVerb::Withdraw)?;
            let after = SelfCheck { status, ..before.clone() };
            let check = self_check::update(tx, SelfCheckVerb::Withdraw.as_str(), &before, after, None)?;
            shown(tx, &campaign, check)
        })
        .await
}

/// How a self-check is sent back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SelfCheckReturn {
    /// Why; the unit is told so.
    #[schema(min_length = 1, max_length = 1_000, example = "租用情况未说明审批文号。")]
    reason: String,
    /// The unit's own last day from now on; else the last day stays.
    #[serde(default)]
    #[schema(example = "2023-08-09")]
    due_on: Option<Date>,
}

impl SelfCheckReturn {
    fn check(&self, today: Date) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/reason", &self.reason, Reason::MAX);
        violations.require(self.due_on.is_none_or(|day| day >= today), "/due_on", Code::DueOnPast);
        violations.refuse()
    }
}

/// Sends a self-check back with a reason, also an accepted one (coordinator). The unit is told.
#[utoipa::path(tag = "self-checks", operation_id = "return_self_check",
    params(("id" = Id, Path, description = "The self-check."), IfMatch), request_body = SelfCheckReturn,
    responses((status = 200, description = "The self-check.", body = SelfCheckView)))]
#[post("/self-checks/{id}/return")]
async fn return_self_check(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, before, _) = admit(tx, *id, if_match, SelfCheckVerb::Return)?;
            let given: SelfCheckReturn = body.read()?;
            given.check(campaign.today(tx.now))?;
            let check = self_check::send_back(tx, &campaign, &before, &given.reason, given.due_on)?;
            shown(tx, &campaign, check)
        })
        .await
}

/// Accepts a self-check (coordinator, not of the same unit). A finding arises from each problem that it
/// reports, once, and the unit is told.
#[utoipa::path(tag = "self-checks", operation_id = "accept_self_check",
    params(("id" = Id, Path, description = "The self-check."), IfMatch),
    responses((status = 200, description = "The self-check.", body = SelfCheckView)))]
#[post("/self-checks/{id}/accept")]
async fn accept_self_check(caller: Caller, id: web::Path<Id>, if_match: IfMatch) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, before, _) = admit(tx, *id, if_match, SelfCheckVerb::Accept)?;
            let check = self_check::accept(tx, &campaign, &before)?;
            shown(tx, &campaign, check)
        })
        .await
}

/// Frees a unit from reporting, with a reason (coordinator): it is out of the denominators.
#[utoipa::path(tag = "self-checks", operation_id = "excuse_self_check",
    params(("id" = Id, Path, description = "The self-check."), IfMatch), request_body = Reason,
    responses((status = 200, description = "The self-check.", body = SelfCheckView)))]
#[post("/self-checks/{id}/excuse")]
async fn excuse_self_check(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    for_a_reason(caller, *id, if_match, body, SelfCheckVerb::Excuse).await
}

/// Ends an exemption, with a reason (coordinator): the unit goes on with what it had.
#[utoipa::path(tag = "self-checks", operation_id = "include_self_check",
    params(("id" = Id, Path, description = "The self-check."), IfMatch), request_body = Reason,
    responses((status = 200, description = "The self-check.", body = SelfCheckView)))]
#[post("/self-checks/{id}/include")]
async fn include_self_check(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    for_a_reason(caller, *id, if_match, body, SelfCheckVerb::Include).await
}

/// Lets those of the unit judge its self-check, with a reason (the head of the campaign's leading group).
#[utoipa::path(tag = "self-checks", operation_id = "allow_own_unit_on_self_check",
    params(("id" = Id, Path, description = "The self-check."), IfMatch), request_body = Reason,
    responses((status = 200, description = "The self-check.", body = SelfCheckView)))]
#[post("/self-checks/{id}/allow-own-unit")]
async fn allow_own_unit_on_self_check(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, before, _) = admit(tx, *id, if_match, SelfCheckVerb::AllowOwnUnit)?;
            let reason: Reason = body.read()?;
            reason.check()?;
            let after = SelfCheck { own_unit_allowed: true, ..before.clone() };
            let action = SelfCheckVerb::AllowOwnUnit.as_str();
            let check = self_check::update(tx, action, &before, after, Some(&reason.reason))?;
            shown(tx, &campaign, check)
        })
        .await
}

async fn for_a_reason(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    body: Body,
    verb: SelfCheckVerb,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, before, status) = admit(tx, id, if_match, verb)?;
            let Reason { reason } = body.read()?;
            Reason { reason: reason.clone() }.check()?;
            let excuse_reason = (status == SelfCheckStatus::Excused).then(|| reason.clone());
            let after = SelfCheck { status, excuse_reason, ..before.clone() };
            let check = self_check::update(tx, verb.as_str(), &before, after, Some(&reason))?;
            shown(tx, &campaign, check)
        })
        .await
}
