//! What `scripts/run` says where it cannot start.

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Output};

use xunjian_rehearsal::processes::Programs;

use super::place::{Engine, Place};

fn start(program: &std::path::Path, place: &Place, bind: &str) -> Output {
    let started = Command::new(program)
        .arg("start")
        .env("XUNJIAN_DATA_DIR", place.folder.path())
        .env("XUNJIAN_BIND", bind)
        .output();
    started.expect("it runs")
}

#[test]
fn an_address_in_use_is_named_and_nothing_is_left_behind() {
    let place = Place::new(Engine::Sqlite);
    let other = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let bind = other.local_addr().expect("an address").to_string();
    let refused = start(&place.programs.api.with_file_name("xunjian-rehearsal"), &place, &bind);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains(&bind) && said.contains("XUNJIAN_BIND"), "{said}");
    assert_eq!(fs::read_dir(place.folder.path()).expect("a folder").count(), 0);
}

#[test]
fn programs_that_are_not_built_are_named() {
    let place = Place::new(Engine::Sqlite);
    let alone = tempfile::tempdir().expect("a folder");
    let program = alone.path().join("xunjian-rehearsal");
    let built =
        Programs::beside_this().expect("the programs are built").api.with_file_name("xunjian-rehearsal");
    fs::copy(built, &program).expect("it can be copied");
    let refused = start(&program, &place, "127.0.0.1:0");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("xunjian-api is missing") && said.contains("cargo build"), "{said}");
}
