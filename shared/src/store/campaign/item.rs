//! What a campaign looks at and asks for: its focus items and materials.

use diesel::prelude::*;
use serde_json::to_value;

use super::Change;
use crate::domain::campaign::{Campaign, CampaignFocusItem, CampaignMaterial};
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::text::TextEnum;
use crate::messages::words;
use crate::store::bulk::insert_rows;
use crate::store::schema::{campaign_focus_items, campaign_materials};
use crate::store::{DbConnection, StoreResult, Write};

#[derive(Insertable)]
#[diesel(table_name = campaign_focus_items, treat_none_as_default_value = false)]
struct FocusRow<'a> {
    campaign_id: Id,
    item: FocusItem,
    position: i32,
    title: &'a str,
}

#[derive(Insertable)]
#[diesel(table_name = campaign_materials, treat_none_as_default_value = false)]
struct MaterialRow<'a> {
    campaign_id: Id,
    key: &'a str,
    position: i32,
    title: &'a str,
}

/// All focus items, with their titles in the notice.
pub(super) fn all_focus_items() -> Vec<CampaignFocusItem> {
    let title = |item: FocusItem| words::zh("focus_item", item.as_str()).unwrap_or_default().to_owned();
    FocusItem::ALL.iter().map(|&item| CampaignFocusItem { item, title: title(item) }).collect()
}

pub(super) fn insert_focus_items(
    tx: &mut Write<'_>,
    campaign_id: Id,
    items: &[CampaignFocusItem],
) -> StoreResult<()> {
    let rows = items.iter().zip(1..).map(|(entry, position)| FocusRow {
        campaign_id,
        item: entry.item,
        position,
        title: &entry.title,
    });
    insert_rows!(tx.conn, campaign_focus_items::table, &rows.collect::<Vec<_>>())?;
    Ok(())
}

/// The focus items of a campaign, in their order.
pub fn focus_items(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<Vec<CampaignFocusItem>> {
    let rows: Vec<(FocusItem, String)> = campaign_focus_items::table
        .filter(campaign_focus_items::campaign_id.eq(campaign_id))
        .order(campaign_focus_items::position)
        .select((campaign_focus_items::item, campaign_focus_items::title))
        .load(conn)?;
    Ok(rows.into_iter().map(|(item, title)| CampaignFocusItem { item, title }).collect())
}

/// The materials that a campaign asks for, in their order.
pub fn materials(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<Vec<CampaignMaterial>> {
    let rows: Vec<(String, String)> = campaign_materials::table
        .filter(campaign_materials::campaign_id.eq(campaign_id))
        .order(campaign_materials::position)
        .select((campaign_materials::key, campaign_materials::title))
        .load(conn)?;
    Ok(rows.into_iter().map(|(key, title)| CampaignMaterial { key, title }).collect())
}

/// Gives a campaign these focus items and no others.
pub fn put_focus_items(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    items: &[CampaignFocusItem],
) -> StoreResult<Campaign> {
    let before = focus_items(tx.conn, campaign.id)?;
    let old = campaign_focus_items::table.filter(campaign_focus_items::campaign_id.eq(campaign.id));
    diesel::delete(old).execute(tx.conn)?;
    insert_focus_items(tx, campaign.id, items)?;
    let change =
        Change { before: Some(to_value(before)?), after: Some(to_value(items)?), ..Change::default() };
    super::child_written(tx, campaign, "put-focus-items", change)
}

/// Gives a campaign these materials and no others.
pub fn put_materials(
    tx: &mut Write<'_>,
    campaign: &Campaign,
    materials: &[CampaignMaterial],
) -> StoreResult<Campaign> {
    let before = self::materials(tx.conn, campaign.id)?;
    let old = campaign_materials::table.filter(campaign_materials::campaign_id.eq(campaign.id));
    diesel::delete(old).execute(tx.conn)?;
    let rows = materials.iter().zip(1..).map(|(entry, position)| MaterialRow {
        campaign_id: campaign.id,
        key: &entry.key,
        position,
        title: &entry.title,
    });
    insert_rows!(tx.conn, campaign_materials::table, &rows.collect::<Vec<_>>())?;
    let change =
        Change { before: Some(to_value(before)?), after: Some(to_value(materials)?), ..Change::default() };
    super::child_written(tx, campaign, "put-materials", change)
}
