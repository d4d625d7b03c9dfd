//! What follows from the verbs of a finding.

use serde::Deserialize;
use utoipa::ToSchema;

use super::Finding;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::reason::Reason;
use crate::domain::refusal::{Code, Refusal, Violations};

/// Which finding says it as well, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FindingMerge)]
pub struct Merge {
    /// A finding that counts, of the same campaign and unit.
    pub into: Id,
    /// Why.
    #[schema(min_length = 1, max_length = 1_000, example = "与前一问题重复。")]
    pub reason: String,
}

impl Merge {
    /// What is left to check once the other finding is found: that it counts, and is of the same campaign
    /// and unit.
    ///
    /// # Errors
    /// All broken rules at once; [`Code::NotFound`] where there is no such other finding.
    pub fn act(self, finding: Finding, other: Option<&Finding>) -> Result<Finding, Refusal> {
        let fits = |other: &Finding| {
            let same = (other.content.campaign_id, other.content.unit_id)
                == (finding.content.campaign_id, finding.content.unit_id);
            same && other.id != finding.id && other.status.is_counted()
        };
        let mut violations = Violations::default();
        violations.require(other.is_some_and(fits), "/into", Code::NotFound);
        violations.text("/reason", &self.reason, Reason::MAX);
        violations.refuse()?;
        Ok(Finding { merged_into: Some(self.into), dismissal_reason: Some(self.reason), ..finding })
    }
}

/// What the verifier saw of what the unit has put right already.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FindingClose)]
pub struct Close {
    /// The opinion on verification (核查意见).
    #[schema(min_length = 1, max_length = 2_000, example = "经现场核查，自查期间已腾退，同意销号。")]
    pub opinion: String,
    /// The evidence: papers and pictures of one's own, or those of the self-check that reported it.
    #[schema(min_items = 1, max_items = 100)]
    pub attachment_ids: Vec<Id>,
}

impl Close {
    /// Closes it without an order.
    ///
    /// # Errors
    /// All broken rules at once, evidence that is missing among them.
    pub fn act(self, finding: Finding, now: Instant) -> Result<Finding, Refusal> {
        let mut violations = Violations::default();
        violations.text("/opinion", &self.opinion, 2_000);
        violations.attachments("/attachment_ids", &self.attachment_ids);
        violations.require(!self.attachment_ids.is_empty(), "/attachment_ids", Code::EvidenceRequired);
        violations.refuse()?;
        Ok(Finding {
            close_opinion: Some(self.opinion),
            closed_at: Some(now),
            attachment_ids: self.attachment_ids,
            ..finding
        })
    }
}

impl Finding {
    /// It is none (作废).
    pub fn voided(self, reason: &Reason) -> Self {
        Self { dismissal_reason: Some(reason.reason.clone()), ..self }
    }

    /// It is a problem again; what was shown on closing stays its own.
    pub fn reopened(self) -> Self {
        Self { close_opinion: None, closed_at: None, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::FindingStatus;
    use crate::domain::rectification::sample;

    fn merge(into: &Finding) -> Merge {
        Merge { into: into.id, reason: "重复".to_owned() }
    }

    #[test]
    fn a_finding_goes_into_another_that_counts_of_the_same_unit_and_campaign() {
        let finding = sample::finding();
        let other = Finding { id: Id::new(), ..finding.clone() };
        let merged = merge(&other).act(finding.clone(), Some(&other)).unwrap();
        assert_eq!(merged.merged_into, Some(other.id));
        let foreign = sample::finding();
        let draft = Finding { status: FindingStatus::Draft, ..other.clone() };
        for unfit in [Some(&foreign), Some(&draft), Some(&finding), None] {
            let refused = merge(&other).act(finding.clone(), unfit);
            assert_eq!(refused, Err(Refusal::invalid("/into", Code::NotFound)));
        }
    }

    #[test]
    fn r39_what_was_corrected_already_is_closed_with_evidence_only() {
        let close = |attachment_ids| Close { opinion: "同意销号".to_owned(), attachment_ids };
        let now = sample::finding().created_at;
        let refused = close(vec![]).act(sample::finding(), now);
        assert_eq!(refused, Err(Refusal::invalid("/attachment_ids", Code::EvidenceRequired)));
        let closed = close(vec![Id::new()]).act(sample::finding(), now).unwrap();
        assert!(closed.is_closed_directly());
        assert!(!closed.reopened().is_closed_directly());
    }
}
