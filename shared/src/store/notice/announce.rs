//! Notices written with their event, in its transaction: no notice without its change, no change
//! without its notice.

use std::collections::HashSet;

use diesel::prelude::*;

use super::{Directory, NewNotice, directory, insert};
use crate::domain::campaign::Campaign;
use crate::domain::id::Id;
use crate::domain::notice::{Audience, Recipient};
use crate::domain::notice_content::{MailContent, Matter, NoticeContent};
use crate::store::schema::units;
use crate::store::{StoreResult, Write};

/// An event that is told. Whom it is told to beside the unit follows from its kind.
#[derive(Debug)]
pub struct Announcement<'a> {
    pub campaign: &'a Campaign,
    /// The unit concerned.
    pub unit_id: Id,
    /// Kind and id of the record that it happened to, as in its path (`"rectifications"`).
    pub record: (&'a str, Id),
    /// What happened.
    pub matter: Matter,
}

/// Writes the event's notices, one to each recipient; `undeliverable` where there is no address.
pub fn announce(tx: &mut Write<'_>, event: &Announcement<'_>) -> StoreResult<()> {
    announce_to(tx, event, event.matter.told_to(), &[])
}

/// The same to these audiences of the unit, and to these inspectors.
pub fn announce_to(
    tx: &mut Write<'_>,
    event: &Announcement<'_>,
    audiences: &[Audience],
    inspector_ids: &[Id],
) -> StoreResult<()> {
    let campaign = event.campaign;
    let (unit, restricted) = units::table
        .find(event.unit_id)
        .select((units::name, units::restricted))
        .first::<(String, bool)>(tx.conn)?;
    let directory = Directory::of(tx.conn, &[event.unit_id])?;
    let of_unit = |audience: &Audience| directory.recipients(*audience, event.unit_id);
    let mut recipients: Vec<Recipient> = audiences.iter().flat_map(of_unit).collect();
    recipients.extend(directory::people(tx.conn, Audience::Inspectors, inspector_ids)?);
    let event_id = Id::new();
    let mut told = HashSet::new();
    // Who is both liaison and leader gets one mail.
    for recipient in recipients.iter().filter(|recipient| told.insert(recipient.key())) {
        let content = NoticeContent {
            campaign_name: Some(campaign.content.name.clone()),
            document_number: campaign.content.document_number.clone(),
            audience: recipient.audience,
            units: vec![unit.clone()],
            office: campaign.content.office.clone(),
            written_on: campaign.today(tx.now),
            mail_content: if restricted { MailContent::LinkOnly } else { campaign.content.mail_content },
            matter: event.matter.clone(),
        };
        let notice = NewNotice {
            campaign_id: Some(campaign.id),
            event_key: event_id.to_string(),
            recipient,
            unit_id: Some(event.unit_id),
            record: event.record,
            due_at: tx.now,
            content: &content,
        };
        insert(tx, &notice)?;
    }
    Ok(())
}
