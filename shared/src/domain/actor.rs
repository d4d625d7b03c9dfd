//! Who acts, and with which roles.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::id::Id;
use super::refusal::Refusal;
use crate::text_enum;

text_enum! {
    /// What an account may do (workflow, People).
    pub enum Role {
        /// Runs the service: accounts and settings; of the inspection only units' ids, names and states.
        Admin = "admin",
        /// The leading group's office (领导小组办公室).
        Coordinator = "coordinator",
        /// A member of the leading group (领导小组).
        Leader = "leader",
        /// A member of an inspection team (专项巡检小组).
        Inspector = "inspector",
        /// Acts for one unit (联络员).
        Liaison = "liaison",
        /// The district's discipline commission (区纪委监委).
        Discipline = "discipline",
    }
}

/// A role, and the unit it belongs to: required for a liaison, elsewhere it says where a
/// person belongs and limits nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// What the account may do.
    pub role: Role,
    /// The unit that the person belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<Id>,
}

/// The authenticated caller of one request, or a process of the service itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account; `None` for the service itself (seed, scan).
    pub account_id: Option<Id>,
    /// The name that audit events keep.
    pub name: String,
    /// The account's roles.
    pub grants: Vec<Grant>,
    /// What limits it, where it is a service account.
    pub service: Option<Service>,
}

/// The limits of a service account (服务账号).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// It changes nothing.
    pub read_only: bool,
    /// The units whose records it sees; all where it isn't limited.
    pub unit_ids: Option<Vec<Id>>,
}

impl Actor {
    /// The service itself, for work that no person asked for.
    pub fn system(name: &str) -> Self {
        Self { account_id: None, name: name.to_owned(), grants: Vec::new(), service: None }
    }

    /// A person with an account.
    pub fn person(account_id: Id, name: String, grants: Vec<Grant>) -> Self {
        Self { account_id: Some(account_id), name, grants, service: None }
    }

    /// Refuses what needs a person (403): no program signs, seals, acknowledges, decides, endorses or closes.
    pub fn require_person(&self) -> Result<(), Refusal> {
        if self.service.is_none() { Ok(()) } else { Err(Refusal::PersonRequired) }
    }

    /// Refuses every change to a service account that only reads (403).
    pub fn may_write(&self) -> Result<(), Refusal> {
        let read_only = self.service.as_ref().is_some_and(|service| service.read_only);
        if read_only { Err(Refusal::ReadOnly) } else { Ok(()) }
    }

    /// The units to which a service account is limited.
    fn limit(&self) -> Option<&[Id]> {
        self.service.as_ref()?.unit_ids.as_deref()
    }

    /// Whether the caller holds the role anywhere.
    pub fn has(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role == role)
    }

    /// Whether the caller holds one of the roles.
    pub fn has_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.has(*role))
    }

    /// The units whose records a caller sees who doesn't see all of them: those for which they are the liaison,
    /// or to which a service account is limited.
    pub fn liaison_units(&self) -> Vec<Id> {
        if let Some(units) = self.limit() {
            return units.to_vec();
        }
        self.grants
            .iter()
            .filter(|grant| grant.role == Role::Liaison)
            .filter_map(|grant| grant.unit_id)
            .collect()
    }

    /// Whether the caller is the liaison of this unit.
    pub fn is_liaison_of(&self, unit_id: Id) -> bool {
        self.grants.iter().any(|grant| grant.role == Role::Liaison && grant.unit_id == Some(unit_id))
    }

    /// Whether the caller belongs to this unit in any role: nobody judges their own (回避).
    pub fn belongs_to(&self, unit_id: Id) -> bool {
        self.grants.iter().any(|grant| grant.unit_id == Some(unit_id))
    }

    /// The caller as this unit's records see them: a liaison of other units is none here.
    pub fn towards(&self, unit_id: Id) -> Self {
        let grants = self.grants.iter().copied();
        let grants = grants.filter(|grant| grant.role != Role::Liaison || grant.unit_id == Some(unit_id));
        Self { grants: grants.collect(), ..self.clone() }
    }

    /// Whether the caller has anything to do with the inspection itself: everybody but who is only an admin.
    pub fn sees_inspection(&self) -> bool {
        self.grants.iter().any(|grant| grant.role != Role::Admin)
    }

    /// Whether the caller sees every unit's records (coordinator, leader, inspector).
    pub fn sees_all_units(&self) -> bool {
        self.limit().is_none() && self.has_any(&[Role::Coordinator, Role::Leader, Role::Inspector])
    }

    /// Whether the caller sees every unit's records and escalations too (coordinator, leader).
    pub fn sees_escalations(&self) -> bool {
        self.limit().is_none() && self.has_any(&[Role::Coordinator, Role::Leader])
    }

    /// Whether the caller sees what was sent to the discipline commission.
    pub fn acts_for_discipline(&self) -> bool {
        self.limit().is_none() && self.has(Role::Discipline)
    }

    /// Whether the caller sees this unit's records.
    pub fn sees_unit(&self, unit_id: Id) -> bool {
        self.sees_all_units() || self.liaison_units().contains(&unit_id)
    }
}
