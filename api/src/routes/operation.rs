//! The state of scan, queue and mail: where a dead worker is seen.

use actix_web::get;
use serde::Serialize;
use shared::domain::actor::Role;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::notice::NoticeStatus;
use shared::domain::refusal::Refusal;
use shared::store::fault::{Fault, Subject};
use shared::store::operation::{self, Operations};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::caller::Caller;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_operations);
}

/// The state of scan, queue and mail.
#[derive(Serialize, ToSchema)]
#[schema(as = Operations)]
struct OperationsView {
    /// The civil instant: the real one but in a simulated database.
    now: Instant,
    /// When the last scan came to its end, in real time; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_scan_at: Option<Instant>,
    /// The civil instant of that scan.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_scan_civil_at: Option<Instant>,
    /// Since when the oldest notice waits that could go, in civil time; absent where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_unsent_due_at: Option<Instant>,
    /// Until when no mail goes, in real time, because the mail server wants fewer or is away.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail_paused_until: Option<Instant>,
    /// Why the mail server was last given a rest: its answer, a broken connection, our own account or settings, or
    /// our storage of files; absent once it takes or refuses a mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "535 5.7.8 authentication failed")]
    mail_fault: Option<String>,
    /// The notices by state.
    notices: Vec<NoticeCount>,
    /// The jobs.
    jobs: JobCounts,
    /// What cannot be read or worked on, the longest first: the others go on, and somebody has to look.
    set_aside: Vec<SetAside>,
}

/// Something that cannot be read or worked on.
#[derive(Serialize, ToSchema)]
struct SetAside {
    /// What it is.
    kind: Subject,
    id: Id,
    /// What is wrong with it.
    #[schema(example = "content: invalid type: null, expected a string")]
    reason: String,
    /// Since when, in real time.
    since: Instant,
}

/// How many notices are in a state.
#[derive(Serialize, ToSchema)]
struct NoticeCount {
    /// The state.
    status: NoticeStatus,
    /// How many.
    #[schema(example = 12)]
    count: i64,
}

/// How many jobs are in each state.
#[derive(Serialize, ToSchema)]
struct JobCounts {
    /// To be done, now or later.
    #[schema(example = 0)]
    queued: i64,
    /// Being done.
    #[schema(example = 1)]
    running: i64,
    /// Failed too often: somebody has to look.
    #[schema(example = 0)]
    dead: i64,
}

impl OperationsView {
    fn of(state: Operations, now: Instant) -> Self {
        let count = |(status, count)| NoticeCount { status, count };
        let set_aside = |fault: Fault| {
            let Fault { subject, id, reason, since } = fault;
            SetAside { kind: subject, id, reason, since }
        };
        Self {
            now,
            last_scan_at: state.scan.done_at,
            last_scan_civil_at: state.scan.done_civil_at,
            oldest_unsent_due_at: state.oldest_unsent_due_at,
            mail_paused_until: state.mail_paused_until,
            notices: state.notices.into_iter().map(count).collect(),
            mail_fault: state.mail_fault,
            set_aside: state.set_aside.into_iter().map(set_aside).collect(),
            jobs: JobCounts { queued: state.jobs.queued, running: state.jobs.running, dead: state.jobs.dead },
        }
    }
}

/// Shows the last scan, what waits and what failed (admin, coordinator).
#[utoipa::path(tag = "operations", operation_id = "get_operations",
    responses((status = 200, description = "The state.", body = OperationsView)))]
#[get("/operations")]
async fn get_operations(caller: Caller) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            if !read.actor.has_any(&[Role::Admin, Role::Coordinator]) {
                return Err(Refusal::RoleMissing.into());
            }
            let state = operation::get(read.conn, read.now)?;
            Answer::json(&OperationsView::of(state, read.now))
        })
        .await
}
