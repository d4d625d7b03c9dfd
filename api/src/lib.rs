//! The HTTP API of the inspection service.
//!
//! A handler extracts, lets the store decide and do, and responds; what is refused, and in which
//! order, is decided in one place each: [`auth`] (401), [`extract`] (400, 413, 415), the domain and
//! the store (404, 403, 428, 412, 409, 422), and [`error`] gives each its status.

mod admin;
mod answer;
mod app;
mod auth;
mod catalogue;
pub mod cli;
mod download;
pub mod error;
mod extract;
mod metrics;
pub mod openapi;
mod password;
mod request;
mod routes;
mod schema;
mod server;
mod state;

pub use server::Server;
