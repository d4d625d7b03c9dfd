//! The phases of a campaign: free in a draft, afterwards changed by recorded decisions.

use actix_web::{delete, get, patch, post, put, web};
use serde::{Deserialize, Serialize};
use shared::domain::campaign::{Campaign, CampaignStatus, PhaseDecision};
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::phase::{Phase, PhaseKind, check_phases};
use shared::domain::reason::Reason;
use shared::domain::refusal::{Code, Refusal, Violations};
use shared::store::{DbConnection, StoreResult, campaign};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{DRAFT, NOT_CLOSED, admit, admit_child};
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::schema::Patch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(list_phases)
        .service(put_phases)
        .service(create_phase)
        .service(get_phase)
        .service(update_phase)
        .service(delete_phase);
}

/// The phases of a campaign, and how they came to be as they are.
#[derive(Serialize, ToSchema)]
struct PhaseList {
    /// The phases, in the order of their first days.
    items: Vec<Phase>,
    /// The decisions by which they were changed after the campaign was opened, in their order.
    decisions: Vec<PhaseDecisionView>,
}

/// A change of a phase's dates after the campaign was opened.
#[derive(Serialize, ToSchema)]
#[schema(as = PhaseDecision)]
struct PhaseDecisionView {
    id: Id,
    /// The phase as it was.
    before: Phase,
    /// The phase as it was decided.
    after: Phase,
    /// Why.
    #[schema(example = "受台风影响，实地巡检顺延三天。")]
    reason: String,
    /// The account that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<Id>,
    /// The name of who decided.
    #[schema(example = "领导小组办公室")]
    decided_by_name: String,
    /// When it was decided.
    decided_at: Instant,
}

impl PhaseDecisionView {
    fn of(decision: PhaseDecision) -> Self {
        Self {
            id: decision.id,
            before: decision.before,
            after: decision.after,
            reason: decision.reason,
            decided_by: decision.decided_by,
            decided_by_name: decision.decided_by_name,
            decided_at: decision.decided_at,
        }
    }
}

fn answer(conn: &mut DbConnection, campaign: &Campaign) -> StoreResult<Answer> {
    let decisions = campaign::decisions(conn, campaign.id)?;
    let list = PhaseList {
        items: campaign.content.phases.clone(),
        decisions: decisions.into_iter().map(PhaseDecisionView::of).collect(),
    };
    Ok(Answer::json(&list)?.with_version(campaign.version))
}

/// Shows the phases of a campaign and the decisions by which they were changed.
#[utoipa::path(tag = "campaigns", operation_id = "list_phases",
    params(("id" = Id, Path, description = "The campaign.")),
    responses((status = 200, description = "The phases.", body = PhaseList)))]
#[get("/campaigns/{id}/phases")]
async fn list_phases(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let campaign = campaign::get(read, *id)?;
            answer(read.conn, &campaign)
        })
        .await
}

/// All phases of a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Phases {
    /// In the order of their first days.
    #[schema(max_items = 4)]
    phases: Vec<Phase>,
}

/// Gives a draft these phases and no others (coordinator).
#[utoipa::path(tag = "campaigns", operation_id = "put_phases",
    params(("id" = Id, Path, description = "The campaign."), IfMatch), request_body = Phases,
    responses((status = 200, description = "The phases.", body = PhaseList)))]
#[put("/campaigns/{id}/phases")]
async fn put_phases(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before = admit(tx, *id, Some(if_match), DRAFT, "put-phases")?;
            let Phases { phases } = body.read()?;
            let mut violations = Violations::default();
            check_phases(&mut violations, "/phases", &phases);
            violations.refuse()?;
            let campaign = campaign::change_phases(tx, &before, phases, None)?;
            answer(tx.conn, &campaign)
        })
        .await
}

/// Adds a phase to a draft (coordinator).
#[utoipa::path(tag = "campaigns", operation_id = "create_phase",
    params(("id" = Id, Path, description = "The campaign.")), request_body = Phase,
    responses((status = 201, description = "The phase.", body = Phase)))]
#[post("/campaigns/{id}/phases")]
async fn create_phase(caller: Caller, id: web::Path<Id>, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before = admit(tx, *id, None, DRAFT, "create-phase")?;
            let phase: Phase = body.read()?;
            let phases = before.with_new_phase(phase)?;
            let campaign = campaign::change_phases(tx, &before, phases, None)?;
            let location = format!("/v1/campaigns/{id}/phases/{}", phase.kind);
            Answer::created_under(location, &phase, campaign.version)
        })
        .await
}

fn found(campaign: &Campaign, kind: PhaseKind) -> StoreResult<Phase> {
    campaign.phase(kind).copied().ok_or_else(|| Refusal::NotFound.into())
}

/// Shows a phase.
#[utoipa::path(tag = "campaigns", operation_id = "get_phase",
    params(("id" = Id, Path, description = "The campaign."), ("kind" = PhaseKind, Path, description = "The phase.")),
    responses((status = 200, description = "The phase.", body = Phase)))]
#[get("/campaigns/{id}/phases/{kind}")]
async fn get_phase(caller: Caller, path: web::Path<(Id, PhaseKind)>) -> Result<Answer, Problem> {
    let (id, kind) = path.into_inner();
    caller
        .read(move |read| {
            let campaign = campaign::get(read, id)?;
            Ok(Answer::json(&found(&campaign, kind)?)?.with_version(campaign.version))
        })
        .await
}

/// What can be changed of a phase.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PhaseChange {
    /// The first day.
    starts_on: Date,
    /// The last day, until its end.
    ends_on: Date,
    /// Why; required once the campaign is open, since the change is then a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1_000, example = "受台风影响，实地巡检顺延三天。")]
    reason: Option<String>,
}

type PhasePatch = Patch<PhaseChange>;

/// Changes the dates of a phase (coordinator). Once the campaign is open that is a recorded decision with
/// its reason, of which the units concerned are told.
#[utoipa::path(tag = "campaigns", operation_id = "update_phase",
    params(("id" = Id, Path, description = "The campaign."), ("kind" = PhaseKind, Path, description = "The phase."), IfMatch),
    request_body(content((PhasePatch = "application/merge-patch+json"), (PhasePatch = "application/json"))),
    responses((status = 200, description = "The phase.", body = Phase)))]
#[patch("/campaigns/{id}/phases/{kind}")]
async fn update_phase(
    caller: Caller,
    path: web::Path<(Id, PhaseKind)>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    let (id, kind) = path.into_inner();
    caller
        .write(move |tx| {
            let (before, old) =
                admit_child(tx, id, Some(if_match), NOT_CLOSED, "change-phase", |_, before| {
                    found(before, kind)
                })?;
            let change: PhaseChange =
                body.patch(&PhaseChange { starts_on: old.starts_on, ends_on: old.ends_on, reason: None })?;
            let new = Phase { kind, starts_on: change.starts_on, ends_on: change.ends_on };
            let is_draft = before.status == CampaignStatus::Draft;
            let mut violations = Violations::default();
            violations.optional_text("/reason", change.reason.as_deref(), Reason::MAX);
            violations.require(is_draft || change.reason.is_some(), "/reason", Code::Missing);
            violations.refuse()?;
            let phases = before.with_phase(new)?;
            let reason = change.reason.as_deref();
            let campaign = match reason {
                // Nothing is decided where nothing changes.
                _ if new == old => before,
                Some(reason) if !is_draft => campaign::decide_phase(tx, &before, phases, (old, new), reason)?,
                _ => campaign::change_phases(tx, &before, phases, reason)?,
            };
            Ok(Answer::json(&new)?.with_version(campaign.version))
        })
        .await
}

/// Takes a phase out of a draft (coordinator).
#[utoipa::path(tag = "campaigns", operation_id = "delete_phase",
    params(("id" = Id, Path, description = "The campaign."), ("kind" = PhaseKind, Path, description = "The phase."), IfMatch),
    responses((status = 204, description = "It is gone; the ETag is the campaign's new version.")))]
#[delete("/campaigns/{id}/phases/{kind}")]
async fn delete_phase(
    caller: Caller,
    path: web::Path<(Id, PhaseKind)>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    let (id, kind) = path.into_inner();
    caller
        .write(move |tx| {
            let (before, _) =
                admit_child(tx, id, Some(if_match), DRAFT, "delete-phase", |_, before| found(before, kind))?;
            let mut phases = before.content.phases.clone();
            phases.retain(|phase| phase.kind != kind);
            let campaign = campaign::change_phases(tx, &before, phases, None)?;
            Ok(Answer::empty().with_version(campaign.version))
        })
        .await
}
