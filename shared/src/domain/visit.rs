//! Visits (实地巡检): when which inspectors look at a unit.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor::{Actor, Role};
use super::campaign::Campaign;
use super::date::Date;
use super::id::Id;
use super::instant::Instant;
use super::machine::{Machine, Subject, Transition};
use super::phase::{Phase, PhaseKind, Timing};
use super::refusal::{Code, Refusal, Violation, Violations};
use crate::text_enum;

/// How many inspectors a visit has at most.
pub const MAX_INSPECTORS: usize = 20;

text_enum! {
    /// The state of a visit.
    pub enum VisitStatus {
        /// Still to come (待巡检).
        Planned = "planned",
        /// Done (已巡检).
        Done = "done",
        /// Does not take place (已取消).
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What can be done with a visit.
    pub enum VisitVerb {
        /// Notes that it was done (完成).
        Complete = "complete",
        /// Calls it off (取消).
        Cancel = "cancel",
        /// Takes a visit up again that was noted as done (重新开启).
        Reopen = "reopen",
    }
}

/// Who plans visits, or opens one on the spot.
pub const PLANNERS: &[Role] = &[Role::Coordinator, Role::Inspector];

impl Machine for VisitStatus {
    type Verb = VisitVerb;

    const TABLE: &'static [Transition<Self, VisitVerb>] = &[
        Transition {
            from: &[Self::Planned],
            verb: VisitVerb::Complete,
            to: Some(Self::Done),
            roles: &[Role::Inspector, Role::Coordinator],
        },
        Transition {
            from: &[Self::Planned],
            verb: VisitVerb::Cancel,
            to: Some(Self::Cancelled),
            roles: &[Role::Coordinator],
        },
        Transition {
            from: &[Self::Done],
            verb: VisitVerb::Reopen,
            to: Some(Self::Planned),
            roles: &[Role::Coordinator],
        },
    ];

    // To count a unit as visited, or to free it from being visited, is to decide for it.
    const JUDGING: &'static [VisitVerb] = VisitVerb::EACH;

    const OF_THE_VISIT: &'static [VisitVerb] = VisitVerb::EACH;
}

impl VisitVerb {
    const EACH: &'static [Self] = &[Self::Complete, Self::Cancel, Self::Reopen];
}

/// What a visit is planned as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitContent {
    /// The campaign that it belongs to.
    pub campaign_id: Id,
    /// The unit that is visited.
    pub unit_id: Id,
    /// When it begins.
    #[schema(example = "2023-08-07T01:00:00Z")]
    pub planned_at: Instant,
    /// The accounts of the inspectors who go there. Rights on the visit follow this list.
    #[schema(min_items = 1, max_items = 20)]
    pub inspector_ids: Vec<Id>,
    /// Which team they are (巡检组).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "第一组")]
    pub team: Option<String>,
    /// What else is to be said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000, example = "请联络员在一楼大厅等候。")]
    pub note: Option<String>,
}

impl VisitContent {
    /// Checks all fields; whether the inspectors are inspectors, the store knows.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        let inspectors = &self.inspector_ids;
        violations.require(!inspectors.is_empty(), "/inspector_ids", Code::Missing);
        if inspectors.len() > MAX_INSPECTORS {
            violations.push(Violation::with("/inspector_ids", Code::TooLong, MAX_INSPECTORS));
        } else {
            for (index, id) in inspectors.iter().enumerate() {
                let again = inspectors[..index].contains(id);
                violations.require(!again, format!("/inspector_ids/{index}"), Code::Duplicate);
            }
        }
        violations.optional_text("/team", self.team.as_deref(), 100);
        violations.optional_text("/note", self.note.as_deref(), 2_000);
        violations.refuse()
    }

    /// Whether a change concerns those who are there, so that calendars and mails are told.
    pub fn differs_for_those_concerned(&self, other: &Self) -> bool {
        (self.planned_at, &self.inspector_ids, &self.team)
            != (other.planned_at, &other.inspector_ids, &other.team)
    }
}

/// A visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    pub id: Id,
    pub version: i64,
    pub status: VisitStatus,
    pub content: VisitContent,
    /// The unit that was to be visited before it went into another.
    pub former_unit_id: Option<Id>,
    /// How many changes calendars were told (RFC 5545, SEQUENCE).
    pub sequence: i32,
    /// How the day of the visit lies to the on-site phase (R37), marked when it was done.
    pub timing: Option<Timing>,
    /// When it was noted as done.
    pub completed_at: Option<Instant>,
    /// Why it was called off.
    pub cancel_reason: Option<String>,
    pub created_by: Option<Id>,
    pub created_at: Instant,
}

impl Visit {
    /// The civil date for which it is planned, in the campaign's time zone.
    pub fn planned_on(&self, campaign: &Campaign) -> Date {
        self.content.planned_at.date_in(campaign.content.time_zone.0)
    }

    /// The mark of a visit that is done now (R37): its day against the on-site phase.
    pub fn timing_on_completion(&self, campaign: &Campaign) -> Option<Timing> {
        campaign.phase(PhaseKind::OnSite).map(|phase: &Phase| phase.timing(self.planned_on(campaign)))
    }

    /// Whether the caller is one of its inspectors.
    pub fn is_of(&self, actor: &Actor) -> bool {
        actor.account_id.is_some_and(|id| self.content.inspector_ids.contains(&id))
    }

    /// The visit as a verb of this caller meets it.
    pub fn subject(&self, campaign: &Campaign, actor: &Actor) -> Subject<VisitStatus> {
        let of_the_visit = self.is_of(actor);
        Subject { of_the_visit, ..Subject::of(self.status, self.content.unit_id, campaign) }
    }

    /// Refuses to move it to another campaign or unit.
    ///
    /// # Errors
    /// Each of the two that would change.
    pub fn check_frozen(&self, content: &VisitContent) -> Result<(), Refusal> {
        let before = &self.content;
        let mut violations = Violations::default();
        violations.require(before.campaign_id == content.campaign_id, "/campaign_id", Code::Frozen);
        violations.require(before.unit_id == content.unit_id, "/unit_id", Code::Frozen);
        violations.refuse()
    }
}

#[cfg(test)]
mod tests {
    use super::super::machine::checks::{self, actor};
    use super::*;

    fn content(inspector_ids: Vec<Id>) -> VisitContent {
        VisitContent {
            campaign_id: Id::new(),
            unit_id: Id::new(),
            planned_at: serde_json::from_str("\"2023-08-07T01:00:00Z\"").unwrap(),
            inspector_ids,
            team: None,
            note: None,
        }
    }

    fn subject(of_the_visit: bool) -> Subject<VisitStatus> {
        Subject { of_the_visit, ..checks::subject(VisitStatus::Planned, Id::new()) }
    }

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<VisitStatus>();
    }

    #[test]
    fn an_inspector_of_another_visit_has_no_role_here() {
        let inspector = actor(&[Role::Inspector], None);
        let (complete, other) = (VisitVerb::Complete, subject(false));
        assert_eq!(other.permit(&inspector, complete), Err(Refusal::RoleMissing));
        assert!(other.allowed_actions(&inspector).is_empty());
        assert_eq!(subject(true).allowed_actions(&inspector), [complete]);
        let office = actor(&[Role::Inspector, Role::Coordinator], None);
        assert_eq!(other.allowed_actions(&office), [complete, VisitVerb::Cancel]);
    }

    #[test]
    fn a_visit_has_inspectors_each_once() {
        let id = Id::new();
        assert_eq!(content(vec![]).check(), Err(Refusal::invalid("/inspector_ids", Code::Missing)));
        let twice = content(vec![id, id]).check();
        assert_eq!(twice, Err(Refusal::invalid("/inspector_ids/1", Code::Duplicate)));
        assert_eq!(content(vec![id]).check(), Ok(()));
        let many = content((0..=MAX_INSPECTORS).map(|_| Id::new()).collect()).check();
        let too_long = Violation::with("/inspector_ids", Code::TooLong, MAX_INSPECTORS);
        assert_eq!(many, Err(Refusal::Invalid(vec![too_long])));
    }

    #[test]
    fn a_note_alone_concerns_nobody() {
        let before = content(vec![Id::new()]);
        let noted = VisitContent { note: Some("带尺".to_owned()), ..before.clone() };
        assert!(!before.differs_for_those_concerned(&noted));
        let later =
            VisitContent { planned_at: before.planned_at + chrono::TimeDelta::hours(1), ..before.clone() };
        assert!(before.differs_for_those_concerned(&later));
    }
}
