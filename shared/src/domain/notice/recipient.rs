//! Who is told.

use super::Audience;
use crate::domain::email::EmailAddress;
use crate::domain::id::Id;

/// One recipient of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// As whom they are told.
    pub audience: Audience,
    /// The unit that is told; none for the coordinators.
    pub unit_id: Option<Id>,
    /// Whose address it is, where it is an account's.
    pub account_id: Option<Id>,
    /// None where nobody of the audience has an address.
    pub address: Option<EmailAddress>,
}

impl Recipient {
    /// What tells recipients apart: the address, whoever's it is, so that nobody gets a mail twice.
    pub fn key(&self) -> String {
        match (&self.address, self.account_id, self.unit_id) {
            (Some(address), ..) => address.as_str().to_lowercase(),
            (None, Some(account_id), _) => format!("no address: {account_id}"),
            (None, None, Some(unit_id)) => format!("no address: {} of {unit_id}", self.audience),
            (None, None, None) => format!("no address: {}", self.audience),
        }
    }
}
