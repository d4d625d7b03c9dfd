//! What tests stand on: a server with a database of its own, a cast of callers, and a client that holds
//! every answer against the OpenAPI document.

pub mod attempt;
pub mod cast;
pub mod client;
pub mod database;
pub mod document;
pub mod proxy;
pub mod snapshot;
pub mod world;

pub use cast::Who;
pub use client::Reply;
pub use database::Engine;
pub use world::World;

/// Defines a test that runs on both engines.
#[macro_export]
macro_rules! on_both_engines {
    ($(#[$meta:meta])* async fn $name:ident($world:ident: &World) $body:block) => {
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "not every test uses all that its file imports")]
            use super::*;

            async fn run($world: &World) $body

            #[actix_web::test]
            async fn sqlite() {
                let world = World::start(Engine::Sqlite).await;
                run(&world).await;
                world.stop().await;
            }

            #[actix_web::test]
            async fn postgres() {
                let world = World::start(Engine::Postgres).await;
                run(&world).await;
                world.stop().await;
            }
        }
    };
}
