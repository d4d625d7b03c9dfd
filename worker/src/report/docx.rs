//! The report as a document to be worked on, in the layout of official documents, for Word and WPS.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use chrono::SecondsFormat;
use documents::package::Package;
use documents::template::{Content, Part, TemplateError, part, style_ids};
use minijinja::value::Serde;
use minijinja::{Environment, Error, HtmlEscape, Value, context};

use super::chart::{COLOURS, Piece, charts, pieces};
use super::data::data;
use super::html::paragraphs;
use super::templates::{Templates, environment};
use super::{ReportError, Version};

/// The width of the text in twentieths of a point.
const WIDTH: u32 = 8_840;

/// A record of more characters may go on on the next page: it could be longer than one.
const KEPT: usize = 600;

/// Files of the built-in template, by path.
macro_rules! files {
    ($($path:literal: $file:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("../../templates/report/docx/", $file)))),+]
    };
}

/// The built-in template, which an office may change and put in its place.
pub const PARTS: &[(&str, &str)] = files![
    "[Content_Types].xml": "content-types.xml",
    "_rels/.rels": "package.rels",
    "word/_rels/document.xml.rels": "document.rels",
    "word/document.xml": "document.xml",
    "word/styles.xml": "styles.xml",
    "word/settings.xml": "settings.xml",
    "word/footer-odd.xml": "footer-odd.xml",
    "word/footer-even.xml": "footer-even.xml",
    "docProps/app.xml": "app.xml",
    "docProps/core.xml": "core.xml",
];

/// What every template can put in: tables, charts and prose.
pub const PIECES: &[(&str, &str)] = files![
    "pieces.xml": "pieces.xml",
    "annex_problems.xml": "annex_problems.xml",
    "annex_orders.xml": "annex_orders.xml",
    "annex_responsibilities.xml": "annex_responsibilities.xml",
    "annex_self_checks.xml": "annex_self_checks.xml",
    "annex_leader_offices.xml": "annex_leader_offices.xml",
];

/// Makes the pieces known. It stands before a text's first paragraph, in the same line: lines are counted.
const KNOWN: &str = "{% from \"pieces.xml\" import p, prose, units_table, kinds_table, leaders_table, problems_table, escalations_table, chart %}";

/// The styles of a template.
const STYLES: &str = "word/styles.xml";

/// What tells of the document beside its text is the service's own in every template: its time is the snapshot's.
const CORE: &str = "docProps/core.xml";

/// The parts of the built-in template.
///
/// # Errors
/// A tag of it that cannot be filled.
pub fn built_in() -> Result<Vec<Part>, TemplateError> {
    PARTS.iter().map(|(path, content)| part((*path).to_owned(), content.as_bytes().to_vec())).collect()
}

/// Writes a version. The same version and template give the same bytes.
///
/// # Errors
/// A template that does not fit the data.
pub fn render(version: &Version, templates: &Templates) -> Result<Vec<u8>, ReportError> {
    let environment = filling(&templates.docx, version)?;
    let charts: BTreeMap<&str, Vec<Piece>> =
        charts(&version.snapshot).into_iter().map(|(name, bars)| (name, pieces(bars, WIDTH))).collect();
    let created_at = version.snapshot.header.compiled_at.to_utc();
    let data = context! {
        created_at => created_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        charts => Value::from(Serde(charts)),
        colours => Value::from(Serde(BTreeMap::from(COLOURS))),
        ..data(version)
    };
    let mut package = Package::new();
    for Part { path, content } in &templates.docx {
        match content {
            Content::Fixed(content) if path != CORE => package.add(path, content)?,
            _ => {
                let template = environment.get_template(path)?;
                package.add_xml(path, |xml| {
                    template.render_captured_to(&data, xml).map(drop).map_err(ReportError::from)
                })?;
            }
        }
    }
    Ok(package.finish()?)
}

/// The source of a part or a piece, as errors count in it.
pub fn source(parts: &[Part], name: &str) -> Option<String> {
    let piece = PIECES.iter().chain(PARTS).find(|(known, _)| *known == name);
    let own = parts.iter().find(|part| part.path == name).and_then(|part| match &part.content {
        Content::Tagged(source) => Some(format!("{KNOWN}{source}")),
        Content::Fixed(_) => None,
    });
    own.or_else(|| piece.map(|(_, source)| (*source).to_owned()))
}

/// What fills the tags of a template.
fn filling<'a>(parts: &'a [Part], version: &Version) -> Result<Environment<'a>, Error> {
    let mut environment = environment(&version.snapshot)?;
    environment.add_filter("paragraphs", paragraphs);
    let styles = Styles::of(parts);
    let cell = styles.tag("Cell");
    environment.add_function("style_of", move |id: &str| Value::from_safe_string(styles.tag(id)));
    environment.add_function("record", move |widths: Vec<u32>, centred: Vec<usize>, texts: Vec<Value>| {
        record(&cell, &widths, &centred, &texts)
    });
    for (name, source) in PIECES {
        environment.add_template(name, source)?;
    }
    for Part { path, content } in parts {
        if let Content::Tagged(source) = content {
            environment.add_template_owned(path.clone(), format!("{KNOWN}{source}"))?;
        }
    }
    let core = PARTS.iter().find(|(path, _)| *path == CORE).map_or("", |(_, source)| source);
    environment.add_template(CORE, core)?;
    Ok(environment)
}

/// The styles of a template by the ids that they have in the built-in one. A template that was saved by another program has
/// other ids, and may lack a style.
struct Styles(HashMap<String, String>);

impl Styles {
    fn of(parts: &[Part]) -> Self {
        let own = parts.iter().find(|part| part.path == STYLES).and_then(|part| match &part.content {
            Content::Fixed(content) => str::from_utf8(content).ok(),
            Content::Tagged(_) => None,
        });
        let built_in = PARTS.iter().find(|(path, _)| *path == STYLES).map_or("", |(_, content)| content);
        let mut own = style_ids(own.unwrap_or_default());
        let known = style_ids(built_in).into_iter();
        Self(known.filter_map(|(name, id)| Some((id, own.remove(&name)?))).collect())
    }

    /// What gives a paragraph its style; nothing where the template has none of that name.
    fn tag(&self, id: &str) -> String {
        self.0.get(id).map_or_else(String::new, |own| format!("<w:pStyle w:val=\"{}\"/>", HtmlEscape(own)))
    }
}

/// A row of a long table: the tag of its style, the widths of its cells, which of them are centred, and their texts, whose lines are paragraphs.
/// There are tens of thousands of such rows, and a macro takes ten times as long.
fn record(style: &str, widths: &[u32], centred: &[usize], texts: &[Value]) -> Value {
    let texts: Vec<String> = texts.iter().map(Value::to_string).collect();
    let length: usize = texts.iter().map(|text| text.chars().count()).sum();
    let mut row = String::from("<w:tr>");
    if length < KEPT {
        row.push_str("<w:trPr><w:cantSplit/></w:trPr>");
    }
    for (at, (width, text)) in widths.iter().zip(&texts).enumerate() {
        let align = if centred.contains(&at) { "<w:jc w:val=\"center\"/>" } else { "" };
        let style = format!("<w:pPr>{style}{align}</w:pPr>");
        // Writing into a String cannot fail.
        let _ = write!(
            row,
            "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/><w:vAlign w:val=\"center\"/></w:tcPr>"
        );
        let lines = paragraphs(text);
        for line in &lines {
            let line = HtmlEscape(line);
            let _ = write!(row, "<w:p>{style}<w:r><w:t xml:space=\"preserve\">{line}</w:t></w:r></w:p>");
        }
        if lines.is_empty() {
            let _ = write!(row, "<w:p>{style}</w:p>");
        }
        row.push_str("</w:tc>");
    }
    row.push_str("</w:tr>");
    Value::from_safe_string(row)
}
