//! The states of a report on its way, and what it is made into.

use crate::domain::actor::Role;
use crate::domain::machine::{Machine, Transition};
use crate::text_enum;

/// Who asks for reports and cancels them; which edition, [`Edition::readers`](super::Edition::readers) says.
pub const READERS: &[Role] = &[Role::Coordinator, Role::Leader, Role::Inspector];

text_enum! {
    /// The state of a report.
    pub enum ReportStatus {
        /// Waits for a worker (排队中).
        Queued = "queued",
        /// Being compiled (编制中).
        Compiling = "compiling",
        /// Its files can be read (已生成).
        Ready = "ready",
        /// Could not be compiled; the reason stands beside (生成失败).
        Failed = "failed",
        /// Called off before it was ready (已取消).
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What can be done with a report.
    pub enum ReportVerb {
        /// Calls it off (取消).
        Cancel = "cancel",
        /// Says that it is to be relied upon (审定).
        Endorse = "endorse",
    }
}

text_enum! {
    /// How far the compiling is.
    pub enum ReportStage {
        /// Reads the records of the campaign (读取数据).
        Reading = "reading",
        /// Counts, and checks that every number agrees (核对数据).
        Checking = "checking",
        /// Writes the files that people read, one after another (排版).
        Rendering = "rendering",
    }
}

text_enum! {
    /// What a report can be read as.
    pub enum ReportFormat {
        /// The snapshot itself, which every other format is made from (数据文件).
        Json = "json",
        /// One page for screen and printer (网页).
        Html = "html",
        /// In the layout of official documents (公文格式), to print and to hand on (版式文件).
        Pdf = "pdf",
        /// The same, to be worked on in Word or WPS (文字文稿).
        Docx = "docx",
        /// The lists to be filtered, and statistics that are formulas over them (电子表格).
        Xlsx = "xlsx",
    }
}

impl Machine for ReportStatus {
    type Verb = ReportVerb;

    const TABLE: &'static [Transition<Self, ReportVerb>] = &[
        Transition {
            from: &[Self::Queued, Self::Compiling],
            verb: ReportVerb::Cancel,
            to: Some(Self::Cancelled),
            roles: READERS,
        },
        Transition { from: &[Self::Ready], verb: ReportVerb::Endorse, to: None, roles: &[Role::Leader] },
    ];

    const BY_PERSON: &'static [ReportVerb] = &[ReportVerb::Endorse];
}

impl ReportFormat {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Html => "text/html; charset=utf-8",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::machine::checks;

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<ReportStatus>();
    }
}
