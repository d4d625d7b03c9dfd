//! The worker's tests, one binary.

mod golden;
mod mail_message;
mod mail_render;
mod mail_transport;
mod notices;
mod smtp_server;
