//! Service accounts and their tokens, kept as hashes.

use diesel::prelude::*;

use super::account;
use super::audit::{self, Event};
use super::list::{any_of, load_page};
use super::schema::{service_accounts, units};
use super::{Db, DbConnection, Read, StoreResult, Write};
use crate::domain::actor::{Actor, Grant, Role, Service};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::page::{Listed, Page};
use crate::domain::record::RecordKind;
use crate::domain::refusal::{Code, Refusal, Violations};
use crate::domain::service_account::{ServiceAccount, ServiceAccountContent, ServiceAccountStatus};
use crate::domain::unit::UnitStatus;

const KIND: RecordKind = RecordKind::ServiceAccount;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = service_accounts)]
struct Row {
    id: Id,
    version: i64,
    name: String,
    unit_ids: Option<String>,
    read_only: bool,
    status: ServiceAccountStatus,
    expires_at: Instant,
    created_at: Instant,
}

impl Row {
    fn units(&self) -> StoreResult<Option<Vec<Id>>> {
        Ok(self.unit_ids.as_deref().map(serde_json::from_str).transpose()?)
    }

    fn service_account(self, roles: Vec<Role>) -> StoreResult<ServiceAccount> {
        let unit_ids = self.units()?;
        Ok(ServiceAccount {
            id: self.id,
            version: self.version,
            status: self.status,
            content: ServiceAccountContent {
                name: self.name,
                roles,
                unit_ids,
                read_only: self.read_only,
                expires_at: self.expires_at,
            },
            created_at: self.created_at,
        })
    }
}

/// What lists of service accounts are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub statuses: Vec<ServiceAccountStatus>,
}

/// The service accounts that a caller may see: an admin all of them, others none.
fn visible_to(actor: &Actor) -> service_accounts::BoxedQuery<'static, Db> {
    let query = service_accounts::table.into_boxed();
    if actor.has(Role::Admin) { query } else { query.filter(service_accounts::id.eq_any(Vec::<Id>::new())) }
}

fn with_roles(conn: &mut DbConnection, rows: Vec<Row>) -> StoreResult<Vec<ServiceAccount>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let grants = account::grants_of(conn, &ids)?;
    let roles = |id: Id| {
        let mut roles: Vec<Role> = Vec::new();
        // A liaison has a grant for each unit.
        for (_, grant) in grants.iter().filter(|(account, _)| *account == id) {
            if !roles.contains(&grant.role) {
                roles.push(grant.role);
            }
        }
        roles
    };
    rows.into_iter()
        .map(|row| {
            let roles = roles(row.id);
            row.service_account(roles)
        })
        .collect()
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<ServiceAccount> {
    let rows = visible_to(actor).filter(service_accounts::id.eq(id)).select(Row::as_select()).load(conn)?;
    with_roles(conn, rows)?.pop().ok_or_else(|| Refusal::NotFound.into())
}

/// One service account in the caller's scope.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<ServiceAccount> {
    find(read.conn, read.actor, id)
}

/// One service account in the caller's scope, locked until the write ends.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<ServiceAccount> {
    super::lock_row(tx.conn, "service_accounts", id)?;
    find(tx.conn, tx.actor, id)
}

/// The service accounts in the caller's scope.
pub fn list(read: &mut Read<'_>, filter: &Filter, page: &Page) -> StoreResult<Listed<ServiceAccount>> {
    let query = || {
        let mut query = visible_to(read.actor);
        any_of!(query, service_accounts::status => filter.statuses);
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, service_accounts::id, Row);
    let all = with_roles(read.conn, rows)?;
    Ok(page.cut(all, |service| service.id, total))
}

/// Makes a service account with the hash of its secret.
///
/// # Errors
/// [`Refusal::IdTaken`], [`Refusal::Taken`] for the name; units that do not exist or have ended.
pub fn create(
    tx: &mut Write<'_>,
    id: Id,
    content: ServiceAccountContent,
    token_hash: &str,
) -> StoreResult<ServiceAccount> {
    check_units(tx.conn, content.unit_ids.as_deref().unwrap_or_default())?;
    if super::exists(tx.conn, "accounts", id)? {
        return Err(Refusal::IdTaken.into());
    }
    account::insert_service(tx, id, &content.name, &grants(&content))?;
    let row = Row {
        id,
        version: 1,
        name: content.name.clone(),
        unit_ids: content.unit_ids.as_ref().map(serde_json::to_string).transpose()?,
        read_only: content.read_only,
        status: ServiceAccountStatus::Active,
        expires_at: content.expires_at,
        created_at: tx.now,
    };
    diesel::insert_into(service_accounts::table)
        .values((row, service_accounts::token_hash.eq(token_hash)))
        .execute(tx.conn)?;
    let service =
        ServiceAccount { id, version: 1, status: ServiceAccountStatus::Active, content, created_at: tx.now };
    record(tx, "create", None, &service)?;
    Ok(service)
}

/// Its roles as an account holds them: a liaison's for each unit.
fn grants(content: &ServiceAccountContent) -> Vec<Grant> {
    let units = content.unit_ids.clone().unwrap_or_default();
    let of = |role: &Role| match role {
        Role::Liaison => units.iter().map(|id| Grant { role: *role, unit_id: Some(*id) }).collect(),
        _ => vec![Grant { role: *role, unit_id: None }],
    };
    content.roles.iter().flat_map(of).collect()
}

fn check_units(conn: &mut DbConnection, ids: &[Id]) -> StoreResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let known: Vec<(Id, UnitStatus)> =
        units::table.filter(units::id.eq_any(ids)).select((units::id, units::status)).load(conn)?;
    let mut violations = Violations::default();
    for (index, id) in ids.iter().enumerate() {
        let pointer = format!("/unit_ids/{index}");
        let status = known.iter().find(|(known, _)| known == id).map(|(_, status)| *status);
        violations.require(status.is_some(), pointer.clone(), Code::NotFound);
        let ended = status.is_some_and(|status| status != UnitStatus::Active);
        violations.require(!ended, pointer, Code::UnitEnded);
    }
    Ok(violations.refuse()?)
}

/// Changes a service account: another secret, another expiry, or its end.
pub fn update(
    tx: &mut Write<'_>,
    action: &str,
    before: &ServiceAccount,
    after: ServiceAccount,
    token_hash: Option<&str>,
) -> StoreResult<ServiceAccount> {
    let service = ServiceAccount { version: before.version + 1, ..after };
    diesel::update(service_accounts::table.find(service.id))
        .set((
            service_accounts::version.eq(service.version),
            service_accounts::status.eq(service.status),
            service_accounts::expires_at.eq(service.content.expires_at),
        ))
        .execute(tx.conn)?;
    if let Some(token_hash) = token_hash {
        diesel::update(service_accounts::table.find(service.id))
            .set(service_accounts::token_hash.eq(token_hash))
            .execute(tx.conn)?;
    }
    record(tx, action, Some(before), &service)?;
    Ok(service)
}

/// The caller behind a token, `None` where it is unknown, revoked or expired.
pub fn resume(conn: &mut DbConnection, token_hash: &str, now: Instant) -> StoreResult<Option<Actor>> {
    let row: Option<Row> = service_accounts::table
        .filter(service_accounts::token_hash.eq(token_hash))
        .filter(service_accounts::status.eq(ServiceAccountStatus::Active))
        .filter(service_accounts::expires_at.gt(now))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let grants = account::grants_of(conn, &[row.id])?.into_iter().map(|(_, grant)| grant).collect();
    let service = Service { read_only: row.read_only, unit_ids: row.units()? };
    Ok(Some(Actor { account_id: Some(row.id), name: row.name, grants, service: Some(service) }))
}

fn record(
    tx: &mut Write<'_>,
    action: &str,
    before: Option<&ServiceAccount>,
    after: &ServiceAccount,
) -> StoreResult<()> {
    let snapshot = |service: &ServiceAccount| -> StoreResult<serde_json::Value> {
        let mut all = serde_json::to_value(&service.content)?;
        all["status"] = serde_json::json!(service.status);
        Ok(all)
    };
    let event = Event {
        action,
        before: before.map(snapshot).transpose()?,
        after: Some(snapshot(after)?),
        ..Event::about(KIND, after.id)
    };
    audit::record(tx, event)
}
