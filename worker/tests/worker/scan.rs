//! The scan through ledger and files, on both engines.

use std::collections::BTreeMap;

use shared::domain::campaign::{Campaign, CampaignStatus};
use shared::domain::date::Date;
use shared::domain::notice::{Audience, Notice, NoticeKind, NoticeStatus, Overtaken};
use shared::domain::notice_content::Matter;
use shared::domain::self_check::SelfCheckStatus;
use shared::store::{campaign, scan};

use crate::on_both_engines;
use crate::world::{World, at};

/// How many notices each recipient has; who has no address stands under nothing.
fn by_recipient(world: &World) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for notice in world.notices() {
        let address = notice.address.map(|address| address.to_string()).unwrap_or_default();
        *counts.entry(address).or_default() += 1;
    }
    counts
}

fn audience_of(notice: &Notice) -> Audience {
    notice.about.unwrap().audience
}

fn day(month: u32, day: u32) -> Date {
    Date::new(2023, month, day).unwrap()
}

on_both_engines! {
    async fn a_second_tick_at_the_same_instant_tells_nothing(world: &World) {
        world.tick(None, at(8, 7, 9)).await;
        let told = by_recipient(world);
        // The liaison and the leader of one unit by mail, the other unit and its leader have no address.
        assert_eq!(told.values().sum::<usize>(), 4);
        assert_eq!(world.files().len(), 2);
        world.tick(None, at(8, 7, 9)).await;
        world.tick(None, at(8, 7, 17)).await;
        assert_eq!(by_recipient(world), told);
        assert_eq!(world.files().len(), 2);
    }
}

on_both_engines! {
    async fn before_the_last_day_has_passed_nobody_is_told(world: &World) {
        world.tick(None, at(8, 6, 23)).await;
        assert_eq!(world.notices(), []);
    }
}

on_both_engines! {
    async fn stages_reach_the_coordinators_and_a_dead_week_is_one_mail_each(world: &World) {
        world.tick(None, at(8, 7, 9)).await;
        assert!(world.notices().iter().all(|notice| audience_of(notice) != Audience::Coordinators));
        world.tick(None, at(8, 8, 9)).await;
        // 15 and 22 August pass while no worker runs.
        world.tick(None, at(8, 24, 9)).await;
        let told = by_recipient(world);
        assert_eq!(told["liaison@xugou.example"], 3);
        assert_eq!(told["leader@xugou.example"], 3);
        assert_eq!(told["office@district.example"], 2);
        let notices = world.notices();
        let office = notices.iter().rfind(|notice| audience_of(notice) == Audience::Coordinators).unwrap();
        let Matter::SelfCheckOverdue { items } = &office.content.as_ref().unwrap().matter else { panic!("another kind") };
        assert_eq!(items.iter().map(|item| item.overdue_days).collect::<Vec<_>>(), [18, 18]);
    }
}

on_both_engines! {
    async fn two_ticks_at_once_make_no_twin(world: &World) {
        let instant = at(8, 8, 9);
        tokio::join!(world.tick(None, instant), world.tick(None, instant), world.tick(None, instant));
        let told = by_recipient(world);
        assert_eq!((told["liaison@xugou.example"], told["office@district.example"]), (1, 1));
        assert_eq!((world.notices().len(), world.files().len()), (5, 3));
        assert!(world.notices().iter().all(|notice| notice.attempts <= 1));
    }
}

on_both_engines! {
    async fn what_falls_due_in_the_night_waits_for_the_morning(world: &World) {
        world.tick(None, at(8, 7, 3)).await;
        assert_eq!((world.notices().len(), world.files().len()), (4, 0));
        world.tick(None, at(8, 7, 8)).await;
        assert_eq!((world.notices().len(), world.files().len()), (4, 2));
        assert!(world.notices().iter().all(|notice| notice.status != NoticeStatus::Sent), "a file told nobody");
    }
}

on_both_engines! {
    async fn what_was_handed_in_meanwhile_is_called_off_and_what_is_left_still_goes(world: &World) {
        world.tick(None, at(8, 8, 3)).await;
        world.set_self_check(world.xugou, SelfCheckStatus::Submitted);
        world.tick(None, at(8, 8, 8)).await;
        let notices = world.notices();
        let of = |audience| notices.iter().filter(move |notice| audience_of(notice) == audience);
        for notice in of(Audience::Unit).chain(of(Audience::UnitLeader)).filter(|one| one.address.is_some()) {
            assert_eq!(notice.status, NoticeStatus::Cancelled);
            assert_eq!(notice.overtaken_by, Some(Overtaken::Settled));
        }
        let office = of(Audience::Coordinators).next().unwrap();
        assert_eq!(office.status, NoticeStatus::Written);
        assert_eq!(office.content.as_ref().unwrap().units, ["连岛街道办事处"]);
        // Withdrawn again, it is overdue as before, and was not told yet.
        world.set_self_check(world.xugou, SelfCheckStatus::Draft);
        world.tick(None, at(8, 9, 9)).await;
        assert_eq!(by_recipient(world)["liaison@xugou.example"], 2);
    }
}

on_both_engines! {
    async fn another_due_date_calls_off_and_starts_anew(world: &World) {
        world.tick(None, at(8, 7, 3)).await;
        world.set_due_on(world.xugou, day(8, 10));
        world.tick(None, at(8, 7, 9)).await;
        let overtaken: Vec<_> = world.notices().iter().filter_map(|notice| notice.overtaken_by).collect();
        assert_eq!(overtaken, [Overtaken::Settled; 2]);
        world.tick(None, at(8, 10, 9)).await;
        assert_eq!(by_recipient(world)["liaison@xugou.example"], 1);
        world.tick(None, at(8, 11, 9)).await;
        assert_eq!(by_recipient(world)["liaison@xugou.example"], 2);
    }
}

on_both_engines! {
    async fn a_campaign_closed_meanwhile_tells_nothing_overdue(world: &World) {
        world.tick(None, at(8, 7, 3)).await;
        let open = world.campaign();
        world.write(|tx| {
            let closed = Campaign { status: CampaignStatus::Closed, ..open.clone() };
            campaign::update(tx, "close", &open, closed, None).map(drop)
        });
        world.tick(None, at(8, 7, 9)).await;
        let addressed = world.notices().into_iter().filter(|notice| notice.address.is_some());
        let overtaken: Vec<_> = addressed.map(|notice| notice.overtaken_by).collect();
        assert_eq!(overtaken, [Some(Overtaken::CampaignClosed); 2]);
        assert!(world.files().is_empty());
    }
}

on_both_engines! {
    async fn a_preview_shows_what_a_scan_would_write_and_writes_nothing(world: &World) {
        let planned = world.with(|conn| scan::plan(conn, at(8, 8, 9)));
        assert_eq!(planned.notices.len(), 5);
        assert!(planned.notices.iter().all(|notice| notice.content.matter.kind() == NoticeKind::SelfCheckOverdue));
        assert_eq!(world.notices(), []);
    }
}

on_both_engines! {
    async fn a_person_in_two_capacities_gets_one_mail(world: &World) {
        world.write(|tx| {
            use shared::domain::actor::Role;
            crate::world::person(tx, "office-2", "Liaison@xugou.example", Role::Coordinator, None).map(drop)
        });
        world.tick(None, at(8, 8, 9)).await;
        let notices = world.notices();
        let own = |address: &str| address.eq_ignore_ascii_case("liaison@xugou.example");
        let own: Vec<_> =
            notices.iter().filter(|one| one.address.as_ref().is_some_and(|to| own(to.as_str()))).collect();
        assert_eq!(own.len(), 1);
        assert_eq!((own[0].about.unwrap().audience, own[0].content.as_ref().unwrap().units.len()), (Audience::Coordinators, 2));
    }
}
