//! The units in the scope of a campaign (巡检范围).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::plan::check_unique;
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::refusal::{Code, Refusal, Violation, Violations};
use crate::domain::self_check::SelfCheckStatus;
use crate::text_enum;

/// How many units a campaign has at most.
pub const MAX_UNITS: usize = 2_000;

/// A unit in the scope of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeUnit {
    /// The unit.
    pub unit_id: Id,
    /// Whether it is visited; a campaign may choose a sample (抽查).
    #[serde(default = "selected")]
    pub selected_for_visit: bool,
    /// Its own last day for the self-check; else the phase's last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_check_due_on: Option<Date>,
}

fn selected() -> bool {
    true
}

/// A unit in scope with its self-check, which it has once the campaign is open. From then on its own last
/// day is the self-check's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScopeEntry {
    pub unit: ScopeUnit,
    /// Id and state of the self-check; `excused` where the unit was taken out again.
    pub self_check: Option<(Id, SelfCheckStatus)>,
}

impl ScopeEntry {
    /// Whether it takes part: it was not taken out, nor excused.
    pub fn takes_part(&self) -> bool {
        self.self_check.is_none_or(|(_, status)| status != SelfCheckStatus::Excused)
    }
}

/// Checks the units of a campaign; whether they exist is the store's to find.
///
/// # Errors
/// Too many of them, one that stands twice.
pub fn check_units(units: &[ScopeUnit]) -> Result<(), Refusal> {
    let mut violations = Violations::default();
    if units.len() > MAX_UNITS {
        violations.push(Violation::with("/units", Code::TooLong, MAX_UNITS));
    } else {
        check_unique(&mut violations, "/units", "unit_id", units.iter().map(|unit| unit.unit_id));
    }
    violations.refuse()
}

text_enum! {
    /// What hinders a campaign at one of its units, without forbidding it to be opened.
    pub enum WarningKind {
        /// No active liaison and no contact has an address: its notices will reach nobody.
        NoAddress = "no_address",
        /// No area limit is configured for its class (标准未配置, R02).
        NoLimit = "no_limit",
    }
}

/// A warning about a unit in scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Warning {
    /// What is missing.
    pub kind: WarningKind,
    /// At which unit.
    pub unit_id: Id,
    /// Its name.
    #[schema(example = "前三岛乡人民政府")]
    pub unit_name: String,
}
