//! Passwords and tokens: hashed, generated, compared.

use std::sync::OnceLock;

use argon2::Argon2;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The argon2id hash of a password.
pub fn hash(password: &str) -> Result<String, Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

/// Whether the password is the one of the hash. Without a hash (unknown name) the same work is
/// done, so that the time of the answer does not tell which names exist.
pub fn verify(password: &str, hash: Option<&str>) -> Result<bool, Error> {
    static DUMMY: OnceLock<String> = OnceLock::new();
    let dummy = match DUMMY.get() {
        Some(dummy) => dummy,
        None => {
            let made = self::hash(&generate())?;
            DUMMY.get_or_init(|| made)
        }
    };
    match PasswordVerifier::<str>::verify_password(
        &Argon2::default(),
        password.as_bytes(),
        hash.unwrap_or(dummy),
    ) {
        Ok(()) => Ok(hash.is_some()),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A password for people to copy once.
pub fn generate() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 15]>())
}
