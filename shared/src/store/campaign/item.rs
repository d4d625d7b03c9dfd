//! What a campaign looks at and asks for: its focus items and materials.

use diesel::prelude::*;

use super::WholeList;
use crate::domain::campaign::{
    CampaignFocusItem, CampaignMaterial, CampaignStatus, check_focus_items, check_materials,
};
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
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

impl WholeList for CampaignFocusItem {
    const CHANGE: &'static str = "put-focus-items";
    const STATES: &'static [CampaignStatus] = &[CampaignStatus::Draft];

    fn check(items: &[Self]) -> Result<(), Refusal> {
        check_focus_items(items)
    }

    fn of(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<Vec<Self>> {
        let rows: Vec<(FocusItem, String)> = campaign_focus_items::table
            .filter(campaign_focus_items::campaign_id.eq(campaign_id))
            .order(campaign_focus_items::position)
            .select((campaign_focus_items::item, campaign_focus_items::title))
            .load(conn)?;
        Ok(rows.into_iter().map(|(item, title)| Self { item, title }).collect())
    }

    fn replace(tx: &mut Write<'_>, campaign_id: Id, items: &[Self]) -> StoreResult<()> {
        let old = campaign_focus_items::table.filter(campaign_focus_items::campaign_id.eq(campaign_id));
        diesel::delete(old).execute(tx.conn)?;
        let rows = items.iter().zip(1..).map(|(entry, position)| FocusRow {
            campaign_id,
            item: entry.item,
            position,
            title: &entry.title,
        });
        insert_rows!(tx.conn, campaign_focus_items::table, &rows.collect::<Vec<_>>())?;
        Ok(())
    }
}

impl WholeList for CampaignMaterial {
    const CHANGE: &'static str = "put-materials";
    const STATES: &'static [CampaignStatus] = &[CampaignStatus::Draft];

    fn check(materials: &[Self]) -> Result<(), Refusal> {
        check_materials(materials)
    }

    fn of(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<Vec<Self>> {
        let rows: Vec<(String, String)> = campaign_materials::table
            .filter(campaign_materials::campaign_id.eq(campaign_id))
            .order(campaign_materials::position)
            .select((campaign_materials::key, campaign_materials::title))
            .load(conn)?;
        Ok(rows.into_iter().map(|(key, title)| Self { key, title }).collect())
    }

    fn replace(tx: &mut Write<'_>, campaign_id: Id, materials: &[Self]) -> StoreResult<()> {
        let old = campaign_materials::table.filter(campaign_materials::campaign_id.eq(campaign_id));
        diesel::delete(old).execute(tx.conn)?;
        let rows = materials.iter().zip(1..).map(|(entry, position)| MaterialRow {
            campaign_id,
            key: &entry.key,
            position,
            title: &entry.title,
        });
        insert_rows!(tx.conn, campaign_materials::table, &rows.collect::<Vec<_>>())?;
        Ok(())
    }
}
