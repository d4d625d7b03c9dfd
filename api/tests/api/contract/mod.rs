//! What holds for every operation, found by walking the OpenAPI document: an operation that is added
//! later is met by these tests without a word about it, or fails because nothing is said of it.

mod document;
mod fixture;
mod hostile;
mod imports;
mod parameters;
mod planted;
mod rights;
mod scope;
mod statements;
mod values;
mod walk;

use futures_util::future::LocalBoxFuture;

use crate::support::World;

/// The happy paths of all nouns, which one world takes in this order.
fn happy_paths(world: &World) -> Vec<LocalBoxFuture<'_, ()>> {
    vec![
        // The preview looks at every open campaign: before the others are made.
        Box::pin(crate::notice::happy_path(world)),
        Box::pin(crate::operation::happy_path(world)),
        Box::pin(crate::workday::happy_path(world)),
        Box::pin(crate::session::happy_path(world)),
        Box::pin(crate::user::happy_path(world)),
        Box::pin(crate::one_time_link::happy_path(world)),
        Box::pin(crate::service_account::happy_path(world)),
        Box::pin(crate::unit::happy_path(world)),
        Box::pin(crate::campaign::happy_path(world)),
        Box::pin(crate::finding::happy_path(world)),
        Box::pin(crate::rectification::happy_path(world)),
        Box::pin(crate::leader_office::happy_path(world)),
        Box::pin(crate::leader_office_sheet::happy_path(world)),
        Box::pin(crate::own_unit::happy_path(world)),
        Box::pin(crate::escalation::happy_path(world)),
        Box::pin(crate::statistics::happy_path(world)),
        Box::pin(crate::discrepancy::happy_path(world)),
        Box::pin(crate::audit_event::happy_path(world)),
        Box::pin(crate::attachment::happy_path(world)),
        Box::pin(crate::self_check::happy_path(world)),
        Box::pin(crate::dictionary::happy_path(world)),
        Box::pin(crate::area_standard::happy_path(world)),
        Box::pin(crate::rule_setting::happy_path(world)),
        Box::pin(crate::visit::happy_path(world)),
        Box::pin(crate::inspection::happy_path(world)),
        Box::pin(crate::report::happy_path(world)),
    ]
}
