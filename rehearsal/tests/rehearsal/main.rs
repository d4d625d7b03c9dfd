//! The programs as processes, on both engines.

mod place;
mod readme;
mod soak;
mod start;
mod together;
