//! The daily scan for what is overdue and not yet told.

use shared::store::fault::{self, Subject};
use shared::store::notice::delivery;
use shared::store::schedule::{self, Schedule};
use shared::store::{DbConnection, StoreError, Write, clock, job, scan};

use crate::worker::{Worker, WorkerError};

/// Sets aside what no claim would come to, which nobody else finds. Where nothing is wrong, nothing is written.
async fn set_aside_unclaimable(worker: &Worker) -> Result<(), WorkerError> {
    let is_any = |conn: &mut DbConnection, _| {
        Ok(!delivery::unclaimable(conn)?.is_empty() || !job::unclaimable(conn)?.is_empty())
    };
    if worker.with(is_any).await? {
        let set_aside = |tx: &mut Write<'_>| {
            delivery::set_aside_unclaimable(tx)?;
            job::set_aside_unclaimable(tx)
        };
        worker.write(set_aside).await?;
    }
    Ok(())
}

/// Scans once, and tells how many notices were written. Scans may overlap: of two that find the same,
/// one writes it.
pub async fn scan(worker: &Worker) -> Result<usize, WorkerError> {
    set_aside_unclaimable(worker).await?;
    let plan = worker.with(scan::plan).await?;
    let (mut written, mut unreadable) = (0, plan.unreadable);
    for notice in plan.notices {
        let campaign_id = notice.campaign_id;
        match worker.write(move |tx| scan::write(tx, &notice)).await {
            Ok(was_first) => written += usize::from(was_first),
            Err(WorkerError::Store(error)) if scan::was_done_by_another(&error) => {}
            // What one notice tells is not what it should be: the others are written.
            Err(WorkerError::Store(StoreError::Unreadable(reason))) => {
                unreadable.push((Subject::Campaign, campaign_id, reason));
            }
            Err(error) => return Err(error),
        }
    }
    for (subject, id, reason) in &unreadable {
        tracing::error!(%subject, %id, reason, "the scan set something aside");
    }
    worker.write(move |tx| fault::note_scan(tx.conn, &unreadable)).await?;
    worker.with(|conn, now| schedule::note_done(conn, Schedule::Scan, clock::system_now(), now)).await?;
    if written > 0 {
        tracing::info!(written, "the scan wrote notices");
    }
    Ok(written)
}
