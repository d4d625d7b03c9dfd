//! What a rule leaves open, decided by people: dated, and with the source that it rests on.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::area::Area;
use super::date::Date;
use super::id::Id;
use super::instant::Instant;
use super::refusal::{Code, Refusal, Violations};
use super::validity::Validity;
use crate::text_enum;

text_enum! {
    /// What can be set.
    pub enum Setting {
        /// `true`: the area of a room that several share is divided by their number (合用房间按人数分摊, R05).
        SharedRoomsDivided = "shared_rooms_divided",
        /// How far an area may exceed its limit without being over (允许偏差, R04), in square metres.
        AreaTolerance = "area_tolerance",
        /// How far a measured area may differ from the declared one without being shown as a difference
        /// (自查与实测允许差异, R32), in square metres.
        SelfCheckTolerance = "self_check_tolerance",
    }
}

/// A setting as it holds for some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSettingContent {
    /// Which one.
    pub setting: Setting,
    /// `true` or `false`, or an area in square metres, as the setting asks for.
    #[schema(example = json!(true))]
    pub value: Value,
    /// The first day on which it holds.
    #[schema(example = "2023-01-01")]
    pub valid_from: Date,
    /// The last day; left out while no end is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// What it rests on.
    #[schema(min_length = 1, max_length = 500, example = "广州市从化区纪委监委通报的计算方式")]
    pub source: String,
    /// A remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1_000)]
    pub note: Option<String>,
}

impl RuleSettingContent {
    /// When it holds.
    pub fn validity(&self) -> Validity {
        Validity { from: self.valid_from, to: self.valid_to }
    }

    /// Checks all fields; other validities are the store's to check.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        let fits = match self.setting {
            Setting::SharedRoomsDivided => self.value.is_boolean(),
            Setting::AreaTolerance | Setting::SelfCheckTolerance => self.area().is_ok(),
        };
        violations.require(fits, "/value", Code::WrongType);
        self.validity().check(&mut violations);
        violations.text("/source", &self.source, 500);
        violations.optional_text("/note", self.note.as_deref(), 1_000);
        violations.refuse()
    }

    /// The value as an area.
    ///
    /// # Errors
    /// A value that is none.
    pub fn area(&self) -> Result<Area, serde_json::Error> {
        Area::deserialize(&self.value)
    }
}

/// A setting of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetting {
    pub id: Id,
    pub version: i64,
    pub content: RuleSettingContent,
    pub created_at: Instant,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_of_its_settings_kind() {
        let check = |setting: &str, value: Value| {
            let content: RuleSettingContent = serde_json::from_value(json!({
                "setting": setting, "value": value, "valid_from": "2023-01-01", "source": "领导小组决定",
            }))
            .unwrap();
            content.check()
        };
        assert_eq!(check("shared_rooms_divided", json!(false)), Ok(()));
        assert_eq!(check("area_tolerance", json!(0.5)), Ok(()));
        for (setting, value) in [
            ("shared_rooms_divided", json!(1)),
            ("area_tolerance", json!(true)),
            ("area_tolerance", json!(0.125)),
            ("area_tolerance", json!(-1)),
        ] {
            assert_eq!(check(setting, value), Err(Refusal::invalid("/value", Code::WrongType)), "{setting}");
        }
    }
}
