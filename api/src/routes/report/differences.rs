//! What changed between two versions of a report.

use actix_web::{get, web};
use serde::Deserialize;
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::domain::report::{Differences, ReportFile, ReportFormat, Snapshot, differences};
use shared::store::{Read, StoreError, StoreResult, report};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::error::{Problem, ProblemCode};
use crate::extract::caller::Caller;
use crate::extract::query::Query;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_report_differences);
}

/// With which version a report is compared.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DifferencesQuery {
    /// The other version: of the same campaign and edition.
    from: Id,
}

/// The snapshots of two versions; none of the other where it is no version of the same report.
fn read_both(read: &mut Read<'_>, id: Id, from: Id) -> StoreResult<Option<(ReportFile, ReportFile)>> {
    let report = report::get(read, id)?;
    let snapshot = report.file(ReportFormat::Json).cloned().ok_or(Refusal::NotFound)?;
    let other = match report::get(read, from) {
        Ok(other) if other.content == report.content => other,
        Ok(_) => return Ok(None),
        Err(StoreError::Refused(Refusal::NotFound)) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(other.file(ReportFormat::Json).cloned().map(|other| (other, snapshot)))
}

/// Shows what changed from an earlier version to this one: problems that came, went or moved, and figures.
#[utoipa::path(tag = "reports", operation_id = "get_report_differences",
    params(("id" = Id, Path, description = "The later version."), DifferencesQuery),
    responses((status = 200, description = "What changed.", body = Differences)))]
#[get("/reports/{id}/differences")]
async fn get_report_differences(
    caller: Caller,
    id: web::Path<Id>,
    query: Query<DifferencesQuery>,
) -> Result<Answer, Problem> {
    let objects = caller.state.objects.clone();
    let files = caller.read(move |read| read_both(read, *id, query.0.from)).await?;
    let (from, to) = files.ok_or_else(|| Problem::naming(ProblemCode::InvalidQuery, "from"))?;
    let from = objects.get(&from.object_key).await.map_err(Problem::internal)?;
    let to = objects.get(&to.object_key).await.map_err(Problem::internal)?;
    let compare = move || {
        let (from, to): (Snapshot, Snapshot) = (serde_json::from_slice(&from)?, serde_json::from_slice(&to)?);
        Ok::<_, serde_json::Error>(differences(&from, &to))
    };
    let found = web::block(compare).await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    Answer::json(&found).map_err(Into::into)
}
