//! The units in the scope of a campaign (巡检范围).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::id::Id;
use crate::text_enum;

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
    pub self_check_due_on: Option<NaiveDate>,
}

fn selected() -> bool {
    true
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
