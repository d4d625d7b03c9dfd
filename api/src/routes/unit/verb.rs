//! How a unit ends.

use actix_web::{post, web};
use serde::Deserialize;
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::domain::machine::admit;
use shared::domain::reason::Reason;
use shared::domain::refusal::{Code, Refusal, Violations};
use shared::domain::unit::{Unit, UnitVerb};
use shared::store::{StoreResult, Write, unit};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::UnitView;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(merge_unit).service(dissolve_unit);
}

/// The unit as it is after the verb, where that is possible now.
fn stepped(tx: &mut Write<'_>, before: &Unit, if_match: IfMatch, verb: UnitVerb) -> StoreResult<Unit> {
    let status = admit(tx.actor, before.status, verb, if_match.0, before.version)?;
    Ok(Unit { status, ..before.clone() })
}

/// The day on which a unit ended, today or earlier, and why.
fn check(tx: &Write<'_>, on: Date, reason: &str) -> Result<(), Refusal> {
    let mut violations = Violations::default();
    violations.require(on <= unit::today(tx), "/on", Code::OutOfRange);
    violations.text("/reason", reason, Reason::MAX);
    violations.refuse()
}

/// Into which unit another goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Merger {
    /// The unit that takes over, which still exists.
    successor_id: Id,
    /// Since when, today or earlier.
    on: Date,
    /// Why.
    #[schema(min_length = 1, max_length = 1_000, example = "机构改革，职责并入区财政局。")]
    reason: String,
}

/// Lets a unit go into another, with a reason (coordinator). In campaigns that are not closed its outstanding
/// self-checks are excused, and its open findings and their orders pass to the successor, who joins the scope.
#[utoipa::path(tag = "units", operation_id = "merge_unit",
    params(("id" = Id, Path, description = "The unit."), IfMatch), request_body = Merger,
    responses((status = 200, description = "The unit, merged.", body = UnitView)))]
#[post("/units/{id}/merge")]
async fn merge_unit(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let named = body.text("successor_id").and_then(|id| id.parse().ok());
            let before = unit::lock_both(tx, *id, named)?;
            let after = stepped(tx, &before, if_match, UnitVerb::Merge)?;
            let Merger { successor_id, on, reason } = body.read()?;
            check(tx, on, &reason)?;
            let after = Unit { ended_on: Some(on), ..after };
            let unit = unit::merge(tx, &before, after, successor_id, &reason)?;
            Answer::record(&UnitView::of(unit, tx.actor))
        })
        .await
}

/// That a unit exists no more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Dissolution {
    /// Since when, today or earlier.
    on: Date,
    /// Why.
    #[schema(min_length = 1, max_length = 1_000, example = "机构改革，予以撤销。")]
    reason: String,
}

/// Ends a unit without a successor, with a reason (coordinator). Its outstanding self-checks are excused.
#[utoipa::path(tag = "units", operation_id = "dissolve_unit",
    params(("id" = Id, Path, description = "The unit."), IfMatch), request_body = Dissolution,
    responses((status = 200, description = "The unit, dissolved.", body = UnitView)))]
#[post("/units/{id}/dissolve")]
async fn dissolve_unit(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before = unit::lock(tx, *id)?;
            let after = stepped(tx, &before, if_match, UnitVerb::Dissolve)?;
            let Dissolution { on, reason } = body.read()?;
            check(tx, on, &reason)?;
            let unit = unit::dissolve(tx, &before, Unit { ended_on: Some(on), ..after }, &reason)?;
            Answer::record(&UnitView::of(unit, tx.actor))
        })
        .await
}
