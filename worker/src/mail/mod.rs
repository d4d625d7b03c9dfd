//! Notices as e-mails: their words, the message, and the two ways out.

pub mod envelope;
mod files;
pub mod message;
pub mod render;
pub mod reply;
mod smtp;
mod smtp_url;
pub mod transport;
mod wire;

pub use smtp_url::InvalidSmtpUrl;
