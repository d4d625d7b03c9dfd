//! The programs as processes, on both engines.

mod place;
#[path = "../../../api/tests/api/support/proxy.rs"]
mod proxy;
mod readme;
mod soak;
mod start;
mod together;
