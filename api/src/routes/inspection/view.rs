//! An inspection record as the api shows it.

use serde::Serialize;
use shared::domain::actor::Actor;
use shared::domain::date::Date;
use shared::domain::focus_item::FocusItem;
use shared::domain::form::{FormStatus, FormVerb, Signature, SigningRefusal};
use shared::domain::id::Id;
use shared::domain::inspection::{
    Inspection, InspectionContact, InspectionItem, InspectionMethod, ItemResult,
};
use shared::domain::instant::Instant;
use shared::store::form::FormRecord;
use utoipa::ToSchema;

use crate::answer::Representation;
use crate::routes::form::{SealView, Shown};

/// What a visit found, item by item, and who has signed it (Annex 2).
#[derive(Serialize, ToSchema)]
#[schema(as = Inspection)]
pub struct InspectionView {
    id: Id,
    /// Rises with each change, of its items and supplements too; also the ETag.
    #[schema(example = 1)]
    version: i64,
    /// Its state.
    status: FormStatus,
    /// The campaign that it belongs to.
    campaign_id: Id,
    /// The visit at which it is filled in.
    visit_id: Id,
    /// The unit that was inspected.
    unit_id: Id,
    /// The unit's name on the day on which it was begun.
    #[schema(example = "墟沟街道办事处")]
    unit_name: String,
    /// The date of the inspection.
    #[schema(example = "2023-08-07")]
    inspected_on: Date,
    /// How it was inspected.
    methods: Vec<InspectionMethod>,
    /// The unit's principal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "周云台")]
    principal: Option<String>,
    /// The unit's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "连云港市连云区墟沟街道")]
    address: Option<String>,
    /// The unit's contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<InspectionContact>,
    /// What else is to be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// The void record in whose place it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<Id>,
    /// What was looked at, in the order in which it was entered.
    items: Vec<ItemView>,
    /// Who has signed, those included whose signature is void.
    signatures: Vec<Signature>,
    /// That the unit refused to sign, what is void included.
    refusals: Vec<SigningRefusal>,
    /// Its seal, which stays with it when it is made void.
    #[serde(skip_serializing_if = "Option::is_none")]
    seal: Option<SealView>,
    /// When the unit was first asked to sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_at: Option<Instant>,
    /// Why it is void.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "单位名称有误，另行制作。")]
    void_reason: Option<String>,
    created_at: Instant,
    /// What the caller may do with it now.
    allowed_actions: Vec<FormVerb>,
}

/// An item of a record.
#[derive(Serialize, ToSchema)]
#[schema(as = InspectionItem)]
pub struct ItemView {
    id: Id,
    /// Under which focus item it falls.
    focus_item: FocusItem,
    /// What came of it.
    result: ItemResult,
    /// What was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "查阅租用合同及审批材料。")]
    content: Option<String>,
    /// The problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "租用沿街商业用房两间，未履行审批手续。")]
    problem: Option<String>,
    /// How it is to be handled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "限期补办审批手续或者腾退。")]
    handling_opinion: Option<String>,
    /// Papers and pictures.
    attachment_ids: Vec<Id>,
}

impl From<InspectionItem> for ItemView {
    fn from(InspectionItem { id, content }: InspectionItem) -> Self {
        Self {
            id,
            focus_item: content.focus_item,
            result: content.result,
            content: content.content,
            problem: content.problem,
            handling_opinion: content.handling_opinion,
            attachment_ids: content.attachment_ids,
        }
    }
}

impl Shown for Inspection {
    type View = InspectionView;

    fn view(record: FormRecord<Self>, actor: &Actor) -> InspectionView {
        let allowed_actions = record.subject().allowed_actions(actor);
        let FormRecord { form, paper, marks, seal, .. } = record;
        let content = paper.content;
        InspectionView {
            id: form.id,
            version: form.version,
            status: form.status,
            campaign_id: form.campaign_id,
            visit_id: form.visit_id,
            unit_id: form.unit_id,
            unit_name: form.unit_name,
            inspected_on: content.inspected_on,
            methods: content.methods,
            principal: content.principal,
            address: content.address,
            contact: content.contact,
            note: content.note,
            replaces: content.replaces,
            items: paper.items.into_iter().map(ItemView::from).collect(),
            signatures: marks.signatures,
            refusals: marks.refusals,
            seal: seal.map(SealView::from),
            requested_at: form.requested_at,
            void_reason: form.void_reason,
            created_at: form.created_at,
            allowed_actions,
        }
    }
}

impl Representation for InspectionView {
    const PATH: &'static str = "/v1/inspections";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}
