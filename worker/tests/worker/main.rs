//! The worker's tests, one binary.
//!
//! PostgreSQL comes from `XUNJIAN_TEST_POSTGRES`, which `scripts/test` and `scripts/with-postgres` set.

#[path = "../../../api/tests/api/support/database.rs"]
mod database;

mod cli;
mod delivery;
mod golden;
mod invitation;
mod job;
mod mail_dialogue;
mod mail_encryption;
mod mail_faults;
mod mail_message;
mod mail_render;
mod mail_transport;
mod notices;
mod rectification;
mod rendering;
mod report;
mod report_campaign;
mod report_docx;
mod report_hostile_text;
mod report_job;
mod report_material;
mod report_pdf;
mod report_public;
mod report_templates;
mod report_xlsx;
mod scan;
mod set_aside;
mod smtp_server;
mod sweep;
mod world;

/// The program under test.
fn program() -> std::path::PathBuf {
    env!("CARGO_BIN_EXE_xunjian-worker").into()
}
