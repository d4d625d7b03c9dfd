//! The program itself: what it answers, and how it stops.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_query;
use shared::domain::job::Job;
use shared::store::job::{self, Depth};
use shared::store::{Store, clock, migrate};

use crate::database;
use crate::on_both_engines;
use crate::world::{World, at};

fn program(url: &str, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xunjian-worker"));
    command.env_clear().env("DATABASE_URL", url).env("XUNJIAN_DATA_DIR", folder);
    command
}

fn answered(world: &World, arguments: &[&str]) -> Output {
    program(world.url(), world.folder()).args(arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

on_both_engines! {
    async fn tick_preview_and_status_say_what_they_did_by_their_exit_codes(world: &World) {
        assert_eq!(answered(world, &["status"]).status.code(), Some(3), "no scan yet");
        let instant = at(8, 7, 9).to_string();
        let preview = answered(world, &["preview", "--at", &instant]);
        assert_eq!(preview.status.code(), Some(0));
        assert!(text(&preview).contains("liaison@xugou.example"), "{}", text(&preview));
        assert!(world.notices().is_empty());
        assert_eq!(answered(world, &["tick", "--at", &instant]).status.code(), Some(0));
        assert_eq!((world.notices().len(), world.files().len()), (4, 2));
        let status = answered(world, &["status"]);
        assert_eq!(status.status.code(), Some(0));
        assert!(text(&status).contains("notices written: 2"), "{}", text(&status));
        assert_eq!(answered(world, &["tick", "--at", "tomorrow"]).status.code(), Some(2));
    }
}

on_both_engines! {
    async fn a_dead_job_is_removed_and_no_other(world: &World) {
        world.write(|tx| job::enqueue(tx, &Job::SweepMails, None));
        let id = || text(&answered(world, &["status"])).split("job ").nth(1).map(|rest| rest[..36].to_owned());
        assert_eq!(id(), None);
        world.with(|conn| Ok(sql_query("UPDATE jobs SET job = '{}'").execute(conn)?));
        assert_eq!(world.write(|tx| job::claim(tx, clock::system_now(), TimeDelta::minutes(5))), None);
        let dead = id().unwrap();
        let other = answered(world, &["discard", "01890a5d-ac96-774b-bcce-b302099a8057"]);
        assert_eq!(other.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&other.stderr).contains("no dead job"), "{other:?}");
        assert_eq!(answered(world, &["discard", &dead]).status.code(), Some(0));
        assert_eq!(id(), None);
        assert_eq!(world.with(job::depth), Depth::default());
    }
}

on_both_engines! {
    async fn a_worker_that_is_told_to_stop_ends_well(world: &World) {
        let mut child = program(world.url(), world.folder()).arg("run").stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut heard = |words: &str| log.any(|line| line.unwrap().contains(words));
        assert!(heard("the worker runs"));
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(heard("the worker has stopped"));
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn a_database_without_a_schema_or_with_the_real_clock_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/xunjian.db", folder.path().display());
    let tick =
        || program(&url, folder.path()).args(["tick", "--at", "2023-08-07T01:00:00Z"]).output().unwrap();
    let unmigrated = tick();
    assert_eq!(unmigrated.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unmigrated.stderr).contains("not migrated"));
    migrate::run(&Store::open(&database::settings(&[("DATABASE_URL", &url)])).unwrap(), None).unwrap();
    let real = tick();
    assert_eq!(real.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&real.stderr).contains("no simulated database"));
    assert_eq!(program(&url, folder.path()).arg("tick").status().unwrap().code(), Some(0));
}

#[test]
fn a_worker_waits_for_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/xunjian.db", folder.path().display());
    let mut child = program(&url, folder.path()).arg("run").stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut heard = |words: &str| log.any(|line| line.unwrap().contains(words));
    assert!(heard("waiting for the api"));
    migrate::run(&Store::open(&database::settings(&[("DATABASE_URL", &url)])).unwrap(), None).unwrap();
    assert!(heard("the worker runs"));
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn fonts_says_which_face_serves_which_role() {
    let folder = tempfile::tempdir().unwrap();
    let shown = program("sqlite:///nowhere.db", folder.path()).arg("fonts").output().unwrap();
    assert_eq!(shown.status.code(), Some(0), "{}", text(&shown));
    for role in ["小标宋", "仿宋", "黑体", "楷体", "宋体"] {
        assert!(text(&shown).contains(role), "{role}: {}", text(&shown));
    }
    assert_eq!(text(&shown).matches("together: lack 0 of ").count(), 5, "{}", text(&shown));
}
