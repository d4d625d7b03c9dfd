//! What changed between two versions of a report.

use actix_web::{get, web};
use serde::Deserialize;
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::domain::report::{Differences, Report, ReportFile, ReportFormat, Snapshot, differences};
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
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct DifferencesQuery {
    /// An earlier version, of the same campaign and edition; by default the one before.
    from: Option<Id>,
}

/// Where the snapshots of two versions are: of the earlier one, where there is any, and of this one.
struct Compared {
    from: Option<ReportFile>,
    to: ReportFile,
}

/// `None` where the version that is named is none of the same report.
fn compared(read: &mut Read<'_>, id: Id, from: Option<Id>) -> StoreResult<Option<Compared>> {
    let report = report::get(read, id)?;
    let snapshot = |report: &Report| report.file(ReportFormat::Json).cloned();
    let to = snapshot(&report).ok_or(Refusal::NotFound)?;
    let Some(from) = from else {
        let from = report::before(read, &report)?.as_ref().and_then(snapshot);
        return Ok(Some(Compared { from, to }));
    };
    match report::get(read, from) {
        Ok(other) if other.content.is_of_the_same_report(&report.content) => {
            Ok(snapshot(&other).map(|from| Compared { from: Some(from), to }))
        }
        Ok(_) | Err(StoreError::Refused(Refusal::NotFound)) => Ok(None),
        Err(error) => Err(error),
    }
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
    let compared = caller.read(move |read| compared(read, *id, query.0.from)).await?;
    let Compared { from, to } = compared.ok_or_else(|| Problem::naming(ProblemCode::InvalidQuery, "from"))?;
    let read = async |file: ReportFile| objects.get(&file.object_key).await.map_err(Problem::internal);
    let to = read(to).await?;
    let from = match from {
        Some(file) => Some(read(file).await?),
        None => None,
    };
    let compare = move || {
        let from: Option<Snapshot> = from.map(|bytes| serde_json::from_slice(&bytes)).transpose()?;
        Ok::<_, serde_json::Error>(differences(from.as_ref(), &serde_json::from_slice(&to)?))
    };
    let found = web::block(compare).await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    Ok(Answer::json(&found)?)
}
