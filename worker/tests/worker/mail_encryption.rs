//! Encryption: what is not trusted or not offered gets no mail.

use std::fs;
use std::process::Command;

use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509NameBuilder};
use shared::domain::notice::NoticeStatus;
use tokio_native_tls::native_tls::Identity;
use xunjian_worker::mail::transport::{Outcome, RetryKind};

use crate::database::Engine;
use crate::mail_faults::{operations, tell};
use crate::mail_transport::{AMPLE, attempt, by_smtp};
use crate::on_both_engines;
use crate::smtp_server::{Encryption, SmtpServer};
use crate::world::{World, at};

/// A certificate for this machine that nobody has signed but itself, and its key.
fn certificate() -> (Vec<u8>, Identity) {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "127.0.0.1").unwrap();
    let name = name.build();
    let mut certificate = X509::builder().unwrap();
    certificate.set_version(2).unwrap();
    certificate.set_subject_name(&name).unwrap();
    certificate.set_issuer_name(&name).unwrap();
    certificate.set_pubkey(&key).unwrap();
    certificate.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    certificate.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
    let address =
        SubjectAlternativeName::new().ip("127.0.0.1").build(&certificate.x509v3_context(None, None));
    certificate.append_extension(address.unwrap()).unwrap();
    certificate.sign(&key, MessageDigest::sha256()).unwrap();
    let pem = certificate.build().to_pem().unwrap();
    let identity = Identity::from_pkcs8(&pem, &key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    (pem, identity)
}

/// Each way to encrypt, with the setting that asks for it.
fn ways(identity: &Identity) -> [(Encryption, &'static str, &'static str); 3] {
    [
        (Encryption::FromTheStart(identity.clone()), "smtps", ""),
        (Encryption::Offered(identity.clone()), "smtp", "?tls=required"),
        (Encryption::Offered(identity.clone()), "smtp", "?tls=opportunistic"),
    ]
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_gets_no_mail_and_is_our_setting() {
    let (_, identity) = certificate();
    for (encryption, scheme, query) in ways(&identity) {
        let server = SmtpServer::encrypting(encryption).await;
        let url = format!("{scheme}://127.0.0.1:{}{query}", server.port());
        let outcome = attempt(&by_smtp(&url), AMPLE).await;
        let Outcome::Retry { kind: RetryKind::Ours, reason } = outcome else { panic!("{url}: {outcome:?}") };
        assert!(reason.contains("certificate"), "{reason}");
        assert!(server.arrived().await.is_empty());
    }
}

on_both_engines! {
    async fn what_is_not_trusted_or_not_offered_lets_everything_wait_and_is_told(world: &World) {
        tell(world, 2);
        let (_, identity) = certificate();
        let untrusted = SmtpServer::encrypting(Encryption::FromTheStart(identity)).await;
        let plain = SmtpServer::start(|_, _| None).await;
        for (url, told) in [
            (format!("smtps://127.0.0.1:{}", untrusted.port()), "certificate"),
            (format!("{}?tls=required", plain.url()), "STARTTLS"),
        ] {
            world.let_leases_run_out();
            world.tick_by(Some(&url), at(8, 5, 9)).await;
            let state = operations(world);
            assert!(state.mail_paused_until.is_some(), "{url}");
            assert!(state.mail_fault.as_ref().is_some_and(|fault| fault.contains(told)), "{state:?}");
            assert!(world.notices().iter().all(|one| one.attempts == 0 && one.status != NoticeStatus::Failed));
        }
        assert!(untrusted.arrived().await.is_empty() && plain.arrived().await.is_empty());
    }
}

/// The worker itself, told to trust the certificate as any program that uses OpenSSL is.
#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_server_gets_mails_in_each_way() {
    let (pem, identity) = certificate();
    for (encryption, scheme, query) in ways(&identity) {
        let world = World::new(Engine::Sqlite);
        tell(&world, 1);
        let trusted = world.folder().join("trusted.pem");
        fs::write(&trusted, &pem).unwrap();
        let server = SmtpServer::encrypting(encryption).await;
        let account = if query.is_empty() { "xunjian:correct-horse@" } else { "" };
        let url = format!("{scheme}://{account}127.0.0.1:{}{query}", server.port());
        let mut worker = Command::new(crate::program());
        worker
            .arg("tick")
            .env("DATABASE_URL", world.url())
            .env("XUNJIAN_DATA_DIR", world.folder())
            .env("XUNJIAN_SMTP_URL", &url)
            .env("SSL_CERT_FILE", &trusted);
        let ended = tokio::task::spawn_blocking(move || worker.output().unwrap()).await.unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        assert_eq!(server.arrived().await.len(), 1, "{url}: {:?}", world.notices());
        assert_eq!(world.notices()[0].status, NoticeStatus::Sent);
        world.remove();
    }
}
