//! Service accounts (服务账号): third-party systems that call the api with a token of their own.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor::Role;
use super::id::Id;
use super::instant::Instant;
use super::machine::{Machine, Transition};
use super::refusal::{Code, Refusal, Violation, Violations};
use crate::text_enum;

text_enum! {
    /// Whether a service account can be used. Its expiry is a fact beside it.
    pub enum ServiceAccountStatus {
        /// In use (启用).
        Active = "active",
        /// Ended for good (注销).
        Revoked = "revoked",
    }
}

text_enum! {
    /// What can be done with a service account.
    pub enum ServiceAccountVerb {
        /// Gives it another secret; the old one ends (更换密钥).
        Rotate = "rotate",
        /// Ends it for good (注销).
        Revoke = "revoke",
    }
}

impl Machine for ServiceAccountStatus {
    type Verb = ServiceAccountVerb;

    const TABLE: &'static [Transition<Self, ServiceAccountVerb>] = &[
        Transition {
            from: &[Self::Active],
            verb: ServiceAccountVerb::Rotate,
            to: None,
            roles: &[Role::Admin],
        },
        Transition {
            from: &[Self::Active],
            verb: ServiceAccountVerb::Revoke,
            to: Some(Self::Revoked),
            roles: &[Role::Admin],
        },
    ];
}

/// What a service account may do, and how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccountContent {
    /// Its name, unique; audit events show it.
    #[schema(min_length = 1, max_length = 100, example = "区机关事务管理平台")]
    pub name: String,
    /// What it may do; never `admin` or `leader`.
    #[schema(min_items = 1, max_items = 4)]
    pub roles: Vec<Role>,
    /// The units to which it is limited, all where this is left out; required for a liaison. What is limited to
    /// units and holds another role than liaison's is read only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 100)]
    pub unit_ids: Option<Vec<Id>>,
    /// Whether it only reads.
    #[serde(default)]
    pub read_only: bool,
    /// When it expires, by the system clock: within a year.
    pub expires_at: Instant,
}

impl ServiceAccountContent {
    /// How long it lives at most.
    pub const LIFE: TimeDelta = TimeDelta::days(366);

    /// Checks all fields; whether the units exist, the store knows. `now` is the system clock's.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self, now: Instant) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/name", &self.name, 100);
        violations.require(!self.roles.is_empty(), "/roles", Code::Blank);
        for (index, role) in self.roles.iter().enumerate() {
            let at = || format!("/roles/{index}");
            violations.require(!matches!(role, Role::Admin | Role::Leader), at(), Code::WrongType);
            violations.require(!self.roles[..index].contains(role), at(), Code::Duplicate);
        }
        let acts_for_units = self.roles.contains(&Role::Liaison);
        match &self.unit_ids {
            None => violations.require(!acts_for_units, "/unit_ids", Code::UnitRequired),
            Some(ids) if ids.is_empty() => violations.push(Violation::new("/unit_ids", Code::Blank)),
            Some(ids) if ids.len() > 100 => {
                violations.push(Violation::with("/unit_ids", Code::TooLong, 100));
            }
            Some(ids) => {
                for (index, id) in ids.iter().enumerate() {
                    let twice = ids[..index].contains(id);
                    violations.require(!twice, format!("/unit_ids/{index}"), Code::Duplicate);
                }
                let only_liaison = self.roles.iter().all(|role| *role == Role::Liaison);
                violations.require(only_liaison || self.read_only, "/read_only", Code::ReadOnlyRequired);
            }
        }
        let in_time = self.expires_at > now && self.expires_at <= now + Self::LIFE;
        violations.require(in_time, "/expires_at", Code::OutOfRange);
        violations.refuse()
    }
}

/// A service account, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccount {
    pub id: Id,
    pub version: i64,
    pub status: ServiceAccountStatus,
    pub content: ServiceAccountContent,
    pub created_at: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::machine::checks;

    fn now() -> Instant {
        chrono::DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").unwrap().to_utc().into()
    }

    fn content(roles: &[Role], unit_ids: Option<Vec<Id>>, read_only: bool) -> ServiceAccountContent {
        let expires_at = now() + TimeDelta::days(30);
        ServiceAccountContent {
            name: "平台".to_owned(),
            roles: roles.to_vec(),
            unit_ids,
            read_only,
            expires_at,
        }
    }

    fn found(content: &ServiceAccountContent) -> Vec<(String, Code)> {
        match content.check(now()) {
            Err(Refusal::Invalid(violations)) => {
                violations.into_iter().map(|v| (v.pointer, v.code)).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<ServiceAccountStatus>();
    }

    #[test]
    fn no_program_leads_or_administers_and_a_limited_one_writes_as_a_liaison_only() {
        let unit = || Some(vec![Id::new()]);
        for (roles, units, read_only) in [
            (&[Role::Coordinator][..], None, false),
            (&[Role::Coordinator], unit(), true),
            (&[Role::Liaison], unit(), false),
            (&[Role::Liaison, Role::Inspector], unit(), true),
        ] {
            assert_eq!(content(roles, units, read_only).check(now()), Ok(()), "{roles:?}");
        }
        let at = |pointer: &str, code| (pointer.to_owned(), code);
        let wrong = content(&[Role::Admin, Role::Leader, Role::Leader], None, false);
        let expected = [
            at("/roles/0", Code::WrongType),
            at("/roles/1", Code::WrongType),
            at("/roles/2", Code::WrongType),
            at("/roles/2", Code::Duplicate),
        ];
        assert_eq!(found(&wrong), expected);
        assert_eq!(found(&content(&[Role::Liaison], None, false)), [at("/unit_ids", Code::UnitRequired)]);
        let limited = content(&[Role::Inspector], unit(), false);
        assert_eq!(found(&limited), [at("/read_only", Code::ReadOnlyRequired)]);
    }

    #[test]
    fn it_expires_within_a_year() {
        for (days, fits) in [(-1, false), (0, false), (1, true), (366, true), (367, false)] {
            let expires_at = now() + TimeDelta::days(days);
            let content = ServiceAccountContent { expires_at, ..content(&[Role::Inspector], None, true) };
            assert_eq!(content.check(now()).is_ok(), fits, "{days}");
        }
    }
}
