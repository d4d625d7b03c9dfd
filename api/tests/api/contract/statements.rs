//! How many statements each operation sends to the database. A figure that rises is a query that was
//! added to a hot path, or one that runs per item: change it here only when that is meant.

use std::collections::BTreeMap;

use super::fixture::Fixture;
use crate::support::document::operations;
use crate::support::{Engine, World};

/// `operation statements` a line, as counted on SQLite.
const PINNED: &str = include_str!("statements.txt");

#[actix_web::test]
async fn operations_send_as_many_statements_as_pinned() {
    let world = World::start(Engine::Sqlite).await;
    Fixture::make(&world).await;
    // The preview looks at every open campaign: before the others are made.
    crate::notice::happy_path(&world).await;
    crate::operation::happy_path(&world).await;
    crate::workday::happy_path(&world).await;
    crate::session::happy_path(&world).await;
    crate::user::happy_path(&world).await;
    crate::one_time_link::happy_path(&world).await;
    crate::service_account::happy_path(&world).await;
    crate::unit::happy_path(&world).await;
    crate::campaign::happy_path(&world).await;
    crate::finding::happy_path(&world).await;
    crate::rectification::happy_path(&world).await;
    crate::leader_office::happy_path(&world).await;
    crate::leader_office_sheet::happy_path(&world).await;
    crate::own_unit::happy_path(&world).await;
    crate::escalation::happy_path(&world).await;
    crate::statistics::happy_path(&world).await;
    crate::discrepancy::happy_path(&world).await;
    crate::audit_event::happy_path(&world).await;
    crate::attachment::happy_path(&world).await;
    crate::self_check::happy_path(&world).await;
    crate::dictionary::happy_path(&world).await;
    crate::area_standard::happy_path(&world).await;
    crate::rule_setting::happy_path(&world).await;
    crate::visit::happy_path(&world).await;
    crate::inspection::happy_path(&world).await;
    crate::report::happy_path(&world).await;
    let counted = world.pins();
    let pinned: BTreeMap<String, u64> = PINNED
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(operation, statements)| (operation.to_owned(), statements.parse().expect("a number")))
        .collect();
    for operation in operations().iter().filter(|operation| operation.path.starts_with("/v1/")) {
        assert!(counted.contains_key(&operation.id), "no happy path calls {}", operation.id);
    }
    let counted: BTreeMap<_, _> = counted
        .into_iter()
        .filter(|(id, _)| {
            operations().iter().any(|operation| operation.id == *id && operation.path.starts_with("/v1/"))
        })
        .collect();
    let lines: Vec<String> =
        counted.iter().map(|(operation, statements)| format!("{operation} {statements}")).collect();
    assert_eq!(counted, pinned, "counted now:\n{}", lines.join("\n"));
    world.stop().await;
}
