//! The report as a workbook: a sheet for each list, and statistics that are formulas over them.

mod lists;
mod sheet;
mod statistics;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use shared::domain::report::Snapshot;

use sheet::Looks;

/// Writes a snapshot that passed its check. The same snapshot gives the same bytes.
///
/// # Errors
/// A list that is longer than a sheet: 1,048,575 rows.
pub fn render(snapshot: &Snapshot) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let looks = Looks::new();
    let compiled_at = snapshot.header.compiled_at.to_utc();
    let created_at = ExcelDateTime::from_timestamp(compiled_at.timestamp())?;
    let title = format!("全区党政机关办公用房专项巡检报告（{}）", snapshot.header.number);
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created_at));
    book.add_worksheet().set_name(statistics::NAME)?;
    let lists = lists::write(&mut book, &looks, snapshot)?;
    statistics::write(book.worksheet_from_index(0)?, &looks, snapshot, &lists)?;
    book.save_to_buffer()
}
