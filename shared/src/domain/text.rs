//! Words that are spelt the same in paths, JSON, the database and the dictionaries.

/// A closed list of words. Made by [`text_enum!`](crate::text_enum).
pub trait TextEnum: Copy + Eq + Sized + 'static {
    /// Every word, in dropdown order.
    const ALL: &'static [Self];

    /// The word as it stands in JSON and in the database.
    fn as_str(self) -> &'static str;

    /// The value of a word, `None` where the list lacks it.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.as_str() == word)
    }
}

/// Defines a closed enum whose variants are words: one spelling for JSON, SQL, paths and the OpenAPI document.
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:tt),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, utoipa::ToSchema)]
        $vis enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant),+ }

        impl $crate::domain::text::TextEnum for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        // As a text and not as an enum, so that an error beneath a word that is a map's key names the key.
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                $crate::domain::text::TextEnum::from_word(&word)
                    .ok_or_else(|| serde::de::Error::custom(format_args!("unknown word `{word}`")))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::domain::text::TextEnum::as_str(*self))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use utoipa::PartialSchema;

    use super::*;

    text_enum! {
        /// Whether it is so.
        enum Verdict {
            /// It is.
            Yes = "yes",
            /// Nobody knows.
            NotKnown = "not_known",
        }
    }

    #[test]
    fn a_word_is_spelt_the_same_in_json_and_in_the_schema() {
        let words: Vec<_> = Verdict::ALL.iter().map(|word| word.as_str()).collect();
        assert_eq!(json!(Verdict::ALL), json!(words));
        assert_eq!(json!(Verdict::schema())["enum"], json!(words));
    }
}
