//! Office documents: XML parts in one compressed file (ISO/IEC 29500).

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Why parts cannot be packed.
pub type PackageError = zip::result::ZipError;

/// A part of an office document.
pub struct Part {
    /// Its path in the package, the first being `[Content_Types].xml`.
    pub path: &'static str,
    /// XML.
    pub content: String,
}

/// Packs parts in their order. What XML does not allow is left out, and no time of day is kept: the same parts give the same
/// bytes.
///
/// # Errors
/// A document that is too large for the format.
pub fn pack(parts: Vec<Part>) -> Result<Vec<u8>, PackageError> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for Part { path, mut content } in parts {
        content.retain(is_xml);
        writer.start_file(path, options)?;
        writer.write_all(content.trim_start().as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}

/// Whether XML 1.0 allows a character.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}
