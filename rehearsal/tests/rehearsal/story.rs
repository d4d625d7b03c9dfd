//! The rehearsal itself, on both engines.

use std::process::Command;

use xunjian_rehearsal::settings::free_address;

use super::place::{Engine, Place};

fn goes_as_its_story(engine: Engine, workers: &str) {
    let place = Place::new(engine);
    let data = place.folder.path().join("rehearsal");
    let bind = free_address().expect("a free port");
    let inherited = place.environment(bind).into_iter().filter(|(name, _)| *name == "DATABASE_URL");
    let rehearsed = Command::new(place.programs.api.with_file_name("xunjian-rehearsal"))
        .args(["rehearse", "--workers", workers])
        .env("XUNJIAN_DATA_DIR", &data)
        .envs(inherited)
        .output()
        .expect("it runs");
    let (out, err) = (String::from_utf8_lossy(&rehearsed.stdout), String::from_utf8_lossy(&rehearsed.stderr));
    assert!(rehearsed.status.success(), "{out}\n{err}");
    let reports = std::fs::read_dir(data.join("reports")).expect("reports").count();
    assert_eq!(reports, 4, "two reports, each as HTML and JSON");
}

#[test]
fn the_rehearsal_goes_as_its_story_on_sqlite() {
    goes_as_its_story(Engine::Sqlite, "1");
}

#[test]
fn the_rehearsal_goes_as_its_story_on_postgres_with_two_workers() {
    goes_as_its_story(Engine::Postgres, "2");
}
