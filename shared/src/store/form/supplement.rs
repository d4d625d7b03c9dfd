//! Supplements and objections to sealed forms.

use diesel::prelude::*;

use super::{FormRecord, Paper, mark};
use crate::domain::canonical::{canonical_json, sha256};
use crate::domain::form::{
    FormSupplement, FormSupplementContent, FormSupplementKind, Medium, Signature, SignatureContent,
};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::refusal::{Code, Refusal};
use crate::store::schema::form_supplements;
use crate::store::{DbConnection, StoreResult, Write};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = form_supplements)]
struct Row {
    id: Id,
    form_id: Id,
    number: i32,
    kind: FormSupplementKind,
    text: String,
    created_by: Option<Id>,
    created_by_name: String,
    created_at: Instant,
}

/// The supplements of a form, in the order of their numbers.
pub fn supplements(conn: &mut DbConnection, form_id: Id) -> StoreResult<Vec<FormSupplement>> {
    let rows: Vec<Row> = form_supplements::table
        .filter(form_supplements::form_id.eq(form_id))
        .order(form_supplements::number)
        .select(Row::as_select())
        .load(conn)?;
    let mut signatures = mark::of_supplements(conn, form_id)?;
    let supplement = |row: Row| FormSupplement {
        id: row.id,
        number: row.number,
        content: FormSupplementContent { kind: row.kind, text: row.text },
        signatures: signatures
            .extract_if(.., |(number, _)| *number == row.number)
            .map(|(_, signature)| signature)
            .collect(),
        created_by: row.created_by,
        created_by_name: row.created_by_name,
        created_at: row.created_at,
    };
    Ok(rows.into_iter().map(supplement).collect())
}

/// One supplement of a form.
pub fn supplement(conn: &mut DbConnection, form_id: Id, number: i32) -> StoreResult<FormSupplement> {
    let all = supplements(conn, form_id)?;
    all.into_iter().find(|one| one.number == number).ok_or_else(|| Refusal::NotFound.into())
}

/// Adds a supplement, which raises the form's version.
///
/// # Errors
/// [`Refusal::IdTaken`].
pub fn add_supplement<P: Paper>(
    tx: &mut Write<'_>,
    before: &FormRecord<P>,
    id: Id,
    content: FormSupplementContent,
) -> StoreResult<(FormRecord<P>, FormSupplement)> {
    if crate::store::exists(tx.conn, "form_supplements", id)? {
        return Err(Refusal::IdTaken.into());
    }
    let last = supplements(tx.conn, before.form.id)?.last().map_or(0, |last| last.number);
    let row = Row {
        id,
        form_id: before.form.id,
        number: last + 1,
        kind: content.kind,
        text: content.text,
        created_by: tx.actor.account_id,
        created_by_name: tx.actor.name.clone(),
        created_at: tx.now,
    };
    diesel::insert_into(form_supplements::table).values(row).execute(tx.conn)?;
    let after = before.moved(tx, "supplement", None, |_| ())?;
    let supplement = supplement(tx.conn, before.form.id, last + 1)?;
    Ok((after, supplement))
}

/// Takes in a signature under a supplement, which raises the form's version.
///
/// # Errors
/// [`Code::OutOfRange`] for the team's signature under an objection; [`Code::Duplicate`] where the caller has
/// signed for this side already.
pub fn sign_supplement<P: Paper>(
    tx: &mut Write<'_>,
    before: &FormRecord<P>,
    supplement: &FormSupplement,
    content: SignatureContent,
) -> StoreResult<(FormRecord<P>, FormSupplement)> {
    if !supplement.content.kind.sides().contains(&content.side) {
        return Err(Refusal::invalid("/side", Code::OutOfRange).into());
    }
    let by_account = content.medium == Medium::Account;
    let again =
        |one: &Signature| by_account && one.side == content.side && one.account_id == tx.actor.account_id;
    if supplement.signatures.iter().any(again) {
        return Err(Refusal::invalid("/side", Code::Duplicate).into());
    }
    let hash = sha256(&canonical_json(&supplement.signed_content(&before.form)));
    mark::insert_signature(tx, before, Some(supplement.number), content, hash, "")?;
    let after = before.moved(tx, "sign-supplement", None, |_| ())?;
    let supplement = self::supplement(tx.conn, before.form.id, supplement.number)?;
    Ok((after, supplement))
}
