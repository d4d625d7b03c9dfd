//! The daily scan for what is overdue and not yet told.

use shared::store::schedule::{self, Schedule};
use shared::store::{clock, scan};

use crate::worker::{Worker, WorkerError};

/// Scans once, and tells how many notices were written. Scans may overlap: of two that find the same,
/// one writes it.
pub async fn scan(worker: &Worker) -> Result<usize, WorkerError> {
    let planned = worker.with(scan::plan).await?;
    let mut written = 0;
    for notice in planned {
        match worker.write(move |tx| scan::write(tx, &notice)).await {
            Ok(was_first) => written += usize::from(was_first),
            Err(WorkerError::Store(error)) if scan::was_done_by_another(&error) => {}
            Err(error) => return Err(error),
        }
    }
    worker.with(|conn, now| schedule::note_done(conn, Schedule::Scan, clock::system_now(), now)).await?;
    if written > 0 {
        tracing::info!(written, "the scan wrote notices");
    }
    Ok(written)
}
