//! The texts of problems, in both languages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::HttpMessage;
use actix_web::http::header::{AcceptLanguage, Header};
use serde::Deserialize;

/// A language of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Chinese,
    English,
}

impl Language {
    /// What the caller asked for; Chinese where that is nothing the service speaks.
    pub fn of(request: &impl HttpMessage) -> Self {
        let Ok(accepted) = AcceptLanguage::parse(request) else { return Self::Chinese };
        accepted
            .ranked()
            .iter()
            .find_map(|language| match language.item()?.primary_language() {
                "zh" => Some(Self::Chinese),
                "en" => Some(Self::English),
                _ => None,
            })
            .unwrap_or(Self::Chinese)
    }

    /// The value of `Content-Language`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

/// A text in both languages; `{value}` stands for what it names.
#[derive(Debug, Deserialize)]
pub struct Text {
    zh: String,
    en: String,
}

impl Text {
    /// The text in a language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }

    /// The text with the name or limit that it mentions.
    pub fn fill(&self, language: Language, value: &str) -> String {
        self.get(language).replace("{value}", value)
    }
}

/// A problem's texts.
#[derive(Debug, Deserialize)]
pub struct ProblemText {
    /// A few words.
    pub title: Text,
    /// What happened, and what to do.
    pub detail: Text,
}

#[derive(Deserialize)]
struct File {
    problem: BTreeMap<String, ProblemText>,
    violation: BTreeMap<String, Text>,
}

static FILE: LazyLock<Result<File, toml::de::Error>> =
    LazyLock::new(|| toml::from_str(include_str!("../messages/problems.toml")));

/// The texts of a problem's code.
pub fn problem(code: &str) -> Option<&'static ProblemText> {
    FILE.as_ref().ok()?.problem.get(code)
}

/// The text of a violation's code.
pub fn violation(code: &str) -> Option<&'static Text> {
    FILE.as_ref().ok()?.violation.get(code)
}

#[cfg(test)]
mod tests {
    use shared::domain::refusal::Code;
    use shared::domain::text::TextEnum;

    use super::*;
    use crate::error::ProblemCode;

    #[test]
    fn every_code_has_its_texts_and_no_text_lacks_a_code() {
        let file = FILE.as_ref().expect("the catalogue can be read");
        let problems: Vec<&str> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
        for code in &problems {
            assert!(file.problem.contains_key(*code), "problem {code}");
        }
        for code in file.problem.keys() {
            assert!(problems.contains(&code.as_str()), "problem {code}");
        }
        let violations: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        for code in &violations {
            assert!(file.violation.contains_key(*code), "violation {code}");
        }
        for code in file.violation.keys() {
            assert!(violations.contains(&code.as_str()), "violation {code}");
        }
    }
}
