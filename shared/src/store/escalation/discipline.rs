//! What the discipline commission sees, as subqueries of every scope that it has a part in. They are macros,
//! since a query of both engines has no boxed subquery, and a type that nobody can write.

/// Whether an escalation was sent to the commission.
macro_rules! is_with_discipline {
    () => {{
        use $crate::domain::escalation::{EscalationKind, EscalationStatus};
        use $crate::store::schema::escalations;
        let with_addressee = escalations::status.eq_any(EscalationStatus::WITH_THE_ADDRESSEE);
        escalations::kind.eq(EscalationKind::Discipline).and(with_addressee)
    }};
}

/// The escalations that were.
macro_rules! sent_to_discipline {
    () => {{
        use $crate::store::escalation::discipline::is_with_discipline;
        use $crate::store::schema::escalations;
        escalations::table.filter(is_with_discipline!()).select(escalations::id)
    }};
}

/// The findings that these rest on.
macro_rules! findings_of_discipline {
    () => {{
        use $crate::store::escalation::discipline::sent_to_discipline;
        use $crate::store::schema::escalation_findings;
        escalation_findings::table
            .filter(escalation_findings::escalation_id.eq_any(sent_to_discipline!()))
            .select(escalation_findings::finding_id)
    }};
}

/// The orders that these rest on.
macro_rules! rectifications_of_discipline {
    () => {{
        use $crate::store::escalation::discipline::sent_to_discipline;
        use $crate::store::schema::escalation_rectifications;
        escalation_rectifications::table
            .filter(escalation_rectifications::escalation_id.eq_any(sent_to_discipline!()))
            .select(escalation_rectifications::rectification_id)
    }};
}

pub(in crate::store) use {
    findings_of_discipline, is_with_discipline, rectifications_of_discipline, sent_to_discipline,
};
