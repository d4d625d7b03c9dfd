//! Pure rules of the inspection: no database, network, file or clock call lives here.

pub mod actor;
pub mod answer;
pub mod campaign;
pub mod email;
pub mod focus_item;
pub mod id;
pub mod instant;
pub mod machine;
pub mod phase;
pub mod refusal;
pub mod self_check;
pub mod text;
pub mod unit;
