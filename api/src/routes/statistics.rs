//! Figures of a campaign: statistics, the same to be read out on the telephone, and progress by unit.

use actix_web::http::header;
use actix_web::{HttpResponse, Responder, get, web};
use serde::{Deserialize, Serialize};
use shared::domain::actor::{Actor, Role};
use shared::domain::campaign::Campaign;
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::domain::self_check::SelfCheckStatus;
use shared::domain::statistics::Statistics;
use shared::messages;
use shared::store::progress::{self, UnitProgress};
use shared::store::statistics::{Scope, facts};
use shared::store::{Read, StoreError, StoreResult, campaign};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::caller::Caller;
use crate::extract::query::Query;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_statistics).service(get_statistics_text).service(get_progress);
}

/// On which date overdue and late are judged.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct AsOf {
    /// The civil date; today where it is left out. It restores no earlier states.
    as_of: Option<Date>,
}

fn require_reader(actor: &Actor) -> Result<(), Refusal> {
    let readers = [Role::Coordinator, Role::Leader, Role::Inspector, Role::Liaison];
    if actor.has_any(&readers) { Ok(()) } else { Err(Refusal::RoleMissing) }
}

fn compute(read: &mut Read<'_>, id: Id, as_of: Option<Date>) -> StoreResult<(Campaign, Statistics)> {
    let campaign = campaign::get(read, id)?;
    require_reader(read.actor)?;
    let facts = facts(read.conn, &campaign, &Scope::of(read.actor))?;
    let as_of = as_of.unwrap_or_else(|| campaign.today(read.now));
    Ok((campaign, Statistics::compute(&facts, as_of)))
}

/// Counts a campaign: units, problems, measures; a liaison gets the figures of the own units.
#[utoipa::path(tag = "statistics", operation_id = "get_statistics",
    params(("id" = Id, Path, description = "The campaign."), AsOf),
    responses((status = 200, description = "The figures.", body = Statistics)))]
#[get("/campaigns/{id}/statistics")]
async fn get_statistics(caller: Caller, id: web::Path<Id>, query: Query<AsOf>) -> Result<Answer, Problem> {
    caller.read(move |read| Answer::json(&compute(read, *id, query.0.as_of)?.1)).await
}

/// The same figures in ten lines of Chinese, to be read out on the telephone.
#[utoipa::path(tag = "statistics", operation_id = "get_statistics_text",
    params(("id" = Id, Path, description = "The campaign."), AsOf),
    responses((status = 200, description = "Ten lines.", body = String, content_type = "text/plain")))]
#[get("/campaigns/{id}/statistics.txt")]
async fn get_statistics_text(
    caller: Caller,
    id: web::Path<Id>,
    query: Query<AsOf>,
) -> Result<impl Responder, Problem> {
    let lines = move |read: &mut Read<'_>| {
        let (campaign, statistics) = compute(read, *id, query.0.as_of)?;
        let text = messages::statistics::text(&campaign.content.name, &statistics);
        let body = text.map_err(|error| StoreError::Broken(error.to_string()))?;
        Ok(Answer { body, ..Answer::empty() })
    };
    let answer = caller.read(lines).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body(answer.body))
}

/// How far the units of a campaign are.
#[derive(Serialize, ToSchema)]
#[schema(as = CampaignProgress)]
struct Progress {
    /// The civil date on which overdue is judged.
    today: Date,
    /// One a unit in the caller's scope, in the order of their ids.
    items: Vec<ProgressOfUnit>,
}

/// How far one unit is.
#[derive(Serialize, ToSchema)]
struct ProgressOfUnit {
    /// The unit.
    unit_id: Id,
    /// Its name.
    #[schema(example = "墟沟街道办事处")]
    unit_name: String,
    /// Its self-check; absent while the campaign is a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    self_check_id: Option<Id>,
    /// The state of its self-check; absent while the campaign is a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    self_check_status: Option<SelfCheckStatus>,
    /// The last day for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2023-08-06")]
    self_check_due_on: Option<Date>,
    /// Whether it is outstanding past that day.
    self_check_overdue: bool,
    /// Confirmed problems that are not put right yet.
    #[schema(example = 2)]
    findings_open: i64,
    /// Orders that are issued and not closed.
    #[schema(example = 1)]
    rectifications_open: i64,
    /// Those of them that wait for the unit past their due date.
    #[schema(example = 0)]
    rectifications_overdue: i64,
    /// Notices that reached nobody and were not told otherwise: no address, or given up.
    #[schema(example = 0)]
    notices_untold: i64,
}

impl From<UnitProgress> for ProgressOfUnit {
    fn from(unit: UnitProgress) -> Self {
        Self {
            unit_id: unit.unit_id,
            unit_name: unit.unit_name,
            self_check_id: unit.self_check_id,
            self_check_status: unit.self_check_status,
            self_check_due_on: unit.self_check_due_on,
            self_check_overdue: unit.self_check_overdue,
            findings_open: unit.findings_open,
            rectifications_open: unit.rectifications_open,
            rectifications_overdue: unit.rectifications_overdue,
            notices_untold: unit.notices_untold,
        }
    }
}

/// Shows how far each unit is; a liaison sees the own units.
#[utoipa::path(tag = "statistics", operation_id = "get_progress",
    params(("id" = Id, Path, description = "The campaign.")),
    responses((status = 200, description = "How far they are.", body = Progress)))]
#[get("/campaigns/{id}/progress")]
async fn get_progress(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let campaign = campaign::get(read, *id)?;
            require_reader(read.actor)?;
            let today = campaign.today(read.now);
            let units = progress::units(read.conn, &campaign, read.actor, today)?;
            Answer::json(&Progress { today, items: units.into_iter().map(ProgressOfUnit::from).collect() })
        })
        .await
}
