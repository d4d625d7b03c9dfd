//! What all requests share.

use shared::config::Settings;
use shared::store::Store;
use tokio::sync::Semaphore;

use crate::metrics::Metrics;

/// The process's state, one for all threads.
pub struct State {
    pub store: Store,
    pub settings: Settings,
    /// As many passwords are hashed at once as there are cores: hashing is meant to be expensive.
    pub hashing: Semaphore,
    pub metrics: Metrics,
}

impl State {
    pub fn new(settings: Settings, store: Store) -> prometheus::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self { store, settings, hashing: Semaphore::new(cores), metrics: Metrics::new()? })
    }
}
