//! The fonts of this machine, found at run time: none is shipped.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use fontdb::{Database, FaceInfo, Source, Stretch, Style};
use sha2::{Digest, Sha256};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontInfo, FontVariant};
use typst::utils::LazyHash;

use crate::role::Role;

/// Roles that no font of this machine can play.
#[derive(Debug, thiserror::Error)]
#[error(
    "no font for {}: set XUNJIAN_FONTS_DIR, or install fonts (on Debian: fonts-noto-cjk, fonts-lxgw-wenkai)",
    .0.iter().map(|role| role.zh()).collect::<Vec<_>>().join("、")
)]
pub struct FontsMissing(pub Vec<Role>);

/// A face that serves a role.
pub struct Face {
    /// The role.
    pub role: Role,
    /// The family, by the name of the role's list.
    pub family: &'static str,
    /// Its PostScript name.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    font: Font,
}

/// The faces of every role, in the order of its families.
pub struct Fonts {
    faces: Vec<Face>,
    pub(crate) book: LazyHash<FontBook>,
}

impl Fonts {
    /// Looks for the families of every role, in a folder first and then among the fonts of the system. Fonts
    /// that serve no role are left out, so that they change no document.
    ///
    /// # Errors
    /// There is not enough memory for them. A file that cannot be read otherwise counts as absent.
    pub fn find(folder: Option<&Path>) -> io::Result<Self> {
        let mut database = Database::new();
        if let Some(folder) = folder {
            database.load_fonts_dir(folder);
        }
        database.load_system_fonts();
        let mut files = HashMap::new();
        let mut faces = Vec::new();
        for &role in Role::ALL {
            for &family in role.families() {
                let candidates = database.faces().filter(|face| is_upright(face) && is_of(face, family));
                let best =
                    candidates.filter_map(|face| Some((path_of(face)?, face))).min_by_key(|(path, face)| {
                        let own = folder.is_some_and(|folder| path.starts_with(folder));
                        (Reverse(own), face.weight.0.abs_diff(role.weight()), *path, face.index)
                    });
                let Some((path, face)) = best else { continue };
                let Some(font) = load(&mut files, path, face.index)? else { continue };
                let (name, path) = (face.post_script_name.clone(), path.to_owned());
                faces.push(Face { role, family, name, path, font });
            }
        }
        let mut book = FontBook::new();
        for (index, face) in faces.iter().enumerate() {
            // Templates name a face by its role: which family it is of, and how heavy, is settled here.
            let variant = FontVariant::default();
            book.push(FontInfo { family: name_of(face.role, index), variant, ..face.font.info().clone() });
        }
        Ok(Self { faces, book: LazyHash::new(book) })
    }

    /// The faces that serve a role, the best first.
    pub fn serving(&self, role: Role) -> impl Iterator<Item = &Face> {
        self.faces.iter().filter(move |face| face.role == role)
    }

    /// The characters of a text that no face of the role has: they are printed as an empty box. Spaces and control
    /// characters need none.
    pub fn missing(&self, role: Role, text: &str) -> BTreeSet<char> {
        let has = |c: char| self.serving(role).any(|face| face.has(c));
        text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !has(*c)).collect()
    }

    /// SHA-256 of every face with its role, in hexadecimal: another value, other bytes of typeset documents.
    pub fn sha256(&self) -> String {
        let mut files: HashMap<&Path, [u8; 32]> = HashMap::new();
        let mut all = Sha256::new();
        for face in &self.faces {
            let file = *files.entry(&face.path).or_insert_with(|| Sha256::digest(face.font.data()).into());
            all.update(format!("{}\n{}\n{}\n", face.role.key(), face.family, face.font.index()));
            all.update(file);
        }
        all.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether every role is served.
    ///
    /// # Errors
    /// The roles that are not.
    pub(crate) fn check(&self) -> Result<(), FontsMissing> {
        let unserved = Role::ALL.iter().copied().filter(|role| self.serving(*role).next().is_none());
        let unserved: Vec<Role> = unserved.collect();
        if unserved.is_empty() { Ok(()) } else { Err(FontsMissing(unserved)) }
    }

    /// The names by which templates call the faces of each role, as JSON.
    pub(crate) fn names(&self) -> serde_json::Value {
        let names = |role: Role| -> serde_json::Value {
            let faces = self.faces.iter().enumerate().filter(|(_, face)| face.role == role);
            faces.map(|(index, _)| name_of(role, index)).collect()
        };
        Role::ALL.iter().map(|&role| (role.key(), names(role))).collect()
    }

    pub(crate) fn font(&self, index: usize) -> Option<Font> {
        self.faces.get(index).map(|face| face.font.clone())
    }
}

impl Face {
    /// Whether it has a character.
    pub fn has(&self, c: char) -> bool {
        self.font.info().coverage.contains(c.into())
    }
}

fn name_of(role: Role, index: usize) -> String {
    format!("{}-{index}", role.key())
}

fn is_upright(face: &FaceInfo) -> bool {
    face.style == Style::Normal && face.stretch == Stretch::Normal
}

fn is_of(face: &FaceInfo, family: &str) -> bool {
    face.families.iter().any(|(name, _)| name.eq_ignore_ascii_case(family))
}

fn path_of(face: &FaceInfo) -> Option<&Path> {
    match &face.source {
        Source::File(path) | Source::SharedFile(path, _) => Some(path),
        Source::Binary(_) => None,
    }
}

/// Reads a face; a file is read once, whatever it serves. `None` where it cannot be read or is no font.
fn load(files: &mut HashMap<PathBuf, Option<Bytes>>, path: &Path, index: u32) -> io::Result<Option<Font>> {
    if !files.contains_key(path) {
        let bytes = match std::fs::read(path) {
            // Without one of its fonts a document would come out otherwise.
            Err(error) if error.kind() == io::ErrorKind::OutOfMemory => return Err(error),
            read => read.ok().map(Bytes::new),
        };
        files.insert(path.to_owned(), bytes);
    }
    Ok(files.get(path).cloned().flatten().and_then(|bytes| Font::new(bytes, index)))
}
