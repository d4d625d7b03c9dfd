//! Findings.

mod verb;
mod view;

use actix_web::{delete, get, patch, post, web};
use serde::Deserialize;
use shared::domain::actor::Actor;
use shared::domain::finding::{
    FINDERS, Finding, FindingContent, FindingSource, FindingStatus, Severity, permit_finding,
};
use shared::domain::focus_item::FocusItem;
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::store::finding::{self, Filter};
use shared::store::visit::OnVisit;
use shared::store::{DbConnection, StoreResult, campaign, inspection, leader_office};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::list::{List, PageParams};
use crate::schema::{New, Patch};
use view::FindingView;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create_finding)
        .service(list_findings)
        .service(get_finding)
        .service(update_finding)
        .service(delete_finding)
        .configure(verb::register);
}

type NewFinding = New<FindingContent>;
type FindingPatch = Patch<FindingContent>;

/// Whether the caller is an inspector of a visit to the unit of a finding.
fn of_the_visit(conn: &mut DbConnection, actor: &Actor, content: &FindingContent) -> StoreResult<bool> {
    OnVisit::is(conn, actor, content.campaign_id, content.unit_id)
}

/// Enters a finding as a draft (coordinator; an inspector for the units of their visits).
///
/// The campaign is open and the unit in its scope.
#[utoipa::path(tag = "findings", operation_id = "create_finding", request_body = NewFinding,
    responses((status = 201, description = "The finding.", body = FindingView)))]
#[post("/findings")]
async fn create_finding(caller: Caller, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            tx.require(FINDERS)?;
            let (id, content): (Id, FindingContent) = body.read_new()?;
            let on_visit = of_the_visit(tx.conn, tx.actor, &content)?;
            permit_finding(tx.actor, on_visit)?;
            let campaign = campaign::hold_scope(tx, content.campaign_id, content.unit_id)?;
            content.check()?;
            leader_office::check_referred(tx, &content, None)?;
            inspection::check_referred(tx, &content, None)?;
            let finding = finding::create(tx, id, content)?;
            Answer::created(&FindingView::of(finding, &campaign, tx.actor, on_visit))
        })
        .await
}

/// Filters of findings.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct FindingQuery {
    /// Of these campaigns.
    campaign_id: Vec<Id>,
    /// Of these units.
    unit_id: Vec<Id>,
    /// In one of these states.
    status: Vec<FindingStatus>,
    /// Resting on these inspection records.
    inspection_id: Vec<Id>,
    /// About these leader offices.
    leader_office_id: Vec<Id>,
    /// Under one of these focus items.
    focus_item: Vec<FocusItem>,
    /// Of one of these severities.
    severity: Vec<Severity>,
    /// From one of these sources.
    source: Vec<FindingSource>,
}

/// Lists the findings in the caller's scope; a liaison sees the confirmed ones of the own units.
#[utoipa::path(tag = "findings", operation_id = "list_findings", params(FindingQuery, PageParams),
    responses((status = 200, description = "A page of findings.", body = ListBody<FindingView>)))]
#[get("/findings")]
async fn list_findings(caller: Caller, list: List<FindingQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let query = &list.filter;
            let filter = Filter {
                campaign_ids: query.campaign_id.clone(),
                unit_ids: query.unit_id.clone(),
                statuses: query.status.clone(),
                inspection_ids: query.inspection_id.clone(),
                leader_office_ids: query.leader_office_id.clone(),
                focus_items: query.focus_item.clone(),
                severities: query.severity.clone(),
                sources: query.source.clone(),
            };
            let findings = finding::list(read, &filter, &list.page)?;
            let place = |finding: &Finding| (finding.content.campaign_id, finding.content.unit_id);
            let places = findings.items.iter().map(|(_, finding)| place(finding));
            let on_visit = OnVisit::of(read.conn, read.actor, places)?;
            let views = findings.map(|(campaign, finding)| {
                let (campaign_id, unit_id) = place(&finding);
                FindingView::of(finding, &campaign, read.actor, on_visit.to(campaign_id, unit_id))
            });
            Answer::list(views, |id| list.cursor(id))
        })
        .await
}

/// Shows a finding.
#[utoipa::path(tag = "findings", operation_id = "get_finding",
    params(("id" = Id, Path, description = "The finding.")),
    responses((status = 200, description = "The finding.", body = FindingView)))]
#[get("/findings/{id}")]
async fn get_finding(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let (campaign, finding) = finding::get(read, *id)?;
            let on_visit = of_the_visit(read.conn, read.actor, &finding.content)?;
            Answer::record(&FindingView::of(finding, &campaign, read.actor, on_visit))
        })
        .await
}

/// Changes a finding (coordinator, inspector of a visit there; never of their own unit): a draft wholly but for campaign and unit, an open one in
/// severity, handling opinion and misreporting.
#[utoipa::path(tag = "findings", operation_id = "update_finding",
    params(("id" = Id, Path, description = "The finding."), IfMatch),
    request_body(content((FindingPatch = "application/merge-patch+json"), (FindingPatch = "application/json"))),
    responses((status = 200, description = "The finding.", body = FindingView)))]
#[patch("/findings/{id}")]
async fn update_finding(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, before) = finding::lock(tx, *id)?;
            let on_visit = of_the_visit(tx.conn, tx.actor, &before.content)?;
            before.permit_change(tx.actor, on_visit)?;
            if_match.0.check(before.version)?;
            campaign.writable()?;
            if !before.status.is_editable() {
                return Err(Refusal::InUse.into());
            }
            let content = body.patch(&before.content)?;
            before.check_frozen(&content)?;
            content.check()?;
            leader_office::check_referred(tx, &content, Some(&before.content))?;
            inspection::check_referred(tx, &content, Some(&before.content))?;
            let after = Finding { content, ..before.clone() };
            let finding = finding::update(tx, "update", &before, after, None)?;
            Answer::record(&FindingView::of(finding, &campaign, tx.actor, on_visit))
        })
        .await
}

/// Deletes a draft that nothing refers to (coordinator, inspector of a visit there; never of their own unit).
#[utoipa::path(tag = "findings", operation_id = "delete_finding",
    params(("id" = Id, Path, description = "The finding."), IfMatch),
    responses((status = 204, description = "It is gone.")))]
#[delete("/findings/{id}")]
async fn delete_finding(caller: Caller, id: web::Path<Id>, if_match: IfMatch) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, finding) = finding::lock(tx, *id)?;
            let on_visit = of_the_visit(tx.conn, tx.actor, &finding.content)?;
            finding.permit_change(tx.actor, on_visit)?;
            if_match.0.check(finding.version)?;
            campaign.writable()?;
            finding::delete(tx, &finding)?;
            Ok(Answer::empty())
        })
        .await
}
