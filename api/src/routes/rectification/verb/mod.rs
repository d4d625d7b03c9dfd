//! The verbs of rectifications, by who acts. What follows from each is a pure rule of the domain.

mod leader;
mod office;
mod unit;
mod verifier;

use serde::de::DeserializeOwned;
use shared::domain::attachment::LinkedTo;
use shared::domain::id::Id;
use shared::domain::rectification::{Act, Done, Rectification, RectificationVerb, Scene};
use shared::store::rectification::{self, KIND, Locked};
use shared::store::{StoreResult, Write, attachment};
use utoipa_actix_web::service_config::ServiceConfig;

use super::view::RectificationView;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .configure(office::register)
        .configure(unit::register)
        .configure(verifier::register)
        .configure(leader::register);
}

/// What every verb does: admits the caller in the order of refusals, changes the record, tells the unit.
async fn act<F>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    verb: RectificationVerb,
    mut change: F,
) -> Result<Answer, Problem>
where
    F: FnMut(&mut Write<'_>, &Locked, Rectification, &Scene<'_>) -> StoreResult<Done> + Send + 'static,
{
    caller
        .write(move |tx| {
            let locked = rectification::lock(tx, id)?;
            let before = &locked.rectification;
            let subject = before.subject(&locked.campaign);
            subject.permit(tx.actor, verb)?;
            if_match.0.check(before.version)?;
            let status = subject.step(tx.actor, verb)?;
            let next = Rectification { status, ..before.clone() };
            let (now, today) = (tx.now, locked.campaign.today(tx.now));
            let scene = Scene { finding: &locked.finding, actor: tx.actor, now, today };
            let done = change(tx, &locked, next, &scene)?;
            let done = rectification::conclude(tx, verb, &locked, done)?;
            Answer::record(&RectificationView::of(done, &locked.campaign, tx.actor, tx.now))
        })
        .await
}

/// A verb of which the domain knows everything that follows from its body.
async fn say<A: Act + DeserializeOwned>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    verb: RectificationVerb,
    body: Body,
) -> Result<Answer, Problem> {
    act(caller, id, if_match, verb, move |_, _, order, scene| Ok(body.read::<A>()?.act(order, scene)?)).await
}

/// Links papers to the rectification.
fn link(tx: &mut Write<'_>, locked: &Locked, ids: &[Id]) -> StoreResult<()> {
    let target = LinkedTo {
        record_kind: KIND,
        record_id: locked.rectification.id,
        unit_id: Some(locked.rectification.unit_id),
        campaign_id: Some(locked.rectification.campaign_id),
    };
    attachment::link(tx, ids, &target, "/attachment_ids")
}
