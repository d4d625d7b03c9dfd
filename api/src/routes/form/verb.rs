//! The verbs of signed forms.

use shared::domain::form::{FormStatus, FormVerb, RefusalContent, SignatureContent, Stamp, permit_signature};
use shared::domain::id::Id;
use shared::domain::reason::Reason;
use shared::store::form::{self, FormRecord};
use shared::store::{StoreResult, Write};

use super::{Shown, VerificationView, admit};
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

/// What every verb does: admits the caller in the order of refusals, changes the form, and shows it.
async fn act<P, F>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    verb: FormVerb,
    mut change: F,
) -> Result<Answer, Problem>
where
    P: Shown,
    F: FnMut(&mut Write<'_>, &FormRecord<P>, FormStatus) -> StoreResult<FormRecord<P>> + Send + 'static,
{
    caller
        .write(move |tx| {
            let (before, status) = admit::<P>(tx, id, if_match, verb)?;
            let after = change(tx, &before, status)?;
            Answer::record(&P::view(after, tx.actor))
        })
        .await
}

pub async fn request_signatures<P: Shown>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    act::<P, _>(caller, id, if_match, FormVerb::RequestSignatures, form::request_signatures).await
}

pub async fn sign<P: Shown>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act::<P, _>(caller, id, if_match, FormVerb::Sign, move |tx, before, _| {
        let content: SignatureContent = body.read()?;
        let kind = (content.side, content.medium);
        permit_signature(tx.actor, before.form.unit_id, before.of_the_visit, kind)?;
        form::add_signature(tx, before, content, "")
    })
    .await
}

pub async fn refuse_to_sign<P: Shown>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act::<P, _>(caller, id, if_match, FormVerb::RefuseToSign, move |tx, before, _| {
        let content: RefusalContent = body.read()?;
        form::add_refusal(tx, before, content, "")
    })
    .await
}

/// Seals a form; `body` holds the stamp where the form asks for one.
pub async fn seal<P: Shown>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    body: Option<Body>,
) -> Result<Answer, Problem> {
    act::<P, _>(caller, id, if_match, FormVerb::Seal, move |tx, before, status| {
        let stamp: Option<Stamp> = body.as_ref().map(Body::read).transpose()?;
        form::seal(tx, before, status, stamp)
    })
    .await
}

pub async fn void<P: Shown>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    act::<P, _>(caller, id, if_match, FormVerb::Void, move |tx, before, status| {
        let reason: Reason = body.read()?;
        reason.check()?;
        form::void(tx, before, status, &reason.reason)
    })
    .await
}

pub async fn verification<P: Shown>(caller: Caller, id: Id) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let record: FormRecord<P> = form::get(read, id)?;
            let view = VerificationView::from(form::verification(&record)?);
            Ok(Answer::json(&view)?.with_version(record.form.version))
        })
        .await
}
