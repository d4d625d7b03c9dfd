//! The report for Word and WPS.

use std::io::{Cursor, Read};

use shared::domain::report::{Edition, Material};
use xunjian_worker::report::docx;
use zip::ZipArchive;

use crate::report::filled_with;
use crate::report_material::{
    LONG_NAME, assert_in_order, crowded_material, empty_material, material, templates, version,
};

/// A part of an office document.
pub fn read_part(document: &[u8], path: &str) -> String {
    let mut content = String::new();
    ZipArchive::new(Cursor::new(document))
        .unwrap()
        .by_name(path)
        .unwrap()
        .read_to_string(&mut content)
        .unwrap();
    content
}

fn part(material: Material, path: &str) -> String {
    read_part(&docx::render(&version(material), &templates()).unwrap(), path)
}

/// What is read of it, a paragraph a line.
fn text_of(material: Material) -> String {
    let document = part(material, "word/document.xml");
    let document = roxmltree::Document::parse(&document).unwrap();
    let named = |node: &roxmltree::Node, name: &str| node.tag_name().name() == name;
    let paragraphs = document.descendants().filter(|node| named(node, "p"));
    let text = |paragraph: roxmltree::Node| -> String {
        paragraph.descendants().filter(|node| named(node, "t")).filter_map(|node| node.text()).collect()
    };
    paragraphs.map(|paragraph| text(paragraph) + "\n").collect()
}

#[test]
fn the_same_snapshot_gives_the_same_bytes() {
    let render = || docx::render(&version(material()), &templates()).unwrap();
    assert!(render() == render());
}

#[test]
fn the_chapters_stand_in_their_order() {
    let text = text_of(material());
    let headings = [
        "连区办房巡〔2023〕1号",
        "全区党政机关办公用房专项巡检报告",
        "区党政机关办公用房专项巡检工作领导小组：",
        "一、巡检工作开展情况",
        "二、办公用房基本情况",
        "三、“1+5”重点检查情况",
        "（一）违规兴建楼堂馆所整改“回头看”",
        "（七）其他情况",
        "四、发现的主要问题及整改情况",
        "五、有关建议",
        "附件：1.问题清单",
        "附件1\n问题清单",
        "附件5\n领导干部办公用房核查汇总表",
        "报告编号：2023-1",
    ];
    assert_in_order(&text, &headings);
}

#[test]
fn what_people_wrote_is_text_and_never_markup() {
    for text in ["<w:p>&amp;</w:t>]]>{{ 1 }}{% raw %}", "堃喆祎昇翀〔〕\u{20bb7}", "\u{1}\u{b}甲\u{fffe}乙"]
    {
        let printed: String = text.chars().filter(|c| !"\u{1}\u{b}\u{fffe}".contains(*c)).collect();
        let found = text_of(filled_with(text));
        assert!(found.matches(&printed).count() > 10, "{found}");
    }
}

#[test]
fn forty_character_names_and_ten_thousand_problems_of_one_unit_stand_whole() {
    let text = text_of(crowded_material());
    for row in ["（现场核查第1处）。", "（现场核查第10000处）。"] {
        assert!(text.contains(row), "{row}");
    }
    // In the three lists of problems, orders and responsibilities, in the case, the self-checks and the offices.
    assert!(text.matches(LONG_NAME).count() > 30_000);
}

#[test]
fn a_report_of_nothing_is_a_whole_document() {
    let text = text_of(empty_material());
    assert_eq!(text.matches("\n无\n").count(), 5, "{text}");
}

#[test]
fn the_public_edition_names_nobody() {
    let mut public = material();
    public.edition = Edition::Public;
    let text = text_of(public);
    assert!(text.contains("（公开版）") && !text.contains("主要负责人") && !text.contains("姓名"));
}

#[test]
fn its_time_is_that_of_the_snapshot() {
    assert!(part(material(), "docProps/core.xml").contains("2023-08-28T01:30:00Z"));
}
