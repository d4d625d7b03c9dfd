//! The database as it was at a moment, so that many things can be tried in one state.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{Engine, World};

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}

impl World {
    /// Keeps a copy of every table beside it, and notes from now on which of them are written.
    pub fn watch_tables(&self) {
        let (names, note) = match self.engine {
            Engine::Sqlite => ("SELECT name FROM sqlite_master WHERE type = 'table'", ""),
            Engine::Postgres => (
                "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'",
                "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 INSERT INTO written VALUES (TG_TABLE_NAME) ON CONFLICT DO NOTHING; RETURN NULL; END $$;",
            ),
        };
        let watched: String = self.tables(names).iter().map(|table| self.watched(table)).collect();
        self.run(&format!("CREATE TABLE written (name TEXT PRIMARY KEY); {note} {watched}"));
    }

    fn watched(&self, table: &str) -> String {
        let triggers = match self.engine {
            Engine::Sqlite => ["INSERT", "UPDATE", "DELETE"]
                .map(|event| {
                    format!(
                        "CREATE TRIGGER {event}_{table} AFTER {event} ON {table} \
                         BEGIN INSERT INTO written SELECT '{table}' WHERE '{table}' NOT IN (SELECT name FROM written); END;"
                    )
                })
                .concat(),
            Engine::Postgres => format!(
                "CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON {table} EXECUTE FUNCTION note();"
            ),
        };
        format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}; {triggers}")
    }

    /// The tables that were written since they were kept.
    pub fn written(&self) -> Vec<String> {
        self.tables("SELECT name FROM written")
    }

    /// Keeps them as they are now.
    pub fn keep(&self) {
        self.copy(|table| {
            format!("DELETE FROM kept_{table}; INSERT INTO kept_{table} SELECT * FROM {table};")
        });
    }

    /// Brings them back as they were kept.
    pub fn restore(&self) {
        self.copy(|table| format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table};"));
    }

    fn copy(&self, sql: impl Fn(&String) -> String) {
        // The tables refer to each other in circles.
        let begin = match self.engine {
            Engine::Sqlite => "PRAGMA synchronous = OFF; BEGIN; PRAGMA defer_foreign_keys = ON;",
            Engine::Postgres => "BEGIN; SET LOCAL session_replication_role = replica;",
        };
        let copied: String = self.written().iter().map(sql).collect();
        self.run(&format!("{begin} {copied} DELETE FROM written; COMMIT"));
    }

    fn tables(&self, names: &str) -> Vec<String> {
        let tables = self.store.with(|conn| Ok(diesel::sql_query(names).load::<Table>(conn)?));
        tables.expect("the tables are listed").into_iter().map(|table| table.name).collect()
    }

    fn run(&self, sql: &str) {
        self.store.with(|conn| Ok(conn.batch_execute(sql)?)).expect("the database does it");
    }
}
