//! What a coordinator does with a notice.

use actix_web::{post, web};
use serde::Deserialize;
use shared::domain::id::Id;
use shared::domain::machine::{Machine, admit};
use shared::domain::notice::{Notice, NoticeStatus, NoticeVerb, ToldOtherwise};
use shared::domain::refusal::Violations;
use shared::store::{StoreResult, Write, notice};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::NoticeView;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(resend_notice).service(cancel_notice).service(record_notice_delivery);
}

/// Why a notice is called off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoticeCancellation {
    /// The reason.
    #[schema(min_length = 1, max_length = 1000, example = "已当面告知")]
    reason: String,
}

async fn act(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    verb: NoticeVerb,
    change: impl Fn(&mut Write<'_>, &Notice, NoticeStatus) -> StoreResult<Notice> + Send + 'static,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, before) = notice::lock(tx, id)?;
            NoticeStatus::permit(tx.actor, verb)?;
            if_match.0.check(before.version)?;
            if let Some(campaign) = campaign {
                campaign.writable()?;
            }
            let status = admit(tx.actor, before.status, verb, if_match.0, before.version)?;
            let after = change(tx, &before, status)?;
            Answer::record(&NoticeView::read(tx.conn, after, tx.actor)?)
        })
        .await
}

/// Sends a notice again that failed, had no address or lies in a file (coordinator). Where the address has
/// changed meanwhile, it goes to the new one.
#[utoipa::path(tag = "notices", operation_id = "resend_notice",
    params(("id" = Id, Path, description = "The notice."), IfMatch),
    responses((status = 200, description = "The notice.", body = NoticeView)))]
#[post("/notices/{id}/resend")]
async fn resend_notice(caller: Caller, id: web::Path<Id>, if_match: IfMatch) -> Result<Answer, Problem> {
    act(caller, *id, if_match, NoticeVerb::Resend, notice::resend).await
}

/// Calls a notice off that was not sent yet (coordinator). What may have arrived is not called off.
#[utoipa::path(tag = "notices", operation_id = "cancel_notice",
    params(("id" = Id, Path, description = "The notice."), IfMatch), request_body = NoticeCancellation,
    responses((status = 200, description = "The notice.", body = NoticeView)))]
#[post("/notices/{id}/cancel")]
async fn cancel_notice(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    let cancel = move |tx: &mut Write<'_>, before: &Notice, status| {
        let NoticeCancellation { reason } = body.read()?;
        let mut violations = Violations::default();
        violations.text("/reason", &reason, 1000);
        violations.refuse()?;
        notice::cancel(tx, before, status, &reason)
    };
    act(caller, *id, if_match, NoticeVerb::Cancel, cancel).await
}

/// Records how the unit was told instead of by mail (coordinator). The notice keeps its state.
#[utoipa::path(tag = "notices", operation_id = "record_notice_delivery",
    params(("id" = Id, Path, description = "The notice."), IfMatch), request_body = ToldOtherwise,
    responses((status = 200, description = "The notice.", body = NoticeView)))]
#[post("/notices/{id}/record-delivery")]
async fn record_notice_delivery(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    let record = move |tx: &mut Write<'_>, before: &Notice, _| {
        let told: ToldOtherwise = body.read()?;
        told.check(tx.now)?;
        notice::record_delivery(tx, before, &told)
    };
    act(caller, *id, if_match, NoticeVerb::RecordDelivery, record).await
}
