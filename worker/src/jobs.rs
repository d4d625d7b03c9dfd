//! Jobs: claimed one at a time, done, and ended under the same lease.

pub mod report;

use std::time::Duration;

use chrono::TimeDelta;
use shared::domain::job::Job;
use shared::domain::refusal::Refusal;
use shared::store::job::Claim;
use shared::store::schedule::{self, Schedule};
use shared::store::{
    DbConnection, StoreError, StoreResult, attachment, clock, idempotency, job, notice, one_time_link,
    report as reports, session,
};

use tokio::time::sleep;

use crate::stop::Stop;
use crate::worker::{Worker, WorkerError};

/// How long a job is held; afterwards another worker takes it over.
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// How often the lease is renewed while a job is at work, which may take longer.
const RENEWED_EVERY: Duration = Duration::from_secs(60);

/// How often what lies about is swept.
const SWEPT_EVERY: TimeDelta = TimeDelta::hours(1);

/// A stored file that no row names may be on its way to its row: so old it is not.
const UNCLAIMED: TimeDelta = TimeDelta::days(1);

/// Queues what recurs and is due.
pub async fn queue_recurring(worker: &Worker) -> Result<(), WorkerError> {
    worker
        .write(|tx| {
            if schedule::take(tx.conn, Schedule::Sweep, clock::system_now(), SWEPT_EVERY)? {
                for sweep in Job::SWEEPS {
                    let key = serde_json::to_string(sweep)?;
                    job::enqueue(tx, sweep, Some(&key))?;
                }
            }
            Ok(())
        })
        .await
}

/// Does everything that is due, until nothing is left or the worker stops. A job that fails is put off, and
/// stops no other.
///
/// # Errors
/// The database is away.
pub async fn work_off(worker: &Worker, stop: &Stop) -> Result<(), WorkerError> {
    while !stop.is_asked() {
        let claimed = worker.write(|tx| job::claim(tx, clock::system_now(), LEASE)).await?;
        let Some(claim) = claimed else { return Ok(()) };
        let (id, job) = (claim.id, claim.job.clone());
        let outcome = held(worker, &claim, run(worker, &job)).await;
        let ended = worker
            .write(move |tx| match &outcome {
                Ok(()) => job::finish(tx, &claim),
                Err(error) => {
                    tracing::error!(%id, %error, "a job failed");
                    let (now, jitter) = (clock::system_now(), rand::random());
                    job::fail(tx, &claim, &error.to_string(), now, jitter).map(drop)
                }
            })
            .await;
        match ended {
            Err(WorkerError::Store(StoreError::Refused(Refusal::Stale))) => {
                tracing::warn!(%id, "another worker has taken the job over");
            }
            ended => ended?,
        }
    }
    Ok(())
}

/// Does a job and keeps its lease meanwhile.
async fn held<T>(worker: &Worker, claim: &Claim, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            outcome = &mut work => return outcome,
            () = sleep(RENEWED_EVERY) => {}
        }
        let claim = claim.clone();
        let renewed = worker.write(move |tx| job::renew(tx, &claim, clock::system_now(), LEASE)).await;
        if let Err(error) = renewed {
            tracing::warn!(%error, "a lease could not be renewed");
        }
    }
}

async fn run(worker: &Worker, job: &Job) -> Result<(), WorkerError> {
    match job {
        Job::CompileReport { report_id } => report::compile_report(worker, *report_id).await,
        Job::SweepSessions => {
            worker
                .with(|conn, _| {
                    session::sweep(conn, clock::system_now())?;
                    one_time_link::sweep(conn, clock::system_now())
                })
                .await
        }
        Job::SweepIdempotencyKeys => {
            worker.with(|conn, _| idempotency::sweep(conn, clock::system_now())).await
        }
        Job::SweepAttachments => {
            worker.write(attachment::forget_unlinked).await?;
            sweep_files(worker, attachment::OBJECTS, attachment::unnamed).await
        }
        Job::SweepMails => sweep_files(worker, notice::OBJECTS, notice::unnamed).await,
        Job::SweepReports => sweep_files(worker, reports::OBJECTS, reports::unnamed).await,
    }
}

/// Removes files that no row names, because their process died between storing and noting them or because
/// the row is gone.
async fn sweep_files(
    worker: &Worker,
    part: &str,
    unnamed: fn(&mut DbConnection, &[String]) -> StoreResult<Vec<String>>,
) -> Result<(), WorkerError> {
    let old = worker.objects.stored_before(part, clock::system_now() - UNCLAIMED).await?;
    for key in worker.with(move |conn, _| unnamed(conn, &old)).await? {
        worker.objects.delete(&key).await?;
    }
    Ok(())
}
