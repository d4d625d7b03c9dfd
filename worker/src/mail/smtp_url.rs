//! The setting that names the mail server, in the form that lettre documents:
//! `smtp://` or `smtps://`, `user:password@`, host, port, `/ehlo-name`, `?tls=required` or `?tls=opportunistic`.
//!
//! It is read here since lettre gives no way to get at the parts.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// A mail server and how to talk to it. It holds a password, so it has no `Debug`.
pub struct SmtpServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) account: Option<Account>,
    pub(super) hello_name: String,
}

/// Whether, and from when, the dialogue is encrypted. A certificate that is not trusted is never taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encryption {
    /// Never.
    Never,
    /// Where the server offers it.
    WhereOffered,
    /// Nothing is sent to a server that does not offer it.
    Required,
    /// From the first byte (RFC 8314).
    FromTheStart,
}

/// Our account at the server.
#[derive(PartialEq, Eq)]
pub(super) struct Account {
    pub(super) user: String,
    pub(super) password: String,
}

/// What stands in place of a word that tells of our account.
const MASK: &str = "••••••";

/// So much of a secret in a word tells of it.
const TELLING: usize = 6;

impl Account {
    /// A text of the server without the words that hold our user or password, as they are or as they were sent: servers
    /// repeat what they do not understand.
    pub(super) fn redacted(&self, text: &str) -> String {
        let Self { user, password } = self;
        let sent = [user.clone(), password.clone(), format!("\0{user}\0{password}")];
        let encoded = sent.clone().map(|secret| STANDARD.encode(secret));
        // The user is often the sender's address, which is no secret.
        let secrets: Vec<Vec<char>> =
            [password.clone()].into_iter().chain(encoded).map(|secret| folded(&secret)).collect();
        let tells = |word: &str| {
            let word = folded(word);
            let holds =
                |part: &[char]| !part.is_empty() && word.windows(part.len()).any(|window| window == part);
            secrets.iter().any(|secret| secret.windows(TELLING.min(secret.len()).max(1)).any(holds))
        };
        let words = text.split_inclusive(char::is_whitespace);
        words
            .map(|word| if tells(word) { word.replace(word.trim(), MASK) } else { word.to_owned() })
            .collect()
    }
}

/// Servers may repeat in capitals.
fn folded(text: &str) -> Vec<char> {
    text.to_lowercase().chars().collect()
}

/// Why the setting names no mail server. Never repeats the URL, which holds a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSmtpUrl {
    /// It is no URL at all, or one without a host.
    #[error("not a URL such as smtps://user:password@mail.example.com:465")]
    Malformed,
    /// Another scheme.
    #[error("the scheme is neither smtp nor smtps")]
    Scheme,
    /// `tls` with another value, or something else in the query.
    #[error("the query takes only tls=required or tls=opportunistic, with smtp")]
    Query,
    /// A user without a password, or the reverse, or escapes that are no UTF-8.
    #[error("user and password go together, with special characters percent-encoded")]
    Credentials,
}

impl FromStr for SmtpServer {
    type Err = InvalidSmtpUrl;

    fn from_str(text: &str) -> Result<Self, InvalidSmtpUrl> {
        let url = Url::parse(text).map_err(|_| InvalidSmtpUrl::Malformed)?;
        let host = host(&url)?;
        let (default_port, encryption) = match (url.scheme(), url.query()) {
            ("smtp", None) => (SMTP_PORT, Encryption::Never),
            ("smtp", Some("tls=required")) => (SUBMISSION_PORT, Encryption::Required),
            ("smtp", Some("tls=opportunistic")) => (SUBMISSION_PORT, Encryption::WhereOffered),
            ("smtps", None) => (SUBMISSIONS_PORT, Encryption::FromTheStart),
            ("smtp" | "smtps", Some(_)) => return Err(InvalidSmtpUrl::Query),
            _ => return Err(InvalidSmtpUrl::Scheme),
        };
        let hello_name = match url.path().trim_matches('/') {
            "" => ClientId::default().to_string(),
            name => name.to_owned(),
        };
        let port = url.port().unwrap_or(default_port);
        Ok(Self { account: account(&url)?, host, port, encryption, hello_name })
    }
}

/// The host without the brackets of an IPv6 address, which no resolver takes.
fn host(url: &Url) -> Result<String, InvalidSmtpUrl> {
    match url.host() {
        Some(Host::Ipv6(address)) => Ok(address.to_string()),
        Some(host) => Ok(host.to_string()),
        None => Err(InvalidSmtpUrl::Malformed),
    }
}

fn account(url: &Url) -> Result<Option<Account>, InvalidSmtpUrl> {
    let decode = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8();
        decoded.map(String::from).map_err(|_| InvalidSmtpUrl::Credentials)
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(InvalidSmtpUrl::Credentials),
        (user, Some(password)) => Ok(Some(Account { user: decode(user)?, password: decode(password)? })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SmtpServer, InvalidSmtpUrl> {
        text.parse()
    }

    #[test]
    fn the_scheme_chooses_port_and_encryption() {
        for (url, port, encryption) in [
            ("smtp://mail.example.com", 25, Encryption::Never),
            ("smtp://mail.example.com?tls=required", 587, Encryption::Required),
            ("smtp://mail.example.com:2525?tls=opportunistic", 2525, Encryption::WhereOffered),
            ("smtps://mail.example.com", 465, Encryption::FromTheStart),
        ] {
            let server = parse(url).unwrap();
            assert_eq!((server.port, server.encryption), (port, encryption), "{url}");
        }
    }

    #[test]
    fn credentials_are_percent_decoded() {
        let server = parse("smtps://xunjian%40example.com:p%2Fa%3As%40s+w@mail.example.com").unwrap();
        let account = server.account.map(|account| (account.user, account.password));
        assert_eq!(account, Some(("xunjian@example.com".to_owned(), "p/a:s@s+w".to_owned())));
    }

    #[test]
    fn words_that_tell_of_the_account_are_masked() {
        let account = Account { user: "xunjian".to_owned(), password: "GeHeimPassw0rt".to_owned() };
        for (text, told) in [
            ("535 5.7.8 authentication failed", "535 5.7.8 authentication failed"),
            (
                "500 unrecognized: \"AUTH PLAIN AHh1bmppYW4AR2VIZWltUGFzc3cwcnQ=\"",
                "500 unrecognized: \"AUTH PLAIN ••••••",
            ),
            ("501 cannot decode \"R2VIZWltUGFzc3cwcnQ=\"", "501 cannot decode ••••••"),
            ("501 cannot decode R2VIZWltU...", "501 cannot decode ••••••"),
            ("535 GEHEIMPASSW0RT is wrong", "535 •••••• is wrong"),
        ] {
            assert_eq!(account.redacted(text), told);
        }
    }

    #[test]
    fn an_ipv6_host_loses_its_brackets() {
        assert_eq!(parse("smtp://[::1]:2525").unwrap().host, "::1");
    }

    #[test]
    fn what_names_no_server_is_refused_without_repeating_it() {
        for (text, error) in [
            ("mail.example.com", InvalidSmtpUrl::Malformed),
            ("https://mail.example.com", InvalidSmtpUrl::Scheme),
            ("smtp://mail.example.com?tls=maybe", InvalidSmtpUrl::Query),
            ("smtps://mail.example.com?tls=required", InvalidSmtpUrl::Query),
            ("smtps://user@mail.example.com", InvalidSmtpUrl::Credentials),
            ("smtps://user:%FF@mail.example.com", InvalidSmtpUrl::Credentials),
        ] {
            assert_eq!(parse(text).err(), Some(error), "{text}");
            assert!(!error.to_string().contains("user@"));
        }
    }
}
