//! Accounts whose holders set their passwords by one-time links.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::json;

use super::{KIND, NewPassword, create, update};
use crate::domain::account::{Account, AccountContent};
use crate::domain::id::Id;
use crate::domain::notice_content::{AccountRef, Matter};
use crate::store::audit::{self, Event};
use crate::store::{StoreResult, Write, notice, one_time_link, visit};

/// A hash that no password has: a login takes as long as any other, and never succeeds.
pub(super) fn nobodys() -> NewPassword {
    let (salt, hash) = (rand::random::<[u8; 16]>(), rand::random::<[u8; 32]>());
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    NewPassword { hash: format!("$argon2id$v=19$m=19456,t=2,p=1${salt}${hash}"), initial: true }
}

fn named(account: &Account) -> AccountRef {
    AccountRef {
        name: account.display_name.clone(),
        username: account.username.clone(),
        roles: account.grants.iter().map(|grant| grant.role).collect(),
        valid_hours: one_time_link::LIFE.num_hours(),
    }
}

/// Makes an account without a password that anybody knows, and sends its holder a one-time link.
///
/// # Errors
/// As [`create`].
pub fn invite(tx: &mut Write<'_>, id: Id, content: &AccountContent) -> StoreResult<Account> {
    let account = create(tx, id, content, &nobodys())?;
    notice::tell_holder(tx, &account, Matter::AccountInvited(named(&account)))?;
    Ok(account)
}

/// Ends an account's password, sessions and links, and sends its holder a new link.
pub fn reset_password(tx: &mut Write<'_>, before: &Account, after: Account) -> StoreResult<Account> {
    let account = update(tx, "reset-password", before, after, Some(&nobodys()))?;
    notice::tell_holder(tx, &account, Matter::PasswordReset(named(&account)))?;
    Ok(account)
}

/// Invites a successor and hands over to them what was still to be told, and the visits to come; `after` is the account that is
/// replaced, as it is then.
///
/// # Errors
/// As [`create`].
pub fn replace(
    tx: &mut Write<'_>,
    before: &Account,
    after: Account,
    successor: &AccountContent,
) -> StoreResult<Account> {
    let successor = invite(tx, Id::new(), successor)?;
    let after = Account { successor_id: Some(successor.id), ..after };
    let account = update(tx, "replace", before, after, None)?;
    let succeeded = Event {
        action: "succeed",
        after: Some(json!({"predecessor_id": account.id})),
        ..Event::about(KIND, successor.id)
    };
    audit::record(tx, succeeded)?;
    notice::hand_over(tx, account.id, &successor)?;
    visit::hand_over(tx, account.id, successor.id)?;
    Ok(account)
}
