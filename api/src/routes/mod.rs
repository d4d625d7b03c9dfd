//! The operations, one file a noun.

mod area_standard;
mod attachment;
mod audit_event;
mod campaign;
mod dictionary;
mod escalation;
mod finding;
mod form;
mod health;
mod inspection;
mod leader_office;
mod leader_office_sheet;
mod notice;
mod one_time_link;
mod operation;
mod problem;
mod rectification;
mod report;
mod rule_setting;
mod self_check;
mod service_account;
mod session;
mod statistics;
mod unit;
mod user;
mod visit;
mod workday;

use actix_web::middleware::from_fn;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth;

/// The operations under `/v1` that need no session.
pub const OPEN_PATHS: [&str; 2] = ["/v1/login", "/v1/login/one-time"];

/// The operations whose answers hold a secret, so that they take no `Idempotency-Key`.
pub const WITH_SECRET: [&str; 2] = ["/v1/service-accounts", "/v1/service-accounts/{id}/rotate"];

/// Registers every operation.
pub fn all(config: &mut ServiceConfig<'_>) {
    config
        .configure(health::register)
        .configure(problem::register)
        .service(session::login)
        .service(one_time_link::use_one_time_link)
        .service(utoipa_actix_web::scope("/v1").wrap(from_fn(auth::handle)).configure(with_session));
}

fn with_session(config: &mut ServiceConfig<'_>) {
    config
        .configure(session::register)
        .configure(user::register)
        .configure(service_account::register)
        .configure(unit::register)
        .configure(escalation::register)
        .configure(finding::register)
        .configure(leader_office::register)
        .configure(leader_office_sheet::register)
        .configure(rectification::register)
        .configure(statistics::register)
        .configure(report::register)
        .configure(self_check::register)
        .configure(attachment::register)
        .configure(campaign::register)
        .configure(audit_event::register)
        .configure(dictionary::register)
        .configure(area_standard::register)
        .configure(rule_setting::register)
        .configure(notice::register)
        .configure(operation::register)
        .configure(visit::register)
        .configure(inspection::register)
        .configure(workday::register);
}
