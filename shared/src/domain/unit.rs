//! The units that are inspected (被巡检单位).

use super::actor::Role;
use super::machine::{Machine, Transition};
use crate::text_enum;

text_enum! {
    /// What a unit is, in the notice's words (巡检范围).
    pub enum UnitKind {
        /// A sub-district office (街道办事处).
        Subdistrict = "subdistrict",
        /// A township people's government (乡镇人民政府).
        Township = "township",
        /// The committee of a functional zone (功能板块).
        FunctionalZone = "functional_zone",
        /// A commission, office or bureau of the district (区委办局).
        Department = "department",
        /// A unit directly under the district (区直属单位).
        DirectUnit = "direct_unit",
    }
}

text_enum! {
    /// The class of the 2014 construction standard whose limits apply to a unit. A field of its own,
    /// since neither name nor kind decides it (办公用房建设标准, table 1).
    pub enum StandardClass {
        /// 中央机关.
        Central = "central",
        /// 省级机关.
        Provincial = "provincial",
        /// 市级机关.
        Municipal = "municipal",
        /// 县级机关, the dispatched bodies of a county (sub-district offices) among them.
        County = "county",
        /// 乡级机关.
        Township = "township",
    }
}

text_enum! {
    /// Whether a unit still exists. Units are never deleted.
    pub enum UnitStatus {
        /// Exists (正常).
        Active = "active",
        /// Went into its successor (已并入).
        Merged = "merged",
        /// Exists no more, without a successor (已撤销).
        Dissolved = "dissolved",
    }
}

text_enum! {
    /// What can be done with a unit.
    pub enum UnitVerb {
        /// Goes into a successor on a date (并入).
        Merge = "merge",
        /// Ends without a successor (撤销).
        Dissolve = "dissolve",
    }
}

impl Machine for UnitStatus {
    type Verb = UnitVerb;

    const TABLE: &'static [Transition<Self, UnitVerb>] = &[
        Transition {
            from: &[Self::Active],
            verb: UnitVerb::Merge,
            to: Some(Self::Merged),
            roles: &[Role::Coordinator],
        },
        Transition {
            from: &[Self::Active],
            verb: UnitVerb::Dissolve,
            to: Some(Self::Dissolved),
            roles: &[Role::Coordinator],
        },
    ];
}

/// Whether a unified social credit code (统一社会信用代码, GB 32100-2015) has the right alphabet and
/// check digit (R46). Real codes exist that fail, so a failure is a warning and never a refusal.
pub fn uscc_is_plausible(uscc: &str) -> bool {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let values: Option<Vec<usize>> =
        uscc.bytes().map(|byte| ALPHABET.iter().position(|symbol| *symbol == byte)).collect();
    let Some([body @ .., check]) = values.as_deref() else { return false };
    if body.len() != 17 {
        return false;
    }
    // The weights are the powers of 3 modulo 31.
    let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % 31));
    let sum: usize = body.iter().zip(weights).map(|(value, weight)| value * weight).sum();
    (31 - sum % 31) % 31 == *check
}

/// Whether a text is a code of an administrative division (GB/T 2260, or the 12 digits of the
/// statistics): 6 or 12 digits (R47).
pub fn is_region_code(code: &str) -> bool {
    matches!(code.len(), 6 | 12) && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text can be a telephone number: 5 to 30 characters, digits among them at least five,
/// and else only what stands between digits, in either width (brackets, commas, 转 for an extension).
pub fn is_phone(phone: &str) -> bool {
    let digits = phone.bytes().filter(u8::is_ascii_digit).count();
    phone.chars().count() <= 30
        && digits >= 5
        && phone.chars().all(|c| {
            c.is_ascii_digit() || " +-()\u{ff08}\u{ff09}\u{3001}\u{ff0c},/;\u{ff1b}\u{8f6c}".contains(c)
        })
}

#[cfg(test)]
mod tests {
    use super::super::machine::checks;
    use super::*;

    #[test]
    fn r46_accepts_codes_whose_check_digit_is_right() {
        assert!(uscc_is_plausible("9131000063159284XQ"));
        // The sum of this one is 1640, so that its last character would have to be 3.
        assert!(uscc_is_plausible("91350100M000100Y43"));
    }

    #[test]
    fn r46_warns_of_wrong_digits_lengths_and_letters() {
        for uscc in [
            "",
            "91350100M000100Y44",
            "91350211M0000XUF46",
            "9131000063159284X",
            "9131000063159284XQ1",
            "9131000063159284xq",
            "9131000063159284IQ",
            "统一社会信用代码",
        ] {
            assert!(!uscc_is_plausible(uscc), "{uscc:?}");
        }
    }

    #[test]
    fn r47_takes_six_or_twelve_digits() {
        assert!(is_region_code("320703") && is_region_code("320703000000"));
        for code in ["", "32070", "3207030", "32070a", "\u{ff13}\u{ff12}", "3207030000001"] {
            assert!(!is_region_code(code), "{code:?}");
        }
    }

    #[test]
    fn phones_are_digits_with_what_stands_between_them() {
        for phone in ["0518-82310000", "+86 518 82310000", "\u{ff08}0518\u{ff09}82310000转801", "13800000000"]
        {
            assert!(is_phone(phone), "{phone:?}");
        }
        for phone in ["", "1234", "电话:82310000", "82310000\n", "0518-82310000 0518-82310000 0518-82310000"]
        {
            assert!(!is_phone(phone), "{phone:?}");
        }
    }

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<UnitStatus>();
    }
}
