//! Programs that start at the same moment.

use xunjian_rehearsal::operations;

use super::place::{Engine, Place, address};

async fn all_come_up(engine: Engine) {
    let place = Place::new(engine);
    let ((first_address, first_client), (second_address, second_client)) = (address(), address());
    let mut worker = place.start_worker("worker");
    let mut first = place.start_api("first", first_address);
    let mut second = place.start_api("second", second_address);
    first.ready(&first_client).await.expect("the first api comes up");
    second.ready(&second_client).await.expect("the second api comes up");
    let now = second_client.readiness().await.expect("it is ready");
    let now = now.text("simulated_now").parse().expect("an instant");
    // Both serve the same administrator, whichever of them made it.
    first_client.login("admin", &place.admin_password).await.expect("a session with the first");
    let admin = second_client.login("admin", &place.admin_password).await.expect("a session with the second");
    operations::settle(&admin, Some(now), [&mut worker]).await.expect("the worker scans");
    for program in [worker, first, second] {
        program.stop().await.expect("it stops when it is told");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_apis_and_a_worker_come_up_together_on_an_empty_sqlite_database() {
    all_come_up(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_apis_and_a_worker_come_up_together_on_an_empty_postgres_database() {
    all_come_up(Engine::Postgres).await;
}
