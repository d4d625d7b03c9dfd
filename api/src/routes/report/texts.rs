//! What people write for the next report of a campaign. It lives under the campaign: its version is the
//! campaign's.

use actix_web::{get, patch, put, web};
use serde::Serialize;
use shared::domain::actor::{Actor, Role};
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::domain::report::TextsContent;
use shared::store::{StoreResult, Write, campaign, report};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Representation};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::schema::Patch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_report_texts).service(replace_report_texts).service(update_report_texts);
}

/// The texts of a campaign's report.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportTexts)]
struct TextsView {
    /// The campaign.
    campaign_id: Id,
    /// The campaign's version; also the ETag.
    #[schema(example = 3)]
    version: i64,
    #[serde(flatten)]
    content: TextsContent,
}

impl Representation for TextsView {
    const PATH: &'static str = "/v1/campaigns";

    fn id(&self) -> Id {
        self.campaign_id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

type TextsPatch = Patch<TextsContent>;

/// Drafts of the report are no unit's business: they look as if they were not there.
fn check_visible(actor: &Actor) -> Result<(), Refusal> {
    if actor.sees_all_units() { Ok(()) } else { Err(Refusal::NotFound) }
}

/// Shows what people have written for the report (coordinator, leader, inspector).
#[utoipa::path(tag = "reports", operation_id = "get_report_texts",
    params(("id" = Id, Path, description = "The campaign.")),
    responses((status = 200, description = "The texts, empty where nobody wrote any.", body = TextsView)))]
#[get("/campaigns/{id}/report-texts")]
async fn get_report_texts(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            check_visible(read.actor)?;
            let campaign = campaign::get(read, *id)?;
            let content = report::texts(read.conn, campaign.id)?;
            Answer::record(&TextsView { campaign_id: campaign.id, version: campaign.version, content })
        })
        .await
}

fn write(
    tx: &mut Write<'_>,
    id: Id,
    if_match: IfMatch,
    read: impl FnOnce(&TextsContent) -> Result<TextsContent, Refusal>,
) -> StoreResult<Answer> {
    check_visible(tx.actor)?;
    let campaign = campaign::lock(tx, id)?;
    tx.require(&[Role::Coordinator, Role::Inspector])?;
    if_match.0.check(campaign.version)?;
    campaign.writable()?;
    let before = report::texts(tx.conn, campaign.id)?;
    let content = read(&before)?;
    content.check()?;
    let version = report::write_texts(tx, &campaign, &before, &content)?;
    Answer::record(&TextsView { campaign_id: campaign.id, version, content })
}

/// Replaces all texts of the report (coordinator, inspector).
#[utoipa::path(tag = "reports", operation_id = "replace_report_texts",
    params(("id" = Id, Path, description = "The campaign."), IfMatch), request_body = TextsContent,
    responses((status = 200, description = "The texts.", body = TextsView)))]
#[put("/campaigns/{id}/report-texts")]
async fn replace_report_texts(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller.write(move |tx| write(tx, *id, if_match, |_| body.read())).await
}

/// Changes texts of the report, section by section (coordinator, inspector).
#[utoipa::path(tag = "reports", operation_id = "update_report_texts",
    params(("id" = Id, Path, description = "The campaign."), IfMatch),
    request_body(content((TextsPatch = "application/merge-patch+json"), (TextsPatch = "application/json"))),
    responses((status = 200, description = "The texts.", body = TextsView)))]
#[patch("/campaigns/{id}/report-texts")]
async fn update_report_texts(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller.write(move |tx| write(tx, *id, if_match, |before| body.patch(before))).await
}
