//! The tags of a template: each in one piece, and block tags in the place of what they stand for.

use std::ops::Range;

use super::TemplateError;

/// A piece of XML: markup, or text between it.
struct Token {
    text: String,
    is_markup: bool,
}

/// A paragraph that is open: where it begins, and its texts.
struct Paragraph {
    start: usize,
    texts: Vec<usize>,
}

/// A row that is open: where it begins, its paragraphs and those of them with text, and the tags that stand for it.
struct Row {
    start: usize,
    paragraphs: usize,
    with_text: usize,
    tags: Vec<String>,
}

/// Puts each tag of a part into one piece, wherever Word tore it apart, and block tags in the place of what they stand for.
///
/// # Errors
/// A tag that cannot be filled where it stands.
pub fn mend(part: &str, xml: &str) -> Result<String, TemplateError> {
    let mut mending =
        Mending { part, tokens: tokens(xml), paragraphs: Vec::new(), rows: Vec::new(), number: 1 };
    let mut in_text = false;
    for at in 0..mending.tokens.len() {
        if !mending.tokens[at].is_markup {
            if let Some(paragraph) = mending.paragraphs.last_mut().filter(|_| in_text) {
                paragraph.texts.push(at);
            }
            continue;
        }
        match element(&mending.tokens[at].text) {
            ("w:p", true) => mending.end_line(at),
            (_, true) => {}
            ("w:t", _) => in_text = true,
            ("/w:t", _) => in_text = false,
            ("w:p", _) => mending.paragraphs.push(Paragraph { start: at, texts: Vec::new() }),
            ("w:tr", _) => {
                mending.rows.push(Row { start: at, paragraphs: 0, with_text: 0, tags: Vec::new() });
            }
            ("/w:p", _) => mending.end_paragraph(at)?,
            ("/w:tr", _) => mending.end_row(at)?,
            _ => {}
        }
    }
    Ok(mending.tokens.into_iter().map(|token| token.text).collect())
}

/// A part on its way.
struct Mending<'a> {
    part: &'a str,
    tokens: Vec<Token>,
    paragraphs: Vec<Paragraph>,
    rows: Vec<Row>,
    /// The paragraph that ends next, from 1.
    number: usize,
}

impl Mending<'_> {
    fn end_line(&mut self, at: usize) {
        self.tokens[at].text.push('\n');
        self.number += 1;
    }

    fn end_paragraph(&mut self, at: usize) -> Result<(), TemplateError> {
        let Some(paragraph) = self.paragraphs.pop() else { return Ok(()) };
        let found = join(&mut self.tokens, &paragraph.texts);
        let found = found.map_err(|tag| self.wrong("a tag without an end", &tag))?;
        let all: String = paragraph.texts.iter().map(|at| self.tokens[*at].text.as_str()).collect();
        let alone = |tag: &str| all.trim() == tag;
        for tag in &found {
            if let Some(block) = block_tag(tag, "p") {
                if !alone(tag) {
                    return Err(self.wrong("a tag of a paragraph beside other text", tag));
                }
                replace(&mut self.tokens, paragraph.start..at, &block);
            } else if let Some(block) = block_tag(tag, "tr") {
                match self.rows.last_mut().filter(|_| alone(tag)) {
                    Some(row) => row.tags.push(block),
                    None => return Err(self.wrong("a tag of a row beside other text, or in no row", tag)),
                }
            }
        }
        if let Some(row) = self.rows.last_mut() {
            row.paragraphs += 1;
            row.with_text += usize::from(!all.trim().is_empty());
        }
        self.end_line(at);
        Ok(())
    }

    fn end_row(&mut self, at: usize) -> Result<(), TemplateError> {
        let Some(row) = self.rows.pop().filter(|row| !row.tags.is_empty()) else { return Ok(()) };
        let [tag] = &row.tags[..] else {
            return Err(self.wrong("more than one tag of the same row", &row.tags.concat()));
        };
        if row.with_text > 1 {
            return Err(self.wrong("a tag of a row beside other text", tag));
        }
        // The lines of the row's paragraphs still count.
        let lines = "\n".repeat(row.paragraphs);
        replace(&mut self.tokens, row.start..at, &format!("{tag}{lines}"));
        Ok(())
    }

    fn wrong(&self, what: &'static str, tag: &str) -> TemplateError {
        let tag = tag.chars().take(80).collect();
        TemplateError::Tag { part: self.part.to_owned(), paragraph: self.number, what, tag }
    }
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

/// The name of an element that begins, with a stroke that of one that ends; and whether it has no content.
fn element(markup: &str) -> (&str, bool) {
    let inner = markup.trim_start_matches('<');
    let name = inner.split([' ', '>', '\t']).next().unwrap_or_default();
    (name.trim_end_matches('/'), markup.ends_with("/>"))
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
}
