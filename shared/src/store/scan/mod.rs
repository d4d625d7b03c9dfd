//! The daily scan: plans what is due and not yet told, and writes it with what it has told, one
//! transaction a mail. However many workers scan, one notice exists.

mod overdue;

use std::collections::BTreeSet;

use diesel::prelude::*;

pub use overdue::Unreadable;
pub(super) use overdue::overdue;

use super::fault::Subject;
use super::notice::{self, Directory, NewNotice};
use super::readable::Readable;
use super::schema::{notice_items, notices};
use super::{DbConnection, StoreError, StoreResult, Write, campaign, workday};
use crate::domain::campaign::Campaign;
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::notice::{Audience, NoticeKind, Recipient};
use crate::domain::notice_content::{MailContent, NoticeContent};
use crate::domain::scan::{self, Overdue, Told};
use crate::domain::workday::WorkdayCalendar;

/// A notice that the scan would write.
#[derive(Clone, Debug)]
pub struct PlannedNotice {
    pub campaign_id: Id,
    pub recipient: Recipient,
    pub content: NoticeContent,
    /// Not sent before.
    pub due_at: Instant,
    items: Vec<(Overdue, u32)>,
}

/// What a scan finds.
#[derive(Debug, Default)]
pub struct Plan {
    /// What is due and not yet told.
    pub notices: Vec<PlannedNotice>,
    /// What cannot be read, and why: the others are told.
    pub unreadable: Vec<Unreadable>,
}

/// Plans what is due and not yet told in all open campaigns.
pub fn plan(conn: &mut DbConnection, now: Instant) -> StoreResult<Plan> {
    let (calendar, unreadable) = workday::calendar(conn)?;
    let mut plan = Plan::default();
    plan.unreadable.extend(unreadable.into_iter().map(|(id, reason)| (Subject::Workdays, id, reason)));
    for id in campaign::all_open(conn)? {
        match plan_campaign(conn, id, &calendar, now) {
            Ok(of_campaign) => {
                plan.notices.extend(of_campaign.notices);
                plan.unreadable.extend(of_campaign.unreadable);
            }
            Err(StoreError::Unreadable(reason)) => plan.unreadable.push((Subject::Campaign, id, reason)),
            Err(error) => return Err(error),
        }
    }
    Ok(plan)
}

fn plan_campaign(
    conn: &mut DbConnection,
    id: Id,
    calendar: &WorkdayCalendar,
    now: Instant,
) -> StoreResult<Plan> {
    let campaign = campaign::load(conn, id)?;
    let mut plan = Plan::default();
    for kind in [NoticeKind::SelfCheckOverdue, NoticeKind::RectificationOverdue] {
        let (items, unreadable) = overdue(conn, &campaign, kind, campaign.today(now))?;
        plan.unreadable.extend(unreadable);
        if items.is_empty() {
            continue;
        }
        let (told, unreadable) = told(conn, kind, &items)?;
        let tellable = |item: &Overdue| unreadable.iter().all(|(_, id, _)| *id != item.record_id);
        let items = items.into_iter().filter(tellable).collect();
        plan.unreadable.extend(unreadable);
        plan.notices.extend(plan_kind(conn, &campaign, kind, items, &told, calendar, now)?);
    }
    Ok(plan)
}

fn plan_kind(
    conn: &mut DbConnection,
    campaign: &Campaign,
    kind: NoticeKind,
    items: Vec<Overdue>,
    told: &Told,
    calendar: &WorkdayCalendar,
    now: Instant,
) -> StoreResult<Vec<PlannedNotice>> {
    let today = campaign.today(now);
    let units: BTreeSet<Id> = items.iter().map(|item| item.unit_id).collect();
    let directory = Directory::of(conn, &Vec::from_iter(units))?;
    let schedule = match kind {
        NoticeKind::RectificationOverdue => &campaign.content.overdue_rectifications,
        _ => &campaign.content.overdue_self_checks,
    };
    let to = |audience, unit_id| directory.recipients(audience, unit_id);
    let mails = scan::plan(&items, schedule, today, calendar, told, to);
    let due_at = campaign.content.sending_hours.next_sending_instant(now, campaign.content.time_zone.0);
    let notice = |mail: scan::Planned| {
        let told: Vec<&Overdue> = mail.items.iter().map(|(item, _)| item).collect();
        PlannedNotice {
            campaign_id: campaign.id,
            content: content(campaign, kind, mail.recipient.audience, &told, today),
            recipient: mail.recipient,
            due_at,
            items: mail.items,
        }
    };
    Ok(mails.into_iter().map(notice).collect())
}

/// What a mail says to an audience on a day about what is overdue.
pub(super) fn content(
    campaign: &Campaign,
    kind: NoticeKind,
    audience: Audience,
    overdue: &[&Overdue],
    on: Date,
) -> NoticeContent {
    let restricted = overdue.iter().any(|item| item.restricted);
    let mut units: Vec<String> = Vec::new();
    for item in overdue {
        if !units.contains(&item.unit) {
            units.push(item.unit.clone());
        }
    }
    NoticeContent {
        campaign_name: Some(campaign.content.name.clone()),
        document_number: campaign.content.document_number.clone(),
        audience,
        units,
        office: campaign.content.office.clone(),
        written_on: on,
        mail_content: if restricted { MailContent::LinkOnly } else { campaign.content.mail_content },
        matter: scan::matter(kind, overdue, on),
    }
}

/// What has been told about these records, as they are due now; and those of which it cannot be read.
fn told(
    conn: &mut DbConnection,
    kind: NoticeKind,
    items: &[Overdue],
) -> StoreResult<(Told, Vec<Unreadable>)> {
    let subject = match kind {
        NoticeKind::RectificationOverdue => Subject::Rectification,
        _ => Subject::SelfCheck,
    };
    let ids = items.iter().map(|item| item.record_id);
    let rows: Vec<(Id, Readable<Date>, String, i32)> = notice_items::table
        .filter(notice_items::kind.eq(kind))
        .filter(notice_items::record_id.eq_any(ids))
        .select((notice_items::record_id, notice_items::due_on, notice_items::recipient, notice_items::stage))
        .load(conn)?;
    let stage = |stage: i32| u32::try_from(stage).unwrap_or_default();
    let (mut told, mut unreadable) = (Vec::new(), Vec::new());
    for (id, due_on, recipient, number) in rows {
        match due_on.0 {
            Ok(due_on) => told.push((id, due_on, recipient, stage(number))),
            Err(reason) => unreadable.push((subject, id, format!("notice_items.due_on: {reason}"))),
        }
    }
    Ok((told.into_iter().collect(), unreadable))
}

/// Writes a planned notice with what it tells; whether it did. Where another scan was first, or this
/// recipient had a mail of this kind today, nothing happens: what it would have told stays due.
pub fn write(tx: &mut Write<'_>, planned: &PlannedNotice) -> StoreResult<bool> {
    let kind = planned.content.matter.kind();
    let recipient = planned.recipient.key();
    let event_key = format!("{}/{}", planned.campaign_id, planned.content.written_on);
    let written: i64 = notices::table
        .filter(notices::kind.eq(kind))
        .filter(notices::event_key.eq(&event_key))
        .filter(notices::recipient.eq(&recipient))
        .count()
        .get_result(tx.conn)?;
    if written > 0 {
        return Ok(false);
    }
    let units: BTreeSet<Id> = planned.items.iter().map(|(item, _)| item.unit_id).collect();
    let alone = planned.recipient.audience != Audience::Coordinators && units.len() == 1;
    let record = match planned.items.as_slice() {
        [(item, _)] if item.order.is_some() => ("rectifications", item.record_id),
        [(item, _)] => ("self-checks", item.record_id),
        _ => ("campaigns", planned.campaign_id),
    };
    let new = NewNotice {
        campaign_id: Some(planned.campaign_id),
        event_key,
        recipient: &planned.recipient,
        unit_id: units.first().copied().filter(|_| alone),
        record,
        due_at: planned.due_at,
        content: &planned.content,
    };
    let notice_id = notice::insert(tx, &new)?;
    for (item, stage) in &planned.items {
        diesel::insert_into(notice_items::table)
            .values((
                notice_items::notice_id.eq(notice_id),
                notice_items::record_id.eq(item.record_id),
                notice_items::unit_id.eq(item.unit_id),
                notice_items::kind.eq(kind),
                notice_items::due_on.eq(item.due_on),
                notice_items::recipient.eq(&recipient),
                notice_items::stage.eq(i32::try_from(*stage).unwrap_or(i32::MAX)),
            ))
            .execute(tx.conn)?;
    }
    Ok(true)
}

/// Whether a write met another scan that was a moment earlier.
pub fn was_done_by_another(error: &StoreError) -> bool {
    matches!(error, StoreError::Duplicate(_))
}
