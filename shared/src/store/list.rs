//! What all lists share: filters that take several values, and the page of a keyset.

/// Keeps the rows of a boxed query whose column has one of the values, where any are given.
macro_rules! any_of {
    ($query:ident, $($column:expr => $values:expr),+ $(,)?) => {
        $(if !$values.is_empty() {
            $query = $query.filter($column.eq_any($values.clone()));
        })+
    };
}

/// Loads one page of the rows that a closure's boxed query selects, in the order of their ids, and how many
/// there are on all pages, where that was asked for.
macro_rules! load_page {
    ($conn:expr, $page:expr, $query:ident, $id:expr, $row:ty) => {{
        let total: Option<i64> = $page.count.then(|| $query().count().get_result($conn)).transpose()?;
        let mut rows = $query().order($id).limit($page.rows()).select(<$row>::as_select());
        if let Some(after) = $page.after {
            rows = rows.filter($id.gt(after));
        }
        let rows: Vec<$row> = rows.load($conn)?;
        (rows, total)
    }};
}

/// A condition that does not depend on the row, so that one query is every role's.
pub(super) fn holds(condition: bool) -> diesel::dsl::AsExprOf<bool, diesel::sql_types::Bool> {
    diesel::IntoSql::into_sql::<diesel::sql_types::Bool>(condition)
}

pub(super) use {any_of, load_page};
