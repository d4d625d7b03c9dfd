//! Notices (通知): what was told to whom, and what became of it. When overdue notices are due is in
//! `overdue`, at which hours they go in `sending_hours`.

mod recipient;
mod status;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use recipient::Recipient;
pub use status::{AttemptStatus, NoticeStatus, NoticeVerb};

use super::email::EmailAddress;
use super::id::Id;
use super::instant::Instant;
use super::notice_content::NoticeContent;
use super::refusal::{Code, Refusal, Violations};
use crate::text_enum;

text_enum! {
    /// What a notice tells.
    pub enum NoticeKind {
        /// The campaign was opened, with its schedule and documents (巡检启动通知).
        CampaignOpened = "campaign_opened",
        /// The dates of a phase were changed (时间安排调整通知).
        ScheduleChanged = "schedule_changed",
        /// Self-checks are outstanding after their last day (自查逾期提醒).
        SelfCheckOverdue = "self_check_overdue",
        /// A self-check was sent back (自查退回通知).
        SelfCheckReturned = "self_check_returned",
        /// A self-check was accepted (自查审核通过通知).
        SelfCheckAccepted = "self_check_accepted",
        /// A visit is planned, with its date for the calendar (实地巡检通知).
        VisitPlanned = "visit_planned",
        /// Time, inspectors or team of a visit changed (实地巡检调整通知).
        VisitChanged = "visit_changed",
        /// A visit does not take place (实地巡检取消通知).
        VisitCancelled = "visit_cancelled",
        /// A sealed record was made void (巡检记录作废通知).
        RecordVoided = "record_voided",
        /// A rectification was ordered, or its order corrected (整改通知).
        RectificationOrdered = "rectification_ordered",
        /// Rectifications are outstanding after their last day (整改逾期提醒).
        RectificationOverdue = "rectification_overdue",
        /// A rectification was sent back (整改退回通知).
        RectificationReturned = "rectification_returned",
        /// A rectification was taken up again (重新整改通知).
        RectificationReopened = "rectification_reopened",
        /// A rectification was verified and struck off (整改销号通知).
        RectificationClosed = "rectification_closed",
        /// An order was withdrawn (整改撤回通知).
        RectificationWithdrawn = "rectification_withdrawn",
        /// A request for a later due date was decided on (整改延期审批通知).
        ExtensionDecided = "extension_decided",
        /// A rectification was put off, or goes on after that (暂缓整改决定通知).
        DeferralDecided = "deferral_decided",
        /// An account was made for somebody, with a one-time link (账号开通通知).
        AccountInvited = "account_invited",
        /// A password was reset, with a one-time link (密码重置通知).
        PasswordReset = "password_reset",
        /// An address of a unit was changed, told to the old one (联系邮箱变更通知).
        ContactChanged = "contact_changed",
        /// An escalation waits for the leading group's decision (提请审定通知).
        EscalationProposed = "escalation_proposed",
        /// An escalation was handed to its addressee (问责建议报送通知).
        EscalationSent = "escalation_sent",
    }
}

impl NoticeKind {
    /// Whether the daily scan writes it: one mail a day with all items, within the sending hours.
    /// The others are written with their event, and go at once.
    pub fn is_scanned(self) -> bool {
        matches!(self, Self::SelfCheckOverdue | Self::RectificationOverdue)
    }

    /// Whether a later notice of this kind about the same record says all that holds.
    pub fn is_replaced_by_the_next(self) -> bool {
        self == Self::RectificationOrdered
    }

    /// Whether its mail has a one-time link: a secret that stands in no ledger.
    pub fn has_one_time_link(self) -> bool {
        matches!(self, Self::AccountInvited | Self::PasswordReset)
    }

    /// Whom an event of this kind is told to, beside the persons whom it names; the kinds of the scan follow
    /// the campaign's stages, and what belongs to no campaign has its recipient.
    pub fn told_to(self) -> &'static [Audience] {
        match self {
            Self::RectificationOrdered => &[Audience::Unit, Audience::UnitLeader],
            Self::CampaignOpened
            | Self::ScheduleChanged
            | Self::SelfCheckReturned
            | Self::SelfCheckAccepted
            | Self::VisitPlanned
            | Self::VisitChanged
            | Self::VisitCancelled
            | Self::RecordVoided
            | Self::RectificationReturned
            | Self::RectificationReopened
            | Self::RectificationClosed
            | Self::RectificationWithdrawn
            | Self::ExtensionDecided
            | Self::DeferralDecided => &[Audience::Unit],
            Self::EscalationProposed => &[Audience::Leaders],
            // The office hands it on to an addressee without an account.
            Self::EscalationSent => &[Audience::Coordinators],
            Self::SelfCheckOverdue
            | Self::RectificationOverdue
            | Self::AccountInvited
            | Self::PasswordReset
            | Self::ContactChanged => &[],
        }
    }
}

text_enum! {
    /// As whom somebody is told (主送).
    pub enum Audience {
        /// The unit: its active liaisons, else its contact.
        Unit = "unit",
        /// The unit's leader (单位负责同志).
        UnitLeader = "unit_leader",
        /// The leading group's office (领导小组办公室).
        Coordinators = "coordinators",
        /// The holder of an account, about the account itself (本人).
        Person = "person",
        /// The leading group (领导小组).
        Leaders = "leaders",
        /// The discipline commission (区纪委监委).
        Discipline = "discipline",
        /// Inspectors, each by name: those of a visit, those who signed a record (巡检人员).
        Inspectors = "inspectors",
    }
}

impl Audience {
    /// Those who belong to the unit that is told.
    pub const OF_UNIT: &[Self] = &[Self::Unit, Self::UnitLeader];

    /// Whether each of them is told as a person, whom nobody succeeds.
    pub fn is_personal(self) -> bool {
        matches!(self, Self::Person | Self::Inspectors)
    }
}

text_enum! {
    /// How a unit was told instead of by mail.
    pub enum DeliveryChannel {
        /// 电话.
        Phone = "phone",
        /// 当面.
        InPerson = "in_person",
        /// 书面.
        Paper = "paper",
        /// 即时消息.
        Message = "message",
    }
}

text_enum! {
    /// What overtook a notice before it went.
    pub enum Overtaken {
        /// The campaign was closed (巡检已结束).
        CampaignClosed = "campaign_closed",
        /// What was asked for was done, or is no longer asked for (事项已办结).
        Settled = "settled",
        /// It got another due date (期限已调整).
        Redated = "redated",
        /// A later notice says what holds (已有新通知).
        Replaced = "replaced",
        /// The recipient is in charge no more, and others are told (联系人已更换).
        RecipientChanged = "recipient_changed",
    }
}

/// How a unit was told instead of by mail, as a coordinator records it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToldOtherwise {
    /// By which way.
    pub channel: DeliveryChannel,
    /// Who was told.
    #[schema(min_length = 1, max_length = 100, example = "周云台")]
    pub told_name: String,
    /// When.
    pub told_at: Instant,
    /// What else is to be said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000, example = "已电话告知并复述一遍")]
    pub note: Option<String>,
}

impl ToldOtherwise {
    /// Checks all fields.
    ///
    /// # Errors
    /// All broken rules at once; a moment that is still to come.
    pub fn check(&self, now: Instant) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/told_name", &self.told_name, 100);
        violations.optional_text("/note", self.note.as_deref(), 1000);
        violations.require(self.told_at <= now, "/told_at", Code::OutOfRange);
        violations.refuse()
    }
}

/// What a message says, as people read it in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// One line.
    pub subject: String,
    /// The plain text.
    pub text: String,
}

/// The message of a notice as it was rendered: the same bytes for every attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMail {
    /// With its angle brackets.
    pub message_id: String,
    /// Where its bytes are.
    pub object_key: String,
    /// Hash of its bytes, in hexadecimal.
    pub sha256: String,
    /// The civil instant at which it was rendered.
    pub rendered_at: Instant,
    pub words: Words,
}

/// What a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// What it tells.
    pub kind: NoticeKind,
    pub audience: Audience,
    /// The record that it is about.
    pub record_id: Id,
}

/// One notice to one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub id: Id,
    pub version: i64,
    /// None where it belongs to no campaign.
    pub campaign_id: Option<Id>,
    /// Failed where it cannot be read: so it never goes.
    pub status: NoticeStatus,
    /// None where it cannot be read.
    pub about: Option<About>,
    /// The unit that it is about; none where several are.
    pub unit_id: Option<Id>,
    /// Whose address it is, where it is an account's.
    pub account_id: Option<Id>,
    pub address: Option<EmailAddress>,
    /// The kind of the record that it is about, as in its path.
    pub record_kind: String,
    /// What it says. None where what is stored cannot be read.
    pub content: Option<NoticeContent>,
    /// None where it cannot be read, as with all other instants.
    pub created_at: Option<Instant>,
    /// Not sent before.
    pub due_at: Option<Instant>,
    /// When it came to its end.
    pub ended_at: Option<Instant>,
    /// How often it was begun to be sent.
    pub attempts: i32,
    /// The message, once it is rendered.
    pub mail: Option<StoredMail>,
    /// What overtook it, where it was cancelled for that.
    pub overtaken_by: Option<Overtaken>,
    /// Why a coordinator cancelled it.
    pub cancel_reason: Option<String>,
    pub told_otherwise: Option<ToldOtherwise>,
    /// What of it cannot be read.
    pub unreadable: Option<String>,
}

/// One attempt to send a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub id: Id,
    /// None where it cannot be read, as with what follows.
    pub status: Option<AttemptStatus>,
    pub address: Option<EmailAddress>,
    /// What it sent.
    pub message_id: String,
    pub sha256: String,
    pub started_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    /// What the mail server answered, or what went wrong; where something of the attempt cannot be read, what.
    pub reply: Option<String>,
}
