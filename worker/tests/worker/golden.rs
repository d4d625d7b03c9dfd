//! Compares what is made with the file that was looked at and approved.

use std::path::Path;
use std::{env, fs};

/// Fails where the two differ. With `XUNJIAN_UPDATE_GOLDEN` set, the file is written instead: look at
/// the difference before committing it.
pub fn compare(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if env::var_os("XUNJIAN_UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, made).unwrap();
    }
    let approved = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(made, approved, "differs from {}", path.display());
}
