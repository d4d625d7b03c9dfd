//! Texts as people paste them, at the greatest length of their fields: no format fails for one, and none loses its ends.

use std::io::Read;

use documents::fonts::Fonts;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use shared::domain::report::{Material, ReportFormat, Section};
use shared::domain::text::TextEnum;
use xunjian_worker::report::excerpt::Extent;
use xunjian_worker::report::{pdf, render};

use crate::report_material::{material, templates, version};
use crate::report_pdf::text_of;

/// A field of the report that people write, with its greatest length in characters.
type Field = (&'static str, usize, fn(&mut Material, String));

const FIELDS: &[Field] = &[
    ("campaign.name", 100, |material, text| material.campaign.name = text),
    ("problem.description", 10_000, |material, text| material.lists.problems[0].description = text),
    ("problem.handling_opinion", 10_000, |material, text| {
        material.lists.problems[1].handling_opinion = Some(text);
    }),
    ("order.requirement", 10_000, |material, text| material.lists.rectifications[0].requirement = text),
    ("order.goal", 2_000, |material, text| material.lists.rectifications[0].goal = Some(text)),
    ("measure.text", 2_000, |material, text| {
        let rows = &mut material.lists.rectifications;
        let row = rows.iter_mut().find(|row| !row.measures.is_empty()).unwrap();
        row.measures[0].text = text;
    }),
    ("responsibility.principal", 100, |material, text| {
        material.lists.responsibilities[0].principal = Some(text);
    }),
    ("leader_office.place", 1_000, |material, text| material.lists.leader_offices[0].place = Some(text)),
    ("leader_office.note", 10_000, |material, text| material.lists.leader_offices[0].note = Some(text)),
    ("escalation.facts", 10_000, |material, text| material.lists.escalations[0].facts = text),
    ("unit.name", 100, |material, text| material.lists.units[0].name = text),
    ("texts.addressee", 100, |material, text| material.texts.addressee = Some(text)),
    ("texts.signer", 100, |material, text| material.texts.signer = Some(text)),
    ("texts.written", 10_000, |material, text| {
        material.texts.written.insert(Section::Suggestions, text);
    }),
    ("typical case", 10_000, |material, text| {
        let chosen = material.texts.typical_cases[0];
        let mut rows = material.lists.problems.iter_mut();
        rows.find(|row| row.finding_id == chosen).unwrap().description = text;
    }),
];

/// What texts of trouble are made of.
const PIECES: &[&str] = &[
    "\n",
    "101\n",
    "1、",
    "1",
    "3-1-2/4.5%；",
    "a",
    "http://",
    "租用办公用房",
    "#panic(1)$x^2$*a*_b_`c`<d>@e//f/*g\\u{41}]",
    "<w:p>&amp;{{ 7*7 }}{% raw %}]]>",
    " \u{3000}\t",
    "\u{200b}\u{200d}\u{feff}",
    "e\u{301}\u{323}",
    "\u{202e}مرحبا\u{2066}",
    "👨\u{200d}👩\u{200d}👧",
    "〔2023〕",
];

/// A text with marked ends, of exactly so many characters.
fn filled(pieces: &[&str], length: usize) -> String {
    let inner: String = pieces.iter().flat_map(|piece| piece.chars()).cycle().take(length - 4).collect();
    format!("首端{inner}末端")
}

/// The text of a file without markup and white space.
fn read(format: ReportFormat, bytes: &[u8]) -> String {
    let text = match format {
        ReportFormat::Json | ReportFormat::Html => String::from_utf8(bytes.to_vec()).unwrap(),
        ReportFormat::Pdf => text_of(bytes),
        ReportFormat::Docx | ReportFormat::Xlsx => {
            let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
            let mut text = String::new();
            for at in 0..archive.len() {
                let mut part = archive.by_index(at).unwrap();
                if part.name().unwrap().ends_with(".xml") {
                    part.read_to_string(&mut text).unwrap();
                }
            }
            text
        }
    };
    let shown = match format {
        ReportFormat::Json | ReportFormat::Pdf => text,
        _ => text.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, shown)| shown)).collect(),
    };
    shown.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Every format of a report in which one field holds one text.
fn stands_in_all_formats((name, _, put): &Field, text: &str) -> Result<(), TestCaseError> {
    let mut material = material();
    put(&mut material, text.to_owned());
    for &format in ReportFormat::ALL {
        let version = version(material.clone());
        let file = render(format, version, &templates(), None)
            .map_err(|error| TestCaseError::fail(format!("{name} in {format}: {error}")))?;
        // The workbook holds the lists alone.
        if format == ReportFormat::Xlsx && name.starts_with("texts.") {
            continue;
        }
        let read = read(format, &file);
        for end in ["首端", "末端"] {
            prop_assert!(read.contains(end), "{name} in {format} lacks its {end}");
        }
    }
    Ok(())
}

#[test]
fn five_hundred_room_numbers_on_lines_of_their_own_are_printed() {
    let text: String = (0..512).map(|at| format!("{}\n", 101 + at)).collect();
    stands_in_all_formats(&FIELDS[1], &format!("首端\n{text}末端")).unwrap();
}

#[test]
fn a_text_of_any_pieces_at_its_greatest_length_stands_in_every_format() {
    let text = |length| {
        prop::collection::vec(prop::sample::select(PIECES), 1..4)
            .prop_map(move |pieces| filled(&pieces, length))
    };
    let any = prop::sample::select(FIELDS).prop_flat_map(move |field| (Just(field), text(field.1)));
    let config = Config { cases: 8, ..Config::default() };
    TestRunner::new(config).run(&any, |(field, text)| stands_in_all_formats(&field, &text)).unwrap();
}

#[test]
fn the_typesetter_prints_the_longest_field_of_each_piece() {
    let (_, length, put) = FIELDS[1];
    let fonts = Fonts::find(None).unwrap();
    for piece in PIECES {
        let mut material = material();
        put(&mut material, filled(&[piece], length));
        let read = text_of(&pdf::render(version(material), &fonts, Extent::Excerpts).unwrap());
        assert!(read.contains("首端") && read.contains("末端"), "{piece:?}");
    }
}
