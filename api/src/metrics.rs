//! Figures for Prometheus.

use std::time::Duration;

use prometheus::{Encoder, Gauge, HistogramOpts, HistogramVec, IntCounter, IntGauge, IntGaugeVec, Opts};
use prometheus::{Registry, TextEncoder};
use shared::domain::instant::Instant;
use shared::store::operation::Operations;

/// What the process counts, and the state of the worker, which is seen here when it is dead.
pub struct Metrics {
    registry: Registry,
    requests: HistogramVec,
    statements: IntCounter,
    scan_age: Gauge,
    oldest_unsent: Gauge,
    notices: IntGaugeVec,
    jobs: IntGaugeVec,
    set_aside: IntGauge,
}

/// The state of the worker as it was read at these instants of the system and the civil clock.
pub struct Seen {
    pub operations: Operations,
    pub now: Instant,
    pub civil_now: Instant,
}

impl Metrics {
    pub fn new() -> prometheus::Result<Self> {
        let requests = HistogramVec::new(
            HistogramOpts::new("xunjian_http_request_seconds", "Requests by path template and status"),
            &["method", "path", "status"],
        )?;
        let statements = IntCounter::new("xunjian_db_statements_total", "Statements sent to the database")?;
        let scan_age = Gauge::new("xunjian_scan_age_seconds", "Since the last scan; NaN: never or unknown")?;
        let oldest_unsent = Gauge::new(
            "xunjian_oldest_unsent_notice_seconds",
            "Since the oldest unsent notice was due; NaN: unknown",
        )?;
        let notices = IntGaugeVec::new(Opts::new("xunjian_notices", "Notices by state"), &["status"])?;
        let jobs = IntGaugeVec::new(Opts::new("xunjian_jobs", "Jobs by state"), &["status"])?;
        let set_aside =
            IntGauge::new("xunjian_set_aside", "What cannot be read or worked on; 0 where unknown")?;
        let registry = Registry::new();
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(statements.clone()))?;
        registry.register(Box::new(scan_age.clone()))?;
        registry.register(Box::new(oldest_unsent.clone()))?;
        registry.register(Box::new(notices.clone()))?;
        registry.register(Box::new(jobs.clone()))?;
        registry.register(Box::new(set_aside.clone()))?;
        Ok(Self { registry, requests, statements, scan_age, oldest_unsent, notices, jobs, set_aside })
    }

    /// Notes a request.
    pub fn request(&self, method: &str, path: &str, status: u16, took: Duration) {
        self.requests.with_label_values(&[method, path, &status.to_string()]).observe(took.as_secs_f64());
    }

    /// Notes the state of the worker, or that it is unknown: what was seen before says nothing now.
    pub fn worker(&self, seen: Option<&Seen>) {
        self.notices.reset();
        self.jobs.reset();
        self.set_aside.set(0);
        let Some(Seen { operations, now, civil_now }) = seen else {
            self.scan_age.set(f64::NAN);
            self.oldest_unsent.set(f64::NAN);
            return;
        };
        let seconds = |since: Instant, now: Instant| (now - since).as_seconds_f64();
        self.scan_age.set(operations.scan.done_at.map_or(f64::NAN, |at| seconds(at, *now)));
        self.oldest_unsent.set(operations.oldest_unsent_due_at.map_or(0.0, |at| seconds(at, *civil_now)));
        self.set_aside.set(i64::try_from(operations.set_aside.len()).unwrap_or(i64::MAX));
        for (status, count) in &operations.notices {
            self.notices.with_label_values(&[&status.to_string()]).set(*count);
        }
        let jobs = operations.jobs;
        for (status, count) in [("queued", jobs.queued), ("running", jobs.running), ("dead", jobs.dead)] {
            self.jobs.with_label_values(&[status]).set(count);
        }
    }

    /// All figures in Prometheus' format.
    pub fn text(&self, statements: u64) -> prometheus::Result<Vec<u8>> {
        self.statements.inc_by(statements.saturating_sub(self.statements.get()));
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use shared::domain::id::Id;
    use shared::domain::notice::NoticeStatus;
    use shared::store::clock::system_now;
    use shared::store::fault::{Fault, Subject};
    use shared::store::job::Depth;
    use shared::store::schedule::Done;

    use super::*;

    fn text(metrics: &Metrics) -> String {
        String::from_utf8(metrics.text(0).unwrap()).unwrap()
    }

    #[test]
    fn a_dead_worker_is_seen_and_what_was_seen_before_does_not_stay() {
        let (metrics, now) = (Metrics::new().unwrap(), system_now());
        let operations = Operations {
            scan: Done { done_at: Some(now - TimeDelta::minutes(90)), done_civil_at: None },
            notices: vec![(NoticeStatus::Written, 3)],
            oldest_unsent_due_at: Some(now - TimeDelta::minutes(2)),
            mail_paused_until: None,
            mail_fault: None,
            jobs: Depth { queued: 1, running: 0, dead: 2 },
            set_aside: vec![Fault {
                subject: Subject::Job,
                id: Id::new(),
                reason: "unknown kind".to_owned(),
                since: now,
            }],
        };
        metrics.worker(Some(&Seen { operations, now, civil_now: now }));
        let seen = text(&metrics);
        for line in [
            "xunjian_scan_age_seconds 5400",
            "xunjian_oldest_unsent_notice_seconds 120",
            "xunjian_notices{status=\"written\"} 3",
            "xunjian_jobs{status=\"dead\"} 2",
            "xunjian_set_aside 1",
        ] {
            assert!(seen.contains(line), "{line} is not in {seen}");
        }
        metrics.worker(None);
        let unseen = text(&metrics);
        assert!(unseen.contains("xunjian_scan_age_seconds NaN") && !unseen.contains("written"), "{unseen}");
    }
}
