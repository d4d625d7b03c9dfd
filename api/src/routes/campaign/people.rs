//! Who leads a campaign and who inspects: its leading group and teams.

use actix_web::{get, put, web};
use serde::Deserialize;
use shared::domain::campaign::{GroupMember, Team};
use shared::domain::id::Id;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::whole;
use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_leading_group).service(put_leading_group).service(list_teams).service(put_teams);
}

/// Shows the leading group of a campaign, in the order of the notice.
#[utoipa::path(tag = "campaigns", operation_id = "get_leading_group",
    params(("id" = Id, Path, description = "The campaign.")),
    responses((status = 200, description = "The leading group.", body = ListBody<GroupMember>)))]
#[get("/campaigns/{id}/leading-group")]
async fn get_leading_group(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    whole::show::<GroupMember>(caller, *id).await
}

/// The whole leading group.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LeadingGroup {
    /// In the order of the notice, with one head; none where the group is not entered yet.
    #[schema(max_items = 100)]
    members: Vec<GroupMember>,
}

/// Gives a campaign this leading group, until it is closed (coordinator).
#[utoipa::path(tag = "campaigns", operation_id = "put_leading_group",
    params(("id" = Id, Path, description = "The campaign."), IfMatch), request_body = LeadingGroup,
    responses((status = 200, description = "The leading group.", body = ListBody<GroupMember>)))]
#[put("/campaigns/{id}/leading-group")]
async fn put_leading_group(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    whole::put(caller, *id, if_match, body, |body: LeadingGroup| body.members).await
}

/// Shows the inspection teams of a campaign, in their order.
#[utoipa::path(tag = "campaigns", operation_id = "list_teams",
    params(("id" = Id, Path, description = "The campaign.")),
    responses((status = 200, description = "The teams.", body = ListBody<Team>)))]
#[get("/campaigns/{id}/teams")]
async fn list_teams(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    whole::show::<Team>(caller, *id).await
}

/// All inspection teams of a campaign.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Teams {
    /// In their order.
    #[schema(max_items = 100)]
    teams: Vec<Team>,
}

/// Gives a campaign these inspection teams and no others, until it is closed (coordinator).
#[utoipa::path(tag = "campaigns", operation_id = "put_teams",
    params(("id" = Id, Path, description = "The campaign."), IfMatch), request_body = Teams,
    responses((status = 200, description = "The teams.", body = ListBody<Team>)))]
#[put("/campaigns/{id}/teams")]
async fn put_teams(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    whole::put(caller, *id, if_match, body, |body: Teams| body.teams).await
}
