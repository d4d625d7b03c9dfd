//! Self-checks: one per unit and campaign, made when the campaign is opened.

mod supplement;
mod verb;
mod view;

use actix_web::{get, patch, web};
use serde::Deserialize;
use shared::domain::actor::Role;
use shared::domain::answer::Answers;
use shared::domain::campaign::{Campaign, CampaignFocusItem, CampaignMaterial};
use shared::domain::focus_item::FocusItem;
use shared::domain::id::Id;
use shared::domain::refusal::{Refusal, Violations};
use shared::domain::self_check::{SelfCheck, SelfCheckStatus};
use shared::domain::text::TextEnum;
use shared::store::campaign::WholeList;
use shared::store::self_check::{self, Filter};
use shared::store::{StoreResult, Write};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use self::view::SelfCheckView;
use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::list::{List, PageParams};
use crate::schema::Patch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(list_self_checks)
        .service(get_self_check)
        .service(update_self_check)
        .configure(verb::register)
        .configure(supplement::register);
}

/// Filters of self-checks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct SelfCheckQuery {
    /// Of these campaigns.
    campaign_id: Vec<Id>,
    /// Of these units.
    unit_id: Vec<Id>,
    /// In one of these states.
    status: Vec<SelfCheckStatus>,
    /// Only those that are outstanding after their last day.
    #[param(default = false)]
    overdue: bool,
}

/// Lists the self-checks in the caller's scope.
#[utoipa::path(tag = "self-checks", operation_id = "list_self_checks", params(SelfCheckQuery, PageParams),
    responses((status = 200, description = "A page of self-checks.", body = ListBody<SelfCheckView>)))]
#[get("/self-checks")]
async fn list_self_checks(caller: Caller, list: List<SelfCheckQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let SelfCheckQuery { campaign_id, unit_id, status, overdue } = &list.filter;
            let filter = Filter {
                campaign_ids: campaign_id.clone(),
                unit_ids: unit_id.clone(),
                statuses: status.clone(),
                overdue: *overdue,
            };
            let checks = self_check::list(read, &filter, &list.page)?;
            let view = |(campaign, check): (Campaign, SelfCheck)| {
                SelfCheckView::of(check, &campaign, read.actor, read.now)
            };
            Answer::list(checks.map(view), |id| list.cursor(id))
        })
        .await
}

/// Shows a self-check.
#[utoipa::path(tag = "self-checks", operation_id = "get_self_check",
    params(("id" = Id, Path, description = "The self-check.")),
    responses((status = 200, description = "The self-check.", body = SelfCheckView)))]
#[get("/self-checks/{id}")]
async fn get_self_check(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let (campaign, check) = self_check::get(read, *id)?;
            Answer::record(&SelfCheckView::of(check, &campaign, read.actor, read.now))
        })
        .await
}

type SelfCheckPatch = Patch<Answers>;

/// Fills in a self-check (its liaison; a coordinator for a unit that works on paper).
///
/// Answers merge by focus item, materials by key; `null` clears one.
#[utoipa::path(tag = "self-checks", operation_id = "update_self_check",
    params(("id" = Id, Path, description = "The self-check."), IfMatch),
    request_body(content((SelfCheckPatch = "application/merge-patch+json"), (SelfCheckPatch = "application/json"))),
    responses((status = 200, description = "The self-check.", body = SelfCheckView)))]
#[patch("/self-checks/{id}")]
async fn update_self_check(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, before) = self_check::lock(tx, *id)?;
            permit_unit(tx, &before)?;
            if_match.0.check(before.version)?;
            let subject = before.subject(&campaign);
            subject.writable()?;
            let status = before.status.edited().ok_or_else(|| refused(tx, &before, &campaign, "update"))?;
            let answers: Answers = body.patch(&before.answers)?;
            let (items, materials) = asked(tx, &campaign)?;
            let mut violations = Violations::default();
            answers.check(&mut violations, &items, &materials);
            violations.refuse()?;
            let check = self_check::fill_in(tx, &before, status, answers)?;
            Answer::record(&SelfCheckView::of(check, &campaign, tx.actor, tx.now))
        })
        .await
}

/// Refuses whoever neither is the unit's liaison nor enters for units (代填).
fn permit_unit(tx: &Write<'_>, check: &SelfCheck) -> Result<(), Refusal> {
    let may = tx.actor.has(Role::Coordinator) || tx.actor.is_liaison_of(check.unit_id);
    if may { tx.actor.may_write() } else { Err(Refusal::RoleMissing) }
}

/// The refusal of a change that is no verb and not possible in this state.
fn refused(tx: &Write<'_>, check: &SelfCheck, campaign: &Campaign, change: &'static str) -> Refusal {
    let allowed = check.subject(campaign).allowed_actions(tx.actor);
    Refusal::InvalidTransition {
        status: check.status.as_str(),
        verb: change,
        allowed: allowed.into_iter().map(TextEnum::as_str).collect(),
    }
}

/// The focus items and the keys of the materials that a campaign asks for.
fn asked(tx: &mut Write<'_>, campaign: &Campaign) -> StoreResult<(Vec<FocusItem>, Vec<String>)> {
    let items = CampaignFocusItem::of(tx.conn, campaign.id)?.into_iter().map(|entry| entry.item).collect();
    let materials = CampaignMaterial::of(tx.conn, campaign.id)?.into_iter().map(|entry| entry.key).collect();
    Ok((items, materials))
}
