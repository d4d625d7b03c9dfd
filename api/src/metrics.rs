//! Figures for Prometheus, on an address of their own.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use prometheus::{Encoder, HistogramOpts, HistogramVec, IntCounter, Registry, TextEncoder};

use crate::state::State;

/// What the process counts.
pub struct Metrics {
    registry: Registry,
    requests: HistogramVec,
    statements: IntCounter,
}

impl Metrics {
    pub fn new() -> prometheus::Result<Self> {
        let requests = HistogramVec::new(
            HistogramOpts::new("xunjian_http_request_seconds", "Requests by path template and status"),
            &["method", "path", "status"],
        )?;
        let statements = IntCounter::new("xunjian_db_statements_total", "Statements sent to the database")?;
        let registry = Registry::new();
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(statements.clone()))?;
        Ok(Self { registry, requests, statements })
    }

    /// Notes a request.
    pub fn request(&self, method: &str, path: &str, status: u16, took: Duration) {
        self.requests.with_label_values(&[method, path, &status.to_string()]).observe(took.as_secs_f64());
    }

    fn text(&self, statements: u64) -> prometheus::Result<Vec<u8>> {
        self.statements.inc_by(statements.saturating_sub(self.statements.get()));
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}

/// Serves `/metrics`.
pub fn serve(address: SocketAddr, state: web::Data<State>) -> io::Result<actix_web::dev::Server> {
    let app = move || App::new().app_data(state.clone()).route("/metrics", web::get().to(show));
    Ok(HttpServer::new(app).workers(1).bind(address)?.shutdown_timeout(1).run())
}

async fn show(state: web::Data<State>) -> HttpResponse {
    match state.metrics.text(state.store.statements()) {
        Ok(text) => HttpResponse::Ok().content_type(prometheus::TEXT_FORMAT).body(text),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be shown");
            HttpResponse::InternalServerError().finish()
        }
    }
}
