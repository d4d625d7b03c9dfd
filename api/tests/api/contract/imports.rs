//! Imports point one way, and rules stay pure.

use std::path::{Path, PathBuf};

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder of the project") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder), &mut found);
    assert!(!found.is_empty(), "{folder} has no sources");
    found
}

fn assert_absent(folder: &str, words: &[&str]) {
    for (path, text) in sources(folder) {
        // Unit tests may read files or clocks; what ships may not.
        let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in shipped.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for word in words {
                assert!(!code.contains(word), "{}:{}: {word}", path.display(), number + 1);
            }
        }
    }
}

#[test]
fn the_domain_knows_no_database_network_file_or_clock() {
    let words = [
        "diesel",
        "actix",
        "tokio",
        "reqwest",
        "lettre",
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "Utc::now",
        "Local::now",
        "SystemTime",
        "Instant::now",
        "crate::store",
        "crate::config",
    ];
    assert_absent("shared/src/domain", &words);
}

#[test]
fn the_processes_do_not_import_each_other_and_the_store_knows_neither() {
    assert_absent("api/src", &["xunjian_worker"]);
    assert_absent("worker/src", &["xunjian_api", "actix"]);
    assert_absent("shared/src", &["xunjian_api", "xunjian_worker", "actix", "lettre"]);
    assert_absent("rehearsal/src", &["xunjian_api", "xunjian_worker", "shared::"]);
}
