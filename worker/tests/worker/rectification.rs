//! Orders that are overdue, through every stage.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde_json::json;
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::domain::notice::{Audience, NoticeKind, NoticeStatus, Overtaken};
use shared::domain::notice_content::{Matter, OrderRef};
use shared::domain::rectification::{Mode, RectificationStatus};
use shared::store::notice::{Announcement, announce};
use shared::store::schema::{findings, rectifications, self_checks};
use shared::store::{finding, rectification};

use crate::on_both_engines;
use crate::world::{World, at};

fn day(month: u32, day: u32) -> Date {
    Date::new(2023, month, day).unwrap()
}

/// An issued order to the unit with addresses, due on a day; no self-check is outstanding beside it.
fn order(world: &World, due_on: Date) -> Id {
    let content = json!({"campaign_id": world.campaign, "unit_id": world.xugou, "focus_item": "leasing",
        "source": "inspection", "severity": "general", "description": "租用办公用房未经审批。"});
    world.write(|tx| {
        diesel::update(self_checks::table).set(self_checks::status.eq("submitted")).execute(tx.conn)?;
        let draft = finding::create(tx, Id::new(), serde_json::from_value(content.clone()).unwrap())?;
        diesel::update(findings::table.find(draft.id)).set(findings::status.eq("open")).execute(tx.conn)?;
        let (_, found) = finding::lock(tx, draft.id)?;
        let wanted = json!({"finding_id": found.id, "mode": "planned", "requirement": "补办审批手续。",
            "due_on": due_on});
        let id = Id::new();
        rectification::create(tx, id, &found, serde_json::from_value(wanted).unwrap())?;
        let number = format!("连区办整改〔2023〕{}号", &id.as_str()[24..]);
        diesel::update(rectifications::table.find(id))
            .set((rectifications::status.eq("ordered"), rectifications::number.eq(number)))
            .execute(tx.conn)?;
        Ok(id)
    })
}

fn set(world: &World, id: Id, status: RectificationStatus, due_on: Date) {
    world.with(|conn| {
        diesel::update(rectifications::table.find(id))
            .set((rectifications::status.eq(status), rectifications::due_on.eq(due_on)))
            .execute(conn)?;
        Ok(())
    });
}

/// Who was told on a day, and about how many orders.
fn told_on(world: &World, written_on: Date) -> BTreeSet<(Audience, usize)> {
    let notices = world
        .notices()
        .into_iter()
        .filter(|notice| notice.content.as_ref().unwrap().written_on == written_on);
    let told = |notice: shared::domain::notice::Notice| match notice.content.unwrap().matter {
        Matter::RectificationOverdue { items } => (notice.about.unwrap().audience, items.len()),
        other => panic!("told {other:?}"),
    };
    notices.map(told).collect()
}

on_both_engines! {
    async fn an_order_reaches_the_unit_then_its_leader_then_the_office(world: &World) {
        let (unit, leader, office) = (Audience::Unit, Audience::UnitLeader, Audience::Coordinators);
        order(world, day(9, 10));
        for date in (9..=30).map(|date| day(9, date)) {
            world.tick(None, at(9, chrono::Datelike::day(&date.naive()), 9)).await;
        }
        let expected = [
            (11, vec![unit]),
            (13, vec![unit, leader]),
            (19, vec![unit, leader, office]),
            (26, vec![unit, leader, office]),
        ];
        let days: BTreeSet<_> = world.notices().iter().map(|notice| notice.content.as_ref().unwrap().written_on).collect();
        assert_eq!(days, expected.iter().map(|(date, _)| day(9, *date)).collect());
        for (date, audiences) in expected {
            let told = audiences.into_iter().map(|audience| (audience, 1)).collect();
            assert_eq!(told_on(world, day(9, date)), told, "{date} September");
        }
    }
}

on_both_engines! {
    async fn the_holidays_of_the_autumn_are_no_workdays(world: &World) {
        order(world, day(9, 28));
        for date in 1..=6 {
            world.tick(None, at(10, date, 9)).await;
        }
        assert!(world.notices().is_empty());
        world.tick(None, at(10, 7, 9)).await;
        assert_eq!(told_on(world, day(10, 7)), BTreeSet::from([(Audience::Unit, 1)]));
    }
}

on_both_engines! {
    async fn several_orders_are_one_mail_most_overdue_first(world: &World) {
        let (later, earlier) = (order(world, day(9, 10)), order(world, day(9, 8)));
        world.tick(None, at(9, 11, 9)).await;
        let notices = world.notices();
        assert_eq!(notices.len(), 1);
        let Matter::RectificationOverdue { items } = &notices[0].content.as_ref().unwrap().matter else { panic!("another kind") };
        let days: Vec<_> = items.iter().map(|item| (item.due_on, item.overdue_days)).collect();
        assert_eq!(days, [(day(9, 8), 3), (day(9, 10), 1)]);
        // What was handed in is left out of the next one.
        set(world, earlier, RectificationStatus::Submitted, day(9, 8));
        world.tick(None, at(9, 13, 9)).await;
        assert_eq!(told_on(world, day(9, 13)), BTreeSet::from([(Audience::Unit, 1), (Audience::UnitLeader, 1)]));
        assert!(world.notices().iter().skip(1).all(|notice| notice.about.unwrap().record_id == later));
    }
}

on_both_engines! {
    async fn an_order_that_was_dated_anew_is_told_by_its_latest_notice_alone(world: &World) {
        let id = order(world, day(9, 10));
        let campaign = world.campaign();
        let issue = |due_on| {
            world.write(|tx| {
                let order = OrderRef {
                    number: "连区办整改〔2023〕1号".to_owned(),
                    focus_item: shared::domain::focus_item::FocusItem::Leasing,
                    description: "租用办公用房未经审批。".to_owned(),
                };
                let matter = Matter::RectificationOrdered {
                    order,
                    requirement: "补办审批手续。".to_owned(),
                    due_on,
                    mode: Mode::Planned,
                    correction_reason: None,
                };
                let (unit_id, record) = (world.xugou, ("rectifications", id));
                announce(tx, &Announcement { campaign: &campaign, unit_id, record, matter })
            });
        };
        issue(day(9, 10));
        issue(day(9, 20));
        set(world, id, RectificationStatus::Ordered, day(9, 20));
        world.tick(None, at(9, 1, 9)).await;
        let notices = world.notices();
        assert_eq!(notices.len(), 4, "the unit and its leader, twice");
        for notice in &notices {
            assert_eq!(notice.about.unwrap().kind, NoticeKind::RectificationOrdered);
            let Matter::RectificationOrdered { due_on, .. } = &notice.content.as_ref().unwrap().matter else { unreachable!() };
            let expected = if *due_on == day(9, 20) {
                (NoticeStatus::Written, None)
            } else {
                (NoticeStatus::Cancelled, Some(Overtaken::Redated))
            };
            assert_eq!((notice.status, notice.overtaken_by), expected);
        }
    }
}
