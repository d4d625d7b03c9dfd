//! Campaigns: one special inspection (专项巡检) of a district, from its plan to its report.

mod machine;
mod people;
mod plan;
mod scope;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use machine::{CampaignStatus, CampaignVerb};
pub use people::{GroupMember, GroupPosition, Team, check_leading_group, check_teams};
pub use plan::{
    CampaignDocument, CampaignFocusItem, CampaignMaterial, DocumentContent, MAX_ENTRIES, PhaseDecision,
    check_focus_items, check_materials,
};
pub use scope::{ScopeEntry, ScopeUnit, Warning, WarningKind, check_units};

use super::date::Date;
use super::id::Id;
use super::instant::Instant;
use super::notice_content::MailContent;
use super::overdue::OverdueSchedule;
use super::phase::{Phase, PhaseKind, check_phases, current_phases};
use super::refusal::{Code, Refusal, Violation, Violations};
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
    /// Whether a leader agrees to each rectification order before it is issued.
    #[serde(default)]
    #[schema(example = false)]
    pub orders_need_approval: bool,
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
    /// The account of the leading group's head (组长), where the head has one.
    pub head_id: Option<Id>,
    /// When it was opened.
    pub opened_at: Option<Instant>,
    /// When it was closed; none while it is open again.
    pub closed_at: Option<Instant>,
    pub created_at: Instant,
}

impl Campaign {
    /// The civil date in its time zone.
    pub fn today(&self, now: Instant) -> Date {
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
    pub fn self_check_due_on(&self, own: Option<Date>) -> Option<Date> {
        self_check::due_on(own, self.phase(PhaseKind::SelfCheck).map(|phase| phase.ends_on))
    }

    /// Refuses any change while it is closed (409).
    pub fn writable(&self) -> Result<(), Refusal> {
        if self.is_closed() { Err(Refusal::CampaignClosed) } else { Ok(()) }
    }

    /// Its phases after one of them got other dates.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] where the plan has no such phase; dates that break the order of the phases,
    /// with pointers into the one phase.
    pub fn with_phase(&self, changed: Phase) -> Result<Vec<Phase>, Refusal> {
        let mut phases = self.content.phases.clone();
        let phase = phases.iter_mut().find(|phase| phase.kind == changed.kind);
        *phase.ok_or(Refusal::NotFound)? = changed;
        let mut violations = Violations::default();
        check_phases(&mut violations, "", &phases);
        // The others were in order before, so that whatever is wrong is this phase's.
        violations.refuse().map_err(|refusal| refusal.repointed(last_segment))?;
        Ok(phases)
    }

    /// Its phases with one more, in the order of their first days.
    ///
    /// # Errors
    /// A kind that the plan has already; a phase that ends before it starts.
    pub fn with_new_phase(&self, new: Phase) -> Result<Vec<Phase>, Refusal> {
        let mut violations = Violations::default();
        violations.require(self.phase(new.kind).is_none(), "/kind", Code::Duplicate);
        violations.require(new.starts_on <= new.ends_on, "/ends_on", Code::EndsBeforeStart);
        violations.refuse()?;
        let mut phases = self.content.phases.clone();
        phases.push(new);
        phases.sort_by_key(|phase| (phase.starts_on, phase.kind));
        Ok(phases)
    }

    /// Refuses to open it before its plan is complete: the three phases that every plan has, at least
    /// one unit and one focus item.
    ///
    /// # Errors
    /// All that is missing.
    pub fn check_ready(&self, units: usize, focus_items: usize) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        let required = [PhaseKind::SelfCheck, PhaseKind::OnSite, PhaseKind::Summary];
        for kind in required.into_iter().filter(|kind| self.phase(*kind).is_none()) {
            violations.push(Violation::with("/phases", Code::Missing, kind));
        }
        check_phases(&mut violations, "/phases", &self.content.phases);
        violations.require(units > 0, "/units", Code::Missing);
        violations.require(focus_items > 0, "/focus_items", Code::Missing);
        violations.refuse()
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
                ("/orders_need_approval", before.orders_need_approval == content.orders_need_approval),
            ];
            for (pointer, kept) in kept {
                violations.require(kept, pointer, Code::Frozen);
            }
        }
        violations.refuse()
    }
}

fn last_segment(pointer: &str) -> String {
    let start = pointer.rfind('/').unwrap_or_default();
    pointer.get(start..).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;

    fn plan_of_2023() -> Campaign {
        let content = json!({
            "name": "2023年连云区党政机关办公用房专项巡检",
            "phases": [
                {"kind": "self_check", "starts_on": "2023-07-31", "ends_on": "2023-08-06"},
                {"kind": "on_site", "starts_on": "2023-08-07", "ends_on": "2023-08-11"},
                {"kind": "summary", "starts_on": "2023-08-12", "ends_on": "2023-08-20"},
            ]
        });
        Campaign {
            id: Id::new(),
            version: 1,
            status: CampaignStatus::Open,
            content: serde_json::from_value(content).unwrap(),
            head_id: None,
            opened_at: None,
            closed_at: None,
            created_at: at("2023-07-31T00:00:00Z"),
        }
    }

    fn at(instant: &str) -> Instant {
        DateTime::parse_from_rfc3339(instant).unwrap().to_utc().into()
    }

    fn day(month: u32, day: u32) -> Date {
        Date::new(2023, month, day).unwrap()
    }

    #[test]
    fn what_is_left_out_is_the_usual() {
        let content = plan_of_2023().content;
        assert_eq!(content.check(), Ok(()));
        assert_eq!(content.time_zone.name(), "Asia/Shanghai");
        assert_eq!(content.mail_content, MailContent::LinkOnly);
        assert_eq!(content.office, "巡检工作领导小组办公室");
    }

    #[test]
    fn r37_a_phase_ends_at_midnight_in_the_time_zone_of_the_campaign() {
        let mut campaign = plan_of_2023();
        let (before, after) = (at("2023-08-06T15:59:59Z"), at("2023-08-06T16:00:00Z"));
        assert_eq!(campaign.current_phases(before), [PhaseKind::SelfCheck]);
        assert_eq!(campaign.current_phases(after), [PhaseKind::OnSite]);
        campaign.content.time_zone = "UTC".parse().unwrap();
        assert_eq!(campaign.current_phases(after), [PhaseKind::SelfCheck]);
    }

    #[test]
    fn a_units_own_due_date_comes_before_the_phase() {
        let mut campaign = plan_of_2023();
        assert_eq!(campaign.self_check_due_on(None), Some(day(8, 6)));
        assert_eq!(campaign.self_check_due_on(Some(day(8, 9))), Some(day(8, 9)));
        campaign.content.phases.clear();
        assert_eq!(campaign.self_check_due_on(None), None);
    }

    #[test]
    fn one_phase_cannot_leave_the_order_of_the_others() {
        let campaign = plan_of_2023();
        let on_site = |starts_on, ends_on| Phase { kind: PhaseKind::OnSite, starts_on, ends_on };
        assert_eq!(campaign.with_phase(on_site(day(8, 8), day(8, 14))).unwrap().len(), 3);
        for (phase, violation) in [
            (on_site(day(7, 30), day(8, 11)), Violation::new("/starts_on", Code::OutOfOrder)),
            (on_site(day(8, 13), day(8, 14)), Violation::new("/starts_on", Code::OutOfOrder)),
            (on_site(day(8, 7), day(8, 6)), Violation::new("/ends_on", Code::EndsBeforeStart)),
        ] {
            assert_eq!(campaign.with_phase(phase), Err(Refusal::Invalid(vec![violation])), "{phase:?}");
        }
        let absent = Phase { kind: PhaseKind::Rectification, ..on_site(day(8, 15), day(9, 30)) };
        assert_eq!(campaign.with_phase(absent), Err(Refusal::NotFound));
    }

    #[test]
    fn all_that_is_missing_for_the_opening_is_named() {
        let mut campaign = plan_of_2023();
        assert_eq!(campaign.check_ready(1, 7), Ok(()));
        campaign.content.phases.retain(|phase| phase.kind == PhaseKind::SelfCheck);
        let Err(Refusal::Invalid(violations)) = campaign.check_ready(0, 0) else { panic!("it is not ready") };
        let missing: Vec<_> = violations.iter().map(|v| (v.pointer.as_str(), v.code)).collect();
        let pointers = ["/phases", "/phases", "/units", "/focus_items"];
        assert_eq!(missing, pointers.map(|pointer| (pointer, Code::Missing)));
    }

    #[test]
    fn an_open_campaign_keeps_what_others_rely_on() {
        let campaign = plan_of_2023();
        let mut content = campaign.content.clone();
        content.mail_content = MailContent::Full;
        content.office = "区政府办机关事务管理中心".to_owned();
        content.overdue_self_checks.then_every_days = None;
        assert_eq!(campaign.check_frozen(&content), Ok(()));
        content.name = "另一次巡检".to_owned();
        content.phases.clear();
        let frozen = ["/name", "/phases"].map(|pointer| Violation::new(pointer, Code::Frozen));
        assert_eq!(campaign.check_frozen(&content), Err(Refusal::Invalid(frozen.to_vec())));
        let draft = Campaign { status: CampaignStatus::Draft, ..campaign };
        assert_eq!(draft.check_frozen(&content), Ok(()));
    }
}
