//! Signed forms: the states, signatures, seals and supplements of every kind. What is written on a kind is its
//! own module's, which implements [`Paper`].

mod mark;
mod row;
mod seal;
mod supplement;
mod tell;

use std::collections::HashMap;

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

pub use mark::{add_refusal, add_signature};
pub use seal::{Verification, seal, verification};
pub use supplement::{add_supplement, sign_supplement, supplement, supplements};

use row::Row;

use super::audit::{self, Event};
use super::list::{any_of, load_page};
use super::schema::forms;
use super::{Db, DbConnection, Read, StoreResult, Write, attachment, campaign, visit};
use crate::domain::actor::Actor;
use crate::domain::attachment::LinkedTo;
use crate::domain::campaign::Campaign;
use crate::domain::canonical::{canonical_json, sha256};
use crate::domain::form::{
    Form, FormKind, FormStatus, FormVerb, Marks, Seal, permit_writing, signed_content,
};
use crate::domain::id::Id;
use crate::domain::machine::Subject;
use crate::domain::page::{Listed, Page};
use crate::domain::refusal::{Code, Refusal, Violations};
use crate::domain::text::TextEnum;
use crate::domain::visit::Visit;

/// What is written on a kind of form.
pub trait Paper: Serialize + Clone {
    /// Which form it is; also the kind of the record in audit events and attachments.
    const KIND: FormKind;

    /// Where such forms are, as in a notice: the last part of their path.
    const PATH: &'static str;

    /// Reads what is written on these forms.
    fn read(conn: &mut DbConnection, form_ids: &[Id]) -> StoreResult<HashMap<Id, Self>>;

    /// Notes what is missing before anybody is asked to sign.
    fn check_complete(&self, violations: &mut Violations);

    /// What sealing the form does to records of which it shows something.
    fn sealed(&self, _tx: &mut Write<'_>, _form_id: Id) -> StoreResult<()> {
        Ok(())
    }

    /// What making a sealed form void does to them.
    fn unsealed(&self, _tx: &mut Write<'_>, _form_id: Id) -> StoreResult<()> {
        Ok(())
    }
}

/// A form as it is, with what its rules read.
#[derive(Clone, Debug)]
pub struct FormRecord<P> {
    pub campaign: Campaign,
    /// Whether the caller is an inspector of its visit.
    pub of_the_visit: bool,
    pub form: Form,
    pub paper: P,
    pub marks: Marks,
    pub seal: Option<Seal>,
}

/// What lists of forms are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub campaign_ids: Vec<Id>,
    pub unit_ids: Vec<Id>,
    pub visit_ids: Vec<Id>,
    pub statuses: Vec<FormStatus>,
}

/// The forms that a caller may see: whoever works for the whole district all of them, a liaison those of the own
/// units that they were asked to sign.
pub(super) fn visible_to(actor: &Actor, kind: FormKind) -> forms::BoxedQuery<'static, Db> {
    let query = forms::table.into_boxed().filter(forms::kind.eq(kind));
    if actor.sees_all_units() {
        query
    } else {
        query
            .filter(forms::unit_id.eq_any(actor.liaison_units()))
            .filter(forms::status.ne(FormStatus::Draft))
            .filter(forms::requested_at.is_not_null())
    }
}

fn find(conn: &mut DbConnection, actor: &Actor, kind: FormKind, id: Id) -> StoreResult<Form> {
    let row: Row = visible_to(actor, kind).filter(forms::id.eq(id)).select(Row::as_select()).first(conn)?;
    Ok(row.form())
}

/// Forms with all that belongs to them, by the same number of statements however many they are.
fn records<P: Paper>(
    conn: &mut DbConnection,
    actor: &Actor,
    forms: Vec<Form>,
) -> StoreResult<Vec<FormRecord<P>>> {
    let ids: Vec<Id> = forms.iter().map(|form| form.id).collect();
    let visit_ids: Vec<Id> = forms.iter().map(|form| form.visit_id).collect();
    let own = visit::inspected_by(conn, actor, &visit_ids)?;
    let mut papers = P::read(conn, &ids)?;
    let mut marks = mark::of_forms(conn, &ids)?;
    let mut seals = seal::of_forms(conn, &ids)?;
    campaign::beside(conn, forms, |form| form.campaign_id)?
        .into_iter()
        .map(|(campaign, form)| {
            Ok(FormRecord {
                campaign,
                of_the_visit: own.contains(&form.visit_id),
                paper: papers.remove(&form.id).ok_or(Refusal::NotFound)?,
                marks: marks.remove(&form.id).unwrap_or_default(),
                seal: seals.remove(&form.id),
                form,
            })
        })
        .collect()
}

fn record_of<P: Paper>(conn: &mut DbConnection, actor: &Actor, form: Form) -> StoreResult<FormRecord<P>> {
    records(conn, actor, vec![form])?.pop().ok_or_else(|| Refusal::NotFound.into())
}

/// One form in the caller's scope.
pub fn get<P: Paper>(read: &mut Read<'_>, id: Id) -> StoreResult<FormRecord<P>> {
    let form = find(read.conn, read.actor, P::KIND, id)?;
    record_of(read.conn, read.actor, form)
}

/// One form in the caller's scope, locked with its visit until the write ends.
pub fn lock<P: Paper>(tx: &mut Write<'_>, id: Id) -> StoreResult<FormRecord<P>> {
    let seen = find(tx.conn, tx.actor, P::KIND, id)?;
    campaign::hold(tx, seen.campaign_id)?;
    super::share_row(tx.conn, "visits", seen.visit_id)?;
    super::lock_row(tx.conn, "forms", id)?;
    let form = find(tx.conn, tx.actor, P::KIND, id)?;
    record_of(tx.conn, tx.actor, form)
}

/// The forms of a kind in the caller's scope.
pub fn list<P: Paper>(
    read: &mut Read<'_>,
    filter: &Filter,
    page: &Page,
) -> StoreResult<Listed<FormRecord<P>>> {
    let query = || {
        let mut query = visible_to(read.actor, P::KIND);
        any_of!(
            query,
            forms::campaign_id => filter.campaign_ids,
            forms::unit_id => filter.unit_ids,
            forms::visit_id => filter.visit_ids,
            forms::status => filter.statuses,
        );
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, forms::id, Row);
    let records = records(read.conn, read.actor, rows.into_iter().map(Row::form).collect())?;
    Ok(page.cut(records, |record: &FormRecord<P>| record.form.id, total))
}

/// Begins a form of a visit, as a draft. What is written on it is then the caller's to insert, and
/// [`begun`] to record.
///
/// # Errors
/// [`Refusal::IdTaken`].
pub fn begin(tx: &mut Write<'_>, kind: FormKind, id: Id, visit: &Visit) -> StoreResult<Form> {
    if super::exists(tx.conn, "forms", id)? {
        return Err(Refusal::IdTaken.into());
    }
    let unit_id = visit.content.unit_id;
    let form = Form {
        id,
        kind,
        version: 1,
        status: FormStatus::Draft,
        visit_id: visit.id,
        campaign_id: visit.content.campaign_id,
        unit_id,
        unit_name: super::unit::name(tx.conn, unit_id)?,
        requested_at: None,
        void_reason: None,
        created_by: tx.actor.account_id,
        created_at: tx.now,
    };
    diesel::insert_into(forms::table).values(Row::of(&form)).execute(tx.conn)?;
    Ok(form)
}

/// Refuses what is no void form of this kind and visit, and what another stands in the place of already.
pub(super) fn check_replaced(
    conn: &mut DbConnection,
    kind: FormKind,
    id: Id,
    visit_id: Id,
    in_place: i64,
) -> StoreResult<()> {
    let void: i64 = forms::table
        .filter(forms::id.eq(id))
        .filter(forms::kind.eq(kind))
        .filter(forms::visit_id.eq(visit_id))
        .filter(forms::status.eq(FormStatus::Void))
        .count()
        .get_result(conn)?;
    let mut violations = Violations::default();
    violations.require(void > 0, "/replaces", Code::NotFound);
    violations.require(in_place == 0, "/replaces", Code::Duplicate);
    Ok(violations.refuse()?)
}

/// The form that was begun and filled in, recorded.
pub fn begun<P: Paper>(tx: &mut Write<'_>, form: Form) -> StoreResult<FormRecord<P>> {
    let record = record_of(tx.conn, tx.actor, form)?;
    record.note(tx, "create", None, None)?;
    Ok(record)
}

/// Raises the version of a form on which something was written. Whatever was signed of it is void, and it is a
/// draft again.
pub fn rewritten<P: Paper>(
    tx: &mut Write<'_>,
    action: &str,
    before: &FormRecord<P>,
) -> StoreResult<FormRecord<P>> {
    if before.form.status == FormStatus::Signing {
        mark::void_all(tx, before.form.id)?;
        attachment::place(tx, &before.linked_to(false))?;
    }
    before.moved(tx, action, None, |form| form.status = FormStatus::Draft)
}

/// Asks both sides to sign: from now on the unit sees it.
///
/// # Errors
/// All that is missing on it.
pub fn request_signatures<P: Paper>(
    tx: &mut Write<'_>,
    before: &FormRecord<P>,
    status: FormStatus,
) -> StoreResult<FormRecord<P>> {
    let mut violations = Violations::default();
    before.paper.check_complete(&mut violations);
    violations.refuse()?;
    attachment::place(tx, &before.linked_to(true))?;
    let now = tx.now;
    before.moved(tx, FormVerb::RequestSignatures.as_str(), None, |form| {
        form.status = status;
        form.requested_at = form.requested_at.or(Some(now));
    })
}

/// Makes a form void. Whoever signed a sealed one is told; its bytes stay.
pub fn void<P: Paper>(
    tx: &mut Write<'_>,
    before: &FormRecord<P>,
    status: FormStatus,
    reason: &str,
) -> StoreResult<FormRecord<P>> {
    if before.form.status == FormStatus::Sealed {
        before.paper.unsealed(tx, before.form.id)?;
    }
    let after = before.moved(tx, FormVerb::Void.as_str(), Some(reason), |form| {
        form.status = status;
        form.void_reason = Some(reason.to_owned());
    })?;
    if before.form.status == FormStatus::Sealed {
        tell::voided(tx, &after, reason)?;
    }
    Ok(after)
}

impl<P: Paper> FormRecord<P> {
    /// The form as a verb of the caller meets it.
    pub fn subject(&self) -> Subject<FormStatus> {
        self.form.subject(&self.campaign, self.of_the_visit)
    }

    /// Refuses who does not write on it (403).
    pub fn permit_writing(&self, actor: &Actor) -> Result<(), Refusal> {
        permit_writing(actor, self.form.unit_id, self.of_the_visit)
    }

    /// Refuses a change of what is written on it where its state or its campaign does not allow it (409).
    pub fn check_editable(&self, actor: &Actor, change: &'static str) -> Result<(), Refusal> {
        self.subject().writable()?;
        if self.form.status.is_editable() { Ok(()) } else { Err(self.refused(actor, change)) }
    }

    /// The refusal of what is no verb and not possible in this state.
    pub fn refused(&self, actor: &Actor, change: &'static str) -> Refusal {
        let allowed = self.subject().allowed_actions(actor);
        Refusal::InvalidTransition {
            status: self.form.status.as_str(),
            verb: change,
            allowed: allowed.into_iter().map(TextEnum::as_str).collect(),
        }
    }

    /// Where its attachments belong: with the unit once it sees the form.
    pub fn link_target(&self) -> LinkedTo {
        self.linked_to(self.form.is_shown_to_the_unit())
    }

    fn linked_to(&self, shown: bool) -> LinkedTo {
        link_target(&self.form, shown)
    }

    /// The hash of what both sides sign.
    fn signed_sha256(&self) -> StoreResult<String> {
        let content = signed_content(&self.form, serde_json::to_value(&self.paper)?);
        Ok(sha256(&canonical_json(&content)))
    }

    /// Writes a changed header with the next version, and reads the whole form again.
    fn moved(
        &self,
        tx: &mut Write<'_>,
        action: &str,
        reason: Option<&str>,
        change: impl FnOnce(&mut Form),
    ) -> StoreResult<Self> {
        let mut form = self.form.clone();
        form.version += 1;
        change(&mut form);
        diesel::update(forms::table.find(form.id)).set(Row::of(&form)).execute(tx.conn)?;
        let after = record_of(tx.conn, tx.actor, form)?;
        after.note(tx, action, Some(self), reason)?;
        Ok(after)
    }

    /// The event is in the scope of the unit only where the form is.
    fn note(
        &self,
        tx: &mut Write<'_>,
        action: &str,
        before: Option<&Self>,
        reason: Option<&str>,
    ) -> StoreResult<()> {
        let event = Event {
            action,
            record_kind: self.form.kind.record_kind(),
            record_id: self.form.id,
            unit_id: self.form.is_shown_to_the_unit().then_some(self.form.unit_id),
            campaign_id: Some(self.form.campaign_id),
            reason,
            before: before.map(Self::snapshot).transpose()?,
            after: Some(self.snapshot()?),
        };
        audit::record(tx, event)
    }

    fn snapshot(&self) -> StoreResult<Value> {
        let marks = self.marks.in_force();
        Ok(serde_json::json!({
            "status": self.form.status,
            "content": serde_json::to_value(&self.paper)?,
            "signatures": marks.signatures,
            "refusals": marks.refusals,
            "sha256": self.seal.as_ref().map(|seal| &seal.sha256),
        }))
    }
}

/// Where the attachments of a form belong. Those of a draft are with no unit, so that no liaison reads them.
pub(super) fn link_target(form: &Form, shown: bool) -> LinkedTo {
    LinkedTo {
        record_kind: form.kind.record_kind(),
        record_id: form.id,
        unit_id: shown.then_some(form.unit_id),
        campaign_id: shown.then_some(form.campaign_id),
    }
}
