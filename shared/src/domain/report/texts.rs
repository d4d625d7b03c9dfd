//! The prose of the report: people write, the service counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::id::Id;
use crate::domain::refusal::{Code, Refusal, Violation, Violations};
use crate::text_enum;

/// Most characters of one section.
const SECTION_MAX: usize = 20_000;

/// Most typical cases.
const CASES_MAX: usize = 100;

text_enum! {
    /// A place of the report that prose belongs to.
    pub enum Section {
        /// 一、巡检工作开展情况.
        Work = "work",
        /// 二、办公用房基本情况.
        Premises = "premises",
        /// 三、（一）违规兴建楼堂馆所“回头看”.
        LookBack = "look_back",
        /// 三、（二）权属管理.
        Ownership = "ownership",
        /// 三、（三）技术业务用房使用.
        TechnicalRooms = "technical_rooms",
        /// 三、（四）租用.
        Leasing = "leasing",
        /// 三、（五）党政机关办公用房使用.
        Occupancy = "occupancy",
        /// 三、（六）领导干部办公用房.
        LeaderOffices = "leader_offices",
        /// 三、（七）其他情况.
        Other = "other",
        /// 四、发现的主要问题及整改情况.
        Problems = "problems",
        /// 五、有关建议.
        Suggestions = "suggestions",
    }
}

/// What people wrote for the report, and the sentences that the service made from its figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// To whom the report is addressed (主送).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<String>,
    /// Its document number (文号), such as `连区办用房巡〔2023〕1号`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// The body that signs it (署名).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// What people wrote, by section; a line break starts a paragraph.
    pub written: BTreeMap<Section, String>,
    /// Sentences made from the figures, by section. They stand before what people wrote; suggestions are
    /// made only where nobody wrote any.
    pub generated: BTreeMap<Section, String>,
    /// The findings told as typical cases (典型案例) under their focus item.
    pub typical_cases: Vec<Id>,
}

/// What people write for the report of a campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportTextsContent)]
pub struct TextsContent {
    /// To whom the report is addressed (主送).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "区党政机关办公用房专项巡检工作领导小组")]
    pub addressee: Option<String>,
    /// Its document number (文号).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "连区办用房巡〔2023〕1号")]
    pub document_number: Option<String>,
    /// The body that signs it (署名).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "区党政机关办公用房专项巡检小组")]
    pub signer: Option<String>,
    /// Prose by section, at most 20,000 characters each; a line break starts a paragraph. It stands behind the
    /// sentences that are made from the figures; suggestions stand in their place.
    #[serde(default)]
    #[schema(example = json!({"suggestions": "建议健全办公用房管理台账。"}))]
    pub sections: BTreeMap<Section, String>,
    /// The findings told as typical cases (典型案例) under their focus item.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub typical_cases: Vec<Id>,
}

impl TextsContent {
    /// Checks all fields; which findings exist, the store knows.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.optional_text("/addressee", self.addressee.as_deref(), 200);
        violations.optional_text("/document_number", self.document_number.as_deref(), 100);
        violations.optional_text("/signer", self.signer.as_deref(), 200);
        for (section, text) in &self.sections {
            violations.text(&format!("/sections/{section}"), text, SECTION_MAX);
        }
        if self.typical_cases.len() > CASES_MAX {
            violations.push(Violation::with("/typical_cases", Code::TooLong, CASES_MAX));
        }
        for (index, case) in self.typical_cases.iter().enumerate() {
            let first = !self.typical_cases.iter().take(index).any(|other| other == case);
            violations.require(first, format!("/typical_cases/{index}"), Code::Duplicate);
        }
        violations.refuse()
    }
}

impl From<TextsContent> for Texts {
    fn from(content: TextsContent) -> Self {
        Self {
            addressee: content.addressee,
            document_number: content.document_number,
            signer: content.signer,
            written: content.sections,
            generated: BTreeMap::new(),
            typical_cases: content.typical_cases,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_broken_rules_are_named_at_once() {
        let case = Id::new();
        let content = TextsContent {
            signer: Some(" ".to_owned()),
            sections: [(Section::Work, "长".repeat(SECTION_MAX + 1))].into(),
            typical_cases: vec![case, case],
            ..TextsContent::default()
        };
        let expected = vec![
            Violation::new("/signer", Code::Blank),
            Violation::with("/sections/work", Code::TooLong, SECTION_MAX),
            Violation::new("/typical_cases/1", Code::Duplicate),
        ];
        assert_eq!(content.check(), Err(Refusal::Invalid(expected)));
    }
}
