//! The files of a report, as they were stored.

use actix_web::http::header::DispositionType;
use actix_web::{HttpRequest, HttpResponse, get, web};
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::domain::report::{ReportFile, ReportFormat};
use shared::domain::text::TextEnum;
use shared::messages::report::file_name;
use shared::store::{Read, StoreResult, campaign, report};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::download::Download;
use crate::error::{Problem, ProblemBody, ProblemCode};
use crate::extract::caller::Caller;
use crate::schema::FileBytes;

/// What a report's page may do in a browser: show itself, and nothing else.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_report_file);
}

/// Serves a file of a report that is ready: of the full edition to coordinators and leaders, of the team's to inspectors
/// too, of a public one to others once it is endorsed.
#[utoipa::path(tag = "reports", operation_id = "get_report_file",
    params(("id" = Id, Path, description = "The report."),
           ("format" = ReportFormat, Path, description = "What it is read as."),
           ("Range" = Option<String>, Header, description = "One range of bytes, as `bytes=0-1023`."),
           ("If-None-Match" = Option<String>, Header, description = "The ETag of the file that the caller has.")),
    responses((status = 200, description = "The file; its ETag is the SHA-256 of its bytes.",
               content((serde_json::Value = "application/json"), (String = "text/html"), (FileBytes = "application/pdf"),
                   (FileBytes = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
                   (FileBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
              (status = 206, description = "The range of the file.",
               content((serde_json::Value = "application/json"), (String = "text/html"), (FileBytes = "application/pdf"),
                   (FileBytes = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
                   (FileBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
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
        ReportFormat::Json | ReportFormat::Pdf | ReportFormat::Docx | ReportFormat::Xlsx => {
            (DispositionType::Attachment, "sandbox")
        }
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
    let number = report.number.as_ref().or(report.full_number.as_ref()).map_or("", String::as_str);
    Ok((file, file_name(&campaign.content.name, number, report.content.edition, format)))
}
