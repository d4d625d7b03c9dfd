//! The kinds of records that events and attachments are about.

use crate::text_enum;

text_enum! {
    /// The kind of a record.
    pub enum RecordKind {
        /// An account of a person (用户).
        User = "user",
        /// A service account (服务账号).
        ServiceAccount = "service_account",
        /// A unit (单位).
        Unit = "unit",
        /// A campaign (专项巡检).
        Campaign = "campaign",
        /// A document of a campaign (文件).
        CampaignDocument = "campaign_document",
        /// A self-check (自查).
        SelfCheck = "self_check",
        /// A visit (实地巡检).
        Visit = "visit",
        /// An inspection record (巡检记录表).
        Inspection = "inspection",
        /// A leader-office sheet (领导干部办公用房现场检查记录表).
        LeaderOfficeSheet = "leader_office_sheet",
        /// A leader's office (领导干部办公用房).
        LeaderOffice = "leader_office",
        /// A finding (问题).
        Finding = "finding",
        /// A rectification order (整改).
        Rectification = "rectification",
        /// An escalation (问责建议).
        Escalation = "escalation",
        /// A notice (通知).
        Notice = "notice",
        /// An attachment (附件).
        Attachment = "attachment",
        /// A version of the report (报告).
        Report = "report",
        /// What people write for the report (报告文稿).
        ReportTexts = "report_texts",
        /// An area standard (面积标准).
        AreaStandard = "area_standard",
        /// A rule's setting (规则参数).
        RuleSetting = "rule_setting",
        /// The workdays of a year (工作日历).
        Workdays = "workdays",
    }
}

/// Who reads the events of a record: whoever reads the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trail {
    /// Whoever works for the whole district, and the unit that an event names: an event of what the unit does not see
    /// names none.
    OfUnit,
    /// The office, the leading group and the admin.
    OfAccounts,
    /// The office and the leading group.
    OfOffice,
    /// Whoever sees this one record: its store says who.
    OfRecord,
}

impl RecordKind {
    /// Who reads the events of such a record.
    pub fn trail(self) -> Trail {
        match self {
            Self::User | Self::ServiceAccount => Trail::OfAccounts,
            Self::Escalation => Trail::OfOffice,
            Self::Notice | Self::Attachment | Self::Report => Trail::OfRecord,
            Self::Unit
            | Self::Campaign
            | Self::CampaignDocument
            | Self::SelfCheck
            | Self::Visit
            | Self::Inspection
            | Self::LeaderOfficeSheet
            | Self::LeaderOffice
            | Self::Finding
            | Self::Rectification
            | Self::ReportTexts
            | Self::AreaStandard
            | Self::RuleSetting
            | Self::Workdays => Trail::OfUnit,
        }
    }
}
