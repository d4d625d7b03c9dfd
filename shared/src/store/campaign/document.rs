//! The documents on which campaigns rest.

use diesel::prelude::*;
use serde_json::to_value;

use super::Change;
use crate::domain::attachment::LinkedTo;
use crate::domain::campaign::{Campaign, CampaignDocument, DocumentContent, MAX_ENTRIES};
use crate::domain::id::Id;
use crate::domain::record::RecordKind;
use crate::domain::refusal::{Code, Refusal, Violation};
use crate::store::schema::campaign_documents;
use crate::store::{DbConnection, StoreResult, Write, attachment};

/// The kind of record to which their attachments belong.
const KIND: RecordKind = RecordKind::CampaignDocument;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = campaign_documents)]
struct Row {
    id: Id,
    campaign_id: Id,
    position: i32,
    title: String,
    document_number: Option<String>,
    attachment_id: Option<Id>,
}

impl Row {
    fn document(self) -> CampaignDocument {
        let Self { id, title, document_number, attachment_id, .. } = self;
        CampaignDocument { id, content: DocumentContent { title, document_number, attachment_id } }
    }
}

fn rows(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<Vec<Row>> {
    Ok(campaign_documents::table
        .filter(campaign_documents::campaign_id.eq(campaign_id))
        .order((campaign_documents::position, campaign_documents::id))
        .select(Row::as_select())
        .load(conn)?)
}

/// The documents of a campaign, in their order.
pub fn documents(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<Vec<CampaignDocument>> {
    Ok(rows(conn, campaign_id)?.into_iter().map(Row::document).collect())
}

/// One document of a campaign.
pub fn document(conn: &mut DbConnection, campaign_id: Id, id: Id) -> StoreResult<CampaignDocument> {
    let row: Row = campaign_documents::table
        .find(id)
        .filter(campaign_documents::campaign_id.eq(campaign_id))
        .select(Row::as_select())
        .first(conn)?;
    Ok(row.document())
}

/// Adds a document behind the others.
///
/// # Errors
/// [`Refusal::IdTaken`]; too many documents; an attachment that is not the caller's to give.
pub fn add_document(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    id: Id,
    content: DocumentContent,
) -> StoreResult<(Campaign, CampaignDocument)> {
    if crate::store::exists(tx.conn, "campaign_documents", id)? {
        return Err(Refusal::IdTaken.into());
    }
    let others = rows(tx.conn, campaign.id)?;
    if others.len() >= MAX_ENTRIES {
        return Err(Refusal::Invalid(vec![Violation::with("", Code::TooLong, MAX_ENTRIES)]).into());
    }
    let target = LinkedTo { record_kind: KIND, record_id: id, unit_id: None, campaign_id: Some(campaign.id) };
    let attachment = content.attachment_id.map(|id| ("/attachment_id".to_owned(), id));
    attachment::link_each(tx, attachment.as_slice(), &target)?;
    let row = Row {
        id,
        campaign_id: campaign.id,
        position: others.last().map_or(1, |last| last.position + 1),
        title: content.title.clone(),
        document_number: content.document_number.clone(),
        attachment_id: content.attachment_id,
    };
    diesel::insert_into(campaign_documents::table).values(row).execute(tx.conn)?;
    let change = Change { after: Some(to_value(&content)?), ..Change::default() };
    let campaign = super::child_written(tx, campaign, "add-document", change)?;
    Ok((campaign, CampaignDocument { id, content }))
}

/// Takes all documents of a draft away that is deleted itself.
pub(super) fn remove_all(tx: &mut Write<'_>, campaign_id: Id) -> StoreResult<()> {
    let ids: Vec<Id> = rows(tx.conn, campaign_id)?.into_iter().map(|row| row.id).collect();
    diesel::delete(campaign_documents::table.filter(campaign_documents::campaign_id.eq(campaign_id)))
        .execute(tx.conn)?;
    attachment::release(tx, KIND, &ids)
}

/// Takes a document away. Its attachment is the uploader's own again.
pub fn remove_document(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    document: &CampaignDocument,
) -> StoreResult<Campaign> {
    diesel::delete(campaign_documents::table.find(document.id)).execute(tx.conn)?;
    attachment::release(tx, KIND, &[document.id])?;
    let change = Change { before: Some(to_value(&document.content)?), ..Change::default() };
    super::child_written(tx, campaign, "remove-document", change)
}
