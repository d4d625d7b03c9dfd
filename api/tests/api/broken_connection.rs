//! What callers hear where the database's connections break: what happened, or that nobody knows. PostgreSQL only: a
//! file does not go away.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use shared::store::{DbConnection, StoreError};

use crate::support::proxy::Proxy;
use crate::support::{Engine, Reply, Who, World};

/// A server whose database is reached by a wire that breaks.
async fn world() -> (World, Proxy) {
    world_of("2").await
}

async fn world_of(connections: &str) -> (World, Proxy) {
    let mut proxy = None;
    let more = [("XUNJIAN_POOL_SIZE", connections)];
    let world = World::start_at(Engine::Postgres, &more, |url| {
        let wire = proxy.insert(Proxy::before(url));
        wire.url(url)
    });
    let world = world.await;
    (world, proxy.expect("the server was started"))
}

async fn create(world: &World, name: &str) -> Reply {
    let unit = json!({"name": name, "kind": "subdistrict", "standard_class": "county"});
    world.post(Who::Coordinator, "/v1/units").json(&unit).send().await
}

async fn events_of(world: &World, reply: &Reply) -> Value {
    let path = format!("/v1/audit-events?record_id={}&count=true", reply.id());
    world.get(Who::Coordinator, &path).send().await.expect(200).body["total"].clone()
}

fn run(world: &World, sql: &str) {
    let run = world.store.with(|conn| match conn {
        DbConnection::Postgres(conn) => conn.batch_execute(sql).map_err(StoreError::from),
        DbConnection::Sqlite(_) => panic!("no PostgreSQL"),
    });
    run.expect("the server does it");
}

#[actix_web::test]
async fn a_write_whose_connection_breaks_is_made_once_on_another() {
    let (world, proxy) = world().await;
    for statement in 1..=5 {
        proxy.break_at(statement);
        let made = create(&world, &format!("第{statement}街道办事处")).await.expect(201);
        assert_eq!(events_of(&world, &made).await, 1);
    }
    world.stop().await;
}

#[actix_web::test]
async fn a_commit_that_did_not_arrive_is_made_again() {
    let (world, proxy) = world().await;
    proxy.lose_commit();
    let made = create(&world, "海州湾街道办事处").await.expect(201);
    assert_eq!(events_of(&world, &made).await, 1);
    world.stop().await;
}

#[actix_web::test]
async fn a_commit_whose_answer_was_lost_is_told_as_done() {
    let (world, proxy) = world().await;
    proxy.lose_answer();
    let made = create(&world, "海州湾街道办事处").await.expect(201);
    proxy.lose_answer();
    let path = format!("/v1/units/{}", made.id());
    let patch =
        world.patch(Who::Coordinator, &path).if_match(&made.etag()).json(&json!({"name": "墟沟街道"}));
    assert_eq!(patch.send().await.expect(200).body["version"], 2);
    assert_eq!(events_of(&world, &made).await, 2);
    world.stop().await;
}

#[actix_web::test]
async fn where_nobody_can_say_what_became_of_a_commit_the_caller_is_asked_to_come_again() {
    let (world, proxy) = world_of("1").await;
    proxy.close(true);
    proxy.lose_answer();
    let refused = create(&world, "海州湾街道办事处").await.refused(503, "unavailable");
    assert_ne!(refused.header("retry-after"), "");
    proxy.close(false);
    let path = "/v1/units?name=海州湾街道办事处&count=true";
    let found = world.get(Who::Coordinator, path).send().await.expect(200);
    assert_eq!(found.body["total"], 1);
    world.stop().await;
}

#[actix_web::test]
async fn writes_to_a_database_that_takes_none_may_come_again_and_soon_succeed() {
    let (world, _proxy) = world().await;
    let set = |value: &str| {
        let change = format!("ALTER DATABASE %I SET default_transaction_read_only = {value}");
        run(&world, &format!("DO $$ BEGIN EXECUTE format('{change}', current_database()); END $$"));
    };
    set("on");
    run(
        &world,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE pid <> pg_backend_pid() AND datname = current_database()",
    );
    let refused = create(&world, "海州湾街道办事处").await.refused(503, "unavailable");
    assert_ne!(refused.header("retry-after"), "");
    world.get(Who::Coordinator, "/v1/units").send().await.expect(200);
    // The test's own connection was opened before.
    set("off");
    let mut reply = create(&world, "海州湾街道办事处").await;
    while reply.status == 503 {
        reply = create(&world, "海州湾街道办事处").await;
    }
    reply.expect(201);
    world.stop().await;
}

#[actix_web::test]
async fn whoever_meets_a_limit_of_the_cluster_each_time_may_come_again() {
    let (world, _proxy) = world().await;
    for (code, text) in [
        ("40P01", "检测到死锁"),
        ("55P03", "由于锁超时，取消语句"),
        ("57014", "由于语句执行超时，正在取消语句"),
        ("53100", "磁盘已满"),
    ] {
        run(
            &world,
            &format!(
                "CREATE OR REPLACE FUNCTION met() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 RAISE EXCEPTION '{text}' USING ERRCODE = '{code}'; END $$; \
                 CREATE OR REPLACE TRIGGER met BEFORE INSERT ON units FOR EACH ROW EXECUTE FUNCTION met();"
            ),
        );
        let refused = create(&world, "海州湾街道办事处").await.refused(503, "unavailable");
        assert_ne!(refused.header("retry-after"), "", "{code}");
    }
    run(&world, "DROP TRIGGER met ON units");
    create(&world, "海州湾街道办事处").await.expect(201);
    world.stop().await;
}

#[actix_web::test]
async fn a_deadlock_is_tried_again_whatever_language_the_cluster_speaks() {
    let (world, _proxy) = world().await;
    // A sequence keeps its place when the transaction is rolled back.
    run(
        &world,
        "CREATE SEQUENCE tries; \
         CREATE FUNCTION met() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF nextval('tries') = 1 THEN RAISE EXCEPTION '检测到死锁' USING ERRCODE = '40P01'; END IF; \
         RETURN NEW; END $$; \
         CREATE TRIGGER met BEFORE INSERT ON units FOR EACH ROW EXECUTE FUNCTION met();",
    );
    let made = create(&world, "海州湾街道办事处").await.expect(201);
    assert_eq!(events_of(&world, &made).await, 1);
    world.stop().await;
}
