//! Attachments: papers and pictures (附件) that records refer to.

use super::id::Id;
use super::instant::Instant;
use super::record::RecordKind;
use crate::text_enum;

/// How many characters of a file's name are kept.
const NAME_LIMIT: usize = 200;

/// How many characters of a name may be its extension, dot included.
const EXTENSION_LIMIT: usize = 16;

text_enum! {
    /// What an attachment may be, told by its bytes and not by its name.
    pub enum MediaType {
        Jpeg = "image/jpeg",
        Png = "image/png",
        Heic = "image/heic",
        Pdf = "application/pdf",
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
}

impl MediaType {
    /// The usual ending of such a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Heic => "heic",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
        }
    }

    /// Whether it is a picture, whose pixels are limited.
    pub fn is_image(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Heic)
    }

    /// Whether it is a zip archive inside, whose unpacked size is limited.
    pub fn is_zip(self) -> bool {
        matches!(self, Self::Docx | Self::Xlsx)
    }
}

/// An attachment's description; its bytes are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub id: Id,
    /// Who uploaded it; alone may read it until it is linked.
    pub uploader_id: Id,
    pub file_name: String,
    pub media_type: MediaType,
    /// In bytes.
    pub size: i64,
    /// In lower-case hexadecimal.
    pub sha256: String,
    /// Where its bytes are.
    pub object_key: String,
    pub created_at: Instant,
    /// The record that it belongs to; decided once.
    pub linked_to: Option<LinkedTo>,
}

/// The record that an attachment belongs to: whoever may read the record may read the attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedTo {
    /// The kind of the record, as in its audit events.
    pub record_kind: RecordKind,
    /// The record.
    pub record_id: Id,
    /// The unit in whose scope the record is; none where it is everybody's in the campaign.
    pub unit_id: Option<Id>,
    /// The campaign that it belongs to.
    pub campaign_id: Option<Id>,
}

/// A file's name without path, control and direction characters, at most 200 characters long with its
/// extension kept; a name of the media type where nothing is left.
pub fn clean_file_name(given: &str, media_type: MediaType) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control() && !changes_direction(*c)).collect();
    let name = kept.trim().trim_start_matches('.').trim();
    if name.is_empty() {
        return format!("file.{}", media_type.extension());
    }
    let length = name.chars().count();
    if length <= NAME_LIMIT {
        return name.to_owned();
    }
    let extension = name.rfind('.').map(|dot| &name[dot..]).unwrap_or_default();
    let extension = if extension.chars().count() <= EXTENSION_LIMIT { extension } else { "" };
    let stem = NAME_LIMIT - extension.chars().count();
    name.chars().take(stem).chain(extension.chars()).collect()
}

/// Whether a character turns the direction of text, by which `gpj.exe` can look like `exe.jpg`.
fn changes_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_loses_its_path_and_whatever_does_not_show() {
        for (given, clean) in [
            ("租赁合同.pdf", "租赁合同.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\资料\\台账.pdf", "台账.pdf"),
            (" a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
            ("\u{202e}fdp.exe", "fdp.exe"),
            (".htaccess", "htaccess"),
            ("..", "file.pdf"),
            ("dir/", "file.pdf"),
            ("", "file.pdf"),
        ] {
            assert_eq!(clean_file_name(given, MediaType::Pdf), clean, "{given:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let clean = clean_file_name(&format!("{}.pdf", "长".repeat(300)), MediaType::Pdf);
        assert_eq!(clean.chars().count(), 200);
        assert!(clean.ends_with("长.pdf"), "{clean}");
        let clean = clean_file_name(&format!("a.{}", "b".repeat(300)), MediaType::Pdf);
        assert_eq!(clean.chars().count(), 200);
    }

    proptest! {
        #[test]
        fn a_clean_name_is_one_name_whatever_was_given(given in any::<String>()) {
            let clean = clean_file_name(&given, MediaType::Png);
            prop_assert!(!clean.is_empty() && clean.chars().count() <= 200);
            prop_assert!(!clean.contains(['/', '\\', '\0', '\n']) && !clean.starts_with('.'));
        }
    }
}
