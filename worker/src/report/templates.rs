//! The templates that an office may put in the place of the built-in ones: the report in Word's form, and the sentences that
//! are made from the figures.

use std::fs;
use std::io;
use std::path::Path;

use documents::template::{self, Part, TemplateError};
use documents::typeset::layout;
use minijinja::{Environment, Error};
use shared::domain::canonical::sha256;
use shared::domain::id::Id;
use shared::domain::report::{Lists, Material, Persons, Snapshot, Texts};
use shared::messages::template::environment as of_texts;
use tempfile::TempDir;

use super::docx::{self, PARTS, PIECES};
use super::{ReportError, Version, compile, html, pdf, publish, sample, sentences};

/// The report in Word's form.
const DOCX: &str = "report.docx";

/// The sentences.
pub const SENTENCES: &str = "sentences.jinja";

/// Steps that a template may take, and so many more for each record: a loop that never ends, ends.
const FUEL: (u64, u64) = (20_000_000, 100_000);

/// Why templates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplatesError {
    /// The folder or a file cannot be read.
    #[error("templates: {0}")]
    Io(#[from] io::Error),
    /// A file that no report asks for, as its name would have to be another.
    #[error("template {0}: unknown; known are {DOCX} and {SENTENCES}")]
    Unknown(String),
    /// A file that is no template.
    #[error("template {0}: {1}")]
    Unreadable(&'static str, TemplateError),
    /// A template that is no template, or asks for what a report lacks.
    #[error("template {template}{place}: {reason}")]
    Wrong {
        /// The file, with the part of it.
        template: String,
        /// The line or the paragraph.
        place: String,
        /// What is wrong, with the expression.
        reason: String,
    },
}

/// The templates of reports, checked.
pub struct Templates {
    /// The parts of the report in Word's form.
    pub docx: Vec<Part>,
    /// The sentences.
    pub sentences: String,
    /// SHA-256 of all templates in hexadecimal: another value, other bytes of the files.
    pub sha256: String,
    /// The files that are the office's own, as they are.
    own: Vec<(&'static str, Vec<u8>)>,
}

impl Templates {
    /// The built-in templates, or those of a folder in their place.
    ///
    /// # Errors
    /// A file that is no template.
    pub fn read(folder: Option<&Path>) -> Result<Self, TemplatesError> {
        let own = folder.map_or_else(|| Ok(Vec::new()), own_files)?;
        let file = |name| own.iter().find(|(known, _)| *known == name).map(|(_, content)| content.as_slice());
        let unreadable = |name| move |error| TemplatesError::Unreadable(name, error);
        let docx = file(DOCX).map_or_else(docx::built_in, template::read).map_err(unreadable(DOCX))?;
        let sentences = match file(SENTENCES) {
            Some(content) => str::from_utf8(content).map_err(io::Error::other)?,
            None => sentences::TEMPLATE,
        };
        Ok(Self { docx, sentences: sentences.to_owned(), sha256: digest(&own), own })
    }

    /// Tries each template on a report with a record of every kind and on one of nothing, in both editions.
    ///
    /// # Errors
    /// The first that cannot be filled: with its name, the line or paragraph, and the expression.
    pub fn check(&self) -> Result<(), TemplatesError> {
        for version in samples(self).map_err(|error| self.told(SENTENCES, &error))? {
            let document = docx::render(&version, self).map_err(|error| self.told(DOCX, &error))?;
            template::check(&document).map_err(|error| TemplatesError::Unreadable(DOCX, error))?;
        }
        Ok(())
    }

    /// Keeps the office's own files in a folder of this process, so that what was checked is what is used; none where there
    /// are none.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn keep(&self) -> io::Result<Option<TempDir>> {
        if self.own.is_empty() {
            return Ok(None);
        }
        let folder = tempfile::tempdir()?;
        for (name, content) in &self.own {
            fs::write(folder.path().join(name), content)?;
        }
        Ok(Some(folder))
    }

    /// An error with its place, as who made the template knows it: a text in Word has no lines, but paragraphs.
    fn told(&self, file: &str, error: &ReportError) -> TemplatesError {
        let ReportError::Template(error) = error else {
            return TemplatesError::Wrong {
                template: file.to_owned(),
                place: String::new(),
                reason: error.to_string(),
            };
        };
        let part = error.name().filter(|name| *name != file);
        let unit = if part.is_some() { "paragraph" } else { "line" };
        let place = error.line().map(|line| format!(", {unit} {line}"));
        let source = part.map_or(Some(self.sentences.clone()), |part| docx::source(&self.docx, part));
        let expression =
            source.zip(error.range()).and_then(|(source, range)| Some(source.get(range)?.to_owned()));
        let detail = error.detail().unwrap_or_default();
        let expression = expression.filter(|expression| !detail.contains(expression));
        TemplatesError::Wrong {
            template: format!("{file}{}", part.map(|part| format!("/{part}")).unwrap_or_default()),
            place: place.unwrap_or_default(),
            reason: [Some(error.kind().to_string()), Some(detail.to_owned()), expression]
                .into_iter()
                .flatten()
                .filter(|told| !told.is_empty())
                .collect::<Vec<_>>()
                .join(": "),
        }
    }
}

/// Writes the built-in templates into a folder, to begin one's own with; a file that is there already stays.
///
/// # Errors
/// They cannot be written.
pub fn write_built_in(folder: &Path) -> io::Result<()> {
    let document = template::pack(PARTS).map_err(io::Error::other)?;
    for (name, content) in [(DOCX, document.as_slice()), (SENTENCES, sentences::TEMPLATE.as_bytes())] {
        let mut file = fs::File::create_new(folder.join(name))?;
        io::Write::write_all(&mut file, content)?;
    }
    Ok(())
}

/// What fills templates of the report, within limits.
///
/// # Errors
/// A syntax that contradicts itself.
pub fn environment<'a>(snapshot: &Snapshot) -> Result<Environment<'a>, Error> {
    let mut environment = of_texts()?;
    let Lists { units, problems, leader_offices, rectifications, .. } = &snapshot.lists;
    let records = units.len() + problems.len() + leader_offices.len() + rectifications.len();
    environment.set_fuel(Some(FUEL.0 + FUEL.1 * records as u64));
    Ok(environment)
}

/// The office's own files.
fn own_files(folder: &Path) -> Result<Vec<(&'static str, Vec<u8>)>, TemplatesError> {
    let mut own = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Editors leave such files beside those that are open.
        if name.starts_with('.') || name.starts_with("~$") {
            continue;
        }
        let known = [DOCX, SENTENCES].into_iter().find(|known| *known == name);
        own.push((known.ok_or(TemplatesError::Unknown(name))?, fs::read(entry.path())?));
    }
    own.sort();
    Ok(own)
}

fn digest(own: &[(&'static str, Vec<u8>)]) -> String {
    let built_in = [sentences::TEMPLATE, html::TEMPLATE, html::STYLE, pdf::TEMPLATE, layout()];
    let files = PARTS.iter().chain(PIECES).map(|(_, content)| *content);
    let mut all: Vec<u8> = built_in.into_iter().chain(files).flat_map(str::bytes).collect();
    for (name, content) in own {
        all.extend(name.bytes().chain(content.iter().copied()));
    }
    sha256(&all)
}

/// The sample and a report of nothing, as full and as public editions.
fn samples(templates: &Templates) -> Result<Vec<Version>, ReportError> {
    let sample = sample::small()?;
    let nothing = Material { lists: Lists::default(), texts: Texts::default(), ..sample.clone() };
    let mut samples = Vec::new();
    for material in [sample, nothing] {
        let full = compile(material, templates, "")?;
        let public = publish(full.clone(), Id::new(), Persons::default(), templates, "")?;
        samples.extend([Version::of(full)?, Version::of(public)?]);
    }
    Ok(samples)
}
