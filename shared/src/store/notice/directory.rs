//! Whom a notice goes to: the unit's active liaisons, else its contact; its leader; the coordinators.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::domain::account::AccountStatus;
use crate::domain::actor::Role;
use crate::domain::email::EmailAddress;
use crate::domain::id::Id;
use crate::domain::notice::{Audience, Recipient};
use crate::store::readable::Readable;
use crate::store::schema::{account_grants, accounts, units};
use crate::store::{DbConnection, StoreResult};

/// What is stored as an address: what is none reaches nobody, and keeps nobody else from being told.
type Address = Readable<Option<EmailAddress>>;

/// An account's address.
#[derive(Queryable)]
struct Holder {
    account_id: Id,
    unit_id: Option<Id>,
    address: Address,
}

/// The addresses of a unit that are not accounts'.
#[derive(Queryable)]
struct Addresses {
    unit_id: Id,
    contact: Address,
    leader: Address,
}

/// The addresses of some units and of those who work for the whole district, as they are now.
pub(in crate::store) struct Directory {
    units: Vec<Addresses>,
    liaisons: Vec<Holder>,
    /// Who works for the whole district, by role.
    district: Vec<(Role, Id, Address)>,
}

impl Directory {
    /// Reads it.
    pub(in crate::store) fn of(conn: &mut DbConnection, unit_ids: &[Id]) -> StoreResult<Self> {
        let holders = |role: Role| {
            account_grants::table
                .inner_join(accounts::table.on(accounts::id.eq(account_grants::account_id)))
                .filter(account_grants::role.eq(role))
                .filter(accounts::status.eq(AccountStatus::Active))
                .filter(accounts::email.is_not_null())
                .order(accounts::id)
                .select((accounts::id, account_grants::unit_id, accounts::email))
        };
        let district = account_grants::table
            .inner_join(accounts::table.on(accounts::id.eq(account_grants::account_id)))
            .filter(account_grants::role.eq_any([Role::Coordinator, Role::Leader, Role::Discipline]))
            .filter(accounts::status.eq(AccountStatus::Active))
            .filter(accounts::email.is_not_null())
            .order(accounts::id)
            .select((account_grants::role, accounts::id, accounts::email))
            .load(conn)?;
        Ok(Self {
            units: units::table
                .filter(units::id.eq_any(unit_ids))
                .select((units::id, units::contact_email, units::leader_email))
                .load(conn)?,
            liaisons: holders(Role::Liaison)
                .filter(account_grants::unit_id.eq_any(unit_ids.iter().copied().map(Some)))
                .load(conn)?,
            district,
        })
    }

    /// Everybody of an audience for what concerns a unit; one without an address where nobody has one.
    pub(in crate::store) fn recipients(&self, audience: Audience, unit_id: Id) -> Vec<Recipient> {
        let unit = self.units.iter().find(|unit| unit.unit_id == unit_id);
        let of_unit =
            |account_id, address| Recipient { audience, unit_id: Some(unit_id), account_id, address };
        let mut found: Vec<Recipient> = match audience {
            Audience::Unit => {
                let liaisons = self.liaisons.iter().filter(|holder| holder.unit_id == Some(unit_id));
                let mut found: Vec<_> = liaisons
                    .map(|holder| {
                        of_unit(Some(holder.account_id), readable(holder.account_id, &holder.address))
                    })
                    .collect();
                found.retain(|recipient| recipient.address.is_some());
                if found.is_empty() {
                    found.push(of_unit(None, unit.and_then(|unit| readable(unit_id, &unit.contact))));
                }
                found
            }
            // Told about the own account, and to nobody as a unit.
            Audience::Person => Vec::new(),
            Audience::UnitLeader => {
                vec![of_unit(None, unit.and_then(|unit| readable(unit_id, &unit.leader)))]
            }
            Audience::Coordinators | Audience::Leaders | Audience::Discipline => self.of_district(audience),
            // They are told by name: see `people`.
            Audience::Inspectors => Vec::new(),
        };
        let mut seen = HashSet::new();
        found.retain(|recipient| seen.insert(recipient.key()));
        found
    }

    /// Everybody of an audience that works for the whole district, one without an address where nobody has one;
    /// nobody of the others.
    fn of_district(&self, audience: Audience) -> Vec<Recipient> {
        let role = match audience {
            Audience::Unit | Audience::UnitLeader | Audience::Person | Audience::Inspectors => {
                return Vec::new();
            }
            Audience::Coordinators => Role::Coordinator,
            Audience::Leaders => Role::Leader,
            Audience::Discipline => Role::Discipline,
        };
        let recipient = |account_id, address| Recipient { audience, unit_id: None, account_id, address };
        let holders = self.district.iter().filter(|(of, ..)| *of == role);
        let mut found: Vec<_> =
            holders.map(|(_, id, address)| recipient(Some(*id), readable(*id, address))).collect();
        found.retain(|recipient| recipient.address.is_some());
        if found.is_empty() {
            found.push(recipient(None, None));
        }
        found
    }
}

/// These persons, as far as their accounts are in use; without an address where they have none.
pub(in crate::store) fn people(
    conn: &mut DbConnection,
    audience: Audience,
    account_ids: &[Id],
) -> StoreResult<Vec<Recipient>> {
    if account_ids.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<(Id, Address)> = accounts::table
        .filter(accounts::id.eq_any(account_ids))
        .filter(accounts::status.eq(AccountStatus::Active))
        .order(accounts::id)
        .select((accounts::id, accounts::email))
        .load(conn)?;
    let recipient = |(id, address): (Id, Address)| Recipient {
        audience,
        unit_id: None,
        account_id: Some(id),
        address: readable(id, &address),
    };
    Ok(found.into_iter().map(recipient).collect())
}

/// The address of an account or a unit, where it is one.
fn readable(of: Id, address: &Address) -> Option<EmailAddress> {
    match &address.0 {
        Ok(address) => address.clone(),
        Err(reason) => {
            tracing::error!(%of, reason, "an address cannot be read");
            None
        }
    }
}
