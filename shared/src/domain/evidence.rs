//! What a unit hands in to show that a problem was put right (R39).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::date::Date;
use super::id::Id;
use super::rectification::Mode;
use super::refusal::{Code, Violations};
use super::room::{MAX_ROOMS, Room, check_rooms};

/// A rectification as it is handed in for verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What was done.
    #[schema(max_length = 10_000)]
    pub statement: String,
    /// Papers and pictures.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub attachment_ids: Vec<Id>,
    /// The rooms measured again (复测), with the names of those who share them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 100)]
    pub measured_rooms: Option<Vec<Room>>,
    /// The day on which the rooms were vacated (腾退).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vacated_on: Option<Date>,
}

impl Evidence {
    /// Whether it shows anything: attachments, rooms measured again, or the day they were vacated.
    pub fn shows_something(&self) -> bool {
        !self.attachment_ids.is_empty() || self.measured_rooms.is_some() || self.vacated_on.is_some()
    }

    /// Notes what is missing or not well-formed for submission (R39): evidence, the names of those
    /// who share a room, and a plan where the mode asks for one. `on_paper`: the office enters it for a
    /// unit that works on paper (代填), and the paper is attached.
    pub fn check(
        &self,
        violations: &mut Violations,
        (mode, has_plan): (Mode, bool),
        on_paper: bool,
        today: Date,
    ) {
        violations.text("/statement", &self.statement, 10_000);
        violations.attachments("/attachment_ids", &self.attachment_ids);
        let shown = if on_paper { !self.attachment_ids.is_empty() } else { self.shows_something() };
        violations.require(shown, "/attachment_ids", Code::EvidenceRequired);
        violations.require(mode == Mode::Immediate || has_plan, "", Code::PlanRequired);
        violations.require(self.vacated_on.is_none_or(|day| day <= today), "/vacated_on", Code::OutOfRange);
        let rooms = self.measured_rooms.as_deref().unwrap_or_default();
        violations.require(
            self.measured_rooms.is_none() || !rooms.is_empty(),
            "/measured_rooms",
            Code::Missing,
        );
        check_rooms(violations, "/measured_rooms", rooms);
        for (index, room) in rooms.iter().enumerate().take(MAX_ROOMS) {
            let names = format!("/measured_rooms/{index}/occupant_names");
            violations.require(room.names_its_sharers(), names, Code::Missing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::refusal::Refusal;
    use super::*;

    fn evidence() -> Evidence {
        Evidence {
            statement: "已与企业签订租赁合同并补办审批".to_owned(),
            attachment_ids: vec![],
            measured_rooms: None,
            vacated_on: None,
        }
    }

    fn today() -> Date {
        Date::new(2023, 9, 10).unwrap()
    }

    fn broken(evidence: &Evidence, mode: Mode, has_plan: bool) -> Vec<(String, Code)> {
        let mut violations = Violations::default();
        evidence.check(&mut violations, (mode, has_plan), false, today());
        match violations.refuse() {
            Err(Refusal::Invalid(list)) => list.into_iter().map(|v| (v.pointer, v.code)).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn r39_a_statement_alone_shows_nothing() {
        let expected = [("/attachment_ids".to_owned(), Code::EvidenceRequired)];
        assert_eq!(broken(&evidence(), Mode::Immediate, false), expected);
        for enough in [
            Evidence { attachment_ids: vec![Id::new()], ..evidence() },
            Evidence { vacated_on: Some(today()), ..evidence() },
        ] {
            assert_eq!(broken(&enough, Mode::Immediate, false), []);
        }
    }

    #[test]
    fn r39_what_the_office_enters_for_a_unit_has_its_paper_attached() {
        let entered = |evidence: Evidence| {
            let mut violations = Violations::default();
            evidence.check(&mut violations, (Mode::Immediate, false), true, today());
            violations.refuse()
        };
        let vacated = Evidence { vacated_on: Some(today()), ..evidence() };
        assert_eq!(entered(vacated), Err(Refusal::invalid("/attachment_ids", Code::EvidenceRequired)));
        assert_eq!(entered(Evidence { attachment_ids: vec![Id::new()], ..evidence() }), Ok(()));
    }

    #[test]
    fn planned_mode_needs_a_plan() {
        let evidence = Evidence { vacated_on: Some(today()), ..evidence() };
        assert_eq!(broken(&evidence, Mode::Planned, false), [(String::new(), Code::PlanRequired)]);
        assert_eq!(broken(&evidence, Mode::Planned, true), []);
    }

    #[test]
    fn rooms_measured_again_name_who_shares_them() {
        let read = |json| serde_json::from_str::<Room>(json).unwrap();
        let alone = read(r#"{"kind": "office", "room_number": "301", "area": 18}"#);
        let shared = read(r#"{"kind": "office", "area": 23.25, "occupants": 3, "occupant_names": ["李四"]}"#);
        let evidence = Evidence { measured_rooms: Some(vec![alone, shared]), ..evidence() };
        let expected = [("/measured_rooms/1/occupant_names".to_owned(), Code::Missing)];
        assert_eq!(broken(&evidence, Mode::Immediate, false), expected);
    }
}
