//! The office's own templates.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::Path;

use shared::domain::report::Section;
use xunjian_worker::report::templates::{Templates, write_built_in};
use xunjian_worker::report::{Version, compile, docx};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::report_docx::read_part;
use crate::report_material::{material, templates, version};

/// A folder with the built-in templates as files.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_built_in(folder.path()).unwrap();
    folder
}

/// Changes the text of the report in Word's form.
fn edit(folder: &Path, old: &str, new: &str) {
    edit_part(folder, "word/document.xml", old, new);
}

fn edit_part(folder: &Path, part: &str, old: &str, new: &str) {
    let path = folder.join("report.docx");
    let mut archive = ZipArchive::new(Cursor::new(fs::read(&path).unwrap())).unwrap();
    let mut writer = ZipWriter::new(fs::File::create(&path).unwrap());
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        writer.start_file(file.name().unwrap(), SimpleFileOptions::default()).unwrap();
        if file.name().unwrap() == part {
            assert!(content.contains(old), "{old}");
            content = content.replacen(old, new, 1);
        }
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
}

/// What is said of the templates of a folder.
fn told(folder: &Path) -> String {
    Templates::read(Some(folder)).and_then(|templates| templates.check()).unwrap_err().to_string()
}

#[test]
fn the_built_in_templates_pass_their_check_and_come_out_the_same_from_a_folder() {
    templates().check().unwrap();
    let folder = folder();
    let own = Templates::read(Some(folder.path())).unwrap();
    own.check().unwrap();
    let version = version(material());
    let document = |templates: &Templates| docx::render(&version, templates).unwrap();
    assert!(document(&own) == document(&templates()));
    assert_ne!(own.sha256, templates().sha256);
    // Nobody's work is written over.
    assert!(write_built_in(folder.path()).is_err());
}

#[test]
fn an_offices_own_words_stand_in_its_document() {
    let folder = folder();
    edit(folder.path(), "五、有关建议", "五、下一步工作安排（{{ campaign.name }}）");
    fs::write(
        folder.path().join("sentences.jinja"),
        "{% if section == 'work' %}本区{{ units }}家单位存在问题。{% endif %}",
    )
    .unwrap();
    let own = Templates::read(Some(folder.path())).unwrap();
    own.check().unwrap();
    let version = Version::of(compile(material(), &own, "").unwrap()).unwrap();
    assert_eq!(version.snapshot.texts.generated[&Section::Work], "本区8家单位存在问题。");
    assert_eq!(version.snapshot.header.templates_sha256, own.sha256);
    let text = read_part(&docx::render(&version, &own).unwrap(), "word/document.xml");
    assert!(text.contains("五、下一步工作安排（2023年连云区党政机关办公用房专项巡检）"));
    assert!(text.contains("本区8家单位存在问题。"));
}

#[test]
fn styles_are_known_by_their_names_whatever_a_program_called_them_on_saving() {
    let folder = folder();
    edit_part(folder.path(), "word/styles.xml", "w:styleId=\"Cell\"", "w:styleId=\"TableText\"");
    edit_part(folder.path(), "word/styles.xml", "\"After Table\"", "\"another\"");
    let own = Templates::read(Some(folder.path())).unwrap();
    let text = read_part(&docx::render(&version(material()), &own).unwrap(), "word/document.xml");
    assert!(text.contains("\"TableText\"") && !text.contains("\"Cell\""));
    // What the template lacks is left out of tables; the template's own paragraphs are its own affair.
    let after = |text: &str| text.matches("\"After\"").count();
    assert_eq!(after(&text), after(include_str!("../../templates/report/docx/document.xml")));
}

#[test]
fn an_error_names_the_template_the_place_and_the_variable() {
    for (old, new, expected) in [
        (
            "五、有关建议",
            "{{ campaign.nmae }}",
            "template report.docx/word/document.xml, paragraph 41: undefined value: `campaign.nmae` is undefined",
        ),
        (
            "五、有关建议",
            "{{ campaign.name|zhh }}",
            "template report.docx/word/document.xml, paragraph 41: unknown filter",
        ),
        ("五、有关建议", "{% if public %}", "template report.docx/word/document.xml, paragraph"),
        (
            "五、有关建议",
            "{{ campaign.name",
            "template report.docx: word/document.xml, paragraph 41: a tag without an end",
        ),
        (
            "五、有关建议",
            "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}",
            "template report.docx/word/document.xml, paragraph 41: engine ran out of fuel",
        ),
        (
            "五、有关建议</w:t></w:r>",
            "</w:r></w:t>",
            "template report.docx: word/document.xml: no XML once it is filled",
        ),
    ] {
        let folder = folder();
        edit(folder.path(), old, new);
        let told = told(folder.path());
        assert!(told.starts_with(expected), "{told}");
    }
    let folder = folder();
    fs::write(folder.path().join("sentences.jinja"), "甲\n{{ statistics.totle }}").unwrap();
    assert_eq!(
        told(folder.path()),
        "template sentences.jinja, line 2: undefined value: `statistics.totle` is undefined"
    );
}

#[test]
fn a_file_that_is_no_template_is_told_and_one_that_an_editor_left_is_not() {
    let folder = folder();
    fs::write(folder.path().join("~$report.docx"), "").unwrap();
    Templates::read(Some(folder.path())).unwrap();
    fs::write(folder.path().join("Report.docx"), "").unwrap();
    assert!(told(folder.path()).starts_with("template Report.docx: unknown"));
    fs::remove_file(folder.path().join("Report.docx")).unwrap();
    fs::write(folder.path().join("report.docx"), "no document").unwrap();
    assert!(told(folder.path()).starts_with("template report.docx: no office document"));
}
