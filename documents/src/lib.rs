//! Documents in official form (党政机关公文格式, GB/T 9704-2012): fonts found at run time, typesetting, and the packages of
//! office documents.
//!
//! This crate knows no record of the service. It takes a template and data, so that nothing else is linked
//! anew when the typesetter is.

pub mod fonts;
pub mod package;
pub mod role;
pub mod template;
pub mod typeset;
mod world;
