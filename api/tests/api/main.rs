//! The api as its callers meet it: a real server over HTTP, on both engines.
//!
//! PostgreSQL comes from `XUNJIAN_TEST_POSTGRES`, which `scripts/test` and `scripts/with-postgres` set.

mod contract;
mod support;

mod area_standard;
mod attachment;
mod audit_event;
mod bounds;
mod broken_connection;
mod campaign;
mod dictionary;
mod discrepancy;
mod escalation;
mod finding;
mod form;
mod inspection;
mod leader_office;
mod leader_office_sheet;
mod lost_update;
mod migration;
mod notice;
mod one_time_link;
mod operation;
mod own_unit;
mod rectification;
mod report;
mod rule_setting;
mod self_check;
mod sequence;
mod service_account;
mod session;
mod statistics;
mod unit;
mod user;
mod visit;
mod workday;
