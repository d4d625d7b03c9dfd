//! The states of notices and of the attempts to send them.

use crate::domain::actor::Role;
use crate::domain::machine::{Machine, Transition};
use crate::text_enum;

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
    /// Whether no worker deals with it any more.
    pub fn has_ended(self) -> bool {
        match self {
            Self::Pending | Self::Sending | Self::Retrying => false,
            Self::Sent | Self::Written | Self::Failed | Self::Undeliverable | Self::Cancelled => true,
        }
    }

    /// The states from which the worker leads a notice into this one. A worker whose lease ran out
    /// leaves it `sending`, from where the next one takes it.
    pub fn led_from(self) -> &'static [Self] {
        match self {
            Self::Pending => &[],
            Self::Sending => &[Self::Pending, Self::Retrying, Self::Sending],
            Self::Sent | Self::Written | Self::Retrying => &[Self::Sending],
            // What cannot be read or has no address ends without an attempt.
            Self::Failed | Self::Undeliverable => &[Self::Pending, Self::Retrying, Self::Sending],
            Self::Cancelled => &[Self::Pending, Self::Retrying],
        }
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
    use super::*;
    use crate::domain::machine::checks::{self, actor};
    use crate::domain::text::TextEnum;

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
