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

/// Waits until a scan has begun after this civil instant and neither job nor mail waits.
///
/// # Errors
/// One of the programs ended, or work is left after a long while.
pub async fn settle<'a>(
    office: &Session,
    since: DateTime<FixedOffset>,
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
        if is_settled(&operations, since) {
            return Ok(());
        }
        sleep(ASK_EVERY).await;
    }
    Err(format!("the workers are not done with what was due at {since}: {operations}").into())
}

fn is_settled(operations: &Value, since: DateTime<FixedOffset>) -> bool {
    let scanned = operations["scan"]["last_civil_at"].as_str();
    let scanned = scanned.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let waiting = [&operations["notices"]["waiting"], &operations["jobs"]["waiting"]];
    scanned.is_some_and(|scanned| scanned >= since) && waiting.iter().all(|count| count.as_u64() == Some(0))
}
