//! The queue of jobs, on both engines.

use chrono::TimeDelta;
use shared::domain::job::{Job, JobStatus};
use shared::domain::refusal::Refusal;
use shared::store::job::{self, Depth};
use shared::store::schedule::{self, Schedule};
use shared::store::{StoreError, clock};

use crate::on_both_engines;
use crate::world::{World, at, office};

const LEASE: TimeDelta = TimeDelta::minutes(5);

fn enqueue(world: &World, key: Option<&str>) {
    world.write(|tx| job::enqueue(tx, &Job::SweepSessions, key));
}

on_both_engines! {
    async fn of_jobs_with_the_same_key_one_waits(world: &World) {
        enqueue(world, Some("sweep"));
        enqueue(world, Some("sweep"));
        enqueue(world, None);
        enqueue(world, None);
        assert_eq!(world.with(job::depth), Depth { queued: 3, running: 0, dead: 0 });
    }
}

on_both_engines! {
    async fn two_workers_claim_two_jobs(world: &World) {
        enqueue(world, None);
        enqueue(world, None);
        let claim = || world.write(|tx| job::claim(tx, clock::system_now(), LEASE));
        let (first, second) = (claim().unwrap(), claim().unwrap());
        assert_ne!(first.id, second.id);
        assert_eq!(claim(), None);
        world.write(|tx| job::finish(tx, &first));
        assert_eq!(world.with(job::depth), Depth { queued: 0, running: 1, dead: 0 });
    }
}

on_both_engines! {
    async fn a_killed_workers_job_is_taken_over_and_its_end_counts_no_more(world: &World) {
        enqueue(world, None);
        let now = clock::system_now();
        let claim = |now| world.write(|tx| job::claim(tx, now, LEASE));
        let first = claim(now).unwrap();
        assert_eq!(claim(now + LEASE - TimeDelta::seconds(1)), None);
        let second = claim(now + LEASE).unwrap();
        assert_eq!(first.id, second.id);
        let late = world.store.write(&office(), "test", |tx| job::finish(tx, &first));
        assert!(matches!(late, Err(StoreError::Refused(Refusal::Stale))));
        world.write(|tx| job::finish(tx, &second));
        assert_eq!(world.with(job::depth), Depth::default());
    }
}

on_both_engines! {
    async fn who_renews_a_lease_holds_the_job_for_longer_and_nobody_elses(world: &World) {
        enqueue(world, None);
        let now = clock::system_now();
        let claim = |now| world.write(|tx| job::claim(tx, now, LEASE));
        let first = claim(now).unwrap();
        let half = now + LEASE / 2;
        world.write(|tx| job::renew(tx, &first, half, LEASE));
        assert_eq!(claim(now + LEASE), None);
        let second = claim(half + LEASE).unwrap();
        world.write(|tx| job::renew(tx, &first, half + LEASE * 2, LEASE));
        assert_eq!(claim(half + LEASE * 2).map(|third| third.id), Some(second.id));
    }
}

on_both_engines! {
    async fn what_fails_waits_longer_each_time_and_ends_dead(world: &World) {
        enqueue(world, Some("sweep"));
        let mut now = clock::system_now();
        let mut waits = Vec::new();
        loop {
            let claim = world.write(|tx| job::claim(tx, now, LEASE)).unwrap();
            let status = world.write(|tx| job::fail(tx, &claim, "no space left", now, 0.0));
            if status == JobStatus::Dead {
                break;
            }
            assert_eq!(world.write(|tx| job::claim(tx, now, LEASE)), None);
            let due = (1..).map(|minutes| now + TimeDelta::seconds(30 * minutes));
            let next = due.into_iter().find(|due| {
                world.with(|conn| {
                    use diesel::prelude::*;
                    use shared::store::schema::jobs;
                    Ok(jobs::table.filter(jobs::run_at.le(*due)).count().get_result::<i64>(conn)? > 0)
                })
            }).unwrap();
            waits.push((next - now).num_minutes());
            now = next;
        }
        assert_eq!(waits, [0, 1, 2, 4, 8, 16, 32, 64, 128]);
        assert_eq!(world.with(job::depth), Depth { queued: 0, running: 0, dead: 1 });
        // A dead job does not stand in the way of the next one.
        enqueue(world, Some("sweep"));
        assert_eq!(world.with(job::depth).queued, 1);
    }
}

on_both_engines! {
    async fn what_kills_its_workers_ends_dead(world: &World) {
        enqueue(world, None);
        let mut now = clock::system_now();
        while world.write(|tx| job::claim(tx, now, LEASE)).is_some() {
            now = now + LEASE;
        }
        assert_eq!(world.with(job::depth), Depth { queued: 0, running: 0, dead: 1 });
    }
}

on_both_engines! {
    async fn a_tick_sweeps_once_an_hour_for_all_workers(world: &World) {
        let now = clock::system_now();
        let take = |now| world.with(|conn| schedule::take(conn, Schedule::Sweep, now, TimeDelta::hours(1)));
        world.tick(None, at(8, 1, 9)).await;
        assert_eq!(world.with(job::depth), Depth::default());
        assert!(!take(now));
        assert!(take(now + TimeDelta::hours(2)));
        assert!(!take(now + TimeDelta::hours(2)));
    }
}
