//! Office documents as templates: made in Word or WPS, with tags in their text that are filled later.
//!
//! A tag is `{{ … }}`, `{% … %}` or `{# … #}` within one paragraph. `{%p … %}` and `{{p … }}` stand alone in a paragraph and
//! take its place, `{%tr … %}` stands alone in a row of a table and takes the row's place.

use std::collections::HashMap;
use std::io::{self, Cursor, Read};
use std::ops::Range;

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
        Content::Tagged(mend(&path, text(&path, &content)?)?)
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

/// A piece of XML: markup, or text between it.
struct Token {
    text: String,
    is_markup: bool,
}

/// An element that is open: where it begins, and the texts and tags that it holds.
#[derive(Default)]
struct Open {
    start: usize,
    texts: Vec<usize>,
    tags: Vec<String>,
}

/// Puts each tag into one piece, wherever Word tore it apart, and block tags in the place of what they stand for.
fn mend(path: &str, xml: &str) -> Result<String, TemplateError> {
    let mut tokens = tokens(xml);
    let (mut paragraphs, mut rows) = (Vec::<Open>::new(), Vec::<Open>::new());
    let mut number = 1;
    let mut in_text = false;
    for at in 0..tokens.len() {
        if !tokens[at].is_markup {
            if let Some(paragraph) = paragraphs.last_mut().filter(|_| in_text) {
                paragraph.texts.push(at);
            }
            continue;
        }
        let wrong = |what, tag: &str| TemplateError::Tag {
            part: path.to_owned(),
            paragraph: number,
            what,
            tag: tag.chars().take(80).collect(),
        };
        if tokens[at].text.starts_with("<w:p/")
            || tokens[at].text.starts_with("<w:p ") && tokens[at].text.ends_with("/>")
        {
            tokens[at].text.push('\n');
            number += 1;
            continue;
        }
        match element(&tokens[at].text) {
            "w:t" => in_text = true,
            "/w:t" => in_text = false,
            "w:p" => paragraphs.push(Open { start: at, ..Open::default() }),
            "w:tr" => rows.push(Open { start: at, ..Open::default() }),
            "/w:p" => {
                let Some(paragraph) = paragraphs.pop() else { continue };
                let found =
                    join(&mut tokens, &paragraph.texts).map_err(|tag| wrong("a tag without an end", &tag))?;
                let all: String = paragraph.texts.iter().map(|at| tokens[*at].text.as_str()).collect();
                let alone = |tag: &str| all.trim() == tag;
                for tag in &found {
                    if let Some(block) = block_tag(tag, "p") {
                        if !alone(tag) {
                            return Err(wrong("a tag of a paragraph beside other text", tag));
                        }
                        replace(&mut tokens, paragraph.start..at, &block);
                    } else if let Some(block) = block_tag(tag, "tr") {
                        let row = rows.last_mut().filter(|_| alone(tag));
                        let row =
                            row.ok_or_else(|| wrong("a tag of a row beside other text, or in no row", tag))?;
                        row.tags.push(block);
                    }
                }
                if let Some(row) = rows.last_mut() {
                    row.texts.push(usize::from(!all.trim().is_empty()));
                }
                tokens[at].text.push('\n');
                number += 1;
            }
            "/w:tr" => {
                let Some(row) = rows.pop().filter(|row| !row.tags.is_empty()) else { continue };
                let [tag] = &row.tags[..] else {
                    return Err(wrong("more than one tag of the same row", &row.tags.concat()));
                };
                if row.texts.iter().sum::<usize>() > 1 {
                    return Err(wrong("a tag of a row beside other text", tag));
                }
                let lines = "\n".repeat(row.texts.len());
                replace(&mut tokens, row.start..at, &format!("{tag}{lines}"));
                tokens[at].text.clear();
            }
            _ => {}
        }
    }
    Ok(tokens.into_iter().map(|token| token.text).collect())
}

/// Splits XML into markup and texts. A line of the result is a paragraph, so that other ends of lines are blanks.
fn tokens(xml: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = xml;
    while !rest.is_empty() {
        let is_markup = rest.starts_with('<');
        let end = if is_markup { rest.find('>').map(|end| end + 1) } else { rest.find('<') };
        let (token, after) = rest.split_at(end.unwrap_or(rest.len()));
        tokens.push(Token { text: token.replace(['\r', '\n'], " "), is_markup });
        rest = after;
    }
    tokens
}

/// The name of an element that begins, with a stroke that of one that ends; nothing of one without content.
fn element(markup: &str) -> &str {
    if markup.ends_with("/>") {
        return "";
    }
    let inner = markup.trim_start_matches('<');
    inner.split([' ', '>', '\t', '\n']).next().unwrap_or_default()
}

/// Moves each tag into the text in which it begins, and tells the tags; the beginning of one without an end where there is
/// one.
fn join(tokens: &mut [Token], texts: &[usize]) -> Result<Vec<String>, String> {
    let whole: String = texts.iter().map(|at| tokens[*at].text.as_str()).collect();
    let found = tags(&whole)?;
    let mut from = 0;
    for at in texts {
        let token = &mut tokens[*at].text;
        let to = from + token.len();
        let mut mended = String::with_capacity(token.len());
        let mut place = from;
        for tag in found.iter().filter(|tag| tag.start < to && tag.end > from) {
            mended.push_str(whole.get(place..tag.start).unwrap_or_default());
            if tag.start >= from {
                mended.push_str(&plain(&whole[tag.clone()]));
            }
            place = tag.end;
        }
        mended.push_str(whole.get(place..to).unwrap_or_default());
        *token = mended;
        from = to;
    }
    Ok(found.into_iter().map(|tag| plain(&whole[tag])).collect())
}

/// Where the tags of a text are.
fn tags(text: &str) -> Result<Vec<Range<usize>>, String> {
    let mut found = Vec::new();
    let mut from = 0;
    let starts = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
    while let Some((start, end)) = starts
        .iter()
        .filter_map(|(start, end)| Some((text[from..].find(start)? + from, *end)))
        .min_by_key(|(start, _)| *start)
    {
        let length = text[start..].find(end).ok_or_else(|| text[start..].to_owned())?;
        from = start + length + end.len();
        found.push(start..from);
    }
    Ok(found)
}

/// A tag as it was meant: without XML's escapes and with straight quotation marks, which Word bends.
fn plain(tag: &str) -> String {
    let straight = tag.replace(['“', '”'], "\"").replace(['‘', '’'], "'");
    let unescaped = straight.replace("&quot;", "\"").replace("&apos;", "'").replace("&lt;", "<");
    unescaped.replace("&gt;", ">").replace("&amp;", "&")
}

/// The tag that stands in the place of a block of this kind, where the tag is one.
fn block_tag(tag: &str, kind: &str) -> Option<String> {
    let (open, rest) = tag.split_at_checked(2)?;
    let rest = rest.strip_prefix(kind)?;
    rest.starts_with(' ').then(|| format!("{open}{rest}"))
}

fn replace(tokens: &mut [Token], range: Range<usize>, text: &str) {
    let (first, rest) = (range.start, range.start + 1..range.end + 1);
    tokens[rest].iter_mut().for_each(|token| token.text.clear());
    tokens[first].text = text.to_owned();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(body: &str) -> Result<String, String> {
        mend("word/document.xml", body).map_err(|error| error.to_string())
    }

    #[test]
    fn a_torn_tag_stands_in_one_text_and_the_rest_stays() {
        let torn = "<w:p><w:r><w:t>甲{</w:t></w:r><w:r><w:t>{ campaign</w:t></w:r><w:bookmarkEnd/><w:r><w:t>.name }}乙{{ b }}</w:t></w:r></w:p>";
        let whole = "<w:p><w:r><w:t>甲{{ campaign.name }}</w:t></w:r><w:r><w:t></w:t></w:r><w:bookmarkEnd/><w:r><w:t>乙{{ b }}</w:t></w:r></w:p>\n";
        assert_eq!(mended(torn).unwrap(), whole);
    }

    #[test]
    fn quotation_marks_and_escapes_within_tags_are_plain() {
        let bent = "<w:p><w:t>“甲”{% if a == “b” and c &gt; 1 %}&amp;{% endif %}</w:t></w:p>";
        let plain = "<w:p><w:t>“甲”{% if a == \"b\" and c > 1 %}&amp;{% endif %}</w:t></w:p>\n";
        assert_eq!(mended(bent).unwrap(), plain);
    }

    #[test]
    fn block_tags_take_the_place_of_their_paragraph_or_row() {
        let body = "<w:p w:id=\"1\"><w:pPr/><w:r><w:t>{%p if a %}</w:t></w:r></w:p><w:p><w:t>甲</w:t></w:p>";
        assert_eq!(mended(body).unwrap(), "{% if a %}\n<w:p><w:t>甲</w:t></w:p>\n");
        let cell = |text: &str| format!("<w:tc><w:p><w:t>{text}</w:t></w:p></w:tc>");
        let rows = format!(
            "<w:tbl><w:tr>{}{}</w:tr><w:tr>{}</w:tr></w:tbl>",
            cell("{%tr for row in rows %}"),
            cell(""),
            cell("{{ row }}")
        );
        let filled = "<w:tbl>{% for row in rows %}\n\n<w:tr><w:tc><w:p><w:t>{{ row }}</w:t></w:p>\n</w:tc></w:tr></w:tbl>";
        assert_eq!(mended(&rows).unwrap(), filled);
    }

    #[test]
    fn what_cannot_be_filled_is_told_with_its_paragraph() {
        for (body, told) in [
            (
                "<w:p/><w:p><w:t>甲</w:t></w:p><w:p><w:t>{{ a</w:t></w:p>",
                "word/document.xml, paragraph 3: a tag without an end: {{ a",
            ),
            (
                "<w:p><w:t>甲{%p if a %}</w:t></w:p>",
                "word/document.xml, paragraph 1: a tag of a paragraph beside other text: {%p if a %}",
            ),
            (
                "<w:p><w:t>{%tr if a %}</w:t></w:p>",
                "word/document.xml, paragraph 1: a tag of a row beside other text, or in no row: {%tr if a %}",
            ),
        ] {
            assert_eq!(mended(body).unwrap_err(), told);
        }
    }

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
