//! The background worker: scans, notices, reports.

pub mod mail;
pub mod report;
