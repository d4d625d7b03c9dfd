//! A list as a sheet: typed cells, a header that stays, filters, and how it is printed.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use shared::domain::date::Date;

/// More does not fit into a cell.
const LONGEST: usize = 32_000;

/// What a flag says where it holds.
pub const YES: &str = "是";

/// The content of a cell. A text is never taken for a formula.
pub enum Cell {
    Text(String),
    Number(f64),
    Date(Date),
    Nothing,
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn optional(text: Option<&String>) -> Self {
        text.map_or(Self::Nothing, |text| Self::text(text.as_str()))
    }

    pub fn date(date: Option<Date>) -> Self {
        date.map_or(Self::Nothing, Self::Date)
    }

    pub fn flag(holds: bool) -> Self {
        if holds { Self::text(YES) } else { Self::Nothing }
    }
}

impl Cell {
    /// How many lines a text takes in a column, whose width counts Latin letters: not every program finds that out itself.
    fn lines(&self, width: f64) -> u32 {
        let Self::Text(text) = self else { return 1 };
        let letters = |line: &str| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<u32>();
        // Rows are short: a line holds at least one character.
        let room = (width as u32).saturating_sub(1).max(2);
        text.lines().map(|line| letters(line).div_ceil(room).max(1)).sum::<u32>().max(1)
    }
}

/// The height of a row of so many lines, in points; more than 409 Excel does not take.
pub fn height(lines: u32) -> f64 {
    (f64::from(lines) * 15.0 + 5.0).min(409.0)
}

/// How cells look.
pub struct Looks {
    pub text: Format,
    /// Of numbers and marks.
    pub middle: Format,
    pub head: Format,
    pub date: Format,
}

impl Looks {
    pub fn new() -> Self {
        let text = Format::new()
            .set_font_name("宋体")
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::VerticalCenter)
            .set_text_wrap();
        let middle = text.clone().set_align(FormatAlign::Center);
        let head = middle.clone().set_font_name("黑体").set_background_color("F4F3EF");
        let date = text.clone().set_num_format("yyyy\"年\"m\"月\"d\"日\"").set_align(FormatAlign::Center);
        Self { text, middle, head, date }
    }
}

/// A sheet that was written, so that formulas can refer to its columns.
pub struct Sheet {
    name: &'static str,
    titles: Vec<&'static str>,
    rows: u32,
}

impl Sheet {
    /// Writes a list: titles and widths of its columns, and its rows.
    ///
    /// # Errors
    /// More rows than a sheet holds.
    pub fn write(
        book: &mut Workbook,
        looks: &Looks,
        name: &'static str,
        columns: &[(&'static str, f64)],
        rows: impl Iterator<Item = Vec<Cell>>,
    ) -> Result<Self, XlsxError> {
        // Rows come in their order: no more of a long list is kept in memory than one of them.
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (at, (_, width)) in (0..).zip(columns) {
            sheet.set_column_width(at, *width)?;
        }
        for (at, (title, _)) in (0..).zip(columns) {
            sheet.write_string_with_format(0, at, *title, &looks.head)?;
        }
        sheet.set_row_height(0, height(2))?;
        let mut count = 0;
        for row in rows {
            count += 1;
            let lines =
                row.iter().zip(columns).map(|(cell, (_, width))| cell.lines(*width)).max().unwrap_or(1);
            sheet.set_row_height(count, height(lines))?;
            for (at, cell) in (0..).zip(row) {
                write(sheet, looks, count, at, cell)?;
            }
        }
        let last = u16::try_from(columns.len()).unwrap_or(u16::MAX).saturating_sub(1);
        sheet.autofilter(0, 0, count, last)?.set_repeat_rows(0, 0)?;
        print_wide(sheet);
        Ok(Self { name, titles: columns.iter().map(|(title, _)| *title).collect(), rows: count })
    }

    /// The cells of a column, for a formula; those of a list without rows are one empty row.
    pub fn range(&self, title: &str) -> String {
        let at = self.titles.iter().position(|known| *known == title).unwrap_or_default();
        let column = letters(at);
        format!("'{}'!${column}$2:${column}${}", self.name, self.rows.max(1) + 1)
    }
}

/// A4 on its side, as many pages long as it takes.
pub fn print_wide(sheet: &mut Worksheet) {
    const A4: u8 = 9;
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0).set_footer("&C— &P —");
}

/// The name of a column.
pub fn letters(mut at: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'A' + u8::try_from(at % 26).unwrap_or_default()));
        if at < 26 {
            return name;
        }
        at = at / 26 - 1;
    }
}

fn write(sheet: &mut Worksheet, looks: &Looks, row: u32, at: u16, cell: Cell) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) if text.chars().count() > LONGEST => {
            let cut: String = text.chars().take(LONGEST).chain(['…']).collect();
            sheet.write_string_with_format(row, at, cut, &looks.text)?
        }
        Cell::Text(text) if text == YES => sheet.write_string_with_format(row, at, text, &looks.middle)?,
        Cell::Text(text) => sheet.write_string_with_format(row, at, text, &looks.text)?,
        Cell::Number(number) => sheet.write_number_with_format(row, at, number, &looks.middle)?,
        Cell::Date(date) => sheet.write_datetime_with_format(row, at, date.naive(), &looks.date)?,
        Cell::Nothing => sheet.write_blank(row, at, &looks.text)?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_high_as_its_longest_text() {
        let lines = |text: &str| Cell::text(text).lines(9.0);
        assert_eq!(["", "八个拉丁", "八个拉丁字", "eight ok", "一\n二"].map(lines), [1, 1, 2, 1, 2]);
        assert_eq!(Cell::Number(1e12).lines(2.0), 1);
        assert!(height(1_000) <= 409.0);
    }

    #[test]
    fn columns_have_names_beyond_the_alphabet() {
        assert_eq!([0, 25, 26, 51, 52].map(letters), ["A", "Z", "AA", "AZ", "BA"]);
    }
}
