//! The verbs of reports.

use actix_web::{post, web};
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::domain::report::{Endorse, Endorsement, Report, ReportVerb};
use shared::domain::text::TextEnum;
use shared::store::report;
use utoipa_actix_web::service_config::ServiceConfig;

use super::ReportView;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(cancel_report).service(endorse_report);
}

/// Calls a report off before it is ready (coordinator, leader, inspector).
#[utoipa::path(tag = "reports", operation_id = "cancel_report",
    params(("id" = Id, Path, description = "The report."), IfMatch),
    responses((status = 200, description = "The report.", body = ReportView)))]
#[post("/reports/{id}/cancel")]
async fn cancel_report(caller: Caller, id: web::Path<Id>, if_match: IfMatch) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before = report::lock(tx, *id)?;
            let verb = ReportVerb::Cancel;
            let status = before.admit(tx.actor, verb, if_match.0)?;
            let after = Report { status, ..before.clone() };
            let report = report::update(tx, verb.as_str(), &before, after)?;
            Answer::record(&ReportView::of(report, tx.actor))
        })
        .await
}

/// Endorses a report that is ready: from then on it is the one to be relied upon (leader; a person).
///
/// The endorsement stands beside the version, whose files it does not change. It is given once.
#[utoipa::path(tag = "reports", operation_id = "endorse_report", request_body = Endorse,
    params(("id" = Id, Path, description = "The report."), IfMatch),
    responses((status = 200, description = "The report.", body = ReportView)))]
#[post("/reports/{id}/endorse")]
async fn endorse_report(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before = report::lock(tx, *id)?;
            let verb = ReportVerb::Endorse;
            let status = before.admit(tx.actor, verb, if_match.0)?;
            let endorsed_by = tx.actor.account_id.ok_or(Refusal::PersonRequired)?;
            let endorse: Endorse = body.read()?;
            endorse.check()?;
            let endorsement = Some(Endorsement {
                endorsed_by,
                endorsed_by_name: tx.actor.name.clone(),
                endorsed_at: tx.now,
                opinion: endorse.opinion,
            });
            let after = Report { status, endorsement, ..before.clone() };
            let report = report::update(tx, verb.as_str(), &before, after)?;
            Answer::record(&ReportView::of(report, tx.actor))
        })
        .await
}
