//! Migrations that touch rows keep them.

use std::path::Path;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use shared::domain::id::Id;
use shared::store::schema::{notice_attempts, notice_items, notices};
use shared::store::{DbConnection, Store, StoreError, migrate};

use crate::support::Engine;
use crate::support::database::{named, on_server, remove, settings};

/// The migration that lets notices belong to no campaign.
const ACCOUNT_NOTICES: &str = "20261127000161";

fn empty(engine: Engine, folder: &Path) -> String {
    match engine {
        Engine::Sqlite => format!("sqlite://{}", folder.join("xunjian.db").display()),
        Engine::Postgres => {
            let name = format!("test_{}", Id::new().as_str().replace('-', ""));
            on_server(&format!("CREATE DATABASE {name}"));
            named(&name)
        }
    }
}

/// Runs the migrations before one.
fn run_before<DB: Backend>(conn: &mut impl MigrationHarness<DB>, version: &str)
where
    FileBasedMigrations: MigrationSource<DB>,
{
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let source = FileBasedMigrations::from_path(folder).expect("the migrations");
    let mut all = MigrationSource::<DB>::migrations(&source).expect("they can be read");
    // diesel makes its own record with the first question for it.
    conn.applied_migrations().expect("nothing has run");
    all.sort_by_key(|migration| migration.name().version().to_string());
    for migration in all.iter().filter(|migration| migration.name().version().to_string().as_str() < version)
    {
        conn.run_migration(&**migration).expect("it runs");
    }
}

const ROWS: &str = "
    INSERT INTO units (id, version, name, kind, standard_class, restricted, status, created_at)
    VALUES ('u', 1, '墟沟街道办事处', 'subdistrict', 'county', FALSE, 'active', '2023-07-31 00:00:00');
    INSERT INTO campaigns (id, version, name, time_zone, status, mail_content, office, order_prefix,
        overdue_self_checks, overdue_rectifications, sending_hours, created_at)
    VALUES ('c', 1, '专项巡检', 'Asia/Shanghai', 'open', 'link_only', '办公室', '整改', '{}', '{}', '{}',
        '2023-07-31 00:00:00');
    INSERT INTO notices (id, version, campaign_id, kind, event_key, recipient, audience, unit_id, address,
        record_kind, record_id, status, content, created_at, due_at, next_attempt_at, attempts, lease, told_name)
    VALUES ('n', 3, 'c', 'self_check_overdue', 'c/2023-08-07', 'a@example.org', 'unit', 'u', 'a@example.org',
        'self-checks', 's', 'sent', '{}', '2023-08-07 00:00:00', '2023-08-07 00:00:00', '2023-08-07 00:00:00', 1,
        2, '周云台');
    INSERT INTO notice_attempts (id, notice_id, status, address, message_id, object_key, object_sha256, started_at,
        reply)
    VALUES ('a', 'n', 'done', 'a@example.org', '<m@example.org>', 'mails/m', 'hash', '2023-08-07 00:00:00', '250 ok');
    INSERT INTO notice_items (notice_id, record_id, unit_id, kind, due_on, recipient, stage)
    VALUES ('n', 's', 'u', 'self_check_overdue', '2023-08-06', 'a@example.org', 1);";

/// Whether the database takes this.
fn takes(store: &Store, sql: &str) -> bool {
    store.with(|conn| conn.batch_execute(sql).map_err(StoreError::from)).is_ok()
}

fn the_ledger_keeps_its_rows(engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = empty(engine, folder.path());
    let store =
        Store::open(&settings(&[("DATABASE_URL", &url), ("XUNJIAN_POOL_SIZE", "2")])).expect("it opens");
    let before = store.with(|conn| {
        match conn {
            DbConnection::Sqlite(conn) => run_before(conn, ACCOUNT_NOTICES),
            DbConnection::Postgres(conn) => run_before(conn, ACCOUNT_NOTICES),
        }
        Ok(conn.batch_execute(ROWS)?)
    });
    before.expect("the rows of before");
    migrate::run(&store, None).expect("the other migrations run");
    type Kept = (String, i64, Option<String>, Option<String>, Option<String>);
    let kept: Vec<Kept> = store
        .with(|conn| {
            let notice =
                (notices::id, notices::version, notices::campaign_id, notices::unit_id, notices::told_name);
            Ok(notices::table.select(notice).load(conn)?)
        })
        .expect("the notices");
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(kept, [("n".to_owned(), 3, text("c"), text("u"), text("周云台"))]);
    let attempts: Vec<(String, Option<String>)> = store
        .with(|conn| {
            Ok(notice_attempts::table
                .select((notice_attempts::notice_id, notice_attempts::reply))
                .load(conn)?)
        })
        .expect("the attempts");
    assert_eq!(attempts, [("n".to_owned(), text("250 ok"))]);
    let items: Vec<(String, i32)> = store
        .with(|conn| {
            Ok(notice_items::table.select((notice_items::notice_id, notice_items::stage)).load(conn)?)
        })
        .expect("the items");
    assert_eq!(items, [("n".to_owned(), 1)]);
    // What refers to the ledger still does, what is unique still is, and a notice may belong to no campaign.
    let copied = |id: &str, key: &str, campaign: &str| {
        format!(
            "INSERT INTO notices (id, version, campaign_id, kind, event_key, recipient, audience, record_kind, \
             record_id, status, content, created_at, due_at, next_attempt_at, attempts, lease) SELECT '{id}', 1, \
             {campaign}, kind, '{key}', recipient, audience, record_kind, record_id, status, content, created_at, \
             due_at, next_attempt_at, attempts, lease FROM notices WHERE id = 'n'"
        )
    };
    for (sql, taken) in [
        ("DELETE FROM notices WHERE id = 'n'".to_owned(), false),
        ("UPDATE notice_attempts SET notice_id = 'x'".to_owned(), false),
        ("UPDATE notice_items SET notice_id = 'x'".to_owned(), false),
        (copied("m", "c/2023-08-07", "NULL"), false),
        (copied("m", "other", "'x'"), false),
        (copied("m", "other", "NULL"), true),
    ] {
        assert_eq!(takes(&store, &sql), taken, "{sql}");
    }
    drop(store);
    remove(&url);
}

#[test]
fn the_ledger_keeps_its_rows_on_sqlite() {
    the_ledger_keeps_its_rows(Engine::Sqlite);
}

#[test]
fn the_ledger_keeps_its_rows_on_postgres() {
    the_ledger_keeps_its_rows(Engine::Postgres);
}
