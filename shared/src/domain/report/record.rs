//! A report as a record: who asked for it, how far it is, and its files.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Edition, ReportFormat, ReportStage, ReportStatus, ReportVerb};
use crate::domain::actor::Actor;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::machine::{Machine, admit};
use crate::domain::refusal::{Code, Refusal, Violations};
use crate::domain::text::TextEnum;
use crate::domain::version::Expected;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportContent {
    /// The campaign that it reports on.
    pub campaign_id: Id,
    /// For whom it is made.
    #[serde(default = "full")]
    pub edition: Edition,
    /// The full version that a public edition is made from; by default the newest that is ready. No other edition has
    /// any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_report_id: Option<Id>,
}

impl ReportContent {
    /// Whether two versions can be compared.
    pub fn is_of_the_same_report(&self, other: &Self) -> bool {
        (self.campaign_id, self.edition) == (other.campaign_id, other.edition)
    }

    /// Checks what belongs together; which versions exist, the store knows.
    ///
    /// # Errors
    /// A full version is named for an edition that is made from none.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        let is_made_from_it = self.full_report_id.is_none() || self.edition == Edition::Public;
        violations.require(is_made_from_it, "/full_report_id", Code::UnknownField);
        violations.refuse()
    }
}

fn full() -> Edition {
    Edition::Full
}

/// A version of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub id: Id,
    pub version: i64,
    pub content: ReportContent,
    pub status: ReportStatus,
    /// Its number within the campaign, such as `2023-1`; none before its figures passed their check, and none of a
    /// public edition.
    pub number: Option<String>,
    /// The number of the full version that a public edition answers to.
    pub full_number: Option<String>,
    /// The account that asked for it.
    pub requested_by: Option<Id>,
    /// How far the compiling is; none before it began.
    pub stage: Option<ReportStage>,
    /// Why it could not be compiled.
    pub failure_reason: Option<String>,
    /// When the records were read.
    pub compiled_at: Option<Instant>,
    /// When it was ready.
    pub ready_at: Option<Instant>,
    pub created_at: Instant,
    /// What its files print as empty boxes; none before that was looked for.
    pub missing_characters: Option<Vec<MissingCharacters>>,
    /// The beginnings of texts that the typesetter could not take as they are: the PDF prints them in a plainer way.
    pub plainly_printed: Vec<String>,
    /// A leader's word that it is to be relied upon; its files stay as they are.
    pub endorsement: Option<Endorsement>,
    /// What it can be read as, the snapshot first.
    pub files: Vec<ReportFile>,
}

/// A file of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    pub format: ReportFormat,
    /// Where the bytes are.
    pub object_key: String,
    /// SHA-256 of the bytes in hexadecimal.
    pub sha256: String,
    /// In bytes.
    pub size: i64,
}

/// A leader's endorsement of a report (审定): an entry beside the version, which it doesn't change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Endorsement {
    /// The leader's account.
    pub endorsed_by: Id,
    /// The leader's name on that day.
    #[schema(example = "云向东")]
    pub endorsed_by_name: String,
    /// When.
    pub endorsed_at: Instant,
    /// What the leader says on it.
    #[schema(example = "经领导小组会议审议通过，同意印发。")]
    pub opinion: String,
}

/// What a leader says on endorsing a report.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Endorse {
    /// The opinion, and on which decision of the leading group it rests.
    #[schema(max_length = 1_000, example = "经领导小组会议审议通过，同意印发。")]
    pub opinion: String,
}

impl Endorse {
    /// Checks the opinion.
    ///
    /// # Errors
    /// It is blank or too long.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/opinion", &self.opinion, 1_000);
        violations.refuse()
    }
}

/// A text of a report with characters that no font of the worker's machine has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MissingCharacters {
    /// The text; of a long one the beginning.
    #[schema(example = "云𰻝")]
    pub text: String,
    /// The characters, each once.
    #[schema(example = "𰻝")]
    pub characters: String,
}

/// How far the compiling of a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Progress {
    /// What is being done.
    pub stage: ReportStage,
    /// Steps that are done: reading, checking, and each file that is rendered.
    #[schema(example = 2)]
    pub done: usize,
    /// All steps.
    #[schema(example = 4)]
    pub all: usize,
}

impl Report {
    /// How far its compiling is; none before it began.
    pub fn progress(&self) -> Option<Progress> {
        let stage = self.stage?;
        let before = ReportStage::ALL.iter().position(|other| *other == stage).unwrap_or_default();
        let is_rendered = |format: &&ReportFormat| **format != ReportFormat::Json;
        let all = ReportStage::Rendering as usize + ReportFormat::ALL.iter().filter(is_rendered).count();
        let rendered = self.files.iter().map(|file| &file.format).filter(is_rendered).count();
        let done = if self.status == ReportStatus::Ready { all } else { before + rendered };
        Some(Progress { stage, done, all })
    }

    /// What a caller may do with it now; it is endorsed once.
    pub fn verbs(&self, actor: &Actor) -> Vec<ReportVerb> {
        let mut verbs = self.status.verbs(actor);
        verbs.retain(|verb| *verb != ReportVerb::Endorse || self.endorsement.is_none());
        verbs
    }

    /// The state after a verb.
    ///
    /// # Errors
    /// The first refusal, in the order of the contract: role, version, state.
    pub fn admit(
        &self,
        actor: &Actor,
        verb: ReportVerb,
        expected: Expected,
    ) -> Result<ReportStatus, Refusal> {
        let status = admit(actor, self.status, verb, expected, self.version)?;
        let verbs = self.verbs(actor);
        if verbs.contains(&verb) { Ok(status) } else { Err(self.status.refusal(verb, &verbs)) }
    }

    /// The file of a format, where the report is ready.
    pub fn file(&self, format: ReportFormat) -> Option<&ReportFile> {
        let ready = self.status == ReportStatus::Ready;
        self.files.iter().find(|file| ready && file.format == format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_progress_grows_with_each_file_until_it_is_whole() {
        let mut report = Report {
            id: Id::new(),
            version: 1,
            content: ReportContent { campaign_id: Id::new(), edition: Edition::Full, full_report_id: None },
            status: ReportStatus::Queued,
            number: None,
            full_number: None,
            requested_by: None,
            stage: None,
            failure_reason: None,
            compiled_at: None,
            ready_at: None,
            created_at: serde_json::from_value("2023-08-20T02:00:00Z".into()).unwrap(),
            missing_characters: None,
            plainly_printed: Vec::new(),
            endorsement: None,
            files: Vec::new(),
        };
        assert_eq!(report.progress(), None);
        report.stage = Some(ReportStage::Rendering);
        report.status = ReportStatus::Compiling;
        let file = |&format: &ReportFormat| ReportFile {
            format,
            object_key: String::new(),
            sha256: String::new(),
            size: 0,
        };
        report.files = vec![file(&ReportFormat::Json)];
        let progress = report.progress().unwrap();
        assert_eq!((progress.stage, progress.done), (ReportStage::Rendering, 2));
        report.files = ReportFormat::ALL.iter().map(file).collect();
        let progress = report.progress().unwrap();
        assert_eq!(progress.done, progress.all);
    }
}
