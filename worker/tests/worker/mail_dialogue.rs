//! What mail servers answer beside the standard, and what does not fit the dialogue.

use xunjian_worker::mail::transport::{Outcome, RetryKind};

use crate::mail_transport::{AMPLE, MESSAGE, SHORT, attempt, by_smtp, outcome_with, retry_kind, server_with};
use crate::smtp_server::{Answer, SmtpServer};

/// Text behind a code that is no UTF-8 (邮件, 发送 in GBK), and one longer than any line may be.
fn odd(code: &str) -> [Answer; 3] {
    let gbk = [code.as_bytes(), b" \xd3\xca\xbc\xfe (\xb7\xa2\xcb\xcd)"].concat();
    let long = format!("{code} {}", "x".repeat(3000)).into_bytes();
    let several = format!("{code}-{}\r\n{code} end", "y".repeat(8000)).into_bytes();
    [gbk, long, several].map(|bytes| Answer::Bytes(bytes.leak()))
}

#[tokio::test]
async fn a_code_decides_in_whatever_text_it_comes() {
    for (command, code) in [
        ("CONNECT", "220"),
        ("AUTH", "235"),
        ("MAIL", "250"),
        ("RCPT", "250"),
        ("DATA", "354"),
        (".", "250"),
        ("RSET", "250"),
    ] {
        for answer in odd(code) {
            let server = server_with(command, answer).await;
            let transport = by_smtp(&server.url_with_account());
            for _ in 0..2 {
                let outcome = attempt(&transport, AMPLE).await;
                assert!(matches!(outcome, Outcome::Sent { .. }), "{command}: {outcome:?}");
            }
            assert_eq!((server.arrived().await.len(), server.connections()), (2, 1), "{command}");
        }
    }
}

#[tokio::test]
async fn what_is_offered_is_read_from_among_odd_lines() {
    let hello = b"250-\xd3\xca\xbc\xfe\r\n250-size 1000\r\n250 auth=login plain";
    let server = server_with("EHLO", Answer::Bytes(hello)).await;
    let outcome = attempt(&by_smtp(&server.url_with_account()), AMPLE).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    assert_eq!(server.times("AUTH").await, 1);
}

#[tokio::test]
async fn a_refusal_is_one_in_whatever_text_it_comes() {
    for command in ["RCPT", "DATA", "."] {
        for answer in odd("550") {
            let outcome = outcome_with(command, answer).await;
            assert!(matches!(outcome, Outcome::Refused { .. }), "{command}: {outcome:?}");
        }
    }
    for (command, code) in [("CONNECT", "554"), ("EHLO", "550"), ("AUTH", "535"), ("MAIL", "553")] {
        for answer in odd(code) {
            let outcome = outcome_with(command, answer).await;
            assert_eq!(retry_kind(&outcome), Some(RetryKind::Ours), "{command}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn what_is_kept_of_a_reply_is_bounded_and_names_what_was_said() {
    let Outcome::Refused { reply } = outcome_with("RCPT", odd("550")[0]).await else { panic!("not refused") };
    // A pair of GBK's bytes may be a character of UTF-8 by chance.
    assert!(
        reply.to_string().starts_with("550 \u{fffd}") && reply.to_string().ends_with("\u{fffd})"),
        "{reply}"
    );
    let Outcome::Refused { reply } = outcome_with("RCPT", odd("550")[1]).await else { panic!("not refused") };
    assert!(reply.to_string().chars().count() <= 510);
}

/// Each of these codes is positive, and none answers what was said.
#[tokio::test]
async fn an_answer_to_something_else_is_no_answer() {
    for (command, line, kind) in [
        ("CONNECT", "250 ok", RetryKind::Server),
        ("EHLO", "220 ok", RetryKind::Server),
        ("AUTH", "250 ok", RetryKind::Server),
        ("MAIL", "354 go on", RetryKind::Server),
        ("RCPT", "354 go on", RetryKind::Recipient),
        ("RCPT", "503 bad sequence", RetryKind::Recipient),
        ("DATA", "250 ok", RetryKind::Recipient),
        (".", "354 go on", RetryKind::Unanswered),
        (".", "503 bad sequence", RetryKind::Unanswered),
        (".", "taken, thank you", RetryKind::Unanswered),
        (".", "25", RetryKind::Unanswered),
        (".", "550-5.7.1 rejected\r\n250 ok", RetryKind::Unanswered),
        (".", "250-ok\r\n550 5.7.1 rejected", RetryKind::Unanswered),
        ("RCPT", "250-ok\r\n550 no", RetryKind::Recipient),
    ] {
        let server = server_with(command, Answer::Reply(line)).await;
        let transport = by_smtp(&server.url_with_account());
        for connections in 1..=2 {
            let outcome = attempt(&transport, AMPLE).await;
            assert_eq!(retry_kind(&outcome), Some(kind), "{command} {line}: {outcome:?}");
            assert_eq!(server.connections(), connections, "{command} {line}: the connection has ended");
        }
    }
}

/// The server takes the first mail and says so twice; it refuses the second.
#[tokio::test]
async fn a_stray_answer_is_nobody_elses() {
    let server = SmtpServer::start(|verb, before| match (verb, before) {
        (".", 0) => Some(Answer::Reply("250 2.0.0 taken\r\n250 again")),
        (".", _) => Some(Answer::Reply("554 5.7.1 rejected")),
        _ => None,
    })
    .await;
    let transport = by_smtp(&server.url());
    let first = attempt(&transport, AMPLE).await;
    assert!(matches!(first, Outcome::Sent { .. }), "{first:?}");
    let second = attempt(&transport, AMPLE).await;
    assert!(matches!(second, Outcome::Refused { .. }), "{second:?}");
    assert_eq!(server.connections(), 2);
}

/// A stray 250 behind the 354 comes when the message is on its way: the answer to the message is that behind it.
#[tokio::test]
async fn a_mail_that_seems_taken_and_then_refused_may_have_arrived() {
    for line in ["250 again\r\n554 5.7.1 rejected", "250 again\r\n451 4.7.1 later"] {
        let server = server_with(".", Answer::Reply(line)).await;
        let transport = by_smtp(&server.url());
        for connections in 1..=2 {
            let outcome = attempt(&transport, AMPLE).await;
            assert_eq!(retry_kind(&outcome), Some(RetryKind::Unanswered), "{line}: {outcome:?}");
            assert_eq!(server.connections(), connections, "{line}: the connection has ended");
        }
    }
}

/// Some servers take so many mails on one connection.
#[tokio::test]
async fn a_server_that_has_enough_of_a_connection_gets_another() {
    for answer in [
        Answer::Reply("421 4.7.0 too many mails on this connection"),
        Answer::Reply("450 4.7.1 too many mails on this connection"),
        Answer::HangUp("421 4.3.2 closing"),
        Answer::Vanish,
    ] {
        let server =
            SmtpServer::start(move |verb, before| (verb == "MAIL" && before == 1).then_some(answer)).await;
        let transport = by_smtp(&server.url());
        for connections in 1..=2 {
            let outcome = attempt(&transport, AMPLE).await;
            assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
            assert_eq!(server.connections(), connections);
        }
    }
}

/// xunjian and correct-horse, and both together, as they were sent.
#[tokio::test]
async fn what_a_server_repeats_of_our_account_is_told_to_nobody() {
    for (command, line) in [
        ("AUTH", "500 5.5.1 Command unrecognized: \"AUTH PLAIN AHh1bmppYW4AY29ycmVjdC1ob3JzZQ==\""),
        ("AUTH", "AUTH PLAIN AHh1bmppYW4AY29ycmVjdC1ob3JzZQ== ?"),
        ("MAIL", "503 after AUTH PLAIN AHh1bmppYW4AY29ycmVjdC1ob3JzZQ=="),
        (".", "250 taken from Y29ycmVjdC1ob3JzZQ=="),
        ("RCPT", "550 correct-horse"),
    ] {
        let told = format!("{:?}", outcome_with(command, Answer::Reply(line)).await);
        let secrets = ["AHh1bmppYW4AY29y", "Y29ycmVj", "correct-horse"];
        assert!(secrets.iter().all(|secret| !told.contains(secret)) && told.contains("••••••"), "{told}");
    }
}

#[tokio::test]
async fn what_is_said_of_us_to_a_recipient_fails_nobody() {
    for line in ["530 5.7.0 authentication required", "550 5.1.8 sender refused", "554 5.7.8 who are you?"] {
        let outcome = outcome_with("RCPT", Answer::Reply(line)).await;
        assert_eq!(retry_kind(&outcome), Some(RetryKind::Ours), "{line}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_message_is_taken_by_any_reply_that_says_so() {
    for line in ["250", "\r\n250 ok", "250-a\r\n250 b", "200 ok", "251 forwarded", "252 perhaps"] {
        let outcome = outcome_with(".", Answer::Reply(line)).await;
        assert!(matches!(outcome, Outcome::Sent { .. }), "{line}: {outcome:?}");
    }
}

/// The server takes the message; what it does with the next command changes nothing of that.
#[tokio::test]
async fn a_mail_that_was_taken_is_sent_whatever_comes_next() {
    for answer in [
        Answer::Vanish,
        Answer::HangUp("421 4.3.2 closing"),
        Answer::Reply("220 hello"),
        Answer::Reply("what?"),
        Answer::Reply("502 not implemented"),
        Answer::Reply("500 what?"),
        Answer::Reply("503 bad sequence"),
        Answer::Silence,
    ] {
        let server = server_with("RSET", answer).await;
        let transport = by_smtp(&server.url());
        for connections in 1..=2 {
            let outcome = attempt(&transport, SHORT).await;
            assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
            assert_eq!(server.connections(), connections);
        }
    }
}

#[tokio::test]
async fn a_connection_ends_with_a_good_bye_whatever_the_server_answers() {
    for answer in odd("221").into_iter().chain([Answer::Vanish, Answer::Reply("550 no"), Answer::Silence]) {
        let server = server_with("QUIT", answer).await;
        let transport = by_smtp(&server.url());
        assert!(matches!(attempt(&transport, AMPLE).await, Outcome::Sent { .. }));
        transport.close().await;
        assert_eq!(server.times("QUIT").await, 1);
        assert!(matches!(attempt(&transport, AMPLE).await, Outcome::Sent { .. }));
        assert_eq!(server.connections(), 2);
    }
}

#[tokio::test]
async fn a_stray_answer_before_the_message_ends_takes_it_for_nobody() {
    for command in ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"] {
        let line = match command {
            "CONNECT" => "220 test\r\n250 again",
            "EHLO" => "250 test\r\n250 again",
            "DATA" => "354 go on\r\n250 again",
            _ => "250 ok\r\n250 again",
        };
        let outcome = outcome_with(command, Answer::Reply(line)).await;
        assert!(matches!(outcome, Outcome::Retry { .. }), "{command}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_server_of_the_oldest_kind_gets_mails_too() {
    for line in ["500 what?", "502 not implemented", "504 no"] {
        let server = server_with("EHLO", Answer::Reply(line)).await;
        let outcome = attempt(&by_smtp(&server.url()), AMPLE).await;
        assert!(matches!(outcome, Outcome::Sent { .. }), "{line}: {outcome:?}");
        assert_eq!(server.arrived().await[0].bytes, MESSAGE);
    }
}

#[tokio::test]
async fn without_a_way_to_log_in_nothing_is_sent() {
    let server = server_with("EHLO", Answer::Reply("250 test")).await;
    let outcome = attempt(&by_smtp(&server.url_with_account()), AMPLE).await;
    assert_eq!(retry_kind(&outcome), Some(RetryKind::Ours), "{outcome:?}");
    assert!(server.arrived().await.is_empty());
}

#[tokio::test]
async fn an_account_logs_in_step_by_step_whatever_the_server_calls_the_steps() {
    // xunjian and correct-horse in base64, which the server of the tests takes for verbs.
    let server = SmtpServer::start(|verb, _| match verb {
        "EHLO" => Some(Answer::Reply("250-test\r\n250 AUTH LOGIN")),
        "AUTH" => Some(Answer::Bytes(b"334 \xd3\xc3\xbb\xa7")),
        "EHVUAMLHBG==" => Some(Answer::Reply("334 0w")),
        "Y29YCMVJDC1OB3JZZQ==" => Some(Answer::Reply("235 welcome")),
        _ => None,
    })
    .await;
    let outcome = attempt(&by_smtp(&server.url_with_account()), AMPLE).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
}
