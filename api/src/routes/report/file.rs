//! The files of a report, and the records behind its figures. Both come from the stored version: nothing
//! that is changed later changes them.

use actix_web::http::header::DispositionType;
use actix_web::{HttpRequest, HttpResponse, get, web};
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::domain::report::{FigureRows, ReportFile, ReportFormat, Snapshot};
use shared::domain::text::TextEnum;
use shared::messages::report::file_name;
use shared::store::{Read, StoreResult, campaign, report};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::download::Download;
use crate::error::{Problem, ProblemBody, ProblemCode};
use crate::extract::caller::Caller;

/// What a report's page may do in a browser: show itself, and nothing else.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_report_file).service(get_report_rows);
}

/// Serves a file of a report that is ready: of the full edition to coordinators, leaders and inspectors.
#[utoipa::path(tag = "reports", operation_id = "get_report_file",
    params(("id" = Id, Path, description = "The report."),
           ("format" = ReportFormat, Path, description = "What it is read as."),
           ("Range" = Option<String>, Header, description = "One range of bytes, as `bytes=0-1023`."),
           ("If-None-Match" = Option<String>, Header, description = "The ETag of the file that the caller has.")),
    responses((status = 200, description = "The file; its ETag is the SHA-256 of its bytes.",
               content((serde_json::Value = "application/json"), (String = "text/html"))),
              (status = 206, description = "The range of the file.",
               content((serde_json::Value = "application/json"), (String = "text/html"))),
              (status = 304, description = "It is as the caller has it."),
              (status = 416, description = "There are no such bytes.", body = ProblemBody, content_type = "application/problem+json")))]
#[get("/reports/{id}/files/{format}")]
async fn get_report_file(
    caller: Caller,
    path: web::Path<(Id, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (id, format) = path.into_inner();
    let format = ReportFormat::from_word(&format).ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
    let objects = caller.state.objects.clone();
    let (file, file_name) = caller.read(move |read| file_of(read, id, format)).await?;
    let (disposition, policy) = match format {
        ReportFormat::Html => (DispositionType::Inline, PAGE_POLICY),
        ReportFormat::Json => (DispositionType::Attachment, "sandbox"),
    };
    let download = Download {
        object_key: file.object_key,
        size: file.size,
        sha256: file.sha256,
        media_type: format.media_type().to_owned(),
        file_name,
        disposition,
        policy,
    };
    download.serve(&request, &objects).await
}

fn file_of(read: &mut Read<'_>, id: Id, format: ReportFormat) -> StoreResult<(ReportFile, String)> {
    let report = report::get(read, id)?;
    let file = report.file(format).cloned().ok_or(Refusal::NotFound)?;
    let campaign = campaign::load(read.conn, report.content.campaign_id)?;
    let number = report.number.as_deref().unwrap_or_default();
    Ok((file, file_name(&campaign.content.name, number, report.content.edition, format)))
}

/// Shows the records behind a figure of a report, as they were when it was compiled.
#[utoipa::path(tag = "reports", operation_id = "get_report_rows",
    params(("id" = Id, Path, description = "The report."),
           ("figure" = String, Path, description = "The figure's name: a figure of the statistics, `problems.overdue`, or one row of it, `problems.overdue.focus_item.leasing`.", example = "problems.overdue")),
    responses((status = 200, description = "The figure with its records.", body = FigureRows)))]
#[get("/reports/{id}/rows/{figure}")]
async fn get_report_rows(caller: Caller, path: web::Path<(Id, String)>) -> Result<Answer, Problem> {
    let (id, figure) = path.into_inner();
    let objects = caller.state.objects.clone();
    let (snapshot, _) = caller.read(move |read| file_of(read, id, ReportFormat::Json)).await?;
    let bytes = objects.get(&snapshot.object_key).await.map_err(Problem::internal)?;
    let read = move || serde_json::from_slice(&bytes).map(|snapshot: Snapshot| snapshot.figure_rows(&figure));
    let rows = web::block(read).await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    Ok(Answer::json(&rows.ok_or_else(|| Problem::new(ProblemCode::NotFound))?)?)
}
