//! Findings.

use actix_web::{delete, get, patch, post, web};
use serde::{Deserialize, Serialize};
use shared::domain::actor::Actor;
use shared::domain::campaign::Campaign;
use shared::domain::finding::{
    FINDERS, Finding, FindingContent, FindingSource, FindingStatus, FindingVerb, Misreporting, Severity,
    permit_finding,
};
use shared::domain::focus_item::FocusItem;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::refusal::Refusal;
use shared::store::finding::{self, Filter};
use shared::store::visit::OnVisit;
use shared::store::{DbConnection, StoreResult, campaign, inspection, leader_office};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody, Representation};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::list::{List, PageParams};
use crate::schema::{New, Patch};

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create_finding)
        .service(list_findings)
        .service(get_finding)
        .service(update_finding)
        .service(delete_finding)
        .service(confirm_finding);
}

/// A problem that was found.
#[derive(Serialize, ToSchema)]
#[schema(as = Finding)]
struct FindingView {
    id: Id,
    /// Rises with each change; also the ETag.
    #[schema(example = 1)]
    version: i64,
    /// The campaign in which it was found.
    campaign_id: Id,
    /// The unit concerned.
    unit_id: Id,
    /// The unit whose it was before that unit went into another.
    #[serde(skip_serializing_if = "Option::is_none")]
    former_unit_id: Option<Id>,
    /// The focus item that it falls under.
    focus_item: FocusItem,
    /// Where it comes from.
    source: FindingSource,
    /// How grave it is.
    severity: Severity,
    /// The problem.
    #[schema(example = "租用某公司办公用房300平方米，未履行审批手续。")]
    description: String,
    /// How it is to be handled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "限期补办审批手续或者腾退。")]
    handling_opinion: Option<String>,
    /// Whether the unit misreported, as a person judged.
    misreporting: Misreporting,
    /// Whether the misreporting is serious.
    misreporting_serious: bool,
    /// The leader office that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    leader_office_id: Option<Id>,
    /// Its state; it follows its order.
    status: FindingStatus,
    /// The self-check whose answer it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    self_check_id: Option<Id>,
    /// The inspection record on which it rests.
    #[serde(skip_serializing_if = "Option::is_none")]
    inspection_id: Option<Id>,
    /// The item of that record.
    #[serde(skip_serializing_if = "Option::is_none")]
    inspection_item_id: Option<Id>,
    created_at: Instant,
    /// What the caller may do with it now.
    allowed_actions: Vec<FindingVerb>,
}

impl FindingView {
    fn of(finding: Finding, campaign: &Campaign, actor: &Actor, of_the_visit: bool) -> Self {
        let allowed_actions = finding.subject(campaign, of_the_visit).allowed_actions(actor);
        let content = finding.content;
        Self {
            id: finding.id,
            version: finding.version,
            campaign_id: content.campaign_id,
            unit_id: content.unit_id,
            former_unit_id: finding.former_unit_id,
            focus_item: content.focus_item,
            source: content.source,
            severity: content.severity,
            description: content.description,
            handling_opinion: content.handling_opinion,
            misreporting: content.misreporting,
            misreporting_serious: content.misreporting_serious,
            leader_office_id: content.leader_office_id,
            status: finding.status,
            self_check_id: finding.self_check_id,
            inspection_id: content.inspection_id,
            inspection_item_id: content.inspection_item_id,
            created_at: finding.created_at,
            allowed_actions,
        }
    }
}

impl Representation for FindingView {
    const PATH: &'static str = "/v1/findings";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

type NewFinding = New<FindingContent>;
type FindingPatch = Patch<FindingContent>;

/// Whether the caller is an inspector of a visit to the unit of a finding.
fn of_the_visit(conn: &mut DbConnection, actor: &Actor, content: &FindingContent) -> StoreResult<bool> {
    let (campaign_id, unit_id) = (content.campaign_id, content.unit_id);
    Ok(OnVisit::of(conn, actor, [(campaign_id, unit_id)])?.to(campaign_id, unit_id))
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
            let finding = finding::update(tx, "update", &before, after)?;
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

/// Confirms a draft: from now on it counts, and its unit sees it (coordinator, inspector of a visit there; never of
/// their own unit).
#[utoipa::path(tag = "findings", operation_id = "confirm_finding",
    params(("id" = Id, Path, description = "The finding."), IfMatch),
    responses((status = 200, description = "The finding.", body = FindingView)))]
#[post("/findings/{id}/confirm")]
async fn confirm_finding(caller: Caller, id: web::Path<Id>, if_match: IfMatch) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, before) = finding::lock(tx, *id)?;
            let on_visit = of_the_visit(tx.conn, tx.actor, &before.content)?;
            let subject = before.subject(&campaign, on_visit);
            subject.permit(tx.actor, FindingVerb::Confirm)?;
            if_match.0.check(before.version)?;
            let status = subject.step(tx.actor, FindingVerb::Confirm)?;
            let after = Finding { status, ..before.clone() };
            let finding = finding::update(tx, "confirm", &before, after)?;
            Answer::record(&FindingView::of(finding, &campaign, tx.actor, on_visit))
        })
        .await
}
