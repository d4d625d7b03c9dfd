//! What a campaign looks at and asks for: its focus items and materials.

use diesel::prelude::*;

use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::text::TextEnum;
use crate::messages::words;
use crate::store::bulk::insert_rows;
use crate::store::schema::campaign_focus_items;
use crate::store::{StoreResult, Write};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = campaign_focus_items)]
struct FocusRow {
    campaign_id: Id,
    item: FocusItem,
    position: i32,
    title: String,
}

/// Puts in all focus items, with their titles in the notice.
pub(super) fn put_in_all(tx: &mut Write<'_>, campaign_id: Id) -> StoreResult<()> {
    let items = FocusItem::ALL.iter().zip(1..).map(|(&item, position)| {
        let title = words::zh("focus_item", item.as_str()).unwrap_or_default().to_owned();
        FocusRow { campaign_id, item, position, title }
    });
    insert_rows!(tx.conn, campaign_focus_items::table, &items.collect::<Vec<_>>())?;
    Ok(())
}
