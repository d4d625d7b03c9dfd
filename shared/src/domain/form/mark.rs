//! What stands under a form: signatures (签字), or that the unit refused to sign (拒签).

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::actor::{Actor, Role};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::refusal::{Code, Refusal, Violations};
use crate::text_enum;

text_enum! {
    /// For whom somebody signs.
    pub enum Side {
        /// The inspection team (巡检人员).
        Inspector = "inspector",
        /// The unit that is inspected (被巡检单位参加人员).
        Unit = "unit",
    }
}

text_enum! {
    /// How a signature was given.
    pub enum Medium {
        /// By the signer's own account.
        Account = "account",
        /// Written by hand on the inspector's device, kept as a picture.
        Image = "image",
        /// On paper, kept as a scan.
        Paper = "paper",
    }
}

/// How far ahead of the service the clock of a device may be. What is further ahead is no time of signing.
const CLOCK_ERROR: TimeDelta = TimeDelta::days(1);

/// A signature as it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureContent {
    /// For whom.
    pub side: Side,
    /// The signer's name.
    #[schema(min_length = 1, max_length = 100, example = "郑望舒")]
    pub name: String,
    /// The signer's post (职务).
    #[schema(min_length = 1, max_length = 100, example = "办公室主任")]
    pub post: String,
    /// How it was given. By account everybody signs for themselves.
    pub medium: Medium,
    /// The picture or the scan; none for a signature by account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment_id: Option<Id>,
    /// When it was given, by the clock of the device; now where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Instant>,
}

/// A signature with what the service adds to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Signature {
    pub id: Id,
    /// For whom.
    pub side: Side,
    /// The signer's name.
    #[schema(example = "郑望舒")]
    pub name: String,
    /// The signer's post.
    #[schema(example = "办公室主任")]
    pub post: String,
    /// How it was given.
    pub medium: Medium,
    /// The picture or the scan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment_id: Option<Id>,
    /// The account by which it was given, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<Id>,
    /// When it was given, by the clock of the device.
    pub signed_at: Instant,
    /// When the service got it.
    pub received_at: Instant,
    /// SHA-256 of what was signed, in lower-case hexadecimal.
    #[schema(example = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    pub sha256: String,
    /// When it lost its force, since what was signed changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voided_at: Option<Instant>,
}

/// That the unit does not sign, as it is noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefusalContent {
    /// Why.
    #[schema(min_length = 1, max_length = 1_000, example = "对第二项问题的认定有异议。")]
    pub reason: String,
    /// Who refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "郑望舒")]
    pub name: Option<String>,
    /// Their post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "办公室主任")]
    pub post: Option<String>,
    /// When, by the clock of the device; now where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_at: Option<Instant>,
}

/// That the unit did not sign, with what the service adds to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SigningRefusal {
    pub id: Id,
    /// Why.
    #[schema(example = "对第二项问题的认定有异议。")]
    pub reason: String,
    /// Who refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "郑望舒")]
    pub name: Option<String>,
    /// Their post.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "办公室主任")]
    pub post: Option<String>,
    /// When, by the clock of the device.
    pub refused_at: Instant,
    /// When the service got it.
    pub received_at: Instant,
    /// The account that noted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<Id>,
    /// SHA-256 of what was not signed, in lower-case hexadecimal.
    #[schema(example = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    pub sha256: String,
    /// When it lost its force, since the form changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voided_at: Option<Instant>,
}

impl SignatureContent {
    /// Notes what is not well-formed; `pointer` is the signature's own.
    pub fn check(&self, violations: &mut Violations, pointer: &str, now: Instant) {
        violations.text(&format!("{pointer}/name"), &self.name, 100);
        violations.text(&format!("{pointer}/post"), &self.post, 100);
        let attachment = format!("{pointer}/attachment_id");
        match self.medium {
            Medium::Account => {
                violations.require(self.attachment_id.is_none(), attachment, Code::UnknownField);
            }
            Medium::Image | Medium::Paper => {
                violations.require(self.attachment_id.is_some(), attachment, Code::Missing);
            }
        }
        check_time(violations, format!("{pointer}/signed_at"), self.signed_at, now);
    }
}

impl RefusalContent {
    /// Notes what is not well-formed; `pointer` is the refusal's own.
    pub fn check(&self, violations: &mut Violations, pointer: &str, now: Instant) {
        violations.text(&format!("{pointer}/reason"), &self.reason, 1_000);
        violations.optional_text(&format!("{pointer}/name"), self.name.as_deref(), 100);
        violations.optional_text(&format!("{pointer}/post"), self.post.as_deref(), 100);
        check_time(violations, format!("{pointer}/refused_at"), self.refused_at, now);
    }
}

fn check_time(violations: &mut Violations, pointer: String, at: Option<Instant>, now: Instant) {
    violations.require(at.is_none_or(|at| at <= now + CLOCK_ERROR), pointer, Code::OutOfRange);
}

/// Refuses who does not give this signature (403). For the team its inspectors sign by their accounts, or take in
/// a colleague's hand; for the unit its liaison does, or a participant by hand on the inspector's device. Nobody
/// signs for the team at their own unit (回避).
pub fn permit_signature(
    actor: &Actor,
    unit_id: Id,
    of_the_visit: bool,
    (side, medium): (Side, Medium),
) -> Result<(), Refusal> {
    let inspects = of_the_visit && actor.has(Role::Inspector);
    let may = match side {
        Side::Inspector => inspects,
        Side::Unit => actor.is_liaison_of(unit_id) || (inspects && medium != Medium::Account),
    };
    if !may {
        Err(Refusal::RoleMissing)
    } else if side == Side::Inspector && actor.belongs_to(unit_id) {
        Err(Refusal::OwnUnit)
    } else {
        actor.require_person()
    }
}

/// What stands under a form, the void included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// In the order in which they came in.
    pub signatures: Vec<Signature>,
    /// In the order in which they came in.
    pub refusals: Vec<SigningRefusal>,
}

impl Marks {
    /// What has its force.
    pub fn in_force(&self) -> Self {
        Self {
            signatures: self.signatures.iter().filter(|one| one.voided_at.is_none()).cloned().collect(),
            refusals: self.refusals.iter().filter(|one| one.voided_at.is_none()).cloned().collect(),
        }
    }

    /// Whether an account has signed for a side.
    pub fn has_signed(&self, side: Side, account_id: Id) -> bool {
        let same = |one: &Signature| one.side == side && one.account_id == Some(account_id);
        self.in_force().signatures.iter().any(same)
    }

    /// Notes what is missing before it can be sealed (R36): an inspector's signature, and one of the unit or its
    /// refusal. All that stands under it must be of the content with this hash: what the form shows of other records,
    /// such as a limit, can have changed meanwhile.
    pub fn check_sealable(&self, violations: &mut Violations, sha256: &str) {
        let marks = self.in_force();
        for (index, one) in marks.signatures.iter().enumerate() {
            violations.require(one.sha256 == sha256, format!("/signatures/{index}"), Code::SignedOtherwise);
        }
        for (index, one) in marks.refusals.iter().enumerate() {
            violations.require(one.sha256 == sha256, format!("/refusals/{index}"), Code::SignedOtherwise);
        }
        let signed = |side: Side| marks.signatures.iter().any(|one| one.side == side);
        violations.require(signed(Side::Inspector), "/signatures/inspector", Code::SignatureRequired);
        let by_the_unit = signed(Side::Unit) || !marks.refusals.is_empty();
        violations.require(by_the_unit, "/signatures/unit", Code::SignatureRequired);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::machine::checks::actor;

    fn at(instant: &str) -> Instant {
        serde_json::from_value(instant.into()).unwrap()
    }

    fn signature(side: Side, voided: bool) -> Signature {
        Signature {
            id: Id::new(),
            side,
            name: "郑望舒".to_owned(),
            post: "主任".to_owned(),
            medium: Medium::Account,
            attachment_id: None,
            account_id: Some(Id::new()),
            signed_at: at("2023-08-07T03:00:00Z"),
            received_at: at("2023-08-07T03:00:00Z"),
            sha256: String::new(),
            voided_at: voided.then(|| at("2023-08-07T04:00:00Z")),
        }
    }

    fn refusal() -> SigningRefusal {
        SigningRefusal {
            id: Id::new(),
            reason: "有异议".to_owned(),
            name: None,
            post: None,
            refused_at: at("2023-08-07T03:00:00Z"),
            received_at: at("2023-08-07T03:00:00Z"),
            recorded_by: None,
            sha256: String::new(),
            voided_at: None,
        }
    }

    fn missing(signatures: Vec<Signature>, refusals: Vec<SigningRefusal>) -> Vec<String> {
        let mut violations = Violations::default();
        Marks { signatures, refusals }.check_sealable(&mut violations, "");
        match violations.refuse() {
            Err(Refusal::Invalid(list)) => list.into_iter().map(|violation| violation.pointer).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn r36_both_sides_have_signed_or_the_unit_has_refused() {
        let (team, unit) = ("/signatures/inspector", "/signatures/unit");
        assert_eq!(missing(vec![], vec![]), [team, unit]);
        assert_eq!(missing(vec![signature(Side::Inspector, false)], vec![]), [unit]);
        let both = vec![signature(Side::Inspector, false), signature(Side::Unit, false)];
        assert!(missing(both, vec![]).is_empty());
        assert!(missing(vec![signature(Side::Inspector, false)], vec![refusal()]).is_empty());
        assert_eq!(missing(vec![signature(Side::Inspector, true)], vec![refusal()]), [team]);
    }

    #[test]
    fn what_was_signed_as_it_read_before_is_not_sealed() {
        let before = |one: Signature| Signature { sha256: "0".repeat(64), ..one };
        let signatures = vec![signature(Side::Inspector, false), before(signature(Side::Unit, false))];
        assert_eq!(missing(signatures, vec![]), ["/signatures/1"]);
        let void = vec![signature(Side::Inspector, false), before(signature(Side::Unit, true))];
        let refused = SigningRefusal { sha256: "0".repeat(64), ..refusal() };
        assert_eq!(missing(void, vec![refused]), ["/refusals/0"]);
    }

    #[test]
    fn who_signs_for_whom() {
        let unit = Id::new();
        let permit = |actor: &Actor, on, side, medium| permit_signature(actor, unit, on, (side, medium));
        let (inspector, liaison) = (actor(&[Role::Inspector], None), actor(&[Role::Liaison], Some(unit)));
        let missing = Err(Refusal::RoleMissing);
        assert_eq!(permit(&inspector, true, Side::Inspector, Medium::Account), Ok(()));
        assert_eq!(permit(&inspector, false, Side::Inspector, Medium::Account), missing);
        assert_eq!(permit(&inspector, true, Side::Unit, Medium::Account), missing);
        assert_eq!(permit(&inspector, true, Side::Unit, Medium::Image), Ok(()));
        assert_eq!(permit(&inspector, false, Side::Unit, Medium::Image), missing);
        assert_eq!(permit(&liaison, false, Side::Unit, Medium::Account), Ok(()));
        assert_eq!(permit(&liaison, false, Side::Inspector, Medium::Paper), missing);
        let stranger = actor(&[Role::Liaison], Some(Id::new()));
        assert_eq!(permit(&stranger, false, Side::Unit, Medium::Account), missing);
        let of_the_unit = actor(&[Role::Inspector], Some(unit));
        assert_eq!(permit(&of_the_unit, true, Side::Inspector, Medium::Account), Err(Refusal::OwnUnit));
    }

    #[test]
    fn a_signature_by_hand_has_its_picture_and_one_by_account_has_none() {
        let content = |medium, attachment_id| SignatureContent {
            side: Side::Unit,
            name: "郑望舒".to_owned(),
            post: "主任".to_owned(),
            medium,
            attachment_id,
            signed_at: Some(at("2023-08-07T03:00:00Z")),
        };
        let broken = |content: &SignatureContent, now: &str| {
            let mut violations = Violations::default();
            content.check(&mut violations, "", at(now));
            violations.refuse()
        };
        let now = "2023-08-07T03:00:00Z";
        let missing = Err(Refusal::invalid("/attachment_id", Code::Missing));
        assert_eq!(broken(&content(Medium::Paper, None), now), missing);
        let unknown = Err(Refusal::invalid("/attachment_id", Code::UnknownField));
        assert_eq!(broken(&content(Medium::Account, Some(Id::new())), now), unknown);
        assert_eq!(broken(&content(Medium::Account, None), "2023-08-06T03:00:00Z"), Ok(()));
        let ahead = Err(Refusal::invalid("/signed_at", Code::OutOfRange));
        assert_eq!(broken(&content(Medium::Account, None), "2023-08-06T02:59:59Z"), ahead);
    }
}
