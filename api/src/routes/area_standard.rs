//! Area standards.

use actix_web::{get, patch, post, web};
use serde::{Deserialize, Serialize};
use shared::domain::actor::Role;
use shared::domain::area_standard::{AreaStandard, AreaStandardContent};
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::unit::StandardClass;
use shared::store::area_standard::{self, Filter};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody, Representation};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::list::{List, PageParams};
use crate::schema::{Correction, New};

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create_area_standard)
        .service(list_area_standards)
        .service(get_area_standard)
        .service(correct_area_standard);
}

/// An area limit and when it holds.
#[derive(Serialize, ToSchema)]
#[schema(as = AreaStandard)]
struct AreaStandardView {
    id: Id,
    /// Rises with each change; also the ETag.
    #[schema(example = 1)]
    version: i64,
    #[serde(flatten)]
    content: AreaStandardContent,
    created_at: Instant,
}

impl From<AreaStandard> for AreaStandardView {
    fn from(standard: AreaStandard) -> Self {
        let AreaStandard { id, version, content, created_at } = standard;
        Self { id, version, content, created_at }
    }
}

impl Representation for AreaStandardView {
    const PATH: &'static str = "/v1/area-standards";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

type NewAreaStandard = New<AreaStandardContent>;
type AreaStandardPatch = Correction<AreaStandardContent>;

/// Enters a limit (coordinator). An open-ended one for the same class and level that began before ends on the
/// day before.
#[utoipa::path(tag = "area standards", operation_id = "create_area_standard", request_body = NewAreaStandard,
    responses((status = 201, description = "The limit.", body = AreaStandardView)))]
#[post("/area-standards")]
async fn create_area_standard(caller: Caller, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            tx.require(&[Role::Coordinator])?;
            let (id, content): (Id, AreaStandardContent) = body.read_new()?;
            content.check()?;
            Answer::created(&AreaStandardView::from(area_standard::create(tx, id, content)?))
        })
        .await
}

/// Filters of area standards.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct AreaStandardQuery {
    /// For one of these classes.
    standard_class: Vec<StandardClass>,
    /// For one of these levels.
    standard_level: Vec<String>,
    /// Only those that hold on this day.
    on: Option<Date>,
}

/// Lists area limits of all times.
#[utoipa::path(tag = "area standards", operation_id = "list_area_standards", params(AreaStandardQuery, PageParams),
    responses((status = 200, description = "A page of limits.", body = ListBody<AreaStandardView>)))]
#[get("/area-standards")]
async fn list_area_standards(caller: Caller, list: List<AreaStandardQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let query = &list.filter;
            let filter = Filter {
                classes: query.standard_class.clone(),
                levels: query.standard_level.clone(),
                on: query.on,
            };
            let standards = area_standard::list(read, &filter, &list.page)?;
            Answer::list(standards.map(AreaStandardView::from), |id| list.cursor(id))
        })
        .await
}

/// Shows an area limit.
#[utoipa::path(tag = "area standards", operation_id = "get_area_standard",
    params(("id" = Id, Path, description = "The limit.")),
    responses((status = 200, description = "The limit.", body = AreaStandardView)))]
#[get("/area-standards/{id}")]
async fn get_area_standard(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller.read(move |read| Answer::record(&AreaStandardView::from(area_standard::get(read, *id)?))).await
}

/// Corrects a typing error, with its reason (coordinator). A limit that changes is entered anew instead.
#[utoipa::path(tag = "area standards", operation_id = "correct_area_standard",
    params(("id" = Id, Path, description = "The limit."), IfMatch),
    request_body(content((AreaStandardPatch = "application/merge-patch+json"), (AreaStandardPatch = "application/json"))),
    responses((status = 200, description = "The limit.", body = AreaStandardView)))]
#[patch("/area-standards/{id}")]
async fn correct_area_standard(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before = area_standard::lock(tx, *id)?;
            tx.require(&[Role::Coordinator])?;
            if_match.0.check(before.version)?;
            let (content, reason) = body.correction(&before.content)?;
            content.check()?;
            Answer::record(&AreaStandardView::from(area_standard::correct(tx, &before, content, &reason)?))
        })
        .await
}
