//! The tables, as the migrations make them.

diesel::table! {
    accounts (id) {
        id -> Text,
        version -> BigInt,
        username -> Text,
        display_name -> Text,
        email -> Nullable<Text>,
        password_hash -> Text,
        password_initial -> Bool,
        status -> Text,
        created_at -> Timestamp,
        successor_id -> Nullable<Text>,
        kind -> Text,
    }
}

diesel::table! {
    service_accounts (id) {
        id -> Text,
        version -> BigInt,
        name -> Text,
        unit_ids -> Nullable<Text>,
        read_only -> Bool,
        token_hash -> Text,
        status -> Text,
        expires_at -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    one_time_links (token_hash) {
        token_hash -> Text,
        account_id -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    account_grants (id) {
        id -> Text,
        account_id -> Text,
        role -> Text,
        unit_id -> Nullable<Text>,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Text,
        account_id -> Text,
        created_at -> Timestamp,
        last_used_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    login_failures (subject) {
        subject -> Text,
        failures -> BigInt,
        last_at -> Timestamp,
    }
}

diesel::table! {
    idempotency_keys (account_id, key) {
        account_id -> Text,
        key -> Text,
        fingerprint -> Text,
        status -> Integer,
        headers -> Text,
        body -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    audit_events (id) {
        id -> Text,
        tx -> BigInt,
        at -> Timestamp,
        actor_id -> Nullable<Text>,
        actor_name -> Text,
        request_id -> Text,
        action -> Text,
        record_kind -> Text,
        record_id -> Text,
        unit_id -> Nullable<Text>,
        campaign_id -> Nullable<Text>,
        reason -> Nullable<Text>,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
    }
}

diesel::table! {
    civil_clock (id) {
        id -> Integer,
        offset_micros -> BigInt,
    }
}

diesel::table! {
    counters (name) {
        name -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    dictionary_entries (list, code, valid_from) {
        list -> Text,
        code -> Text,
        position -> Integer,
        label_zh -> Text,
        label_en -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    area_standards (id) {
        id -> Text,
        version -> BigInt,
        standard_class -> Text,
        standard_level -> Text,
        area_limit -> Integer,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        source -> Text,
        note -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    leader_offices (id) {
        id -> Text,
        version -> BigInt,
        campaign_id -> Text,
        unit_id -> Text,
        person_name -> Text,
        person_key -> Text,
        service_status -> Text,
        level -> Nullable<Text>,
        rank_grade -> Nullable<Text>,
        standard_level -> Nullable<Text>,
        standard_level_reason -> Nullable<Text>,
        principal_chief -> Bool,
        post -> Nullable<Text>,
        department -> Nullable<Text>,
        formalities_on -> Nullable<Date>,
        vacated_on -> Nullable<Date>,
        second_office_approval -> Nullable<Text>,
        selected_for_measurement -> Bool,
        declared_rooms -> Text,
        measured_rooms -> Text,
        measured_on -> Nullable<Date>,
        note -> Nullable<Text>,
        sealed_assessment -> Nullable<Text>,
        created_at -> Timestamp,
        former_unit_id -> Nullable<Text>,
    }
}

diesel::table! {
    leader_office_sheets (form_id) {
        form_id -> Text,
        measured_on -> Date,
        phone -> Nullable<Text>,
        note -> Nullable<Text>,
        replaces -> Nullable<Text>,
    }
}

diesel::table! {
    leader_office_sheet_rows (form_id, position) {
        form_id -> Text,
        position -> Integer,
        leader_office_id -> Text,
        kept -> Nullable<Text>,
    }
}

diesel::table! {
    rule_settings (id) {
        id -> Text,
        version -> BigInt,
        setting -> Text,
        value -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        source -> Text,
        note -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    reports (id) {
        id -> Text,
        version -> BigInt,
        campaign_id -> Text,
        edition -> Text,
        status -> Text,
        number -> Nullable<Text>,
        requested_by -> Nullable<Text>,
        stage -> Nullable<Text>,
        failure_reason -> Nullable<Text>,
        compiled_at -> Nullable<Timestamp>,
        ready_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        missing_characters -> Nullable<Text>,
        endorsed_by -> Nullable<Text>,
        endorsed_by_name -> Nullable<Text>,
        endorsed_at -> Nullable<Timestamp>,
        endorsement_opinion -> Nullable<Text>,
        full_report_id -> Nullable<Text>,
        full_number -> Nullable<Text>,
        plainly_printed -> Nullable<Text>,
    }
}

diesel::table! {
    report_files (report_id, format) {
        report_id -> Text,
        format -> Text,
        object_key -> Text,
        sha256 -> Text,
        size -> BigInt,
    }
}

diesel::table! {
    report_texts (campaign_id) {
        campaign_id -> Text,
        addressee -> Nullable<Text>,
        document_number -> Nullable<Text>,
        signer -> Nullable<Text>,
        sections -> Text,
        typical_cases -> Text,
    }
}

diesel::table! {
    units (id) {
        id -> Text,
        version -> BigInt,
        name -> Text,
        kind -> Text,
        standard_class -> Text,
        nature -> Nullable<Text>,
        region_code -> Nullable<Text>,
        uscc -> Nullable<Text>,
        principal -> Nullable<Text>,
        address -> Nullable<Text>,
        contact_name -> Nullable<Text>,
        contact_phone -> Nullable<Text>,
        contact_email -> Nullable<Text>,
        leader_email -> Nullable<Text>,
        restricted -> Bool,
        status -> Text,
        successor_id -> Nullable<Text>,
        ended_on -> Nullable<Date>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    campaigns (id) {
        id -> Text,
        version -> BigInt,
        name -> Text,
        document_number -> Nullable<Text>,
        time_zone -> Text,
        status -> Text,
        mail_content -> Text,
        office -> Text,
        order_prefix -> Text,
        orders_need_approval -> Bool,
        overdue_self_checks -> Text,
        overdue_rectifications -> Text,
        sending_hours -> Text,
        head_id -> Nullable<Text>,
        opened_at -> Nullable<Timestamp>,
        closed_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    campaign_phases (campaign_id, kind) {
        campaign_id -> Text,
        kind -> Text,
        starts_on -> Date,
        ends_on -> Date,
    }
}

diesel::table! {
    phase_decisions (id) {
        id -> Text,
        campaign_id -> Text,
        kind -> Text,
        starts_on_before -> Date,
        ends_on_before -> Date,
        starts_on_after -> Date,
        ends_on_after -> Date,
        reason -> Text,
        decided_by -> Nullable<Text>,
        decided_by_name -> Text,
        decided_at -> Timestamp,
    }
}

diesel::table! {
    campaign_focus_items (campaign_id, item) {
        campaign_id -> Text,
        item -> Text,
        position -> Integer,
        title -> Text,
    }
}

diesel::table! {
    campaign_materials (campaign_id, key) {
        campaign_id -> Text,
        key -> Text,
        position -> Integer,
        title -> Text,
    }
}

diesel::table! {
    campaign_leading_group (campaign_id, place) {
        campaign_id -> Text,
        place -> Integer,
        name -> Text,
        unit -> Nullable<Text>,
        post -> Nullable<Text>,
        position -> Text,
        user_id -> Nullable<Text>,
    }
}

diesel::table! {
    campaign_teams (campaign_id, place) {
        campaign_id -> Text,
        place -> Integer,
        name -> Text,
        head_id -> Nullable<Text>,
        member_ids -> Text,
    }
}

diesel::table! {
    campaign_documents (id) {
        id -> Text,
        campaign_id -> Text,
        position -> Integer,
        title -> Text,
        document_number -> Nullable<Text>,
        attachment_id -> Nullable<Text>,
    }
}

diesel::table! {
    campaign_units (campaign_id, unit_id) {
        campaign_id -> Text,
        unit_id -> Text,
        selected_for_visit -> Bool,
        self_check_due_on -> Nullable<Date>,
    }
}

diesel::table! {
    notices (id) {
        id -> Text,
        version -> BigInt,
        campaign_id -> Nullable<Text>,
        kind -> Text,
        event_key -> Text,
        recipient -> Text,
        audience -> Text,
        unit_id -> Nullable<Text>,
        account_id -> Nullable<Text>,
        address -> Nullable<Text>,
        record_kind -> Text,
        record_id -> Text,
        status -> Text,
        content -> Text,
        created_at -> Timestamp,
        due_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        next_attempt_at -> Timestamp,
        attempts -> Integer,
        lease -> BigInt,
        lease_until -> Nullable<Timestamp>,
        message_id -> Nullable<Text>,
        object_key -> Nullable<Text>,
        object_sha256 -> Nullable<Text>,
        rendered_at -> Nullable<Timestamp>,
        words -> Nullable<Text>,
        overtaken_by -> Nullable<Text>,
        cancel_reason -> Nullable<Text>,
        told_channel -> Nullable<Text>,
        told_name -> Nullable<Text>,
        told_at -> Nullable<Timestamp>,
        told_note -> Nullable<Text>,
    }
}

diesel::table! {
    notice_attempts (id) {
        id -> Text,
        notice_id -> Text,
        status -> Text,
        address -> Text,
        message_id -> Text,
        object_key -> Text,
        object_sha256 -> Text,
        started_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        reply -> Nullable<Text>,
    }
}

diesel::table! {
    notice_items (notice_id, record_id) {
        notice_id -> Text,
        record_id -> Text,
        unit_id -> Text,
        kind -> Text,
        due_on -> Date,
        recipient -> Text,
        stage -> Integer,
    }
}

diesel::table! {
    jobs (id) {
        id -> Text,
        job -> Text,
        dedup_key -> Nullable<Text>,
        status -> Text,
        created_at -> Timestamp,
        run_at -> Timestamp,
        attempts -> Integer,
        lease -> BigInt,
        lease_until -> Nullable<Timestamp>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    attachments (id) {
        id -> Text,
        uploader_id -> Text,
        file_name -> Text,
        media_type -> Text,
        size -> BigInt,
        sha256 -> Text,
        object_key -> Text,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        record_kind -> Nullable<Text>,
        record_id -> Nullable<Text>,
        unit_id -> Nullable<Text>,
        campaign_id -> Nullable<Text>,
    }
}

diesel::table! {
    self_checks (id) {
        id -> Text,
        version -> BigInt,
        campaign_id -> Text,
        unit_id -> Text,
        status -> Text,
        due_on -> Nullable<Date>,
        answers -> Text,
        first_submitted_at -> Nullable<Timestamp>,
        timing -> Nullable<Text>,
        submitted_at -> Nullable<Timestamp>,
        submitted_by -> Nullable<Text>,
        accepted_at -> Nullable<Timestamp>,
        return_reason -> Nullable<Text>,
        excuse_reason -> Nullable<Text>,
        own_unit_allowed -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    schedules (name) {
        name -> Text,
        next_at -> Timestamp,
        done_at -> Nullable<Timestamp>,
        done_civil_at -> Nullable<Timestamp>,
        fault -> Nullable<Text>,
        rests -> Integer,
    }
}

diesel::table! {
    faults (subject, subject_id) {
        subject -> Text,
        subject_id -> Text,
        reason -> Text,
        since -> Timestamp,
    }
}

diesel::table! {
    workday_years (year) {
        year -> Integer,
        id -> Text,
        version -> BigInt,
        notice -> Text,
    }
}

diesel::table! {
    workdays (day) {
        day -> Date,
        year -> Integer,
        kind -> Text,
    }
}

diesel::table! {
    self_check_supplements (id) {
        id -> Text,
        self_check_id -> Text,
        text -> Text,
        attachment_ids -> Text,
        filed_by -> Nullable<Text>,
        filed_by_name -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    findings (id) {
        id -> Text,
        version -> BigInt,
        campaign_id -> Text,
        unit_id -> Text,
        focus_item -> Text,
        source -> Text,
        severity -> Text,
        description -> Text,
        handling_opinion -> Nullable<Text>,
        misreporting -> Text,
        misreporting_serious -> Bool,
        status -> Text,
        self_check_id -> Nullable<Text>,
        former_unit_id -> Nullable<Text>,
        leader_office_id -> Nullable<Text>,
        created_by -> Nullable<Text>,
        created_at -> Timestamp,
        inspection_id -> Nullable<Text>,
        inspection_item_id -> Nullable<Text>,
        confirmed_at -> Nullable<Timestamp>,
        merged_into -> Nullable<Text>,
        dismissal_reason -> Nullable<Text>,
        close_opinion -> Nullable<Text>,
        closed_at -> Nullable<Timestamp>,
        own_unit_allowed -> Bool,
        attachment_ids -> Text,
    }
}

diesel::table! {
    rectifications (id) {
        id -> Text,
        version -> BigInt,
        campaign_id -> Text,
        unit_id -> Text,
        former_unit_id -> Nullable<Text>,
        finding_id -> Text,
        number -> Nullable<Text>,
        status -> Text,
        mode -> Text,
        requirement -> Text,
        due_on -> Date,
        first_due_on -> Date,
        responsible_person -> Nullable<Text>,
        goal -> Nullable<Text>,
        evidence -> Nullable<Text>,
        submitted_at -> Nullable<Timestamp>,
        submitted_by -> Nullable<Text>,
        submitted_late -> Bool,
        entered_for_unit -> Bool,
        return_reason -> Nullable<Text>,
        times_returned -> Integer,
        close_opinion -> Nullable<Text>,
        closed_at -> Nullable<Timestamp>,
        reopen_reason -> Nullable<Text>,
        times_reopened -> Integer,
        approval -> Nullable<Text>,
        deferral -> Nullable<Text>,
        extensions -> Text,
        own_unit_allowed -> Bool,
        withdraw_reason -> Nullable<Text>,
        ordered_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    rectification_measures (id) {
        id -> Text,
        rectification_id -> Text,
        position -> Integer,
        text -> Text,
        due_on -> Date,
        status -> Text,
        done_on -> Nullable<Date>,
    }
}

diesel::table! {
    rectification_progress (id) {
        id -> Text,
        rectification_id -> Text,
        at -> Timestamp,
        author -> Text,
        text -> Text,
        attachment_ids -> Text,
    }
}

diesel::table! {
    visits (id) {
        id -> Text,
        version -> BigInt,
        campaign_id -> Text,
        unit_id -> Text,
        former_unit_id -> Nullable<Text>,
        planned_at -> Timestamp,
        planned_on -> Date,
        team -> Nullable<Text>,
        note -> Nullable<Text>,
        status -> Text,
        sequence -> Integer,
        timing -> Nullable<Text>,
        completed_at -> Nullable<Timestamp>,
        cancel_reason -> Nullable<Text>,
        created_by -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    visit_inspectors (visit_id, account_id) {
        visit_id -> Text,
        account_id -> Text,
        position -> Integer,
    }
}

diesel::table! {
    forms (id) {
        id -> Text,
        kind -> Text,
        version -> BigInt,
        status -> Text,
        visit_id -> Text,
        campaign_id -> Text,
        unit_id -> Text,
        unit_name -> Text,
        requested_at -> Nullable<Timestamp>,
        void_reason -> Nullable<Text>,
        created_by -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    form_signatures (id) {
        id -> Text,
        form_id -> Text,
        supplement -> Nullable<Integer>,
        side -> Text,
        name -> Text,
        post -> Text,
        medium -> Text,
        attachment_id -> Nullable<Text>,
        account_id -> Nullable<Text>,
        signed_at -> Timestamp,
        received_at -> Timestamp,
        received_from -> Nullable<Text>,
        sha256 -> Text,
        voided_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    form_refusals (id) {
        id -> Text,
        form_id -> Text,
        reason -> Text,
        name -> Nullable<Text>,
        post -> Nullable<Text>,
        refused_at -> Timestamp,
        received_at -> Timestamp,
        recorded_by -> Nullable<Text>,
        sha256 -> Text,
        voided_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    form_seals (form_id) {
        form_id -> Text,
        content -> Text,
        sha256 -> Text,
        stamp -> Nullable<Text>,
        sealed_at -> Timestamp,
        sealed_by -> Nullable<Text>,
        sealed_by_name -> Text,
    }
}

diesel::table! {
    form_supplements (id) {
        id -> Text,
        form_id -> Text,
        number -> Integer,
        kind -> Text,
        text -> Text,
        created_by -> Nullable<Text>,
        created_by_name -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    inspections (form_id) {
        form_id -> Text,
        inspected_on -> Date,
        methods -> Text,
        principal -> Nullable<Text>,
        address -> Nullable<Text>,
        contact_name -> Nullable<Text>,
        contact_phone -> Nullable<Text>,
        note -> Nullable<Text>,
        replaces -> Nullable<Text>,
    }
}

diesel::table! {
    inspection_items (id) {
        id -> Text,
        form_id -> Text,
        position -> Integer,
        focus_item -> Text,
        result -> Text,
        content -> Nullable<Text>,
        problem -> Nullable<Text>,
        handling_opinion -> Nullable<Text>,
        attachment_ids -> Text,
    }
}

diesel::table! {
    escalations (id) {
        id -> Text,
        version -> BigInt,
        campaign_id -> Text,
        unit_id -> Text,
        kind -> Text,
        addressee -> Text,
        facts -> Text,
        legal_basis -> Nullable<Text>,
        attachment_ids -> Text,
        status -> Text,
        decision -> Nullable<Text>,
        withdraw_reason -> Nullable<Text>,
        sent_at -> Nullable<Timestamp>,
        answer -> Nullable<Text>,
        answer_attachment_ids -> Text,
        concluded_at -> Nullable<Timestamp>,
        own_unit_allowed -> Bool,
        former_unit_id -> Nullable<Text>,
        created_by -> Nullable<Text>,
        proposed_by -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    escalation_findings (escalation_id, finding_id) {
        escalation_id -> Text,
        finding_id -> Text,
    }
}

diesel::table! {
    escalation_rectifications (escalation_id, rectification_id) {
        escalation_id -> Text,
        rectification_id -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    leader_office_sheets,
    leader_office_sheet_rows,
    accounts,
    account_grants,
    sessions,
    units,
    campaigns,
    campaign_phases,
    campaign_units,
    attachments,
    self_checks,
    findings,
    leader_offices,
    rectifications,
    rectification_measures,
    visits,
    visit_inspectors,
    forms,
    inspections,
    escalations,
    escalation_findings,
    escalation_rectifications,
    inspection_items,
    reports,
    audit_events,
    notices,
    notice_items,
    form_signatures,
    form_refusals,
    form_seals,
    form_supplements,
    rectification_progress,
    self_check_supplements
);

diesel::allow_tables_to_appear_in_same_query!(workday_years, workdays);
