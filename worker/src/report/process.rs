//! Rendering in a process of its own: the memory that a large report takes is given back, and a report that takes too
//! much ends alone.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use shared::config::Settings;
use shared::domain::report::{MissingCharacters, ReportFormat};
use shared::domain::text::TextEnum;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;

/// What is said when memory cannot be had: by Rust, by the system, and of a thread that cannot be started.
const NO_MEMORY: [&str; 4] =
    ["memory allocation of", "out of memory", "Cannot allocate memory", "Resource temporarily unavailable"];

/// Why a file was not rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderFailure {
    /// It took longer than the limit.
    #[error("rendering took longer than {0:?}")]
    TimedOut(Duration),
    /// It took more memory than the limit.
    #[error("rendering took more than {0} MiB")]
    OutOfMemory(u64),
    /// It ended otherwise: with what it said.
    #[error("rendering ended with {0}: {1}")]
    Ended(std::process::ExitStatus, String),
    /// The process could not be started or read.
    #[error("rendering could not be begun: {0}")]
    Io(#[from] io::Error),
}

/// How files are rendered.
#[derive(Clone, Debug)]
pub struct Rendering {
    /// This program.
    pub program: PathBuf,
    /// Where fonts are looked for before those of the system.
    pub fonts_dir: Option<PathBuf>,
    /// The office's own templates, as they were when they were checked.
    pub templates: Option<Arc<TempDir>>,
    /// What a process may take, in MiB.
    pub memory_mb: u64,
    /// How long it may take.
    pub time: Duration,
}

impl Rendering {
    /// As the settings say, by this program.
    pub fn new(settings: &Settings, program: PathBuf, templates: Option<TempDir>) -> Self {
        Self {
            templates: templates.map(Arc::new),
            program,
            fonts_dir: settings.fonts_dir.clone(),
            memory_mb: settings.render_memory_mb,
            time: Duration::from_secs(settings.render_seconds),
        }
    }

    /// The bytes of a file, from the bytes of the snapshot. Dropped, it kills the process.
    ///
    /// # Errors
    /// See [`RenderFailure`]; too slow and too large it will be with the next try as well.
    pub async fn render(&self, format: ReportFormat, snapshot: &[u8]) -> Result<Vec<u8>, RenderFailure> {
        self.within_limits(&["render", "--format", format.as_str()], snapshot).await
    }

    /// The bytes of the PDF in which these texts are printed in their plain form, as [`Self::render`].
    ///
    /// # Errors
    /// As [`Self::render`].
    pub async fn render_plainly(&self, texts: &[String], snapshot: &[u8]) -> Result<Vec<u8>, RenderFailure> {
        let mut given = serde_json::to_vec(texts).map_err(io::Error::from)?;
        given.push(b'\n');
        given.extend_from_slice(snapshot);
        self.within_limits(&["render", "--format", "pdf", "--plainly"], &given).await
    }

    /// What the files print as empty boxes, from the bytes of the snapshot.
    ///
    /// # Errors
    /// As [`Self::render`].
    pub async fn missing(&self, snapshot: &[u8]) -> Result<Vec<MissingCharacters>, RenderFailure> {
        let told = self.within_limits(&["missing-characters"], snapshot).await?;
        Ok(serde_json::from_slice(&told).map_err(io::Error::from)?)
    }

    async fn within_limits(&self, arguments: &[&str], snapshot: &[u8]) -> Result<Vec<u8>, RenderFailure> {
        let Output { status, stdout, stderr } = timeout(self.time, self.run(arguments, snapshot))
            .await
            .map_err(|_| RenderFailure::TimedOut(self.time))??;
        if status.success() {
            return Ok(stdout);
        }
        let said = String::from_utf8_lossy(&stderr).trim().to_owned();
        if NO_MEMORY.iter().any(|words| said.contains(words)) {
            return Err(RenderFailure::OutOfMemory(self.memory_mb));
        }
        Err(RenderFailure::Ended(status, said))
    }

    async fn run(&self, arguments: &[&str], snapshot: &[u8]) -> io::Result<Output> {
        let mut command = Command::new(&self.program);
        command.args(arguments);
        // A backtrace needs memory: where there is none left, it would wait for itself for ever.
        command.env("RUST_BACKTRACE", "0");
        command.env("XUNJIAN_RENDER_MEMORY_MB", self.memory_mb.to_string());
        if let Some(folder) = &self.fonts_dir {
            command.env("XUNJIAN_FONTS_DIR", folder);
        }
        // An empty setting is the one of no folder, whatever a file of settings says.
        let templates = self.templates.as_ref().map_or(Path::new(""), |folder| folder.path());
        command.env("XUNJIAN_TEMPLATES_DIR", templates);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let stdin = child.stdin.take();
        let give = async {
            match stdin {
                Some(mut stdin) => stdin.write_all(snapshot).await,
                None => Ok(()),
            }
        };
        let (given, output) = tokio::join!(give, child.wait_with_output());
        match given {
            // Its end says more than that it read no further.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => output,
        }
    }
}

/// Limits what this process may allocate, in MiB.
///
/// # Errors
/// The system refuses.
pub fn limit_memory(mb: u64) -> io::Result<()> {
    let limit = Rlimit { current: Some(mb << 20), ..getrlimit(Resource::Data) };
    Ok(setrlimit(Resource::Data, limit)?)
}
