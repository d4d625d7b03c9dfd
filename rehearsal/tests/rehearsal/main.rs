//! The programs as processes, on both engines.

mod place;
mod readme;
mod soak;
mod story;
mod together;
