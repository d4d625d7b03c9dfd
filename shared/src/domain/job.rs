//! Jobs: work that outlives a request, done by any worker, again after a crash.

use serde::{Deserialize, Serialize};

use super::id::Id;
use crate::text_enum;

/// What is to be done. A job may run twice, so it comes to the same when it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Compiles a report from the records as they are then.
    CompileReport {
        /// The report.
        report_id: Id,
    },
    /// Removes sessions, failed logins and one-time links that have no effect any more.
    SweepSessions,
    /// Removes answers that are no longer kept for a repeated `Idempotency-Key`.
    SweepIdempotencyKeys,
    /// Removes attachments that were never linked, and files that no attachment names.
    SweepAttachments,
    /// Removes mails that were stored and that no notice names.
    SweepMails,
    /// Removes files of reports that were stored and that no report names.
    SweepReports,
}

impl Job {
    /// What is swept every hour.
    pub const SWEEPS: &'static [Self] = &[
        Self::SweepSessions,
        Self::SweepIdempotencyKeys,
        Self::SweepAttachments,
        Self::SweepMails,
        Self::SweepReports,
    ];
}

text_enum! {
    /// The state of a job. One that is done is gone.
    pub enum JobStatus {
        /// To be done, now or later.
        Queued = "queued",
        /// A worker holds it.
        Running = "running",
        /// It failed too often and waits for a person.
        Dead = "dead",
    }
}
