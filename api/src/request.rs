//! What every request gets, whatever becomes of it: an id, a log line, figures, problem bodies in
//! the caller's language, and headers that keep answers out of caches.

use std::time::Instant;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use shared::domain::id::Id;
use tracing::Instrument;

use crate::catalogue::Language;
use crate::error::Problem;
use crate::state::State;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The request's id, as answers, log and audit events name it.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

impl RequestId {
    /// Takes the caller's own where it can stand in a log, else makes one.
    fn of(request: &ServiceRequest) -> Self {
        let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
        let fits = |id: &&str| {
            (1..=64).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        };
        Self(given.filter(fits).map_or_else(|| Id::new().as_str().replace('-', ""), str::to_owned))
    }
}

/// The trace that a caller's `traceparent` (W3C Trace Context) names.
fn trace_id(request: &ServiceRequest) -> Option<String> {
    let value = request.headers().get("traceparent")?.to_str().ok()?;
    let parts: Vec<&str> = value.split('-').collect();
    let [_, trace, _, _] = parts[..] else { return None };
    let is_trace = trace.len() == 32 && trace.bytes().all(|b| b.is_ascii_hexdigit());
    is_trace.then(|| trace.to_owned())
}

/// The middleware.
pub async fn handle<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let id = RequestId::of(&request);
    let trace = trace_id(&request).unwrap_or_default();
    let language = Language::of(&request);
    let method = request.method().to_string();
    let state = request.app_data::<web::Data<State>>().cloned();
    let begun = Instant::now();
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", id = %id.0, trace = %trace);
    let mut response = match next.call(request).instrument(span.clone()).await {
        Ok(response) => render_problem(response, language, &id),
        Err(error) => return Err(error),
    };
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    // The template, never the path itself: logs hold no ids of people and no query.
    let path = response.request().match_pattern().unwrap_or_else(|| "unknown".to_owned());
    let status = response.status().as_u16();
    let took = begun.elapsed();
    span.in_scope(|| tracing::info!(%method, %path, status, ms = took.as_millis(), "answered"));
    if let Some(state) = state {
        state.metrics.request(&method, &path, status, took);
    }
    Ok(response)
}

fn render_problem<B: MessageBody>(
    response: ServiceResponse<B>,
    language: Language,
    id: &RequestId,
) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let problem = response.response().extensions().get::<Problem>().cloned();
    let Some(problem) = problem else { return response.map_into_left_body() };
    let body = serde_json::to_string(&problem.body(language, &id.0)).unwrap_or_default();
    let mut response = response.map_body(|_, _| EitherBody::right(BoxBody::new(body)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    response
}
