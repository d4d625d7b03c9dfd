//! Time zones by their names in the IANA database.

use std::str::FromStr;

use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

use super::refusal::Code;

/// A time zone, in which a campaign's civil dates are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeZone(pub Tz);

impl TimeZone {
    /// The zone's name.
    pub fn name(&self) -> &'static str {
        self.0.name()
    }
}

impl Default for TimeZone {
    /// China has one.
    fn default() -> Self {
        Self(Tz::Asia__Shanghai)
    }
}

impl FromStr for TimeZone {
    type Err = Code;

    fn from_str(name: &str) -> Result<Self, Code> {
        name.parse().map(Self).map_err(|_| Code::UnknownTimeZone)
    }
}

impl Serialize for TimeZone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for TimeZone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for TimeZone {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A time zone of the IANA database."))
            .examples(["Asia/Shanghai"])
            .into()
    }
}

impl utoipa::ToSchema for TimeZone {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_iana_database() {
        assert_eq!("Asia/Shanghai".parse::<TimeZone>(), Ok(TimeZone::default()));
        for name in ["", "Asia/Lianyungang", "+08:00", "asia/shanghai"] {
            assert_eq!(name.parse::<TimeZone>(), Err(Code::UnknownTimeZone), "{name:?}");
        }
    }
}
