//! Opening, closing and opening a campaign again.

use actix_web::{post, web};
use serde::Deserialize;
use shared::domain::campaign::{Campaign, CampaignStatus, CampaignVerb};
use shared::domain::id::Id;
use shared::domain::machine::Machine;
use shared::domain::reason::Reason;
use shared::domain::refusal::{Code, Refusal, Violations};
use shared::store::{StoreResult, Write, campaign};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::is_unsettled;
use super::view::CampaignView;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::{Body, OptionalBody};
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(open_campaign).service(close_campaign).service(reopen_campaign);
}

/// A campaign on which the verb is possible now, and whether a rectification of it is unsettled.
fn admit(tx: &mut Write<'_>, id: Id, if_match: IfMatch, verb: CampaignVerb) -> StoreResult<(Campaign, bool)> {
    let campaign = campaign::lock(tx, id)?;
    CampaignStatus::permit(tx.actor, verb)?;
    if_match.0.check(campaign.version)?;
    let unsettled = is_unsettled(tx.conn, id)?;
    campaign.status.step(tx.actor, verb, unsettled)?;
    Ok((campaign, unsettled))
}

/// Opens a draft (coordinator): each unit in scope gets its self-check and the opening notice. The plan
/// must be complete; what hinders it at single units is a warning.
#[utoipa::path(tag = "campaigns", operation_id = "open_campaign",
    params(("id" = Id, Path, description = "The campaign."), IfMatch),
    responses((status = 200, description = "The campaign.", body = CampaignView)))]
#[post("/campaigns/{id}/open")]
async fn open_campaign(caller: Caller, id: web::Path<Id>, if_match: IfMatch) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (before, _) = admit(tx, *id, if_match, CampaignVerb::Open)?;
            let campaign = campaign::open(tx, &before)?;
            Answer::record(&CampaignView::written(tx, campaign)?)
        })
        .await
}

/// How a campaign is closed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CampaignClosing {
    /// Why, which a leader says where a rectification is unsettled.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1_000, example = "余下问题转入日常监管。")]
    reason: Option<String>,
}

impl CampaignClosing {
    fn check(&self, unsettled: bool) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.optional_text("/reason", self.reason.as_deref(), Reason::MAX);
        violations.require(!unsettled || self.reason.is_some(), "/reason", Code::Missing);
        violations.refuse()
    }
}

/// Closes a campaign (coordinator; a leader with a reason where a rectification is neither closed,
/// deferred, withdrawn nor drafted).
#[utoipa::path(tag = "campaigns", operation_id = "close_campaign",
    params(("id" = Id, Path, description = "The campaign."), IfMatch), request_body = CampaignClosing,
    responses((status = 200, description = "The campaign.", body = CampaignView)))]
#[post("/campaigns/{id}/close")]
async fn close_campaign(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: OptionalBody,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (before, unsettled) = admit(tx, *id, if_match, CampaignVerb::Close)?;
            let closing: CampaignClosing = body.0.read()?;
            closing.check(unsettled)?;
            let campaign = campaign::close(tx, &before, closing.reason.as_deref())?;
            Answer::record(&CampaignView::written(tx, campaign)?)
        })
        .await
}

/// Takes a closed campaign up again, with a reason (coordinator).
#[utoipa::path(tag = "campaigns", operation_id = "reopen_campaign",
    params(("id" = Id, Path, description = "The campaign."), IfMatch), request_body = Reason,
    responses((status = 200, description = "The campaign.", body = CampaignView)))]
#[post("/campaigns/{id}/reopen")]
async fn reopen_campaign(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (before, _) = admit(tx, *id, if_match, CampaignVerb::Reopen)?;
            let reason: Reason = body.read()?;
            reason.check()?;
            let campaign = campaign::reopen(tx, &before, &reason.reason)?;
            Answer::record(&CampaignView::written(tx, campaign)?)
        })
        .await
}
