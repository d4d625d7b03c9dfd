//! Pure rules of the inspection: no database, network, file or clock call lives here.

pub mod actor;
pub mod answer;
pub mod area;
pub mod campaign;
pub mod email;
pub mod evidence;
pub mod finding;
pub mod focus_item;
pub mod id;
pub mod instant;
pub mod machine;
pub mod measure;
pub mod notice;
pub mod notice_content;
pub mod overdue;
pub mod phase;
pub mod rectification;
pub mod refusal;
pub mod report;
pub mod room;
pub mod self_check;
pub mod sending_hours;
pub mod statistics;
pub mod text;
pub mod unit;
pub mod workday;
