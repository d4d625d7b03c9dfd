//! The README's first hour, run as it stands there.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use xunjian_rehearsal::processes::Programs;
use xunjian_rehearsal::settings::free_address;

/// The code blocks for a shell under a heading, in their order.
fn blocks(readme: &str, heading: &str) -> Vec<String> {
    let section =
        readme.split("\n## ").find(|section| section.starts_with(heading)).expect("the section is there");
    section
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn both_readmes_have_the_same_first_hour() {
    let english = blocks(include_str!("../../../README.md"), "A first hour with curl");
    assert_eq!(blocks(include_str!("../../../README.zh-CN.md"), "用 curl 走一遍"), english);
}

#[test]
fn the_first_hour_goes_as_the_readme_says() {
    let readme = include_str!("../../../README.md");
    let blocks = blocks(readme, "A first hour with curl");
    assert!(blocks.len() >= 8, "{} blocks", blocks.len());

    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("var");
    let address = free_address().expect("a free port");
    let environment = vec![
        ("XUNJIAN_DATA_DIR", data.display().to_string()),
        ("XUNJIAN_BIND", address.to_string()),
        ("XUNJIAN_SCAN_SECONDS", "1".to_owned()),
    ];
    let programs = Programs::beside_this().expect("the programs are built");
    let start = programs.api.with_file_name("xunjian-rehearsal");
    let mut service = Command::new(start)
        .arg("start")
        .envs(environment)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    // It says where the accounts are once the plan is loaded.
    let mut said = BufReader::new(service.stdout.take().expect("what it says")).lines();
    let loaded = said.by_ref().map_while(Result::ok).any(|line| line.contains("accounts.csv"));
    assert!(loaded, "it ended before the plan was loaded");

    let script = blocks.join("\n").replace("127.0.0.1:8080", &address.to_string());
    let run = Command::new("bash")
        .args(["-euxo", "pipefail", "-c", &script])
        .current_dir(folder.path())
        .output()
        .expect("bash runs");
    let pid = Pid::from_child(&service);
    kill_process(pid, Signal::TERM).expect("it is told to stop");
    assert!(service.wait().expect("it ends").success());
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{err}");
    assert!(out.contains("\"status\":\"ready\""), "the report is ready: {out}\n{err}");
}
