//! What the unit does: plans, reports, asks for time, hands in.

use std::collections::BTreeMap;

use actix_web::{post, web};
use serde::Deserialize;
use shared::domain::evidence::Evidence;
use shared::domain::id::Id;
use shared::domain::measure::{MeasureChange, Plan};
use shared::domain::rectification::{
    Done, Rectification, RectificationVerb, RequestExtension, submitted_late,
};
use shared::domain::refusal::{Code, Violations};
use shared::store::{finding, rectification};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::view::RectificationView;
use super::{act, link, say};
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(plan_rectification)
        .service(progress_rectification)
        .service(submit_rectification)
        .service(request_extension);
}

/// Sets the unit's plan; measures that have ended stay (liaison).
#[utoipa::path(tag = "rectifications", operation_id = "plan_rectification", request_body = Plan,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/plan")]
async fn plan_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, RectificationVerb::Plan, move |tx, _, order, _| {
        let plan: Plan = body.read()?;
        let mut violations = Violations::default();
        plan.check(&mut violations);
        violations.refuse()?;
        let measures = rectification::replace_measures(tx, &order, &plan.measures)?;
        Ok(Done::quietly(Rectification { goal: Some(plan.goal), measures, ..order }))
    })
    .await
}

/// What was done on the way.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RectificationProgress)]
struct Progress {
    /// What was done.
    #[schema(max_length = 10_000, example = "已与权属单位商定腾退时间。")]
    text: String,
    /// Papers and pictures.
    #[serde(default)]
    #[schema(max_items = 100, example = json!([]))]
    attachment_ids: Vec<Id>,
    /// Measures that have ended, by their id.
    #[serde(default)]
    #[schema(example = json!({"01890a5d-ac96-774b-bcce-b302099a8057": {"status": "done", "done_on": "2023-08-25"}}))]
    measures: BTreeMap<Id, MeasureChange>,
}

/// Reports progress and measures that have ended (liaison).
#[utoipa::path(tag = "rectifications", operation_id = "progress_rectification", request_body = Progress,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/progress")]
async fn progress_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, RectificationVerb::Progress, move |tx, locked, order, scene| {
        let Progress { text, attachment_ids, measures } = body.read()?;
        let mut violations = Violations::default();
        violations.text("/text", &text, 10_000);
        violations.attachments("/attachment_ids", &attachment_ids);
        violations.refuse()?;
        let measures = rectification::change_measures(tx, &order, &measures, scene.today)?;
        link(tx, locked, &attachment_ids)?;
        let mut after = Rectification { measures, ..order };
        let entry = rectification::add_progress(tx, after.id, text, attachment_ids)?;
        after.progress.push(entry);
        Ok(Done::quietly(after))
    })
    .await
}

/// Hands it in for verification, with evidence (liaison; coordinator for a unit that works on paper).
#[utoipa::path(tag = "rectifications", operation_id = "submit_rectification", request_body = Evidence,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/submit")]
async fn submit_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, RectificationVerb::Submit, move |tx, locked, order, scene| {
        let evidence: Evidence = body.read()?;
        let entered_for_unit = !tx.actor.is_liaison_of(order.unit_id);
        let mut violations = Violations::default();
        let plan = (order.content.mode, order.has_plan());
        evidence.check(&mut violations, plan, entered_for_unit, scene.today);
        let cleared = evidence.vacated_on.is_some() || evidence.measured_rooms.is_some();
        let shown = cleared || finding::is_put_right(tx, scene.finding, None, scene.today)?;
        violations.require(shown, "/measured_rooms", Code::EvidenceRequired);
        violations.refuse()?;
        link(tx, locked, &evidence.attachment_ids)?;
        Ok(Done::quietly(Rectification {
            submitted_late: order.submitted_late || submitted_late(scene.today, order.content.due_on),
            evidence: Some(evidence),
            submitted_at: Some(scene.now),
            submitted_by: tx.actor.account_id,
            entered_for_unit,
            return_reason: None,
            ..order
        }))
    })
    .await
}

/// Asks for a later due date (liaison). Nothing changes before it is decided on.
///
/// The request lapses when the rectification is handed in, deferred, or gets another due date.
#[utoipa::path(tag = "rectifications", operation_id = "request_extension", request_body = RequestExtension,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/request-extension")]
async fn request_extension(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    say::<RequestExtension>(caller, *id, if_match, RectificationVerb::RequestExtension, body).await
}
