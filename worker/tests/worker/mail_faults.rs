//! The faults of mail servers, each with its end in the ledger, on both engines; the others go on meanwhile.

use std::fs;

use diesel::prelude::*;
use shared::domain::actor::Role;
use shared::domain::notice::{AttemptStatus, Notice, NoticeStatus};
use shared::domain::notice_content::Matter;
use shared::store::fault::Subject;
use shared::store::notice::{Announcement, announce};
use shared::store::operation::{self, Operations};
use shared::store::schedule::{self, Schedule};
use shared::store::schema::notices;
use xunjian_worker::delivery::Delivery;
use xunjian_worker::runner;
use xunjian_worker::stop::stop;

use crate::mail_transport::SHORT;
use crate::on_both_engines;
use crate::smtp_server::{Answer, SmtpServer};
use crate::world::{World, at, person};

/// The first of those who are told, who gets into trouble.
const UNLUCKY: &str = "liaison@xugou.example";

/// Tells the unit's liaisons, so many of them, that its self-check was accepted: a notice to each.
pub fn tell(world: &World, liaisons: usize) {
    let campaign = world.campaign();
    world.write(|tx| {
        for n in 1..liaisons {
            let (name, address) = (format!("xugou-{}", n + 1), format!("liaison-{n}@xugou.example"));
            person(tx, &name, &address, Role::Liaison, Some(world.xugou))?;
        }
        let matter =
            Matter::SelfCheckAccepted { submitted_on: campaign.today(at(8, 5, 9)), late: false, problems: 0 };
        let record = ("self-checks", campaign.id);
        announce(tx, &Announcement { campaign: &campaign, unit_id: world.xugou, record, matter })
    });
    assert_eq!(world.notices().len(), liaisons);
}

async fn tick(world: &World, server: &SmtpServer) {
    world.tick(Some(server), at(8, 5, 9)).await;
}

/// So many rounds, as if the waits between them had passed.
async fn rounds(world: &World, server: &SmtpServer, count: usize) {
    for _ in 0..count {
        world.let_leases_run_out();
        tick(world, server).await;
    }
}

pub fn operations(world: &World) -> Operations {
    world.with(|conn| operation::get(conn, at(8, 5, 9)))
}

/// The notice to who gets into trouble, and the others.
fn unlucky(world: &World) -> (Notice, Vec<Notice>) {
    let own = |notice: &Notice| notice.address.as_ref().is_some_and(|address| address.as_str() == UNLUCKY);
    let (mut unlucky, others): (Vec<_>, Vec<_>) = world.notices().into_iter().partition(own);
    (unlucky.remove(0), others)
}

pub fn all_are(notices: &[Notice], status: NoticeStatus) {
    assert!(notices.iter().all(|notice| notice.status == status), "{status}: {notices:?}");
}

/// As if nothing had been tried yet.
fn all_go_again(world: &World) {
    let anew = (notices::status.eq(NoticeStatus::Pending), notices::attempts.eq(0));
    world.with(|conn| Ok(diesel::update(notices::table).set(anew).execute(conn)?));
    world.let_leases_run_out();
}

on_both_engines! {
    async fn what_one_recipient_meets_holds_up_nobody_else(world: &World) {
        tell(world, 8);
        for answer in [
            Answer::Reply("452 insufficient system storage"),
            Answer::HangUp("421 4.7.0 try later"),
            Answer::Reply("451 4.7.1 Please try again later"),
            Answer::Bytes(b"450 \xd3\xca\xcf\xe4\xc3\xa6"),
            Answer::Vanish,
        ] {
            let server = SmtpServer::with_mailbox(UNLUCKY, answer).await;
            tick(world, &server).await;
            let (one, others) = unlucky(world);
            assert_eq!(one.status, NoticeStatus::Retrying);
            all_are(&others, NoticeStatus::Sent);
            assert_eq!(operations(world).mail_paused_until, None);
            world.let_leases_run_out();
        }
        // Twenty times is enough.
        let server = SmtpServer::with_mailbox(UNLUCKY, Answer::Reply("452 insufficient system storage")).await;
        rounds(world, &server, 31).await;
        let (one, _) = unlucky(world);
        assert_eq!((one.status, one.attempts), (NoticeStatus::Failed, 20));
    }
}

on_both_engines! {
    async fn who_fails_goes_behind_those_not_tried_yet(world: &World) {
        tell(world, 3);
        // Nothing but this keeps the worker from coming to the second: each round ends after one attempt.
        let server = SmtpServer::with_mailbox(UNLUCKY, Answer::Silence).await;
        let mut delivery = Delivery::within(SHORT);
        let (_stopper, stop) = stop();
        for _ in 0..3 {
            delivery.deliver_due(&world.worker(Some(&server), Some(at(8, 5, 9))), &stop).await.unwrap();
            world.let_leases_run_out();
        }
        let (one, others) = unlucky(world);
        assert_eq!((one.status, one.attempts), (NoticeStatus::Retrying, 3));
        all_are(&others, NoticeStatus::Sent);
    }
}

on_both_engines! {
    async fn the_same_from_several_recipients_gives_the_server_a_rest_and_fails_nobody(world: &World) {
        tell(world, 5);
        let server = SmtpServer::start(|verb, _| {
            (verb == "RCPT").then_some(Answer::Reply("452 insufficient system storage"))
        }).await;
        tick(world, &server).await;
        let state = operations(world);
        assert!(state.mail_paused_until.is_some());
        assert_eq!(state.mail_fault.as_deref(), Some("452 insufficient system storage"));
        assert_eq!(server.times("RCPT").await, 3);
        rounds(world, &server, 60).await;
        all_are(&world.notices(), NoticeStatus::Retrying);
        server.heal();
        rounds(world, &server, 1).await;
        all_are(&world.notices(), NoticeStatus::Sent);
        assert_eq!((operations(world).mail_fault, server.arrived().await.len()), (None, 5));
    }
}

on_both_engines! {
    async fn a_refusal_of_ourselves_lets_everything_wait_and_is_told(world: &World) {
        tell(world, 3);
        for (command, line) in [
            ("CONNECT", "554 5.7.1 no service for you"),
            ("CONNECT", "550 5.7.1 blocked"),
            ("CONNECT", "421 4.3.2 busy"),
            ("AUTH", "535 5.7.8 authentication failed"),
            ("AUTH", "550 5.7.1 account locked"),
            ("MAIL", "550 5.7.1 sender refused"),
        ] {
            let server = SmtpServer::start(move |verb, _| (verb == command).then_some(Answer::Reply(line))).await;
            world.let_leases_run_out();
            tick(world, &server).await;
            let state = operations(world);
            assert!(state.mail_paused_until.is_some(), "{line}");
            assert_eq!(state.mail_fault.as_deref(), Some(line));
            assert_eq!(server.connections(), 1, "the others wait");
            rounds(world, &server, 25).await;
            let notices = world.notices();
            assert!(notices.iter().all(|one| one.attempts == 0 && one.status != NoticeStatus::Failed));
        }
        let server = SmtpServer::start(|_, _| None).await;
        rounds(world, &server, 1).await;
        all_are(&world.notices(), NoticeStatus::Sent);
        assert_eq!(operations(world).mail_fault, None);
    }
}

on_both_engines! {
    async fn a_server_that_is_away_counts_as_no_attempt(world: &World) {
        tell(world, 4);
        let server = SmtpServer::start(|verb, _| (verb == "CONNECT").then_some(Answer::Vanish)).await;
        rounds(world, &server, 30).await;
        let notices = world.notices();
        assert!(notices.iter().all(|one| one.attempts == 0 && one.status == NoticeStatus::Retrying));
        assert!(operations(world).mail_fault.unwrap().contains("hung up"));
        server.heal();
        rounds(world, &server, 1).await;
        all_are(&world.notices(), NoticeStatus::Sent);
        assert_eq!(server.arrived().await.len(), 4);
    }
}

on_both_engines! {
    async fn one_connection_that_says_nothing_is_left_and_the_others_go_on(world: &World) {
        tell(world, 4);
        for (command, answer) in [
            ("CONNECT", Answer::Silence),
            ("EHLO", Answer::Silence),
            ("AUTH", Answer::Silence),
            ("RCPT", Answer::Silence),
            ("RCPT", Answer::Endless),
        ] {
            let silent = move |verb: &str, before| (verb == command && before == 0).then_some(answer);
            let server = SmtpServer::start(silent).await;
            let (_stopper, stop) = stop();
            let worker = world.worker(Some(&server), Some(at(8, 5, 9)));
            world.let_leases_run_out();
            Delivery::within(SHORT).deliver_due(&worker, &stop).await.unwrap();
            assert_eq!((world.count(NoticeStatus::Retrying), world.count(NoticeStatus::Sent)), (1, 3), "{command}");
            rounds(world, &server, 1).await;
            all_are(&world.notices(), NoticeStatus::Sent);
            all_go_again(world);
        }
    }
}

on_both_engines! {
    async fn an_end_that_nobody_understands_is_unknown_and_tried_so_many_times(world: &World) {
        tell(world, 2);
        for answer in [Answer::Reply("taken, thank you"), Answer::Vanish, Answer::Reply("354 go on")] {
            let server = SmtpServer::start(move |verb, _| (verb == ".").then_some(answer)).await;
            world.let_leases_run_out();
            tick(world, &server).await;
            all_are(&world.notices(), NoticeStatus::Sending);
        }
        let server = SmtpServer::start(|verb, _| (verb == ".").then_some(Answer::Reply("taken"))).await;
        rounds(world, &server, 30).await;
        for notice in world.notices() {
            assert_eq!((notice.status, notice.attempts), (NoticeStatus::Failed, 20));
            let attempts = world.attempts(notice.id);
            assert!(attempts.iter().all(|one| one.message_id == attempts[0].message_id));
            assert!(attempts.iter().all(|one| one.sha256 == attempts[0].sha256));
            let unknown = attempts.iter().filter(|one| one.status == Some(AttemptStatus::Unknown)).count();
            assert_eq!(unknown, 19);
        }
        let mut arrived = server.arrived().await;
        arrived.sort_by(|a, b| a.to.cmp(&b.to));
        arrived.dedup();
        assert_eq!(arrived.len(), 2, "the same bytes each time");
    }
}

on_both_engines! {
    async fn silence_after_the_end_is_unknown_and_the_same_bytes_go_again(world: &World) {
        tell(world, 3);
        let server = SmtpServer::start(|verb, before| (verb == "." && before == 0).then_some(Answer::Silence)).await;
        let (_stopper, stop) = stop();
        let worker = world.worker(Some(&server), Some(at(8, 5, 9)));
        Delivery::within(SHORT).deliver_due(&worker, &stop).await.unwrap();
        assert_eq!((world.count(NoticeStatus::Sending), world.count(NoticeStatus::Sent)), (1, 2));
        rounds(world, &server, 1).await;
        all_are(&world.notices(), NoticeStatus::Sent);
        let mut arrived = server.arrived().await;
        assert_eq!(arrived.len(), 4);
        arrived.sort_by(|a, b| a.to.cmp(&b.to));
        arrived.dedup();
        assert_eq!(arrived.len(), 3, "the one that came twice is the same");
    }
}

on_both_engines! {
    async fn a_reply_to_one_message_concerns_it_alone(world: &World) {
        tell(world, 4);
        for (line, status) in [
            ("451 4.7.1 later", NoticeStatus::Retrying),
            ("452 insufficient system storage", NoticeStatus::Retrying),
            ("421 4.3.2 closing", NoticeStatus::Retrying),
            ("550 5.1.1 no such user", NoticeStatus::Failed),
            ("553 5.1.3 no such name", NoticeStatus::Failed),
            ("554 5.7.1 rejected", NoticeStatus::Failed),
        ] {
            all_go_again(world);
            let server =
                SmtpServer::start(move |verb, before| (verb == "." && before == 0).then_some(Answer::Reply(line))).await;
            tick(world, &server).await;
            assert_eq!((world.count(status), world.count(NoticeStatus::Sent)), (1, 3), "{line}");
            assert_eq!(operations(world).mail_paused_until, None);
        }
    }
}

on_both_engines! {
    async fn a_mail_that_seems_taken_and_then_refused_is_told_as_neither(world: &World) {
        tell(world, 1);
        let server = SmtpServer::start(|verb, before| {
            (verb == "." && before == 0).then_some(Answer::Reply("250 again\r\n554 5.7.1 rejected"))
        }).await;
        tick(world, &server).await;
        let notice = &world.notices()[0];
        let attempts = world.attempts(notice.id);
        assert_eq!((notice.status, attempts[0].status), (NoticeStatus::Sending, Some(AttemptStatus::Unknown)));
        assert!(attempts[0].reply.as_ref().unwrap().contains("554 5.7.1 rejected"), "{attempts:?}");
        rounds(world, &server, 1).await;
        all_are(&world.notices(), NoticeStatus::Sent);
    }
}

on_both_engines! {
    async fn a_few_bad_mailboxes_let_the_others_wait_once_at_most(world: &World) {
        tell(world, 3);
        let server = SmtpServer::start(|verb, _| {
            (verb == "RCPT").then_some(Answer::Reply("452 4.2.2 mailbox full"))
        }).await;
        tick(world, &server).await;
        for _ in 0..5 {
            world.let_leases_run_out();
            tick(world, &server).await;
            assert_eq!(operations(world).mail_paused_until, None);
        }
    }
}

on_both_engines! {
    async fn a_name_that_does_not_resolve_keeps_all_waiting(world: &World) {
        tell(world, 4);
        world.tick_by(Some("smtp://mail.invalid:25"), at(8, 5, 9)).await;
        let state = operations(world);
        assert!(state.mail_paused_until.is_some() && state.mail_fault.is_some(), "{state:?}");
        assert!(state.oldest_unsent_due_at.is_some());
        assert!(world.notices().iter().all(|one| one.attempts == 0 && one.status != NoticeStatus::Failed));
        let server = SmtpServer::start(|_, _| None).await;
        rounds(world, &server, 1).await;
        all_are(&world.notices(), NoticeStatus::Sent);
        assert_eq!(server.times("QUIT").await, 1);
    }
}

on_both_engines! {
    async fn rests_grow_until_a_mail_is_dealt_with(world: &World) {
        let now = at(8, 5, 9);
        let rests = |count: usize| -> Vec<i64> {
            let rest = |_| world.with(|conn| schedule::give_rest(conn, "away", now, 0.0));
            (0..count).map(|n| rest(n) - now).map(|rest| rest.num_minutes()).collect()
        };
        assert_eq!(rests(8), [0, 1, 2, 4, 8, 16, 16, 16]);
        world.with(schedule::end_fault);
        assert_eq!(rests(2), [0, 1]);
    }
}

on_both_engines! {
    async fn mails_wait_for_a_storage_that_refuses_them(world: &World) {
        tell(world, 3);
        let mails = world.folder().join("objects/mails");
        fs::create_dir_all(mails.parent().unwrap()).unwrap();
        fs::write(&mails, "a file where the folder should be").unwrap();
        let server = SmtpServer::start(|_, _| None).await;
        rounds(world, &server, 3).await;
        let state = operations(world);
        assert_eq!(state.set_aside.len(), 3, "{state:?}");
        assert!(state.mail_fault.is_some());
        all_are(&world.notices(), NoticeStatus::Retrying);
        fs::remove_file(&mails).unwrap();
        rounds(world, &server, 1).await;
        all_are(&world.notices(), NoticeStatus::Sent);
        assert_eq!((operations(world).set_aside, operations(world).mail_fault), (Vec::new(), None));
    }
}

on_both_engines! {
    async fn a_stored_message_that_was_altered_is_set_aside_and_the_others_go(world: &World) {
        tell(world, 3);
        let server = SmtpServer::start(|verb, before| {
            (verb == "RCPT" && before == 0).then_some(Answer::Reply("451 4.7.1 later"))
        }).await;
        tick(world, &server).await;
        let waiting = world.notices().into_iter().find(|one| one.status == NoticeStatus::Retrying).unwrap();
        let key = waiting.mail.unwrap().object_key;
        fs::write(world.folder().join("objects").join(key), "something else").unwrap();
        rounds(world, &server, 1).await;
        let state = operations(world);
        let [fault] = &state.set_aside[..] else { panic!("{state:?}") };
        assert_eq!((fault.subject, fault.id), (Subject::Notice, waiting.id));
        assert_eq!(server.arrived().await.len(), 2);
    }
}

on_both_engines! {
    async fn a_mail_that_is_taken_in_whatever_words_is_sent_once(world: &World) {
        tell(world, 6);
        let server = SmtpServer::start(|verb, _| {
            (verb == ".").then_some(Answer::Bytes(b"250 \xd3\xca\xbc\xfe\xd2\xd1\xbd\xd3\xca\xd5"))
        }).await;
        tick(world, &server).await;
        rounds(world, &server, 3).await;
        all_are(&world.notices(), NoticeStatus::Sent);
        assert_eq!(server.arrived().await.len(), 6);
    }
}

on_both_engines! {
    async fn a_permanent_refusal_ends_one_mail_at_once(world: &World) {
        tell(world, 5);
        let refusal = Answer::Bytes(b"550 (\xb7\xa2\xcb\xcd\xca\xa7\xb0\xdc)");
        let server = SmtpServer::with_mailbox(UNLUCKY, refusal).await;
        tick(world, &server).await;
        let (one, others) = unlucky(world);
        assert_eq!((one.status, one.attempts), (NoticeStatus::Failed, 1));
        all_are(&others, NoticeStatus::Sent);
    }
}

on_both_engines! {
    async fn a_stray_answer_tells_no_refused_mail_as_sent(world: &World) {
        tell(world, 3);
        let server = SmtpServer::start(|verb, before| match (verb, before) {
            (".", 0) => Some(Answer::Reply("250 2.0.0 taken\r\n250 again")),
            (".", 1) => Some(Answer::Reply("554 5.7.1 rejected")),
            _ => None,
        }).await;
        tick(world, &server).await;
        let statuses: Vec<_> = world.notices().iter().map(|notice| notice.status).collect();
        assert_eq!(statuses, [NoticeStatus::Sent, NoticeStatus::Failed, NoticeStatus::Sent]);
    }
}

on_both_engines! {
    async fn what_breaks_off_before_its_end_goes_again(world: &World) {
        tell(world, 1);
        let server = SmtpServer::start(|verb, _| (verb == "DATA").then_some(Answer::HangUp("354 go on"))).await;
        tick(world, &server).await;
        let waits = [NoticeStatus::Retrying, NoticeStatus::Sending];
        assert!(waits.contains(&world.notices()[0].status));
        server.heal();
        rounds(world, &server, 1).await;
        all_are(&world.notices(), NoticeStatus::Sent);
        assert_eq!(server.arrived().await.len(), 1);
    }
}

on_both_engines! {
    async fn the_scan_does_not_wait_for_the_mails(world: &World) {
        tell(world, 1);
        let server = SmtpServer::start(|verb, _| (verb == ".").then_some(Answer::Silence)).await;
        let worker = world.worker(Some(&server), Some(at(8, 5, 9)));
        let settings = world.settings();
        let (_stopper, stop) = stop();
        let scanned = async {
            server.message_arrived().await;
            // The mail is on its way, and its answer does not come. Now the next scan is due.
            let before = world.with(|conn| schedule::done(conn, Schedule::Scan)).done_at;
            world.let_leases_run_out();
            while world.with(|conn| schedule::done(conn, Schedule::Scan)).done_at == before {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = runner::run(&worker, &settings, &stop) => panic!("it ended"),
            () = scanned => {}
        }
        let notices = world.notices();
        assert_eq!(world.attempts(notices[0].id).len(), 1);
        assert_eq!(world.attempts(notices[0].id)[0].status, Some(AttemptStatus::Sending));
    }
}
