//! What a campaign looks at and asks for: its focus items and materials.

use actix_web::{get, put, web};
use serde::Deserialize;
use shared::domain::campaign::{CampaignFocusItem, CampaignMaterial};
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
    config.service(list_focus_items).service(put_focus_items).service(list_materials).service(put_materials);
}

/// Shows the focus items of a campaign, in their order.
#[utoipa::path(tag = "campaigns", operation_id = "list_focus_items",
    params(("id" = Id, Path, description = "The campaign.")),
    responses((status = 200, description = "The focus items.", body = ListBody<CampaignFocusItem>)))]
#[get("/campaigns/{id}/focus-items")]
async fn list_focus_items(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    whole::show::<CampaignFocusItem>(caller, *id).await
}

/// All focus items of a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FocusItems {
    /// In their order.
    #[schema(max_items = 7)]
    focus_items: Vec<CampaignFocusItem>,
}

/// Gives a draft these focus items and no others (coordinator). They are settled when it is opened.
#[utoipa::path(tag = "campaigns", operation_id = "put_focus_items",
    params(("id" = Id, Path, description = "The campaign."), IfMatch), request_body = FocusItems,
    responses((status = 200, description = "The focus items.", body = ListBody<CampaignFocusItem>)))]
#[put("/campaigns/{id}/focus-items")]
async fn put_focus_items(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    whole::put(caller, *id, if_match, body, |body: FocusItems| body.focus_items).await
}

/// Shows the materials that a campaign asks for, in their order.
#[utoipa::path(tag = "campaigns", operation_id = "list_materials",
    params(("id" = Id, Path, description = "The campaign.")),
    responses((status = 200, description = "The materials.", body = ListBody<CampaignMaterial>)))]
#[get("/campaigns/{id}/materials")]
async fn list_materials(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    whole::show::<CampaignMaterial>(caller, *id).await
}

/// All materials that a draft asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Materials {
    /// In their order.
    #[schema(max_items = 100)]
    materials: Vec<CampaignMaterial>,
}

/// Makes a draft ask for these materials and no others (coordinator). They are settled when it is opened.
#[utoipa::path(tag = "campaigns", operation_id = "put_materials",
    params(("id" = Id, Path, description = "The campaign."), IfMatch), request_body = Materials,
    responses((status = 200, description = "The materials.", body = ListBody<CampaignMaterial>)))]
#[put("/campaigns/{id}/materials")]
async fn put_materials(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    whole::put(caller, *id, if_match, body, |body: Materials| body.materials).await
}
