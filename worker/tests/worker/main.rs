//! The worker's tests, one binary.

mod golden;
mod mail_message;
mod mail_render;
mod mail_transport;
mod notices;
mod report;
mod report_material;
mod smtp_server;
