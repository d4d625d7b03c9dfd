//! What is said about reports outside of them.

use super::words;
use crate::domain::report::{Edition, ReportFormat};
use crate::domain::statistics::Inconsistency;
use crate::domain::text::TextEnum;

/// Why a report was not made whose snapshot is not what was stored.
pub const DAMAGED: &str = "报告数据文件与登记的校验值不符，未予生成。";

/// Why a report was not made that was tried again and again. What went wrong stands in the log.
pub const GIVEN_UP: &str = "多次尝试均未能生成报告，请联系系统管理员。";

/// Why a report was not made whose records cannot be read. They are mended, then it is asked for again.
pub fn unreadable(reason: &str) -> String {
    format!("有记录无法读取，未予生成，请联系系统管理员修复后重新编制：{reason}")
}

/// Why a report was not made whose sentences do not fit what the records hold.
pub fn unwritable(reason: &str) -> String {
    format!("报告文字无法生成，未予编制，请联系系统管理员：{reason}")
}

/// Why a report was not made that is larger than what the operator allows.
pub fn too_large(format: ReportFormat) -> String {
    format!("生成{}文件超出系统的时间或者内存限制，请联系系统管理员调整。", format.as_str().to_uppercase())
}

/// The name under which a file of a report is saved: campaign, number, edition.
pub fn file_name(campaign: &str, number: &str, edition: Edition, format: ReportFormat) -> String {
    let edition = words::zh("edition", edition.as_str()).unwrap_or_default();
    let name = format!("{campaign}报告（{number}，{edition}）.{format}");
    // What file systems take for themselves.
    name.chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c }).collect()
}

/// Why a report whose numbers contradict each other was not made (R52). The first places say enough.
pub fn inconsistent(found: &[Inconsistency]) -> String {
    let place = |one: &Inconsistency| format!("{}应为{}，实为{}", one.place, one.expected, one.found);
    let places: Vec<_> = found.iter().take(10).map(place).collect();
    format!("报告数据不一致，未予生成（共{}处）：{}。", found.len(), places.join("；"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_campaign_number_and_edition() {
        assert_eq!(
            file_name("2023年全区/专项巡检", "2023-1", Edition::Public, ReportFormat::Html),
            "2023年全区_专项巡检报告（2023-1，公开版）.html"
        );
    }
}
