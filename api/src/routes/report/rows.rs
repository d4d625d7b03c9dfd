//! The records behind a figure of a report: as they were, and beside them as they are.

use actix_web::{get, web};
use serde::Serialize;
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::domain::report::{FigureRows, ReportFile, ReportFormat, Snapshot};
use shared::domain::statistics::trace;
use shared::store::statistics::{Scope, facts};
use shared::store::{Read, StoreResult, campaign, report};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::error::{Problem, ProblemCode};
use crate::extract::caller::Caller;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_report_rows);
}

/// A figure of a report with the records that it counts, and what the same figure counts now.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportFigure)]
struct FigureView {
    #[serde(flatten)]
    reported: FigureRows,
    /// The same figure now.
    live: LiveFigure,
}

/// What a figure counts now; for a liaison of the own units only.
#[derive(Serialize, ToSchema)]
struct LiveFigure {
    /// The civil date on which overdue and late are judged: today.
    as_of: Date,
    /// The number.
    #[schema(example = 0)]
    value: u32,
    /// The records that it counts.
    rows: Vec<Id>,
}

fn read_both(read: &mut Read<'_>, id: Id, figure: &str) -> StoreResult<(ReportFile, LiveFigure)> {
    let report = report::get(read, id)?;
    let snapshot = report.file(ReportFormat::Json).cloned().ok_or(Refusal::NotFound)?;
    let campaign = campaign::load(read.conn, report.content.campaign_id)?;
    let as_of = campaign.today(read.now);
    let facts = facts(read.conn, &campaign, &Scope::of(read.actor))?;
    let now = trace(&facts, as_of).remove(figure).ok_or(Refusal::NotFound)?;
    Ok((snapshot, LiveFigure { as_of, value: now.value, rows: now.rows }))
}

/// Shows the records behind a figure of a report, as they were when it was compiled, and which they are now.
#[utoipa::path(tag = "reports", operation_id = "get_report_rows",
    params(("id" = Id, Path, description = "The report."),
           ("figure" = String, Path, description = "The figure's name: a figure of the statistics, `problems.overdue`, or one row of it, `problems.overdue.focus_item.leasing`.", example = "problems.overdue")),
    responses((status = 200, description = "The figure with its records.", body = FigureView)))]
#[get("/reports/{id}/rows/{figure}")]
async fn get_report_rows(caller: Caller, path: web::Path<(Id, String)>) -> Result<Answer, Problem> {
    let (id, figure) = path.into_inner();
    let objects = caller.state.objects.clone();
    let name = figure.clone();
    let (file, live) = caller.read(move |read| read_both(read, id, &name)).await?;
    let bytes = objects.get(&file.object_key).await.map_err(Problem::internal)?;
    let rows = move || serde_json::from_slice(&bytes).map(|snapshot: Snapshot| snapshot.figure_rows(&figure));
    let rows = web::block(rows).await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    let reported = rows.ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
    Ok(Answer::json(&FigureView { reported, live })?)
}
