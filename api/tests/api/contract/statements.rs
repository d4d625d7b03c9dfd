//! How many statements each operation sends to the database. A figure that rises is a query that was
//! added to a hot path, or one that runs per item: change it here only when that is meant.

use std::collections::BTreeMap;

use super::fixture::Fixture;
use super::happy_paths;
use crate::support::document::operations;
use crate::support::{Engine, World};

/// `operation statements` a line, as counted on SQLite.
const PINNED: &str = include_str!("statements.txt");

#[actix_web::test]
async fn operations_send_as_many_statements_as_pinned() {
    let world = World::start(Engine::Sqlite).await;
    Fixture::make(&world).await;
    for path in happy_paths(&world) {
        path.await;
    }
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
