//! What people are told in their own language: reports, warnings, questions, names of folders.
//!
//! Each language is one file, `data/words/de.tsv`: keys and texts. To add a language, copy `en.tsv`, translate it and add a
//! line to [`CATALOGUES`]. A phrase is a constant below; a test compares the files with them.

use directory::Record;
use directory::schema::mailbox::LANGUAGES;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Something that is said in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Phrase(&'static str);

macro_rules! phrases {
    ($($name:ident = $key:literal;)*) => {
        #[allow(missing_docs, reason = "the English text says what each is")]
        impl Phrase {
            $(pub const $name: Phrase = Phrase($key);)*
            #[cfg(test)]
            const ALL: &'static [Phrase] = &[$(Phrase::$name),*];
        }
    };
}

phrases! {
    REPORT_FROM = "report.from";
    REPORT_FAILED_SUBJECT = "report.failed.subject";
    REPORT_DELAYED_SUBJECT = "report.delayed.subject";
    REPORT_DELIVERED_SUBJECT = "report.delivered.subject";
    REPORT_HOST = "report.host";
    REPORT_FAILED = "report.failed";
    REPORT_DELAYED = "report.delayed";
    REPORT_DELIVERED = "report.delivered";
    REPORT_FAILED_END = "report.failed.end";
    REPORT_DELAYED_END = "report.delayed.end";
    MODERATION_FROM = "moderation.from";
    MODERATION_SUBJECT = "moderation.subject";
    MODERATION_TEXT = "moderation.text";
    MODERATION_APPROVE = "moderation.approve";
    MODERATION_REJECT = "moderation.reject";
    ANSWER_FAILED_SUBJECT = "answer.failed.subject";
    ANSWER_FAILED_TEXT = "answer.failed.text";
    JOIN_SUBJECT = "join.subject";
    JOIN_TEXT = "join.text";
    JOIN_APPROVED_SUBJECT = "join.approved.subject";
    JOIN_APPROVED_TEXT = "join.approved.text";
    JOIN_REJECTED_SUBJECT = "join.rejected.subject";
    JOIN_REJECTED_TEXT = "join.rejected.text";
    NOTICE_SUBJECT = "notice.subject";
    INCIDENT_SUBJECT = "incident.subject";
    INCIDENT_TEXT = "incident.text";
    INCIDENT_MESSAGE = "incident.message";
    INCIDENT_SENDER = "incident.sender";
    INCIDENT_TO = "incident.to";
    INCIDENT_CC = "incident.cc";
    INCIDENT_BCC = "incident.bcc";
    INCIDENT_ABOUT = "incident.about";
    INCIDENT_SEVERITY = "incident.severity";
    INCIDENT_RULE = "incident.rule";
    INCIDENT_ACTIONS = "incident.actions";
    QUOTA_FROM = "quota.from";
    QUOTA_WARNING_SUBJECT = "quota.warning.subject";
    QUOTA_WARNING_TEXT = "quota.warning.text";
    QUOTA_SEND_SUBJECT = "quota.send.subject";
    QUOTA_SEND_TEXT = "quota.send.text";
    QUOTA_FULL_SUBJECT = "quota.full.subject";
    QUOTA_FULL_TEXT = "quota.full.text";
    QUOTA_ARCHIVE_WARNING_SUBJECT = "quota.archive.warning.subject";
    QUOTA_ARCHIVE_WARNING_TEXT = "quota.archive.warning.text";
    QUOTA_ARCHIVE_FULL_SUBJECT = "quota.archive.full.subject";
    QUOTA_ARCHIVE_FULL_TEXT = "quota.archive.full.text";
    AUTOREPLY_SUBJECT = "autoreply.subject";
    FOLDER_INBOX = "folder.inbox";
    FOLDER_SENT = "folder.sent";
    FOLDER_DELETED = "folder.deleted";
    FOLDER_DRAFTS = "folder.drafts";
    FOLDER_JUNK = "folder.junk";
    FOLDER_ARCHIVE = "folder.archive";
    FOLDER_OUTBOX = "folder.outbox";
    FOLDER_CALENDAR = "folder.calendar";
    FOLDER_CONTACTS = "folder.contacts";
    FOLDER_TASKS = "folder.tasks";
    FOLDER_NOTES = "folder.notes";
}

/// A language with all its phrases.
struct Catalogue {
    /// The first part of the names of its cultures: `de`.
    tag: &'static str,
    texts: HashMap<&'static str, String>,
}

impl Catalogue {
    fn of(tag: &'static str, file: &'static str) -> Catalogue {
        let rows = file.lines().filter(|line| !line.starts_with('#'));
        let texts =
            rows.filter_map(|row| row.split_once('\t')).map(|(key, text)| (key, text.replace("\\n", "\n")));
        Catalogue { tag, texts: texts.collect() }
    }
}

/// All of them, English first.
static CATALOGUES: LazyLock<[Catalogue; 6]> = LazyLock::new(|| {
    [
        Catalogue::of("en", include_str!("../data/words/en.tsv")),
        Catalogue::of("de", include_str!("../data/words/de.tsv")),
        Catalogue::of("fr", include_str!("../data/words/fr.tsv")),
        Catalogue::of("es", include_str!("../data/words/es.tsv")),
        Catalogue::of("pt", include_str!("../data/words/pt.tsv")),
        Catalogue::of("zh", include_str!("../data/words/zh.tsv")),
    ]
});

/// A language in which people are told things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Language(usize);

impl Language {
    /// English: for whoever has no language that is known here.
    pub const ENGLISH: Language = Language(0);

    /// All languages.
    pub fn all() -> impl Iterator<Item = Language> {
        (0..CATALOGUES.len()).map(Language)
    }

    /// The first of some cultures (`fr-CH`, `de-DE`) whose language is known here; else English.
    pub fn first_of<T: AsRef<str>>(cultures: impl IntoIterator<Item = T>) -> Language {
        cultures
            .into_iter()
            .find_map(|culture| Language::named(culture.as_ref()))
            .unwrap_or(Language::ENGLISH)
    }

    /// The language of a culture, where it is known here.
    pub fn named(culture: &str) -> Option<Language> {
        let language = culture.split('-').next().unwrap_or_default();
        CATALOGUES.iter().position(|catalogue| catalogue.tag.eq_ignore_ascii_case(language)).map(Language)
    }

    /// Its short name, as `Content-Language` has it. [RFC 3282 2]
    pub fn tag(self) -> &'static str {
        self.catalogue().tag
    }

    /// A phrase with its `{words}` filled in.
    pub fn say(self, phrase: Phrase, words: &[(&str, &str)]) -> String {
        let text = self.catalogue().texts.get(phrase.0).map_or(phrase.0, String::as_str);
        filled(text, words)
    }

    fn catalogue(self) -> &'static Catalogue {
        &CATALOGUES[self.0]
    }
}

/// The first language of a person that is known here.
pub fn language_of(person: &Record) -> Language {
    Language::first_of(person.all(&LANGUAGES).iter().map(|culture| &*culture.0))
}

/// Fills words in, once: what is filled in is not looked at again.
fn filled(text: &str, words: &[(&str, &str)]) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, behind)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, behind)) = behind.split_once('}') else {
            out.push('{');
            rest = behind;
            continue;
        };
        match words.iter().find(|(known, _)| *known == name) {
            Some((_, word)) => out.push_str(word),
            None => out.push_str(&format!("{{{name}}}")),
        }
        rest = behind;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|piece| piece.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn every_language_has_every_phrase_with_the_same_words_to_fill_in() {
        let english = &CATALOGUES[0];
        let keys: BTreeSet<&str> = Phrase::ALL.iter().map(|phrase| phrase.0).collect();
        assert_eq!(keys.len(), Phrase::ALL.len(), "a phrase is there twice");
        for catalogue in CATALOGUES.iter() {
            let known: BTreeSet<&str> = catalogue.texts.keys().copied().collect();
            assert_eq!(known, keys, "{}", catalogue.tag);
            for (key, text) in &catalogue.texts {
                assert!(!text.trim().is_empty(), "{}: {key}", catalogue.tag);
                assert_eq!(placeholders(text), placeholders(&english.texts[key]), "{}: {key}", catalogue.tag);
            }
        }
    }

    #[test]
    fn names_of_folders_can_stand_side_by_side() {
        for catalogue in CATALOGUES.iter() {
            let names = catalogue.texts.iter().filter(|(key, _)| key.starts_with("folder."));
            let names: Vec<String> = names.map(|(_, name)| name.to_lowercase()).collect();
            assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 11, "{}: {names:?}", catalogue.tag);
            assert!(names.iter().all(|name| !name.contains('/')), "{}", catalogue.tag);
        }
    }

    #[test]
    fn the_first_language_that_is_known_is_taken() {
        for (cultures, tag) in [
            (&["de-AT", "en-US"][..], "de"),
            (&["ja-JP", "pt-BR", "de-DE"], "pt"),
            (&["zh-Hant-TW"], "zh"),
            (&["nl-NL"], "en"),
            (&[], "en"),
        ] {
            assert_eq!(Language::first_of(cultures).tag(), tag, "{cultures:?}");
        }
    }

    #[test]
    fn what_is_filled_in_is_not_filled_in_again() {
        let said = Language::ENGLISH.say(Phrase::REPORT_FAILED_SUBJECT, &[("subject", "{subject} {host")]);
        assert_eq!(said, "Undeliverable: {subject} {host");
        assert_eq!(filled("a {b", &[("b", "c")]), "a {b");
    }
}
