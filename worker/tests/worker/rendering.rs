//! Rendering in a process of its own.

use std::time::Duration;

use shared::domain::report::ReportFormat;
use shared::domain::text::TextEnum;
use xunjian_worker::report::process::{RenderFailure, Rendering};
use xunjian_worker::report::render;

use crate::report_material::{material, templates, version};

fn rendering() -> Rendering {
    Rendering {
        program: crate::program(),
        fonts_dir: None,
        templates: None,
        memory_mb: 2048,
        time: Duration::from_secs(600),
    }
}

#[tokio::test]
async fn a_process_writes_the_bytes_that_the_program_itself_would() {
    let bytes = version(material()).snapshot.canonical().unwrap();
    for &format in ReportFormat::ALL {
        let rendered = rendering().render(format, &bytes).await.unwrap();
        assert!(rendered == render(format, version(material()), &templates(), None).unwrap(), "{format}");
    }
}

#[tokio::test]
async fn what_takes_too_long_or_too_much_ends_with_the_limit_that_it_met() {
    let bytes = version(material()).snapshot.canonical().unwrap();
    let render = async |limits: Rendering| limits.render(ReportFormat::Pdf, &bytes).await;
    let none = Rendering { time: Duration::ZERO, ..rendering() };
    assert!(matches!(render(none).await, Err(RenderFailure::TimedOut(_))));
    let little = Rendering { memory_mb: 112, ..rendering() };
    assert!(matches!(render(little).await, Err(RenderFailure::OutOfMemory(112))));
    // Less than the fonts take: none of them is left out for it.
    let less = Rendering { memory_mb: 64, ..rendering() };
    assert!(matches!(less.missing(&bytes).await, Err(RenderFailure::OutOfMemory(64))));
}

#[tokio::test]
async fn what_is_no_snapshot_is_told_in_words() {
    let told = rendering().render(ReportFormat::Html, b"{}").await.unwrap_err().to_string();
    assert!(told.contains("missing field"), "{told}");
}
