//! The verbs of rectifications.

use std::collections::BTreeMap;

use actix_web::{post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use shared::domain::evidence::Evidence;
use shared::domain::id::Id;
use shared::domain::measure::{MeasureChange, Plan};
use shared::domain::notice_content::{Matter, OrderRef};
use shared::domain::reason::Reason;
use shared::domain::rectification::{
    Rectification, RectificationContent, RectificationVerb, check_due_on, submitted_late,
};
use shared::domain::refusal::{Code, Refusal, Violations};
use shared::domain::text::TextEnum;
use shared::store::notice::{Announcement, announce};
use shared::store::rectification::{self, KIND, Locked};
use shared::store::{StoreResult, Write, attachment};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::view::RectificationView;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(order_rectification)
        .service(correct_rectification)
        .service(plan_rectification)
        .service(progress_rectification)
        .service(submit_rectification)
        .service(return_rectification)
        .service(close_rectification)
        .service(withdraw_rectification);
}

/// What a verb did.
struct Done {
    after: Rectification,
    reason: Option<String>,
    /// What the unit is told.
    matter: Option<Matter>,
}

impl Done {
    fn quietly(after: Rectification) -> Self {
        Self { after, reason: None, matter: None }
    }
}

/// What every verb does: admits the caller in the order of refusals, changes the record, tells the unit.
async fn act<F>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    verb: RectificationVerb,
    mut change: F,
) -> Result<Answer, Problem>
where
    F: FnMut(&mut Write<'_>, &Locked, Rectification, NaiveDate) -> StoreResult<Done> + Send + 'static,
{
    caller
        .write(move |tx| {
            let locked = rectification::lock(tx, id)?;
            let subject = locked.rectification.subject(&locked.campaign);
            subject.permit(tx.actor, verb)?;
            if_match.0.check(locked.rectification.version)?;
            let status = subject.step(tx.actor, verb)?;
            let next = Rectification { status, ..locked.rectification.clone() };
            let today = locked.campaign.today(tx.now);
            let Done { after, reason, matter } = change(tx, &locked, next, today)?;
            let done = rectification::update(tx, verb.as_str(), &locked, after, reason.as_deref())?;
            if let Some(matter) = matter {
                let (campaign, record) = (&locked.campaign, ("rectifications", done.id));
                announce(tx, &Announcement { campaign, unit_id: done.unit_id, record, matter })?;
            }
            Answer::record(&RectificationView::of(done, &locked.campaign, tx.actor, tx.now))
        })
        .await
}

/// How a notice names the order.
fn reference(locked: &Locked, number: Option<&String>) -> OrderRef {
    OrderRef {
        number: number.cloned().unwrap_or_default(),
        focus_item: locked.finding.content.focus_item,
        description: locked.finding.content.description.clone(),
    }
}

fn ordered(locked: &Locked, order: &Rectification, correction_reason: Option<String>) -> Matter {
    Matter::RectificationOrdered {
        order: reference(locked, order.number.as_ref()),
        requirement: order.content.requirement.clone(),
        due_on: order.content.due_on,
        mode: order.content.mode,
        correction_reason,
    }
}

/// Links evidence to the rectification.
fn link(tx: &mut Write<'_>, locked: &Locked, ids: &[Id]) -> StoreResult<()> {
    let target = shared::domain::attachment::LinkedTo {
        record_kind: KIND.to_owned(),
        record_id: locked.rectification.id,
        unit_id: Some(locked.rectification.unit_id),
        campaign_id: Some(locked.rectification.campaign_id),
    };
    attachment::link(tx, ids, &target, "/attachment_ids")
}

/// Issues a draft: it gets its number, and the unit and its leader are told (coordinator).
#[utoipa::path(tag = "rectifications", operation_id = "order_rectification",
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/order")]
async fn order_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, RectificationVerb::Order, |tx, locked, order, today| {
        order.content.check_issued(today)?;
        let number = rectification::next_number(tx, &locked.campaign)?;
        let after = Rectification { number: Some(number), ordered_at: Some(tx.now), ..order };
        let matter = Some(ordered(locked, &after, None));
        Ok(Done { after, reason: None, matter })
    })
    .await
}

/// What is corrected of an issued order, and why. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Correction {
    /// What has to be done.
    #[schema(max_length = 10_000, example = "补办租用审批手续，并报送租赁合同。")]
    requirement: Option<String>,
    /// The last day, today or later.
    #[schema(example = "2023-09-15")]
    due_on: Option<NaiveDate>,
    /// Who answers for it in the unit.
    #[schema(max_length = 100, example = "周云台")]
    responsible_person: Option<String>,
    /// Why.
    #[schema(max_length = 1_000, example = "原要求表述不完整。")]
    reason: String,
}

/// Corrects something of an issued order and issues it again (coordinator).
#[utoipa::path(tag = "rectifications", operation_id = "correct_rectification", request_body = Correction,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/correct")]
async fn correct_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, RectificationVerb::Correct, move |_, locked, order, today| {
        let correction: Correction = body.read()?;
        Reason { reason: correction.reason.clone() }.check()?;
        let changes = (&correction.requirement, &correction.due_on, &correction.responsible_person);
        if let (None, None, None) = changes {
            return Err(Refusal::invalid("/requirement", Code::Missing).into());
        }
        let before = &order.content;
        let content = RectificationContent {
            requirement: correction.requirement.unwrap_or_else(|| before.requirement.clone()),
            due_on: correction.due_on.unwrap_or(before.due_on),
            responsible_person: correction.responsible_person.or_else(|| before.responsible_person.clone()),
            ..before.clone()
        };
        if correction.due_on.is_some() {
            content.check_issued(today)?
        } else {
            content.check()?
        }
        let after = Rectification { content, ..order };
        let matter = Some(ordered(locked, &after, Some(correction.reason.clone())));
        Ok(Done { after, reason: Some(correction.reason), matter })
    })
    .await
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
    act(caller, *id, if_match, RectificationVerb::Progress, move |tx, locked, order, today| {
        let Progress { text, attachment_ids, measures } = body.read()?;
        let mut violations = Violations::default();
        violations.text("/text", &text, 10_000);
        violations.attachments("/attachment_ids", &attachment_ids);
        violations.refuse()?;
        let measures = rectification::change_measures(tx, &order, &measures, today)?;
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
    act(caller, *id, if_match, RectificationVerb::Submit, move |tx, locked, order, today| {
        let evidence: Evidence = body.read()?;
        let entered_for_unit = !tx.actor.is_liaison_of(order.unit_id);
        let mut violations = Violations::default();
        let plan = (order.content.mode, order.has_plan());
        evidence.check(&mut violations, plan, entered_for_unit, today);
        violations.refuse()?;
        link(tx, locked, &evidence.attachment_ids)?;
        Ok(Done::quietly(Rectification {
            submitted_late: order.submitted_late || submitted_late(today, order.content.due_on),
            evidence: Some(evidence),
            submitted_at: Some(tx.now),
            submitted_by: tx.actor.account_id,
            entered_for_unit,
            return_reason: None,
            ..order
        }))
    })
    .await
}

/// Why it does not suffice, and until when it is handed in again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Return {
    /// Why.
    #[schema(max_length = 1_000, example = "缺少租赁合同。")]
    reason: String,
    /// The new last day, today or later.
    #[schema(example = "2023-09-15")]
    due_on: NaiveDate,
}

/// Sends it back with a new due date; the first one is kept (inspector, coordinator).
#[utoipa::path(tag = "rectifications", operation_id = "return_rectification", request_body = Return,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/return")]
async fn return_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, RectificationVerb::Return, move |_, locked, order, today| {
        let Return { reason, due_on } = body.read()?;
        let mut violations = Violations::default();
        violations.text("/reason", &reason, Reason::MAX);
        check_due_on(&mut violations, "/due_on", due_on, today);
        violations.refuse()?;
        let matter = Matter::RectificationReturned {
            order: reference(locked, order.number.as_ref()),
            reason: reason.clone(),
            due_on,
        };
        let content = RectificationContent { due_on, ..order.content.clone() };
        let after = Rectification { content, return_reason: Some(reason.clone()), ..order };
        Ok(Done { after, reason: Some(reason), matter: Some(matter) })
    })
    .await
}

/// What the verifier saw.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Close {
    /// The opinion on verification (核查意见).
    #[schema(max_length = 2_000, example = "经现场核查，已腾退，同意销号。")]
    opinion: String,
}

/// Verifies and closes it (inspector, coordinator; never who submitted it, nor their own unit).
#[utoipa::path(tag = "rectifications", operation_id = "close_rectification", request_body = Close,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/close")]
async fn close_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, RectificationVerb::Close, move |tx, locked, order, today| {
        let Close { opinion } = body.read()?;
        let mut violations = Violations::default();
        violations.text("/opinion", &opinion, 2_000);
        violations.refuse()?;
        let matter = Matter::RectificationClosed {
            order: reference(locked, order.number.as_ref()),
            closed_on: today,
            opinion: opinion.clone(),
        };
        let after = Rectification { close_opinion: Some(opinion), closed_at: Some(tx.now), ..order };
        Ok(Done { after, reason: None, matter: Some(matter) })
    })
    .await
}

/// Takes an issued order back; it counts no more, and its finding is open again (coordinator).
#[utoipa::path(tag = "rectifications", operation_id = "withdraw_rectification", request_body = Reason,
    params(("id" = Id, Path, description = "The rectification."), IfMatch),
    responses((status = 200, description = "The rectification.", body = RectificationView)))]
#[post("/rectifications/{id}/withdraw")]
async fn withdraw_rectification(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, *id, if_match, RectificationVerb::Withdraw, move |_, locked, order, _| {
        let reason: Reason = body.read()?;
        reason.check()?;
        let matter = Matter::RectificationWithdrawn {
            order: reference(locked, order.number.as_ref()),
            reason: reason.reason.clone(),
        };
        let after = Rectification { withdraw_reason: Some(reason.reason.clone()), ..order };
        Ok(Done { after, reason: Some(reason.reason), matter: Some(matter) })
    })
    .await
}
