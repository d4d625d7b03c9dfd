//! What somebody else changes while a request is under way stays changed. PostgreSQL only: SQLite makes one change at a
//! time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use actix_web::web;
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::sql_types::Bool;
use diesel::{PgConnection, RunQueryDsl, select};
use serde_json::json;
use shared::store::DbConnection;
use tokio::join;
use tokio::sync::oneshot;

use crate::session::{self, FIRST, SECOND};
use crate::support::{Engine, Reply, Who, World};
use crate::{campaign, finding, inspection};

/// Sends a request when another transaction has made a change, which is committed once the request waits for it.
async fn meanwhile(world: &World, change: String, request: impl Future<Output = Reply>) -> Reply {
    let (made, is_made) = oneshot::channel();
    let (store, answered) = (world.store.clone(), Arc::new(AtomicBool::new(false)));
    let is_answered = answered.clone();
    let other = web::block(move || {
        store.with(|conn| {
            let DbConnection::Postgres(conn) = conn else { panic!("no PostgreSQL") };
            conn.batch_execute(&format!("BEGIN; {change}"))?;
            made.send(()).expect("somebody waits");
            while !is_answered.load(Ordering::SeqCst) && !is_waited_for(conn) {
                thread::yield_now();
            }
            Ok(conn.batch_execute("COMMIT")?)
        })
    });
    let request = async {
        is_made.await.expect("the change is made");
        let reply = request.await;
        answered.store(true, Ordering::SeqCst);
        reply
    };
    let (reply, other) = join!(request, other);
    other.expect("it ends").expect("it is committed");
    reply
}

/// Whether somebody waits for what this transaction holds.
fn is_waited_for(conn: &mut PgConnection) -> bool {
    let waits =
        "EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid)";
    select(sql::<Bool>(waits)).get_result(conn).expect("the server tells")
}

#[actix_web::test]
async fn a_finding_that_moves_to_another_record_keeps_what_was_just_changed() {
    let world = World::start(Engine::Postgres).await;
    let campaign = campaign::open(&world, "巡检", &[world.unit]).await;
    let record = inspection::sealed(&world, &campaign, world.unit).await;
    let mut content = finding::content(&campaign, world.unit);
    content["inspection_id"] = json!(record.id());
    let made = world.post(Who::Inspector, "/v1/findings").json(&content).send().await.expect(201);
    let reason = json!({"reason": "单位名称有误"});
    let void = inspection::act(&world, Who::Coordinator, &record, "void", reason).await.expect(200);
    let mut replacement = inspection::content(void.body["visit_id"].as_str().expect("a visit"));
    replacement["replaces"] = json!(void.id());
    let patch = format!(
        "UPDATE findings SET description = '刚刚更正', version = version + 1 WHERE id = '{}'",
        made.id()
    );
    let replace = world.post(Who::Inspector, "/v1/inspections").json(&replacement).send();
    let replaced = meanwhile(&world, patch, replace).await.expect(201);
    let moved = world.get(Who::Leader, &format!("/v1/findings/{}", made.id())).send().await.expect(200);
    assert_eq!(moved.body["inspection_id"], json!(replaced.id()));
    assert_eq!((&moved.body["description"], &moved.body["version"]), (&json!("刚刚更正"), &json!(3)));
    world.stop().await;
}

#[actix_web::test]
async fn a_password_that_is_changed_leaves_an_account_disabled_that_was_just_disabled() {
    let world = World::start(Engine::Postgres).await;
    session::make(&world, "leaver").await;
    let begun = session::login(&world, "leaver", FIRST).await.expect(200);
    let disable = "UPDATE accounts SET status = 'disabled', version = version + 1 WHERE username = 'leaver'";
    let token = session::token(&begun);
    let change = session::change(&world, &token, FIRST, SECOND);
    meanwhile(&world, disable.to_owned(), change).await.violates(&["/current wrong_password"]);
    let account = format!("/v1/users/{}", begun.body["user"]["id"].as_str().expect("an id"));
    let left = world.get(Who::Admin, &account).send().await.expect(200);
    assert_eq!((&left.body["status"], &left.body["version"]), (&json!("disabled"), &json!(2)));
    world.stop().await;
}
