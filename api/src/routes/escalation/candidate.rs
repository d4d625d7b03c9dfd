//! What may give rise to an escalation, as people look at it.

use actix_web::{get, web};
use shared::domain::actor::Role;
use shared::domain::escalation::Candidate;
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::store::statistics::Scope;
use shared::store::{campaign, escalation};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::caller::Caller;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_escalation_candidates);
}

/// Lists the units of which something is known that may give rise to an escalation (R41, R42), with the
/// neutral facts (coordinator, leader).
///
/// Findings with serious misreporting; orders that are overdue, were taken up again, or were sent back more
/// than once. The service proposes nothing: that is a coordinator's to do.
#[utoipa::path(tag = "escalations", operation_id = "list_escalation_candidates",
    params(("id" = Id, Path, description = "The campaign.")),
    responses((status = 200, description = "All such units.", body = ListBody<Candidate>)))]
#[get("/campaigns/{id}/escalation-candidates")]
async fn list_escalation_candidates(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let campaign = campaign::get(read, *id)?;
            if !read.actor.has_any(&[Role::Coordinator, Role::Leader]) {
                return Err(Refusal::RoleMissing.into());
            }
            let today = campaign.today(read.now);
            let scope = Scope::of(read.actor);
            Answer::json(&ListBody::whole(escalation::candidates(read.conn, &campaign, &scope, today)?))
        })
        .await
}
