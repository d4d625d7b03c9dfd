//! Notices (通知): what was told to whom, and what became of it. When overdue notices are due is in
//! `overdue`, at which hours they go in `sending_hours`.

use super::actor::Role;
use super::machine::{Machine, Transition};
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
        /// A rectification was ordered, or its order corrected (整改通知).
        RectificationOrdered = "rectification_ordered",
        /// Rectifications are outstanding after their last day (整改逾期提醒).
        RectificationOverdue = "rectification_overdue",
        /// A rectification was sent back (整改退回通知).
        RectificationReturned = "rectification_returned",
        /// A rectification was verified and struck off (整改销号通知).
        RectificationClosed = "rectification_closed",
        /// An order was withdrawn (整改撤回通知).
        RectificationWithdrawn = "rectification_withdrawn",
    }
}

impl NoticeKind {
    /// Whether the daily scan writes it: one mail a day with all items, within the sending hours.
    /// The others are written with their event, and go at once.
    pub fn is_scanned(self) -> bool {
        matches!(self, Self::SelfCheckOverdue | Self::RectificationOverdue)
    }

    /// Whom an event of this kind is told to; the kinds of the scan follow the campaign's stages.
    pub fn told_to(self) -> &'static [Audience] {
        match self {
            Self::RectificationOrdered => &[Audience::Unit, Audience::UnitLeader],
            Self::CampaignOpened
            | Self::ScheduleChanged
            | Self::SelfCheckReturned
            | Self::SelfCheckAccepted
            | Self::RectificationReturned
            | Self::RectificationClosed
            | Self::RectificationWithdrawn => &[Audience::Unit],
            Self::SelfCheckOverdue | Self::RectificationOverdue => &[],
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
    }
}

text_enum! {
    /// The state of a notice to one recipient.
    pub enum NoticeStatus {
        /// To be sent (待发送).
        Pending = "pending",
        /// A worker holds it (发送中).
        Sending = "sending",
        /// The mail server took it over (已发送).
        Sent = "sent",
        /// It lies in a file and reached nobody: never counts as told (已写入文件).
        Written = "written",
        /// To be sent again later (待重发).
        Retrying = "retrying",
        /// It never goes (发送失败).
        Failed = "failed",
        /// There is no address (无法送达).
        Undeliverable = "undeliverable",
        /// Overtaken before it went, and why (已取消).
        Cancelled = "cancelled",
    }
}

impl NoticeStatus {
    /// The states from which the worker leads a notice into this one. A worker whose lease ran out
    /// leaves it `sending`, from where the next one takes it.
    pub fn led_from(self) -> &'static [Self] {
        match self {
            Self::Pending => &[],
            Self::Sending => &[Self::Pending, Self::Retrying, Self::Sending],
            Self::Sent | Self::Written | Self::Retrying | Self::Failed => &[Self::Sending],
            Self::Undeliverable | Self::Cancelled => &[Self::Pending, Self::Retrying],
        }
    }

    /// Whether the recipient counts as told by this mail.
    pub fn counts_as_told(self) -> bool {
        self == Self::Sent
    }
}

text_enum! {
    /// The state of one attempt to send a notice.
    pub enum AttemptStatus {
        /// On its way (发送中).
        Sending = "sending",
        /// Taken over by the server, or written (完成).
        Done = "done",
        /// Not taken over (失败).
        Failed = "failed",
        /// Nobody saw its end: it may have arrived, so that the same bytes go again (结果不明).
        Unknown = "unknown",
    }
}

text_enum! {
    /// What a coordinator can do with a notice.
    pub enum NoticeVerb {
        /// Sends it again (重新发送).
        Resend = "resend",
        /// Calls it off, with a reason (取消).
        Cancel = "cancel",
        /// Records how the unit was told instead (登记其他方式告知).
        RecordDelivery = "record-delivery",
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

impl Machine for NoticeStatus {
    type Verb = NoticeVerb;

    const TABLE: &'static [Transition<Self, NoticeVerb>] = &[
        Transition {
            from: &[Self::Failed, Self::Undeliverable, Self::Written],
            verb: NoticeVerb::Resend,
            to: Some(Self::Pending),
            roles: &[Role::Coordinator],
        },
        Transition {
            from: &[Self::Pending, Self::Retrying, Self::Undeliverable],
            verb: NoticeVerb::Cancel,
            to: Some(Self::Cancelled),
            roles: &[Role::Coordinator],
        },
        Transition {
            from: &[
                Self::Pending,
                Self::Sending,
                Self::Sent,
                Self::Written,
                Self::Retrying,
                Self::Failed,
                Self::Undeliverable,
            ],
            verb: NoticeVerb::RecordDelivery,
            to: None,
            roles: &[Role::Coordinator],
        },
    ];
}

#[cfg(test)]
mod tests {
    use super::super::machine::checks::{self, actor};
    use super::super::text::TextEnum;
    use super::*;

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<NoticeStatus>();
    }

    #[test]
    fn what_was_sent_is_neither_sent_again_nor_called_off() {
        let office = actor(&[Role::Coordinator], None);
        assert_eq!(NoticeStatus::Sent.verbs(&office), [NoticeVerb::RecordDelivery]);
        assert!(NoticeStatus::Cancelled.verbs(&office).is_empty());
    }

    #[test]
    fn the_worker_leads_every_notice_to_an_end_and_leaves_none() {
        let ends = [
            NoticeStatus::Sent,
            NoticeStatus::Written,
            NoticeStatus::Failed,
            NoticeStatus::Undeliverable,
            NoticeStatus::Cancelled,
        ];
        for &status in NoticeStatus::ALL {
            let leads_on = NoticeStatus::ALL.iter().any(|next| next.led_from().contains(&status));
            assert_eq!(leads_on, !ends.contains(&status), "{status}");
        }
    }

    #[test]
    fn a_notice_on_its_way_is_never_called_off() {
        assert!(!NoticeStatus::Cancelled.led_from().contains(&NoticeStatus::Sending));
        let office = actor(&[Role::Coordinator], None);
        assert_eq!(NoticeStatus::Sending.after(&office, NoticeVerb::Cancel), None);
    }
}
