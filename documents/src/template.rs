//! Office documents as templates: made in Word or WPS, with tags in their text that are filled later.
//!
//! A tag is `{{ … }}`, `{% … %}` or `{# … #}` within one paragraph. `{%p … %}` and `{{p … }}` stand alone in a paragraph and
//! take its place, `{%tr … %}` stands alone in a row of a table and takes the row's place.

mod tags;

use std::collections::HashMap;
use std::io::{self, Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::package::{Package, PackageError};

/// A template has no more parts.
const PARTS: usize = 500;

/// A template takes no more bytes when it is unpacked.
const SIZE: u64 = 50 << 20;

/// What parts that only programs or other files can fill are called.
const FOREIGN: [&str; 4] = ["vbaProject", "activeX", "embeddings", "attachedToolbars"];

/// Why a file is no template.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// It is no office document.
    #[error("no office document: {0}")]
    Package(#[from] ZipError),
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is larger than a template may be.
    #[error("more than {PARTS} parts or {} MiB", SIZE >> 20)]
    TooLarge,
    /// It holds what a template must not hold.
    #[error("{part}: {what}")]
    Forbidden {
        /// The part.
        part: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A tag is not where it can be filled.
    #[error("{part}, paragraph {paragraph}: {what}: {tag}")]
    Tag {
        /// The part.
        part: String,
        /// The paragraph of the part, from 1, cells of tables included.
        paragraph: usize,
        /// What is wrong with it.
        what: &'static str,
        /// The tag, or its beginning.
        tag: String,
    },
}

/// A part of a template.
pub struct Part {
    /// Its path in the package.
    pub path: String,
    /// What it holds.
    pub content: Content,
}

/// What a part holds.
pub enum Content {
    /// XML with tags, a line for each paragraph.
    Tagged(String),
    /// What stays as it is.
    Fixed(Vec<u8>),
}

/// Reads an office document.
///
/// # Errors
/// It is none, it is too large, or it refers to anything outside itself; a tag that cannot be filled.
pub fn read(document: &[u8]) -> Result<Vec<Part>, TemplateError> {
    let mut archive = ZipArchive::new(Cursor::new(document))?;
    if archive.len() > PARTS {
        return Err(TemplateError::TooLarge);
    }
    let mut left = SIZE;
    let mut parts = Vec::new();
    for at in 0..archive.len() {
        let file = archive.by_index(at)?;
        let path = file.name()?.into_owned();
        if path.ends_with('/') {
            continue;
        }
        let mut content = Vec::new();
        let size = file.take(left + 1).read_to_end(&mut content)? as u64;
        left = left.checked_sub(size).ok_or(TemplateError::TooLarge)?;
        parts.push(part(path, content)?);
    }
    Ok(parts)
}

/// A part by its path and content.
///
/// # Errors
/// As [`read`].
pub fn part(path: String, content: Vec<u8>) -> Result<Part, TemplateError> {
    let forbidden = |what| TemplateError::Forbidden { part: path.clone(), what };
    if path.starts_with('/') || path.contains('\\') || path.split('/').any(|name| name == "..") {
        return Err(forbidden("a path that leads out of the document"));
    }
    if FOREIGN.iter().any(|name| path.contains(name)) {
        return Err(forbidden("a macro, a control or another document"));
    }
    if path.ends_with(".rels") && text(&path, &content)?.contains("TargetMode=\"External\"") {
        return Err(forbidden("a link to outside the document"));
    }
    let content = if is_filled(&path) {
        Content::Tagged(tags::mend(&path, text(&path, &content)?)?)
    } else {
        Content::Fixed(content)
    };
    Ok(Part { path, content })
}

/// The ids of paragraph styles by name. Programs keep the names when they save a document, and not the ids.
pub fn style_ids(styles: &str) -> HashMap<String, String> {
    let Ok(styles) = roxmltree::Document::parse(styles) else { return HashMap::new() };
    let value = |node: roxmltree::Node, name: &str| {
        node.attributes().find(|attribute| attribute.name() == name).map(|found| found.value().to_owned())
    };
    let style = |node: roxmltree::Node| {
        let name = node.children().find(|child| child.tag_name().name() == "name")?;
        Some((value(name, "val")?, value(node, "styleId")?))
    };
    styles.descendants().filter(|node| node.tag_name().name() == "style").filter_map(style).collect()
}

/// Packs parts as they are, as a template to begin with.
///
/// # Errors
/// A document that is too large for the format.
pub fn pack(parts: &[(&str, &str)]) -> Result<Vec<u8>, PackageError> {
    let mut package = Package::new();
    for (path, content) in parts {
        package.add(path, content.as_bytes())?;
    }
    package.finish()
}

/// Checks a document that was filled: Word opens it.
///
/// # Errors
/// A part that is no XML, or a cell of a table without a paragraph at its end.
pub fn check(document: &[u8]) -> Result<(), TemplateError> {
    let mut archive = ZipArchive::new(Cursor::new(document))?;
    for at in 0..archive.len() {
        let mut file = archive.by_index(at)?;
        let part = file.name()?.into_owned();
        if !is_filled(&part) {
            continue;
        }
        let mut content = String::new();
        file.read_to_string(&mut content)?;
        let Ok(xml) = roxmltree::Document::parse(&content) else {
            return Err(TemplateError::Forbidden { part, what: "no XML once it is filled" });
        };
        let ends_well = |cell: roxmltree::Node| {
            cell.last_element_child().is_some_and(|last| last.tag_name().name() == "p")
        };
        if xml.descendants().any(|node| node.tag_name().name() == "tc" && !ends_well(node)) {
            return Err(TemplateError::Forbidden {
                part,
                what: "a cell without a paragraph once it is filled",
            });
        }
    }
    Ok(())
}

fn text<'a>(path: &str, content: &'a [u8]) -> Result<&'a str, TemplateError> {
    str::from_utf8(content)
        .map_err(|_| TemplateError::Forbidden { part: path.to_owned(), what: "another encoding than UTF-8" })
}

/// Whether a part can have tags: the text, and what stands above and below it.
fn is_filled(path: &str) -> bool {
    let is_text =
        |name: &str| name == "document.xml" || name.starts_with("header") || name.starts_with("footer");
    path.ends_with(".xml") && path.strip_prefix("word/").is_some_and(is_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_out_of_a_template() {
        let rels = "<Relationships><Relationship TargetMode=\"External\" Target=\"file:///etc/passwd\"/></Relationships>";
        for (path, content) in [
            ("../word/document.xml", ""),
            ("/word/document.xml", ""),
            ("word\\document.xml", ""),
            ("word/vbaProject.bin", ""),
            ("word/embeddings/oleObject1.bin", ""),
            ("word/_rels/document.xml.rels", rels),
        ] {
            assert!(part(path.to_owned(), content.as_bytes().to_vec()).is_err(), "{path}");
        }
        assert!(matches!(read(b"no zip"), Err(TemplateError::Package(_))));
    }
}
