//! Leader-office sheets (领导干部办公用房配备使用情况现场检查记录表, 附件3 of the notice of 2023): what was measured at a
//! visit, a row a person.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Assessment, LeaderOffice, Standards, assess};
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::refusal::{Code, Refusal, Violation, Violations};
use crate::domain::room::{Areas, Room, places, sharing_note};
use crate::domain::unit::is_phone;

/// How many rows a sheet has at most.
const MAX_ROWS: usize = 200;

/// The head of a sheet, and who stands on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetContent {
    /// The visit at which it is filled in; it has one sheet that is not void.
    pub visit_id: Id,
    /// The day of measuring, by whose limits the rows are judged.
    #[schema(example = "2023-08-07")]
    pub measured_on: Date,
    /// The telephone number at the foot of the form (联系电话).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 30, example = "0518-00008101")]
    pub phone: Option<String>,
    /// The leader offices of the unit that are its rows, in their order (序号).
    #[serde(default)]
    #[schema(max_items = 200)]
    pub leader_office_ids: Vec<Id>,
    /// What else is to be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1_000)]
    pub note: Option<String>,
    /// The void sheet of the same visit in whose place it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Id>,
}

/// A row of a sheet, in the columns of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LeaderOfficeSheetRow)]
pub struct SheetRow {
    /// The leader office.
    pub leader_office_id: Id,
    /// The name (姓名).
    #[schema(example = "周云台")]
    pub person_name: String,
    /// What tells namesakes apart.
    #[schema(example = "")]
    pub person_key: String,
    /// 在职情况, a word of the dictionary `service_status`.
    #[schema(example = "in_service")]
    pub service_status: String,
    /// 级别, a word of the dictionary `level`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "141")]
    pub level: Option<String>,
    /// The row of the standard by which the person is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "section_level_chief")]
    pub standard_level: Option<String>,
    /// 任职部门.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "街道党工委")]
    pub department: Option<String>,
    /// 职务.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "主任")]
    pub post: Option<String>,
    /// 地址及房号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2号楼301")]
    pub place: Option<String>,
    /// The rooms as they were measured.
    pub rooms: Vec<Room>,
    /// 使用面积.
    pub areas: Areas,
    /// 备注: who shares which room, and remarks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "301与李四、王五合用（共3人）")]
    pub note: Option<String>,
    /// How the rooms are judged.
    pub assessment: Assessment,
}

/// All that is written on a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sheet {
    #[serde(flatten)]
    pub content: SheetContent,
    pub rows: Vec<SheetRow>,
}

impl SheetRow {
    /// The row of an office that is measured on a day; what was sealed is judged as it was then.
    pub fn of(office: LeaderOffice, standards: &Standards, measured_on: Date) -> Self {
        let class = office.standard_class;
        let mut content = office.content;
        content.measured_on = Some(measured_on);
        let assessment = office.sealed.unwrap_or_else(|| assess(&content, class, standards, measured_on));
        let standard_level = content.level_in(class).map(str::to_owned);
        let rooms = content.measured_rooms;
        let notes: Vec<String> = [sharing_note(&rooms), content.note].into_iter().flatten().collect();
        Self {
            leader_office_id: office.id,
            person_name: content.person_name,
            person_key: content.person_key,
            service_status: content.service_status,
            level: content.level,
            standard_level,
            department: content.department,
            post: content.post,
            place: places(&rooms),
            areas: Areas::of(&rooms),
            rooms,
            note: Some(notes.join("；")).filter(|note| !note.is_empty()),
            assessment,
        }
    }
}

impl SheetContent {
    /// Checks all fields, whether complete or not.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self, today: Date) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.require(self.measured_on <= today, "/measured_on", Code::OutOfRange);
        violations.require(self.phone.as_deref().is_none_or(is_phone), "/phone", Code::Malformed);
        violations.optional_text("/note", self.note.as_deref(), 1_000);
        if self.leader_office_ids.len() > MAX_ROWS {
            violations.push(Violation::with("/leader_office_ids", Code::TooLong, MAX_ROWS));
        }
        for (index, id) in self.leader_office_ids.iter().enumerate().take(MAX_ROWS) {
            let again = self.leader_office_ids[..index].contains(id);
            violations.require(!again, format!("/leader_office_ids/{index}"), Code::Duplicate);
        }
        violations.refuse()
    }

    /// Refuses to move a sheet to another visit, or into another sheet's place.
    ///
    /// # Errors
    /// Each of the two that would change.
    pub fn check_frozen(&self, after: &Self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.require(self.visit_id == after.visit_id, "/visit_id", Code::Frozen);
        violations.require(self.replaces == after.replaces, "/replaces", Code::Frozen);
        violations.refuse()
    }
}

impl Sheet {
    /// Notes what is missing before anybody is asked to sign (R36): the telephone, at least one row, and the
    /// measured rooms of each.
    pub fn check_complete(&self, violations: &mut Violations) {
        violations.require(self.content.phone.is_some(), "/phone", Code::Missing);
        violations.require(!self.rows.is_empty(), "/leader_office_ids", Code::Missing);
        for (index, row) in self.rows.iter().enumerate() {
            violations.require(!row.rooms.is_empty(), format!("/rows/{index}/rooms"), Code::Missing);
        }
    }
}
