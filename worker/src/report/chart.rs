//! Charts: horizontal bars of stacked parts, for a page as inline SVG. There, lengths are percentages, so that a chart
//! fits a telephone and a sheet alike while its letters keep their size.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use minijinja::HtmlEscape;
use serde::Serialize;
use shared::domain::report::Snapshot;
use shared::domain::statistics::{MeasureCounts, ProblemCounts, Rate};
use shared::domain::text::TextEnum;
use shared::messages::words;

/// A bar of a chart.
#[derive(Serialize)]
pub struct Bar<'a> {
    /// What the bar stands for.
    label: &'a str,
    /// Its parts from left to right; their sum is its length.
    parts: Vec<Part>,
    /// What of it is done.
    done: Rate,
}

/// A part of a bar.
#[derive(Serialize)]
struct Part {
    /// What colours it.
    kind: &'static str,
    count: u32,
}

impl Part {
    fn new(kind: &'static str, count: u32) -> Self {
        Self { kind, count }
    }
}

/// The charts of chapter four by name: the whole, and by focus item, kind of unit and severity. A chart of
/// nothing has no bar.
pub fn charts(snapshot: &Snapshot) -> BTreeMap<&'static str, Vec<Bar<'_>>> {
    let statistics = &snapshot.statistics;
    let whole = [("问题", &statistics.total.problems)];
    let items = statistics.by_focus_item.iter();
    let items = items.map(|row| (zh("focus_item", row.focus_item), &row.problems));
    let kinds = statistics.by_unit_kind.iter();
    let kinds = kinds.map(|row| (zh("unit_kind", row.unit_kind), &row.problems));
    let severities = statistics.by_severity.iter().rev();
    let severities = severities.map(|row| (zh("severity", row.severity), &row.problems));
    let mut whole = problem_bars(whole.into_iter());
    whole.extend(measure_bar(&statistics.total.measures));
    [
        ("whole", whole),
        ("by_focus_item", problem_bars(items)),
        ("by_unit_kind", problem_bars(kinds)),
        ("by_severity", problem_bars(severities)),
    ]
    .into()
}

/// What colours a part, in hexadecimal: the same in every format.
pub const COLOURS: [(&str, &str); 4] =
    [("closed", "2F6B4F"), ("in_progress", "8DB4D8"), ("overdue", "B3261E"), ("deferred", "C3BBA9")];

/// A bar as cells of a row.
#[derive(Serialize)]
pub struct Piece<'a> {
    label: &'a str,
    done: Rate,
    /// From left to right; together as wide as the text.
    parts: Vec<Cell>,
}

/// A coloured cell, or the blank one after them.
#[derive(Serialize)]
struct Cell {
    kind: Option<&'static str>,
    width: u32,
}

/// Bars as cells, the longest as wide as the text.
pub fn pieces<'a>(bars: Vec<Bar<'a>>, width: u32) -> Vec<Piece<'a>> {
    let length = |bar: &Bar| bar.parts.iter().map(|part| part.count).sum::<u32>();
    let longest = bars.iter().map(length).max().unwrap_or(0).max(1);
    let piece = |Bar { label, parts, done }: Bar<'a>| {
        let cell = |part: Part| {
            let share = u64::from(width) * u64::from(part.count) / u64::from(longest);
            Cell { kind: Some(part.kind), width: u32::try_from(share).unwrap_or(width) }
        };
        let mut parts: Vec<Cell> = parts.into_iter().map(cell).filter(|cell| cell.width > 0).collect();
        let blank = width - parts.iter().map(|cell| cell.width).sum::<u32>();
        if blank > 0 {
            parts.push(Cell { kind: None, width: blank });
        }
        Piece { label, done, parts }
    };
    bars.into_iter().map(piece).collect()
}

fn zh(list: &str, value: impl TextEnum) -> &'static str {
    words::zh(list, value.as_str()).unwrap_or_default()
}

/// A bar for each row that has a problem.
fn problem_bars<'a>(rows: impl Iterator<Item = (&'a str, &'a ProblemCounts)>) -> Vec<Bar<'a>> {
    let bar = |(label, counts): (&'a str, &'a ProblemCounts)| Bar {
        label,
        parts: vec![
            Part::new("closed", counts.closed),
            Part::new("in_progress", counts.in_progress - counts.overdue),
            Part::new("overdue", counts.overdue),
            Part::new("deferred", counts.deferred),
        ],
        done: counts.closed_rate,
    };
    rows.filter(|(_, counts)| counts.total > 0).map(bar).collect()
}

fn measure_bar(counts: &MeasureCounts) -> Option<Bar<'static>> {
    let parts = vec![Part::new("closed", counts.done), Part::new("in_progress", counts.total - counts.done)];
    (counts.total > 0).then_some(Bar { label: "整改措施", parts, done: counts.done_rate })
}

/// Height of a bar with its label.
const ROW: usize = 46;

/// A chart as SVG, whose longest bar fills the width; nothing where there is no bar.
pub fn svg(bars: &[Bar]) -> String {
    let length = |bar: &Bar| bar.parts.iter().map(|part| part.count).sum::<u32>();
    let longest = bars.iter().map(length).max().unwrap_or(0);
    if longest == 0 {
        return String::new();
    }
    let mut svg = format!(r#"<svg class="chart" role="img" width="100%" height="{}">"#, bars.len() * ROW);
    for (index, bar) in bars.iter().enumerate() {
        let y = index * ROW;
        let Rate { numerator, denominator, .. } = bar.done;
        // Writing into a String cannot fail.
        let _ = write!(
            svg,
            r#"<text x="0" y="{0}">{1}</text><text x="100%" y="{0}" text-anchor="end">{numerator}/{denominator}</text>"#,
            y + 16,
            HtmlEscape(bar.label)
        );
        let mut before = 0;
        for Part { kind, count } in bar.parts.iter().filter(|part| part.count > 0) {
            let _ = write!(
                svg,
                r#"<rect class="{kind}" x="{}" y="{}" width="{}" height="14"/>"#,
                percent(before, longest),
                y + 24,
                percent(*count, longest)
            );
            before += count;
        }
    }
    svg.push_str("</svg>");
    svg
}

/// A length in hundredths of a percent, cut so that the parts of a bar never outgrow it.
fn percent(count: u32, longest: u32) -> String {
    let hundredths = u64::from(count) * 10_000 / u64::from(longest);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(label: &str, closed: u32, overdue: u32) -> Bar<'_> {
        let parts = vec![Part::new("closed", closed), Part::new("overdue", overdue)];
        Bar { label, parts, done: Rate::of(closed, closed + overdue) }
    }

    #[test]
    fn parts_stand_one_after_the_other_and_the_longest_bar_fills_the_width() {
        let drawn = svg(&[bar("a", 1, 2), bar("b", 0, 1)]);
        let rects: Vec<_> =
            drawn.split("<rect ").skip(1).map(|rect| rect.split("/>").next().unwrap()).collect();
        let expected = [
            r#"class="closed" x="0.00%" y="24" width="33.33%" height="14""#,
            r#"class="overdue" x="33.33%" y="24" width="66.66%" height="14""#,
            r#"class="overdue" x="0.00%" y="70" width="33.33%" height="14""#,
        ];
        assert_eq!(rects, expected);
    }

    #[test]
    fn cells_fill_the_width_and_the_rest_is_blank() {
        let pieces = pieces(vec![bar("a", 1, 2), bar("b", 0, 1)], 100);
        let of = |piece: &Piece| piece.parts.iter().map(|cell| (cell.kind, cell.width)).collect::<Vec<_>>();
        assert_eq!(of(&pieces[0]), [(Some("closed"), 33), (Some("overdue"), 66), (None, 1)]);
        assert_eq!(of(&pieces[1]), [(Some("overdue"), 33), (None, 67)]);
    }

    #[test]
    fn labels_are_text_and_a_chart_of_nothing_is_none() {
        assert!(svg(&[bar("<b>&", 1, 0)]).contains(">&lt;b&gt;&amp;</text>"));
        assert_eq!(svg(&[bar("a", 0, 0)]), "");
        assert_eq!(svg(&[]), "");
    }
}
