//! What people write for the next report of a campaign.

use diesel::prelude::*;

use crate::domain::campaign::Campaign;
use crate::domain::id::Id;
use crate::domain::record::RecordKind;
use crate::domain::refusal::{Code, Violations};
use crate::domain::report::TextsContent;
use crate::store::audit::{self, Event};
use crate::store::schema::{campaigns, findings, report_texts};
use crate::store::{DbConnection, StoreResult, Write};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = report_texts, primary_key(campaign_id), treat_none_as_null = true)]
struct Row {
    campaign_id: Id,
    addressee: Option<String>,
    document_number: Option<String>,
    signer: Option<String>,
    sections: String,
    typical_cases: String,
}

/// The texts of a campaign, empty where nobody wrote any.
pub fn texts(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<TextsContent> {
    let row: Option<Row> =
        report_texts::table.find(campaign_id).select(Row::as_select()).first(conn).optional()?;
    let Some(row) = row else { return Ok(TextsContent::default()) };
    Ok(TextsContent {
        addressee: row.addressee,
        document_number: row.document_number,
        signer: row.signer,
        sections: serde_json::from_str(&row.sections)?,
        typical_cases: serde_json::from_str(&row.typical_cases)?,
    })
}

/// Gives a campaign, which is locked, these texts; its new version.
///
/// # Errors
/// A typical case that is no finding of the campaign.
pub fn write_texts(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    before: &TextsContent,
    content: &TextsContent,
) -> StoreResult<i64> {
    check_cases(tx.conn, campaign.id, &content.typical_cases)?;
    let row = Row {
        campaign_id: campaign.id,
        addressee: content.addressee.clone(),
        document_number: content.document_number.clone(),
        signer: content.signer.clone(),
        sections: serde_json::to_string(&content.sections)?,
        typical_cases: serde_json::to_string(&content.typical_cases)?,
    };
    if diesel::update(report_texts::table.find(campaign.id)).set(&row).execute(tx.conn)? == 0 {
        diesel::insert_into(report_texts::table).values(&row).execute(tx.conn)?;
    }
    let version = campaign.version + 1;
    diesel::update(campaigns::table.find(campaign.id))
        .set(campaigns::version.eq(version))
        .execute(tx.conn)?;
    let event = Event {
        action: "update",
        campaign_id: Some(campaign.id),
        before: Some(serde_json::to_value(before)?),
        after: Some(serde_json::to_value(content)?),
        ..Event::about(RecordKind::ReportTexts, campaign.id)
    };
    audit::record(tx, event)?;
    Ok(version)
}

fn check_cases(conn: &mut DbConnection, campaign_id: Id, cases: &[Id]) -> StoreResult<()> {
    if cases.is_empty() {
        return Ok(());
    }
    let known: Vec<Id> = findings::table
        .filter(findings::campaign_id.eq(campaign_id))
        .filter(findings::id.eq_any(cases))
        .select(findings::id)
        .load(conn)?;
    let mut violations = Violations::default();
    for (index, case) in cases.iter().enumerate() {
        violations.require(known.contains(case), format!("/typical_cases/{index}"), Code::NotFound);
    }
    Ok(violations.refuse()?)
}
