//! Role × operation × own or foreign record. The requests carry neither version nor content, so that
//! whoever may pass is refused for that afterwards (428, 422), and nobody changes anything.

use reqwest::Method;
use serde_json::json;

use super::fixture::Fixture;
use crate::on_both_engines;
use crate::support::document::{Operation, operations};
use crate::support::{Engine, Who, World};

/// Who gets how far: operation, then for admin, coordinator, leader, inspector, liaison, discipline on
/// a record of the liaison's unit, then on a foreign one. `+` passes, `r` lacks the role (403), `0` sees
/// nothing (404).
const RIGHTS: &[(&str, &str, &str)] = &[
    ("logout", "", ""),
    ("get_me", "++++++", "++++++"),
    ("change_password", "++++++", "++++++"),
    ("create_user", "+rrrrr", "+rrrrr"),
    ("list_users", "++++++", "++++++"),
    ("get_user", "++00+0", "++0000"),
    ("update_user", "+r00r0", "+r0000"),
    ("invite_user", "++rrrr", "++rrrr"),
    ("disable_user", "++00r0", "++0000"),
    ("enable_user", "++00r0", "++0000"),
    ("reset_user_password", "++00r0", "++0000"),
    ("replace_user", "r+00r0", "r+0000"),
    ("create_service_account", "+rrrrr", "+rrrrr"),
    ("list_service_accounts", "++++++", "++++++"),
    ("get_service_account", "+00000", "+00000"),
    ("rotate_service_account", "+00000", "+00000"),
    ("revoke_service_account", "+00000", "+00000"),
    ("create_unit", "r+rrrr", "r+rrrr"),
    ("list_units", "++++++", "++++++"),
    ("get_unit", "+++++0", "++++00"),
    ("update_unit", "r+rr+0", "r+rr00"),
    ("merge_unit", "r+rrr0", "r+rr00"),
    ("dissolve_unit", "r+rrr0", "r+rr00"),
    ("request_report", "r+++rr", "r+++rr"),
    ("list_reports", "++++++", "++++++"),
    ("get_report", "0++++0", "0+++00"),
    ("cancel_report", "0+++r0", "0+++00"),
    ("endorse_report", "0r+rr0", "0r+r00"),
    ("get_report_differences", "0++++0", "0+++00"),
    ("get_report_file", "0++++0", "0+++00"),
    ("get_report_rows", "0++++0", "0+++00"),
    ("get_report_texts", "0+++00", "0+++00"),
    ("replace_report_texts", "0+r+00", "0+r+00"),
    ("update_report_texts", "0+r+00", "0+r+00"),
    ("list_dictionaries", "++++++", "++++++"),
    ("create_area_standard", "r+rrrr", "r+rrrr"),
    ("list_area_standards", "++++++", "++++++"),
    ("get_area_standard", "0+++++", "0+++++"),
    ("correct_area_standard", "0+rrrr", "0+rrrr"),
    ("create_rule_setting", "r+rrrr", "r+rrrr"),
    ("list_rule_settings", "++++++", "++++++"),
    ("get_rule_setting", "0+++++", "0+++++"),
    ("correct_rule_setting", "0+rrrr", "0+rrrr"),
    ("upload_attachment", "r+++++", "r+++++"),
    ("get_attachment", "0++++0", "0+++00"),
    ("get_attachment_content", "0++++0", "0+++00"),
    ("create_campaign", "r+rrrr", "r+rrrr"),
    ("list_campaigns", "++++++", "++++++"),
    ("get_campaign", "0++++0", "0+++00"),
    ("list_phases", "0++++0", "0+++00"),
    ("get_phase", "0++++0", "0+++00"),
    ("list_focus_items", "0++++0", "0+++00"),
    ("list_materials", "0++++0", "0+++00"),
    ("get_leading_group", "0++++0", "0+++00"),
    ("list_teams", "0++++0", "0+++00"),
    ("list_discrepancies", "0+++r0", "0+++00"),
    ("list_documents", "0++++0", "0+++00"),
    ("get_document", "0++++0", "0+++00"),
    ("list_campaign_units", "0++++0", "0+++00"),
    ("get_campaign_unit", "0++++0", "0+++00"),
    ("update_campaign", "0+rrr0", "0+rr00"),
    ("delete_campaign", "0+rrr0", "0+rr00"),
    ("open_campaign", "0+rrr0", "0+rr00"),
    ("reopen_campaign", "0+rrr0", "0+rr00"),
    ("put_phases", "0+rrr0", "0+rr00"),
    ("create_phase", "0+rrr0", "0+rr00"),
    ("update_phase", "0+rrr0", "0+rr00"),
    ("delete_phase", "0+rrr0", "0+rr00"),
    ("put_focus_items", "0+rrr0", "0+rr00"),
    ("put_materials", "0+rrr0", "0+rr00"),
    ("put_leading_group", "0+rrr0", "0+rr00"),
    ("put_teams", "0+rrr0", "0+rr00"),
    ("create_document", "0+rrr0", "0+rr00"),
    ("delete_document", "0+rrr0", "0+rr00"),
    ("put_campaign_units", "0+rrr0", "0+rr00"),
    ("add_campaign_unit", "0+rrr0", "0+rr00"),
    ("update_campaign_unit", "0+rrr0", "0+rr00"),
    ("remove_campaign_unit", "0+rrr0", "0+rr00"),
    ("close_campaign", "0++rr0", "0++r00"),
    ("list_notices", "++++++", "++++++"),
    ("list_unit_notices", "+++++0", "++++00"),
    ("get_notice", "0++++0", "0+++00"),
    ("resend_notice", "0+rrr0", "0+rr00"),
    ("cancel_notice", "0+rrr0", "0+rr00"),
    ("record_notice_delivery", "0+rrr0", "0+rr00"),
    ("preview_notices", "r++rrr", "r++rrr"),
    ("get_operations", "++rrrr", "++rrrr"),
    ("get_workdays", "++++++", "++++++"),
    ("put_workdays", "r+rrrr", "r+rrrr"),
    ("create_finding", "r+r+rr", "r+r+rr"),
    ("list_findings", "++++++", "++++++"),
    ("get_finding", "0++++0", "0+++00"),
    ("update_finding", "0+r+r0", "0+r+00"),
    ("delete_finding", "0+r+r0", "0+r+00"),
    ("confirm_finding", "0+r+r0", "0+r+00"),
    ("create_leader_office", "r+r++r", "r+r++r"),
    ("list_leader_offices", "++++++", "++++++"),
    ("get_leader_office", "0++++0", "0+++00"),
    ("get_leader_office_assessment", "0++++0", "0+++00"),
    ("update_leader_office", "0+r++0", "0+r+00"),
    ("delete_leader_office", "0+r++0", "0+r+00"),
    ("merge_finding", "0+rrr0", "0+rr00"),
    ("void_finding", "0+rrr0", "0+rr00"),
    ("close_finding", "0+r+r0", "0+r+00"),
    ("allow_own_unit_on_finding", "0r+rr0", "0r+r00"),
    ("reopen_finding", "0+r+r0", "0+r+00"),
    ("create_leader_office_sheet", "r+r+rr", "r+r+rr"),
    ("list_leader_office_sheets", "++++++", "++++++"),
    ("get_leader_office_sheet", "0++++0", "0+++00"),
    ("update_leader_office_sheet", "0+r+r0", "0+r+00"),
    ("request_leader_office_sheet_signatures", "0+r+r0", "0+r+00"),
    ("sign_leader_office_sheet", "0rr++0", "0rr+00"),
    ("refuse_leader_office_sheet", "0rr++0", "0rr+00"),
    ("seal_leader_office_sheet", "0+r+r0", "0+r+00"),
    ("void_leader_office_sheet", "0+r+r0", "0+r+00"),
    ("verify_leader_office_sheet", "0++++0", "0+++00"),
    ("list_leader_office_sheet_supplements", "0++++0", "0+++00"),
    ("create_leader_office_sheet_supplement", "0+r++0", "0+r+00"),
    ("get_leader_office_sheet_supplement", "0++++0", "0+++00"),
    ("sign_leader_office_sheet_supplement", "0rr++0", "0rr+00"),
    ("create_rectification", "r+rrrr", "r+rrrr"),
    ("list_rectifications", "++++++", "++++++"),
    ("get_rectification", "0++++0", "0+++00"),
    ("update_rectification", "0+rrr0", "0+rr00"),
    ("delete_rectification", "0+rrr0", "0+rr00"),
    ("order_rectification", "0+rrr0", "0+rr00"),
    ("correct_rectification", "0+rrr0", "0+rr00"),
    ("plan_rectification", "0rrr+0", "0rrr00"),
    ("progress_rectification", "0rrr+0", "0rrr00"),
    ("submit_rectification", "0+rr+0", "0+rr00"),
    ("return_rectification", "0+r+r0", "0+r+00"),
    ("close_rectification", "0+r+r0", "0+r+00"),
    ("withdraw_rectification", "0+rrr0", "0+rr00"),
    ("approve_rectification", "0r+rr0", "0r+r00"),
    ("reopen_rectification", "0+r+r0", "0+r+00"),
    ("defer_rectification", "0r+rr0", "0r+r00"),
    ("allow_own_unit_on_rectification", "0r+rr0", "0r+r00"),
    ("resume_rectification", "0+rrr0", "0+rr00"),
    ("request_extension", "0rrr+0", "0rrr00"),
    ("decide_extension", "0+rrr0", "0+rr00"),
    ("create_visit", "r+r+rr", "r+r+rr"),
    ("list_visits", "++++++", "++++++"),
    ("get_visit", "0++++0", "0+++00"),
    ("update_visit", "0+rrr0", "0+rr00"),
    ("complete_visit", "0+r+r0", "0+r+00"),
    ("cancel_visit", "0+rrr0", "0+rr00"),
    ("reopen_visit", "0+rrr0", "0+rr00"),
    ("get_visit_calendar", "0++++0", "0+++00"),
    ("get_visit_sheet", "0+++r0", "0+++00"),
    ("create_inspection", "r+r+rr", "r+r+rr"),
    ("list_inspections", "++++++", "++++++"),
    ("get_inspection", "0++++0", "0+++00"),
    ("update_inspection", "0+r+r0", "0+r+00"),
    ("create_inspection_item", "0+r+r0", "0+r+00"),
    ("get_inspection_item", "0++++0", "0+++00"),
    ("update_inspection_item", "0+r+r0", "0+r+00"),
    ("delete_inspection_item", "0+r+r0", "0+r+00"),
    ("request_inspection_signatures", "0+r+r0", "0+r+00"),
    ("sign_inspection", "0rr++0", "0rr+00"),
    ("refuse_inspection", "0rr++0", "0rr+00"),
    ("seal_inspection", "0+r+r0", "0+r+00"),
    ("void_inspection", "0+r+r0", "0+r+00"),
    ("verify_inspection", "0++++0", "0+++00"),
    ("list_inspection_supplements", "0++++0", "0+++00"),
    ("create_inspection_supplement", "0+r++0", "0+r+00"),
    ("get_inspection_supplement", "0++++0", "0+++00"),
    ("sign_inspection_supplement", "0rr++0", "0rr+00"),
    ("create_escalation", "r+rrrr", "r+rrrr"),
    ("list_escalations", "++++++", "++++++"),
    ("get_escalation", "0++00+", "0++000"),
    ("list_escalation_candidates", "0++rr0", "0++r00"),
    ("approve_escalation", "0r+00r", "0r+000"),
    ("reject_escalation", "0r+00r", "0r+000"),
    ("send_escalation", "0+r00r", "0+r000"),
    ("withdraw_escalation", "0+r00r", "0+r000"),
    ("conclude_escalation", "0+r00+", "0+r000"),
    ("allow_own_unit_on_escalation", "0r+00r", "0r+000"),
    ("get_statistics", "0++++0", "0+++00"),
    ("get_statistics_text", "0++++0", "0+++00"),
    ("get_progress", "0++++0", "0+++00"),
    ("list_self_checks", "++++++", "++++++"),
    ("get_self_check", "0++++0", "0+++00"),
    ("update_self_check", "0+rr+0", "0+rr00"),
    ("submit_self_check", "0+rr+0", "0+rr00"),
    ("withdraw_self_check", "0rrr+0", "0rrr00"),
    ("return_self_check", "0+rrr0", "0+rr00"),
    ("accept_self_check", "0+rrr0", "0+rr00"),
    ("excuse_self_check", "0+rrr0", "0+rr00"),
    ("allow_own_unit_on_self_check", "0r+rr0", "0r+r00"),
    ("include_self_check", "0+rrr0", "0+rr00"),
    ("list_supplements", "0++++0", "0+++00"),
    ("create_supplement", "0+rr+0", "0+rr00"),
    ("get_supplement", "0++++0", "0+++00"),
    ("list_audit_events", "++++++", "++++++"),
    ("get_audit_event", "0++++0", "0+++00"),
];

async fn attempt(world: &World, who: Who, operation: &Operation, path: &str) -> (char, String) {
    let method = Method::from_bytes(operation.method.as_bytes()).expect("a method");
    let mut request = world.request(who, method, path);
    if operation.has_json_body() {
        request = request.json(&json!({}));
    } else if operation.spec.get("requestBody").is_some() {
        request = request.raw("multipart/form-data; boundary=edge", "--edge--\r\n");
    }
    let reply = request.send().await;
    let seen = match reply.status {
        200..300 | 409 | 422 | 428 => '+',
        403 if reply.body["code"] == "role_missing" => 'r',
        404 => '0',
        401 => '?',
        _ => '!',
    };
    (seen, format!("{who:?} {} {path}: {} {}", operation.method, reply.status, reply.body))
}

on_both_engines! {
    async fn every_operation_answers_each_role_as_listed(world: &World) {
        let fixture = Fixture::make(world).await;
        for operation in operations().iter().filter(|operation| operation.needs_session()) {
            let listed = RIGHTS.iter().find(|(id, ..)| *id == operation.id);
            let (_, own, foreign) = listed.unwrap_or_else(|| panic!("rights.rs does not list {}", operation.id));
            let (own_path, foreign_path) = fixture.paths(&operation.path);
            for (expected, path) in [(own, own_path), (foreign, foreign_path)] {
                for (who, expected) in Who::ROLES.into_iter().zip(expected.chars()) {
                    let (seen, answer) = attempt(world, who, operation, &path).await;
                    assert_eq!(seen, expected, "{}: {answer}", operation.id);
                }
            }
        }
    }
}

on_both_engines! {
    async fn nothing_but_the_open_operations_answers_without_a_session(world: &World) {
        let fixture = Fixture::make(world).await;
        for operation in operations() {
            let (path, _) = fixture.paths(&operation.path);
            let (seen, answer) = attempt(world, Who::Nobody, operation, &path).await;
            assert_eq!(seen == '?', operation.needs_session(), "{answer}");
        }
    }
}
