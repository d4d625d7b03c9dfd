//! What a unit adds to its self-check after it was accepted (补报).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::id::Id;
use super::instant::Instant;
use super::refusal::{Refusal, Violations};

/// What a supplement says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplementContent {
    /// What is added or put right.
    #[schema(
        min_length = 1,
        max_length = 10_000,
        example = "补报：二楼东侧两间办公用房租赁合同已于8月15日补签。"
    )]
    pub text: String,
    /// Papers and pictures.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub attachment_ids: Vec<Id>,
}

impl SupplementContent {
    /// Checks all fields.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/text", &self.text, 10_000);
        violations.attachments("/attachment_ids", &self.attachment_ids);
        violations.refuse()
    }
}

/// A supplement as it was filed; it never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplement {
    pub id: Id,
    pub content: SupplementContent,
    /// The account that filed it.
    pub filed_by: Option<Id>,
    /// The account's name on that day.
    pub filed_by_name: String,
    /// When it was filed.
    pub created_at: Instant,
}
