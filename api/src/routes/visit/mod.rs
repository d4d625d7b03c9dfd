//! Visits.

mod sheet;
mod verb;
mod view;

use actix_web::{get, patch, post, web};
use serde::Deserialize;
use shared::domain::actor::Role;
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::domain::text::TextEnum;
use shared::domain::visit::{PLANNERS, VisitContent, VisitStatus};
use shared::store::campaign;
use shared::store::visit::{self, Filter};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::list::{List, PageParams};
use crate::schema::{New, Patch};
use view::VisitView;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create_visit)
        .service(list_visits)
        .service(get_visit)
        .service(update_visit)
        .configure(verb::register)
        .configure(sheet::register);
}

type NewVisit = New<VisitContent>;
type VisitPatch = Patch<VisitContent>;

/// Plans a visit to a unit in the scope of an open campaign (coordinator; an inspector one of their own, on the
/// spot).
///
/// The unit and the inspectors are told, with the date for their calendars.
#[utoipa::path(tag = "visits", operation_id = "create_visit", request_body = NewVisit,
    responses((status = 201, description = "The visit.", body = VisitView)))]
#[post("/visits")]
async fn create_visit(caller: Caller, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            tx.require(PLANNERS)?;
            let (id, content): (Id, VisitContent) = body.read_new()?;
            let own = tx.actor.account_id.is_some_and(|account| content.inspector_ids.contains(&account));
            if !own {
                tx.require(&[Role::Coordinator])?;
            }
            let campaign = campaign::hold_scope(tx, content.campaign_id, content.unit_id)?;
            content.check()?;
            let visit = visit::create(tx, &campaign, id, content)?;
            Answer::created(&VisitView::of(visit, &campaign, tx.actor))
        })
        .await
}

/// Filters of visits.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct VisitQuery {
    /// Of these campaigns.
    campaign_id: Vec<Id>,
    /// To these units.
    unit_id: Vec<Id>,
    /// In one of these states.
    status: Vec<VisitStatus>,
    /// With one of these inspectors.
    inspector_id: Vec<Id>,
    /// On this day of the campaign's time zone or later.
    from: Option<Date>,
    /// On this day of the campaign's time zone or earlier.
    to: Option<Date>,
}

/// Lists the visits in the caller's scope; a liaison sees those to the own units.
#[utoipa::path(tag = "visits", operation_id = "list_visits", params(VisitQuery, PageParams),
    responses((status = 200, description = "A page of visits.", body = ListBody<VisitView>)))]
#[get("/visits")]
async fn list_visits(caller: Caller, list: List<VisitQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let query = &list.filter;
            let filter = Filter {
                campaign_ids: query.campaign_id.clone(),
                unit_ids: query.unit_id.clone(),
                statuses: query.status.clone(),
                inspector_ids: query.inspector_id.clone(),
                from: query.from,
                to: query.to,
            };
            let visits = visit::list(read, &filter, &list.page)?;
            let views = visits.map(|(campaign, visit)| VisitView::of(visit, &campaign, read.actor));
            Answer::list(views, |id| list.cursor(id))
        })
        .await
}

/// Shows a visit.
#[utoipa::path(tag = "visits", operation_id = "get_visit",
    params(("id" = Id, Path, description = "The visit.")),
    responses((status = 200, description = "The visit.", body = VisitView)))]
#[get("/visits/{id}")]
async fn get_visit(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let (campaign, visit) = visit::get(read, *id)?;
            Answer::record(&VisitView::of(visit, &campaign, read.actor))
        })
        .await
}

/// Plans a visit otherwise (coordinator): another time, other inspectors, another team.
///
/// With the inspectors the rights on the visit pass to others. Whoever it concerns is told, those too who are not
/// on it any more; a change of the note alone is told to nobody.
#[utoipa::path(tag = "visits", operation_id = "update_visit",
    params(("id" = Id, Path, description = "The visit."), IfMatch),
    request_body(content((VisitPatch = "application/merge-patch+json"), (VisitPatch = "application/json"))),
    responses((status = 200, description = "The visit.", body = VisitView)))]
#[patch("/visits/{id}")]
async fn update_visit(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, before) = visit::lock(tx, *id)?;
            tx.require(&[Role::Coordinator])?;
            if_match.0.check(before.version)?;
            campaign.writable()?;
            if before.status != VisitStatus::Planned {
                let allowed = before.subject(&campaign, tx.actor).allowed_actions(tx.actor);
                return Err(Refusal::InvalidTransition {
                    status: before.status.as_str(),
                    verb: "update",
                    allowed: allowed.into_iter().map(TextEnum::as_str).collect(),
                }
                .into());
            }
            let content: VisitContent = body.patch(&before.content)?;
            before.check_frozen(&content)?;
            content.check()?;
            let visit = visit::replan(tx, &campaign, &before, content)?;
            Answer::record(&VisitView::of(visit, &campaign, tx.actor))
        })
        .await
}
