//! Campaigns: one special inspection (专项巡检) of a district, from its plan to its report.

mod machine;
mod scope;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use machine::{CampaignStatus, CampaignVerb};
pub use scope::{ScopeUnit, Warning, WarningKind};

use super::id::Id;
use super::instant::Instant;
use super::notice_content::MailContent;
use super::overdue::OverdueSchedule;
use super::phase::{Phase, PhaseKind, check_phases, current_phases};
use super::refusal::{Code, Refusal, Violations};
use super::self_check;
use super::sending_hours::SendingHours;
use super::time_zone::TimeZone;
use crate::messages::words;

/// What a campaign says of itself. Its focus items, materials, documents and units live under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignContent {
    /// Its name, unique.
    #[schema(min_length = 1, max_length = 100, example = "2023年连云区党政机关办公用房专项巡检")]
    pub name: String,
    /// The number of the document that orders it (文号).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "连区政办发〔2023〕56号")]
    pub document_number: Option<String>,
    /// Where its civil dates are meant.
    #[serde(default)]
    pub time_zone: TimeZone,
    /// Its phases, in the order of their first days; they may overlap.
    #[serde(default)]
    #[schema(max_items = 4)]
    pub phases: Vec<Phase>,
    /// How much its mails say.
    #[serde(default = "link_only")]
    pub mail_content: MailContent,
    /// Who signs its notices (落款).
    #[serde(default = "office")]
    #[schema(min_length = 1, max_length = 100, example = "区政府办机关事务管理中心")]
    pub office: String,
    /// What the numbers of its rectification orders begin with.
    #[serde(default = "order_prefix")]
    #[schema(min_length = 1, max_length = 40, example = "连区办整改")]
    pub order_prefix: String,
    /// When who is told of a self-check that is overdue.
    #[serde(default = "OverdueSchedule::for_self_checks")]
    pub overdue_self_checks: OverdueSchedule,
    /// When who is told of a rectification that is overdue.
    #[serde(default = "OverdueSchedule::for_rectifications")]
    pub overdue_rectifications: OverdueSchedule,
    /// At which hours the daily scan's notices go.
    #[serde(default)]
    pub sending_hours: SendingHours,
}

fn link_only() -> MailContent {
    MailContent::LinkOnly
}

fn office() -> String {
    words::OFFICE.to_owned()
}

fn order_prefix() -> String {
    words::ORDER_PREFIX.to_owned()
}

impl CampaignContent {
    /// Checks all fields.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/name", &self.name, 100);
        violations.optional_text("/document_number", self.document_number.as_deref(), 100);
        check_phases(&mut violations, "/phases", &self.phases);
        violations.text("/office", &self.office, 100);
        violations.text("/order_prefix", &self.order_prefix, 40);
        self.overdue_self_checks.check(&mut violations, "/overdue_self_checks");
        self.overdue_rectifications.check(&mut violations, "/overdue_rectifications");
        self.sending_hours.check(&mut violations, "/sending_hours");
        violations.refuse()
    }
}

/// A campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    pub id: Id,
    pub version: i64,
    pub status: CampaignStatus,
    pub content: CampaignContent,
    /// When it was opened.
    pub opened_at: Option<Instant>,
    /// When it was closed; none while it is open again.
    pub closed_at: Option<Instant>,
    pub created_at: Instant,
}

impl Campaign {
    /// The civil date in its time zone.
    pub fn today(&self, now: Instant) -> NaiveDate {
        now.date_in(self.content.time_zone.0)
    }

    /// Whether it takes no changes any more.
    pub fn is_closed(&self) -> bool {
        self.status == CampaignStatus::Closed
    }

    /// The phase of a kind, where the plan has one.
    pub fn phase(&self, kind: PhaseKind) -> Option<&Phase> {
        self.content.phases.iter().find(|phase| phase.kind == kind)
    }

    /// The phases in which the instant lies.
    pub fn current_phases(&self, now: Instant) -> Vec<PhaseKind> {
        current_phases(&self.content.phases, self.today(now))
    }

    /// The last day for a unit's self-check: its own due date, else the end of the phase.
    pub fn self_check_due_on(&self, own: Option<NaiveDate>) -> Option<NaiveDate> {
        self_check::due_on(own, self.phase(PhaseKind::SelfCheck).map(|phase| phase.ends_on))
    }

    /// Refuses any change while it is closed (409).
    pub fn writable(&self) -> Result<(), Refusal> {
        if self.is_closed() { Err(Refusal::CampaignClosed) } else { Ok(()) }
    }

    /// Refuses a change of what is settled once the campaign is open: after that only mails, hours,
    /// overdue stages and the office that signs may change, and phases by decision.
    ///
    /// # Errors
    /// Each field that is settled and would change.
    pub fn check_frozen(&self, content: &CampaignContent) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        if self.status != CampaignStatus::Draft {
            let before = &self.content;
            let kept = [
                ("/name", before.name == content.name),
                ("/document_number", before.document_number == content.document_number),
                ("/time_zone", before.time_zone == content.time_zone),
                ("/phases", before.phases == content.phases),
                ("/order_prefix", before.order_prefix == content.order_prefix),
            ];
            for (pointer, kept) in kept {
                violations.require(kept, pointer, Code::Frozen);
            }
        }
        violations.refuse()
    }
}
