//! Signatures under forms and their supplements, and refusals to sign.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{FormRecord, Paper};
use crate::domain::form::{
    FormVerb, Marks, Medium, RefusalContent, Side, Signature, SignatureContent, SigningRefusal,
};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::refusal::{Code, Refusal, Violations};
use crate::domain::text::TextEnum;
use crate::store::schema::{form_refusals, form_signatures};
use crate::store::{DbConnection, StoreResult, Write, attachment};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = form_signatures)]
struct SignatureRow {
    id: Id,
    form_id: Id,
    supplement: Option<i32>,
    side: Side,
    name: String,
    post: String,
    medium: Medium,
    attachment_id: Option<Id>,
    account_id: Option<Id>,
    signed_at: Instant,
    received_at: Instant,
    received_from: Option<Id>,
    sha256: String,
    voided_at: Option<Instant>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = form_refusals)]
struct RefusalRow {
    id: Id,
    form_id: Id,
    reason: String,
    name: Option<String>,
    post: Option<String>,
    refused_at: Instant,
    received_at: Instant,
    recorded_by: Option<Id>,
    sha256: String,
    voided_at: Option<Instant>,
}

impl SignatureRow {
    fn signature(self) -> Signature {
        Signature {
            id: self.id,
            side: self.side,
            name: self.name,
            post: self.post,
            medium: self.medium,
            attachment_id: self.attachment_id,
            account_id: self.account_id,
            signed_at: self.signed_at,
            received_at: self.received_at,
            sha256: self.sha256,
            voided_at: self.voided_at,
        }
    }
}

impl RefusalRow {
    fn refusal(self) -> SigningRefusal {
        SigningRefusal {
            id: self.id,
            reason: self.reason,
            name: self.name,
            post: self.post,
            refused_at: self.refused_at,
            received_at: self.received_at,
            recorded_by: self.recorded_by,
            sha256: self.sha256,
            voided_at: self.voided_at,
        }
    }
}

/// What stands under these forms themselves, the void included.
pub(super) fn of_forms(conn: &mut DbConnection, form_ids: &[Id]) -> StoreResult<HashMap<Id, Marks>> {
    let mut marks: HashMap<Id, Marks> = HashMap::new();
    let signatures: Vec<SignatureRow> = form_signatures::table
        .filter(form_signatures::form_id.eq_any(form_ids))
        .filter(form_signatures::supplement.is_null())
        .order((form_signatures::received_at, form_signatures::id))
        .select(SignatureRow::as_select())
        .load(conn)?;
    for row in signatures {
        marks.entry(row.form_id).or_default().signatures.push(row.signature());
    }
    let refusals: Vec<RefusalRow> = form_refusals::table
        .filter(form_refusals::form_id.eq_any(form_ids))
        .order((form_refusals::received_at, form_refusals::id))
        .select(RefusalRow::as_select())
        .load(conn)?;
    for row in refusals {
        marks.entry(row.form_id).or_default().refusals.push(row.refusal());
    }
    Ok(marks)
}

/// The signatures under the supplements of a form, by the supplement's number.
pub(super) fn of_supplements(conn: &mut DbConnection, form_id: Id) -> StoreResult<Vec<(i32, Signature)>> {
    let rows: Vec<SignatureRow> = form_signatures::table
        .filter(form_signatures::form_id.eq(form_id))
        .filter(form_signatures::supplement.is_not_null())
        .order((form_signatures::received_at, form_signatures::id))
        .select(SignatureRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.supplement.unwrap_or_default(), row.signature())).collect())
}

/// Takes in a signature under a form; `pointer` is its own in the request.
///
/// # Errors
/// [`Code::Duplicate`] where the caller has signed for this side already; a picture that is not the caller's.
pub fn add_signature<P: Paper>(
    tx: &mut Write<'_>,
    before: &FormRecord<P>,
    content: SignatureContent,
    pointer: &str,
) -> StoreResult<FormRecord<P>> {
    let account = tx.actor.account_id.filter(|_| content.medium == Medium::Account);
    if account.is_some_and(|account| before.marks.has_signed(content.side, account)) {
        return Err(Refusal::invalid(format!("{pointer}/side"), Code::Duplicate).into());
    }
    let sha256 = before.signed_sha256()?;
    insert_signature(tx, before, None, content, sha256, pointer)?;
    before.moved(tx, FormVerb::Sign.as_str(), None, |_| ())
}

/// Writes a signature under a form or one of its supplements.
pub(super) fn insert_signature<P: Paper>(
    tx: &mut Write<'_>,
    record: &FormRecord<P>,
    supplement: Option<i32>,
    content: SignatureContent,
    sha256: String,
    pointer: &str,
) -> StoreResult<()> {
    let mut violations = Violations::default();
    content.check(&mut violations, pointer, tx.now);
    violations.refuse()?;
    if let Some(id) = content.attachment_id {
        let named = [(format!("{pointer}/attachment_id"), id)];
        attachment::link_each(tx, &named, &record.link_target())?;
    }
    let row = SignatureRow {
        id: Id::new(),
        form_id: record.form.id,
        supplement,
        side: content.side,
        name: content.name,
        post: content.post,
        medium: content.medium,
        attachment_id: content.attachment_id,
        account_id: tx.actor.account_id.filter(|_| content.medium == Medium::Account),
        signed_at: content.signed_at.unwrap_or(tx.now),
        received_at: tx.now,
        received_from: tx.actor.account_id,
        sha256,
        voided_at: None,
    };
    diesel::insert_into(form_signatures::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Notes that the unit does not sign; `pointer` is the refusal's own in the request.
pub fn add_refusal<P: Paper>(
    tx: &mut Write<'_>,
    before: &FormRecord<P>,
    content: RefusalContent,
    pointer: &str,
) -> StoreResult<FormRecord<P>> {
    let mut violations = Violations::default();
    content.check(&mut violations, pointer, tx.now);
    violations.refuse()?;
    let reason = content.reason.clone();
    let row = RefusalRow {
        id: Id::new(),
        form_id: before.form.id,
        reason: content.reason,
        name: content.name,
        post: content.post,
        refused_at: content.refused_at.unwrap_or(tx.now),
        received_at: tx.now,
        recorded_by: tx.actor.account_id,
        sha256: before.signed_sha256()?,
        voided_at: None,
    };
    diesel::insert_into(form_refusals::table).values(row).execute(tx.conn)?;
    before.moved(tx, FormVerb::RefuseToSign.as_str(), Some(&reason), |_| ())
}

/// Takes the force from everything under a form, which stays with the instant at which it lost it.
pub(super) fn void_all(tx: &mut Write<'_>, form_id: Id) -> StoreResult<()> {
    let signatures = form_signatures::table
        .filter(form_signatures::form_id.eq(form_id))
        .filter(form_signatures::voided_at.is_null());
    diesel::update(signatures).set(form_signatures::voided_at.eq(tx.now)).execute(tx.conn)?;
    let refusals = form_refusals::table
        .filter(form_refusals::form_id.eq(form_id))
        .filter(form_refusals::voided_at.is_null());
    diesel::update(refusals).set(form_refusals::voided_at.eq(tx.now)).execute(tx.conn)?;
    Ok(())
}

/// The accounts by which a form was signed for the team.
pub(super) fn team_accounts(marks: &Marks) -> Vec<Id> {
    let of_team =
        marks.signatures.iter().filter(|one| one.side == Side::Inspector && one.voided_at.is_none());
    let mut accounts: Vec<Id> = of_team.filter_map(|one| one.account_id).collect();
    accounts.sort_unstable();
    accounts.dedup();
    accounts
}
