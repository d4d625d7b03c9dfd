//! The statistics of the workbook: formulas over the lists, each with its result, and charts of them.

use rust_xlsxwriter::{
    Chart, ChartFormat, ChartSolidFill, ChartType, Color, Format, Formula, Worksheet, XlsxError,
};
use shared::domain::finding::Severity;
use shared::domain::focus_item::FocusItem;
use shared::domain::report::Snapshot;
use shared::domain::text::TextEnum;
use shared::domain::unit::UnitKind;
use shared::messages::words;

use super::lists::{Counted, OF_LEADERS, OF_MEASURES, OF_PROBLEMS, OF_UNITS};
use super::sheet::{Looks, Sheet, YES, height, letters, print_wide};
use crate::report::chart::COLOURS;

/// The name of the sheet.
pub const NAME: &str = "统计";

/// A column of a table.
enum Column<'a> {
    /// Counts the rows of a list that are marked in a column, or all of them.
    Count { title: &'static str, figure: &'static str, list: &'a Sheet, marked: Option<&'static str> },
    /// One column less another: places from the left, the label's being 0.
    Less { title: &'static str, of: usize, less: usize },
    /// One column by another.
    Rate { title: &'static str, of: usize, by: usize },
    /// The sum of a column of areas, with what the snapshot says for each row and the total.
    Area { title: &'static str, list: &'a Sheet, sum: &'static str, results: Vec<f64> },
}

/// A table: what its rows are, by the word of a dimension, and its columns.
struct Table<'a> {
    caption: &'static str,
    /// The dimension's list of words, and the title of its column in the lists.
    dimension: (&'static str, &'static str),
    words: Vec<&'static str>,
    columns: Vec<Column<'a>>,
}

/// What is written so far, and with what.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    looks: &'a Looks,
    rate: Format,
    snapshot: &'a Snapshot,
    row: u32,
}

/// Writes the tables, and a chart beside each of problems.
///
/// # Errors
/// A sheet that cannot be written.
pub fn write(
    sheet: &mut Worksheet,
    looks: &Looks,
    snapshot: &Snapshot,
    lists: &Counted,
) -> Result<(), XlsxError> {
    print_wide(sheet);
    sheet.set_column_width(0, 30)?;
    for at in 1..12 {
        sheet.set_column_width(at, 12)?;
    }
    let rate = looks.middle.clone().set_num_format("0.0%");
    let mut page = Page { sheet, looks, rate, snapshot, row: 0 };
    let title = format!("{}（{}）", snapshot.campaign.name, snapshot.header.number);
    page.sheet.write_string(0, 0, title)?;
    page.row = 2;
    page.table(&of_units(lists), None)?;
    page.table(&of_leaders(lists, snapshot), None)?;
    for (caption, dimension, words) in problem_dimensions() {
        page.table(&of_problems(caption, dimension, words, lists), Some(caption))?;
    }
    Ok(())
}

fn words_of<T: TextEnum>() -> Vec<&'static str> {
    T::ALL.iter().map(|word| word.as_str()).collect()
}

fn counts<'a>(figures: &[(&'static str, &'static str)], list: &'a Sheet) -> impl Iterator<Item = Column<'a>> {
    figures.iter().map(move |&(title, figure)| Column::Count { title, figure, list, marked: Some(title) })
}

fn of_units(lists: &Counted) -> Table<'_> {
    let mut columns: Vec<Column> = counts(&OF_UNITS, &lists.units).collect();
    columns.push(Column::Rate { title: "上报率", of: 2, by: 1 });
    columns.push(Column::Rate { title: "覆盖率", of: 8, by: 7 });
    let (caption, dimension) = ("各类单位自查和实地巡检情况（家）", ("unit_kind", "单位类别"));
    Table { caption, dimension, words: words_of::<UnitKind>(), columns }
}

fn of_leaders<'a>(lists: &'a Counted, snapshot: &Snapshot) -> Table<'a> {
    let mut columns: Vec<Column> = counts(&OF_LEADERS, &lists.leaders).collect();
    columns.push(Column::Rate { title: "测量率", of: 2, by: 1 });
    let kinds = snapshot.statistics.by_unit_kind.iter().map(|row| row.leaders.over_area);
    let areas = kinds.chain([snapshot.statistics.total.leaders.over_area]);
    let results = areas.map(|area| area.to_string().parse().unwrap_or_default()).collect();
    columns.push(Column::Area { title: "超标面积", list: &lists.leaders, sum: "超标面积", results });
    let (caption, dimension) = ("领导干部办公用房测量情况（人、平方米）", ("unit_kind", "单位类别"));
    Table { caption, dimension, words: words_of::<UnitKind>(), columns }
}

type Dimension = (&'static str, (&'static str, &'static str), Vec<&'static str>);

fn problem_dimensions() -> [Dimension; 3] {
    let mut severities = words_of::<Severity>();
    severities.reverse();
    [
        ("按巡检重点分的问题及整改情况", ("focus_item", "巡检重点"), words_of::<FocusItem>()),
        ("按单位类别分的问题及整改情况", ("unit_kind", "单位类别"), words_of::<UnitKind>()),
        ("按严重程度分的问题及整改情况", ("severity", "程度"), severities),
    ]
}

fn of_problems<'a>(
    caption: &'static str,
    dimension: (&'static str, &'static str),
    words: Vec<&'static str>,
    lists: &'a Counted,
) -> Table<'a> {
    let (problems, measures) = (&lists.problems, &lists.measures);
    let all = |title, figure, list| Column::Count { title, figure, list, marked: None };
    let mut columns = vec![all("问题总数", "problems.total", problems)];
    columns.extend(counts(&OF_PROBLEMS, problems));
    columns.push(Column::Less { title: "整改中（未逾期）", of: 3, less: 4 });
    columns.push(Column::Rate { title: "整改率", of: 2, by: 1 });
    columns.push(all("措施总数", "measures.total", measures));
    columns.extend(counts(&OF_MEASURES, measures));
    columns.push(Column::Rate { title: "完成率", of: 9, by: 8 });
    Table { caption, dimension, words, columns }
}

impl Column<'_> {
    fn title(&self) -> &'static str {
        match self {
            Self::Count { title, .. }
            | Self::Less { title, .. }
            | Self::Rate { title, .. }
            | Self::Area { title, .. } => title,
        }
    }
}

/// A cell of the sheet, by place from the left and row from the top, as formulas name it.
fn cell(at: usize, row: u32) -> String {
    format!("{}{}", letters(at), row + 1)
}

impl Page<'_> {
    fn table(&mut self, table: &Table<'_>, chart: Option<&str>) -> Result<(), XlsxError> {
        let top = self.row;
        self.sheet.write_string_with_format(top, 0, table.caption, &Format::new().set_bold())?;
        self.sheet.set_row_height(top + 1, height(2))?;
        self.sheet.write_string_with_format(top + 1, 0, table.dimension.1, &self.looks.head)?;
        for (at, column) in (1..).zip(&table.columns) {
            self.sheet.write_string_with_format(top + 1, at, column.title(), &self.looks.head)?;
        }
        let first = top + 2;
        let last = first + u32::try_from(table.words.len()).unwrap_or_default();
        for (row, word) in (first..).zip(&table.words) {
            let label = words::zh(table.dimension.0, word).unwrap_or_default();
            self.sheet.write_string_with_format(row, 0, label, &self.looks.text)?;
        }
        self.sheet.write_string_with_format(last, 0, "合计", &self.looks.head)?;
        for at in 0..table.columns.len() {
            for row in first..=last {
                self.formula(table, at, row, (first, last))?;
            }
        }
        if let Some(title) = chart {
            self.chart(title, first, last)?;
        }
        self.row = if chart.is_some() { (last + 2).max(top + 17) } else { last + 2 };
        Ok(())
    }

    /// One cell: the formula of a row, or of the total beneath the rows, with its result.
    fn formula(
        &mut self,
        table: &Table<'_>,
        at: usize,
        row: u32,
        (first, last): (u32, u32),
    ) -> Result<(), XlsxError> {
        let column = &table.columns[at];
        let of_row = |list: &Sheet| format!("{},{}", list.range(table.dimension.1), cell(0, row));
        let sum = || format!("SUM({}:{})", cell(at + 1, first), cell(at + 1, last - 1));
        let text = match column {
            Column::Count { .. } | Column::Area { .. } if row == last => sum(),
            Column::Count { list, marked, .. } => {
                let marks = match marked {
                    Some(title) => format!("{},\"{YES}\"", list.range(title)),
                    None => format!("{},\">0\"", list.range("序号")),
                };
                format!("COUNTIFS({marks},{})", of_row(list))
            }
            Column::Area { list, sum: title, .. } => {
                format!("SUMIFS({},{})", list.range(title), of_row(list))
            }
            Column::Less { of, less, .. } => format!("{}-{}", cell(*of, row), cell(*less, row)),
            Column::Rate { of, by, .. } => {
                let (of, by) = (cell(*of, row), cell(*by, row));
                format!("IF({by}=0,\"—\",{of}/{by})")
            }
        };
        let place = usize::try_from(row - first).unwrap_or_default();
        let result = self.value(table, at, place).map_or_else(|| "—".to_owned(), |value| value.to_string());
        let look = if matches!(column, Column::Rate { .. }) { &self.rate } else { &self.looks.middle };
        let at = u16::try_from(at + 1).unwrap_or(u16::MAX);
        self.sheet.write_formula_with_format(row, at, Formula::new(text).set_result(result), look)?;
        Ok(())
    }

    /// What a cell comes to, by the snapshot; nothing where that is a share of nothing.
    fn value(&self, table: &Table<'_>, at: usize, place: usize) -> Option<f64> {
        let other = |at: &usize| self.value(table, at - 1, place);
        match &table.columns[at] {
            Column::Count { figure, .. } => {
                let name = match table.words.get(place) {
                    Some(word) => format!("{figure}.{}.{word}", table.dimension.0),
                    None => (*figure).to_owned(),
                };
                Some(self.snapshot.rows(&name).map_or(0.0, |figure| figure.value.into()))
            }
            Column::Less { of, less, .. } => Some(other(of)? - other(less)?),
            Column::Rate { of, by, .. } => {
                other(by).filter(|by| *by > 0.0).and_then(|by| Some(other(of)? / by))
            }
            Column::Area { results, .. } => results.get(place).copied(),
        }
    }

    /// Bars of what is closed, in progress, overdue and deferred.
    fn chart(&mut self, title: &str, first: u32, last: u32) -> Result<(), XlsxError> {
        // The columns of the parts, in the order of their colours.
        const PARTS: [u16; 4] = [2, 6, 4, 5];
        let mut chart = Chart::new(ChartType::BarStacked);
        chart.title().set_name(title);
        for (at, (_, colour)) in PARTS.into_iter().zip(COLOURS) {
            let mut fill = ChartSolidFill::new();
            fill.set_color(Color::RGB(u32::from_str_radix(colour, 16).unwrap_or_default()));
            chart
                .add_series()
                .set_name((NAME, first - 1, at))
                .set_categories((NAME, first, 0, last - 1, 0))
                .set_values((NAME, first, at, last - 1, at))
                .set_format(ChartFormat::new().set_solid_fill(&fill));
        }
        chart.y_axis().set_reverse();
        chart.set_width(640).set_height(320).set_alt_text(title);
        self.sheet.insert_chart(first - 2, 12, &chart)?;
        Ok(())
    }
}
