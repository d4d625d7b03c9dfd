//! Verbs that are tried by whoever, whether they may or not.

use serde_json::Value;

use super::{Reply, Who, World};

/// A verb that was tried, with what the caller saw before.
pub struct Attempt {
    pub seen: Reply,
    pub reply: Reply,
}

impl Attempt {
    /// Who tried what, and what came of it.
    pub fn told(&self, who: Who, path: &str, verb: &str) -> String {
        let Self { seen, reply } = self;
        format!("{who:?} {verb} {path}: {} {}\nseen: {}", reply.status, reply.body, seen.body)
    }
}

/// Tries a verb: it is refused for the caller (404, 403) or the state (409) exactly where it was not listed as allowed. What
/// is listed may still lack content (422).
pub async fn attempt(world: &World, who: Who, path: &str, verb: &str, body: Value) -> Attempt {
    let seen = world.get(who, path).send().await;
    let listed = seen.status == 200 && seen.actions().contains(&verb);
    let etag = if seen.status == 200 { seen.etag() } else { "\"1\"".to_owned() };
    let post = world.post(who, &format!("{path}/{verb}")).if_match(&etag);
    let reply = if body.is_null() { post.send().await } else { post.json(&body).send().await };
    let attempt = Attempt { seen, reply };
    let told = attempt.told(who, path, verb);
    match attempt.reply.status {
        404 => assert_eq!(attempt.seen.status, 404, "{told}"),
        403 | 409 => assert!(attempt.seen.status == 200 && !listed, "{told}"),
        200 | 422 => assert!(listed, "{told}"),
        _ => panic!("{told}"),
    }
    attempt
}
