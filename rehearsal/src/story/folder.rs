//! Where a rehearsal keeps everything.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;

/// A folder with this file in it is a rehearsal's.
const MARK: &str = "rehearsal.txt";

const ABOUT: &str = "This folder is a rehearsal on a simulated clock; nothing in it is real. The next rehearsal moves it \
                     aside. accounts.csv: who took part. mail: what was told. reports: what was found. logs: what the \
                     programs did.\n";

/// An empty folder for the rehearsal: that of XUNJIAN_DATA_DIR, else `var/rehearsal`. A rehearsal that is there
/// is moved aside.
///
/// # Errors
/// The folder has something else in it.
pub fn prepare() -> Outcome<PathBuf> {
    let given = env::var_os("XUNJIAN_DATA_DIR").filter(|path| !path.is_empty());
    let folder = given.map_or_else(|| PathBuf::from("var/rehearsal"), PathBuf::from);
    prepare_in(&folder)?;
    Ok(folder)
}

fn prepare_in(folder: &Path) -> Outcome {
    let is_empty = |folder: &Path| fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if folder.exists() && !is_empty(folder) {
        if !folder.join(MARK).is_file() {
            let sentence =
                "is not empty and no rehearsal: XUNJIAN_DATA_DIR names an empty or new folder for it.";
            return Err(format!("{} {sentence}", folder.display()).into());
        }
        let aside = aside(folder);
        fs::rename(folder, &aside)?;
        println!("The rehearsal before this one is now in {}.", aside.display());
    }
    fs::create_dir_all(folder)?;
    Ok(fs::write(folder.join(MARK), ABOUT)?)
}

/// The first free name beside the folder.
fn aside(folder: &Path) -> PathBuf {
    let name = |number: u32| PathBuf::from(format!("{}.{number}", folder.display()));
    (1..).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rehearsal_is_moved_aside_and_anything_else_is_left_alone() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("rehearsal");
        prepare_in(&folder).unwrap();
        fs::write(folder.join("accounts.csv"), "first").unwrap();
        prepare_in(&folder).unwrap();
        prepare_in(&folder).unwrap();
        let first = parent.path().join("rehearsal.1");
        assert_eq!(fs::read_to_string(first.join("accounts.csv")).unwrap(), "first");
        assert!(parent.path().join("rehearsal.2").join(MARK).is_file());

        fs::remove_file(folder.join(MARK)).unwrap();
        fs::write(folder.join("letter.txt"), "mine").unwrap();
        assert!(prepare_in(&folder).unwrap_err().to_string().contains("not empty"));
        assert_eq!(fs::read_to_string(folder.join("letter.txt")).unwrap(), "mine");
    }
}
