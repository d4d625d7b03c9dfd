//! The delivery against a real mail server, on both engines.

use chrono::TimeDelta;
use shared::domain::notice::{AttemptStatus, DeliveryChannel, Notice, NoticeStatus, ToldOtherwise};
use shared::domain::notice_content::Matter;
use shared::domain::refusal::Refusal;
use shared::domain::self_check::SelfCheckStatus;
use shared::store::notice::delivery::{self, End};
use shared::store::notice::{self, Announcement, announce};
use shared::store::{StoreError, clock, operation};
use xunjian_worker::delivery::Delivery;
use xunjian_worker::stop::stop;

use crate::on_both_engines;
use crate::smtp_server::{Answer, SmtpServer};
use crate::world::{World, at};

/// The office accepts the self-check of the unit with addresses: one notice to its liaison.
fn accept(world: &World) -> Notice {
    let campaign = world.campaign();
    world.write(|tx| {
        let matter =
            Matter::SelfCheckAccepted { submitted_on: campaign.today(at(8, 5, 9)), late: false, problems: 2 };
        let event = Announcement {
            campaign: &campaign,
            unit_id: world.xugou,
            record: ("self-checks", campaign.id),
            matter,
        };
        announce(tx, &event)
    });
    world.notices().pop().unwrap()
}

fn only(world: &World) -> Notice {
    let mut notices = world.notices();
    assert_eq!(notices.len(), 1);
    notices.remove(0)
}

on_both_engines! {
    async fn an_event_is_sent_at_once_and_its_proof_is_kept(world: &World) {
        let server = SmtpServer::start(|_, _| None).await;
        let notice = accept(world);
        world.tick(Some(&server), at(8, 5, 23)).await;
        let arrived = server.arrived().await;
        assert_eq!(arrived.len(), 1);
        assert_eq!(arrived[0].to, "liaison@xugou.example");
        let notice = world.notices().into_iter().find(|one| one.id == notice.id).unwrap();
        assert_eq!(notice.status, NoticeStatus::Sent);
        let attempts = world.attempts(notice.id);
        assert_eq!(attempts.len(), 1);
        assert_eq!(attempts[0].status, Some(AttemptStatus::Done));
        assert_eq!(attempts[0].reply.as_deref(), Some("250 2.0.0 queued as 4711"));
        let message = String::from_utf8(arrived[0].bytes.clone()).unwrap();
        assert!(message.contains(&attempts[0].message_id));
        assert!(notice.mail.unwrap().words.text.contains("墟沟街道办事处"));
        assert_eq!(attempts[0].sha256, shared::domain::canonical::sha256(&arrived[0].bytes));
    }
}

on_both_engines! {
    async fn a_killed_workers_mail_goes_again_byte_for_byte(world: &World) {
        // The first time, the server takes the message and its answer never comes.
        let server = SmtpServer::start(|verb, before| (verb == "." && before == 0).then_some(Answer::Silence)).await;
        let notice = accept(world);
        let worker = world.worker(Some(&server), Some(at(8, 5, 9)));
        let (_stopper, stop) = stop();
        let mut delivery = Delivery::default();
        tokio::select! {
            _ = delivery.deliver_due(&worker, &stop) => panic!("it ended"),
            () = server.message_arrived() => {}
        }
        assert_eq!(only(world).status, NoticeStatus::Sending);
        world.tick(Some(&server), at(8, 5, 9)).await;
        assert_eq!(server.arrived().await.len(), 1, "the lease holds");
        world.let_leases_run_out();
        world.tick(Some(&server), at(8, 5, 9)).await;
        let arrived = server.arrived().await;
        assert_eq!(arrived.len(), 2);
        assert_eq!(arrived[0], arrived[1]);
        let attempts = world.attempts(notice.id);
        let ends: Vec<_> = attempts.iter().map(|attempt| attempt.status).collect();
        assert_eq!(ends, [Some(AttemptStatus::Unknown), Some(AttemptStatus::Done)]);
        assert_eq!(attempts[0].message_id, attempts[1].message_id);
        assert_eq!(only(world).status, NoticeStatus::Sent);
    }
}

on_both_engines! {
    async fn what_may_have_arrived_is_never_called_off(world: &World) {
        let server = SmtpServer::start(|verb, before| (verb == "." && before == 0).then_some(Answer::Vanish)).await;
        let notice = accept(world);
        world.tick(Some(&server), at(8, 5, 9)).await;
        assert_eq!(only(world).status, NoticeStatus::Sending);
        assert_eq!(world.attempts(notice.id)[0].status, Some(AttemptStatus::Unknown));
        world.let_leases_run_out();
        world.tick(Some(&server), at(8, 5, 9)).await;
        assert_eq!(only(world).status, NoticeStatus::Sent);
        let arrived = server.arrived().await;
        assert_eq!(arrived[0], arrived[1]);
    }
}

on_both_engines! {
    async fn a_worker_that_comes_too_late_changes_nothing(world: &World) {
        let notice = accept(world);
        let (hour, lease) = (TimeDelta::hours(1), TimeDelta::minutes(1));
        let claim = |now| world.write(|tx| delivery::claim(tx, now, lease)).unwrap();
        let now = clock::system_now();
        let first = claim(now);
        let second = claim(now + hour);
        assert_eq!((first.notice.id, second.notice.id), (notice.id, notice.id));
        assert!(world.write(|tx| delivery::claim(tx, now + hour, lease)).is_none());
        let mail = shared::domain::notice::StoredMail {
            message_id: "<a@district.example>".to_owned(),
            object_key: "mails/a.eml".to_owned(),
            sha256: "00".to_owned(),
            rendered_at: at(8, 5, 9),
            words: shared::domain::notice::Words { subject: String::new(), text: String::new() },
        };
        let begun = |claim| {
            world.store.write(&crate::world::office(), "test", |tx| delivery::begin(tx, claim, &mail, None))
        };
        assert!(matches!(begun(&first), Err(StoreError::Refused(Refusal::Stale))));
        let attempt = begun(&second).unwrap();
        let ended = |claim, end| {
            world.store.write(&crate::world::office(), "test", |tx| {
                delivery::end(tx, claim, attempt, &end, "250 ok")
            })
        };
        assert!(matches!(ended(&first, End::Failed), Err(StoreError::Refused(Refusal::Stale))));
        ended(&second, End::Sent).unwrap();
        assert_eq!(only(world).status, NoticeStatus::Sent);
    }
}

on_both_engines! {
    async fn one_mail_that_is_refused_stops_no_other_and_can_be_sent_again(world: &World) {
        let server = SmtpServer::start(|verb, before| {
            (verb == "RCPT" && before == 0).then_some(Answer::Reply("550 5.1.1 no such user"))
        }).await;
        world.tick(Some(&server), at(8, 7, 9)).await;
        let notices = world.notices();
        let count = |status| notices.iter().filter(|notice| notice.status == status).count();
        assert_eq!((count(NoticeStatus::Failed), count(NoticeStatus::Sent)), (1, 1));
        let failed = notices.iter().find(|notice| notice.status == NoticeStatus::Failed).unwrap();
        assert_eq!(world.attempts(failed.id)[0].reply.as_deref(), Some("550 5.1.1 no such user"));
        world.write(|tx| notice::resend(tx, failed, NoticeStatus::Pending).map(drop));
        world.tick(Some(&server), at(8, 7, 10)).await;
        assert_eq!(server.arrived().await.len(), 2);
        assert_eq!(world.attempts(failed.id).len(), 2);
    }
}

on_both_engines! {
    async fn a_server_that_wants_less_pauses_the_queue(world: &World) {
        let server = SmtpServer::start(|verb, before| {
            (verb == "MAIL" && before == 0).then_some(Answer::Reply("451 4.7.500 Server busy"))
        }).await;
        world.tick(Some(&server), at(8, 7, 9)).await;
        assert!(server.arrived().await.is_empty());
        let state = world.with(|conn| operation::get(conn, at(8, 7, 9)));
        assert!(state.mail_paused_until.is_some());
        let addressed = world.notices().into_iter().filter(|notice| notice.address.is_some());
        let statuses: Vec<_> = addressed.map(|notice| notice.status).collect();
        assert_eq!(statuses, [NoticeStatus::Retrying, NoticeStatus::Pending]);
        world.let_leases_run_out();
        world.tick(Some(&server), at(8, 7, 9)).await;
        assert_eq!(server.arrived().await.len(), 2);
    }
}

on_both_engines! {
    async fn without_an_address_it_is_recorded_how_the_unit_was_told(world: &World) {
        world.tick(None, at(8, 7, 9)).await;
        let undeliverable = |notice: &Notice| notice.status == NoticeStatus::Undeliverable;
        let notice = world.notices().into_iter().find(undeliverable).unwrap();
        assert_eq!((notice.unit_id, notice.address.clone()), (Some(world.silent), None));
        let told = ToldOtherwise {
            channel: DeliveryChannel::Phone,
            told_name: "周云台".to_owned(),
            told_at: at(8, 7, 10),
            note: None,
        };
        let after = world.write(|tx| notice::record_delivery(tx, &notice, &told));
        assert_eq!((after.status, after.told_otherwise), (NoticeStatus::Undeliverable, Some(told)));
    }
}

on_both_engines! {
    async fn a_notice_passes_to_the_liaison_who_came_after(world: &World) {
        let notice = accept(world);
        let successor = world.write(|tx| {
            use diesel::prelude::*;
            use shared::store::schema::accounts;
            diesel::update(accounts::table.find(notice.account_id.unwrap()))
                .set(accounts::status.eq("disabled"))
                .execute(tx.conn)?;
            let role = shared::domain::actor::Role::Liaison;
            crate::world::person(tx, "xugou-2", "next@xugou.example", role, Some(world.xugou))
        });
        world.tick(None, at(8, 5, 9)).await;
        let notice = only(world);
        assert_eq!((notice.account_id, notice.status), (Some(successor), NoticeStatus::Written));
        assert_eq!(notice.address.unwrap().as_str(), "next@xugou.example");
    }
}

on_both_engines! {
    async fn a_returned_self_check_that_is_back_already_is_not_asked_for(world: &World) {
        let campaign = world.campaign();
        let check = world.with(|conn| {
            use diesel::prelude::*;
            use shared::store::schema::self_checks;
            let of_unit = self_checks::table.filter(self_checks::unit_id.eq(world.xugou));
            Ok(of_unit.select(self_checks::id).first(conn)?)
        });
        world.set_self_check(world.xugou, SelfCheckStatus::Returned);
        world.write(|tx| {
            let matter = Matter::SelfCheckReturned { reason: "第五项未填写。".to_owned(), due_on: None };
            let (unit_id, record) = (world.xugou, ("self-checks", check));
            announce(tx, &Announcement { campaign: &campaign, unit_id, record, matter })
        });
        world.set_self_check(world.xugou, SelfCheckStatus::Submitted);
        world.tick(None, at(8, 5, 9)).await;
        assert_eq!(only(world).status, NoticeStatus::Cancelled);
    }
}
