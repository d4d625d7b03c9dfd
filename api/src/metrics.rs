//! Figures for Prometheus.

use std::time::Duration;

use prometheus::{Encoder, HistogramOpts, HistogramVec, IntCounter, Registry, TextEncoder};

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

    /// All figures in Prometheus' format.
    pub fn text(&self, statements: u64) -> prometheus::Result<Vec<u8>> {
        self.statements.inc_by(statements.saturating_sub(self.statements.get()));
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}
