//! The callers of tests: one of each role, and a liaison of another unit.

use shared::domain::actor::{Grant, Role};
use shared::domain::id::Id;

/// A caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    Admin,
    Coordinator,
    /// A second one, for what nobody may do to their own work.
    OtherCoordinator,
    Leader,
    Inspector,
    /// A second one, who is on no visit unless a test says so.
    OtherInspector,
    /// Of [`super::World::unit`].
    Liaison,
    /// Of [`super::World::other_unit`].
    OtherLiaison,
    Discipline,
    /// Without a session.
    Nobody,
}

impl Who {
    /// Everybody with an account.
    pub const ACCOUNTS: [Self; 9] = [
        Self::Admin,
        Self::Coordinator,
        Self::OtherCoordinator,
        Self::Leader,
        Self::Inspector,
        Self::OtherInspector,
        Self::Liaison,
        Self::OtherLiaison,
        Self::Discipline,
    ];

    /// One of each role, in the order of the walk's tables.
    pub const ROLES: [Self; 6] =
        [Self::Admin, Self::Coordinator, Self::Leader, Self::Inspector, Self::Liaison, Self::Discipline];

    pub fn username(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Coordinator => "coordinator",
            Self::OtherCoordinator => "other-coordinator",
            Self::Leader => "leader",
            Self::Inspector => "inspector",
            Self::OtherInspector => "other-inspector",
            Self::Liaison => "liaison",
            Self::OtherLiaison => "other-liaison",
            Self::Discipline => "discipline",
            Self::Nobody => "nobody",
        }
    }

    /// The session's token; made by the test itself, so that no password is hashed.
    pub fn token(self) -> String {
        format!("token-of-{}", self.username())
    }

    pub fn grant(self, unit: Id, other_unit: Id) -> Option<Grant> {
        let (role, unit_id) = match self {
            Self::Admin => (Role::Admin, None),
            Self::Coordinator | Self::OtherCoordinator => (Role::Coordinator, None),
            Self::Leader => (Role::Leader, None),
            Self::Inspector | Self::OtherInspector => (Role::Inspector, None),
            Self::Liaison => (Role::Liaison, Some(unit)),
            Self::OtherLiaison => (Role::Liaison, Some(other_unit)),
            Self::Discipline => (Role::Discipline, None),
            Self::Nobody => return None,
        };
        Some(Grant { role, unit_id })
    }
}
