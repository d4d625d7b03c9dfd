//! The workday calendar, a year at a time.

use actix_web::{get, put, web};
use serde::Serialize;
use shared::domain::actor::Role;
use shared::domain::id::Id;
use shared::domain::workday::{WorkdayYear, Year, YearContent};
use shared::store::workday;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Representation};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::if_none_match::IfNoneMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_workdays).service(put_workdays);
}

/// The days of a year that differ from Monday to Friday.
#[derive(Serialize, ToSchema)]
#[schema(as = Workdays)]
struct WorkdaysView {
    id: Id,
    /// Rises with each change; also the ETag.
    #[schema(example = 1)]
    version: i64,
    /// The year.
    year: Year,
    #[serde(flatten)]
    content: YearContent,
}

impl From<WorkdayYear> for WorkdaysView {
    fn from(year: WorkdayYear) -> Self {
        Self { id: year.id, version: year.version, year: year.year, content: year.content }
    }
}

impl Representation for WorkdaysView {
    const PATH: &'static str = "/v1/workdays";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// Shows a year's moved days. A year without any counts Monday to Friday.
#[utoipa::path(tag = "workdays", operation_id = "get_workdays",
    params(("year" = Year, Path, description = "The year.")),
    responses((status = 200, description = "The days.", body = WorkdaysView)))]
#[get("/workdays/{year}")]
async fn get_workdays(caller: Caller, year: web::Path<Year>) -> Result<Answer, Problem> {
    caller.read(move |read| Answer::record(&WorkdaysView::from(workday::get(read.conn, *year)?))).await
}

/// Enters a year's moved days as they were announced (coordinator): with `If-Match` those that are there, with
/// `If-None-Match: *` those that are not there yet.
#[utoipa::path(tag = "workdays", operation_id = "put_workdays",
    params(("year" = Year, Path, description = "The year."),
        ("If-Match" = Option<String>, Header, description = "The version that the caller saw, where there is one."),
        IfNoneMatch),
    request_body = YearContent,
    responses((status = 200, description = "The days.", body = WorkdaysView)))]
#[put("/workdays/{year}")]
async fn put_workdays(
    caller: Caller,
    year: web::Path<Year>,
    if_match: IfMatch,
    if_none_match: IfNoneMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before = workday::lock(tx, *year)?;
            tx.require(&[Role::Coordinator])?;
            if_none_match.check(if_match.0, before.as_ref().map(|before| before.version))?;
            let content: YearContent = body.read()?;
            content.check(*year)?;
            let after = workday::put(tx, before.as_ref(), *year, content)?;
            Answer::record(&WorkdaysView::from(after))
        })
        .await
}
