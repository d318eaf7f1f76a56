//! What a desk says: its languages, whose forms of words are looked for, and words that mean the same. It is asked when something is
//! searched for, so a change of it touches no document.

use std::sync::LazyLock;

use tantivy::tokenizer::Language;

use super::words::{Stemming, Stems, akin, compounds, language_of, words_of};

/// A desk's languages and synonyms.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    languages: Vec<Language>,
    meanings: Vec<Meaning>,
    words_max: usize,
}

/// Words, and those that are looked for as well where they are asked for.
#[derive(Debug, Clone)]
struct Meaning {
    asked: Vec<String>,
    stems: Vec<Stems>,
    same: Vec<Vec<String>>,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Vocabulary { languages: vec![Language::English], meanings: Vec::new(), words_max: 0 }
    }
}

impl Vocabulary {
    /// Of a desk that says nothing about its words.
    pub fn english() -> &'static Vocabulary {
        static ENGLISH: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::default);
        &ENGLISH
    }

    /// Of languages, by their tags (those whose stems nobody knows are left out), and of words with those that are looked for with them.
    pub fn new<'a>(tags: impl IntoIterator<Item = &'a str>, same: impl IntoIterator<Item = (&'a str, Vec<&'a str>)>) -> Vocabulary {
        let mut languages: Vec<Language> = Vec::new();
        for it in tags.into_iter().filter_map(language_of) {
            if !languages.contains(&it) {
                languages.push(it);
            }
        }
        let mut stemming = Stemming::new(&languages);
        let words = |text: &str| words_of(text).into_iter().map(|it| it.text).collect::<Vec<_>>();
        let mut meanings = Vec::new();
        for (asked, same) in same {
            let asked = words(asked);
            let same: Vec<_> = same.into_iter().map(words).filter(|it| !it.is_empty() && *it != asked).collect();
            let stems = asked.iter().map(|it| stemming.stems(it)).collect();
            if !asked.is_empty() && !same.is_empty() {
                meanings.push(Meaning { asked, stems, same });
            }
        }
        let words_max = meanings.iter().map(|it| it.asked.len()).max().unwrap_or(0);
        Vocabulary { languages, meanings, words_max }
    }

    pub(super) fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// Whether words of one of the languages are put together.
    pub(super) fn compounds(&self) -> bool {
        self.languages.iter().any(|it| compounds(*it))
    }

    /// Words of the longest that mean something else, too.
    pub(super) fn words_max(&self) -> usize {
        self.words_max
    }

    /// What means the same as these words, or as other forms of them; each once.
    pub(super) fn same_as(&self, words: &[&str]) -> Vec<&[String]> {
        let mut found: Vec<&[String]> = Vec::new();
        if words.is_empty() || words.len() > self.words_max {
            return found;
        }
        let mut stemming = Stemming::new(&self.languages);
        let stems: Vec<Stems> = words.iter().map(|it| stemming.stems(it)).collect();
        let fits = |it: &&Meaning| {
            it.asked.len() == words.len() && (0..words.len()).all(|at| it.asked[at] == words[at] || akin(&it.stems[at], &stems[at]))
        };
        for same in self.meanings.iter().filter(fits).flat_map(|it| &it.same) {
            if !found.contains(&same.as_slice()) && !same.iter().map(String::as_str).eq(words.iter().copied()) {
                found.push(same);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_to_what_means_the_same() {
        let it = Vocabulary::new(
            ["en", "de", "tlh"],
            [
                ("VPN", vec!["Tunnel", "any connect"]),
                ("tunnel", vec!["vpn"]),
                ("remote desktop", vec!["rdp"]),
                ("", vec!["x"]),
                ("y", vec![""]),
            ],
        );
        for (asked, expected) in [
            (&["vpn"][..], &["tunnel", "any connect"][..]),
            (&["tunnels"], &["vpn"]),
            (&["remote", "desktops"], &["rdp"]),
            (&["remote"], &[]),
            (&["rdp"], &[]),
            (&[], &[]),
        ] {
            let found: Vec<String> = it.same_as(asked).iter().map(|it| it.join(" ")).collect();
            assert_eq!(found, expected, "{asked:?}");
        }
        assert_eq!((it.languages().len(), it.words_max()), (2, 2));
    }
}
