//! The reason of a decision, which stands in its audit event.

use serde::Deserialize;
use utoipa::ToSchema;

use super::refusal::{Refusal, Violations};

/// What an action takes that needs nothing but a reason.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Why.
    #[schema(min_length = 1, max_length = 1_000, example = "防汛工作需要，经领导小组同意。")]
    pub reason: String,
}

impl Reason {
    /// How long a reason is at most, in characters.
    pub const MAX: usize = 1_000;

    /// Checks that it says something.
    ///
    /// # Errors
    /// A text that is none or too long.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/reason", &self.reason, Self::MAX);
        violations.refuse()
    }
}
