//! Log lines of both processes. They hold path templates, ids and counts, never query strings,
//! tokens or personal data.

use tracing_subscriber::EnvFilter;

use crate::config::{InvalidSetting, LogFormat, Settings};

/// Starts logging to standard error.
///
/// # Errors
/// `XUNJIAN_LOG` is no filter.
pub fn start(settings: &Settings) -> Result<(), InvalidSetting> {
    let filter = EnvFilter::try_new(&settings.log)
        .map_err(|error| InvalidSetting { setting: "XUNJIAN_LOG".to_owned(), reason: error.to_string() })?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match settings.log_format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    // A second start in one process (tests run several servers) keeps the first subscriber.
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
    Ok(())
}
