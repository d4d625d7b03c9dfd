//! Instants of business: UTC, to the microsecond.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDateTime, SecondsFormat, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};

use super::date::{Date, YEARS};
use super::refusal::Code;

/// The one spelling of instants (RFC 3339, in capitals), with any offset.
const PATTERN: &str =
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$";

/// A UTC instant, cut to the microsecond because PostgreSQL keeps no more: what was written
/// is what is read. In JSON `2023-08-06T16:00:00Z`, in the years from 1900 to 2199 of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(pub(crate) NaiveDateTime);

impl Instant {
    /// The last instant of these years.
    pub const LAST: Self = Self(Date::LAST.0.and_hms_opt(23, 59, 59).unwrap());

    /// The civil date at this instant in a time zone.
    pub fn date_in(self, zone: Tz) -> Date {
        Date::nearest(self.to_utc().with_timezone(&zone).date_naive())
    }

    /// An argument of a command line, with a sentence where it is none.
    ///
    /// # Errors
    /// As its parsing.
    pub fn from_argument(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|_| "not an instant from 1900 to 2199 such as 2023-08-07T09:00:00+08:00".to_owned())
    }

    /// The same instant for arithmetic.
    pub fn to_utc(self) -> DateTime<Utc> {
        self.0.and_utc()
    }
}

impl From<DateTime<Utc>> for Instant {
    fn from(instant: DateTime<Utc>) -> Self {
        let naive = instant.naive_utc();
        let micros = naive.nanosecond() % 1_000_000_000 / 1_000;
        Self(naive.with_nanosecond(micros * 1_000).unwrap_or(naive))
    }
}

impl std::ops::Add<chrono::TimeDelta> for Instant {
    type Output = Self;

    fn add(self, delta: chrono::TimeDelta) -> Self {
        Self(self.0 + delta)
    }
}

impl std::ops::Sub<chrono::TimeDelta> for Instant {
    type Output = Self;

    fn sub(self, delta: chrono::TimeDelta) -> Self {
        Self(self.0 - delta)
    }
}

impl std::ops::Sub for Instant {
    type Output = chrono::TimeDelta;

    fn sub(self, other: Self) -> chrono::TimeDelta {
        self.0 - other.0
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Instant {
    type Err = Code;

    /// # Errors
    /// [`Code::WrongType`] for a text of another form or an instant that no clock shows, [`Code::OutOfRange`] for
    /// another year.
    fn from_str(text: &str) -> Result<Self, Code> {
        // The library takes small letters and a blank for the `T` as well, which few others do.
        let spelt = text.len() >= 20 && text.as_bytes().get(10) == Some(&b'T') && !text.ends_with('z');
        let parsed = DateTime::parse_from_rfc3339(text).ok().filter(|_| spelt);
        let instant = parsed.ok_or(Code::WrongType)?.to_utc();
        if YEARS.contains(&instant.year()) { Ok(instant.into()) } else { Err(Code::OutOfRange) }
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some(
                "An instant, RFC 3339: shown in UTC, taken with any offset, in the years from 1900 to 2199.",
            ))
            .pattern(Some(PATTERN))
            .examples(["2023-08-06T16:00:00Z"])
            .into()
    }
}

impl utoipa::ToSchema for Instant {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_lie_between_1900_and_2199_of_utc() {
        for (text, shown) in [
            ("1900-01-01T00:00:00Z", "1900-01-01T00:00:00Z"),
            ("1900-01-01T08:00:00+08:00", "1900-01-01T00:00:00Z"),
            ("2200-01-01T07:59:59.999999+08:00", "2199-12-31T23:59:59.999999Z"),
            ("2023-08-06T16:00:00.123456789Z", "2023-08-06T16:00:00.123456Z"),
        ] {
            assert_eq!(text.parse::<Instant>().map(|instant| instant.to_string()), Ok(shown.to_owned()));
        }
        for text in [
            "0000-01-01T00:00:00+08:00",
            "0000-01-01T00:00:00Z",
            "1900-01-01T07:59:59+08:00",
            "1899-12-31T23:59:59.999999Z",
            "2200-01-01T00:00:00Z",
            "2199-12-31T23:59:59-12:00",
            "9999-12-31T23:59:59-12:00",
        ] {
            assert_eq!(text.parse::<Instant>(), Err(Code::OutOfRange), "{text}");
        }
    }

    #[test]
    fn an_instant_has_the_spelling_of_the_contract() {
        for text in [
            "",
            "2023-08-06",
            "2023-08-06T16:00:00",
            "2023-08-06T16:00Z",
            "2023-8-6T16:00:00Z",
            "2023-08-06 16:00:00Z",
            "2023-08-06t16:00:00Z",
            "2023-08-06T16:00:00z",
            "2023-08-06T25:00:00Z",
            "2023-08-06T16:00:00+8:00",
            "+10000-01-01T00:00:00Z",
            "2023-02-30T00:00:00Z",
        ] {
            assert_eq!(text.parse::<Instant>(), Err(Code::WrongType), "{text}");
        }
    }
}
