//! The two ways out, against a real conversation and a real folder.

use std::fs;
use std::time::Duration;

use shared::domain::notice::NoticeKind;
use xunjian_worker::mail::envelope::{Envelope, InvalidAddress, Sender};
use xunjian_worker::mail::transport::{Mail, Outcome, RetryKind, Transport};

use crate::smtp_server::{Answer, SmtpServer};

/// Long enough for any answer of a server in the same process.
pub const AMPLE: Duration = Duration::from_secs(60);
/// For servers that never answer, and long enough for any other answer.
pub const SHORT: Duration = Duration::from_secs(2);

pub const MESSAGE: &[u8] = b"Subject: test\r\n\r\n.\r\n..\r\n.dots at the start\r\nand at the end.\r\n.\r\n";

pub fn by_smtp(url: &str) -> Transport {
    Transport::new(Some(url), "unused".as_ref()).unwrap()
}

pub async fn attempt(transport: &Transport, limit: Duration) -> Outcome {
    let sender = "巡检办 <xunjian@district.example>".parse().unwrap();
    let envelope = Envelope::new(&sender, "xugou@unit.example").unwrap();
    let mail = Mail {
        notice_id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
        kind: NoticeKind::SelfCheckOverdue,
        rendered_at: serde_json::from_str("\"2023-08-07T00:00:00Z\"").unwrap(),
        envelope: &envelope,
        bytes: MESSAGE,
    };
    transport.send(mail, limit).await
}

/// A server that answers one command in its own way, every time.
pub async fn server_with(command: &'static str, answer: Answer) -> SmtpServer {
    SmtpServer::start(move |verb, _| (verb == command).then_some(answer)).await
}

pub async fn outcome_with(command: &'static str, answer: Answer) -> Outcome {
    let server = server_with(command, answer).await;
    attempt(&by_smtp(&server.url_with_account()), AMPLE).await
}

pub fn retry_kind(outcome: &Outcome) -> Option<RetryKind> {
    match outcome {
        Outcome::Retry { kind, .. } => Some(*kind),
        _ => None,
    }
}

#[tokio::test]
async fn what_arrives_is_what_was_stored() {
    let server = SmtpServer::start(|_, _| None).await;
    let outcome = attempt(&by_smtp(&server.url()), AMPLE).await;
    let Outcome::Sent { reply } = outcome else { panic!("{outcome:?}") };
    assert_eq!(reply.to_string(), "250 2.0.0 queued as 4711");
    let arrived = server.arrived().await;
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0].from, "xunjian@district.example");
    assert_eq!(arrived[0].to, "xugou@unit.example");
    assert_eq!(arrived[0].bytes, MESSAGE);
}

#[tokio::test]
async fn mails_share_a_connection_even_after_a_refused_one() {
    let server = SmtpServer::start(|verb, before| {
        (verb == "RCPT" && before == 1).then_some(Answer::Reply("550 5.1.1 no"))
    })
    .await;
    let transport = by_smtp(&server.url());
    assert!(matches!(attempt(&transport, AMPLE).await, Outcome::Sent { .. }));
    assert!(matches!(attempt(&transport, AMPLE).await, Outcome::Refused { .. }));
    assert!(matches!(attempt(&transport, AMPLE).await, Outcome::Sent { .. }));
    assert_eq!(server.connections(), 1);
    assert_eq!(server.arrived().await.len(), 2);
}

#[tokio::test]
async fn a_connection_that_the_server_left_is_replaced() {
    let server = SmtpServer::start(|verb, _| (verb == "RSET").then_some(Answer::HangUp("421 idle"))).await;
    let transport = by_smtp(&server.url());
    for _ in 0..2 {
        assert!(matches!(attempt(&transport, AMPLE).await, Outcome::Sent { .. }));
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_refused_recipient_or_message_is_final() {
    for command in ["RCPT", "DATA", "."] {
        let outcome = outcome_with(command, Answer::Reply("550 5.1.1 no such user")).await;
        let Outcome::Refused { reply } = outcome else { panic!("{command}: {outcome:?}") };
        assert_eq!(reply.to_string(), "550 5.1.1 no such user");
    }
}

#[tokio::test]
async fn a_temporary_reply_to_a_recipient_lets_only_this_mail_wait() {
    for (command, answer, reason) in [
        ("RCPT", Answer::Reply("450 4.2.1 mailbox busy"), "450 4.2.1 mailbox busy"),
        ("RCPT", Answer::Reply("451 4.7.1 Please try again later"), "451 4.7.1 Please try again later"),
        ("RCPT", Answer::Reply("452 insufficient storage"), "452 insufficient storage"),
        ("RCPT", Answer::HangUp("421 4.3.2 closing"), "421 4.3.2 closing"),
        (".", Answer::Reply("451 4.7.0 slow down"), "451 4.7.0 slow down"),
    ] {
        let expected = Outcome::Retry { kind: RetryKind::Recipient, reason: reason.to_owned() };
        assert_eq!(outcome_with(command, answer).await, expected);
    }
}

/// A wrong password or a sender that the server does not take must not turn every notice into a failed one.
#[tokio::test]
async fn a_refusal_of_our_own_account_or_sender_fails_no_mail() {
    for (command, line) in [
        ("CONNECT", "554 no service for you"),
        ("CONNECT", "421 too busy"),
        ("AUTH", "535 5.7.8 authentication failed"),
        ("MAIL", "553 5.7.1 sender not owned by user"),
    ] {
        let outcome = outcome_with(command, Answer::Reply(line)).await;
        assert_eq!(retry_kind(&outcome), Some(RetryKind::Ours), "{command}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_connection_broken_before_the_message_is_just_tried_again() {
    for (command, kind) in [
        ("CONNECT", RetryKind::Server),
        ("EHLO", RetryKind::Server),
        ("AUTH", RetryKind::Server),
        ("MAIL", RetryKind::Server),
        ("RCPT", RetryKind::Recipient),
        ("DATA", RetryKind::Recipient),
    ] {
        let outcome = outcome_with(command, Answer::Vanish).await;
        assert_eq!(retry_kind(&outcome), Some(kind), "{command}: {outcome:?}");
    }
}

#[tokio::test]
async fn without_an_answer_to_the_message_nobody_knows_whether_it_arrived() {
    let server = server_with(".", Answer::Vanish).await;
    let outcome = attempt(&by_smtp(&server.url()), AMPLE).await;
    assert_eq!(retry_kind(&outcome), Some(RetryKind::Unanswered), "{outcome:?}");
    assert_eq!(server.arrived().await.len(), 1);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left_at_the_limit() {
    let left = async |command, answer, kind| {
        let server = server_with(command, answer).await;
        let outcome = attempt(&by_smtp(&server.url_with_account()), SHORT).await;
        assert_eq!(retry_kind(&outcome), Some(kind), "{command}: {outcome:?}");
    };
    for answer in [Answer::Silence, Answer::Endless] {
        tokio::join!(
            left("CONNECT", answer, RetryKind::Server),
            left("EHLO", answer, RetryKind::Server),
            left("AUTH", answer, RetryKind::Server),
            left("RCPT", answer, RetryKind::Recipient),
            left(".", answer, RetryKind::Unanswered),
        );
    }
}

#[tokio::test]
async fn an_unreachable_server_is_a_broken_connection_that_names_no_password() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let outcome = attempt(&by_smtp(&format!("smtp://xunjian:correct-horse@{address}")), AMPLE).await;
    assert_eq!(retry_kind(&outcome), Some(RetryKind::Server), "{outcome:?}");
    assert!(!format!("{outcome:?}").contains("correct-horse"));
}

#[tokio::test]
async fn a_server_without_the_required_encryption_gets_no_mail() {
    let server = SmtpServer::start(|_, _| None).await;
    let outcome = attempt(&by_smtp(&format!("{}?tls=required", server.url_with_account())), AMPLE).await;
    assert_eq!(retry_kind(&outcome), Some(RetryKind::Ours), "{outcome:?}");
    assert!(server.arrived().await.is_empty());
}

#[tokio::test]
async fn a_mail_written_twice_is_one_file() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("mail");
    let transport = Transport::new(None, &folder).unwrap();
    let name = "20230807T000000Z-self_check_overdue-01890a5d-ac96-774b-bcce-b302099a8057.eml";
    for _ in 0..2 {
        let expected = Outcome::Written { file_name: name.to_owned() };
        assert_eq!(attempt(&transport, AMPLE).await, expected);
    }
    let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [name]);
    assert_eq!(fs::read(folder.join(name)).unwrap(), MESSAGE);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_lets_the_mail_wait() {
    let data = tempfile::tempdir().unwrap();
    let occupied = data.path().join("mail");
    fs::write(&occupied, "a file where the folder should be").unwrap();
    let outcome = attempt(&Transport::new(None, &occupied).unwrap(), AMPLE).await;
    assert_eq!(retry_kind(&outcome), Some(RetryKind::Server), "{outcome:?}");
}

#[test]
fn addresses_that_not_every_server_takes_are_refused() {
    let sender: Sender = "巡检工作领导小组办公室 <xunjian@localhost>".parse().unwrap();
    assert_eq!(sender.address().to_string(), "xunjian@localhost");
    assert!("巡检办".parse::<Sender>().is_err());
    for address in [
        "",
        "nobody",
        "a@b@c",
        "联络员@unit.example",
        "a@单位.example",
        "a b@unit.example",
        "a@unit.example\r\nRCPT TO:<b@unit.example>",
    ] {
        assert_eq!(Envelope::new(&sender, address), Err(InvalidAddress), "{address}");
    }
}
