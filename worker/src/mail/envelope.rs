//! Who a message goes from and to on the wire.

use std::str::FromStr;

use lettre::Address;
use lettre::message::Mailbox;

/// The sender of every mail: a name and an address, or the bare address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(Mailbox);

/// Sender and recipient of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    sender: Sender,
    recipient: Address,
}

/// The text is no address that every mail server takes: malformed, or not in ASCII. Others need
/// servers that speak SMTPUTF8 all the way to the recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no address in ASCII such as xunjian@example.com")]
pub struct InvalidAddress;

impl Sender {
    /// Name and address, for the header.
    pub(super) fn mailbox(&self) -> &Mailbox {
        &self.0
    }

    /// The address.
    pub fn address(&self) -> &Address {
        &self.0.email
    }
}

/// The setting `XUNJIAN_MAIL_FROM`.
impl FromStr for Sender {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let mailbox: Mailbox = text.parse().map_err(|_| InvalidAddress)?;
        ascii(&mailbox.email)?;
        Ok(Self(mailbox))
    }
}

impl Envelope {
    /// To one recipient's address.
    pub fn new(sender: &Sender, recipient: &str) -> Result<Self, InvalidAddress> {
        let recipient: Address = recipient.parse().map_err(|_| InvalidAddress)?;
        ascii(&recipient)?;
        Ok(Self { sender: sender.clone(), recipient })
    }

    /// From whom.
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// To whom.
    pub fn recipient(&self) -> &Address {
        &self.recipient
    }
}

fn ascii(address: &Address) -> Result<(), InvalidAddress> {
    if AsRef::<str>::as_ref(address).is_ascii() { Ok(()) } else { Err(InvalidAddress) }
}
