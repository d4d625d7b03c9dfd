//! What a unit answers in its self-check.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::focus_item::FocusItem;
use super::id::Id;
use super::refusal::{Code, Violations};
use crate::text_enum;

text_enum! {
    /// What a unit found about a focus item.
    pub enum AnswerResult {
        /// Nothing of the kind (无此情况).
        None = "none",
        /// There is a problem (存在问题).
        Found = "found",
        /// The item cannot concern the unit (不适用).
        NotApplicable = "not_applicable",
    }
}

/// A unit's answer to one focus item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// What the unit found.
    pub result: AnswerResult,
    /// What the problem is; required to submit where one was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 10_000)]
    pub description: Option<String>,
    /// What the unit does or did about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 10_000)]
    pub corrective_measure: Option<String>,
    /// Whether the unit has already put it right.
    #[serde(default)]
    pub corrected: bool,
    /// Evidence.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub attachment_ids: Vec<Id>,
}

text_enum! {
    /// Whether a unit has a material.
    pub enum MaterialState {
        /// The unit has it (有).
        Have = "have",
        /// The unit should have it, and has not (无).
        None = "none",
        /// The material cannot concern the unit (不适用).
        NotApplicable = "not_applicable",
    }
}

/// A unit's answer about one material that the campaign asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaterialAnswer {
    /// Whether the unit has it.
    pub state: MaterialState,
    /// The material itself.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub attachment_ids: Vec<Id>,
}

/// What a unit has filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = SelfCheckContent)]
pub struct Answers {
    /// By focus item.
    pub answers: BTreeMap<FocusItem, Answer>,
    /// By the key of the campaign's material.
    pub materials: BTreeMap<String, MaterialAnswer>,
    /// The form on paper, signed and stamped.
    #[schema(max_items = 100)]
    pub scan_attachment_ids: Vec<Id>,
}

impl Answers {
    /// Notes what is not well-formed, whether complete or not: texts and lists too long, answers to
    /// items or materials that the campaign does not ask for.
    pub fn check(&self, violations: &mut Violations, items: &[FocusItem], materials: &[String]) {
        for (item, answer) in &self.answers {
            let pointer = format!("/answers/{item}");
            violations.require(items.contains(item), &pointer, Code::UnknownField);
            violations.optional_text(
                &format!("{pointer}/description"),
                answer.description.as_deref(),
                10_000,
            );
            violations.optional_text(
                &format!("{pointer}/corrective_measure"),
                answer.corrective_measure.as_deref(),
                10_000,
            );
            violations.attachments(&format!("{pointer}/attachment_ids"), &answer.attachment_ids);
        }
        for (key, answer) in &self.materials {
            let pointer = material_pointer(key);
            violations.require(materials.contains(key), &pointer, Code::UnknownField);
            violations.attachments(&format!("{pointer}/attachment_ids"), &answer.attachment_ids);
        }
        violations.attachments("/scan_attachment_ids", &self.scan_attachment_ids);
    }

    /// Every attachment, with the JSON pointer to it.
    pub fn attachments(&self) -> Vec<(String, Id)> {
        let answers = self
            .answers
            .iter()
            .map(|(item, answer)| (format!("/answers/{item}/attachment_ids"), &answer.attachment_ids));
        let materials = self.materials.iter().map(|(key, answer)| {
            (format!("{}/attachment_ids", material_pointer(key)), &answer.attachment_ids)
        });
        let scan = ("/scan_attachment_ids".to_owned(), &self.scan_attachment_ids);
        let lists = answers.chain(materials).chain([scan]);
        lists
            .flat_map(|(pointer, ids)| {
                ids.iter().enumerate().map(move |(index, id)| (format!("{pointer}/{index}"), *id))
            })
            .collect()
    }

    /// Notes what is missing for submission (R45): an answer to each required item that the campaign
    /// asks for, 'none' included; a description of each problem; an answer about each material.
    /// `on_paper`: the office enters it for a unit that works on paper (代填), and the paper is attached.
    pub fn check_complete(
        &self,
        violations: &mut Violations,
        items: &[FocusItem],
        materials: &[String],
        on_paper: bool,
    ) {
        for item in FocusItem::REQUIRED.iter().filter(|item| items.contains(item)) {
            let answered = self.answers.contains_key(item);
            violations.require(answered, format!("/answers/{item}"), Code::Unanswered);
        }
        for (item, answer) in self.problems() {
            let described = answer.description.as_deref().is_some_and(|text| !text.trim().is_empty());
            violations.require(described, format!("/answers/{item}/description"), Code::Missing);
        }
        for key in materials {
            let answered = self.materials.contains_key(key);
            violations.require(answered, material_pointer(key), Code::Unanswered);
        }
        let has_paper = !self.scan_attachment_ids.is_empty();
        violations.require(has_paper || !on_paper, "/scan_attachment_ids", Code::Missing);
    }

    /// The answers that report a problem, in the order of the plan: a finding arises from each on
    /// acceptance.
    pub fn problems(&self) -> impl Iterator<Item = (FocusItem, &Answer)> {
        let answers = self.answers.iter().map(|(item, answer)| (*item, answer));
        answers.filter(|(_, answer)| answer.result == AnswerResult::Found)
    }
}

fn material_pointer(key: &str) -> String {
    format!("/materials/{}", key.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::super::refusal::Refusal;
    use super::super::text::TextEnum;
    use super::*;

    fn answer(result: AnswerResult) -> Answer {
        Answer {
            result,
            description: None,
            corrective_measure: None,
            corrected: false,
            attachment_ids: vec![],
        }
    }

    fn complete() -> Answers {
        let answers = FocusItem::REQUIRED.map(|item| (item, answer(AnswerResult::None)));
        Answers { answers: answers.into(), ..Answers::default() }
    }

    fn broken(violations: Violations) -> Vec<(String, Code)> {
        match violations.refuse() {
            Err(Refusal::Invalid(list)) => list.into_iter().map(|v| (v.pointer, v.code)).collect(),
            _ => Vec::new(),
        }
    }

    fn missing(answers: &Answers, materials: &[String]) -> Vec<(String, Code)> {
        let mut violations = Violations::default();
        answers.check_complete(&mut violations, FocusItem::ALL, materials, false);
        broken(violations)
    }

    #[test]
    fn r45_six_items_are_answered_and_other_is_optional() {
        let mut answers = complete();
        assert_eq!(missing(&answers, &[]), []);
        answers.answers.remove(&FocusItem::Leasing);
        assert_eq!(missing(&answers, &[]), [("/answers/leasing".to_owned(), Code::Unanswered)]);
    }

    #[test]
    fn r45_a_problem_is_described_and_every_material_answered() {
        let mut answers = complete();
        let blank = Answer { description: Some(" ".to_owned()), ..answer(AnswerResult::Found) };
        answers.answers.insert(FocusItem::Other, blank);
        let expected = [
            ("/answers/other/description".to_owned(), Code::Missing),
            ("/materials/lease_approvals".to_owned(), Code::Unanswered),
        ];
        assert_eq!(missing(&answers, &["lease_approvals".to_owned()]), expected);
    }

    #[test]
    fn what_the_campaign_does_not_ask_for_is_no_field() {
        let mut answers = complete();
        let material = MaterialAnswer { state: MaterialState::Have, attachment_ids: vec![] };
        answers.materials.insert("a/b".to_owned(), material);
        let mut violations = Violations::default();
        answers.check(&mut violations, &FocusItem::REQUIRED[1..], &[]);
        let expected = ["/answers/look_back", "/materials/a~1b"];
        assert_eq!(broken(violations), expected.map(|pointer| (pointer.to_owned(), Code::UnknownField)));
    }

    #[test]
    fn the_problems_are_in_the_order_of_the_plan() {
        let mut answers = complete();
        answers.answers.insert(FocusItem::Leasing, answer(AnswerResult::Found));
        answers.answers.insert(FocusItem::Ownership, answer(AnswerResult::Found));
        let items: Vec<FocusItem> = answers.problems().map(|(item, _)| item).collect();
        assert_eq!(items, [FocusItem::Ownership, FocusItem::Leasing]);
    }

    #[test]
    fn every_attachment_has_its_place() {
        let ids = [(); 4].map(|()| Id::new());
        let mut answers = complete();
        let with = |result| Answer { attachment_ids: ids[..2].to_vec(), ..answer(result) };
        answers.answers.insert(FocusItem::Leasing, with(AnswerResult::Found));
        let material = MaterialAnswer { state: MaterialState::Have, attachment_ids: vec![ids[2]] };
        answers.materials.insert("a/b".to_owned(), material);
        answers.scan_attachment_ids = vec![ids[3]];
        let expected = [
            ("/answers/leasing/attachment_ids/0".to_owned(), ids[0]),
            ("/answers/leasing/attachment_ids/1".to_owned(), ids[1]),
            ("/materials/a~1b/attachment_ids/0".to_owned(), ids[2]),
            ("/scan_attachment_ids/0".to_owned(), ids[3]),
        ];
        assert_eq!(answers.attachments(), expected);
    }

    #[test]
    fn answers_read_the_contract_and_refuse_unknown_fields() {
        let json = r#"{"answers": {"ownership": {"result": "found", "description": "权属未登记", "corrected": false,
            "attachment_ids": []}}, "materials": {"lease_approvals": {"state": "have"}}}"#;
        let answers: Answers = serde_json::from_str(json).unwrap();
        assert_eq!(answers.answers[&FocusItem::Ownership].result, AnswerResult::Found);
        assert!(serde_json::from_str::<Answers>(r#"{"answers": {"roof": {"result": "none"}}}"#).is_err());
        assert!(
            serde_json::from_str::<Answers>(r#"{"answers": {"other": {"result": "none", "x": 1}}}"#).is_err()
        );
    }
}
