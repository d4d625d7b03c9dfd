//! District reports.

mod differences;
mod file;
mod rows;
mod texts;
mod verb;

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use shared::domain::actor::Actor;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::report::{
    Edition, Endorsement, MissingCharacters, Progress, READERS, Report, ReportContent, ReportFormat,
    ReportStatus, ReportVerb,
};
use shared::domain::text::TextEnum;
use shared::store::report::{self, Filter};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody, Representation};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::list::{List, PageParams};
use crate::schema::New;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(request_report)
        .service(list_reports)
        .service(get_report)
        .configure(differences::register)
        .configure(file::register)
        .configure(rows::register)
        .configure(texts::register)
        .configure(verb::register);
}

/// A version of the district report.
#[derive(Serialize, ToSchema)]
#[schema(as = Report)]
struct ReportView {
    id: Id,
    /// Rises with each change of state; also the ETag.
    #[schema(example = 1)]
    version: i64,
    /// The campaign that it reports on.
    campaign_id: Id,
    /// For whom it is made.
    edition: Edition,
    /// Where it is on its way.
    status: ReportStatus,
    /// Its number within the campaign; absent before its figures passed their check, and of a public edition, which has
    /// none of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2023-1")]
    number: Option<String>,
    /// The full version that a public edition is made from and answers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    full_report_id: Option<Id>,
    /// The number of that version.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2023-1")]
    full_number: Option<String>,
    /// The account that asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_by: Option<Id>,
    /// How far the compiling is; absent before it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Progress>,
    /// Why it could not be compiled (status `failed`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "报告数据不一致，未予生成。")]
    failure_reason: Option<String>,
    /// When the records were read: what was changed later is not in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    compiled_at: Option<Instant>,
    /// When it was ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_at: Option<Instant>,
    /// What its files print as empty boxes, since the fonts of the machine lack it: install one that has it, and ask
    /// for the report again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_characters: Vec<MissingCharacters>,
    /// The beginnings of texts that the typesetter could not take as they are: its PDF prints them without line breaks and
    /// rare characters, and long ones not to their end. The other formats hold them whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["经查，该单位租用办公用房"]))]
    plainly_printed: Vec<String>,
    /// A leader's word that it is to be relied upon.
    #[serde(skip_serializing_if = "Option::is_none")]
    endorsement: Option<Endorsement>,
    /// What it can be read as, once it is ready.
    files: Vec<FileView>,
    created_at: Instant,
    /// What the caller may do with it now.
    allowed_actions: Vec<ReportVerb>,
}

/// A file of a report.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportFile)]
struct FileView {
    /// What it is.
    format: ReportFormat,
    /// Where it is.
    #[schema(example = "/v1/reports/01890a5d-ac96-774b-bcce-b302099a8057/files/html")]
    path: String,
    /// In bytes.
    #[schema(example = 48213)]
    size: i64,
    /// SHA-256 of its bytes in hexadecimal; that of the JSON file is the version's own.
    #[schema(example = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    sha256: String,
}

impl ReportView {
    fn of(report: Report, actor: &Actor) -> Self {
        let files = ReportFormat::ALL.iter().filter_map(|format| report.file(*format));
        Self {
            id: report.id,
            version: report.version,
            campaign_id: report.content.campaign_id,
            edition: report.content.edition,
            status: report.status,
            full_report_id: report.content.full_report_id,
            requested_by: report.requested_by,
            progress: report.progress(),
            compiled_at: report.compiled_at,
            ready_at: report.ready_at,
            missing_characters: report.missing_characters.clone().unwrap_or_default(),
            plainly_printed: report.plainly_printed.clone(),
            files: files
                .map(|file| FileView {
                    format: file.format,
                    path: format!("{}/{}/files/{}", Self::PATH, report.id, file.format),
                    size: file.size,
                    sha256: file.sha256.clone(),
                })
                .collect(),
            created_at: report.created_at,
            allowed_actions: report.verbs(actor),
            endorsement: report.endorsement,
            number: report.number,
            full_number: report.full_number,
            failure_reason: report.failure_reason,
        }
    }
}

impl Representation for ReportView {
    const PATH: &'static str = "/v1/reports";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

type NewReport = New<ReportContent>;

/// Asks for a report, also of a closed campaign (coordinator, leader; inspector: the team's edition); a worker compiles
/// it. Where the same edition is asked for already and no worker has begun with it, that report is the answer, unless the
/// request chooses an id.
///
/// A public edition is made from the full version that is named, or from the newest that is ready: `full_report_required`
/// where there is none.
#[utoipa::path(tag = "reports", operation_id = "request_report", request_body = NewReport,
    responses((status = 202, description = "The report, which waits for a worker.", body = ReportView)))]
#[post("/reports")]
async fn request_report(caller: Caller, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            tx.require(READERS)?;
            let (id, content): (Id, ReportContent) = body.read_new()?;
            tx.require(content.edition.readers())?;
            content.check()?;
            let report = report::request(tx, body.text("id").map(|_| id), content)?;
            Answer::accepted(&ReportView::of(report, tx.actor))
        })
        .await
}

/// Filters of reports.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct ReportQuery {
    /// Reports on one of these campaigns.
    campaign_id: Vec<Id>,
    /// Is in one of these states.
    status: Vec<ReportStatus>,
    /// Is one of these.
    edition: Vec<Edition>,
}

/// Lists reports: all of them for coordinators and leaders, for an inspector those of the team; for these and a liaison
/// the public editions that are endorsed, a liaison's of campaigns with their unit in scope.
#[utoipa::path(tag = "reports", operation_id = "list_reports", params(ReportQuery, PageParams),
    responses((status = 200, description = "A page of reports.", body = ListBody<ReportView>)))]
#[get("/reports")]
async fn list_reports(caller: Caller, list: List<ReportQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let ReportQuery { campaign_id, status, edition } = &list.filter;
            let filter = Filter {
                campaign_ids: campaign_id.clone(),
                statuses: status.clone(),
                editions: edition.clone(),
            };
            let reports = report::list(read, &filter, &list.page)?;
            Answer::list(reports.map(|report| ReportView::of(report, read.actor)), |id| list.cursor(id))
        })
        .await
}

/// Shows a report and how far its compiling is.
#[utoipa::path(tag = "reports", operation_id = "get_report",
    params(("id" = Id, Path, description = "The report.")),
    responses((status = 200, description = "The report.", body = ReportView)))]
#[get("/reports/{id}")]
async fn get_report(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let report = report::get(read, *id)?;
            Answer::record(&ReportView::of(report, read.actor))
        })
        .await
}
