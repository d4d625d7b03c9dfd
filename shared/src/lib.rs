//! Models, rules and storage of the inspection service, used by the api and the worker.
//!
//! Imports point one way: [`domain`] (pure rules) is used by [`store`] (all SQL), and both
//! by the two processes, which never import each other.

pub mod config;
pub mod domain;
pub mod messages;
pub mod objects;
pub mod store;
pub mod telemetry;
pub mod token;
