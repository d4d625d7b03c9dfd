//! Office documents: parts in one compressed file (ISO/IEC 29500).

use std::io::{self, Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Why parts cannot be packed.
pub type PackageError = zip::result::ZipError;

/// So much XML is compressed at once.
const CHUNK: usize = 1 << 16;

/// An office document on its way. No time of day is kept: the same parts in the same order give the same bytes.
pub struct Package {
    writer: ZipWriter<Cursor<Vec<u8>>>,
}

impl Package {
    /// A document without parts. The first has to be `[Content_Types].xml`.
    pub fn new() -> Self {
        Self { writer: ZipWriter::new(Cursor::new(Vec::new())) }
    }

    /// Packs a part as it is.
    ///
    /// # Errors
    /// A document that is too large for the format, or a path that stands in it already.
    pub fn add(&mut self, path: &str, content: &[u8]) -> Result<(), PackageError> {
        self.start(path)?;
        Ok(self.writer.write_all(content)?)
    }

    /// Packs a part of XML while it is written: it may be larger than the memory.
    ///
    /// # Errors
    /// As [`Self::add`], and what the writing says.
    pub fn add_xml<E: From<PackageError>>(
        &mut self,
        path: &str,
        write: impl FnOnce(&mut Xml<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.start(path)?;
        let mut xml = Xml { writer: &mut self.writer, waiting: String::new(), begun: false };
        write(&mut xml)?;
        Ok(xml.flush().map_err(PackageError::from)?)
    }

    /// The bytes of the document.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn finish(self) -> Result<Vec<u8>, PackageError> {
        Ok(self.writer.finish()?.into_inner())
    }

    fn start(&mut self, path: &str) -> Result<(), PackageError> {
        // Tables repeat themselves so much that the fastest way makes them small as well.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1))
            .last_modified_time(DateTime::default());
        self.writer.start_file(path, options)
    }
}

impl Default for Package {
    fn default() -> Self {
        Self::new()
    }
}

/// A part of XML that is being written. What XML does not allow is left out, and white space before its beginning.
pub struct Xml<'a> {
    writer: &'a mut ZipWriter<Cursor<Vec<u8>>>,
    waiting: String,
    begun: bool,
}

impl Write for Xml<'_> {
    /// Takes whole characters only.
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let mut known = str::from_utf8(text).map_err(io::Error::other)?;
        if !self.begun {
            known = known.trim_start();
            self.begun = !known.is_empty();
        }
        self.waiting.extend(known.chars().filter(|c| is_xml(*c)));
        if self.waiting.len() >= CHUNK {
            self.flush()?;
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.write_all(self.waiting.as_bytes())?;
        self.waiting.clear();
        Ok(())
    }
}

/// Whether XML 1.0 allows a character.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}
