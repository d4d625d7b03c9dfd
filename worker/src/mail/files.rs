//! Mails as files, where no mail server is set: what would be sent can be read in any mail program.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::transport::{Outcome, RetryKind};

/// A folder that takes one file a mail.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// The folder is made with the first mail.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Writes the mail under its name; a second time it replaces itself.
    pub async fn write(&self, file_name: String, bytes: &[u8]) -> Outcome {
        let (folder, name, bytes) = (self.folder.clone(), file_name.clone(), bytes.to_vec());
        let written = tokio::task::spawn_blocking(move || write_whole(&folder, &name, &bytes)).await;
        match written.map_err(io::Error::other).and_then(|result| result) {
            Ok(()) => Outcome::Written { file_name },
            Err(error) => Outcome::Retry { kind: RetryKind::Server, reason: error.to_string() },
        }
    }
}

/// Written beside under another name and renamed when it is on the disk, so that whoever watches
/// for `*.eml` never meets half a mail.
fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut beside = tempfile::Builder::new().prefix(".").suffix(".part").tempfile_in(folder)?;
    beside.write_all(bytes)?;
    beside.as_file().sync_all()?;
    beside.persist(folder.join(name)).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}
