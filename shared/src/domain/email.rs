//! Addresses to which notices go.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};

use super::refusal::Code;

/// An e-mail address as it was entered: one `@` with something on both sides, neither spaces nor
/// control characters, at most 254 characters. Whether it reaches anybody, only the mail server says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct EmailAddress(String);

impl EmailAddress {
    const MAX: usize = 254;

    /// The address as it was entered.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = Code;

    fn from_str(text: &str) -> Result<Self, Code> {
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"".contains(c);
        let well_formed = match text.split_once('@') {
            Some((local, domain)) => {
                !local.is_empty()
                    && !domain.is_empty()
                    && !domain.contains('@')
                    && !domain.starts_with(['.', '-'])
                    && !domain.ends_with(['.', '-'])
                    && text.chars().all(plain)
            }
            None => false,
        };
        if text.chars().count() > Self::MAX {
            Err(Code::TooLong)
        } else if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(Code::Malformed)
        }
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A malformed address fails with the word of its [`Code`] as the message.
impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for EmailAddress {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::Custom("email".to_owned())))
            .max_length(Some(Self::MAX))
            .description(Some("An e-mail address."))
            .examples(["xugou@example.gov.cn"])
            .into()
    }
}

impl utoipa::ToSchema for EmailAddress {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_addresses_as_they_were_entered() {
        for text in ["xugou@example.gov.cn", "A.B+c@localhost", "联络员@例子.中国"] {
            assert_eq!(text.parse::<EmailAddress>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn refuses_what_no_envelope_could_carry() {
        for text in ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@c\n", "a@c\0", "a@b,c@d", "A <a@b>", "a@.c"] {
            assert_eq!(text.parse::<EmailAddress>(), Err(Code::Malformed), "{text:?}");
        }
        let long = format!("{}@example.cn", "a".repeat(254));
        assert_eq!(long.parse::<EmailAddress>(), Err(Code::TooLong));
    }
}
