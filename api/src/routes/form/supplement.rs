//! Supplements and objections to sealed forms.

use serde::Serialize;
use shared::domain::actor::Actor;
use shared::domain::form::{
    FormStatus, FormSupplement, FormSupplementContent, FormSupplementKind, FormVerb, Signature,
    SignatureContent, permit_signature,
};
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::refusal::Refusal;
use shared::domain::text::TextEnum;
use shared::store::form::{self, FormRecord};
use utoipa::ToSchema;

use super::Shown;
use crate::answer::{Answer, List, Representation};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::schema::New;

pub type NewFormSupplement = New<FormSupplementContent>;

/// Something added to a sealed form.
#[derive(Serialize, ToSchema)]
#[schema(as = FormSupplement)]
pub struct SupplementView {
    id: Id,
    /// Counts from 1 within the form.
    #[schema(example = 1)]
    number: i32,
    /// What it is.
    kind: FormSupplementKind,
    /// What it says.
    #[schema(example = "补充：地下一层另有两间库房，未改变用途。")]
    text: String,
    /// Who has signed it.
    signatures: Vec<Signature>,
    /// The account that added it.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<Id>,
    /// The account's name on that day.
    #[schema(example = "韩知远")]
    created_by_name: String,
    created_at: Instant,
}

impl From<FormSupplement> for SupplementView {
    fn from(supplement: FormSupplement) -> Self {
        Self {
            id: supplement.id,
            number: supplement.number,
            kind: supplement.content.kind,
            text: supplement.content.text,
            signatures: supplement.signatures,
            created_by: supplement.created_by,
            created_by_name: supplement.created_by_name,
            created_at: supplement.created_at,
        }
    }
}

pub async fn list_supplements<P: Shown>(caller: Caller, id: Id) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let record: FormRecord<P> = form::get(read, id)?;
            let all = form::supplements(read.conn, id)?;
            let items = all.into_iter().map(SupplementView::from).collect();
            Ok(Answer::json(&List::whole(items))?.with_version(record.form.version))
        })
        .await
}

pub async fn get_supplement<P: Shown>(caller: Caller, id: Id, number: i32) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let record: FormRecord<P> = form::get(read, id)?;
            let supplement = form::supplement(read.conn, id, number)?;
            Ok(Answer::json(&SupplementView::from(supplement))?.with_version(record.form.version))
        })
        .await
}

pub async fn create_supplement<P: Shown>(caller: Caller, id: Id, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before: FormRecord<P> = form::lock(tx, id)?;
            let permit =
                |kind: FormSupplementKind| kind.permit(tx.actor, before.form.unit_id, before.of_the_visit);
            if FormSupplementKind::ALL.iter().all(|kind| permit(*kind).is_err()) {
                permit(FormSupplementKind::Supplement)?;
            }
            check_sealed(&before, tx.actor, "create-supplement")?;
            let (supplement_id, content): (Id, FormSupplementContent) = body.read_new()?;
            content.kind.permit(tx.actor, before.form.unit_id, before.of_the_visit)?;
            content.check()?;
            let (after, supplement) = form::add_supplement(tx, &before, supplement_id, content)?;
            let location = format!("{}/{id}/supplements/{}", P::View::PATH, supplement.number);
            Answer::created_under(location, &SupplementView::from(supplement), after.form.version)
        })
        .await
}

pub async fn sign_supplement<P: Shown>(
    caller: Caller,
    (id, number): (Id, i32),
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before: FormRecord<P> = form::lock(tx, id)?;
            let supplement = form::supplement(tx.conn, id, number)?;
            before.subject().permit(tx.actor, FormVerb::Sign)?;
            if_match.0.check(before.form.version)?;
            check_sealed(&before, tx.actor, "sign-supplement")?;
            let content: SignatureContent = body.read()?;
            let kind = (content.side, content.medium);
            permit_signature(tx.actor, before.form.unit_id, before.of_the_visit, kind)?;
            let (after, supplement) = form::sign_supplement(tx, &before, &supplement, content)?;
            Ok(Answer::json(&SupplementView::from(supplement))?.with_version(after.form.version))
        })
        .await
}

/// Refuses to add anything to what is not sealed (409).
fn check_sealed<P: Shown>(
    record: &FormRecord<P>,
    actor: &Actor,
    change: &'static str,
) -> Result<(), Refusal> {
    record.subject().writable()?;
    if record.form.status == FormStatus::Sealed { Ok(()) } else { Err(record.refused(actor, change)) }
}
