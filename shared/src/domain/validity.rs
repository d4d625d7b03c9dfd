//! Dated data: from which day on something holds, and until which. Limits and rules change, and what was
//! measured under the old ones is judged by the old ones (R50).

use super::date::Date;
use super::refusal::{Code, Violation, Violations};

/// The days on which something holds, the first and the last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first day.
    pub from: Date,
    /// The last day; none while it is open-ended.
    pub to: Option<Date>,
}

impl Validity {
    /// Whether it holds on a day.
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// Whether both hold on some day.
    pub fn overlaps(self, other: Self) -> bool {
        self.to.is_none_or(|to| other.from <= to) && other.to.is_none_or(|to| self.from <= to)
    }

    /// The same, ended by one that begins later, where it is open-ended.
    pub fn ended_by(self, next: Self) -> Option<Self> {
        let last = next.from.previous().filter(|last| *last >= self.from && self.to.is_none())?;
        Some(Self { to: Some(last), ..self })
    }

    /// Notes an end before the beginning.
    pub fn check(self, violations: &mut Violations) {
        violations.require(self.to.is_none_or(|to| to >= self.from), "/valid_to", Code::EndsBeforeStart);
    }
}

/// The violation of a validity that holds together with another one.
pub fn overlap(violations: &mut Violations, new: Validity, others: impl Iterator<Item = Validity>) {
    for other in others.filter(|other| new.overlaps(*other)).take(1) {
        violations.push(Violation::with("/valid_from", Code::Overlaps, other.from));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(offset: u64) -> Date {
        Date::new(2014, 11, 24).unwrap() + chrono::Days::new(offset)
    }

    prop_compose! {
        fn any_validity()(from in 0u64..20, length in prop::option::of(0u64..20)) -> Validity {
            Validity { from: day(from), to: length.map(|length| day(from + length)) }
        }
    }

    proptest! {
        #[test]
        fn two_overlap_where_a_day_is_in_both(one in any_validity(), other in any_validity()) {
            let common = (0..60).any(|offset| one.contains(day(offset)) && other.contains(day(offset)));
            prop_assert_eq!(one.overlaps(other), common);
        }

        #[test]
        fn one_that_is_ended_by_the_next_holds_until_the_day_before(one in any_validity(), next in any_validity()) {
            match one.ended_by(next) {
                Some(ended) => {
                    prop_assert!(!ended.overlaps(next));
                    prop_assert_eq!((one.to, ended.from, ended.to), (None, one.from, next.from.previous()));
                }
                None => prop_assert!(one.to.is_some() || next.from <= one.from),
            }
        }
    }
}
