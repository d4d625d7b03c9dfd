//! What a campaign looks at, asks for and rests on.

use std::collections::HashSet;
use std::hash::Hash;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::phase::Phase;
use crate::domain::refusal::{Code, Refusal, Violation, Violations};

/// How many materials, documents, teams or members of the leading group a campaign has at most.
pub const MAX_ENTRIES: usize = 100;

/// A focus item with its title in this campaign (巡检重点).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignFocusItem {
    /// Which item.
    pub item: FocusItem,
    /// What it is called here.
    #[schema(min_length = 1, max_length = 100, example = "权属管理")]
    pub title: String,
}

/// A material that each unit is asked for (迎检资料).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignMaterial {
    /// The name under which self-checks answer: lower-case letters, digits and `_`.
    #[schema(pattern = "^[a-z0-9_]{1,40}$", example = "lease_approvals")]
    pub key: String,
    /// What it is.
    #[schema(min_length = 1, max_length = 200, example = "租用办公用房审批文件")]
    pub title: String,
}

/// A document on which the campaign rests (文件依据).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentContent {
    /// Its title.
    #[schema(min_length = 1, max_length = 200, example = "关于印发连云区党政机关办公用房专项巡检方案的通知")]
    pub title: String,
    /// Its number (文号).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "连区政办发〔2023〕56号")]
    pub document_number: Option<String>,
    /// The document itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment_id: Option<Id>,
}

/// A document of a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignDocument {
    pub id: Id,
    pub content: DocumentContent,
}

/// A recorded change of a phase's dates after the campaign was opened (时间安排调整).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseDecision {
    pub id: Id,
    /// The phase as it was.
    pub before: Phase,
    /// The same phase as it was decided.
    pub after: Phase,
    pub reason: String,
    /// The account that decided; none for the service itself.
    pub decided_by: Option<Id>,
    pub decided_by_name: String,
    pub decided_at: Instant,
}

/// Checks the focus items of a campaign.
///
/// # Errors
/// Titles that are none, an item that stands twice.
pub fn check_focus_items(items: &[CampaignFocusItem]) -> Result<(), Refusal> {
    let mut violations = Violations::default();
    check_unique(&mut violations, "/focus_items", "item", items.iter().map(|entry| entry.item));
    for (index, entry) in items.iter().enumerate() {
        violations.text(&format!("/focus_items/{index}/title"), &entry.title, 100);
    }
    violations.refuse()
}

/// Checks the materials of a campaign.
///
/// # Errors
/// Too many of them, keys that are none or stand twice, titles that are none.
pub fn check_materials(materials: &[CampaignMaterial]) -> Result<(), Refusal> {
    let mut violations = Violations::default();
    if materials.len() > MAX_ENTRIES {
        violations.push(Violation::with("/materials", Code::TooLong, MAX_ENTRIES));
        return violations.refuse();
    }
    check_unique(&mut violations, "/materials", "key", materials.iter().map(|entry| &entry.key));
    for (index, entry) in materials.iter().enumerate() {
        violations.require(is_key(&entry.key), format!("/materials/{index}/key"), Code::Malformed);
        violations.text(&format!("/materials/{index}/title"), &entry.title, 200);
    }
    violations.refuse()
}

fn is_key(key: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=40).contains(&key.len()) && key.bytes().all(plain)
}

impl DocumentContent {
    /// Checks all fields but the attachment, which is the store's to find.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/title", &self.title, 200);
        violations.optional_text("/document_number", self.document_number.as_deref(), 100);
        violations.refuse()
    }
}

/// Notes the entries of a list that stand there before.
pub(super) fn check_unique<K: Eq + Hash>(
    violations: &mut Violations,
    pointer: &str,
    field: &str,
    keys: impl Iterator<Item = K>,
) {
    let mut seen = HashSet::new();
    for (index, key) in keys.enumerate() {
        violations.require(seen.insert(key), format!("{pointer}/{index}/{field}"), Code::Duplicate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn material(key: &str) -> CampaignMaterial {
        CampaignMaterial { key: key.to_owned(), title: "权属证明".to_owned() }
    }

    #[test]
    fn keys_of_materials_stand_once_and_are_plain() {
        assert_eq!(check_materials(&[material("title_deeds"), material("lease_2")]), Ok(()));
        let refusal = check_materials(&[material("a"), material("A b"), material("a"), material("")]);
        let Err(Refusal::Invalid(violations)) = refusal else { panic!("{refusal:?}") };
        let found: Vec<_> = violations.iter().map(|v| (v.pointer.as_str(), v.code)).collect();
        let expected = [
            ("/materials/2/key", Code::Duplicate),
            ("/materials/1/key", Code::Malformed),
            ("/materials/3/key", Code::Malformed),
        ];
        assert_eq!(found, expected);
    }
}
