//! What a mail server answered, and what follows from it.

use std::fmt;

use lettre::transport::smtp::response::Response;

/// A server's reply: its code and its text in one line (RFC 5321, 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The three digits.
    pub code: u16,
    /// The text, beginning with the enhanced status (RFC 3463) where the server gives one.
    pub text: String,
}

/// What a negative reply to one recipient's mail means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Later it may go: this recipient's mailbox is busy, full or greylisted.
    Temporary,
    /// The server wants fewer mails of us: every mail waits.
    Throttled,
    /// It never goes.
    Permanent,
}

/// A reply is kept in the ledger: more than this says nothing further.
const TEXT_LIMIT: usize = 500;

/// Words with which servers name a limit on what we send, in whatever code they put it.
const SENDING_LIMITS: &[&str] = &[
    "rate limit",
    "ratelimit",
    "frequency limit",
    "frequency over limit",
    "sending limit",
    "sending quota",
    "sending rate",
    "too many messages",
    "too many mails",
    "too many emails",
    "too many connections",
    "too many sessions",
    "too fast",
];

impl Reply {
    /// A reply as it came, made one line of bounded length.
    pub fn new(code: u16, text: &str) -> Self {
        let line: String =
            text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT_LIMIT).collect();
        Self { code, text: line.trim().to_owned() }
    }

    /// Judges a negative reply. Where there is an enhanced status it decides, since a code alone
    /// does not tell a full mailbox (4.2.2) from a full server (4.3.1).
    pub fn verdict(&self) -> Verdict {
        let text = self.text.to_lowercase();
        if self.code == 421 || SENDING_LIMITS.iter().any(|words| text.contains(words)) {
            return Verdict::Throttled;
        }
        let status = self.enhanced_status();
        if status == Some((5, 4, 5)) {
            return Verdict::Throttled;
        }
        if !(400..500).contains(&self.code) {
            return Verdict::Permanent;
        }
        if text.contains("greylist") || text.contains("graylist") {
            return Verdict::Temporary;
        }
        match status {
            Some((4, 3 | 7, _) | (4, 4 | 5, 5 | 3)) => Verdict::Throttled,
            Some(_) => Verdict::Temporary,
            None if self.code == 452 || text.contains("quota") => Verdict::Throttled,
            None => Verdict::Temporary,
        }
    }

    /// Class, subject and detail of RFC 3463.
    fn enhanced_status(&self) -> Option<(u16, u16, u16)> {
        let mut parts = self.text.split_whitespace().next()?.split('.').map(str::parse::<u16>);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(class)), Some(Ok(subject)), Some(Ok(detail)), None) => Some((class, subject, detail)),
            _ => None,
        }
    }
}

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        let text: Vec<&str> = response.message().collect();
        Self::new(response.code().into(), &text.join(" "))
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(code: u16, text: &str) -> Verdict {
        Reply::new(code, text).verdict()
    }

    #[test]
    fn a_recipients_own_trouble_does_not_stop_the_others() {
        for (code, text) in [
            (450, "mailbox busy"),
            (450, "4.2.0 <a@example.com>: Recipient address rejected: Greylisted"),
            (451, "4.7.1 Greylisting in action, please come back later"),
            (452, "4.2.2 The recipient's inbox is out of storage space"),
            (451, "local error in processing"),
        ] {
            assert_eq!(verdict(code, text), Verdict::Temporary, "{code} {text}");
        }
    }

    #[test]
    fn a_server_that_wants_less_stops_the_queue() {
        for (code, text) in [
            (421, "4.7.0 Try again later, closing connection"),
            (421, "service not available"),
            (451, "4.7.500 Server busy"),
            (452, "insufficient system storage"),
            (452, "4.3.1 insufficient system storage"),
            (452, "4.5.3 too many recipients"),
            (450, "sender quota exceeded"),
            (550, "5.4.5 Daily user sending quota exceeded"),
            (550, "Connection frequency limited: frequency limit"),
            (554, "Too many messages in this hour"),
        ] {
            assert_eq!(verdict(code, text), Verdict::Throttled, "{code} {text}");
        }
    }

    #[test]
    fn a_permanent_refusal_is_not_tried_again() {
        for (code, text) in [
            (550, "5.1.1 no such user"),
            (552, "5.2.2 mailbox over quota"),
            (554, "5.7.1 rejected as spam"),
            (501, "syntax"),
        ] {
            assert_eq!(verdict(code, text), Verdict::Permanent, "{code} {text}");
        }
    }

    #[test]
    fn the_kept_text_is_one_bounded_line() {
        let reply = Reply::new(550, &format!("no\r\n{}", "x".repeat(10_000)));
        assert!(reply.text.starts_with("no  x"));
        assert_eq!(reply.text.chars().count(), TEXT_LIMIT);
    }
}
