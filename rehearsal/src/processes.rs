//! The two programs as processes.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep};

use crate::Outcome;
use crate::client::Api;

/// How long a program may take to come up; migrations of a large database are among it.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// How long a program may take to stop: it promises 10 seconds.
const STOP_WITHIN: Duration = Duration::from_secs(15);

/// How often a process is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Where the programs are.
#[derive(Clone, Debug)]
pub struct Programs {
    pub api: PathBuf,
    pub worker: PathBuf,
}

impl Programs {
    /// Beside this program; for a test, which lies one folder deeper, beside that folder.
    ///
    /// # Errors
    /// One of them is missing.
    pub fn beside_this() -> Outcome<Self> {
        let this = env::current_exe()?;
        let folder = this.parent().ok_or("this program lies in no folder")?;
        let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
        let find = |name: &str| {
            let path = folder.join(name);
            if path.is_file() {
                Ok(path)
            } else {
                Err(format!("{} is missing: build it with `cargo build --workspace`.", path.display()))
            }
        };
        Ok(Self { api: find("xunjian-api")?, worker: find("xunjian-worker")? })
    }
}

/// Variables for a program, beside those that it inherits.
pub type Environment = Vec<(&'static str, String)>;

/// A running program. Dropped, it is killed.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program that logs into a file of this folder.
    pub fn start(
        program: &Path,
        arguments: &[&str],
        variables: &Environment,
        logs: &Path,
        name: &str,
    ) -> Outcome<Self> {
        fs::create_dir_all(logs)?;
        let log = logs.join(format!("{name}.log"));
        let file = OpenOptions::new().create(true).append(true).open(&log)?;
        let child = Command::new(program)
            .args(arguments)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(File::try_clone(&file)?)
            .stderr(file)
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        Ok(Self { name: name.to_owned(), child, log })
    }

    /// A sentence about its end, where it has ended.
    pub fn ended(&mut self) -> Outcome<Option<String>> {
        let sentence = |status: ExitStatus| {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            let last = lines[lines.len().saturating_sub(5)..].join("\n");
            format!("{} has ended ({status}). The last lines of {}:\n{last}", self.name, self.log.display())
        };
        Ok(self.child.try_wait()?.map(sentence))
    }

    /// Asks it to stop and waits for it.
    ///
    /// # Errors
    /// It ended otherwise than by exit code 0, or not in time; then it was killed.
    pub async fn stop(mut self) -> Outcome {
        if self.child.try_wait()?.is_none() {
            kill_process(self.pid()?, Signal::TERM)?;
        }
        let deadline = Instant::now() + STOP_WITHIN;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                return if status.success() {
                    Ok(())
                } else {
                    Err(format!("{} has ended with {status}, see {}", self.name, self.log.display()).into())
                };
            }
            sleep(LOOK_EVERY).await;
        }
        Err(format!("{} did not stop in {} s and was killed", self.name, STOP_WITHIN.as_secs()).into())
    }

    /// Kills it with SIGKILL.
    pub fn kill(mut self) -> Outcome {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    fn pid(&self) -> Outcome<Pid> {
        let id = i32::try_from(self.child.id())?;
        Ok(Pid::from_raw(id).ok_or("a process without a number")?)
    }

    /// Waits until the api answers that it is ready.
    ///
    /// # Errors
    /// The program ended, or was not ready in time.
    pub async fn ready(&mut self, api: &Api) -> Outcome {
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            if let Some(sentence) = self.ended()? {
                return Err(sentence.into());
            }
            if api.is_ready().await {
                return Ok(());
            }
            sleep(LOOK_EVERY).await;
        }
        Err(format!(
            "{} was not ready in {} s, see {}",
            self.name,
            READY_WITHIN.as_secs(),
            self.log.display()
        )
        .into())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only where it has ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a program to its end and returns what it printed.
///
/// # Errors
/// It failed: with what it said.
pub fn run_to_end(program: &Path, arguments: &[&str], variables: &Environment) -> Outcome<String> {
    let output = Command::new(program)
        .args(arguments)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{} {}: {} ({})", program.display(), arguments.join(" "), said.trim(), output.status).into())
}

/// Waits until somebody tells this program to stop.
pub async fn told_to_stop() -> Outcome {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
