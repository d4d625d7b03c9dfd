//! The report on paper.

use std::process::Command;

use documents::fonts::Fonts;
use documents::role::Role;
use shared::domain::report::{Edition, Material, MissingCharacters};
use xunjian_worker::report::excerpt::Extent;
use xunjian_worker::report::missing::missing;
use xunjian_worker::report::pdf;

use crate::report::filled_with;
use crate::report_material::{
    LONG_NAME, assert_in_order, crowded_material, empty_material, material, version,
};

fn rendered(material: Material) -> Vec<u8> {
    pdf::render(version(material), &Fonts::find(None).unwrap(), Extent::Excerpts).unwrap()
}

/// The text of a file as a reader copies it, without the ends of lines.
pub fn text_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.pdf");
    std::fs::write(&path, pdf).unwrap();
    let read = Command::new("pdftotext").args(["-raw", "-enc", "UTF-8"]).arg(&path).arg("-").output();
    let text = read.expect("pdftotext runs (Debian: poppler-utils)").stdout;
    String::from_utf8(text).unwrap().chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn the_same_snapshot_gives_the_same_bytes() {
    assert_eq!(rendered(material()), rendered(material()));
}

#[test]
fn the_time_of_creation_is_that_of_the_snapshot() {
    let pdf = rendered(material());
    let at = b"(D:20230828013000Z)";
    assert!(pdf.windows(at.len()).any(|bytes| bytes == at));
}

#[test]
fn the_chapters_stand_in_their_order() {
    let text = text_of(&rendered(material()));
    let headings = [
        "连区办房巡〔2023〕1号",
        "全区党政机关办公用房专项巡检报告",
        "区党政机关办公用房专项巡检工作领导小组：",
        "一、巡检工作开展情况",
        "截至2023年8月28日，应报自查材料单位18家，",
        "二、办公用房基本情况",
        "三、“1+5”重点检查情况",
        "（一）违规兴建楼堂馆所整改“回头看”",
        "（七）其他情况",
        "四、发现的主要问题及整改情况",
        "五、有关建议",
        "附件：1.问题清单",
        "区党政机关办公用房专项巡检小组",
        "2023年8月28日",
        "附件1问题清单",
        "附件5领导干部办公用房核查汇总表",
        "报告编号：2023-1",
    ];
    assert_in_order(&text, &headings);
}

#[test]
fn a_campaign_without_findings_or_texts_is_still_a_report() {
    let text = text_of(&rendered(empty_material()));
    assert!(text.contains("专项巡检未发现问题。") && text.contains("附件5领导干部办公用房核查汇总表"));
    assert!(!text.contains("none"));
}

#[test]
fn the_public_edition_shows_no_names() {
    let (full, public) = (material(), Material { edition: Edition::Public, ..material() });
    let (full, public) = (text_of(&rendered(full)), text_of(&rendered(public)));
    for name in ["丁一堃", "艾文祎", "车喆", "卜小满", "牧之", "海云", "江晚晴"] {
        assert!(full.contains(name), "{name}");
        assert!(!public.contains(name), "{name}");
    }
    assert!(public.contains("（公开版）") && !public.contains("主要负责人"));
}

#[test]
fn markup_in_any_text_is_text() {
    let hostile = "#panic(1)$x^2$*a*_b_`c`<d>@e//f/*g\\u{41}";
    let text = text_of(&rendered(filled_with(hostile)));
    // In the running text, in tables and in the signature.
    assert!(text.matches(hostile).count() > 10, "{text}");
}

#[test]
fn rare_characters_and_forty_character_names_stay_whole() {
    let text = text_of(&rendered(filled_with(LONG_NAME)));
    assert!(text.matches(LONG_NAME).count() > 10, "{text}");
}

#[test]
fn ten_thousand_problems_of_one_unit_are_printed_as_an_excerpt_that_says_so() {
    let text = text_of(&rendered(crowded_material()));
    assert!(text.contains("（共10000条，此处列示其中的严重问题、逾期未整改问题和典型案例300条，"), "{text}");
    // The first three are typical cases; the fourth is neither that, nor grave, nor overdue.
    for (spot, stands) in [("第1处", true), ("第2处", true), ("第3处", true), ("第4处", false)] {
        assert_eq!(text.contains(spot), stands, "{spot}");
    }
}

#[test]
fn a_text_that_fills_pages_is_printed_to_its_end() {
    let long = format!("{}末尾", "一段很长的文字，".repeat(1_200));
    let mut material = material();
    material.lists.problems[0].description = long;
    assert!(text_of(&rendered(material)).contains("末尾"));
}

#[test]
fn a_character_that_no_font_has_is_told() {
    let mut material = material();
    material.texts.signer = Some("\u{10fffd}办公室".to_owned());
    let fonts = Fonts::find(None).unwrap();
    let told = missing(&version(material).snapshot, &fonts).unwrap();
    let expected =
        MissingCharacters { text: "\u{10fffd}办公室".to_owned(), characters: "\u{10fffd}".to_owned() };
    assert_eq!(told, [expected]);
    for &role in Role::ALL {
        assert!(fonts.missing(role, "堃喆祎昇翀〔〕\u{3000}\n").is_empty(), "{}", role.zh());
    }
}
