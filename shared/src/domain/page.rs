//! Keyset pages of lists.

use super::id::Id;

/// Which part of a list is asked for. Lists are in the order of their ids.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// At most so many items.
    pub limit: i64,
    /// Begins behind this item.
    pub after: Option<Id>,
    /// Whether the whole list is counted too.
    pub count: bool,
}

/// A part of a list.
#[derive(Debug)]
pub struct Listed<T> {
    /// The items.
    pub items: Vec<T>,
    /// The last item's id, where more follow.
    pub next: Option<Id>,
    /// How many there are in all, where that was asked.
    pub total: Option<i64>,
}

impl Page {
    /// How many rows a query asks for: one more than the page, which tells whether more follow.
    pub fn rows(&self) -> i64 {
        self.limit + 1
    }

    /// Cuts the rows of [`Page::rows`] to the page.
    pub fn cut<T>(&self, mut items: Vec<T>, id: impl Fn(&T) -> Id, total: Option<i64>) -> Listed<T> {
        let limit = usize::try_from(self.limit).unwrap_or_default();
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(id) } else { None };
        Listed { items, next, total }
    }
}

impl<T> Listed<T> {
    /// The same part with other items.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Listed<U> {
        Listed { items: self.items.into_iter().map(convert).collect(), next: self.next, total: self.total }
    }
}
