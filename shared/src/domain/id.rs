//! Identifiers of every record.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};

/// A UUID version 7 in its canonical lower-case text, made by the service or sent by the
/// client that created the record. Its order is roughly the order of creation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id([u8; 36]);

/// The text is no UUID version 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID version 7")]
pub struct InvalidId;

impl Id {
    /// A new identifier. The time in it only sorts; no rule reads it.
    pub fn new() -> Self {
        Self::from_uuid(uuid::Uuid::now_v7())
    }

    fn from_uuid(uuid: uuid::Uuid) -> Self {
        let mut text = [0; 36];
        uuid.hyphenated().encode_lower(&mut text);
        Self(text)
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        // `encode_lower` writes ASCII only, so the fallback is never taken.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Default for Id {
    fn default() -> Self {
        Self::new()
    }
}

impl FromStr for Id {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        // Only the hyphenated form: braces, URNs and bare digits would be second spellings.
        if text.len() != 36 {
            return Err(InvalidId);
        }
        match uuid::Uuid::try_parse(text) {
            Ok(uuid) if uuid.get_version_num() == 7 => Ok(Self::from_uuid(uuid)),
            _ => Err(InvalidId),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Id {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::Custom("uuid".to_owned())))
            .description(Some("A UUID version 7."))
            .examples(["01890a5d-ac96-774b-bcce-b302099a8057"])
            .into()
    }
}

impl utoipa::ToSchema for Id {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_version_7_in_any_case_and_keeps_the_canonical_text() {
        let id: Id = "01890A5D-AC96-774B-BCCE-B302099A8057".parse().unwrap();
        assert_eq!(id.as_str(), "01890a5d-ac96-774b-bcce-b302099a8057");
    }

    #[test]
    fn refuses_other_versions_and_other_spellings() {
        for text in [
            "",
            "1",
            "01890a5dac96774bbcceb302099a8057",
            "{01890a5d-ac96-774b-bcce-b302099a8057}",
            "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d",
            "01890a5d-ac96-774b-bcce-b302099a805\u{0}",
        ] {
            assert_eq!(text.parse::<Id>(), Err(InvalidId), "{text:?}");
        }
    }
}
