//! Pure rules of the inspection: no database, network, file or clock call lives here.

pub mod actor;
pub mod id;
pub mod instant;
pub mod machine;
pub mod refusal;
pub mod text;
