//! Civil dates: the days of the notice, the forms and the records.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::refusal::Code;

/// The years that the service knows. What lies beyond is a slip of the pen, and neither engine keeps every date that
/// can be spelt so that it can be read again.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// A civil date of the Gregorian calendar, in the time zone of whatever it belongs to. In JSON `2023-08-06`, from 1900
/// to 2199: what is computed stays within these years too, so that it can be read again wherever it is written. It has no
/// schema of its own: utoipa knows a type of this name as a text of the format `date`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(pub(crate) NaiveDate);

impl Date {
    /// The first day that the service knows.
    pub const FIRST: Self = Self(NaiveDate::from_ymd_opt(*YEARS.start(), 1, 1).unwrap());

    /// The last one.
    pub const LAST: Self = Self(NaiveDate::from_ymd_opt(*YEARS.end(), 12, 31).unwrap());

    /// A day of these years; `None` where there is none.
    pub const fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        match NaiveDate::from_ymd_opt(year, month, day) {
            Some(naive) if *YEARS.start() <= year && year <= *YEARS.end() => Some(Self(naive)),
            _ => None,
        }
    }

    /// The day of a calendar without bounds, or the nearest that the service knows.
    pub fn nearest(naive: NaiveDate) -> Self {
        Self(naive).clamp(Self::FIRST, Self::LAST)
    }

    /// The same day for arithmetic.
    pub fn naive(self) -> NaiveDate {
        self.0
    }

    /// The day after; `None` for the last one.
    pub fn next(self) -> Option<Self> {
        self.0.succ_opt().map(Self).filter(|next| *next <= Self::LAST)
    }

    /// The day before; `None` for the first one.
    pub fn previous(self) -> Option<Self> {
        self.0.pred_opt().map(Self).filter(|previous| *previous >= Self::FIRST)
    }

    /// This day and all that follow.
    pub fn onwards(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |day| day.next())
    }
}

impl Add<Days> for Date {
    type Output = Self;

    fn add(self, days: Days) -> Self {
        Self::nearest(self.0.checked_add_days(days).unwrap_or(NaiveDate::MAX))
    }
}

impl Sub<Days> for Date {
    type Output = Self;

    fn sub(self, days: Days) -> Self {
        Self::nearest(self.0.checked_sub_days(days).unwrap_or(NaiveDate::MIN))
    }
}

impl Sub for Date {
    type Output = TimeDelta;

    fn sub(self, other: Self) -> TimeDelta {
        self.0 - other.0
    }
}

impl FromStr for Date {
    type Err = Code;

    /// # Errors
    /// [`Code::WrongType`] for a text of another form or a day that no calendar has, [`Code::OutOfRange`] for another
    /// year.
    fn from_str(text: &str) -> Result<Self, Code> {
        let naive: NaiveDate = text.parse().map_err(|_| Code::WrongType)?;
        // The library takes other spellings as well, and writes one.
        if naive.to_string() != text {
            return Err(Code::WrongType);
        }
        if YEARS.contains(&naive.year()) { Ok(Self(naive)) } else { Err(Code::OutOfRange) }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_calendar_begins_in_1900_and_ends_in_2199() {
        for text in ["1900-01-01", "2000-02-29", "2023-08-06", "2199-12-31"] {
            assert_eq!(text.parse::<Date>().map(|date| date.to_string()), Ok(text.to_owned()));
        }
        for text in [
            "0000-01-01",
            "0001-01-01",
            "1899-12-31",
            "2200-01-01",
            "9999-12-31",
            "+262142-12-31",
            "-0001-01-01",
        ] {
            assert_eq!(text.parse::<Date>(), Err(Code::OutOfRange), "{text}");
        }
    }

    #[test]
    fn a_date_has_one_spelling() {
        let others = [
            "",
            "2023-8-6",
            "2023-2-3",
            "2023-02-30",
            "2023-13-01",
            "20230806",
            "2023-08-06 ",
            " 2023-08-06",
            "2023/08/06",
            "+2023-08-06",
            "2023-08-06T00:00:00Z",
            "２０２３-08-06",
            "2023-0８-6",
            "2023-+8-06",
            "2023-08-+6",
        ];
        for text in others {
            assert_eq!(text.parse::<Date>(), Err(Code::WrongType), "{text}");
        }
    }

    proptest! {
        #[test]
        fn arithmetic_stays_within_the_years(days in any::<u64>(), offset in 0_u64..200_000) {
            let day = Date::FIRST + Days::new(offset);
            for date in [day, day + Days::new(days), day - Days::new(days)] {
                prop_assert_eq!(date.to_string().parse(), Ok(date));
            }
        }

        #[test]
        fn what_is_read_is_written_alike(text in "(1[89]|2[012])[0-9]{2}-[01][0-9]-[0-3][0-9]") {
            if let Ok(date) = text.parse::<Date>() {
                prop_assert_eq!(date.to_string(), text);
                prop_assert!(YEARS.contains(&date.naive().year()));
            }
        }

        #[test]
        fn no_text_breaks_the_parser(text in ".{0,12}") {
            let _ = text.parse::<Date>();
        }
    }
}
