//! What handlers take out of a request, with the problems of what is malformed there.

pub mod body;
pub mod caller;
pub mod if_match;
pub mod if_none_match;
mod json;
pub mod list;
pub mod parameter;
pub mod query;
