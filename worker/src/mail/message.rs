//! From a rendered notice to the bytes of an Internet message (RFC 5322). The same input gives the
//! same bytes, so that a repeated attempt is recognized as the same mail.

use lettre::Message;
use lettre::message::header::{
    ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue,
};
use lettre::message::{MultiPart, SinglePart};
use shared::domain::instant::Instant;
use shared::messages::calendar::{CalendarEvent, Parties};

use super::envelope::Envelope;
use super::render::Rendered;

/// All parts are sent in base64, whose alphabet lacks `_`: no line of a part can be this mark.
const BOUNDARY: &str = "_xunjian_alternative_";

/// The same around the words and what is attached to them.
const OUTER_BOUNDARY: &str = "_xunjian_mixed_";

/// What identifies one message; fixed before the first attempt.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// With its angle brackets, see [`message_id`].
    pub message_id: &'a str,
    /// When the message was rendered.
    pub date: Instant,
}

/// The Message-ID of what carries this name, in the sender's domain.
pub fn message_id(name: &str, envelope: &Envelope) -> String {
    format!("<{name}@{}>", envelope.sender().address().domain())
}

/// The message as it is stored and sent: ASCII only, lines ended by CRLF.
///
/// # Errors
/// Where lettre cannot put the parts together.
pub fn build(
    rendered: Rendered,
    envelope: &Envelope,
    stamp: Stamp<'_>,
) -> Result<Vec<u8>, lettre::error::Error> {
    let list = format!("Xunjian notices <xunjian-notices.{}>", envelope.sender().address().domain());
    let words = MultiPart::alternative()
        .boundary(BOUNDARY)
        .singlepart(part(ContentType::TEXT_PLAIN, rendered.text))
        .singlepart(part(ContentType::TEXT_HTML, rendered.html));
    let body = match &rendered.calendar {
        Some(event) => with_invitation(words, event, envelope, stamp.date),
        None => words,
    };
    let message = Message::builder()
        .message_id(Some(stamp.message_id.to_owned()))
        .raw_header(header("Date", stamp.date.to_utc().format("%a, %d %b %Y %H:%M:%S +0000").to_string()))
        .from(envelope.sender().mailbox().clone())
        .to(envelope.recipient().clone().into())
        .subject(rendered.subject)
        .raw_header(header("List-Id", list))
        .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
        .multipart(body)?;
    Ok(message.formatted())
}

/// An invitation as a file beside the words: mail programs show it as a date to accept.
fn with_invitation(words: MultiPart, event: &CalendarEvent, envelope: &Envelope, date: Instant) -> MultiPart {
    let parties =
        Parties { organizer: envelope.sender().address().as_ref(), attendee: envelope.recipient().as_ref() };
    let kind = format!("text/calendar; charset=utf-8; method={}", event.method());
    let file = SinglePart::builder()
        .header(ContentType::parse(&kind).unwrap_or(ContentType::TEXT_PLAIN))
        .header(ContentDisposition::attachment("visit.ics"))
        .header(ContentTransferEncoding::Base64)
        .body(event.text(date, Some(parties)));
    MultiPart::mixed().boundary(OUTER_BOUNDARY).multipart(words).singlepart(file)
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

fn part(content_type: ContentType, text: String) -> SinglePart {
    SinglePart::builder().header(content_type).header(ContentTransferEncoding::Base64).body(text)
}
