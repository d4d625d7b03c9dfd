//! The verbs of signed forms.

use shared::domain::form::{FormVerb, RefusalContent, SignatureContent, Stamp, permit_signature};
use shared::domain::id::Id;
use shared::domain::reason::Reason;
use shared::store::form::{self, FormRecord};

use super::{Shown, VerificationView, admit};
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub async fn request_signatures<P: Shown>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (before, status) = admit::<P>(tx, id, if_match, FormVerb::RequestSignatures)?;
            let after = form::request_signatures(tx, &before, status)?;
            Answer::record(&P::view(after, tx.actor))
        })
        .await
}

pub async fn sign<P: Shown>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (before, _) = admit::<P>(tx, id, if_match, FormVerb::Sign)?;
            let content: SignatureContent = body.read()?;
            let kind = (content.side, content.medium);
            permit_signature(tx.actor, before.form.unit_id, before.of_the_visit, kind)?;
            let after = form::add_signature(tx, &before, content, "")?;
            Answer::record(&P::view(after, tx.actor))
        })
        .await
}

pub async fn refuse_to_sign<P: Shown>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (before, _) = admit::<P>(tx, id, if_match, FormVerb::RefuseToSign)?;
            let content: RefusalContent = body.read()?;
            let after = form::add_refusal(tx, &before, content, "")?;
            Answer::record(&P::view(after, tx.actor))
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
    caller
        .write(move |tx| {
            let (before, status) = admit::<P>(tx, id, if_match, FormVerb::Seal)?;
            let stamp: Option<Stamp> = body.as_ref().map(Body::read).transpose()?;
            let after = form::seal(tx, &before, status, stamp)?;
            Answer::record(&P::view(after, tx.actor))
        })
        .await
}

pub async fn void<P: Shown>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (before, status) = admit::<P>(tx, id, if_match, FormVerb::Void)?;
            let reason: Reason = body.read()?;
            reason.check()?;
            let after = form::void(tx, &before, status, &reason.reason)?;
            Answer::record(&P::view(after, tx.actor))
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
