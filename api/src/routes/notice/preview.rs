//! What the scan would write now.

use actix_web::get;
use serde::Serialize;
use shared::domain::actor::Role;
use shared::domain::email::EmailAddress;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::notice::{Audience, NoticeKind};
use shared::domain::refusal::Refusal;
use shared::store::scan::{self, PlannedNotice};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List};
use crate::error::Problem;
use crate::extract::caller::Caller;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(preview_notices);
}

/// A notice that the scan would write now.
#[derive(Serialize, ToSchema)]
#[schema(as = NoticePreview)]
struct Preview {
    /// The campaign.
    campaign_id: Id,
    /// What it would tell.
    kind: NoticeKind,
    /// As whom the recipient would be told.
    audience: Audience,
    /// Where it would go; absent where nobody of the audience has an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<EmailAddress>,
    /// The names of the units that it would tell about.
    #[schema(example = json!(["墟沟街道办事处"]))]
    units: Vec<String>,
    /// It would not go before this.
    due_at: Instant,
}

impl From<PlannedNotice> for Preview {
    fn from(planned: PlannedNotice) -> Self {
        Self {
            campaign_id: planned.campaign_id,
            kind: planned.content.matter.kind(),
            audience: planned.recipient.audience,
            address: planned.recipient.address,
            units: planned.content.units,
            due_at: planned.due_at,
        }
    }
}

/// Shows what the scan would write now, and writes nothing (coordinator, leader).
#[utoipa::path(tag = "notices", operation_id = "preview_notices",
    responses((status = 200, description = "All of it, on one page.", body = List<Preview>)))]
#[get("/notices/preview")]
async fn preview_notices(caller: Caller) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            if !(read.actor.sees_all_units() && read.actor.has_any(&[Role::Coordinator, Role::Leader])) {
                return Err(Refusal::RoleMissing.into());
            }
            let planned = scan::plan(read.conn, read.now)?;
            let items = planned.notices.into_iter().map(Preview::from).collect();
            Answer::json(&List { items, next_cursor: None, total: None })
        })
        .await
}
