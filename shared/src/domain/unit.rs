//! The units that are inspected (被巡检单位).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor::Role;
use super::date::Date;
use super::email::EmailAddress;
use super::id::Id;
use super::instant::Instant;
use super::machine::{Machine, Transition};
use super::notice::Audience;
use super::refusal::{Code, Refusal, Violations};
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
    /// How a unit ends.
    pub enum UnitVerb {
        /// Goes into another (并入).
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

/// The person whom the district rings up (联系人): a field of the form, not an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Name of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "陈海燕")]
    pub name: Option<String>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 30, example = "0518-80000000")]
    pub phone: Option<String>,
    /// Address to which notices go while the unit has no liaison.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
}

/// What a unit says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitContent {
    /// Full official name, unique.
    #[schema(min_length = 1, max_length = 100, example = "墟沟街道办事处")]
    pub name: String,
    /// What it is.
    pub kind: UnitKind,
    /// The class whose area limits apply.
    pub standard_class: StandardClass,
    /// Its nature, a word of the dictionary `nature`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[a-z_]{1,40}$", example = "organ")]
    pub nature: Option<String>,
    /// Division code (GB/T 2260), 6 or 12 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^([0-9]{6}|[0-9]{12})$", example = "320703")]
    pub region_code: Option<String>,
    /// Unified social credit code (统一社会信用代码), 18 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 18, max_length = 18, example = "11320703014258248X")]
    pub uscc: Option<String>,
    /// The principal (主要负责人).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "周云台")]
    pub principal: Option<String>,
    /// Postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "连云港市连云区墟沟街道")]
    pub address: Option<String>,
    /// Whom to ring up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// Address of the unit's leader, who is told of what is late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leader_email: Option<EmailAddress>,
    /// Mails to this unit never say more than number, date and link.
    #[serde(default)]
    pub restricted: bool,
}

impl UnitContent {
    /// Its addresses that are no account's, and as whom they are told.
    pub fn addresses(&self) -> Vec<(Audience, &EmailAddress)> {
        let contact = self.contact.as_ref().and_then(|contact| contact.email.as_ref());
        let of = |audience, address: Option<_>| address.map(|address| (audience, address));
        let leader = of(Audience::UnitLeader, self.leader_email.as_ref());
        of(Audience::Unit, contact).into_iter().chain(leader).collect()
    }

    /// Checks the form of all fields; words of open lists are the store's to check.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/name", &self.name, 100);
        violations.optional_text("/nature", self.nature.as_deref(), 40);
        violations.optional_text("/principal", self.principal.as_deref(), 100);
        violations.optional_text("/address", self.address.as_deref(), 200);
        violations.require(
            self.region_code.as_deref().is_none_or(is_region_code),
            "/region_code",
            Code::Malformed,
        );
        // A wrong check digit is a warning (R46), a wrong length is none of these codes.
        violations.require(self.uscc.as_deref().is_none_or(has_uscc_form), "/uscc", Code::Malformed);
        if let Some(contact) = &self.contact {
            violations.optional_text("/contact/name", contact.name.as_deref(), 100);
            let phone = contact.phone.as_deref();
            violations.require(phone.is_none_or(is_phone), "/contact/phone", Code::Malformed);
        }
        violations.refuse()
    }
}

/// A unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub id: Id,
    pub version: i64,
    pub status: UnitStatus,
    /// The unit that it went into.
    pub successor_id: Option<Id>,
    /// Since when it is merged or dissolved.
    pub ended_on: Option<Date>,
    pub created_at: Instant,
    pub content: UnitContent,
}

impl Unit {
    /// Whether a change touches no more than the contact, which is all that a liaison keeps.
    pub fn differs_only_in_contact(&self, content: &UnitContent) -> bool {
        *content == UnitContent { contact: content.contact.clone(), ..self.content.clone() }
    }
}

fn has_uscc_form(uscc: &str) -> bool {
    uscc.len() == 18 && uscc.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
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
    use super::*;
    use crate::domain::machine::checks;

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<UnitStatus>();
    }

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
}
