//! Accounts (账号) of people.

use super::actor::{Actor, Grant, Role};
use super::email::EmailAddress;
use super::id::Id;
use super::instant::Instant;
use super::machine::{Machine, Transition};
use super::refusal::{Code, Refusal, Violation, Violations};
use crate::text_enum;

/// Fewest characters of a password.
pub const PASSWORD_MIN: usize = 10;

/// Most bytes of a password: what is hashed is limited.
pub const PASSWORD_MAX: usize = 256;

text_enum! {
    /// Whose account it is.
    pub enum AccountKind {
        /// A person's (个人账号).
        Person = "person",
        /// A program's (服务账号).
        Service = "service",
    }
}

text_enum! {
    /// Whether an account can be used.
    pub enum AccountStatus {
        /// In use (启用).
        Active = "active",
        /// Out of use (停用); its sessions have ended.
        Disabled = "disabled",
    }
}

text_enum! {
    /// What can be done with an account.
    pub enum AccountVerb {
        /// Ends its use (停用).
        Disable = "disable",
        /// Takes it up again (启用).
        Enable = "enable",
        /// Ends its password and sends a one-time link (重置密码).
        ResetPassword = "reset-password",
        /// Puts a successor in its holder's place (更换人员).
        Replace = "replace",
    }
}

impl Machine for AccountStatus {
    type Verb = AccountVerb;

    const TABLE: &'static [Transition<Self, AccountVerb>] = &[
        Transition {
            from: &[Self::Active],
            verb: AccountVerb::Disable,
            to: Some(Self::Disabled),
            roles: &[Role::Admin, Role::Coordinator],
        },
        Transition {
            from: &[Self::Disabled],
            verb: AccountVerb::Enable,
            to: Some(Self::Active),
            roles: &[Role::Admin, Role::Coordinator],
        },
        Transition {
            from: &[Self::Active],
            verb: AccountVerb::ResetPassword,
            to: None,
            roles: &[Role::Admin, Role::Coordinator],
        },
        Transition {
            from: &[Self::Active, Self::Disabled],
            verb: AccountVerb::Replace,
            to: Some(Self::Disabled),
            roles: &[Role::Coordinator],
        },
    ];
}

/// The caller as accounts with these roles see them: a coordinator makes, replaces and disables liaisons and
/// inspectors, and has no say over anybody else's account.
pub fn towards(actor: &Actor, roles: &[Grant]) -> Actor {
    let appointed = roles.iter().all(|grant| matches!(grant.role, Role::Liaison | Role::Inspector));
    let mut actor = actor.clone();
    actor.grants.retain(|grant| appointed || grant.role != Role::Coordinator);
    actor
}

/// An account, without its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: Id,
    pub version: i64,
    pub username: String,
    pub display_name: String,
    pub email: Option<EmailAddress>,
    /// The password was set by somebody else: until it is changed, nothing else works.
    pub password_initial: bool,
    pub status: AccountStatus,
    /// Who took its holder's place.
    pub successor_id: Option<Id>,
    pub created_at: Instant,
    pub grants: Vec<Grant>,
}

/// What an account says of its holder.
#[derive(Clone, Debug)]
pub struct AccountContent {
    pub username: String,
    pub display_name: String,
    pub email: Option<EmailAddress>,
    pub roles: Vec<Grant>,
}

impl AccountContent {
    /// Checks names and roles; whether the units exist, the store knows.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/display_name", &self.display_name, 100);
        if !is_username(&self.username) {
            violations.push(Violation::new("/username", Code::Malformed));
        }
        violations.require(!self.roles.is_empty(), "/roles", Code::Blank);
        for (index, grant) in self.roles.iter().enumerate() {
            let pointer = format!("/roles/{index}");
            if grant.role == Role::Liaison && grant.unit_id.is_none() {
                violations.push(Violation::new(format!("{pointer}/unit_id"), Code::UnitRequired));
            }
            if self.roles[..index].contains(grant) {
                violations.push(Violation::new(pointer, Code::Duplicate));
            }
        }
        violations.refuse()
    }
}

/// 2 to 64 lower-case letters, digits and `.`, `_`, `-`, beginning with a letter or digit.
fn is_username(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (2..=64).contains(&text.len())
        && text.starts_with(plain)
        && text.chars().all(|c| plain(c) || matches!(c, '.' | '_' | '-'))
}

/// Checks a new password: long enough, and not the user's own name.
pub fn check_password(pointer: &str, password: &str, username: &str) -> Result<(), Refusal> {
    if password.len() > PASSWORD_MAX {
        return Err(Refusal::Invalid(vec![Violation::with(pointer, Code::TooLong, PASSWORD_MAX)]));
    }
    let distinct: std::collections::BTreeSet<char> = password.chars().collect();
    if password.chars().count() < PASSWORD_MIN
        || distinct.len() < 4
        || password.to_lowercase().contains(username)
    {
        return Err(Refusal::Invalid(vec![Violation::with(pointer, Code::WeakPassword, PASSWORD_MIN)]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::machine::checks;
    use super::*;

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<AccountStatus>();
    }

    #[test]
    fn a_coordinator_has_a_say_over_liaisons_and_inspectors_only() {
        let grant = |role| Grant { role, unit_id: None };
        let office = checks::actor(&[Role::Coordinator], None);
        let status = AccountStatus::Active;
        let (disable, reset, replace) =
            (AccountVerb::Disable, AccountVerb::ResetPassword, AccountVerb::Replace);
        for (roles, verbs) in [
            (vec![grant(Role::Liaison), grant(Role::Inspector)], vec![disable, reset, replace]),
            (vec![grant(Role::Inspector), grant(Role::Leader)], vec![]),
            (vec![grant(Role::Coordinator)], vec![]),
        ] {
            assert_eq!(status.verbs(&towards(&office, &roles)), verbs, "{roles:?}");
        }
        let admin = checks::actor(&[Role::Admin], None);
        assert_eq!(status.verbs(&towards(&admin, &[grant(Role::Leader)])), [disable, reset]);
    }

    #[test]
    fn a_liaison_needs_a_unit_and_nobody_holds_a_role_twice() {
        let liaison = Grant { role: Role::Liaison, unit_id: None };
        let leader = Grant { role: Role::Leader, unit_id: None };
        let content = AccountContent {
            username: "xugou-1".to_owned(),
            display_name: "墟沟街道联络员".to_owned(),
            email: None,
            roles: vec![liaison, leader, leader],
        };
        let expected = vec![
            Violation::new("/roles/0/unit_id", Code::UnitRequired),
            Violation::new("/roles/2", Code::Duplicate),
        ];
        assert_eq!(content.check(), Err(Refusal::Invalid(expected)));
    }

    #[test]
    fn weak_passwords_are_short_monotonous_or_the_own_name() {
        for password in ["short", "aaaaaaaaaaaa", "xugou-1-2023", "巡检巡检巡检巡检巡检"] {
            assert!(check_password("/new", password, "xugou-1").is_err(), "{password}");
        }
        assert_eq!(check_password("/new", "海州湾的潮水很准时呀", "xugou-1"), Ok(()));
    }
}
