//! A leader-office sheet as the api shows it.

use serde::Serialize;
use shared::domain::actor::Actor;
use shared::domain::form::{FormStatus, FormVerb, Signature, SigningRefusal};
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::leader_office::{Sheet, SheetContent, SheetRow};
use shared::store::form::FormRecord;
use utoipa::ToSchema;

use crate::answer::Representation;
use crate::routes::form::{SealView, Shown};

/// What was measured at a visit, a row a person, and who has signed it (Annex 3).
#[derive(Serialize, ToSchema)]
#[schema(as = LeaderOfficeSheet)]
pub struct SheetView {
    id: Id,
    /// Rises with each change, of its supplements too; also the ETag.
    #[schema(example = 1)]
    version: i64,
    /// Its state.
    status: FormStatus,
    /// The campaign that it belongs to.
    campaign_id: Id,
    /// The unit whose rooms were measured.
    unit_id: Id,
    /// The unit's name on the day on which it was begun.
    #[schema(example = "墟沟街道办事处")]
    unit_name: String,
    #[serde(flatten)]
    content: SheetContent,
    /// The leader offices in the columns of the form; sealed as they were then.
    rows: Vec<SheetRow>,
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

impl Shown for Sheet {
    type View = SheetView;

    fn view(record: FormRecord<Self>, actor: &Actor) -> SheetView {
        let allowed_actions = record.subject().allowed_actions(actor);
        let FormRecord { form, paper, marks, seal, .. } = record;
        SheetView {
            id: form.id,
            version: form.version,
            status: form.status,
            campaign_id: form.campaign_id,
            unit_id: form.unit_id,
            unit_name: form.unit_name,
            content: paper.content,
            rows: paper.rows,
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

impl Representation for SheetView {
    const PATH: &'static str = "/v1/leader-office-sheets";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}
