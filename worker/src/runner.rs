//! The worker's rounds: for ever, or once.

use std::time::Duration;

use chrono::TimeDelta;
use shared::config::Settings;
use shared::store::clock;
use shared::store::schedule::{self, Schedule};

use crate::delivery::Delivery;
use crate::jobs;
use crate::scan::scan;
use crate::stop::Stop;
use crate::worker::{Worker, WorkerError};

/// How long a worker rests that found nothing to do.
const REST: Duration = Duration::from_secs(1);

/// How long sends and jobs under way may still take once the worker is asked to stop; what is not done
/// then is left to its lease.
const GRACE: Duration = Duration::from_secs(8);

/// Works until it is asked to stop. Whatever fails is logged and tried again in a later round.
pub async fn run(worker: &Worker, settings: &Settings, stop: &Stop) {
    let every = TimeDelta::seconds(i64::try_from(settings.scan_seconds).unwrap_or(i64::MAX / 1000));
    // Each has rounds of its own: a slow mail server or a long report keeps no other waiting.
    let rounds = async {
        tokio::join!(scan_rounds(worker, every, stop), mail_rounds(worker, stop), job_rounds(worker, stop))
    };
    if stop.clone().within(GRACE, rounds).await.is_none() {
        tracing::warn!("what was under way is left to its lease");
    }
}

async fn scan_rounds(worker: &Worker, every: TimeDelta, stop: &Stop) {
    while !stop.is_asked() {
        let round = async {
            let now = clock::system_now();
            if worker.with(move |conn, _| schedule::take(conn, Schedule::Scan, now, every)).await? {
                scan(worker).await?;
            }
            Ok(())
        };
        report(round.await);
        stop.clone().rest(REST).await;
    }
}

async fn mail_rounds(worker: &Worker, stop: &Stop) {
    let mut delivery = Delivery::default();
    while !stop.is_asked() {
        report(delivery.deliver_due(worker, stop).await);
        stop.clone().rest(REST).await;
    }
}

async fn job_rounds(worker: &Worker, stop: &Stop) {
    while !stop.is_asked() {
        let round = async {
            jobs::queue_recurring(worker).await?;
            jobs::work_off(worker, stop).await
        };
        report(round.await);
        stop.clone().rest(REST).await;
    }
}

fn report(round: Result<(), WorkerError>) {
    if let Err(error) = round {
        tracing::error!(%error, "a round of work failed and is tried again");
    }
}

/// Scans once, then works off everything that is due.
///
/// # Errors
/// The database is away. A mail or job that fails is in the ledger or the queue, and no error.
pub async fn tick(worker: &Worker, stop: &Stop) -> Result<(), WorkerError> {
    scan(worker).await?;
    Delivery::default().deliver_due(worker, stop).await?;
    jobs::queue_recurring(worker).await?;
    jobs::work_off(worker, stop).await
}
