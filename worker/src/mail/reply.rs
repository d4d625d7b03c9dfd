//! What a mail server answered, and what follows from it.

use std::fmt;

/// A server's reply: its code and its lines (RFC 5321, 4.2). It reads as one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The three digits.
    pub code: u16,
    lines: Vec<String>,
}

/// What a negative reply to one recipient's mail means. It says nothing about other recipients: a server that
/// wants fewer mails of anybody says the same to several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Later it may go.
    Temporary,
    /// It never goes.
    Permanent,
    /// Our own account or sender is refused, whichever recipient was named.
    Ours,
}

/// A reply is kept in the ledger: more than this says nothing further.
const TEXT_LIMIT: usize = 500;

/// Words with which servers name a limit on what we send, in whatever code they put it: tomorrow it goes.
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
    /// A reply as it came.
    pub fn new(code: u16, lines: Vec<String>) -> Self {
        Self { code, lines }
    }

    /// The text behind the code, line by line.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Whether a server says so of a command that it does not know or take now, and of no mail (RFC 5321, 4.2.2).
    pub fn is_about_the_command(&self) -> bool {
        (500..=504).contains(&self.code) || self.is_last()
    }

    /// Whether the server hangs up after it.
    pub fn is_last(&self) -> bool {
        self.code == 421
    }

    /// Whether it says no, for now or for good.
    pub fn is_refusal(&self) -> bool {
        (400..=599).contains(&self.code)
    }

    /// A text as the ledger keeps it: one line of bounded length.
    pub fn cut(text: &str) -> String {
        let line: String =
            text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT_LIMIT).collect();
        line.trim().to_owned()
    }

    /// The same code with other words.
    pub fn reworded(self, reword: impl Fn(&str) -> String) -> Self {
        Self { lines: self.lines.iter().map(|line| reword(line)).collect(), ..self }
    }

    /// Judges a negative reply.
    pub fn verdict(&self) -> Verdict {
        if self.is_of_ourselves() {
            return Verdict::Ours;
        }
        let text = self.lines.join(" ").to_lowercase();
        let of_ours = SENDING_LIMITS.iter().any(|words| text.contains(words));
        if (400..500).contains(&self.code) || of_ours || self.enhanced_status() == Some((5, 4, 5)) {
            Verdict::Temporary
        } else {
            Verdict::Permanent
        }
    }

    /// Codes about logging in (RFC 4954, 6), and about the sender (RFC 3463: x.1.7, x.1.8) or how it logged in (x.7.8 to
    /// x.7.12).
    fn is_of_ourselves(&self) -> bool {
        matches!(self.code, 530 | 534 | 535 | 538)
            || matches!(self.enhanced_status(), Some((_, 1, 7 | 8) | (_, 7, 8..=12)))
    }

    /// Class, subject and detail of RFC 3463.
    fn enhanced_status(&self) -> Option<(u16, u16, u16)> {
        let mut parts = self.lines.first()?.split_whitespace().next()?.split('.').map(str::parse::<u16>);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(class)), Some(Ok(subject)), Some(Ok(detail)), None) => Some((class, subject, detail)),
            _ => None,
        }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, Self::cut(&self.lines.join(" ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(code: u16, text: &str) -> Verdict {
        Reply::new(code, vec![text.to_owned()]).verdict()
    }

    #[test]
    fn what_may_go_later_is_tried_again() {
        for (code, text) in [
            (421, "4.7.0 Try again later, closing connection"),
            (450, "4.2.0 <a@example.com>: Recipient address rejected: Greylisted"),
            (451, "4.7.1 Please try again later"),
            (452, "4.2.2 The recipient's inbox is out of storage space"),
            (452, "insufficient system storage"),
            (499, ""),
            (550, "5.4.5 Daily user sending quota exceeded"),
            (550, "Connection frequency limited: frequency limit"),
            (554, "Too many messages in this hour"),
        ] {
            assert_eq!(verdict(code, text), Verdict::Temporary, "{code} {text}");
        }
    }

    #[test]
    fn a_permanent_refusal_is_not_tried_again() {
        for (code, text) in [
            (550, "5.1.1 no such user"),
            (552, "5.2.2 mailbox over quota"),
            (553, "mailbox name not allowed"),
            (554, "5.7.1 rejected as spam"),
            (501, "syntax"),
        ] {
            assert_eq!(verdict(code, text), Verdict::Permanent, "{code} {text}");
        }
    }

    #[test]
    fn what_is_said_of_us_concerns_no_recipient() {
        for (code, text) in [
            (530, "Authentication required"),
            (535, "5.7.8 bad credentials"),
            (550, "5.1.8 bad sender"),
            (554, "5.7.9 too weak"),
        ] {
            assert_eq!(verdict(code, text), Verdict::Ours, "{code} {text}");
        }
    }

    #[test]
    fn what_is_kept_of_a_reply_is_one_bounded_line() {
        let reply = Reply::new(550, vec!["no\r".to_owned(), "x".repeat(10_000)]).to_string();
        assert!(reply.starts_with("550 no  x"));
        assert_eq!(reply.chars().count(), TEXT_LIMIT + "550 ".len());
    }
}
