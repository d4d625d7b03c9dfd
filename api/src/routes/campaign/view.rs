//! A campaign as the api shows it.

use serde::Serialize;
use shared::domain::actor::{Actor, Role};
use shared::domain::campaign::{Campaign, CampaignStatus, CampaignVerb, Warning};
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::notice_content::MailContent;
use shared::domain::overdue::OverdueSchedule;
use shared::domain::page::Listed;
use shared::domain::phase::{Phase, PhaseKind};
use shared::domain::sending_hours::SendingHours;
use shared::domain::time_zone::TimeZone;
use shared::store::{DbConnection, Read, StoreResult, Write, campaign, rectification};
use utoipa::ToSchema;

use super::is_unsettled;
use crate::answer::Representation;

/// A campaign.
#[derive(Serialize, ToSchema)]
#[schema(as = Campaign)]
pub struct CampaignView {
    id: Id,
    /// Rises with each change, also of what lives under it; also the ETag.
    #[schema(example = 1)]
    version: i64,
    /// Its name.
    #[schema(example = "2023年连云区党政机关办公用房专项巡检")]
    name: String,
    /// The number of the document that orders it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "连区政办发〔2023〕56号")]
    document_number: Option<String>,
    /// Where its civil dates are meant.
    time_zone: TimeZone,
    /// Where it stands.
    status: CampaignStatus,
    /// Its phases, in the order of their first days.
    phases: Vec<Phase>,
    /// The phases in which today lies: several where they overlap, none between them.
    current_phases: Vec<PhaseKind>,
    /// Today in its time zone, by the civil clock.
    today: Date,
    /// How much its mails say.
    mail_content: MailContent,
    /// Who signs its notices.
    #[schema(example = "巡检工作领导小组办公室")]
    office: String,
    /// What the numbers of its rectification orders begin with.
    #[schema(example = "连区办整改")]
    order_prefix: String,
    /// Whether a leader agrees to each rectification order before it is issued.
    orders_need_approval: bool,
    /// When who is told of a self-check that is overdue.
    overdue_self_checks: OverdueSchedule,
    /// When who is told of a rectification that is overdue.
    overdue_rectifications: OverdueSchedule,
    /// At which hours the daily scan's notices go.
    sending_hours: SendingHours,
    /// When it was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_at: Option<Instant>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<Instant>,
    created_at: Instant,
    /// What hinders it at its units, for coordinators and leaders; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    warnings: Option<Vec<Warning>>,
    /// What the caller may do with it now.
    allowed_actions: Vec<CampaignVerb>,
}

impl CampaignView {
    /// A campaign that was read.
    pub fn read(read: &mut Read<'_>, campaign: Campaign) -> StoreResult<Self> {
        Self::whole(read.conn, read.actor, read.now, campaign)
    }

    /// A campaign that was written.
    pub fn written(tx: &mut Write<'_>, campaign: Campaign) -> StoreResult<Self> {
        Self::whole(tx.conn, tx.actor, tx.now, campaign)
    }

    /// A page of campaigns.
    pub fn listed(read: &mut Read<'_>, campaigns: Listed<Campaign>) -> StoreResult<Listed<Self>> {
        let ids: Vec<Id> = campaigns.items.iter().map(|campaign| campaign.id).collect();
        let unsettled = rectification::with_unsettled(read.conn, &ids)?;
        let view = |campaign: Campaign| {
            let unsettled = unsettled.contains(&campaign.id);
            Self::of(campaign, read.actor, read.now, unsettled, None)
        };
        Ok(campaigns.map(view))
    }

    fn whole(conn: &mut DbConnection, actor: &Actor, now: Instant, campaign: Campaign) -> StoreResult<Self> {
        let unsettled = is_unsettled(conn, campaign.id)?;
        let told = actor.sees_all_units() && actor.has_any(&[Role::Coordinator, Role::Leader]);
        let warnings =
            told.then(|| campaign::warnings(conn, campaign.id, campaign.today(now))).transpose()?;
        Ok(Self::of(campaign, actor, now, unsettled, warnings))
    }

    fn of(
        campaign: Campaign,
        actor: &Actor,
        now: Instant,
        unsettled: bool,
        warnings: Option<Vec<Warning>>,
    ) -> Self {
        let (today, current_phases) = (campaign.today(now), campaign.current_phases(now));
        let content = campaign.content;
        Self {
            id: campaign.id,
            version: campaign.version,
            name: content.name,
            document_number: content.document_number,
            time_zone: content.time_zone,
            status: campaign.status,
            phases: content.phases,
            current_phases,
            today,
            mail_content: content.mail_content,
            office: content.office,
            order_prefix: content.order_prefix,
            orders_need_approval: content.orders_need_approval,
            overdue_self_checks: content.overdue_self_checks,
            overdue_rectifications: content.overdue_rectifications,
            sending_hours: content.sending_hours,
            opened_at: campaign.opened_at,
            closed_at: campaign.closed_at,
            created_at: campaign.created_at,
            warnings,
            allowed_actions: campaign.status.allowed_actions(actor, unsettled),
        }
    }
}

impl Representation for CampaignView {
    const PATH: &'static str = "/v1/campaigns";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}
