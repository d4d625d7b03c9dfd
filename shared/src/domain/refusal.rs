//! Typed refusals with stable codes. Only the api knows which HTTP status they become.

use super::id::Id;
use crate::text_enum;

/// Why the service did not do what was asked. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The record does not exist, or not for this caller: the two look alike.
    #[error("not found")]
    NotFound,
    /// The caller holds no role with this right.
    #[error("role missing")]
    RoleMissing,
    /// Nobody judges their own unit (回避).
    #[error("own unit")]
    OwnUnit,
    /// Only the head of the leading group may.
    #[error("head required")]
    HeadRequired,
    /// Who submitted a rectification never closes it.
    #[error("own submission")]
    OwnSubmission,
    /// A service account may not do what needs a person.
    #[error("person required")]
    PersonRequired,
    /// The service account only reads.
    #[error("read only")]
    ReadOnly,
    /// The one-time link is unknown, used or expired: they look alike.
    #[error("link invalid")]
    LinkInvalid,
    /// The change names no version (`If-Match`).
    #[error("version required")]
    VersionRequired,
    /// The record was changed since the caller read it.
    #[error("stale")]
    Stale,
    /// The state machine has no such transition from here.
    #[error("{verb} is not possible while {status}")]
    InvalidTransition {
        /// The state of the record.
        status: &'static str,
        /// What was asked.
        verb: &'static str,
        /// What this caller may do now.
        allowed: Vec<&'static str>,
    },
    /// A closed campaign takes no changes.
    #[error("campaign closed")]
    CampaignClosed,
    /// The campaign is still a draft: nothing is found, ordered or handed in yet.
    #[error("campaign not open")]
    CampaignNotOpen,
    /// The record is sealed on a signed form.
    #[error("sealed")]
    Sealed,
    /// Something refers to the record.
    #[error("in use")]
    InUse,
    /// The identifier that the client sent is taken, whoever holds it.
    #[error("id taken")]
    IdTaken,
    /// Another record holds a value that must be unique.
    #[error("taken: {0}")]
    Taken(&'static str),
    /// The content breaks rules: all of them at once.
    #[error("invalid content")]
    Invalid(Vec<Violation>),
}

impl Refusal {
    /// One broken rule.
    pub fn invalid(pointer: impl Into<String>, code: Code) -> Self {
        Self::Invalid(vec![Violation::new(pointer, code)])
    }

    /// The same with other pointers, for content that is checked as a part of something else.
    pub fn repointed(self, pointer: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Invalid(violations) => {
                let moved = |v: Violation| Violation { pointer: pointer(&v.pointer), ..v };
                Self::Invalid(violations.into_iter().map(moved).collect())
            }
            other => other,
        }
    }
}

/// One rule that the content breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer (RFC 6901) to the value in the request.
    pub pointer: String,
    /// Which rule.
    pub code: Code,
    /// What the message names (a limit, a word), where it names something.
    pub value: Option<String>,
}

impl Violation {
    /// A violation whose message names nothing.
    pub fn new(pointer: impl Into<String>, code: Code) -> Self {
        Self { pointer: pointer.into(), code, value: None }
    }

    /// A violation whose message names a limit or a word.
    pub fn with(pointer: impl Into<String>, code: Code, value: impl ToString) -> Self {
        Self { pointer: pointer.into(), code, value: Some(value.to_string()) }
    }
}

/// Collects violations, so that a caller sees all of them at once.
#[derive(Debug, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Notes a violation where the condition does not hold.
    pub fn require(&mut self, holds: bool, pointer: impl Into<String>, code: Code) {
        if !holds {
            self.0.push(Violation::new(pointer, code));
        }
    }

    /// Notes a violation.
    pub fn push(&mut self, violation: Violation) {
        self.0.push(violation);
    }

    /// Text within a length in characters, not blank, without control characters other than line breaks.
    pub fn text(&mut self, pointer: &str, text: &str, max: usize) {
        if text.trim().is_empty() {
            self.push(Violation::new(pointer, Code::Blank));
        } else if text.chars().count() > max {
            self.push(Violation::with(pointer, Code::TooLong, max));
        } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.push(Violation::new(pointer, Code::ControlCharacter));
        }
    }

    /// The same for an optional text.
    pub fn optional_text(&mut self, pointer: &str, text: Option<&str>, max: usize) {
        if let Some(text) = text {
            self.text(pointer, text, max);
        }
    }

    /// A list of attachments: at most 100, none twice.
    pub fn attachments(&mut self, pointer: &str, ids: &[Id]) {
        if ids.len() > 100 {
            self.push(Violation::with(pointer, Code::TooLong, 100));
            return;
        }
        for (index, id) in ids.iter().enumerate() {
            let first = ids.iter().position(|other| other == id) == Some(index);
            self.require(first, format!("{pointer}/{index}"), Code::Duplicate);
        }
    }

    /// The refusal, where there is anything to refuse.
    pub fn refuse(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::Invalid(self.0)) }
    }
}

text_enum! {
    /// Stable codes of violations, in `errors[].code` of a 422 answer.
    pub enum Code {
        /// A required field is absent.
        Missing = "missing",
        /// The field does not exist.
        UnknownField = "unknown_field",
        /// The value has another type, or is no word of a closed list.
        WrongType = "wrong_type",
        /// The text holds nothing.
        Blank = "blank",
        /// The text or list is longer than the limit.
        TooLong = "too_long",
        /// The file is larger, or holds more, than the limit.
        TooLarge = "too_large",
        /// The text holds a control character.
        ControlCharacter = "control_character",
        /// The text does not have the form that the field asks for.
        Malformed = "malformed",
        /// The number is out of its range.
        OutOfRange = "out_of_range",
        /// The area is finer than a hundredth of a square metre (R48).
        TooFine = "too_fine",
        /// The word is in no dictionary of the date.
        NotInDictionary = "not_in_dictionary",
        /// The same value stands twice.
        Duplicate = "duplicate",
        /// The record that is named does not exist for this caller.
        NotFound = "reference_not_found",
        /// The attachment does not exist for this caller.
        AttachmentUnknown = "attachment_unknown",
        /// A period ends before it starts.
        EndsBeforeStart = "ends_before_start",
        /// On some day another entry for the same holds as well.
        Overlaps = "overlaps",
        /// Phases are not in the order of their start.
        OutOfOrder = "out_of_order",
        /// The due date is in the past.
        DueOnPast = "due_on_past",
        /// The day is not later than the due date in force.
        NotLater = "not_later",
        /// The password is too weak.
        WeakPassword = "weak_password",
        /// The present password is another.
        WrongPassword = "wrong_password",
        /// What is limited to units and is no mere liaison only reads.
        ReadOnlyRequired = "read_only_required",
        /// The role needs a unit.
        UnitRequired = "unit_required",
        /// The time zone is unknown.
        UnknownTimeZone = "unknown_time_zone",
        /// A focus item has no answer (R45).
        Unanswered = "unanswered",
        /// Evidence is missing (R39).
        EvidenceRequired = "evidence_required",
        /// A signature is missing (R36).
        SignatureRequired = "signature_required",
        /// What was signed has changed since: it is signed anew.
        SignedOtherwise = "signed_otherwise",
        /// A planned rectification has no plan.
        PlanRequired = "plan_required",
        /// The unit was merged or dissolved, and takes no new work.
        UnitEnded = "unit_ended",
        /// The field is for others to enter.
        FieldNotYours = "field_not_yours",
        /// The rooms exceed their limit still, and were not given back (R39).
        StillOver = "still_over",
        /// There is no such full version of the report that is ready.
        FullReportRequired = "full_report_required",
        /// The value may not change any more.
        Frozen = "frozen",
    }
}
