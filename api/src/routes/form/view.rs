//! What every kind of signed form shows of its seal.

use serde::Serialize;
use shared::domain::form::{Difference, Seal, Stamp};
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::store::form::Verification;
use utoipa::ToSchema;

/// The seal of a form.
#[derive(Serialize, ToSchema)]
#[schema(as = Seal)]
pub struct SealView {
    /// SHA-256 of the bytes that were sealed, in lower-case hexadecimal.
    #[schema(example = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    sha256: String,
    /// The unit's stamp, where the form asks for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    stamp: Option<Stamp>,
    sealed_at: Instant,
    /// The account that sealed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed_by: Option<Id>,
    /// The account's name on that day.
    #[schema(example = "韩知远")]
    sealed_by_name: String,
}

impl From<Seal> for SealView {
    fn from(seal: Seal) -> Self {
        let Seal { sha256, stamp, sealed_at, sealed_by, sealed_by_name, .. } = seal;
        Self { sha256, stamp, sealed_at, sealed_by, sealed_by_name }
    }
}

/// Whether a sealed form still says what was sealed.
#[derive(Serialize, ToSchema)]
#[schema(as = Verification)]
pub struct VerificationView {
    /// Whether it does.
    valid: bool,
    /// SHA-256 of the sealed bytes, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    sha256: Option<String>,
    /// JSON pointer to the first field that differs, where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/items/0/problem")]
    first_difference: Option<String>,
}

impl From<Verification> for VerificationView {
    fn from(verification: Verification) -> Self {
        match verification {
            Verification::Valid(sha256) => Self { valid: true, sha256: Some(sha256), first_difference: None },
            Verification::Differs(Difference(pointer)) => {
                Self { valid: false, sha256: None, first_difference: Some(pointer) }
            }
        }
    }
}
