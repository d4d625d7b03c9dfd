//! The first administrator, and further ones from the command line.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;

use shared::config::Settings;
use shared::domain::account::{AccountContent, check_password};
use shared::domain::actor::{Actor, Grant, Role};
use shared::domain::id::Id;
use shared::store::account::{self, NewPassword};
use shared::store::{Store, StoreError};

use crate::password;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Makes the first administrator while no account exists: with the password of the settings, which
/// is their own, or with a generated one, which is initial and stands in `<data>/initial-admin`.
pub fn make_first(store: &Store, settings: &Settings) -> Outcome<()> {
    if store.with(account::any)? {
        return Ok(());
    }
    let username = &settings.admin_username;
    if let Some(secret) = &settings.admin_password {
        check_password("XUNJIAN_ADMIN_PASSWORD", secret.expose(), username)
            .map_err(|_| "XUNJIAN_ADMIN_PASSWORD is too short, too simple or holds the username")?;
        let hash = password::hash(secret.expose())?;
        insert(store, username, &NewPassword { hash, initial: false })?;
        return Ok(());
    }
    // Written beside and renamed when the account stands, so that of two processes that start at
    // once the one whose account it is leaves the file.
    let password = password::generate();
    let path = settings.data_dir.join("initial-admin");
    let beside = settings.data_dir.join(format!("initial-admin.{}", std::process::id()));
    fs::create_dir_all(&settings.data_dir)?;
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    writeln!(file, "{username}\n{password}")?;
    file.sync_all()?;
    let hash = password::hash(&password)?;
    if insert(store, username, &NewPassword { hash, initial: true })? {
        fs::rename(&beside, &path)?;
        tracing::info!(file = %path.display(), "the first administrator's initial password stands in this file");
    } else {
        fs::remove_file(&beside)?;
    }
    Ok(())
}

/// Makes an administrator and returns the initial password.
pub fn make(store: &Store, username: &str) -> Outcome<String> {
    let password = password::generate();
    let hash = password::hash(&password)?;
    if insert(store, username, &NewPassword { hash, initial: true })? {
        Ok(password)
    } else {
        Err(format!("an account {username} exists").into())
    }
}

/// Whether the account was made: not where one of this name exists.
fn insert(store: &Store, username: &str, password: &NewPassword) -> Outcome<bool> {
    let content = AccountContent {
        username: username.to_owned(),
        display_name: "系统管理员".to_owned(),
        email: None,
        roles: vec![Grant { role: Role::Admin, unit_id: None }],
    };
    content.check().map_err(|_| format!("{username} is no username"))?;
    let actor = Actor::system("create-admin");
    let made = store.write(&actor, "create-admin", |tx| account::create(tx, Id::new(), &content, password));
    match made {
        Ok(_) => Ok(true),
        Err(StoreError::Duplicate(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
