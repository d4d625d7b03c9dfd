//! Inspection records (专项巡检记录表, 附件2 of the notice of 2023): what a visit found, item by item.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::date::Date;
use super::focus_item::FocusItem;
use super::id::Id;
use super::refusal::{Code, Refusal, Violation, Violations};
use crate::text_enum;

/// How many items a record has at most.
pub const MAX_ITEMS: usize = 100;

text_enum! {
    /// How it was inspected (the plan of 2023, 四(二)).
    pub enum InspectionMethod {
        /// The unit reported (听取汇报).
        HearReport = "hear_report",
        /// The rooms were looked at (现场核查).
        OnSiteCheck = "on_site_check",
        /// People were asked (座谈了解).
        Interview = "interview",
        /// The ledgers were read (查阅台账资料).
        ReviewLedgers = "review_ledgers",
        /// Rooms were measured (现场测量).
        Measure = "measure",
    }
}

text_enum! {
    /// What came of an item.
    pub enum ItemResult {
        /// Nothing is wrong (未发现问题).
        None = "none",
        /// There is a problem (发现问题).
        Found = "found",
        /// It was not looked at (未检查).
        NotChecked = "not_checked",
    }
}

/// Whom the record names as the unit's contact (联系人及电话).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionContact {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "郑望舒")]
    pub name: Option<String>,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "0518-00008101")]
    pub phone: Option<String>,
}

/// The head of an inspection record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionContent {
    /// The visit at which it is filled in.
    pub visit_id: Id,
    /// The date of the inspection (巡检日期).
    #[schema(example = "2023-08-07")]
    pub inspected_on: Date,
    /// How it was inspected.
    #[serde(default)]
    #[schema(max_items = 5)]
    pub methods: Vec<InspectionMethod>,
    /// The unit's principal (主要负责人).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "周云台")]
    pub principal: Option<String>,
    /// The unit's address (地址).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "连云港市连云区墟沟街道")]
    pub address: Option<String>,
    /// The unit's contact (联系人及电话).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<InspectionContact>,
    /// What else is to be said (备注).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 10_000)]
    pub note: Option<String>,
    /// The void record of the same visit in whose place it stands. Findings that rest on that one rest on this one
    /// from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Id>,
}

/// What was looked at, what is wrong with it, and how it is to be handled (检查内容、发现的主要问题及处理意见).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InspectionItemContent)]
pub struct ItemContent {
    /// Under which focus item it falls.
    pub focus_item: FocusItem,
    /// What came of it.
    pub result: ItemResult,
    /// What was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 10_000, example = "查阅租用合同及审批材料。")]
    pub content: Option<String>,
    /// The problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 10_000, example = "租用沿街商业用房两间，未履行审批手续。")]
    pub problem: Option<String>,
    /// How it is to be handled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 10_000, example = "限期补办审批手续或者腾退。")]
    pub handling_opinion: Option<String>,
    /// Papers and pictures.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub attachment_ids: Vec<Id>,
}

/// An item of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InspectionItem {
    pub id: Id,
    #[serde(flatten)]
    pub content: ItemContent,
}

/// All that is written on an inspection record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inspection {
    #[serde(flatten)]
    pub content: InspectionContent,
    /// In the order in which they were entered.
    pub items: Vec<InspectionItem>,
}

impl InspectionContent {
    /// Checks all fields, whether complete or not.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        for (index, method) in self.methods.iter().enumerate() {
            let again = self.methods[..index].contains(method);
            violations.require(!again, format!("/methods/{index}"), Code::Duplicate);
        }
        violations.optional_text("/principal", self.principal.as_deref(), 100);
        violations.optional_text("/address", self.address.as_deref(), 200);
        if let Some(contact) = &self.contact {
            violations.optional_text("/contact/name", contact.name.as_deref(), 100);
            violations.optional_text("/contact/phone", contact.phone.as_deref(), 100);
        }
        violations.optional_text("/note", self.note.as_deref(), 10_000);
        violations.refuse()
    }

    /// Refuses to move a record to another visit, or into another record's place.
    ///
    /// # Errors
    /// Each of the two that would change.
    pub fn check_frozen(&self, after: &Self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.require(self.visit_id == after.visit_id, "/visit_id", Code::Frozen);
        violations.require(self.replaces == after.replaces, "/replaces", Code::Frozen);
        violations.refuse()
    }
}

impl ItemContent {
    /// Notes what is not well-formed, whether complete or not; `pointer` is the item's own.
    pub fn note_faults(&self, violations: &mut Violations, pointer: &str) {
        let texts = [
            ("content", &self.content),
            ("problem", &self.problem),
            ("handling_opinion", &self.handling_opinion),
        ];
        for (name, text) in texts {
            violations.optional_text(&format!("{pointer}/{name}"), text.as_deref(), 10_000);
        }
        violations.attachments(&format!("{pointer}/attachment_ids"), &self.attachment_ids);
    }
}

impl Inspection {
    /// Notes what is missing before anybody is asked to sign (R36): principal, address, contact and telephone, at
    /// least one item; of each that was looked at what was, of each problem what it is and how it is handled.
    pub fn check_complete(&self, violations: &mut Violations) {
        let contact = self.content.contact.clone().unwrap_or_default();
        let fields = [
            ("/principal", &self.content.principal),
            ("/address", &self.content.address),
            ("/contact/name", &contact.name),
            ("/contact/phone", &contact.phone),
        ];
        for (pointer, field) in fields {
            violations.require(field.is_some(), pointer, Code::Missing);
        }
        violations.require(!self.items.is_empty(), "/items", Code::Missing);
        for (index, item) in self.items.iter().enumerate() {
            let item = &item.content;
            let found = item.result == ItemResult::Found;
            let required = [
                ("content", item.result != ItemResult::NotChecked, &item.content),
                ("problem", found, &item.problem),
                ("handling_opinion", found, &item.handling_opinion),
            ];
            for (name, required, field) in required {
                violations.require(
                    !required || field.is_some(),
                    format!("/items/{index}/{name}"),
                    Code::Missing,
                );
            }
        }
    }

    /// Refuses more items than a record holds.
    ///
    /// # Errors
    /// [`Code::TooLong`].
    pub fn check_room(items: usize) -> Result<(), Refusal> {
        if items <= MAX_ITEMS {
            return Ok(());
        }
        Err(Refusal::Invalid(vec![Violation::with("/items", Code::TooLong, MAX_ITEMS)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(result: ItemResult) -> InspectionItem {
        let content = ItemContent {
            focus_item: FocusItem::Leasing,
            result,
            content: None,
            problem: None,
            handling_opinion: None,
            attachment_ids: vec![],
        };
        InspectionItem { id: Id::new(), content }
    }

    fn record(items: Vec<InspectionItem>) -> Inspection {
        let text = |text: &str| Some(text.to_owned());
        Inspection {
            content: InspectionContent {
                visit_id: Id::new(),
                inspected_on: Date::new(2023, 8, 7).unwrap(),
                methods: vec![InspectionMethod::Measure],
                principal: text("周云台"),
                address: text("墟沟街道"),
                contact: Some(InspectionContact { name: text("郑望舒"), phone: text("0518-00008101") }),
                note: None,
                replaces: None,
            },
            items,
        }
    }

    fn missing(record: &Inspection) -> Vec<String> {
        let mut violations = Violations::default();
        record.check_complete(&mut violations);
        match violations.refuse() {
            Err(Refusal::Invalid(list)) => list.into_iter().map(|violation| violation.pointer).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn r36_the_forms_fields_are_filled_in_before_anybody_signs() {
        assert_eq!(missing(&record(vec![])), ["/items"]);
        assert!(missing(&record(vec![item(ItemResult::NotChecked)])).is_empty());
        let mut bare = record(vec![item(ItemResult::None), item(ItemResult::Found)]);
        bare.content.principal = None;
        bare.content.contact = Some(InspectionContact { name: None, ..InspectionContact::default() });
        let expected = [
            "/principal",
            "/contact/name",
            "/contact/phone",
            "/items/0/content",
            "/items/1/content",
            "/items/1/problem",
            "/items/1/handling_opinion",
        ];
        assert_eq!(missing(&bare), expected);
    }

    #[test]
    fn a_record_reads_as_the_contract_shows_it() {
        let mut record = record(vec![item(ItemResult::None)]);
        record.items[0].content.content = Some("查阅合同".to_owned());
        let json = serde_json::to_value(&record).unwrap();
        assert_eq!(json["items"][0]["focus_item"], "leasing");
        assert_eq!(json["items"][0]["content"], "查阅合同");
        assert_eq!(json["inspected_on"], "2023-08-07");
    }
}
