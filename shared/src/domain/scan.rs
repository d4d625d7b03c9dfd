//! What the daily scan tells: it asks what is due and not yet told, never whether it is today's turn.

use std::collections::{BTreeMap, HashMap};

use super::date::Date;
use super::id::Id;
use super::notice::{Audience, NoticeKind, Recipient};
use super::notice_content::{Matter, OrderRef, OverdueOrder, OverdueSelfCheck};
use super::overdue::OverdueSchedule;
use super::workday::WorkdayCalendar;

/// Something that a unit has not handed in by its last day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// The self-check or rectification.
    pub record_id: Id,
    pub unit_id: Id,
    /// The unit's name.
    pub unit: String,
    /// Whether mails to the unit never say more than number, date and link.
    pub restricted: bool,
    pub due_on: Date,
    /// The order, where it is a rectification.
    pub order: Option<OrderRef>,
}

/// The latest stage told for each record and due date to each recipient.
#[derive(Clone, Debug, Default)]
pub struct Told(HashMap<(Id, Date, String), u32>);

impl FromIterator<(Id, Date, String, u32)> for Told {
    fn from_iter<I: IntoIterator<Item = (Id, Date, String, u32)>>(told: I) -> Self {
        let mut latest = HashMap::new();
        for (record_id, due_on, recipient, stage) in told {
            let known = latest.entry((record_id, due_on, recipient)).or_insert(stage);
            *known = stage.max(*known);
        }
        Self(latest)
    }
}

/// One mail to one recipient, with everything of its kind that is due to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub recipient: Recipient,
    /// Most overdue first, each with the stage that is told.
    pub items: Vec<(Overdue, u32)>,
}

/// Gathers what is due and not yet told, one mail a recipient. `recipients` says who an audience is for
/// what concerns a unit.
pub fn plan(
    overdue: &[Overdue],
    schedule: &OverdueSchedule,
    today: Date,
    calendar: &WorkdayCalendar,
    told: &Told,
    recipients: impl Fn(Audience, Id) -> Vec<Recipient>,
) -> Vec<Planned> {
    let mut mails = BTreeMap::<String, Planned>::new();
    for item in overdue {
        let Some(stage) = schedule.due(Some(item.due_on), today, calendar, None) else { continue };
        // Who is both told about it as its leader and as a coordinator is told once, as the latter.
        let mut everybody = BTreeMap::<String, Recipient>::new();
        for recipient in stage.audience.iter().flat_map(|&audience| recipients(audience, item.unit_id)) {
            everybody.insert(recipient.key(), recipient);
        }
        for (key, recipient) in everybody {
            let latest = told.0.get(&(item.record_id, item.due_on, key.clone())).copied();
            if latest >= Some(stage.number) {
                continue;
            }
            let audience = recipient.audience;
            let mail = mails.entry(key).or_insert_with(|| Planned { recipient, items: Vec::new() });
            mail.recipient.audience = audience.max(mail.recipient.audience);
            mail.items.push((item.clone(), stage.number));
        }
    }
    let mut mails: Vec<Planned> = mails.into_values().collect();
    for mail in &mut mails {
        mail.items.sort_by_key(|(item, _)| (item.due_on, item.record_id));
    }
    mails
}

/// What a mail of this kind says on a day about what is overdue.
pub fn matter(kind: NoticeKind, overdue: &[&Overdue], on: Date) -> Matter {
    let overdue_days = |item: &Overdue| (on - item.due_on).num_days();
    if kind == NoticeKind::RectificationOverdue {
        let order = |item: &&Overdue| {
            let order = item.order.clone()?;
            let (unit, due_on) = (item.unit.clone(), item.due_on);
            Some(OverdueOrder { unit, order, due_on, overdue_days: overdue_days(item) })
        };
        Matter::RectificationOverdue { items: overdue.iter().filter_map(order).collect() }
    } else {
        let self_check = |item: &&Overdue| OverdueSelfCheck {
            unit: item.unit.clone(),
            due_on: item.due_on,
            overdue_days: overdue_days(item),
        };
        Matter::SelfCheckOverdue { items: overdue.iter().map(self_check).collect() }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;

    const DUE: Date = Date::new(2023, 8, 6).unwrap();

    fn overdue(unit_id: Id, due_on: Date) -> Overdue {
        let unit = "墟沟街道办事处".to_owned();
        Overdue { record_id: Id::new(), unit_id, unit, restricted: false, due_on, order: None }
    }

    fn mailbox(audience: Audience, unit_id: Option<Id>, address: &str) -> Recipient {
        Recipient { audience, unit_id, account_id: None, address: address.parse().ok() }
    }

    /// Everybody has an address of their own.
    fn everybody(audience: Audience, unit_id: Id) -> Vec<Recipient> {
        let address = match audience {
            Audience::Coordinators => "office@example.com".to_owned(),
            audience => format!("{audience}-{unit_id}@example.com"),
        };
        vec![mailbox(audience, Some(unit_id), &address)]
    }

    fn planned(
        items: &[Overdue],
        day: u64,
        told: &Told,
        to: impl Fn(Audience, Id) -> Vec<Recipient>,
    ) -> Vec<Planned> {
        let schedule = OverdueSchedule::for_self_checks();
        plan(items, &schedule, DUE + Days::new(day), &WorkdayCalendar::default(), told, to)
    }

    /// What is told when these mails are written.
    fn telling(mails: &[Planned]) -> Told {
        let of = |mail: &Planned| {
            let key = mail.recipient.key();
            let told = |(item, stage): &(Overdue, u32)| (item.record_id, item.due_on, key.clone(), *stage);
            mail.items.iter().map(told).collect::<Vec<_>>()
        };
        mails.iter().flat_map(of).collect()
    }

    #[test]
    fn after_a_dead_week_each_gets_one_mail_and_nothing_the_second_time() {
        let items = [overdue(Id::new(), DUE), overdue(Id::new(), DUE - Days::new(2))];
        let mails = planned(&items, 9, &Told::default(), everybody);
        let counts: Vec<_> = mails.iter().map(|mail| mail.items.len()).collect();
        assert_eq!((mails.len(), counts.iter().sum::<usize>()), (5, 6));
        let office = mails.iter().find(|mail| mail.recipient.audience == Audience::Coordinators).unwrap();
        let due: Vec<_> = office.items.iter().map(|(item, _)| item.due_on).collect();
        assert_eq!(due, [DUE - Days::new(2), DUE]);
        assert_eq!(planned(&items, 9, &telling(&mails), everybody), []);
    }

    #[test]
    fn another_due_date_starts_anew_and_a_new_recipient_is_told_at_once() {
        let unit_id = Id::new();
        let mut item = overdue(unit_id, DUE);
        let told = telling(&planned(std::slice::from_ref(&item), 1, &Told::default(), everybody));
        let other = |audience, unit_id| match audience {
            Audience::Unit => vec![mailbox(audience, Some(unit_id), "new@example.com")],
            audience => everybody(audience, unit_id),
        };
        let mails = planned(std::slice::from_ref(&item), 1, &told, other);
        assert_eq!(mails.iter().map(|mail| mail.recipient.key()).collect::<Vec<_>>(), ["new@example.com"]);
        item.due_on = DUE + Days::new(3);
        assert_eq!(planned(std::slice::from_ref(&item), 3, &told, everybody), []);
        assert_eq!(planned(&[item], 4, &told, everybody).len(), 2);
    }

    #[test]
    fn one_address_gets_one_mail_whatever_it_is_told_as() {
        let items = [overdue(Id::new(), DUE), overdue(Id::new(), DUE)];
        let same = |audience, unit_id| vec![mailbox(audience, Some(unit_id), "Office@example.com")];
        let mails = planned(&items, 2, &Told::default(), same);
        assert_eq!((mails.len(), mails[0].items.len()), (1, 2));
        assert_eq!(mails[0].recipient.audience, Audience::Coordinators);
    }

    #[test]
    fn who_has_no_address_is_planned_once_a_stage_too() {
        let item = overdue(Id::new(), DUE);
        let nobody = |audience, unit_id| {
            vec![Recipient { audience, unit_id: Some(unit_id), account_id: None, address: None }]
        };
        let mails = planned(std::slice::from_ref(&item), 1, &Told::default(), nobody);
        assert_eq!(mails.len(), 2);
        assert_eq!(planned(std::slice::from_ref(&item), 1, &telling(&mails), nobody), []);
        assert_eq!(planned(&[item], 2, &telling(&mails), nobody).len(), 3);
    }
}
