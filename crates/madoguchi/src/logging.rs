//! The log: to stderr, as lines for people or as JSON. No part of the program logs a body, a query or a secret.

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// The log cannot be written as the configuration wants it.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter is none.
    #[error("log.filter is no filter ({0}); write a level such as info, or info,store=debug")]
    Filter(String),
}

/// Starts the log of this process; a second time changes nothing.
pub fn start(log: &Log) -> Result<(), LogError> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|error| LogError::Filter(error.to_string()))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // The one error is a log that was started before, which tests do.
    let _ignored = match log.format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.with_ansi(false).with_target(false).try_init(),
    };
    Ok(())
}
