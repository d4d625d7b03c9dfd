//! The report as a workbook.

use shared::domain::report::{Edition, Material};
use xunjian_worker::report::xlsx;

use crate::report::filled_with;
use crate::report_docx::read_part;
use crate::report_material::{LONG_NAME, crowded_material, empty_material, material, version};

fn part(material: Material, path: &str) -> String {
    read_part(&xlsx::render(&version(material).snapshot).unwrap(), path)
}

/// The texts in the cells of one of its lists, whose sheets are counted from 2.
fn texts_of(material: Material, sheet: usize) -> String {
    let sheet = part(material, &format!("xl/worksheets/sheet{sheet}.xml"));
    let sheet = roxmltree::Document::parse(&sheet).unwrap();
    let texts = sheet.descendants().filter(|node| node.tag_name().name() == "t");
    texts.filter_map(|node| node.text()).map(|text| format!("{text}\n")).collect()
}

#[test]
fn the_same_snapshot_gives_the_same_bytes() {
    let render = || xlsx::render(&version(material()).snapshot).unwrap();
    assert!(render() == render());
}

#[test]
fn what_people_wrote_is_text_and_never_a_formula() {
    for text in ["=1+1", "@SUM(A1)", "<t>&amp;</t>]]>", "堃喆祎昇翀〔〕\u{20bb7}"] {
        let found = texts_of(filled_with(text), 2);
        assert!(found.contains(text), "{found}");
        let sheet = part(filled_with(text), "xl/worksheets/sheet2.xml");
        assert!(!sheet.contains("<f>"), "{sheet}");
    }
}

#[test]
fn a_formula_carries_what_the_statistics_say() {
    let sheet = part(material(), "xl/worksheets/sheet1.xml");
    let sheet = roxmltree::Document::parse(&sheet).unwrap();
    let named = |node: &roxmltree::Node, name: &str| node.tag_name().name() == name;
    let result = |formula: &str| -> Option<String> {
        let cell = sheet.descendants().filter(|node| named(node, "c")).find(|cell| {
            cell.children()
                .any(|node| named(&node, "f") && node.text().is_some_and(|text| text.contains(formula)))
        })?;
        Some(cell.children().find(|node| named(node, "v"))?.text()?.to_owned())
    };
    // The first row of the first table: sub-district offices, of which so many owe a self-check.
    let due = version(material()).snapshot.rows("self_checks.due.unit_kind.subdistrict").unwrap().value;
    assert_eq!(result("COUNTIFS('各单位自查情况'!$G"), Some(due.to_string()));
}

#[test]
fn forty_character_names_and_ten_thousand_problems_of_one_unit_stand_whole() {
    let text = texts_of(crowded_material(), 2);
    assert!(text.contains("（现场核查第10000处）。") && text.matches(LONG_NAME).count() == 10_000);
}

#[test]
fn a_report_of_nothing_is_a_whole_workbook_and_the_public_edition_names_nobody() {
    assert!(texts_of(empty_material(), 2).contains("处理意见"));
    let mut public = material();
    public.edition = Edition::Public;
    let leaders = texts_of(public, 7);
    assert!(leaders.contains("地址及房号") && !leaders.contains("姓名"), "{leaders}");
}
