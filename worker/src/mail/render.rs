//! Puts a notice into words: subject, plain text and HTML from one template a kind.

use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use shared::domain::notice_content::{MailContent, Matter, NoticeContent};
use shared::messages::calendar::CalendarEvent;
use shared::messages::template::environment;

/// A notice in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as an HTML document.
    pub html: String,
    /// What goes into the recipient's calendar, or out of it.
    pub calendar: Option<CalendarEvent>,
}

/// The embedded templates, compiled once.
pub struct Renderer {
    environment: Environment<'static>,
}

/// Each kind stands once and is rendered in both formats, so that they say the same. The format comes from
/// the layout and the parts, and the name's ending decides about escaping.
macro_rules! templates {
    ($($kind:literal),+ $(,)?) => {
        &[
            ("layout.html", include_str!("../../templates/mail/layout.html")),
            ("layout.txt", include_str!("../../templates/mail/layout.txt")),
            ("parts.html", include_str!("../../templates/mail/parts.html")),
            ("parts.txt", include_str!("../../templates/mail/parts.txt")),
            $(
                (concat!($kind, ".html"), include_str!(concat!("../../templates/mail/", $kind, ".jinja"))),
                (concat!($kind, ".txt"), include_str!(concat!("../../templates/mail/", $kind, ".jinja"))),
            )+
        ]
    };
}

const TEMPLATES: &[(&str, &str)] = templates![
    "campaign_opened",
    "schedule_changed",
    "self_check_overdue",
    "self_check_returned",
    "self_check_accepted",
    "visit_planned",
    "visit_changed",
    "visit_cancelled",
    "record_voided",
    "rectification_ordered",
    "rectification_overdue",
    "rectification_returned",
    "rectification_reopened",
    "rectification_closed",
    "rectification_withdrawn",
    "extension_decided",
    "deferral_decided",
    "account_invited",
    "password_reset",
    "contact_changed",
    "escalation_proposed",
    "escalation_sent",
];

impl Renderer {
    /// Compiles the templates.
    ///
    /// # Errors
    /// A template that is no template.
    pub fn new() -> Result<Self, minijinja::Error> {
        let mut environment = environment()?;
        for (name, source) in TEMPLATES {
            environment.add_template(name, source)?;
        }
        Ok(Self { environment })
    }

    /// Renders a notice. `link` is where the matter stands in the front end.
    ///
    /// # Errors
    /// A template that asks for what the content lacks.
    pub fn render(&self, content: &NoticeContent, link: &str) -> Result<Rendered, minijinja::Error> {
        let kind = content.matter.kind();
        let calendar = calendar(content);
        let content = Value::from(Serde(content));
        let (subject, text) = self.document(&format!("{kind}.txt"), "txt", &content, link)?;
        let (_, html) = self.document(&format!("{kind}.html"), "html", &content, link)?;
        Ok(Rendered { subject: one_line(&subject), text: tidy(&text), html, calendar })
    }

    /// Subject and whole of one format.
    fn document(
        &self,
        template: &str,
        format: &str,
        content: &Value,
        link: &str,
    ) -> Result<(String, String), minijinja::Error> {
        let context = context! {
            layout => format!("layout.{format}"),
            parts => format!("parts.{format}"),
            link,
            ..content.clone()
        };
        let mut captured = self.environment.get_template(template)?.render_captured(context)?;
        let subject = captured.with_state_mut(|state| state.render_block("subject"))?;
        Ok((subject, captured.output().to_owned()))
    }
}

/// What a notice asks the recipient's calendar to do. Where the mail says little, so does the event.
fn calendar(content: &NoticeContent) -> Option<CalendarEvent> {
    let (visit, cancelled) = match &content.matter {
        Matter::VisitPlanned { visit, .. } | Matter::VisitChanged { visit, .. } => (visit, false),
        Matter::VisitCancelled { visit, .. } => (visit, true),
        _ => return None,
    };
    Some(CalendarEvent {
        id: visit.id,
        sequence: visit.sequence,
        starts_at: visit.starts_at,
        campaign: content.campaign_name.clone()?,
        unit: content.units.join("、"),
        team: visit.team.clone(),
        address: visit.address.clone().filter(|_| content.mail_content == MailContent::Full),
        cancelled,
    })
}

/// A subject is one line, whatever a name holds.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Templates leave blank lines: at most one in a row is kept, and none at the ends.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut blank = true;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() && blank {
            continue;
        }
        blank = line.is_empty();
        tidy.push_str(line);
        tidy.push('\n');
    }
    tidy.truncate(tidy.trim_end().len());
    tidy.push('\n');
    tidy
}
