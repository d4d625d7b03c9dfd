//! What a file is by its bytes, whatever its name says, and whether it is too much for whoever opens it.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};

use shared::domain::attachment::MediaType;
use shared::domain::refusal::{Code, Refusal, Violation};
use zip::ZipArchive;

use crate::error::{Problem, ProblemCode};

/// Unpacked bytes of an archive at most.
const UNPACKED: u64 = 200 << 20;
/// Unpacked bytes for each packed one at most.
const RATIO: u64 = 100;
/// Entries of an archive at most.
const ENTRIES: usize = 1_000;
/// Pixels of a picture at most.
const PIXELS: usize = 40_000_000;

/// Enough for the signatures of all kinds that are taken.
const HEAD: u64 = 8 << 10;

/// The media type of a file.
///
/// # Errors
/// A kind that is not taken (415); an empty, broken or excessive file (422).
pub fn inspect(file: &mut File) -> Result<MediaType, Problem> {
    let mut head = Vec::new();
    rewound(file)?.take(HEAD).read_to_end(&mut head).map_err(Problem::internal)?;
    if head.is_empty() {
        return Err(Refusal::invalid("/file", Code::Blank).into());
    }
    if head.starts_with(b"PK\x03\x04") {
        return archive(file);
    }
    let media_type = match infer::get(&head).map(|kind| kind.mime_type()) {
        Some("image/jpeg") => MediaType::Jpeg,
        Some("image/png") => MediaType::Png,
        Some("image/heif") => MediaType::Heic,
        Some("application/pdf") => MediaType::Pdf,
        _ => return Err(Problem::new(ProblemCode::UnsupportedMediaType)),
    };
    if media_type.is_image() {
        let size = imagesize::reader_size(BufReader::new(rewound(file)?)).map_err(|_| broken())?;
        if size.width.saturating_mul(size.height) > PIXELS {
            return Err(too_large("40 megapixels"));
        }
    }
    Ok(media_type)
}

fn rewound(file: &mut File) -> Result<&mut File, Problem> {
    file.rewind().map_err(Problem::internal)?;
    Ok(file)
}

fn broken() -> Problem {
    Refusal::invalid("/file", Code::Malformed).into()
}

fn too_large(limit: &str) -> Problem {
    Refusal::Invalid(vec![Violation::with("/file", Code::TooLarge, limit)]).into()
}

/// A document that is an archive inside. What its directory claims is not believed: entries and bytes are
/// counted while they are read.
fn archive(file: &mut File) -> Result<MediaType, Problem> {
    let packed = file.metadata().map_err(Problem::internal)?.len();
    // Before the directory is read into memory, which takes much more than the file does.
    if directory_entries(rewound(file)?).map_err(Problem::internal)? > ENTRIES {
        return Err(too_large("1,000 entries"));
    }
    let mut archive = ZipArchive::new(rewound(file)?).map_err(|_| broken())?;
    let has = |name| archive.index_for_name(name).is_some();
    let macros = archive.file_names().any(|name| name.is_ok_and(|name| name.ends_with("vbaProject.bin")));
    let media_type = match (has("word/document.xml"), has("xl/workbook.xml")) {
        (true, false) => MediaType::Docx,
        (false, true) => MediaType::Xlsx,
        _ => return Err(Problem::new(ProblemCode::UnsupportedMediaType)),
    };
    if macros || !has("[Content_Types].xml") {
        return Err(Problem::new(ProblemCode::UnsupportedMediaType));
    }
    let mut left = UNPACKED.min(packed.saturating_mul(RATIO));
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|_| broken())?;
        let read = io::copy(&mut entry.take(left + 1), &mut io::sink()).map_err(|_| broken())?;
        left = left.checked_sub(read).ok_or_else(|| too_large("200 MiB, 100:1"))?;
    }
    Ok(media_type)
}

/// How many headers of a zip's central directory a file holds.
fn directory_entries(file: &mut File) -> io::Result<usize> {
    const SIGNATURE: &[u8] = b"PK\x01\x02";
    let mut found = 0;
    let mut window = Vec::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        let read = file.read(&mut buffer)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { return Ok(found) };
        window.extend_from_slice(part);
        found += window.windows(SIGNATURE.len()).filter(|bytes| *bytes == SIGNATURE).count();
        // A signature may lie across two reads.
        window.drain(..window.len().saturating_sub(SIGNATURE.len() - 1));
    }
}
