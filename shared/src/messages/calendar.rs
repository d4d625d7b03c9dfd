//! Visits as calendars read them (iCalendar, RFC 5545), and invitations to them (RFC 5546).

use crate::domain::id::Id;
use crate::domain::instant::Instant;

/// A visit in a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEvent {
    /// Names it in every calendar, whatever becomes of it.
    pub id: Id,
    /// Rises with every change.
    pub sequence: i32,
    /// When it begins. How long it takes, nobody plans.
    pub starts_at: Instant,
    /// What it belongs to.
    pub campaign: String,
    /// The unit that is visited.
    pub unit: String,
    /// Who comes.
    pub team: Option<String>,
    /// Where.
    pub address: Option<String>,
    pub cancelled: bool,
}

/// Between whom an invitation goes: addresses.
#[derive(Clone, Copy, Debug)]
pub struct Parties<'a> {
    pub organizer: &'a str,
    pub attendee: &'a str,
}

impl CalendarEvent {
    /// What a calendar is asked to do with it: take it in, or take it out.
    pub fn method(&self) -> &'static str {
        if self.cancelled { "CANCEL" } else { "REQUEST" }
    }

    /// The event as a file; with parties, as an invitation, or the cancellation of one. `stamp` is when it was
    /// written.
    pub fn text(&self, stamp: Instant, parties: Option<Parties<'_>>) -> String {
        let status = if self.cancelled { "CANCELLED" } else { "CONFIRMED" };
        let about = [Some(&self.campaign), self.team.as_ref()].into_iter().flatten();
        let about: Vec<String> = about.map(|text| escaped(text)).collect();
        let mut file = File::default();
        file.line("BEGIN:VCALENDAR");
        file.line("VERSION:2.0");
        file.line("PRODID:-//xunjian//visits//ZH");
        if parties.is_some() {
            file.line(&format!("METHOD:{}", self.method()));
        }
        file.line("BEGIN:VEVENT");
        file.line(&format!("UID:{}", self.id));
        file.line(&format!("SEQUENCE:{}", self.sequence));
        file.line(&format!("DTSTAMP:{}", utc(stamp)));
        file.line(&format!("DTSTART:{}", utc(self.starts_at)));
        file.line(&format!("STATUS:{status}"));
        file.line(&format!("SUMMARY:办公用房专项巡检：{}", escaped(&self.unit)));
        file.line(&format!("DESCRIPTION:{}", about.join("\\n")));
        if let Some(address) = &self.address {
            file.line(&format!("LOCATION:{}", escaped(address)));
        }
        if let Some(Parties { organizer, attendee }) = parties {
            file.line(&format!("ORGANIZER:mailto:{organizer}"));
            file.line(&format!("ATTENDEE;ROLE=REQ-PARTICIPANT:mailto:{attendee}"));
        }
        file.line("END:VEVENT");
        file.line("END:VCALENDAR");
        file.0
    }
}

/// Lines that end with CRLF, folded where they are longer than 75 octets (RFC 5545, 3.1).
#[derive(Default)]
struct File(String);

impl File {
    fn line(&mut self, line: &str) {
        let mut octets = 0;
        for c in line.chars() {
            if octets + c.len_utf8() > 75 {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            octets += c.len_utf8();
            self.0.push(c);
        }
        self.0.push_str("\r\n");
    }
}

fn utc(instant: Instant) -> String {
    instant.to_utc().format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value (RFC 5545, 3.3.11), on one line: a name may hold line breaks.
fn escaped(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace('\\', r"\\").replace(';', r"\;").replace(',', r"\,")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> CalendarEvent {
        CalendarEvent {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            sequence: 2,
            starts_at: at("2023-08-07T01:00:00Z"),
            campaign: "2023年连云区党政机关办公用房专项巡检".to_owned(),
            unit: "墟沟街道办事处".to_owned(),
            team: Some("第一组；海岛, 片区\r\nSEQUENCE:9".to_owned()),
            address: None,
            cancelled: false,
        }
    }

    fn at(instant: &str) -> Instant {
        serde_json::from_value(instant.into()).unwrap()
    }

    /// The lines without folds (RFC 5545, 3.1).
    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").lines().map(str::to_owned).collect()
    }

    #[test]
    fn an_invitation_names_what_it_is_about_and_between_whom() {
        let parties = Parties { organizer: "office@district.example", attendee: "xugou@unit.example" };
        let text = event().text(at("2023-08-01T00:30:00Z"), Some(parties));
        assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{text}");
        let lines = unfolded(&text);
        for line in [
            "VERSION:2.0",
            "METHOD:REQUEST",
            "UID:01890a5d-ac96-774b-bcce-b302099a8057",
            "SEQUENCE:2",
            "DTSTAMP:20230801T003000Z",
            "DTSTART:20230807T010000Z",
            "STATUS:CONFIRMED",
            "SUMMARY:办公用房专项巡检：墟沟街道办事处",
            "DESCRIPTION:2023年连云区党政机关办公用房专项巡检\\n第一组；海岛\\, 片区 SEQUENCE:9",
            "ORGANIZER:mailto:office@district.example",
            "ATTENDEE;ROLE=REQ-PARTICIPANT:mailto:xugou@unit.example",
        ] {
            assert!(lines.iter().any(|found| found == line), "{line} in {text}");
        }
        assert_eq!(lines.iter().filter(|line| line.starts_with("SEQUENCE")).count(), 1);
    }

    #[test]
    fn a_file_for_oneself_asks_nobody_for_anything() {
        let text = CalendarEvent { cancelled: true, ..event() }.text(at("2023-08-01T00:30:00Z"), None);
        assert!(text.contains("STATUS:CANCELLED"));
        for absent in ["METHOD", "ORGANIZER", "ATTENDEE", "LOCATION"] {
            assert!(!text.contains(absent), "{absent} in {text}");
        }
    }
}
