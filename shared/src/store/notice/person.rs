//! Notices outside any campaign: to one person about the own account, and to an address that was given up.

use diesel::prelude::*;

use super::recheck::{Verdict, redirect};
use super::row::Row;
use super::{NewNotice, changed, forget_mail, insert};
use crate::domain::account::{Account, AccountStatus};
use crate::domain::email::EmailAddress;
use crate::domain::id::Id;
use crate::domain::notice::{About, Audience, Notice, NoticeStatus, Overtaken, Recipient};
use crate::domain::notice_content::{MailContent, Matter, NoticeContent};
use crate::domain::time_zone::TimeZone;
use crate::domain::unit::Unit;
use crate::messages::words;
use crate::store::schema::{accounts, notices, units};
use crate::store::{StoreResult, Write};

/// Tells the holder of an account something about it.
pub(in crate::store) fn tell_holder(
    tx: &mut Write<'_>,
    account: &Account,
    matter: Matter,
) -> StoreResult<()> {
    let own: Vec<Id> = account.grants.iter().filter_map(|grant| grant.unit_id).collect();
    let names = units::table.filter(units::id.eq_any(own)).order(units::id).select(units::name);
    let names = names.load(tx.conn)?;
    let recipient = Recipient {
        audience: Audience::Person,
        unit_id: None,
        account_id: Some(account.id),
        address: account.email.clone(),
    };
    tell(tx, &recipient, names, ("users", account.id), matter)
}

/// Tells an address of a unit that it is the unit's no more.
pub(in crate::store) fn tell_former_address(
    tx: &mut Write<'_>,
    unit: &Unit,
    audience: Audience,
    address: EmailAddress,
) -> StoreResult<()> {
    let recipient = Recipient { audience, unit_id: Some(unit.id), account_id: None, address: Some(address) };
    let names = vec![unit.content.name.clone()];
    tell(tx, &recipient, names, ("units", unit.id), Matter::ContactChanged)
}

fn tell(
    tx: &mut Write<'_>,
    recipient: &Recipient,
    units: Vec<String>,
    record: (&str, Id),
    matter: Matter,
) -> StoreResult<()> {
    let content = NoticeContent {
        campaign_name: None,
        document_number: None,
        audience: recipient.audience,
        units,
        office: words::OFFICE.to_owned(),
        written_on: tx.now.date_in(TimeZone::default().0),
        mail_content: MailContent::LinkOnly,
        matter,
    };
    let notice = NewNotice {
        campaign_id: None,
        event_key: Id::new().to_string(),
        recipient,
        unit_id: recipient.unit_id,
        record,
        due_at: tx.now,
        content: &content,
    };
    insert(tx, &notice).map(drop)
}

/// Looks again before the first attempt: a link still asks for something, and goes to the holder's address
/// of now. An address that was given up is told however late.
pub(super) fn recheck(tx: &mut Write<'_>, notice: &mut Notice, about: About) -> StoreResult<Verdict> {
    let Some(account_id) = notice.account_id else { return Ok(Verdict::Goes) };
    let (status, address, password_initial): (AccountStatus, Option<EmailAddress>, bool) = accounts::table
        .find(account_id)
        .select((accounts::status, accounts::email, accounts::password_initial))
        .first(tx.conn)?;
    if status != AccountStatus::Active {
        return Ok(Verdict::Overtaken(Overtaken::RecipientChanged));
    }
    if !password_initial {
        return Ok(Verdict::Overtaken(Overtaken::Settled));
    }
    let later: i64 = notices::table
        .filter(notices::account_id.eq(account_id))
        .filter(notices::audience.eq(Audience::Person))
        .filter(notices::id.gt(notice.id))
        .count()
        .get_result(tx.conn)?;
    if later > 0 {
        return Ok(Verdict::Overtaken(Overtaken::Replaced));
    }
    if address.is_none() {
        return Ok(Verdict::Undeliverable);
    }
    if address != notice.address {
        let holder = Recipient {
            audience: about.audience,
            unit_id: notice.unit_id,
            account_id: notice.account_id,
            address,
        };
        redirect(tx, notice, &holder)?;
    }
    Ok(Verdict::Goes)
}

/// Lets a successor have what was to be told to somebody and has not gone yet. What concerned the other
/// person's own account stays theirs, a notice that the successor gets anyway is not doubled, and what the
/// daily scan finds it tells the successor by itself.
pub(in crate::store) fn hand_over(tx: &mut Write<'_>, from: Id, to: &Account) -> StoreResult<()> {
    let open = [NoticeStatus::Pending, NoticeStatus::Retrying];
    let waiting = || {
        notices::table
            .filter(notices::account_id.eq(from))
            .filter(notices::audience.ne(Audience::Person))
            .filter(notices::status.eq_any(open))
    };
    let ids: Vec<Id> = waiting().order(notices::id).select(notices::id).load(tx.conn)?;
    for id in ids {
        crate::store::lock_row(tx.conn, "notices", id)?;
        // A worker may have taken it meanwhile.
        let row: Option<Row> =
            waiting().filter(notices::id.eq(id)).select(Row::as_select()).first(tx.conn).optional()?;
        let Some(row) = row else { continue };
        let (event_key, recipient) = (row.event_key.clone(), row.recipient.clone());
        let before = row.notice();
        // What cannot be read is set aside when its turn comes.
        let Some(About { kind, audience, .. }) = before.about else { continue };
        let successor = Recipient {
            audience,
            unit_id: before.unit_id,
            account_id: Some(to.id),
            address: to.email.clone(),
        };
        let told: i64 = notices::table
            .filter(notices::kind.eq(kind))
            .filter(notices::event_key.eq(event_key))
            .filter(notices::recipient.eq(successor.key()))
            .filter(notices::id.ne(id))
            .count()
            .get_result(tx.conn)?;
        if kind.is_scanned() || told > 0 {
            continue;
        }
        redirect(tx, &mut before.clone(), &successor)?;
        diesel::update(notices::table.find(id))
            .set(notices::version.eq(notices::version + 1))
            .execute(tx.conn)?;
        if successor.key() != recipient {
            forget_mail(tx, id)?;
        }
        changed(tx, "hand-over", &before, None)?;
    }
    Ok(())
}
