//! Whether the process lives and can work.

use actix_web::{HttpResponse, Responder, get, web};
use serde::Serialize;
use shared::domain::instant::Instant;
use shared::store::migrate::{self, Schema};
use shared::store::{StoreResult, clock};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::error::{Problem, ProblemCode};
use crate::state::State;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(healthz).service(readyz);
}

/// Whether the process can work, and what time it thinks it is.
#[derive(Serialize, ToSchema)]
struct Readiness {
    /// Always `true` in a 200 answer.
    ready: bool,
    /// The civil clock of a simulated database; absent in a real one.
    #[serde(skip_serializing_if = "Option::is_none")]
    simulated_now: Option<Instant>,
}

/// Whether the process answers at all.
#[utoipa::path(tag = "service", operation_id = "get_healthz", responses((status = 204, description = "The process answers.")))]
#[get("/healthz")]
async fn healthz() -> impl Responder {
    HttpResponse::NoContent()
}

/// Whether database and schema let the process work. A dead worker takes no healthy api away.
#[utoipa::path(tag = "service", operation_id = "get_readyz", responses(
    (status = 200, description = "It can work.", body = Readiness),
    (status = 503, description = "The database is away or has another schema.", body = crate::error::ProblemBody,
     content_type = "application/problem+json")
))]
#[get("/readyz")]
async fn readyz(state: web::Data<State>) -> Result<impl Responder, Problem> {
    let store = state.store.clone();
    let checked = web::block(move || -> StoreResult<_> {
        let offset = store.with(clock::offset)?;
        Ok((migrate::schema(&store)?, offset.map(|offset| clock::system_now() + offset)))
    });
    match checked.await.map_err(Problem::internal)? {
        Ok((Schema::Current, simulated_now)) => Ok(web::Json(Readiness { ready: true, simulated_now })),
        Ok(_) => Err(Problem::retry(ProblemCode::Unavailable, 10)),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            Err(Problem::retry(ProblemCode::Unavailable, 10))
        }
    }
}
