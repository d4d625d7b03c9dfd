//! The state of scan, queue and mail.

use serde_json::{Value, json};

use crate::on_both_engines;
use crate::support::{Engine, Who, World};

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    world.get(Who::Admin, "/v1/operations").send().await.expect(200);
}

on_both_engines! {
    async fn a_worker_that_never_ran_is_seen(world: &World) {
        crate::campaign::open(world, "无人扫描的巡检", &[world.unit]).await;
        let state = world.get(Who::Coordinator, "/v1/operations").send().await.expect(200);
        assert_eq!(state.body["last_scan_at"], Value::Null);
        assert_eq!(state.body["notices"], json!([{"status": "pending", "count": 1}]));
        assert!(state.body["oldest_unsent_due_at"].is_string());
        assert_eq!(state.body["jobs"], json!({"queued": 0, "running": 0, "dead": 0}));
    }
}
