//! Whoever the records know stands in none of the five public files, in whichever text and spelling.

use proptest::prelude::*;
use shared::domain::id::Id;
use shared::domain::report::{Holding, Material, Persons, ReportFormat};
use shared::domain::text::TextEnum;
use xunjian_worker::report::{Version, compile, publish, render};

use crate::report::filled_with;
use crate::report_docx::read_part;
use crate::report_material::{material, templates};
use crate::report_pdf;

/// Persons whom no list of the report names, and one of each.
const PERSONS: [&str; 5] = ["云朵", "艾文祎", "阿依古丽买买提", "欧阳望舒", "江晚晴"];

/// What cannot be in a public file, besides.
const OTHERS: [&str; 6] = ["13800138000", "82310000", "yun@example.cn", "海棠中路18号", "801室", "区长"];

/// What stands between the characters of a name.
fn separator() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", " ", "\u{3000}", "\n", "\u{200b}", "·", "•", "・", "．", "‧", "･"])
}

fn spelt(name: &str, separators: &[&str]) -> String {
    let mut between = separators.iter().cycle();
    let mut text = String::new();
    for (at, c) in name.chars().enumerate() {
        if at > 0 {
            text.push_str(between.next().expect("it goes round"));
        }
        text.push(c);
    }
    text
}

/// What is read, without what may stand between the characters of a name.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !"\u{200b}·•・．‧･".contains(*c)).collect()
}

/// All that a person reads in a file.
fn text_of(format: ReportFormat, bytes: &[u8]) -> String {
    match format {
        ReportFormat::Pdf => report_pdf::text_of(bytes),
        ReportFormat::Docx => {
            texts_of_xml(&read_part(bytes, "word/document.xml")) + &read_part(bytes, "docProps/core.xml")
        }
        ReportFormat::Xlsx => (1..=7)
            .map(|at| texts_of_xml(&read_part(bytes, &format!("xl/worksheets/sheet{at}.xml"))))
            .collect(),
        ReportFormat::Json | ReportFormat::Html => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn texts_of_xml(part: &str) -> String {
    let document = roxmltree::Document::parse(part).expect("XML");
    document.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect()
}

/// The sample with a text in every free text, and its own units.
fn planted(text: &str) -> Material {
    let units = material().lists.units;
    let mut material = filled_with(text);
    material.lists.units = units;
    material
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_named_in_any_text_of_the_five_public_files(separators in prop::collection::vec(separator(), 1..6)) {
        let names: Vec<String> = PERSONS.iter().map(|name| spelt(name, &separators)).collect();
        let text = format!("由{}负责，{}。", names.join("、"), OTHERS.join("，"));
        let holding = Holding { unit: "区政府办公室".to_owned(), post: "区长".to_owned(), person: "云朵".to_owned() };
        let persons = Persons {
            names: PERSONS.iter().map(|name| (*name).to_owned()).collect(),
            holdings: [holding].into(),
            ..Persons::default()
        };
        let templates = templates();
        let full = compile(planted(&text), &templates, "").unwrap();
        let public = publish(full, Id::new(), persons, &templates, "").unwrap();
        for format in ReportFormat::ALL {
            let bytes = render(*format, Version::of(public.clone()).unwrap(), &templates, None).unwrap();
            let read = squeezed(&text_of(*format, &bytes));
            for word in PERSONS.iter().chain(&OTHERS) {
                prop_assert!(!read.contains(word), "{} in {}", word, format);
            }
            prop_assert!(read.contains("某同志"), "{}", format);
        }
    }
}
