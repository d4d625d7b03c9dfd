//! Where units' own accounts and what was found on site differ.

use actix_web::{get, web};
use serde::Deserialize;
use shared::domain::actor::Role;
use shared::domain::discrepancy::Discrepancy;
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::store::statistics::Scope;
use shared::store::{campaign, discrepancy};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::caller::Caller;
use crate::extract::query::Query;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_discrepancies);
}

/// Filters of differences.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct DiscrepancyQuery {
    /// Of these units.
    unit_id: Vec<Id>,
}

/// Lists where a unit's own account and what was found on site differ (coordinator, leader, inspector).
///
/// They are neutral facts: problems on inspection records that the self-check does not name, areas that differ from
/// what was declared, rooms that were not declared. Whether something was left out, hidden or forged a person says, in
/// `misreporting` of the finding.
#[utoipa::path(tag = "campaigns", operation_id = "list_discrepancies",
    params(("id" = Id, Path, description = "The campaign."), DiscrepancyQuery),
    responses((status = 200, description = "All differences, unit by unit.", body = ListBody<Discrepancy>)))]
#[get("/campaigns/{id}/discrepancies")]
async fn list_discrepancies(
    caller: Caller,
    id: web::Path<Id>,
    query: Query<DiscrepancyQuery>,
) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let campaign = campaign::get(read, *id)?;
            if !read.actor.has_any(&[Role::Coordinator, Role::Leader, Role::Inspector]) {
                return Err(Refusal::RoleMissing.into());
            }
            let scope = Scope::of(read.actor).narrowed_to(query.0.unit_id);
            let all = discrepancy::list(read, &campaign, &scope)?;
            Ok(Answer::json(&ListBody::whole(all))?.with_version(campaign.version))
        })
        .await
}
