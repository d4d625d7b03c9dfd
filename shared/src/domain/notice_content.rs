//! What a notice (通知) says: facts, kept as JSON with the notice from the moment of its event. The worker
//! puts them into words, so that a mail tells the state of that moment however late it goes.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::actor::Role;
use super::date::Date;
use super::escalation::EscalationKind;
use super::focus_item::FocusItem;
use super::form::FormKind;
use super::id::Id;
use super::instant::Instant;
use super::notice::{Audience, NoticeKind};
use super::phase::Phase;
use super::rectification::Mode;
use crate::text_enum;

text_enum! {
    /// How much of a matter leaves the government network by mail; the campaign's choice.
    pub enum MailContent {
        /// Unit, number, matter, due date and a link: no free text, which may name persons and areas.
        /// The default, and always for a restricted unit.
        LinkOnly = "link_only",
        /// The texts as well.
        Full = "full",
    }
}

/// One notice to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeContent {
    /// The campaign's name, where the notice belongs to one.
    pub campaign_name: Option<String>,
    /// The number of the document that ordered the campaign (文号).
    pub document_number: Option<String>,
    /// As whom the recipient is addressed.
    pub audience: Audience,
    /// The units that the notice tells about, each once; more than one only in a scanned kind's mail. Of a
    /// notice about an account, the units that its holder belongs to.
    pub units: Vec<String>,
    /// Who signs (落款): the leading group's office.
    pub office: String,
    /// The civil date of the event or the scan, in the campaign's time zone.
    pub written_on: Date,
    /// How much is said.
    pub mail_content: MailContent,
    /// What it is about.
    pub matter: Matter,
}

/// What a notice is about, by its kind. `due_on` is always the last day, until its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Matter {
    /// The campaign was opened.
    CampaignOpened {
        /// The schedule.
        phases: Vec<Phase>,
        /// The last day for this unit's self-check.
        self_check_due_on: Option<Date>,
        /// Titles of the campaign's documents.
        documents: Vec<String>,
    },
    /// A phase got other dates.
    ScheduleChanged {
        /// As it was.
        before: Phase,
        /// As it is now.
        after: Phase,
        /// Why, in the words of the decision, which names no person.
        reason: String,
        /// The unit's own due date, which the change leaves as it is.
        own_due_on: Option<Date>,
    },
    /// Self-checks are outstanding after their last day, most overdue first.
    SelfCheckOverdue {
        /// One a unit.
        items: Vec<OverdueSelfCheck>,
    },
    /// The self-check was sent back.
    SelfCheckReturned {
        /// Why.
        reason: String,
        /// The last day to hand it in again.
        due_on: Option<Date>,
    },
    /// The self-check was accepted.
    SelfCheckAccepted {
        /// When it was first handed in.
        submitted_on: Date,
        /// Whether that was late.
        late: bool,
        /// How many problems it reported.
        problems: u32,
    },
    /// A visit is planned.
    VisitPlanned {
        /// Which visit.
        visit: VisitRef,
        /// Titles of the materials that the unit prepares.
        materials: Vec<String>,
    },
    /// Time, inspectors or team of a visit changed.
    VisitChanged {
        /// The visit as it is now.
        visit: VisitRef,
        /// When it was to begin before; absent where that stays.
        before: Option<VisitTime>,
        /// Titles of the materials that the unit prepares.
        materials: Vec<String>,
    },
    /// A visit does not take place; or not with this inspector.
    VisitCancelled {
        /// Which visit.
        visit: VisitRef,
        /// Why; absent in the notice to an inspector whose visit others have taken over.
        reason: Option<String>,
    },
    /// A sealed record is void; those who signed it are told.
    RecordVoided {
        /// Which form it is.
        form: FormKind,
        /// On which day it was sealed.
        sealed_on: Date,
        /// Why.
        reason: String,
    },
    /// A rectification was ordered, or its order corrected and issued again.
    RectificationOrdered {
        /// Which order.
        order: OrderRef,
        /// What has to be done.
        requirement: String,
        /// The last day.
        due_on: Date,
        /// Whether it is put right at once, or by a plan.
        mode: Mode,
        /// Why it was corrected; absent in the first issue.
        correction_reason: Option<String>,
    },
    /// Rectifications are outstanding after their last day, most overdue first.
    RectificationOverdue {
        /// One an order.
        items: Vec<OverdueOrder>,
    },
    /// What was handed in does not suffice.
    RectificationReturned {
        /// Which order.
        order: OrderRef,
        /// Why.
        reason: String,
        /// The new last day.
        due_on: Date,
    },
    /// The rectification was taken up again after a look-back.
    RectificationReopened {
        /// Which order.
        order: OrderRef,
        /// Why.
        reason: String,
        /// The new last day.
        due_on: Date,
    },
    /// The rectification was verified and closed (销号).
    RectificationClosed {
        /// Which order.
        order: OrderRef,
        /// On which day.
        closed_on: Date,
        /// What the verifier wrote.
        opinion: String,
    },
    /// The order was withdrawn.
    RectificationWithdrawn {
        /// Which order.
        order: OrderRef,
        /// Why.
        reason: String,
    },
    /// The unit's request for a later due date was decided on.
    ExtensionDecided {
        /// Which order.
        order: OrderRef,
        /// The day that the unit asked for.
        asked_for: Date,
        /// Whether it becomes the last day.
        approved: bool,
        /// Why.
        reason: String,
        /// The last day in force.
        due_on: Date,
    },
    /// The rectification was put off with approval, or goes on after that.
    DeferralDecided {
        /// Which order.
        order: OrderRef,
        /// Why it was put off.
        reason: String,
        /// By which decision of the leading group.
        approval: String,
        /// The day on which it is looked at again.
        review_on: Date,
        /// The new last day, where it goes on.
        resumed_until: Option<Date>,
    },
    /// An account was made, and its holder sets a password by the link.
    AccountInvited(AccountRef),
    /// The password does not hold any more, and the holder sets another by the link.
    PasswordReset(AccountRef),
    /// The unit's contact or leader, as the audience says, has another address.
    ContactChanged,
    /// The office proposes to tell those above of a unit.
    EscalationProposed {
        /// To whom it goes.
        escalation: EscalationKind,
        /// The addressee by name.
        addressee: String,
        /// What happened.
        facts: String,
    },
    /// It was handed to its addressee.
    EscalationSent {
        /// To whom it goes.
        escalation: EscalationKind,
        /// The addressee by name.
        addressee: String,
        /// What happened.
        facts: String,
    },
}

impl Matter {
    /// Whom it is told to: as its kind says, but what is sent to the discipline commission, to the commission.
    pub fn told_to(&self) -> &'static [Audience] {
        match self {
            Self::EscalationSent { escalation: EscalationKind::Discipline, .. } => &[Audience::Discipline],
            other => other.kind().told_to(),
        }
    }

    /// The kind of the notice that says this.
    pub fn kind(&self) -> NoticeKind {
        match self {
            Self::CampaignOpened { .. } => NoticeKind::CampaignOpened,
            Self::ScheduleChanged { .. } => NoticeKind::ScheduleChanged,
            Self::SelfCheckOverdue { .. } => NoticeKind::SelfCheckOverdue,
            Self::SelfCheckReturned { .. } => NoticeKind::SelfCheckReturned,
            Self::SelfCheckAccepted { .. } => NoticeKind::SelfCheckAccepted,
            Self::VisitPlanned { .. } => NoticeKind::VisitPlanned,
            Self::VisitChanged { .. } => NoticeKind::VisitChanged,
            Self::VisitCancelled { .. } => NoticeKind::VisitCancelled,
            Self::RecordVoided { .. } => NoticeKind::RecordVoided,
            Self::RectificationOrdered { .. } => NoticeKind::RectificationOrdered,
            Self::RectificationOverdue { .. } => NoticeKind::RectificationOverdue,
            Self::RectificationReturned { .. } => NoticeKind::RectificationReturned,
            Self::RectificationReopened { .. } => NoticeKind::RectificationReopened,
            Self::RectificationClosed { .. } => NoticeKind::RectificationClosed,
            Self::RectificationWithdrawn { .. } => NoticeKind::RectificationWithdrawn,
            Self::ExtensionDecided { .. } => NoticeKind::ExtensionDecided,
            Self::DeferralDecided { .. } => NoticeKind::DeferralDecided,
            Self::AccountInvited(_) => NoticeKind::AccountInvited,
            Self::PasswordReset(_) => NoticeKind::PasswordReset,
            Self::ContactChanged => NoticeKind::ContactChanged,
            Self::EscalationProposed { .. } => NoticeKind::EscalationProposed,
            Self::EscalationSent { .. } => NoticeKind::EscalationSent,
        }
    }
}

/// An account as a notice to its holder names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRef {
    /// The name that others see.
    pub name: String,
    /// The name at login.
    pub username: String,
    /// What the account may do.
    pub roles: Vec<Role>,
    /// How many hours the link can be used.
    pub valid_hours: i64,
}

/// A visit as a notice names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitRef {
    /// The visit, which is also its name in calendars.
    pub id: Id,
    /// How many changes calendars were told before.
    pub sequence: i32,
    /// When it begins.
    pub starts_at: Instant,
    /// The same where the campaign is.
    pub time: VisitTime,
    /// Which team comes.
    pub team: Option<String>,
    /// The names of the inspectors.
    pub inspectors: Vec<String>,
    /// Where the unit is.
    pub address: Option<String>,
}

/// Day and hour in the campaign's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitTime {
    /// The civil date.
    pub on: Date,
    /// The hour.
    pub at: NaiveTime,
}

/// A rectification order as a notice names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRef {
    /// Its number with the office's prefix.
    pub number: String,
    /// The item of the plan that the problem belongs to.
    pub focus_item: FocusItem,
    /// The problem, in words.
    pub description: String,
}

/// A self-check that was not handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverdueSelfCheck {
    /// The unit's name.
    pub unit: String,
    /// Its last day.
    pub due_on: Date,
    /// Days since.
    pub overdue_days: i64,
}

/// A rectification that was not handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverdueOrder {
    /// The unit's name.
    pub unit: String,
    /// Which order.
    #[serde(flatten)]
    pub order: OrderRef,
    /// Its last day.
    pub due_on: Date,
    /// Days since.
    pub overdue_days: i64,
}
