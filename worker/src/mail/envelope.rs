//! Who a message goes from and to on the wire.

use lettre::Address;
use lettre::message::Mailbox;

/// Sender and recipient of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    from: Mailbox,
    recipient: Address,
}

/// The text is no address that every mail server takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    /// The setting `XUNJIAN_MAIL_FROM`.
    #[error("the sender is no address such as 巡检办 <xunjian@example.com>")]
    Sender,
    /// The recipient's address.
    #[error("the recipient's address is malformed, or not in ASCII")]
    Recipient,
}

impl Envelope {
    /// From a mailbox (`name <address>` or the bare address) to an address. Only ASCII addresses:
    /// others need a server that speaks SMTPUTF8 all the way to the recipient.
    pub fn new(from: &str, to: &str) -> Result<Self, InvalidAddress> {
        let from: Mailbox = from.parse().map_err(|_| InvalidAddress::Sender)?;
        let recipient: Address = to.parse().map_err(|_| InvalidAddress::Recipient)?;
        if !from.email.to_string().is_ascii() {
            return Err(InvalidAddress::Sender);
        }
        if !recipient.to_string().is_ascii() {
            return Err(InvalidAddress::Recipient);
        }
        Ok(Self { from, recipient })
    }

    /// The sender's address.
    pub fn sender(&self) -> &Address {
        &self.from.email
    }

    /// The sender with its name, for the header.
    pub fn from_mailbox(&self) -> &Mailbox {
        &self.from
    }

    /// The recipient's address.
    pub fn recipient(&self) -> &Address {
        &self.recipient
    }
}
