//! What is set aside since it cannot be read or worked on, with the reason, so that it stops no other.

use diesel::prelude::*;

use super::readable::Readable;
use super::schema::faults;
use super::{DbConnection, StoreResult, clock};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::text::TextEnum;
use crate::text_enum;

text_enum! {
    /// What is set aside.
    pub enum Subject {
        /// A notice, which goes nowhere until it is sent again (通知).
        Notice = "notice",
        /// A job, which is dead, or failed and is tried again (后台任务).
        Job = "job",
        /// A campaign, whose overdue records are told to nobody (巡检).
        Campaign = "campaign",
        /// A self-check, whose overdue stages are told to nobody (自查).
        SelfCheck = "self_check",
        /// A rectification, whose overdue stages are told to nobody (整改).
        Rectification = "rectification",
        /// A year's calendar, of which days are left out (工作日安排).
        Workdays = "workdays",
    }
}

impl Subject {
    /// What the scan comes across.
    const OF_SCAN: [Self; 4] = [Self::Campaign, Self::SelfCheck, Self::Rectification, Self::Workdays];
}

/// One thing that is set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub subject: Subject,
    pub id: Id,
    pub reason: String,
    /// By the system clock.
    pub since: Instant,
}

/// More of a reason says nothing further.
const REASON_LIMIT: usize = 500;

/// Sets something aside; an earlier reason is replaced, and what lasts keeps its beginning.
pub fn note(conn: &mut DbConnection, subject: Subject, id: Id, reason: &str) -> StoreResult<()> {
    let reason: String = reason.chars().take(REASON_LIMIT).collect();
    let own = faults::table.find((subject.as_str(), id));
    if diesel::update(own).set(faults::reason.eq(&reason)).execute(conn)? == 1 {
        return Ok(());
    }
    diesel::insert_into(faults::table)
        .values((
            faults::subject.eq(subject.as_str()),
            faults::subject_id.eq(id),
            faults::reason.eq(reason),
            faults::since.eq(clock::system_now()),
        ))
        .execute(conn)?;
    Ok(())
}

/// It is worked on again; nothing happens where it was not set aside.
pub fn clear(conn: &mut DbConnection, subject: Subject, id: Id) -> StoreResult<()> {
    let own = faults::table.filter(faults::subject.eq(subject.as_str())).filter(faults::subject_id.eq(id));
    diesel::delete(own).execute(conn)?;
    Ok(())
}

/// What a scan came across takes the place of what the scan before it did.
pub fn note_scan(conn: &mut DbConnection, found: &[(Subject, Id, String)]) -> StoreResult<()> {
    let known: Vec<Fault> =
        all(conn)?.into_iter().filter(|fault| Subject::OF_SCAN.contains(&fault.subject)).collect();
    for fault in &known {
        if found.iter().all(|(subject, id, _)| (*subject, *id) != (fault.subject, fault.id)) {
            clear(conn, fault.subject, fault.id)?;
        }
    }
    for (subject, id, reason) in found {
        note(conn, *subject, *id, reason)?;
    }
    Ok(())
}

/// Everything that is set aside, the longest first, but what a newer program set aside that this one doesn't know.
pub fn all(conn: &mut DbConnection) -> StoreResult<Vec<Fault>> {
    type Row = (String, Readable<Id>, String, Readable<Instant>);
    let rows: Vec<Row> = faults::table
        .order((faults::since, faults::subject_id))
        .select((faults::subject, faults::subject_id, faults::reason, faults::since))
        .load(conn)?;
    let fault = |(subject, id, reason, since): Row| match (Subject::from_word(&subject), id.0, since.0) {
        (Some(subject), Ok(id), Ok(since)) => Some(Fault { subject, id, reason, since }),
        unknown => {
            tracing::error!(subject, reason, ?unknown, "something unknown is set aside");
            None
        }
    };
    Ok(rows.into_iter().filter_map(fault).collect())
}

/// Why these notices are set aside, those that are.
pub fn of_notices(conn: &mut DbConnection, ids: &[Id]) -> StoreResult<Vec<(Id, String)>> {
    Ok(faults::table
        .filter(faults::subject.eq(Subject::Notice.as_str()))
        .filter(faults::subject_id.eq_any(ids))
        .select((faults::subject_id, faults::reason))
        .load(conn)?)
}
