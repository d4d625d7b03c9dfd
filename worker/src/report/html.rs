//! The report as one self-contained page, for the screen, the telephone and the printer.

use std::collections::BTreeMap;

use minijinja::{Error, HtmlEscape, Value, context};
use shared::messages::template::environment;

use super::Version;
use super::chart::{charts, svg};
use super::data::data;

/// The page.
pub const TEMPLATE: &str = include_str!("../../templates/report/report.html");

/// How it looks: the layout of official documents (GB/T 9704-2012, R51).
pub const STYLE: &str = include_str!("../../templates/report/report.css");

/// Renders a version. The same version gives the same bytes.
///
/// # Errors
/// A template that does not fit the data.
pub fn render(version: &Version) -> Result<String, Error> {
    let mut environment = environment()?;
    environment.add_template("report.html", TEMPLATE)?;
    environment.add_filter("paragraphs", paragraphs);
    environment.add_filter("nowrap", |text: &str| Value::from_safe_string(nowrap(text)));
    let charts = charts(&version.snapshot);
    let drawn = charts.into_iter().map(|(name, bars)| (name, Value::from_safe_string(svg(&bars))));
    environment.get_template("report.html")?.render(context! {
        style => Value::from_safe_string(STYLE.to_owned()),
        charts => drawn.collect::<BTreeMap<_, _>>(),
        ..data(version)
    })
}

/// The paragraphs of a text: a line each, without the indent that people type.
pub fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// Escapes a text and keeps each number in one line with what it counts, as official documents do:
/// `2023年`, `16家`, `81.3%`, `56号`.
fn nowrap(text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from
            .find(|c: char| !(c.is_ascii_digit() || ".%/".contains(c)))
            .map_or(from.len(), |end| end + measure_word(from.split_at(end).1));
        let (number, after) = from.split_at(end);
        html.push_str(&HtmlEscape(before).to_string());
        html.push_str(&format!("<span class=\"n\">{}</span>", HtmlEscape(number)));
        // Browsers keep a per cent sign and a bracket together; the line may well end between them.
        if after.starts_with('（') {
            html.push_str("<wbr>");
        }
        rest = after;
    }
    html.push_str(&HtmlEscape(rest).to_string());
    html
}

/// The length in bytes of the Chinese character that follows a number, 0 where another one does.
fn measure_word(rest: &str) -> usize {
    rest.chars().next().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).map_or(0, char::len_utf8)
}
