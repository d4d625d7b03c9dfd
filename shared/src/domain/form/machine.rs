//! The states of a signed form, and who leads it where.

use crate::domain::actor::Role;
use crate::domain::machine::{Machine, Transition};
use crate::text_enum;

text_enum! {
    /// The state of a signed form.
    pub enum FormStatus {
        /// Being filled in (填写中); its unit does not see it.
        Draft = "draft",
        /// Complete, and waiting for signatures (待签字).
        Signing = "signing",
        /// Signed and closed for good (已签封).
        Sealed = "sealed",
        /// Not valid (作废).
        Void = "void",
    }
}

text_enum! {
    /// What can be done with a signed form.
    pub enum FormVerb {
        /// Asks both sides to sign (请签字).
        RequestSignatures = "request-signatures",
        /// Signs it (签字).
        Sign = "sign",
        /// Notes that the unit does not sign, and why (拒签).
        RefuseToSign = "refuse-to-sign",
        /// Closes it for good (签封).
        Seal = "seal",
        /// Makes it void (作废).
        Void = "void",
    }
}

/// Who writes forms.
pub const WRITERS: &[Role] = &[Role::Inspector, Role::Coordinator];

/// Who signs, or notes that the unit does not: inspectors of the visit, the unit's liaison.
const SIGNERS: &[Role] = &[Role::Inspector, Role::Liaison];

impl FormStatus {
    /// Whether what is written on it may change. While it waits for signatures, a change makes it a draft again.
    pub fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Signing)
    }
}

impl Machine for FormStatus {
    type Verb = FormVerb;

    const TABLE: &'static [Transition<Self, FormVerb>] = &[
        Transition {
            from: &[Self::Draft],
            verb: FormVerb::RequestSignatures,
            to: Some(Self::Signing),
            roles: WRITERS,
        },
        Transition { from: &[Self::Signing], verb: FormVerb::Sign, to: None, roles: SIGNERS },
        Transition { from: &[Self::Signing], verb: FormVerb::RefuseToSign, to: None, roles: SIGNERS },
        Transition { from: &[Self::Signing], verb: FormVerb::Seal, to: Some(Self::Sealed), roles: WRITERS },
        Transition {
            from: &[Self::Draft, Self::Signing],
            verb: FormVerb::Void,
            to: Some(Self::Void),
            roles: WRITERS,
        },
        Transition {
            from: &[Self::Sealed],
            verb: FormVerb::Void,
            to: Some(Self::Void),
            roles: &[Role::Coordinator],
        },
    ];

    // Who signs for whom is judged by side: see `permit_signature`.
    const JUDGING: &'static [FormVerb] = &[FormVerb::RequestSignatures, FormVerb::Seal, FormVerb::Void];

    const BY_PERSON: &'static [FormVerb] = &[FormVerb::Sign, FormVerb::RefuseToSign, FormVerb::Seal];

    const OF_THE_VISIT: &'static [FormVerb] = &[
        FormVerb::RequestSignatures,
        FormVerb::Sign,
        FormVerb::RefuseToSign,
        FormVerb::Seal,
        FormVerb::Void,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::machine::checks;

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<FormStatus>();
    }
}
