//! The background worker: scans, notices, reports.

pub mod cli;
pub mod delivery;
pub mod jobs;
pub mod mail;
pub mod report;
pub mod runner;
pub mod scan;
pub mod stop;
pub mod worker;
