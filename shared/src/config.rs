//! Settings: the embedded defaults, a file over them, the environment over both.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use crate::domain::instant::Instant;

/// The manual of the settings, which is also their defaults.
pub const DEFAULTS: &str = include_str!("../config.default.toml");

/// Settings whose value may come from a file named by `<VARIABLE>_FILE`.
const SECRETS: [&str; 3] = ["database_url", "admin_password", "smtp_url"];

/// A value that no log shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value itself, for the one place that uses it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines, a JSON object a line.
    Json,
}

/// All settings, checked. Their meaning stands in `config.default.toml`.
#[derive(Clone, Debug)]
pub struct Settings {
    pub data_dir: PathBuf,
    pub database_url: Secret,
    pub pool_size: u32,
    pub storage_url: String,
    pub bind: SocketAddr,
    pub metrics_bind: Option<SocketAddr>,
    /// Without a slash at its end; `None` where it follows from the bind address.
    pub public_url: Option<String>,
    pub frontend_url: Option<String>,
    pub cors_origins: Vec<String>,
    pub trusted_proxies: Vec<IpAddr>,
    pub admin_username: String,
    pub admin_password: Option<Secret>,
    pub smtp_url: Option<Secret>,
    pub mail_from: String,
    pub scan_seconds: u64,
    pub json_limit: usize,
    pub attachment_limit: usize,
    pub fonts_dir: Option<PathBuf>,
    pub templates_dir: Option<PathBuf>,
    pub render_memory_mb: u64,
    pub render_seconds: u64,
    pub clock_start: Option<Instant>,
    pub log: String,
    pub log_format: LogFormat,
}

/// A setting that cannot be used, and why.
#[derive(Debug, thiserror::Error)]
#[error("setting {setting}: {reason}")]
pub struct InvalidSetting {
    /// The name by which the operator set it.
    pub setting: String,
    /// What is wrong with it. Never the value of a secret.
    pub reason: String,
}

fn invalid(setting: impl Into<String>, reason: impl fmt::Display) -> InvalidSetting {
    InvalidSetting { setting: setting.into(), reason: reason.to_string() }
}

/// The environment variable of a setting.
fn variable(key: &str) -> String {
    match key {
        "database_url" => "DATABASE_URL".to_owned(),
        key => format!("XUNJIAN_{}", key.to_uppercase()),
    }
}

impl Settings {
    /// Reads the settings of this process.
    ///
    /// # Errors
    /// The first setting that is unknown or cannot be used, with the reason.
    pub fn load() -> Result<Self, InvalidSetting> {
        Self::from_sources(|name| match std::env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(error) => Err(invalid(name, error)),
        })
    }

    /// Reads the settings with a given environment.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn from_sources(
        environment: impl Fn(&str) -> Result<Option<String>, InvalidSetting>,
    ) -> Result<Self, InvalidSetting> {
        let mut values = parse("config.default.toml", DEFAULTS)?;
        if let Some(path) = environment("XUNJIAN_CONFIG")?.filter(|path| !path.is_empty()) {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| invalid("XUNJIAN_CONFIG", format!("{path}: {error}")))?;
            for (key, value) in parse(&path, &text)? {
                if !values.contains_key(&key) {
                    return Err(invalid(key, format!("unknown setting in {path}")));
                }
                values.insert(key, value);
            }
        }
        for (key, value) in &mut values {
            let name = variable(key);
            if let Some(given) = environment(&name)? {
                *value = given;
            } else if SECRETS.contains(&key.as_str()) {
                let file_name = format!("{name}_FILE");
                if let Some(path) = environment(&file_name)?.filter(|path| !path.is_empty()) {
                    let secret = std::fs::read_to_string(&path)
                        .map_err(|error| invalid(file_name, format!("{path}: {error}")))?;
                    *value = secret.trim_end_matches(['\r', '\n']).to_owned();
                }
            }
        }
        Values(values).settings()
    }

    /// The api's address as its users see it.
    pub fn public_url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.bind))
    }
}

fn parse(name: &str, text: &str) -> Result<BTreeMap<String, String>, InvalidSetting> {
    let table: toml::Table = text.parse().map_err(|error| invalid(name, error))?;
    table
        .into_iter()
        .map(|(key, value)| match value {
            toml::Value::String(text) => Ok((key, text)),
            toml::Value::Integer(number) => Ok((key, number.to_string())),
            _ => Err(invalid(key, "must be a text or a whole number")),
        })
        .collect()
}

/// Texts by key, on their way to typed settings.
struct Values(BTreeMap<String, String>);

impl Values {
    fn text(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    fn optional(&self, key: &str) -> Option<String> {
        Some(self.text(key)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn required(&self, key: &str) -> Result<String, InvalidSetting> {
        self.optional(key).ok_or_else(|| invalid(variable(key), "must not be empty"))
    }

    fn parsed<T: FromStr<Err: fmt::Display>>(&self, key: &str) -> Result<Option<T>, InvalidSetting> {
        self.optional(key)
            .map(|text| text.trim().parse().map_err(|error| invalid(variable(key), error)))
            .transpose()
    }

    fn number<T: FromStr<Err: fmt::Display> + PartialOrd + fmt::Display>(
        &self,
        key: &str,
        least: T,
        most: T,
    ) -> Result<T, InvalidSetting> {
        match self.parsed(key)? {
            Some(number) if number >= least && number <= most => Ok(number),
            _ => Err(invalid(variable(key), format!("must be a number from {least} to {most}"))),
        }
    }

    fn list(&self, key: &str) -> Vec<String> {
        self.text(key).split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    fn folder(&self, key: &str) -> Result<Option<PathBuf>, InvalidSetting> {
        match self.optional(key).map(PathBuf::from) {
            Some(path) if !path.is_dir() => {
                Err(invalid(variable(key), format!("{} is no folder", path.display())))
            }
            path => Ok(path),
        }
    }

    fn web_address(&self, key: &str) -> Result<Option<String>, InvalidSetting> {
        let Some(text) = self.optional(key) else { return Ok(None) };
        let plain = text.replace(['{', '}'], "");
        let url = url::Url::parse(&plain).map_err(|error| invalid(variable(key), error))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid(variable(key), "must begin with http:// or https://"));
        }
        Ok(Some(text.trim_end_matches('/').to_owned()))
    }

    fn settings(&self) -> Result<Settings, InvalidSetting> {
        let data_dir = PathBuf::from(self.required("data_dir")?);
        let database_url = self
            .optional("database_url")
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("xunjian.db").display()));
        if !["sqlite://", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| database_url.starts_with(scheme))
        {
            return Err(invalid("DATABASE_URL", "must begin with sqlite:// or postgres://"));
        }
        let storage_url = self
            .optional("storage_url")
            .unwrap_or_else(|| format!("file://{}", data_dir.join("objects").display()));
        if !["file://", "s3://"].iter().any(|scheme| storage_url.starts_with(scheme)) {
            return Err(invalid("XUNJIAN_STORAGE_URL", "must begin with file:// or s3://"));
        }
        let cors_origins = self.list("cors_origins");
        if let Some(origin) = cors_origins.iter().find(|origin| !is_origin(origin)) {
            return Err(invalid(
                "XUNJIAN_CORS_ORIGINS",
                format!("{origin} is no origin such as https://host"),
            ));
        }
        let trusted_proxies = self
            .list("trusted_proxies")
            .iter()
            .map(|text| {
                text.parse().map_err(|error| invalid("XUNJIAN_TRUSTED_PROXIES", format!("{text}: {error}")))
            })
            .collect::<Result<_, _>>()?;
        let clock_start = self
            .optional("clock_start")
            .map(|text| {
                text.parse().map_err(|_| {
                    invalid("XUNJIAN_CLOCK_START", "must be an instant such as 2023-07-31T00:30:00Z")
                })
            })
            .transpose()?;
        let log_format = match self.text("log_format") {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            _ => return Err(invalid("XUNJIAN_LOG_FORMAT", "must be text or json")),
        };
        Ok(Settings {
            database_url: Secret(database_url),
            pool_size: self.number("pool_size", 1, 200)?,
            storage_url,
            bind: self.parsed("bind")?.ok_or_else(|| invalid("XUNJIAN_BIND", "must not be empty"))?,
            metrics_bind: self.parsed("metrics_bind")?,
            public_url: self.web_address("public_url")?,
            frontend_url: self.web_address("frontend_url")?,
            cors_origins,
            trusted_proxies,
            admin_username: self.required("admin_username")?,
            admin_password: self.optional("admin_password").map(Secret),
            smtp_url: self.optional("smtp_url").map(Secret),
            mail_from: self.required("mail_from")?,
            scan_seconds: self.number("scan_seconds", 1, 3600)?,
            json_limit: self.number("json_limit", 1024, 64 << 20)?,
            attachment_limit: self.number("attachment_limit", 1024, 1 << 30)?,
            fonts_dir: self.folder("fonts_dir")?,
            templates_dir: self.folder("templates_dir")?,
            render_memory_mb: self.number("render_memory_mb", 64, 1 << 20)?,
            render_seconds: self.number("render_seconds", 1, 86_400)?,
            clock_start,
            log: self.required("log")?,
            log_format,
            data_dir,
        })
    }
}

fn is_origin(text: &str) -> bool {
    url::Url::parse(text)
        .is_ok_and(|url| url.origin().ascii_serialization() == text && url.scheme() != "file")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(environment: &[(&str, &str)]) -> Result<Settings, InvalidSetting> {
        Settings::from_sources(|name| {
            Ok(environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        })
    }

    #[test]
    fn defaults_make_one_data_folder_hold_everything() {
        let settings = load(&[("XUNJIAN_DATA_DIR", "/data")]).unwrap();
        assert_eq!(settings.database_url.expose(), "sqlite:///data/xunjian.db");
        assert_eq!(settings.storage_url, "file:///data/objects");
        assert_eq!(settings.public_url(), "http://127.0.0.1:8080");
    }

    #[test]
    fn an_error_names_the_setting_and_the_reason_but_no_secret() {
        for (name, value, part) in [
            ("DATABASE_URL", "mysql://u:hidden@h/d", "sqlite://"),
            ("XUNJIAN_BIND", "8080", "socket address"),
            ("XUNJIAN_POOL_SIZE", "0", "1 to 200"),
            ("XUNJIAN_CORS_ORIGINS", "*", "origin"),
            ("XUNJIAN_CORS_ORIGINS", "https://a.example/path", "origin"),
            ("XUNJIAN_CLOCK_START", "yesterday", "instant"),
            ("XUNJIAN_FONTS_DIR", "/no/such/folder", "no folder"),
            ("XUNJIAN_LOG_FORMAT", "xml", "text or json"),
        ] {
            let error = load(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(part), "{error}");
            assert!(!error.contains("hidden"), "{error}");
        }
    }

    #[test]
    fn a_secret_may_come_from_a_file_and_is_masked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("smtp");
        std::fs::write(&path, "smtps://u:p@mail.example\n").unwrap();
        let settings = load(&[("XUNJIAN_SMTP_URL_FILE", path.to_str().unwrap())]).unwrap();
        assert_eq!(settings.smtp_url.as_ref().map(Secret::expose), Some("smtps://u:p@mail.example"));
        assert!(!format!("{settings:?}").contains("u:p"));
    }

    #[test]
    fn a_file_with_an_unknown_setting_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("xunjian.toml");
        std::fs::write(&path, "bnid = \"127.0.0.1:1\"\n").unwrap();
        let error = load(&[("XUNJIAN_CONFIG", path.to_str().unwrap())]).unwrap_err().to_string();
        assert!(error.contains("bnid"), "{error}");
    }
}
