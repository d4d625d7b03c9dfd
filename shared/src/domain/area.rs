//! Areas (使用面积) as exact numbers.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

use super::refusal::Code;

/// An area in integer hundredths of a square metre, 0 to 1,000,000 m² (R48). In JSON a number of
/// square metres, such as `23.25`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Area(i32);

impl Area {
    /// The largest area, in square metres.
    const MAX_METRES: i32 = 1_000_000;

    /// An area from stored hundredths; [`Code::OutOfRange`] where they are none.
    pub fn from_hundredths(hundredths: i32) -> Result<Self, Code> {
        if (0..=Self::MAX_METRES * 100).contains(&hundredths) {
            Ok(Self(hundredths))
        } else {
            Err(Code::OutOfRange)
        }
    }

    /// The hundredths of a square metre.
    pub fn hundredths(self) -> i32 {
        self.0
    }

    /// The area of so many hundredths, or the nearest one that is in range.
    pub fn nearest(hundredths: i64) -> Self {
        // In range, so that the cast is exact.
        Self(hundredths.clamp(0, i64::from(Self::MAX_METRES) * 100) as i32)
    }

    /// How much it exceeds another; 0 where it doesn't.
    pub fn beyond(self, other: Self) -> Self {
        Self((self.0 - other.0).max(0))
    }

    /// The hundredths as the database keeps them.
    pub(crate) fn stored(&self) -> &i32 {
        &self.0
    }

    /// An area from square metres as they were entered (R48): a value within 1e-6 of a hundredth is
    /// that hundredth, what is finer is [`Code::TooFine`], what lies outside [`Code::OutOfRange`].
    pub fn from_metres(metres: f64) -> Result<Self, Code> {
        let nearest = (metres * 100.0).round();
        if !(0.0..=f64::from(Self::MAX_METRES) * 100.0).contains(&nearest) {
            return Err(Code::OutOfRange);
        }
        // A billionth more than the rule, for the error of the binary fractions themselves.
        if (metres - nearest / 100.0).abs() > 1e-6 + 1e-9 {
            let outside = metres < 0.0 || metres > f64::from(Self::MAX_METRES);
            return Err(if outside { Code::OutOfRange } else { Code::TooFine });
        }
        // In range as checked above, so that the cast is exact.
        Ok(Self(nearest as i32))
    }
}

impl fmt::Display for Area {
    /// Square metres without a superfluous zero: `18`, `23.5`, `23.25`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (metres, rest) = (self.0 / 100, self.0 % 100);
        match rest {
            0 => write!(f, "{metres}"),
            _ if rest % 10 == 0 => write!(f, "{metres}.{}", rest / 10),
            _ => write!(f, "{metres}.{rest:02}"),
        }
    }
}

impl Serialize for Area {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A whole number stands without a fraction, as in canonical JSON (RFC 8785).
        if self.0 % 100 == 0 {
            serializer.serialize_i32(self.0 / 100)
        } else {
            serializer.serialize_f64(f64::from(self.0) / 100.0)
        }
    }
}

/// A number that is no area fails with the word of its [`Code`] as the message.
impl<'de> Deserialize<'de> for Area {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_metres(f64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A sum of areas of many people, in hundredths of a square metre, without an upper end. In JSON a number of square
/// metres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TotalArea(u64);

impl From<Area> for TotalArea {
    fn from(area: Area) -> Self {
        Self(u64::from(area.0.unsigned_abs()))
    }
}

impl std::ops::AddAssign for TotalArea {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl fmt::Display for TotalArea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for TotalArea {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(100) {
            serializer.serialize_u64(self.0 / 100)
        } else {
            // Exact to the hundredth for every sum that a campaign can have.
            serializer.serialize_f64(self.0 as f64 / 100.0)
        }
    }
}

impl<'de> Deserialize<'de> for TotalArea {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let metres = f64::deserialize(deserializer)?;
        if !(0.0..=1e12).contains(&metres) {
            return Err(serde::de::Error::custom(Code::OutOfRange));
        }
        Ok(Self((metres * 100.0).round() as u64))
    }
}

impl utoipa::PartialSchema for TotalArea {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .minimum(Some(0))
            .description(Some("A sum of areas in square metres, in hundredths."))
            .examples([9.4])
            .into()
    }
}

impl utoipa::ToSchema for TotalArea {}

impl utoipa::PartialSchema for Area {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .minimum(Some(0))
            .maximum(Some(Self::MAX_METRES))
            .description(Some("An area in square metres, in hundredths."))
            .examples([23.25])
            .into()
    }
}

impl utoipa::ToSchema for Area {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn r48_every_hundredth_survives_json_and_text(hundredths in 0..=100_000_000_i32) {
            let area = Area::from_hundredths(hundredths).unwrap();
            let json = serde_json::to_string(&area).unwrap();
            prop_assert_eq!(&json, &area.to_string().replace(' ', ""));
            prop_assert_eq!(serde_json::from_str::<Area>(&json).unwrap(), area);
        }

        #[test]
        fn r48_noise_of_a_millionth_is_the_hundredth_and_more_is_too_fine(
            hundredths in 1..100_000_000_i32,
            noise in -0.9e-6..0.9e-6_f64,
            finer in 1.1e-6..0.0049_f64,
        ) {
            let metres = f64::from(hundredths) / 100.0;
            prop_assert_eq!(Area::from_metres(metres + noise).unwrap().hundredths(), hundredths);
            prop_assert_eq!(Area::from_metres(metres - finer), Err(Code::TooFine));
        }
    }

    #[test]
    fn a_total_survives_json() {
        for hundredths in [0, 100, 940, 1_234_567] {
            let total = TotalArea(hundredths);
            let json = serde_json::to_string(&total).unwrap();
            assert_eq!(serde_json::from_str::<TotalArea>(&json).unwrap(), total, "{json}");
        }
    }

    #[test]
    fn r48_sums_of_binary_fractions_are_taken() {
        assert_eq!(Area::from_metres(0.1 + 0.2).unwrap().hundredths(), 30);
        assert_eq!(Area::from_metres(-0.0).unwrap().hundredths(), 0);
    }

    #[test]
    fn r48_what_lies_outside_is_out_of_range_however_fine() {
        for metres in [-0.01, -0.004, 1_000_000.01, 1_000_000.004, 1e300, f64::NAN, f64::INFINITY] {
            assert_eq!(Area::from_metres(metres), Err(Code::OutOfRange), "{metres}");
        }
        assert_eq!(Area::from_metres(1_000_000.0).unwrap().hundredths(), 100_000_000);
    }

    #[test]
    fn a_failure_to_read_says_its_code() {
        let message = |json| serde_json::from_str::<Area>(json).unwrap_err().to_string();
        assert!(message("23.255").starts_with("too_fine"));
        assert!(message("-1").starts_with("out_of_range"));
    }
}
