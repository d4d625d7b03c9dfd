//! Campaigns.

mod discrepancy;
mod document;
mod item;
mod people;
mod phase;
mod scope;
mod verb;
mod view;
mod whole;

use actix_web::{delete, get, patch, post, web};
use serde::Deserialize;
use shared::domain::actor::Role;
use shared::domain::campaign::{Campaign, CampaignContent, CampaignStatus};
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::domain::text::TextEnum;
use shared::store::campaign::{self, Filter};
use shared::store::{DbConnection, StoreResult, Write, rectification};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::list::{List, PageParams};
use crate::schema::{New, Patch};
use view::CampaignView;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create_campaign)
        .service(list_campaigns)
        .service(get_campaign)
        .service(update_campaign)
        .service(delete_campaign)
        .configure(verb::register)
        .configure(phase::register)
        .configure(item::register)
        .configure(people::register)
        .configure(discrepancy::register)
        .configure(document::register)
        .configure(scope::register);
}

type NewCampaign = New<CampaignContent>;
type CampaignPatch = Patch<CampaignContent>;

const DRAFT: &[CampaignStatus] = &[CampaignStatus::Draft];
const OPEN: &[CampaignStatus] = &[CampaignStatus::Open];
const NOT_CLOSED: &[CampaignStatus] = &[CampaignStatus::Draft, CampaignStatus::Open];

/// Whether a rectification of the campaign is neither settled nor drafted.
fn is_unsettled(conn: &mut DbConnection, id: Id) -> StoreResult<bool> {
    Ok(!rectification::with_unsettled(conn, &[id])?.is_empty())
}

/// The campaign, locked, for a coordinator's write of it or of what lives under it that is possible in these
/// states. A create names no version.
fn admit(
    tx: &mut Write<'_>,
    id: Id,
    if_match: Option<IfMatch>,
    states: &[CampaignStatus],
    change: &'static str,
) -> StoreResult<Campaign> {
    Ok(admit_child(tx, id, if_match, states, change, |_, _| Ok(()))?.0)
}

/// The same for what lives under the campaign and must be found there first.
fn admit_child<T>(
    tx: &mut Write<'_>,
    id: Id,
    if_match: Option<IfMatch>,
    states: &[CampaignStatus],
    change: &'static str,
    find: impl Fn(&mut Write<'_>, &Campaign) -> StoreResult<T>,
) -> StoreResult<(Campaign, T)> {
    let campaign = campaign::lock(tx, id)?;
    let child = find(tx, &campaign)?;
    tx.require(&[Role::Coordinator])?;
    if let Some(if_match) = if_match {
        if_match.0.check(campaign.version)?;
    }
    if states.contains(&campaign.status) {
        return Ok((campaign, child));
    }
    campaign.writable()?;
    let allowed = campaign.status.allowed_actions(tx.actor, is_unsettled(tx.conn, campaign.id)?);
    let allowed = allowed.into_iter().map(TextEnum::as_str).collect();
    Err(Refusal::InvalidTransition { status: campaign.status.as_str(), verb: change, allowed }.into())
}

/// Makes a campaign with all focus items of the plan and no materials (coordinator).
#[utoipa::path(tag = "campaigns", operation_id = "create_campaign", request_body = NewCampaign,
    responses((status = 201, description = "The campaign.", body = CampaignView)))]
#[post("/campaigns")]
async fn create_campaign(caller: Caller, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            tx.require(&[Role::Coordinator])?;
            let (id, content): (Id, CampaignContent) = body.read_new()?;
            content.check()?;
            let campaign = campaign::create(tx, id, content)?;
            Answer::created(&CampaignView::written(tx, campaign)?)
        })
        .await
}

/// Filters of campaigns.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct CampaignQuery {
    /// Is in one of these states.
    status: Vec<CampaignStatus>,
    /// Has this in its name.
    #[param(max_length = 100)]
    name: Option<String>,
}

/// Lists the campaigns in the caller's scope; a liaison sees those that were opened with their unit.
#[utoipa::path(tag = "campaigns", operation_id = "list_campaigns", params(CampaignQuery, PageParams),
    responses((status = 200, description = "A page of campaigns.", body = ListBody<CampaignView>)))]
#[get("/campaigns")]
async fn list_campaigns(caller: Caller, list: List<CampaignQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let CampaignQuery { status, name } = &list.filter;
            let filter = Filter { statuses: status.clone(), name: name.clone() };
            let campaigns = campaign::list(read, &filter, &list.page)?;
            Answer::list(CampaignView::listed(read, campaigns)?, |id| list.cursor(id))
        })
        .await
}

/// Shows a campaign, to a coordinator or leader with what hinders it at its units.
#[utoipa::path(tag = "campaigns", operation_id = "get_campaign",
    params(("id" = Id, Path, description = "The campaign.")),
    responses((status = 200, description = "The campaign.", body = CampaignView)))]
#[get("/campaigns/{id}")]
async fn get_campaign(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let campaign = campaign::get(read, *id)?;
            Answer::record(&CampaignView::read(read, campaign)?)
        })
        .await
}

/// Changes a campaign (coordinator): a draft altogether, afterwards mails, hours, overdue stages and
/// the office that signs.
#[utoipa::path(tag = "campaigns", operation_id = "update_campaign",
    params(("id" = Id, Path, description = "The campaign."), IfMatch),
    request_body(content((CampaignPatch = "application/merge-patch+json"), (CampaignPatch = "application/json"))),
    responses((status = 200, description = "The campaign.", body = CampaignView)))]
#[patch("/campaigns/{id}")]
async fn update_campaign(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before = admit(tx, *id, Some(if_match), NOT_CLOSED, "update")?;
            let content = body.patch(&before.content)?;
            before.check_frozen(&content)?;
            content.check()?;
            let after = Campaign { content, ..before.clone() };
            let campaign = campaign::update(tx, "update", &before, after, None)?;
            Answer::record(&CampaignView::written(tx, campaign)?)
        })
        .await
}

/// Deletes a draft that nothing refers to (coordinator).
#[utoipa::path(tag = "campaigns", operation_id = "delete_campaign",
    params(("id" = Id, Path, description = "The campaign."), IfMatch),
    responses((status = 204, description = "It is gone.")))]
#[delete("/campaigns/{id}")]
async fn delete_campaign(caller: Caller, id: web::Path<Id>, if_match: IfMatch) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let campaign = campaign::lock(tx, *id)?;
            tx.require(&[Role::Coordinator])?;
            if_match.0.check(campaign.version)?;
            campaign::delete(tx, &campaign)?;
            Ok(Answer::empty())
        })
        .await
}
