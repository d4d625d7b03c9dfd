//! What a template can see while it is typeset: itself, the layout, its data and the fonts. No clock, no disk, no network.

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::fonts::Fonts;
use crate::typeset::TypesetError;

/// The layout of official documents, which every template imports.
pub const LAYOUT: &str = include_str!("../templates/official.typ");

/// The world of one document. Its paths are the same on every machine.
pub struct Desk<'a> {
    library: LazyHash<Library>,
    fonts: &'a Fonts,
    template: Source,
    layout: Source,
    data: (FileId, Bytes),
    names: (FileId, Bytes),
}

impl<'a> Desk<'a> {
    pub fn new(fonts: &'a Fonts, template: &str, data: &serde_json::Value) -> Result<Self, TypesetError> {
        Ok(Self {
            library: LazyHash::new(Library::default()),
            fonts,
            template: Source::new(file("/document.typ")?, template.to_owned()),
            layout: Source::new(file("/official.typ")?, LAYOUT.to_owned()),
            data: (file("/data.json")?, Bytes::new(serde_json::to_vec(data)?)),
            names: (file("/fonts.json")?, Bytes::new(serde_json::to_vec(&fonts.names())?)),
        })
    }
}

fn file(path: &str) -> Result<FileId, TypesetError> {
    let path = VirtualPath::new(path).map_err(|error| TypesetError::Template(error.to_string()))?;
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

fn unknown(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_with_slash().into())
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let sources = [&self.template, &self.layout];
        sources.into_iter().find(|source| source.id() == id).cloned().ok_or_else(|| unknown(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let files = [&self.data, &self.names];
        files.into_iter().find(|file| file.0 == id).map(|file| file.1.clone()).ok_or_else(|| unknown(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    /// Dates are data: the same data give the same document on any day.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
