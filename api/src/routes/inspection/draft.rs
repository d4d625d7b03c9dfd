//! An inspection record as it comes in: head, items, and what was signed on the spot, in one call.

use serde::{Deserialize, Serialize};
use shared::domain::date::Date;
use shared::domain::focus_item::FocusItem;
use shared::domain::form::{RefusalContent, SignatureContent};
use shared::domain::id::Id;
use shared::domain::inspection::{
    InspectionContact, InspectionContent, InspectionMethod, ItemContent, ItemResult,
};
use utoipa::ToSchema;

/// A new inspection record.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InspectionContent)]
pub struct InspectionDraft {
    /// The visit at which it is filled in.
    visit_id: Id,
    /// The date of the inspection.
    #[schema(example = "2023-08-07")]
    inspected_on: Date,
    /// How it was inspected.
    #[serde(default)]
    #[schema(max_items = 5)]
    methods: Vec<InspectionMethod>,
    /// The unit's principal.
    #[schema(max_length = 100, example = "周云台")]
    principal: Option<String>,
    /// The unit's address.
    #[schema(max_length = 200, example = "连云港市连云区墟沟街道")]
    address: Option<String>,
    /// The unit's contact.
    contact: Option<InspectionContact>,
    /// What else is to be said.
    #[schema(max_length = 10_000)]
    note: Option<String>,
    /// The void record of the same visit in whose place it stands.
    replaces: Option<Id>,
    /// What was looked at.
    #[serde(default)]
    #[schema(max_items = 100)]
    items: Vec<ItemDraft>,
    /// What was signed on the spot.
    #[serde(default)]
    #[schema(max_items = 100)]
    signatures: Vec<SignatureContent>,
    /// That the unit refused to sign.
    refusal: Option<RefusalContent>,
}

/// A new item of a record.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InspectionItemDraft)]
struct ItemDraft {
    /// Its identifier, where the client chooses it.
    id: Option<Id>,
    /// Under which focus item it falls.
    focus_item: FocusItem,
    /// What came of it.
    result: ItemResult,
    /// What was looked at.
    #[schema(max_length = 10_000, example = "查阅租用合同及审批材料。")]
    content: Option<String>,
    /// The problem.
    #[schema(max_length = 10_000, example = "租用沿街商业用房两间，未履行审批手续。")]
    problem: Option<String>,
    /// How it is to be handled.
    #[schema(max_length = 10_000, example = "限期补办审批手续或者腾退。")]
    handling_opinion: Option<String>,
    /// Papers and pictures.
    #[serde(default)]
    #[schema(max_items = 100)]
    attachment_ids: Vec<Id>,
}

/// Head, items, signatures and refusal.
type Parts = (InspectionContent, Vec<(Id, ItemContent)>, Vec<SignatureContent>, Option<RefusalContent>);

impl InspectionDraft {
    pub fn parts(self) -> Parts {
        let content = InspectionContent {
            visit_id: self.visit_id,
            inspected_on: self.inspected_on,
            methods: self.methods,
            principal: self.principal,
            address: self.address,
            contact: self.contact,
            note: self.note,
            replaces: self.replaces,
        };
        let items = self.items.into_iter().map(ItemDraft::part).collect();
        (content, items, self.signatures, self.refusal)
    }
}

impl ItemDraft {
    fn part(self) -> (Id, ItemContent) {
        let content = ItemContent {
            focus_item: self.focus_item,
            result: self.result,
            content: self.content,
            problem: self.problem,
            handling_opinion: self.handling_opinion,
            attachment_ids: self.attachment_ids,
        };
        (self.id.unwrap_or_default(), content)
    }
}
