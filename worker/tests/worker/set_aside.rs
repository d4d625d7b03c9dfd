//! What cannot be read stops no other: it is set aside with its reason, on both engines.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_query;
use shared::domain::actor::Role;
use shared::domain::id::Id;
use shared::domain::job::Job;
use shared::domain::notice::NoticeStatus;
use shared::domain::report::{Edition, ReportContent, ReportStatus};
use shared::store::fault::Subject;
use shared::store::job::{self, Depth};
use shared::store::{clock, notice, report};

use crate::database::Engine;
use crate::mail_faults::{all_are, operations, tell};
use crate::on_both_engines;
use crate::smtp_server::SmtpServer;
use crate::world::{World, at, person};

/// Damages a row as a newer program, or somebody by hand, could have.
fn damage(world: &World, sql: &str) {
    world.with(|conn| Ok(sql_query(sql).execute(conn)?));
}

/// A time that cannot be read on either engine: SQLite takes any text, PostgreSQL the end of time.
fn no_time(world: &World) -> &'static str {
    match world.engine() {
        Engine::Sqlite => "'when it suits'",
        Engine::Postgres => "'infinity'",
    }
}

fn set_aside(world: &World) -> Vec<(Subject, Id, String)> {
    operations(world).set_aside.into_iter().map(|fault| (fault.subject, fault.id, fault.reason)).collect()
}

/// What is set aside, with the column that cannot be read.
fn columns(world: &World) -> Vec<(Subject, Id, String)> {
    let column = |reason: String| reason.split(':').next().unwrap_or_default().to_owned();
    set_aside(world).into_iter().map(|(subject, id, reason)| (subject, id, column(reason))).collect()
}

on_both_engines! {
    async fn a_notice_that_cannot_be_read_is_set_aside_and_the_others_go(world: &World) {
        let never = no_time(world);
        let wrong = [
            ("content", "'{}'"),
            ("content", "'no json'"),
            ("kind", "'a_newer_kind'"),
            ("status", "'a_newer_state'"),
            ("audience", "'nobody'"),
            ("record_id", "'none'"),
            ("address", "'nobody'"),
            ("created_at", never),
            ("due_at", never),
            ("next_attempt_at", never),
            ("told_channel", "'pigeon'"),
            ("overtaken_by", "'events'"),
        ];
        tell(world, wrong.len() + 1);
        let damaged: Vec<Id> = world.notices().iter().map(|notice| notice.id).take(wrong.len()).collect();
        for (id, (column, value)) in damaged.iter().zip(wrong) {
            damage(world, &format!("UPDATE notices SET {column} = {value} WHERE id = '{id}'"));
        }
        assert_eq!(world.notices().len(), wrong.len() + 1, "the ledger shows them before a worker comes by");
        assert!(operations(world).oldest_unsent_due_at.is_some());
        let server = SmtpServer::start(|_, _| None).await;
        world.tick(Some(&server), at(8, 5, 9)).await;
        assert_eq!(server.arrived().await.len(), 1);
        let aside = columns(world);
        for (id, (column, value)) in damaged.iter().zip(wrong) {
            let notice = world.notices().into_iter().find(|notice| notice.id == *id).unwrap();
            assert_eq!(notice.status, NoticeStatus::Failed, "{column} {value}");
            assert!(aside.contains(&(Subject::Notice, *id, column.to_owned())), "{column} {value}: {aside:?}");
        }
        assert_eq!(aside.len(), wrong.len());
    }
}

on_both_engines! {
    async fn a_notice_whose_record_cannot_be_read_waits_until_it_is_mended(world: &World) {
        tell(world, 2);
        damage(world, "UPDATE campaign_phases SET kind = 'a_newer_kind' WHERE kind = 'self_check'");
        let server = SmtpServer::start(|_, _| None).await;
        world.tick(Some(&server), at(8, 5, 9)).await;
        all_are(&world.notices(), NoticeStatus::Pending);
        assert_eq!(set_aside(world).iter().filter(|(subject, ..)| *subject == Subject::Notice).count(), 2);
        damage(world, "UPDATE campaign_phases SET kind = 'self_check' WHERE kind = 'a_newer_kind'");
        world.let_leases_run_out();
        world.tick(Some(&server), at(8, 5, 9)).await;
        all_are(&world.notices(), NoticeStatus::Sent);
        assert_eq!(set_aside(world), []);
    }
}

on_both_engines! {
    async fn an_attempt_that_cannot_be_read_is_shown_all_the_same(world: &World) {
        tell(world, 1);
        let server = SmtpServer::start(|_, _| None).await;
        world.tick(Some(&server), at(8, 5, 9)).await;
        let id = world.notices()[0].id;
        for wrong in ["status = 'a_newer_state'", "address = 'nobody'", &format!("started_at = {}", no_time(world))] {
            damage(world, &format!("UPDATE notice_attempts SET {wrong}"));
            let attempts = world.with(|conn| notice::attempts(conn, &[id]));
            let reply = attempts[0].1.reply.as_ref().unwrap();
            assert!(reply.starts_with("status:"), "{reply}");
        }
    }
}

on_both_engines! {
    async fn a_job_that_cannot_be_read_is_set_aside_and_the_others_run(world: &World) {
        for wrong in [
            r#"job = '{"kind": "dance"}'"#,
            "job = 'no json'",
            "status = 'a_newer_state'",
            &format!("run_at = {}", no_time(world)),
        ] {
            damage(world, "DELETE FROM faults");
            damage(world, "DELETE FROM jobs");
            world.write(|tx| job::enqueue(tx, &Job::SweepSessions, None));
            damage(world, &format!("UPDATE jobs SET {wrong}"));
            world.with(job::depth);
            world.write(|tx| job::enqueue(tx, &Job::SweepMails, None));
            world.tick(None, at(8, 5, 9)).await;
            assert_eq!(world.with(job::depth), Depth { queued: 0, running: 0, dead: 1 }, "{wrong}");
            assert!(matches!(&set_aside(world)[..], [(Subject::Job, _, reason)] if !reason.is_empty()), "{wrong}");
        }
    }
}

on_both_engines! {
    async fn a_report_whose_job_cannot_be_read_has_failed(world: &World) {
        let content = ReportContent {
            campaign_id: world.campaign,
            edition: Edition::Full,
            full_report_id: None,
        };
        let asked = world.write(|tx| report::request(tx, None, content.clone()));
        damage(world, "UPDATE jobs SET job = 'no json'");
        world.tick(None, at(8, 5, 9)).await;
        let failed = world.with(|conn| report::load(conn, asked.id));
        assert_eq!(failed.status, ReportStatus::Failed);
        assert!(failed.failure_reason.is_some());
        let again = world.write(|tx| report::request(tx, None, content.clone()));
        assert_ne!(again.id, asked.id, "it can be asked for again");
    }
}

on_both_engines! {
    async fn a_report_of_records_that_cannot_be_read_has_failed_and_says_so(world: &World) {
        for (wrong, right) in [
            ("self_checks SET answers = 'no json'", "self_checks SET answers = '{}'"),
            // What an older program took, and no sentence can say.
            (
                "campaign_phases SET ends_on = '9999-12-31' WHERE kind = 'on_site'",
                "campaign_phases SET ends_on = '2023-08-11' WHERE kind = 'on_site'",
            ),
        ] {
            damage(world, &format!("UPDATE {wrong}"));
            let content =
                ReportContent { campaign_id: world.campaign, edition: Edition::Full, full_report_id: None };
            let asked = world.write(|tx| report::request(tx, None, content.clone()));
            world.tick(None, at(8, 5, 9)).await;
            let failed = world.with(|conn| report::load(conn, asked.id));
            assert_eq!(failed.status, ReportStatus::Failed, "{wrong}");
            assert!(failed.failure_reason.unwrap().contains("无法"), "{wrong}");
            damage(world, &format!("UPDATE {right}"));
        }
    }
}

on_both_engines! {
    async fn a_job_that_failed_is_named_until_it_is_done(world: &World) {
        world.write(|tx| job::enqueue(tx, &Job::SweepSessions, None));
        let now = clock::system_now();
        let claim = world.write(|tx| job::claim(tx, now, TimeDelta::minutes(5))).unwrap();
        world.write(|tx| job::fail(tx, &claim, "the storage is full", now, 0.0));
        assert_eq!(set_aside(world), [(Subject::Job, claim.id, "the storage is full".to_owned())]);
        damage(world, "UPDATE jobs SET run_at = '2020-01-01 00:00:00'");
        world.tick(None, at(8, 5, 9)).await;
        assert_eq!(set_aside(world), []);
    }
}

on_both_engines! {
    async fn a_job_that_died_is_named_until_an_equal_one_is_done(world: &World) {
        for died in ["attempts = 10", "job = 'no json'"] {
            world.write(|tx| job::enqueue(tx, &Job::SweepSessions, None));
            damage(world, &format!("UPDATE jobs SET {died} WHERE status = 'queued'"));
            assert_eq!(world.write(|tx| job::claim(tx, clock::system_now(), TimeDelta::minutes(5))), None);
        }
        assert_eq!(set_aside(world).len(), 2);
        world.tick(None, at(8, 5, 9)).await;
        assert_eq!(world.with(job::depth), Depth { queued: 0, running: 0, dead: 1 });
        assert_eq!(set_aside(world).len(), 1, "nobody knows what the other was to do");
    }
}

on_both_engines! {
    async fn a_record_that_the_scan_cannot_read_is_set_aside_until_it_is_mended(world: &World) {
        for (column, wrong, right) in [("due_on", no_time(world), "NULL"), ("status", "'a_newer_state'", "'not_started'")] {
            let own = format!("WHERE unit_id = '{}'", world.xugou);
            damage(world, &format!("UPDATE self_checks SET {column} = {wrong} {own}"));
            world.tick(None, at(8, 7, 9)).await;
            let found = columns(world);
            assert!(matches!(&found[..], [(Subject::SelfCheck, _, of)] if of == column), "{found:?}");
            assert_eq!(world.notices().len(), 2, "the other unit and its leader are told");
            damage(world, &format!("UPDATE self_checks SET {column} = {right} {own}"));
            world.tick(None, at(8, 7, 9)).await;
            assert_eq!(set_aside(world), []);
            assert_eq!(world.notices().len(), 4);
            for table in ["notice_items", "notice_attempts", "notices"] {
                damage(world, &format!("DELETE FROM {table}"));
            }
        }
    }
}

on_both_engines! {
    async fn what_was_told_and_cannot_be_read_is_not_told_again(world: &World) {
        world.tick(None, at(8, 7, 9)).await;
        let before = world.notices().len();
        let own = format!("unit_id = '{}'", world.xugou);
        damage(world, &format!("UPDATE notice_items SET due_on = {} WHERE {own}", no_time(world)));
        world.tick(None, at(8, 8, 9)).await;
        let found = columns(world);
        assert!(found.iter().any(|(subject, _, of)| *subject == Subject::SelfCheck && of == "notice_items.due_on"));
        let later = world.notices();
        assert!(later.iter().skip(before).all(|notice| notice.unit_id != Some(world.xugou)), "{later:?}");
    }
}

on_both_engines! {
    async fn an_address_that_is_none_keeps_nobody_else_from_being_told(world: &World) {
        world.write(|tx| person(tx, "xugou-2", "second@xugou.example", Role::Liaison, Some(world.xugou)));
        damage(world, "UPDATE accounts SET email = 'nobody' WHERE email = 'liaison@xugou.example'");
        damage(world, "UPDATE units SET leader_email = 'nobody' WHERE leader_email IS NOT NULL");
        world.tick(None, at(8, 7, 9)).await;
        let told: Vec<_> = world.notices().into_iter().filter_map(|notice| notice.address).collect();
        assert_eq!(told.iter().map(|one| one.as_str()).collect::<Vec<_>>(), ["second@xugou.example"]);
        assert_eq!(set_aside(world), []);
    }
}

on_both_engines! {
    async fn a_campaign_that_cannot_be_read_is_set_aside(world: &World) {
        damage(world, &format!("UPDATE campaign_phases SET ends_on = {} WHERE kind = 'self_check'", no_time(world)));
        world.tick(None, at(8, 7, 9)).await;
        assert!(matches!(&set_aside(world)[..], [(Subject::Campaign, id, _)] if *id == world.campaign));
        damage(world, "UPDATE campaign_phases SET ends_on = '2023-08-06' WHERE kind = 'self_check'");
        world.tick(None, at(8, 7, 10)).await;
        assert_eq!(set_aside(world), []);
    }
}

on_both_engines! {
    async fn a_day_of_the_calendar_that_cannot_be_read_is_left_out_and_told(world: &World) {
        damage(world, "UPDATE workdays SET kind = 'a_newer_kind' WHERE day = '2023-10-07'");
        world.tick(None, at(8, 7, 9)).await;
        let found = columns(world);
        assert!(matches!(&found[..], [(Subject::Workdays, _, of)] if of == "kind"), "{found:?}");
        assert!(!world.notices().is_empty());
    }
}
