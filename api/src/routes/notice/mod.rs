//! Notices: the ledger of who was told what, by whom, when, and with which answer of the mail server.

mod preview;
mod verb;

use std::collections::{BTreeSet, HashMap};

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use shared::domain::actor::Actor;
use shared::domain::email::EmailAddress;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::machine::Machine;
use shared::domain::notice::{
    Attempt, AttemptStatus, Audience, Notice, NoticeKind, NoticeStatus, NoticeVerb, Overtaken, ToldOtherwise,
};
use shared::store::notice::{self, Filter};
use shared::store::{DbConnection, Read, StoreResult, campaign, fault, unit};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody, Representation};
use crate::error::Problem;
use crate::extract::caller::Caller;
use crate::extract::list::{List, PageParams};

pub fn register(config: &mut ServiceConfig<'_>) {
    // The preview's path would be read as an id.
    config.configure(preview::register);
    config.service(list_notices).service(list_unit_notices).service(get_notice);
    config.configure(verb::register);
}

/// A notice to one recipient.
#[derive(Serialize, ToSchema)]
#[schema(as = Notice)]
struct NoticeView {
    id: Id,
    /// Rises with each change; also the ETag.
    #[schema(example = 3)]
    version: i64,
    /// The campaign, where it belongs to one: what concerns accounts and addresses doesn't.
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign_id: Option<Id>,
    /// What it tells. Absent only where that, the audience or the record's id cannot be read, as are the others then.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<NoticeKind>,
    /// How far it came. `written` lies in a file and reached nobody.
    status: NoticeStatus,
    /// As whom the recipient is told. Absent as `kind` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<Audience>,
    /// The unit that it tells; absent where it tells about several.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_id: Option<Id>,
    /// The names of the units that it tells about.
    #[schema(example = json!(["墟沟街道办事处"]))]
    units: Vec<String>,
    /// The account whose address it goes to, where it is an account's.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<Id>,
    /// Where it goes; absent where nobody of the audience has an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<EmailAddress>,
    /// The collection of the record that it is about.
    #[schema(example = "rectifications")]
    record_kind: String,
    /// The record that it is about. Absent as `kind` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    record_id: Option<Id>,
    /// When it was written; absent only where that cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Instant>,
    /// It does not go before this: scanned kinds wait for the campaign's sending hours. Absent only where it cannot
    /// be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Instant>,
    /// When it came to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Instant>,
    /// What it says, in one line; absent until it is put into words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "关于抓紧报送自查自纠情况的提醒（已逾期1天）")]
    subject: Option<String>,
    /// What it says; a one-time link is masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "墟沟街道办事处：……")]
    text: Option<String>,
    /// The attempts to send it, first to last.
    attempts: Vec<AttemptView>,
    /// Why no attempt can be made, or what of the notice cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "the object storage failed: no space left on device")]
    fault: Option<String>,
    /// What overtook it before it went, where it was cancelled for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    overtaken_by: Option<Overtaken>,
    /// Why a coordinator cancelled it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "已当面告知")]
    cancel_reason: Option<String>,
    /// How the unit was told instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    told_otherwise: Option<ToldOtherwise>,
    /// What the caller may do with it now.
    allowed_actions: Vec<NoticeVerb>,
}

/// One attempt to send a notice.
#[derive(Serialize, ToSchema)]
#[schema(as = NoticeAttempt)]
struct AttemptView {
    id: Id,
    /// How it ended. `unknown`: nobody saw its end, so the same bytes went again. Absent only where it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<AttemptStatus>,
    /// Where it went. Absent only where it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<EmailAddress>,
    /// The Message-ID, which is the same for every attempt with the same bytes.
    #[schema(example = "<01890a5d-ac96-774b-bcce-b302099a8057@example.org>")]
    message_id: String,
    /// SHA-256 of the bytes, in hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
    /// When it began. Absent only where it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Instant>,
    /// When its end was noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Instant>,
    /// What the mail server answered, what went wrong, or what of the attempt cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "250 2.0.0 queued as 4711")]
    reply: Option<String>,
}

impl From<Attempt> for AttemptView {
    fn from(attempt: Attempt) -> Self {
        Self {
            id: attempt.id,
            status: attempt.status,
            address: attempt.address,
            message_id: attempt.message_id,
            sha256: attempt.sha256,
            started_at: attempt.started_at,
            ended_at: attempt.ended_at,
            reply: attempt.reply,
        }
    }
}

impl NoticeView {
    /// `closed`: its campaign takes no changes any more.
    fn of(
        notice: Notice,
        attempts: Vec<AttemptView>,
        fault: Option<String>,
        closed: bool,
        actor: &Actor,
    ) -> Self {
        let (subject, text) = notice.mail.map(|mail| (mail.words.subject, mail.words.text)).unzip();
        Self {
            id: notice.id,
            version: notice.version,
            campaign_id: notice.campaign_id,
            kind: notice.about.map(|about| about.kind),
            status: notice.status,
            audience: notice.about.map(|about| about.audience),
            unit_id: notice.unit_id,
            units: notice.content.map(|content| content.units).unwrap_or_default(),
            account_id: notice.account_id,
            address: notice.address,
            record_kind: notice.record_kind,
            record_id: notice.about.map(|about| about.record_id),
            created_at: notice.created_at,
            due_at: notice.due_at,
            ended_at: notice.ended_at,
            subject,
            text,
            attempts,
            fault: fault.or(notice.unreadable),
            overtaken_by: notice.overtaken_by,
            cancel_reason: notice.cancel_reason,
            told_otherwise: notice.told_otherwise,
            allowed_actions: if closed { Vec::new() } else { notice.status.verbs(actor) },
        }
    }

    /// With its attempts.
    fn read(conn: &mut DbConnection, notice: Notice, actor: &Actor) -> StoreResult<Self> {
        let attempts = notice::attempts(conn, &[notice.id])?;
        let attempts = attempts.into_iter().map(|(_, attempt)| attempt.into()).collect();
        let fault = fault::of_notices(conn, &[notice.id])?.pop().map(|(_, reason)| reason);
        let closed = match notice.campaign_id {
            Some(campaign_id) => !campaign::closed(conn, &[campaign_id])?.is_empty(),
            None => false,
        };
        Ok(Self::of(notice, attempts, fault, closed, actor))
    }
}

impl Representation for NoticeView {
    const PATH: &'static str = "/v1/notices";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// Filters of notices.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct NoticeQuery {
    /// Tells one of these.
    kind: Vec<NoticeKind>,
    /// Is in one of these states.
    status: Vec<NoticeStatus>,
    /// Tells one of these.
    audience: Vec<Audience>,
    /// Belongs to one of these campaigns.
    campaign_id: Vec<Id>,
    /// Tells one of these units, alone or among others.
    unit_id: Vec<Id>,
    /// Is about one of these records.
    record_id: Vec<Id>,
}

impl NoticeQuery {
    fn filter(&self) -> Filter {
        Filter {
            kinds: self.kind.clone(),
            statuses: self.status.clone(),
            audiences: self.audience.clone(),
            campaign_ids: self.campaign_id.clone(),
            unit_ids: self.unit_id.clone(),
            record_ids: self.record_id.clone(),
        }
    }
}

fn page<F>(read: &mut Read<'_>, filter: &Filter, list: &List<F>) -> StoreResult<Answer> {
    let notices = notice::list(read, filter, &list.page)?;
    let ids: Vec<Id> = notices.items.iter().map(|notice| notice.id).collect();
    let mut attempts = HashMap::<Id, Vec<AttemptView>>::new();
    for (id, attempt) in notice::attempts(read.conn, &ids)? {
        attempts.entry(id).or_default().push(attempt.into());
    }
    let mut faults: HashMap<Id, String> = fault::of_notices(read.conn, &ids)?.into_iter().collect();
    let campaigns: BTreeSet<Id> = notices.items.iter().filter_map(|notice| notice.campaign_id).collect();
    let closed = campaign::closed(read.conn, &Vec::from_iter(campaigns))?;
    let view = |notice: Notice| {
        let attempts = attempts.remove(&notice.id).unwrap_or_default();
        let closed = notice.campaign_id.is_some_and(|id| closed.contains(&id));
        let fault = faults.remove(&notice.id);
        NoticeView::of(notice, attempts, fault, closed, read.actor)
    };
    Answer::list(notices.map(view), |id| list.cursor(id))
}

/// Lists the notices in the caller's scope: a liaison's are those that told the own units, an admin's those
/// about accounts.
#[utoipa::path(tag = "notices", operation_id = "list_notices", params(NoticeQuery, PageParams),
    responses((status = 200, description = "A page of notices.", body = ListBody<NoticeView>)))]
#[get("/notices")]
async fn list_notices(caller: Caller, list: List<NoticeQuery>) -> Result<Answer, Problem> {
    caller.read(move |read| page(read, &list.filter.filter(), &list)).await
}

/// Filters of what a unit was told.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct UnitNoticeQuery {
    /// Tells one of these.
    kind: Vec<NoticeKind>,
    /// Is in one of these states.
    status: Vec<NoticeStatus>,
    /// Belongs to one of these campaigns.
    campaign_id: Vec<Id>,
}

/// Lists what a unit and its leader were told.
#[utoipa::path(tag = "notices", operation_id = "list_unit_notices",
    params(("id" = Id, Path, description = "The unit."), UnitNoticeQuery, PageParams),
    responses((status = 200, description = "A page of notices.", body = ListBody<NoticeView>)))]
#[get("/units/{id}/notices")]
async fn list_unit_notices(
    caller: Caller,
    id: web::Path<Id>,
    list: List<UnitNoticeQuery>,
) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let unit = unit::get(read, *id)?;
            let UnitNoticeQuery { kind, status, campaign_id } = &list.filter;
            let filter = Filter {
                kinds: kind.clone(),
                statuses: status.clone(),
                campaign_ids: campaign_id.clone(),
                unit_ids: vec![unit.id],
                ..Filter::default()
            };
            page(read, &filter, &list)
        })
        .await
}

/// Shows a notice with the attempts to send it.
#[utoipa::path(tag = "notices", operation_id = "get_notice", params(("id" = Id, Path, description = "The notice.")),
    responses((status = 200, description = "The notice.", body = NoticeView)))]
#[get("/notices/{id}")]
async fn get_notice(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let notice = notice::get(read, *id)?;
            Answer::record(&NoticeView::read(read.conn, notice, read.actor)?)
        })
        .await
}
