//! Escalations.

mod candidate;
mod verb;
mod view;

use actix_web::{get, post, web};
use serde::Deserialize;
use shared::domain::actor::Role;
use shared::domain::escalation::{EscalationContent, EscalationKind, EscalationStatus};
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::store::campaign;
use shared::store::escalation::{self, Filter};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::list::{List, PageParams};
use crate::schema::New;
use view::EscalationView;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create_escalation)
        .service(list_escalations)
        .service(get_escalation)
        .configure(candidate::register)
        .configure(verb::register);
}

type NewEscalation = New<EscalationContent>;

/// Proposes an escalation; the leading group is told (coordinator; never about their own unit).
///
/// What it rests on is of the same campaign and unit: findings that count, orders that were issued and not
/// withdrawn. The findings of its orders are added to it.
#[utoipa::path(tag = "escalations", operation_id = "create_escalation", request_body = NewEscalation,
    responses((status = 201, description = "The proposal.", body = EscalationView)))]
#[post("/escalations")]
async fn create_escalation(caller: Caller, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            tx.require(&[Role::Coordinator])?;
            let (id, content): (Id, EscalationContent) = body.read_new()?;
            if tx.actor.belongs_to(content.unit_id) {
                return Err(Refusal::OwnUnit.into());
            }
            let campaign = campaign::hold_scope(tx, content.campaign_id, content.unit_id)?;
            content.check()?;
            let escalation = escalation::create(tx, id, &campaign, content)?;
            Answer::created(&EscalationView::of(escalation, &campaign, tx.actor))
        })
        .await
}

/// Filters of escalations.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct EscalationQuery {
    /// Of these campaigns.
    campaign_id: Vec<Id>,
    /// About these units.
    unit_id: Vec<Id>,
    /// Of these kinds.
    kind: Vec<EscalationKind>,
    /// In one of these states.
    status: Vec<EscalationStatus>,
    /// That rest on these findings.
    finding_id: Vec<Id>,
    /// That rest on these orders.
    rectification_id: Vec<Id>,
}

/// Lists the escalations in the caller's scope; the discipline commission sees those that were sent to it.
#[utoipa::path(tag = "escalations", operation_id = "list_escalations", params(EscalationQuery, PageParams),
    responses((status = 200, description = "A page of escalations.", body = ListBody<EscalationView>)))]
#[get("/escalations")]
async fn list_escalations(caller: Caller, list: List<EscalationQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let query = &list.filter;
            let filter = Filter {
                campaign_ids: query.campaign_id.clone(),
                unit_ids: query.unit_id.clone(),
                kinds: query.kind.clone(),
                statuses: query.status.clone(),
                finding_ids: query.finding_id.clone(),
                rectification_ids: query.rectification_id.clone(),
            };
            let all = escalation::list(read, &filter, &list.page)?;
            let views = all.map(|(campaign, named)| EscalationView::of(named, &campaign, read.actor));
            Answer::list(views, |id| list.cursor(id))
        })
        .await
}

/// Shows an escalation.
#[utoipa::path(tag = "escalations", operation_id = "get_escalation",
    params(("id" = Id, Path, description = "The escalation.")),
    responses((status = 200, description = "The escalation.", body = EscalationView)))]
#[get("/escalations/{id}")]
async fn get_escalation(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let (campaign, named) = escalation::get(read, *id)?;
            Answer::record(&EscalationView::of(named, &campaign, read.actor))
        })
        .await
}
