//! Waiting for the workers, by what the service says of them.

use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use serde_json::Value;
use tokio::time::sleep;

use crate::Outcome;
use crate::client::Session;
use crate::processes::Process;

/// How often the workers' progress is asked for, and how many times at most.
const ASK_EVERY: Duration = Duration::from_millis(100);
const ASKED_AT_MOST: u32 = 3_000;

/// Waits until neither job nor mail waits, and, where an instant is given, a scan was made at it or later in civil
/// time.
///
/// # Errors
/// One of the programs ended, a job failed for good, or work is left after a long while.
pub async fn settle<'a>(
    office: &Session,
    scanned_at: Option<DateTime<FixedOffset>>,
    programs: impl IntoIterator<Item = &'a mut Process>,
) -> Outcome {
    let mut programs: Vec<&mut Process> = programs.into_iter().collect();
    let mut operations = Value::Null;
    for _ in 0..ASKED_AT_MOST {
        for program in &mut programs {
            if let Some(sentence) = program.ended()? {
                return Err(sentence.into());
            }
        }
        operations = office.get("/v1/operations").await?.body;
        if operations["jobs"]["dead"].as_u64() != Some(0) {
            return Err(format!("a job failed for good: {operations}").into());
        }
        if is_scanned(&operations, scanned_at) && is_idle(&operations) {
            return Ok(());
        }
        sleep(ASK_EVERY).await;
    }
    Err(format!("the workers are not done: {operations}").into())
}

fn is_scanned(operations: &Value, at: Option<DateTime<FixedOffset>>) -> bool {
    let scanned = operations["last_scan_civil_at"].as_str();
    let scanned = scanned.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    at.is_none_or(|at| scanned.is_some_and(|scanned| scanned >= at))
}

fn is_idle(operations: &Value) -> bool {
    let jobs = ["queued", "running"].iter().all(|state| operations["jobs"][state].as_u64() == Some(0));
    let waits = |notices: &Value| {
        let waiting = ["pending", "sending", "retrying"].map(Value::from).contains(&notices["status"]);
        waiting && notices["count"].as_u64() != Some(0)
    };
    jobs && !operations["notices"].as_array().is_none_or(|counts| counts.iter().any(waits))
}
