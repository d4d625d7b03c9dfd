//! Instants of business: UTC, to the microsecond.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};

/// A UTC instant, cut to the microsecond because PostgreSQL keeps no more: what was written
/// is what is read. In JSON `2023-08-06T16:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(pub(crate) NaiveDateTime);

impl Instant {
    /// The civil date at this instant in a time zone.
    pub fn date_in(self, zone: Tz) -> NaiveDate {
        self.to_utc().with_timezone(&zone).date_naive()
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

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text)
            .map(|instant| instant.to_utc().into())
            .map_err(|_| serde::de::Error::custom("not an RFC 3339 instant"))
    }
}

impl utoipa::PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("An instant in UTC, RFC 3339."))
            .examples(["2023-08-06T16:00:00Z"])
            .into()
    }
}

impl utoipa::ToSchema for Instant {}
