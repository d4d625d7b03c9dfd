//! What `scripts/run` hands over to: the service started for a newcomer, and the plan of 2023 lived through. It knows
//! the service by its public API and its two programs only, so that it also shows that these suffice.

pub mod accounts;
pub mod client;
pub mod operations;
pub mod plan;
pub mod processes;
pub mod seed;
pub mod settings;
pub mod start;
pub mod story;

/// Success, or a sentence that says what failed.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
