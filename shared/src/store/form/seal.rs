//! Seals: the bytes that a form is kept as.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::Value;

use super::{FormRecord, Paper};
use crate::domain::canonical::{canonical_json, sha256};
use crate::domain::form::{Difference, FormStatus, FormVerb, Seal, Stamp, document, first_difference};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::refusal::{Refusal, Violations};
use crate::domain::text::TextEnum;
use crate::store::schema::form_seals;
use crate::store::{DbConnection, StoreError, StoreResult, Write, attachment};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = form_seals)]
struct Row {
    form_id: Id,
    content: String,
    sha256: String,
    stamp: Option<String>,
    sealed_at: Instant,
    sealed_by: Option<Id>,
    sealed_by_name: String,
}

impl Row {
    fn seal(self) -> StoreResult<Seal> {
        Ok(Seal {
            content: self.content,
            sha256: self.sha256,
            stamp: self.stamp.as_deref().map(serde_json::from_str).transpose()?,
            sealed_at: self.sealed_at,
            sealed_by: self.sealed_by,
            sealed_by_name: self.sealed_by_name,
        })
    }
}

/// The seals of those of these forms that have one.
pub(super) fn of_forms(conn: &mut DbConnection, form_ids: &[Id]) -> StoreResult<HashMap<Id, Seal>> {
    let rows: Vec<Row> =
        form_seals::table.filter(form_seals::form_id.eq_any(form_ids)).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(|row| Ok((row.form_id, row.seal()?))).collect()
}

/// Seals a form as it stands, under the stamp where it asks for one.
///
/// # Errors
/// What is missing under it (R36), or was signed as it read before; a stamp that is not well-formed or not the caller's.
pub fn seal<P: Paper>(
    tx: &mut Write<'_>,
    before: &FormRecord<P>,
    status: FormStatus,
    stamp: Option<Stamp>,
) -> StoreResult<FormRecord<P>> {
    let mut violations = Violations::default();
    before.marks.check_sealable(&mut violations, &before.signed_sha256()?);
    if let Some(stamp) = &stamp {
        stamp.check(&mut violations);
    }
    violations.refuse()?;
    if let Some(id) = stamp.as_ref().and_then(|stamp| stamp.stamp_attachment_id) {
        let named = [("/stamp_attachment_id".to_owned(), id)];
        attachment::link_each(tx, &named, &before.link_target())?;
    }
    let bytes = canonical_json(&before.document(stamp.as_ref())?);
    let row = Row {
        form_id: before.form.id,
        sha256: sha256(&bytes),
        content: String::from_utf8(bytes).map_err(|error| StoreError::Broken(error.to_string()))?,
        stamp: stamp.as_ref().map(serde_json::to_string).transpose()?,
        sealed_at: tx.now,
        sealed_by: tx.actor.account_id,
        sealed_by_name: tx.actor.name.clone(),
    };
    diesel::insert_into(form_seals::table).values(row).execute(tx.conn)?;
    before.paper.sealed(tx, before.form.id)?;
    before.moved(tx, FormVerb::Seal.as_str(), None, |form| form.status = status)
}

/// Whether a sealed form still is what was sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verification {
    /// It is; the hash of the sealed bytes.
    Valid(String),
    /// It is not; the first field that differs.
    Differs(Difference),
}

/// Holds the records of a form against the bytes that were sealed.
///
/// # Errors
/// [`Refusal::NotFound`] where it was never sealed.
pub fn verification<P: Paper>(record: &FormRecord<P>) -> StoreResult<Verification> {
    let seal = record.seal.as_ref().ok_or(Refusal::NotFound)?;
    let kept: Value = serde_json::from_str(&seal.content)?;
    let now = record.document(seal.stamp.as_ref())?;
    if let Some(difference) = first_difference(&kept, &now) {
        return Ok(Verification::Differs(difference));
    }
    if sha256(seal.content.as_bytes()) == seal.sha256 {
        Ok(Verification::Valid(seal.sha256.clone()))
    } else {
        // The bytes say the same, and are not those that were sealed.
        Ok(Verification::Differs(Difference(String::new())))
    }
}

impl<P: Paper> FormRecord<P> {
    fn document(&self, stamp: Option<&Stamp>) -> StoreResult<Value> {
        Ok(document(&self.form, serde_json::to_value(&self.paper)?, &self.marks, stamp))
    }
}
