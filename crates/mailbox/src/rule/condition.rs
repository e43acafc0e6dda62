//! When a rule acts: all of its conditions hold, and none of its exceptions.

use super::InboxRule;
use crate::letter::Letter;
use crate::{Delivery, Mailboxes};
use directory::Record;
use directory::schema::inbox_rule::{self as schema, CONDITIONS};
use object::types::{Guid, SmtpAddress};
use object::{Declared, Time};

/// A message at a mailbox, of which conditions are asked.
struct Asked<'a> {
    mailboxes: &'a Mailboxes,
    user: &'a Record,
    delivery: &'a Delivery,
    letter: &'a Letter<'a>,
}

type Holds = fn(&Asked<'_>, &[String]) -> bool;

/// How each condition is asked, by its name.
static WAYS: &[(&dyn Declared, Holds)] = &[
    (&schema::FROM, |asked, people| asked.names(asked.letter.senders(), people)),
    (&schema::SENT_TO, |asked, people| asked.names(asked.letter.named(), people)),
    (&schema::SUBJECT_WORDS, |asked, words| holds(asked.letter.subject_folded(), words)),
    (&schema::BODY_WORDS, |asked, words| holds(asked.letter.body_folded(), words)),
    (&schema::TEXT_WORDS, |asked, words| {
        holds(asked.letter.subject_folded(), words) || holds(asked.letter.body_folded(), words)
    }),
    (&schema::HEADER_WORDS, |asked, words| {
        asked.letter.fields().iter().any(|(name, value)| contains(&format!("{name}: {value}"), words))
    }),
    (&schema::FROM_ADDRESS_WORDS, |asked, words| {
        asked.letter.senders().iter().any(|address| contains(address.as_str(), words))
    }),
    (&schema::RECIPIENT_ADDRESS_WORDS, |asked, words| {
        asked.letter.named().iter().any(|address| contains(address.as_str(), words))
    }),
    (&schema::HAS_ATTACHMENT, |asked, wanted| asked.letter.rendered.has_attachment == is_true(wanted)),
    (&schema::WITH_IMPORTANCE, |asked, words| is_one_of(asked.importance(), words)),
    (&schema::WITH_SENSITIVITY, |asked, words| {
        let value = asked.letter.value("sensitivity").unwrap_or("Normal").replace('-', "");
        is_one_of(value.trim(), words)
    }),
    (&schema::FLAGGED_FOR, |asked, words| {
        let flag = asked.letter.value("x-message-flag").map(|flag| flag.replace([' ', '-'], ""));
        flag.is_some_and(|flag| is_one_of("Any", words) || is_one_of(&flag, words))
    }),
    (&schema::MESSAGE_TYPE, |asked, words| words.iter().any(|word| asked.is_of_type(word))),
    (&schema::SIZE_MINIMUM, |asked, sizes| size(sizes).is_some_and(|least| asked.size() >= least)),
    (&schema::SIZE_MAXIMUM, |asked, sizes| size(sizes).is_some_and(|most| asked.size() <= most)),
    (&schema::RECEIVED_AFTER, |asked, dates| date(dates).is_some_and(|date| asked.delivery.at >= date)),
    (&schema::RECEIVED_BEFORE, |asked, dates| date(dates).is_some_and(|date| asked.delivery.at <= date)),
    (&schema::IN_TO, |asked, wanted| asked.is_named_in("To") == is_true(wanted)),
    (&schema::IN_CC, |asked, wanted| asked.is_named_in("Cc") == is_true(wanted)),
    (&schema::IN_TO_OR_CC, |asked, wanted| asked.is_among(asked.letter.named()) == is_true(wanted)),
    (&schema::NOT_IN_TO, |asked, wanted| asked.is_named_in("To") != is_true(wanted)),
    (&schema::ONLY_TO_ME, |asked, wanted| {
        let named = asked.letter.named();
        let only = !named.is_empty() && named.iter().all(|one| asked.is_among(std::slice::from_ref(one)));
        only == is_true(wanted)
    }),
];

/// Exceptions that are the two ends of one range: both together are one.
static RANGES: [[&dyn Declared; 2]; 2] = [
    [&schema::EXCEPT_SIZE_MINIMUM, &schema::EXCEPT_SIZE_MAXIMUM],
    [&schema::EXCEPT_RECEIVED_AFTER, &schema::EXCEPT_RECEIVED_BEFORE],
];

impl Mailboxes {
    /// Whether a rule acts on a message.
    pub(super) fn rule_fits(
        &self,
        rule: &InboxRule,
        user: &Record,
        delivery: &Delivery,
        letter: &Letter<'_>,
    ) -> bool {
        let asked = Asked { mailboxes: self, user, delivery, letter };
        let holds = |of: &dyn Declared, by: &dyn Declared| {
            let values = rule.of(by);
            let way = WAYS.iter().find(|(known, _)| std::ptr::eq(known.spec(), of.spec()));
            (!values.is_empty()).then(|| way.is_some_and(|(_, holds)| holds(&asked, values)))
        };
        let all = CONDITIONS.iter().all(|(condition, _)| holds(*condition, *condition).unwrap_or(true));
        all && !excepted(&|exception| {
            let condition =
                CONDITIONS.iter().find(|(_, known)| std::ptr::eq(known.spec(), exception.spec()))?;
            holds(condition.0, exception)
        })
    }
}

/// Whether an exception holds; of the two ends of a range those that are given.
fn excepted(holds: &dyn Fn(&dyn Declared) -> Option<bool>) -> bool {
    let in_range =
        |one: &dyn Declared| RANGES.iter().flatten().any(|end| std::ptr::eq(end.spec(), one.spec()));
    let single = CONDITIONS.iter().filter(|(_, exception)| !in_range(*exception));
    let single = single.map(|(_, exception)| holds(*exception)).any(|held| held == Some(true));
    let within = RANGES.iter().any(|ends| {
        let held: Vec<bool> = ends.iter().filter_map(|end| holds(*end)).collect();
        !held.is_empty() && held.iter().all(|held| *held)
    });
    single || within
}

impl Asked<'_> {
    fn size(&self) -> u64 {
        self.letter.octets.len() as u64
    }

    /// Whether one of some addresses is that of somebody whom the rule names.
    fn names(&self, addresses: &[SmtpAddress], people: &[String]) -> bool {
        addresses.iter().any(|address| {
            let record = || self.mailboxes.named(address).map(|record| record.guid());
            people.iter().any(|who| match Guid::parse(who) {
                Some(guid) => record() == Some(guid),
                None => who.eq_ignore_ascii_case(address.as_str()),
            })
        })
    }

    fn is_among(&self, addresses: &[SmtpAddress]) -> bool {
        let own = |address: &SmtpAddress| {
            self.mailboxes.named(address).is_some_and(|one| one.guid() == self.user.guid())
        };
        addresses.iter().any(own)
    }

    fn is_named_in(&self, field: &str) -> bool {
        self.is_among(&self.letter.addresses(field))
    }

    /// [RFC 2156 5.3.4], and the older X-Priority.
    fn importance(&self) -> &'static str {
        let word = self.letter.value("importance").unwrap_or_default().trim().to_ascii_lowercase();
        let priority = self.letter.value("x-priority").unwrap_or_default().trim().chars().next();
        match (word.as_str(), priority) {
            ("high", _) | ("", Some('1' | '2')) => "High",
            ("low", _) | ("", Some('4' | '5')) => "Low",
            _ => "Normal",
        }
    }

    fn is_of_type(&self, word: &str) -> bool {
        let kind = self.letter.value("content-type").unwrap_or_default().to_ascii_lowercase();
        let submitted = self.letter.value("auto-submitted").unwrap_or_default().to_ascii_lowercase();
        let report = kind.starts_with("multipart/report");
        match word.to_ascii_lowercase().as_str() {
            "automaticreply" => submitted.starts_with("auto-replied") && !report,
            "automaticforward" => self.letter.has(crate::outgoing::LOOP_FOLDED),
            "encrypted" => {
                kind.starts_with("multipart/encrypted")
                    || kind.starts_with("application/pkcs7-mime") && !kind.contains("signed-data")
            }
            "signed" => kind.starts_with("multipart/signed") || kind.contains("signed-data"),
            "calendaring" => {
                let structure =
                    String::from_utf8_lossy(&self.letter.rendered.bodystructure).to_ascii_lowercase();
                structure.contains("\"text\" \"calendar\"")
            }
            "readreceipt" => report && kind.contains("disposition-notification"),
            "nondeliveryreport" => report && kind.contains("delivery-status"),
            _ => false,
        }
    }
}

/// Whether a text holds one of some words, in any case.
fn contains(text: &str, words: &[String]) -> bool {
    holds(&text.to_lowercase(), words)
}

/// The same of a text in lower case.
fn holds(folded: &str, words: &[String]) -> bool {
    words.iter().any(|word| folded.contains(&word.to_lowercase()))
}

fn is_one_of(text: &str, words: &[String]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn is_true(values: &[String]) -> bool {
    values.first().is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

fn size(values: &[String]) -> Option<u64> {
    values.first()?.parse().ok()
}

/// A moment, kept in microseconds.
fn date(values: &[String]) -> Option<Time> {
    values.first()?.parse().ok().map(Time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_has_a_way() {
        for (condition, _) in CONDITIONS {
            assert!(
                WAYS.iter().any(|(known, _)| std::ptr::eq(known.spec(), condition.spec())),
                "{condition:?}"
            );
        }
        assert_eq!(WAYS.len(), CONDITIONS.len());
    }
}
