//! Every field of every operation at its bounds and beyond: what is refused changes nothing, what is taken can be read
//! again as it was sent, and no list breaks afterwards.
//!
//! The happy paths know a record and a valid content for each operation. They go through a tap here, that sends other
//! contents first, each with one place changed and all of them to the same state of the database.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use diesel::prelude::*;
use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::store::schema::audit_events;

use super::happy_paths;
use super::values::{LARGEST, Try, tries};
use crate::on_both_engines;
use crate::support::client::{Request, Tap};
use crate::support::document::{Operation, operation_of, operations};
use crate::support::{Engine, Reply, Who, World};

/// What nobody reads again.
const SECRETS: [&str; 3] = ["password", "current", "new"];

/// The operations that were met, and what was wrong.
#[derive(Default)]
struct Walk {
    met: RefCell<BTreeSet<String>>,
    wrong: RefCell<Vec<String>>,
}

impl Tap for Walk {
    fn send<'a>(&'a self, request: Request<'a>) -> LocalBoxFuture<'a, Reply> {
        Box::pin(async move {
            if let Some(operation) = operation_of(request.method(), &request.path)
                && operation.has_json_body()
                && self.met.borrow_mut().insert(operation.id.clone())
            {
                self.try_all(operation, &request).await;
            }
            request.pass().await
        })
    }
}

impl Walk {
    async fn try_all(&self, operation: &Operation, genuine: &Request<'_>) {
        let world = genuine.world;
        world.keep();
        let content = genuine.content().unwrap_or(json!({}));
        for one in tries(operation.content().expect("a content"), &content) {
            let reply = genuine.again().json(&one.value).pass().await;
            let written = world.written();
            match reply.status {
                ..400 => self.read_again(operation, genuine, &one, &reply).await,
                400..500 if written.is_empty() => continue,
                // What fails without a session is counted.
                400..500 if !operation.needs_session() => {}
                _ => self.wrong(operation, &one, &reply),
            }
            world.restore();
        }
    }

    /// What was taken reads as it was sent, and every list still answers.
    async fn read_again(&self, operation: &Operation, genuine: &Request<'_>, one: &Try, reply: &Reply) {
        if let Some(now) = read(operation, genuine, reply).await
            && (now.status != 200 || !is_kept(operation, genuine.world, one, reply, &now))
        {
            self.wrong(operation, one, &now);
        }
        for list in lists(&genuine.path, one) {
            let list = genuine.world.get(Who::Coordinator, list).pass().await;
            if list.status != 200 {
                self.wrong(operation, one, &list);
            }
        }
    }

    fn wrong(&self, operation: &Operation, one: &Try, reply: &Reply) {
        let body: String = reply.body.to_string().chars().take(400).collect();
        self.wrong.borrow_mut().push(format!("{} {}: {} {body}", operation.id, one.told(), reply.status));
    }
}

/// Where a request's record is read: the nearest path upwards that can be.
fn address(operation: &Operation, path: &str) -> Option<String> {
    let is_above = |get: &&Operation| {
        get.method == "GET" && format!("{}/", operation.path).starts_with(&format!("{}/", get.path))
    };
    let nearest = operations().iter().filter(is_above).max_by_key(|get| get.path.len())?;
    let parts = path.split('/').take(nearest.path.split('/').count());
    Some(parts.collect::<Vec<_>>().join("/"))
}

/// The lists that a value might break: a quantity any, a long text its own noun's and those that tell of everything.
fn lists(path: &str, one: &Try) -> impl Iterator<Item = &'static str> {
    let (is_far, is_long) = (one.is_far(), one.starts_with(LARGEST));
    let lists = operations().iter().filter(|operation| operation.has_parameter("cursor"));
    let lists = lists.map(|operation| operation.path.as_str()).filter(|list| !list.contains('{'));
    let is_near =
        move |list: &str| path.starts_with(list) || ["/v1/notices", "/v1/audit-events"].contains(&list);
    lists.chain(["/v1/operations"]).filter(move |list| is_far || is_long && is_near(list))
}

/// The record that a request was about, or the one that it made.
async fn read(operation: &Operation, genuine: &Request<'_>, reply: &Reply) -> Option<Reply> {
    let made = match reply.body["replaced_by"].as_str() {
        Some(successor) => format!("/v1/users/{successor}"),
        None => reply.header("location").to_owned(),
    };
    let address = Some(made).filter(|made| !made.is_empty()).or_else(|| address(operation, &genuine.path))?;
    Some(genuine.get(&address).pass().await)
}

/// Whether the record that was read again, or else the trail, holds what was sent. What is cleared may have a value of
/// its own again, and an escalation rests on the findings of its orders as well as on those that are named.
fn is_kept(operation: &Operation, world: &World, one: &Try, reply: &Reply, now: &Reply) -> bool {
    let Some(field) = one.field().filter(|field| !SECRETS.contains(field)) else { return true };
    let sent = &one.value[field];
    let is_verb = operation.method == "POST" && operation.has_parameter("If-Match");
    match now.body.get(field) {
        _ if sent.is_null() || field == "finding_ids" && is_nothing(sent) => true,
        Some(kept) if !is_verb => holds(kept, sent),
        _ => is_nothing(sent) || finds(&now.body, sent) || finds(&trail(world, reply), sent),
    }
}

/// What the trail has of a request: why something was done, and other records that it made.
fn trail(world: &World, reply: &Reply) -> Value {
    let of_request = audit_events::table.filter(audit_events::request_id.eq(reply.header("x-request-id")));
    let events = of_request.select((audit_events::reason, audit_events::after));
    let events: Vec<(Option<String>, Option<String>)> =
        world.store.with(|conn| Ok(events.load(conn)?)).expect("the trail is read");
    let parsed = |after: String| serde_json::from_str::<Value>(&after).expect("a record");
    events.into_iter().map(|(reason, after)| json!([reason, after.map(parsed)])).collect()
}

/// Whether what is read is what was sent: instants in UTC and to the microsecond, ids in small letters, records that
/// are named by their ids as a list, and nothing where nothing was said.
fn holds(read: &Value, sent: &Value) -> bool {
    match (read, sent) {
        (Value::Object(read), Value::Object(sent)) => {
            sent.iter().all(|(name, sent)| holds(read.get(name).unwrap_or(&Value::Null), sent))
        }
        (Value::Array(items), Value::Object(sent)) => {
            sent.iter().all(|(id, sent)| items.iter().any(|item| item["id"] == *id && holds(item, sent)))
        }
        (Value::Array(read), Value::Array(sent)) => {
            read.len() == sent.len() && read.iter().zip(sent).all(|(read, sent)| holds(read, sent))
        }
        (Value::Number(read), Value::Number(sent)) => read.as_f64() == sent.as_f64(),
        (Value::String(read), Value::String(sent)) => {
            read == sent
                || sent.parse::<Instant>().is_ok_and(|instant| instant.to_string() == *read)
                || sent.parse::<Id>().is_ok_and(|id| id.as_str() == read)
        }
        (read, sent) => read == sent || is_nothing(read) && is_nothing(sent),
    }
}

fn is_nothing(value: &Value) -> bool {
    [json!(null), json!(false), json!([]), json!({})].contains(value)
}

/// Whether a value holds what was sent, or something in it does.
fn finds(read: &Value, sent: &Value) -> bool {
    holds(read, sent)
        || match read {
            Value::Object(fields) => fields.values().any(|field| finds(field, sent)),
            Value::Array(items) => items.iter().any(|item| finds(item, sent)),
            _ => false,
        }
}

on_both_engines! {
    async fn whatever_is_written_is_refused_or_can_be_read_again(world: &World) {
        let walk = Rc::new(Walk::default());
        world.watch_tables();
        assert!(world.tap.set(walk.clone()).is_ok());
        for path in happy_paths(world) {
            path.await;
        }
        let wrong = walk.wrong.take();
        assert!(wrong.is_empty(), "{} times:\n{}", wrong.len(), wrong.join("\n"));
        let met = walk.met.take();
        for operation in operations().iter().filter(|operation| operation.has_json_body()) {
            assert!(met.contains(&operation.id), "no happy path calls {}", operation.id);
        }
    }
}
