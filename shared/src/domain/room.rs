//! Rooms of one person, as Annex 3 of the plan measures them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::area::Area;
use super::refusal::{Code, Violation, Violations};
use crate::text_enum;

text_enum! {
    /// The columns of Annex 3.
    pub enum RoomKind {
        /// 办公室.
        Office = "office",
        /// 休息室.
        Rest = "rest",
        /// 卫生间.
        Toilet = "toilet",
        /// 会议室.
        Meeting = "meeting",
    }
}

/// A room as it was declared or measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "office", "room_number": "301", "area": 23.25, "occupants": 3}))]
pub struct Room {
    /// What it is used as.
    pub kind: RoomKind,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub address: Option<String>,
    /// Its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 50)]
    pub room_number: Option<String>,
    /// Its whole usable area, however many share it.
    pub area: Area,
    /// How many people it serves; 1 where it is left out.
    #[serde(default = "alone")]
    #[schema(minimum = 1, maximum = 1_000)]
    pub occupants: u16,
    /// The others whom it serves.
    #[serde(default)]
    #[schema(max_items = 1_000)]
    pub occupant_names: Vec<String>,
}

fn alone() -> u16 {
    1
}

impl Room {
    /// Notes over-long texts, a number of people out of range, and more names than people.
    pub fn check(&self, violations: &mut Violations, pointer: &str) {
        violations.optional_text(&format!("{pointer}/address"), self.address.as_deref(), 200);
        violations.optional_text(&format!("{pointer}/room_number"), self.room_number.as_deref(), 50);
        let served = (1..=1_000).contains(&self.occupants);
        violations.require(served, format!("{pointer}/occupants"), Code::OutOfRange);
        if self.occupant_names.len() > usize::from(self.occupants) {
            let names = format!("{pointer}/occupant_names");
            violations.push(Violation::with(names, Code::TooLong, self.occupants));
            return;
        }
        for (index, name) in self.occupant_names.iter().enumerate() {
            violations.text(&format!("{pointer}/occupant_names/{index}"), name, 100);
        }
    }

    /// Whether everybody who shares it, beside the person it is measured for, is named.
    pub fn names_its_sharers(&self) -> bool {
        self.occupant_names.len() + 1 >= usize::from(self.occupants)
    }
}
