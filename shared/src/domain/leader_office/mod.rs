//! Leader offices: a person and the rooms for the person's use, a row of Annex 3 of the plan (领导干部办公用房).

mod assessment;
mod sheet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use assessment::{
    Assessment, AssessmentCode, AssessmentRule, Basis, StandardRef, Standards, Verdict, assess, is_put_right,
};
pub use sheet::{Sheet, SheetContent, SheetRow};

use super::actor::{Actor, Role};
use super::area_standard::usual_level;
use super::date::Date;
use super::id::Id;
use super::instant::Instant;
use super::refusal::{Code, Refusal, Violations};
use super::room::{Room, check_rooms};
use super::unit::StandardClass;

/// The words of `service_status` for who has left the post: the form then asks for department and post as they
/// were before (填报说明 4).
const LEFT: [&str; 3] = ["retired", "moved_away", "post_changed"];

/// Who enters leader offices, each their part.
pub const ENTERING: &[Role] = &[Role::Coordinator, Role::Inspector, Role::Liaison];

/// What is entered of a person and the person's rooms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaderOfficeContent {
    /// The campaign.
    pub campaign_id: Id,
    /// The unit that gives the rooms.
    pub unit_id: Id,
    /// The name (姓名).
    #[schema(min_length = 1, max_length = 100, example = "周云台")]
    pub person_name: String,
    /// What tells namesakes in one unit apart, such as a staff number; empty where there are none.
    #[serde(default)]
    #[schema(max_length = 40, example = "")]
    pub person_key: String,
    /// Whether the person is in office (在职情况), a word of the dictionary `service_status`.
    #[schema(pattern = "^[a-z_]{1,40}$", example = "in_service")]
    pub service_status: String,
    /// The level (级别) by GB/T 12407, a word of the dictionary `level`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9]{3}$", example = "141")]
    pub level: Option<String>,
    /// The rank (职级), a word of the dictionary `rank_grade`. It leads to no limit by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[a-z0-9_]{1,40}$", example = "section_rank_1")]
    pub rank_grade: Option<String>,
    /// The row of the standard by which the person is judged (执行标准级别), a word of the dictionary
    /// `standard_level`; by default it follows from the unit's class and the level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[a-z_]{1,40}$", example = "section_level_chief")]
    pub standard_level: Option<String>,
    /// Why that row and not the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1_000)]
    pub standard_level_reason: Option<String>,
    /// Whether the person heads the Party committee or the government of the district (党政正职).
    #[serde(default)]
    pub principal_chief: bool,
    /// The post (职务) in the department that gives the rooms; of who has left, the post before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "主任")]
    pub post: Option<String>,
    /// The department (任职部门); of who has left, the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "街道党工委")]
    pub department: Option<String>,
    /// The day of the formalities of transfer or retirement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formalities_on: Option<Date>,
    /// The day on which the rooms were given back (腾退).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vacated_on: Option<Date>,
    /// The approval of a second office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub second_office_approval: Option<String>,
    /// Whether it is to be measured on site (抽查); what is measured counts as selected.
    #[serde(default)]
    pub selected_for_measurement: bool,
    /// The rooms as the unit declared them.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub declared_rooms: Vec<Room>,
    /// The rooms as they were measured on site.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub measured_rooms: Vec<Room>,
    /// The day of measuring, by whose limit it is judged; by default the day on which the rooms were entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2023-08-07")]
    pub measured_on: Option<Date>,
    /// Remarks (备注).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1_000)]
    pub note: Option<String>,
}

impl LeaderOfficeContent {
    /// The row of the standard by which the person is judged in a unit of this class.
    pub fn level_in(&self, class: StandardClass) -> Option<&str> {
        self.standard_level.as_deref().or_else(|| usual_level(class, self.level.as_deref()))
    }

    /// Every name that it holds: the person's and those who share a room.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let rooms = self.declared_rooms.iter().chain(&self.measured_rooms);
        let sharing = rooms.flat_map(|room| &room.occupant_names);
        std::iter::once(&self.person_name).chain(sharing).cloned()
    }

    /// Whether it was measured on site.
    pub fn is_measured(&self) -> bool {
        !self.measured_rooms.is_empty()
    }

    /// The same with today as the day of measuring where rooms were measured and no day was named.
    pub fn dated(mut self, today: Date) -> Self {
        self.measured_on = self.measured_on.or_else(|| self.is_measured().then_some(today));
        self
    }

    /// Checks all fields in a unit of this class; words of open lists are the store's to check.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self, class: StandardClass, today: Date) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/person_name", &self.person_name, 100);
        let key = Some(self.person_key.as_str()).filter(|key| !key.is_empty());
        violations.optional_text("/person_key", key, 40);
        let texts = [
            ("/standard_level_reason", &self.standard_level_reason, 1_000),
            ("/post", &self.post, 100),
            ("/department", &self.department, 100),
            ("/second_office_approval", &self.second_office_approval, 200),
            ("/note", &self.note, 1_000),
        ];
        for (pointer, text, max) in texts {
            violations.optional_text(pointer, text.as_deref(), max);
        }
        // Whoever has left and holds rooms still: the form asks for what they were.
        let left = LEFT.contains(&self.service_status.as_str()) && self.vacated_on.is_none();
        violations.require(!left || self.department.is_some(), "/department", Code::Missing);
        violations.require(!left || self.post.is_some(), "/post", Code::Missing);
        let usual = self.standard_level.as_deref() == usual_level(class, self.level.as_deref());
        let explained = self.standard_level.is_none() || usual || self.standard_level_reason.is_some();
        violations.require(explained, "/standard_level_reason", Code::Missing);
        check_rooms(&mut violations, "/declared_rooms", &self.declared_rooms);
        check_rooms(&mut violations, "/measured_rooms", &self.measured_rooms);
        let measured = self.is_measured() || self.measured_on.is_none();
        violations.require(measured, "/measured_rooms", Code::Missing);
        for (pointer, day) in [("/measured_on", self.measured_on), ("/vacated_on", self.vacated_on)] {
            violations.require(day.is_none_or(|day| day <= today), pointer, Code::OutOfRange);
        }
        violations.refuse()
    }

    /// Refuses what this caller may not enter: the unit and the office declare; inspectors of a visit to the unit and the
    /// office measure, choose who is measured and by which row, never in their own unit (回避). Once it is measured the unit leaves
    /// what it declared and the level as they were, since the measurement is compared with both (R01, R32).
    ///
    /// # Errors
    /// Each field that is not the caller's and would change.
    pub fn check_entered_by(
        &self,
        actor: &Actor,
        on_visit: bool,
        before: Option<&Self>,
    ) -> Result<(), Refusal> {
        let office = actor.has(Role::Coordinator);
        let declares = office || actor.is_liaison_of(self.unit_id);
        let measures = (office || on_visit && actor.has(Role::Inspector)) && !actor.belongs_to(self.unit_id);
        let empty = Self { declared_rooms: Vec::new(), ..self.unmeasured() };
        let was = before.unwrap_or(&empty);
        let mut violations = Violations::default();
        let declared = self.declared_rooms == was.declared_rooms;
        violations.require(declares || declared, "/declared_rooms", Code::FieldNotYours);
        let judged = [
            ("/measured_rooms", self.measured_rooms == was.measured_rooms),
            ("/measured_on", self.measured_on == was.measured_on),
            ("/selected_for_measurement", self.selected_for_measurement == was.selected_for_measurement),
            ("/standard_level", self.standard_level == was.standard_level),
            ("/standard_level_reason", self.standard_level_reason == was.standard_level_reason),
        ];
        for (pointer, kept) in judged {
            violations.require(measures || kept, pointer, Code::FieldNotYours);
        }
        let settled = !measures && was.is_measured();
        violations.require(!settled || declared || !declares, "/declared_rooms", Code::Frozen);
        violations.require(!settled || self.level == was.level, "/level", Code::Frozen);
        violations.refuse()
    }

    /// The same before anybody measured or judged it.
    fn unmeasured(&self) -> Self {
        Self {
            measured_rooms: Vec::new(),
            measured_on: None,
            selected_for_measurement: false,
            standard_level: None,
            standard_level_reason: None,
            ..self.clone()
        }
    }
}

/// Refuses who may not enter or change leader offices of a unit (403): who has no part in them, an inspector who is on no
/// visit to it, and an inspector of the unit itself, who would measure their own (回避).
pub fn permit_entering(actor: &Actor, unit_id: Id, on_visit: bool) -> Result<(), Refusal> {
    if actor.has(Role::Coordinator) || actor.is_liaison_of(unit_id) {
        Ok(())
    } else if !(actor.has(Role::Inspector) && on_visit) {
        Err(Refusal::RoleMissing)
    } else if actor.belongs_to(unit_id) {
        Err(Refusal::OwnUnit)
    } else {
        Ok(())
    }
}

/// A leader office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaderOffice {
    pub id: Id,
    pub version: i64,
    pub content: LeaderOfficeContent,
    /// The unit whose it was before that unit went into another.
    pub former_unit_id: Option<Id>,
    /// The class of its unit, which decides the limit.
    pub standard_class: StandardClass,
    /// How it was judged when it was sealed on a sheet.
    pub sealed: Option<Assessment>,
    pub created_at: Instant,
}

impl LeaderOffice {
    /// Refuses any change of what is sealed on a sheet (409). That the rooms were given back since stands on none.
    pub fn check_sealed(&self, content: &LeaderOfficeContent) -> Result<(), Refusal> {
        let kept = LeaderOfficeContent { vacated_on: content.vacated_on, ..self.content.clone() };
        if self.sealed.is_some() && kept != *content { Err(Refusal::Sealed) } else { Ok(()) }
    }

    /// How it is judged: as it was sealed, else by the limits of the day of measuring, else by those of today.
    pub fn assessment(&self, standards: &Standards, today: Date) -> Assessment {
        let judged = || assess(&self.content, self.standard_class, standards, today);
        self.sealed.clone().unwrap_or_else(judged)
    }

    /// Refuses a change of campaign or unit.
    ///
    /// # Errors
    /// Each of the two that would change.
    pub fn check_frozen(&self, content: &LeaderOfficeContent) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        let before = &self.content;
        violations.require(before.campaign_id == content.campaign_id, "/campaign_id", Code::Frozen);
        violations.require(before.unit_id == content.unit_id, "/unit_id", Code::Frozen);
        violations.refuse()
    }
}

#[cfg(test)]
mod tests;
