//! Accounts, their roles and passwords.

mod invite;

use std::collections::HashSet;

use diesel::prelude::*;

pub use invite::{invite, replace, reset_password};

use super::audit::{self, Event};
use super::list::{any_of, load_page};
use super::schema::{account_grants, accounts, units};
use super::{Db, DbConnection, Read, StoreResult, Write, one_time_link, session};
use crate::domain::account::{Account, AccountContent, AccountKind, AccountStatus};
use crate::domain::actor::{Actor, Grant, Role};
use crate::domain::email::EmailAddress;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::page::{Listed, Page};
use crate::domain::record::RecordKind;
use crate::domain::refusal::{Code, Refusal, Violation, Violations};
use crate::domain::unit::UnitStatus;

const KIND: RecordKind = RecordKind::User;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts)]
struct Row {
    id: Id,
    version: i64,
    username: String,
    display_name: String,
    email: Option<EmailAddress>,
    password_hash: String,
    password_initial: bool,
    status: AccountStatus,
    created_at: Instant,
    successor_id: Option<Id>,
    kind: AccountKind,
}

impl Row {
    fn account(self, grants: Vec<Grant>) -> Account {
        Account {
            id: self.id,
            version: self.version,
            username: self.username,
            display_name: self.display_name,
            email: self.email,
            password_initial: self.password_initial,
            status: self.status,
            successor_id: self.successor_id,
            created_at: self.created_at,
            grants,
        }
    }
}

/// A password as it is set: its argon2id hash, and whether its holder must change it.
#[derive(Clone, Debug)]
pub struct NewPassword {
    pub hash: String,
    pub initial: bool,
}

/// An account with the hash of its password, for login.
pub struct Credentials {
    pub account: Account,
    pub password_hash: String,
}

/// What lists of accounts are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub roles: Vec<Role>,
    pub unit_ids: Vec<Id>,
    pub statuses: Vec<AccountStatus>,
}

/// The accounts of people that a caller may see: admins and coordinators all of them, others their own.
fn visible_to(actor: &Actor) -> accounts::BoxedQuery<'static, Db> {
    let query = accounts::table.into_boxed().filter(accounts::kind.eq(AccountKind::Person));
    if actor.has(Role::Admin) || actor.has(Role::Coordinator) && actor.sees_all_units() {
        query
    } else {
        query.filter(accounts::id.eq_any(actor.account_id))
    }
}

pub(super) fn grants_of(conn: &mut DbConnection, ids: &[Id]) -> StoreResult<Vec<(Id, Grant)>> {
    let rows: Vec<(Id, Role, Option<Id>)> = account_grants::table
        .filter(account_grants::account_id.eq_any(ids))
        .order(account_grants::id)
        .select((account_grants::account_id, account_grants::role, account_grants::unit_id))
        .load(conn)?;
    Ok(rows.into_iter().map(|(account, role, unit_id)| (account, Grant { role, unit_id })).collect())
}

fn with_grants(conn: &mut DbConnection, rows: Vec<Row>) -> StoreResult<Vec<Account>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let grants = grants_of(conn, &ids)?;
    let of = |id: Id| grants.iter().filter(|(account, _)| *account == id).map(|(_, grant)| *grant).collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let grants = of(row.id);
            row.account(grants)
        })
        .collect())
}

/// Whether any account exists.
pub fn any(conn: &mut DbConnection) -> StoreResult<bool> {
    Ok(diesel::select(diesel::dsl::exists(accounts::table.select(accounts::id))).get_result(conn)?)
}

/// Those of the accounts that are in use and hold one of the roles.
pub(super) fn usable(conn: &mut DbConnection, ids: &[Id], roles: &[Role]) -> StoreResult<HashSet<Id>> {
    let holders =
        account_grants::table.filter(account_grants::role.eq_any(roles)).select(account_grants::account_id);
    let usable: Vec<Id> = accounts::table
        .filter(accounts::id.eq_any(ids))
        .filter(accounts::status.eq(AccountStatus::Active))
        .filter(accounts::kind.eq(AccountKind::Person))
        .filter(accounts::id.eq_any(holders))
        .select(accounts::id)
        .load(conn)?;
    Ok(usable.into_iter().collect())
}

/// An account that is in use, whoever asks.
pub(super) fn in_use(conn: &mut DbConnection, id: Id) -> StoreResult<Option<Account>> {
    let row = accounts::table.find(id).filter(accounts::status.eq(AccountStatus::Active));
    let row: Option<Row> = row.select(Row::as_select()).first(conn).optional()?;
    Ok(row.map(|row| credentials(conn, row)).transpose()?.map(|found| found.account))
}

/// The account of a name, whatever its state.
pub fn by_username(conn: &mut DbConnection, username: &str) -> StoreResult<Option<Credentials>> {
    let row: Option<Row> = accounts::table
        .filter(accounts::username.eq(username))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(|row| credentials(conn, row)).transpose()
}

/// The caller's own account.
pub fn own(conn: &mut DbConnection, actor: &Actor) -> StoreResult<Credentials> {
    let id = actor.account_id.ok_or(Refusal::NotFound)?;
    let row = accounts::table.find(id).select(Row::as_select()).first(conn)?;
    credentials(conn, row)
}

/// The same, locked until the write ends.
fn lock_own(tx: &mut Write<'_>) -> StoreResult<Credentials> {
    if let Some(id) = tx.actor.account_id {
        super::lock_row(tx.conn, "accounts", id)?;
    }
    own(tx.conn, tx.actor)
}

fn credentials(conn: &mut DbConnection, row: Row) -> StoreResult<Credentials> {
    let grants = grants_of(conn, &[row.id])?.into_iter().map(|(_, grant)| grant).collect();
    Ok(Credentials { password_hash: row.password_hash.clone(), account: row.account(grants) })
}

/// One account in the caller's scope.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<Account> {
    find(read.conn, read.actor, id)
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<Account> {
    let row: Row = visible_to(actor).filter(accounts::id.eq(id)).select(Row::as_select()).first(conn)?;
    Ok(credentials(conn, row)?.account)
}

/// One account in the caller's scope, locked until the write ends.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<Account> {
    super::lock_row(tx.conn, "accounts", id)?;
    find(tx.conn, tx.actor, id)
}

/// The accounts in the caller's scope.
pub fn list(read: &mut Read<'_>, filter: &Filter, page: &Page) -> StoreResult<Listed<Account>> {
    let query = || {
        let mut query = visible_to(read.actor);
        any_of!(query, accounts::status => filter.statuses);
        let holders = || account_grants::table.select(account_grants::account_id);
        if !filter.roles.is_empty() {
            let holders = holders().filter(account_grants::role.eq_any(filter.roles.clone()));
            query = query.filter(accounts::id.eq_any(holders));
        }
        if !filter.unit_ids.is_empty() {
            let members = holders().filter(account_grants::unit_id.eq_any(filter.unit_ids.clone()));
            query = query.filter(accounts::id.eq_any(members));
        }
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, accounts::id, Row);
    let accounts = with_grants(read.conn, rows)?;
    Ok(page.cut(accounts, |account| account.id, total))
}

/// Makes an account.
///
/// # Errors
/// [`Refusal::IdTaken`], [`Refusal::Taken`] for the name; a unit that does not exist.
pub fn create(
    tx: &mut Write<'_>,
    id: Id,
    content: &AccountContent,
    password: &NewPassword,
) -> StoreResult<Account> {
    check_references(tx, &content.roles, &[])?;
    if super::exists(tx.conn, "accounts", id)? {
        return Err(Refusal::IdTaken.into());
    }
    let row = Row {
        id,
        version: 1,
        username: content.username.clone(),
        display_name: content.display_name.clone(),
        email: content.email.clone(),
        password_hash: password.hash.clone(),
        password_initial: password.initial,
        status: AccountStatus::Active,
        created_at: tx.now,
        successor_id: None,
        kind: AccountKind::Person,
    };
    diesel::insert_into(accounts::table).values(&row).execute(tx.conn)?;
    insert_grants(tx, id, &content.roles)?;
    let account = row.account(content.roles.clone());
    audit::record(tx, Event { action: "create", after: Some(snapshot(&account)), ..Event::about(KIND, id) })?;
    Ok(account)
}

/// Makes the account by which records name a program. Nobody logs in with it.
pub(super) fn insert_service(tx: &mut Write<'_>, id: Id, name: &str, grants: &[Grant]) -> StoreResult<()> {
    let row = Row {
        id,
        version: 1,
        username: format!("service:{id}"),
        display_name: name.to_owned(),
        email: None,
        password_hash: invite::nobodys().hash,
        password_initial: false,
        status: AccountStatus::Active,
        created_at: tx.now,
        successor_id: None,
        kind: AccountKind::Service,
    };
    diesel::insert_into(accounts::table).values(&row).execute(tx.conn)?;
    insert_grants(tx, id, grants)
}

/// Changes an account; a new initial password, other roles or the end of its use end its sessions.
pub fn update(
    tx: &mut Write<'_>,
    action: &str,
    before: &Account,
    after: Account,
    password: Option<&NewPassword>,
) -> StoreResult<Account> {
    let mut account = Account { version: before.version + 1, ..after };
    diesel::update(accounts::table.find(account.id))
        .set((
            accounts::version.eq(account.version),
            accounts::display_name.eq(&account.display_name),
            accounts::email.eq(&account.email),
            accounts::status.eq(account.status),
            accounts::successor_id.eq(account.successor_id),
        ))
        .execute(tx.conn)?;
    if let Some(password) = password {
        account.password_initial = password.initial;
        diesel::update(accounts::table.find(account.id))
            .set((
                accounts::password_hash.eq(&password.hash),
                accounts::password_initial.eq(password.initial),
            ))
            .execute(tx.conn)?;
    }
    if account.grants != before.grants {
        check_references(tx, &account.grants, &before.grants)?;
        diesel::delete(account_grants::table.filter(account_grants::account_id.eq(account.id)))
            .execute(tx.conn)?;
        insert_grants(tx, account.id, &account.grants)?;
    }
    if password.is_some_and(|password| password.initial)
        || account.grants != before.grants
        || account.status == AccountStatus::Disabled
    {
        session::end_all(tx.conn, account.id)?;
    }
    if password.is_some() || account.status == AccountStatus::Disabled {
        one_time_link::end_all(tx.conn, account.id)?;
    }
    audit::record(
        tx,
        Event {
            action,
            before: Some(snapshot(before)),
            after: Some(snapshot(&account)),
            ..Event::about(KIND, account.id)
        },
    )?;
    Ok(account)
}

/// Changes the caller's own password, which was looked at outside of this transaction, and ends their other sessions.
///
/// # Errors
/// [`Code::WrongPassword`] at `/current` where another password, or none any more, holds meanwhile.
pub fn change_password(tx: &mut Write<'_>, checked: &str, hash: &str, token_hash: &str) -> StoreResult<()> {
    let Credentials { account: before, password_hash } = lock_own(tx)?;
    if password_hash != checked || before.status != AccountStatus::Active {
        return Err(Refusal::invalid("/current", Code::WrongPassword).into());
    }
    let password = NewPassword { hash: hash.to_owned(), initial: false };
    update(tx, "change-password", &before, before.clone(), Some(&password))?;
    session::end_others(tx.conn, before.id, token_hash)
}

/// Sets the caller's own password, which they have chosen themselves, and ends their sessions.
pub fn set_password(tx: &mut Write<'_>, hash: &str) -> StoreResult<()> {
    let before = lock_own(tx)?.account;
    let password = NewPassword { hash: hash.to_owned(), initial: false };
    update(tx, "set-password", &before, before.clone(), Some(&password))?;
    session::end_all(tx.conn, before.id)
}

fn insert_grants(tx: &mut Write<'_>, account_id: Id, grants: &[Grant]) -> StoreResult<()> {
    for grant in grants {
        diesel::insert_into(account_grants::table)
            .values((
                account_grants::id.eq(Id::new()),
                account_grants::account_id.eq(account_id),
                account_grants::role.eq(grant.role),
                account_grants::unit_id.eq(grant.unit_id),
            ))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// Refuses roles for units that do not exist or have ended. `kept` are those that the account held before.
fn check_references(tx: &mut Write<'_>, roles: &[Grant], kept: &[Grant]) -> StoreResult<()> {
    let new = |grant: &&Grant| !kept.contains(grant);
    let named: Vec<Id> = roles.iter().filter(new).filter_map(|grant| grant.unit_id).collect();
    if named.is_empty() {
        return Ok(());
    }
    let known: Vec<(Id, UnitStatus)> =
        units::table.filter(units::id.eq_any(&named)).select((units::id, units::status)).load(tx.conn)?;
    let mut violations = Violations::default();
    for (index, grant) in roles.iter().enumerate().filter(|(_, grant)| new(grant)) {
        let Some(id) = grant.unit_id else { continue };
        let pointer = format!("/roles/{index}/unit_id");
        match known.iter().find(|(known, _)| *known == id) {
            None => violations.push(Violation::new(pointer, Code::NotFound)),
            Some((_, UnitStatus::Active)) => {}
            Some(_) => violations.push(Violation::new(pointer, Code::UnitEnded)),
        }
    }
    Ok(violations.refuse()?)
}

/// What an audit event keeps of an account: no secret, no address.
fn snapshot(account: &Account) -> serde_json::Value {
    serde_json::json!({
        "username": account.username,
        "status": account.status,
        "roles": account.grants,
        "password_initial": account.password_initial,
    })
}
