//! The README's first hour, run as it stands there.

use std::fs;
use std::path::Path;
use std::process::Command;

use xunjian_rehearsal::client::Api;
use xunjian_rehearsal::processes::{Process, Programs};
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

#[tokio::test(flavor = "multi_thread")]
async fn the_first_hour_goes_as_the_readme_says() {
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
    let logs = folder.path().join("logs");
    let mut service = Process::start(&start, &["start"], &environment, &logs, "start").expect("it starts");
    service.ready(&Api::at(format!("http://{address}")).expect("a client")).await.expect("it comes up");
    wait_for(&mut service, &data.join("accounts.csv")).await;

    let script = blocks.join("\n").replace("127.0.0.1:8080", &address.to_string());
    let run = Command::new("bash")
        .args(["-euxo", "pipefail", "-c", &script])
        .current_dir(folder.path())
        .output()
        .expect("bash runs");
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{err}");
    assert!(out.contains("\"status\":\"ready\""), "the report is ready: {out}\n{err}");
    service.stop().await.expect("it stops when it is told");
}

/// Waits until the plan is loaded.
async fn wait_for(service: &mut Process, path: &Path) {
    for _ in 0..1_200 {
        if let Some(sentence) = service.ended().expect("it can be asked") {
            panic!("{sentence}");
        }
        if fs::exists(path).expect("the folder can be read") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{} never came", path.display());
}
