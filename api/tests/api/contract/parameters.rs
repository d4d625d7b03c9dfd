//! Every parameter of every operation that reads, at its bounds and beyond.

use serde_json::Value;

use super::fixture::Fixture;
use super::values::tries;
use crate::on_both_engines;
use crate::support::document::operations;
use crate::support::{Engine, Who, World};

/// The longest query that is sent: what is longer still is refused before anybody reads it.
const LONGEST: usize = 60_000;

fn query(name: &str, value: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
    let values = value.as_array().map_or(vec![text(value)], |values| values.iter().map(text).collect());
    let pairs = values.iter().map(|value| (name, value));
    let url = reqwest::Url::parse_with_params("http://localhost", pairs).expect("a URL");
    url.query().unwrap_or_default().to_owned()
}

on_both_engines! {
    async fn whatever_a_parameter_is_given_the_operation_answers_or_refuses(world: &World) {
        let fixture = Fixture::make(world).await;
        let mut wrong = Vec::new();
        for operation in operations().iter().filter(|operation| operation.method == "GET") {
            let (path, _) = fixture.paths(&operation.path);
            for parameter in operation.parameters().filter(|parameter| parameter["in"] == "query") {
                let name = parameter["name"].as_str().expect("a name");
                for one in tries(&parameter["schema"], &Value::Null) {
                    let query = query(name, &one.value);
                    if query.len() > LONGEST {
                        continue;
                    }
                    let reply = world.get(Who::Coordinator, &format!("{path}?{query}")).send().await;
                    if ![200, 400, 404].contains(&reply.status) {
                        wrong.push(format!("{} {name} {}: {} {}", operation.id, one.told(), reply.status, reply.body));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{} times:\n{}", wrong.len(), wrong.join("\n"));
    }
}
