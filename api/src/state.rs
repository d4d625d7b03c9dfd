//! What all requests share.

use actix_web::web;
use shared::config::Settings;
use shared::objects::Objects;
use shared::store::Store;
use tokio::sync::Semaphore;

use crate::error::Problem;
use crate::metrics::Metrics;
use crate::password;

/// The process's state, one for all threads.
pub struct State {
    pub store: Store,
    /// The bytes of files.
    pub objects: Objects,
    pub settings: Settings,
    /// As many passwords are hashed at once as there are cores: hashing is meant to be expensive.
    hashing: Semaphore,
    pub metrics: Metrics,
}

impl State {
    pub fn new(settings: Settings, store: Store, objects: Objects) -> prometheus::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self { store, objects, settings, hashing: Semaphore::new(cores), metrics: Metrics::new()? })
    }

    /// Compares a password off the async threads.
    pub async fn verify_password(&self, password: String, hash: Option<String>) -> Result<bool, Problem> {
        let _permit = self.hashing.acquire().await.map_err(Problem::internal)?;
        let verified = web::block(move || password::verify(&password, hash.as_deref()));
        verified.await.map_err(Problem::internal)?.map_err(Problem::internal)
    }

    /// Hashes a new password in the same way.
    pub async fn hash_password(&self, password: String) -> Result<String, Problem> {
        let _permit = self.hashing.acquire().await.map_err(Problem::internal)?;
        let hashed = web::block(move || password::hash(&password));
        hashed.await.map_err(Problem::internal)?.map_err(Problem::internal)
    }
}
