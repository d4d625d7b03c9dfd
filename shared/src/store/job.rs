//! The queue of jobs: claimed with a lease by any number of workers, timed by the system clock.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::fault::{self, Subject};
use super::readable::Readable;
use super::schema::jobs;
use super::{DbConnection, StoreResult, Write, claimable, clock, report};
use crate::domain::backoff;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::job::{Job, JobStatus};
use crate::domain::refusal::Refusal;
use crate::messages::report::GIVEN_UP;

/// How often a job is begun before it counts as dead.
const ATTEMPTS: i32 = 10;

/// More of an error says nothing further.
const ERROR_LIMIT: usize = 500;

/// A job that this worker holds until its lease runs out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub id: Id,
    pub job: Job,
    /// The fencing token: with a later claim of the same job this one's end counts no more.
    lease: i64,
    attempts: i32,
}

/// How many jobs there are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    pub queued: i64,
    pub running: i64,
    pub dead: i64,
}

/// Puts a job into the queue with the change that wants it. Of jobs with the same key only one waits.
pub fn enqueue(tx: &mut Write<'_>, job: &Job, dedup_key: Option<&str>) -> StoreResult<()> {
    if let Some(key) = dedup_key {
        let same: i64 = jobs::table.filter(jobs::dedup_key.eq(key)).count().get_result(tx.conn)?;
        if same > 0 {
            return Ok(());
        }
    }
    let now = clock::system_now();
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(Id::new()),
            jobs::job.eq(serde_json::to_string(job)?),
            jobs::dedup_key.eq(dedup_key),
            jobs::status.eq(JobStatus::Queued),
            jobs::created_at.eq(now),
            jobs::run_at.eq(now),
            jobs::attempts.eq(0),
            jobs::lease.eq(0),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Claims the job that waits longest, or one whose worker let its lease run out. One that cannot be read is given up,
/// and the next one is claimed.
pub fn claim(tx: &mut Write<'_>, now: Instant, lease: TimeDelta) -> StoreResult<Option<Claim>> {
    const DUE: &str = "SELECT id FROM jobs WHERE (status = 'queued' AND run_at <= $1) \
                       OR (status = 'running' AND lease_until <= $1) ORDER BY run_at, id LIMIT 1";
    while let Some(id) = claimable(tx.conn, DUE, &[now])? {
        let (job, attempts, fence): (String, i32, i64) =
            jobs::table.find(id).select((jobs::job, jobs::attempts, jobs::lease)).first(tx.conn)?;
        let job: Job = match serde_json::from_str(&job) {
            Ok(job) => job,
            Err(error) => {
                bury(tx, id, None, &format!("the job cannot be read: {error}"))?;
                continue;
            }
        };
        if attempts >= ATTEMPTS {
            // Each of its workers died: it would take the next one along.
            bury(tx, id, Some(&job), "the worker that held it ended, each time")?;
            continue;
        }
        let claim = Claim { id, job, lease: fence + 1, attempts: attempts + 1 };
        diesel::update(jobs::table.find(id))
            .set((
                jobs::status.eq(JobStatus::Running),
                jobs::attempts.eq(claim.attempts),
                jobs::lease.eq(claim.lease),
                jobs::lease_until.eq(now + lease),
            ))
            .execute(tx.conn)?;
        return Ok(Some(claim));
    }
    Ok(None)
}

/// Holds a job for longer. Nothing happens where another worker has taken it over: its end will tell.
pub fn renew(tx: &mut Write<'_>, claim: &Claim, now: Instant, lease: TimeDelta) -> StoreResult<()> {
    let held = jobs::table.find(claim.id).filter(jobs::lease.eq(claim.lease));
    diesel::update(held).set(jobs::lease_until.eq(now + lease)).execute(tx.conn)?;
    Ok(())
}

/// Ends a job that is done. With its result in the same transaction it counts once, however often it ran. Dead ones that
/// were to do the same wait for nobody any more.
///
/// # Errors
/// [`Refusal::Stale`] where another worker has taken it over meanwhile.
pub fn finish(tx: &mut Write<'_>, claim: &Claim) -> StoreResult<()> {
    let held = jobs::table.find(claim.id).filter(jobs::lease.eq(claim.lease));
    if diesel::delete(held).execute(tx.conn)? == 0 {
        return Err(Refusal::Stale.into());
    }
    fault::clear(tx.conn, Subject::Job, claim.id)?;
    let same: Vec<Id> = jobs::table
        .filter(jobs::status.eq(JobStatus::Dead))
        .filter(jobs::job.eq(serde_json::to_string(&claim.job)?))
        .select(jobs::id)
        .load(tx.conn)?;
    same.into_iter().try_for_each(|id| discard(tx, id))
}

/// Removes a dead job that nobody waits for any more, so that it is no longer set aside.
///
/// # Errors
/// [`Refusal::NotFound`] where no dead job has this id.
pub fn discard(tx: &mut Write<'_>, id: Id) -> StoreResult<()> {
    let dead = jobs::table.filter(jobs::id.eq(id)).filter(jobs::status.eq(JobStatus::Dead));
    match diesel::delete(dead).execute(tx.conn)? {
        0 => Err(Refusal::NotFound.into()),
        _ => fault::clear(tx.conn, Subject::Job, id),
    }
}

/// Puts off a job that failed, or gives it up. `jitter` is from 0 to 1.
///
/// # Errors
/// As [`finish`].
pub fn fail(
    tx: &mut Write<'_>,
    claim: &Claim,
    error: &str,
    now: Instant,
    jitter: f64,
) -> StoreResult<JobStatus> {
    let held = jobs::table.find(claim.id).filter(jobs::lease.eq(claim.lease));
    let failures = u32::try_from(claim.attempts).unwrap_or_default();
    let put_off = diesel::update(held)
        .set((
            jobs::status.eq(JobStatus::Queued),
            jobs::run_at.eq(now + backoff::delay(failures, jitter)),
            jobs::lease_until.eq(None::<Instant>),
            jobs::last_error.eq(shortened(error)),
        ))
        .execute(tx.conn)?;
    if put_off == 0 {
        return Err(Refusal::Stale.into());
    }
    if claim.attempts < ATTEMPTS {
        fault::note(tx.conn, Subject::Job, claim.id, error)?;
        return Ok(JobStatus::Queued);
    }
    bury(tx, claim.id, Some(&claim.job), error)?;
    Ok(JobStatus::Dead)
}

/// Keeps a job that is given up, lets an equal one be queued, and tells who waits for it.
fn bury(tx: &mut Write<'_>, id: Id, job: Option<&Job>, error: &str) -> StoreResult<()> {
    diesel::update(jobs::table.find(id))
        .set((
            jobs::status.eq(JobStatus::Dead),
            jobs::dedup_key.eq(None::<String>),
            jobs::lease_until.eq(None::<Instant>),
            jobs::last_error.eq(shortened(error)),
        ))
        .execute(tx.conn)?;
    fault::note(tx.conn, Subject::Job, id, error)?;
    match job {
        Some(Job::CompileReport { report_id }) => report::fail(tx, *report_id, GIVEN_UP),
        Some(_) => Ok(()),
        None => fail_reports_without_job(tx),
    }
}

/// A job that cannot be read may have been a report's: whoever waits for one that no job compiles is told.
fn fail_reports_without_job(tx: &mut Write<'_>) -> StoreResult<()> {
    let alive: Vec<String> =
        jobs::table.filter(jobs::status.ne(JobStatus::Dead)).select(jobs::job).load(tx.conn)?;
    let compiled: Vec<Id> = alive
        .iter()
        .filter_map(|job| match serde_json::from_str(job) {
            Ok(Job::CompileReport { report_id }) => Some(report_id),
            _ => None,
        })
        .collect();
    for id in report::unfinished(tx.conn, &compiled)? {
        report::fail(tx, id, GIVEN_UP)?;
    }
    Ok(())
}

fn shortened(error: &str) -> String {
    error.chars().take(ERROR_LIMIT).collect()
}

/// The jobs that no claim would ever come to, since their state is none or their times are, with the reason.
pub fn unclaimable(conn: &mut DbConnection) -> StoreResult<Vec<(Id, String)>> {
    type Open = (Id, Readable<JobStatus>, Readable<Instant>, Readable<Option<Instant>>);
    let open: Vec<Open> = jobs::table
        .filter(jobs::status.ne(JobStatus::Dead))
        .order(jobs::id)
        .select((jobs::id, jobs::status, jobs::run_at, jobs::lease_until))
        .load(conn)?;
    let unreadable = |(id, status, run_at, lease_until): Open| {
        let mut reason = None;
        status.or_note("status", &mut reason);
        run_at.or_note("run_at", &mut reason);
        lease_until.or_note("lease_until", &mut reason);
        reason.map(|reason| (id, reason))
    };
    Ok(open.into_iter().filter_map(unreadable).collect())
}

/// Gives up what no claim would ever come to.
pub fn set_aside_unclaimable(tx: &mut Write<'_>) -> StoreResult<()> {
    for (id, reason) in unclaimable(tx.conn)? {
        let job: String = jobs::table.find(id).select(jobs::job).first(tx.conn)?;
        bury(tx, id, serde_json::from_str(&job).ok().as_ref(), &reason)?;
    }
    Ok(())
}

/// Counts the jobs; one whose state cannot be read counts as dead.
pub fn depth(conn: &mut DbConnection) -> StoreResult<Depth> {
    let counts: Vec<(Readable<JobStatus>, i64)> =
        jobs::table.group_by(jobs::status).select((jobs::status, diesel::dsl::count_star())).load(conn)?;
    let counts: Vec<(JobStatus, i64)> =
        counts.into_iter().map(|(status, count)| (status.0.unwrap_or(JobStatus::Dead), count)).collect();
    let of = |status| counts.iter().filter(|(of, _)| *of == status).map(|(_, count)| count).sum();
    Ok(Depth { queued: of(JobStatus::Queued), running: of(JobStatus::Running), dead: of(JobStatus::Dead) })
}
