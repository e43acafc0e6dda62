//! What rules look for: about the message as a whole, or about each of its recipients.

use std::sync::Arc;

use mailbox::directory::schema::{rule, user};
use mailbox::directory::{AddressRange, Directory, Record};
use object::types::{ByteQuantifiedSize, Guid, SmtpAddress};
use object::{Property, Result, Spec};

use super::mail::{Location, Mail};
use super::matcher::Matcher;
use super::sending::attribute;
use crate::Place;

/// One condition, with the name of its property.
pub(crate) struct Condition {
    pub(crate) name: &'static str,
    pub(crate) test: Test,
}

/// What is looked for.
pub(crate) enum Test {
    From(Vec<String>),
    FromMember(Vec<Guid>),
    FromAddress(Matcher),
    FromScope(bool),
    SenderDomain(Vec<String>),
    SenderIp(Vec<AddressRange>),
    SenderAttribute(Vec<(&'static Spec, Matcher)>),
    Header(String, Matcher),
    InHeader(&'static [&'static str], Vec<String>),
    MemberInHeader(&'static [&'static str], Vec<Guid>),
    Subject(Matcher),
    SubjectOrBody(Matcher),
    AttachmentText(Matcher),
    AttachmentName(Matcher),
    AttachmentExtension(Vec<String>),
    AttachmentSize(u64),
    AttachmentExecutable(bool),
    AttachmentProtected(bool),
    AttachmentUnsupported(bool),
    AttachmentLimit(bool),
    Charset(Matcher),
    SenderManager(Vec<String>),
    MessageSize(u64),
    Scl(i32),
    Importance(String),
    Type(String),
    AnyRecipient(Matcher),
    SentTo(Vec<String>),
    SentToMember(Vec<Guid>),
    SentToScope(bool),
    Recipient(Matcher),
    RecipientDomain(Vec<String>),
    RecipientAttribute(Vec<(&'static Spec, Matcher)>),
    /// From a member of one side to a member of the other.
    Between([Vec<Guid>; 2]),
    /// Whether sender and recipient have an attribute in common.
    Compared(&'static Spec, bool),
    RecipientManager(Vec<String>),
    /// Whether the sender is the recipient's manager, or else the other way round.
    Relationship(bool),
}

impl Test {
    /// Whether it is asked of each recipient.
    fn is_of_recipient(&self) -> bool {
        matches!(
            self,
            Test::SentTo(_)
                | Test::SentToMember(_)
                | Test::SentToScope(_)
                | Test::Recipient(_)
                | Test::RecipientDomain(_)
                | Test::RecipientAttribute(_)
                | Test::Between(_)
                | Test::Compared(..)
                | Test::RecipientManager(_)
                | Test::Relationship(_)
        )
    }
}

/// A recipient as conditions see it.
pub(crate) struct To<'a> {
    pub(crate) address: &'a SmtpAddress,
    pub(crate) place: &'a Place,
    /// The group through which they get the message.
    pub(crate) via: Option<&'a SmtpAddress>,
}

impl Condition {
    pub(crate) fn is_of_recipient(&self) -> bool {
        self.test.is_of_recipient()
    }

    /// Whether it holds for the message.
    pub(crate) fn of_message(&self, mail: &Mail<'_>, all: &[To<'_>], location: Location) -> bool {
        let from = mail.from(location);
        match &self.test {
            Test::From(wanted) => from.addresses.iter().any(|from| is_one_of(mail, from, wanted)),
            Test::FromMember(groups) => from.is_member(groups, |from, groups| mail.is_member(from, groups)),
            Test::FromAddress(matcher) => from.addresses.iter().any(|from| matcher.finds(from.as_str())),
            Test::FromScope(inside) => is_from_inside(mail) == *inside,
            Test::SenderDomain(domains) => from.addresses.iter().any(|from| is_below(from, domains)),
            Test::SenderIp(ranges) => ranges.iter().any(|range| range.holds(mail.client)),
            Test::SenderAttribute(wanted) => {
                from.people.first().is_some_and(|record| has_attribute(record, wanted))
            }
            Test::Header(name, matcher) => mail.values(name).any(|value| matcher.finds(value)),
            Test::InHeader(names, wanted) => {
                in_header(mail, names, |address| is_one_of(mail, address, wanted))
            }
            Test::MemberInHeader(names, groups) => {
                in_header(mail, names, |address| mail.is_member(address, groups))
            }
            Test::Subject(matcher) => matcher.finds(mail.value("subject")),
            Test::SubjectOrBody(matcher) => {
                matcher.finds(mail.value("subject")) || matcher.finds(mail.body())
            }
            Test::AttachmentText(matcher) => mail.attachments().iter().any(|file| matcher.finds(&file.text)),
            Test::AttachmentName(matcher) => names(mail).any(|name| matcher.finds(name)),
            Test::AttachmentExtension(ends) => names(mail).any(|name| {
                let end = name.rsplit_once('.').map_or("", |(_, end)| end);
                ends.iter().any(|wanted| wanted.trim_start_matches('.').eq_ignore_ascii_case(end))
            }),
            Test::AttachmentSize(bytes) => mail.attachments().iter().any(|file| file.bytes as u64 >= *bytes),
            Test::AttachmentExecutable(wanted) => {
                mail.attachments().iter().any(|file| file.executable) == *wanted
            }
            Test::AttachmentProtected(wanted) => {
                mail.attachments().iter().any(|file| file.protected) == *wanted
            }
            Test::AttachmentUnsupported(wanted) => {
                mail.attachments().iter().any(|file| !file.is_text) == *wanted
            }
            Test::AttachmentLimit(wanted) => mail.attachments().iter().any(|file| file.cut) == *wanted,
            Test::Charset(matcher) => mail.charsets().iter().any(|name| matcher.finds(name)),
            Test::SenderManager(wanted) => {
                let managers = from.people.iter().filter_map(|from| mail.manager(from));
                managers.into_iter().any(|manager| is_one_person(mail, &manager, wanted))
            }
            Test::MessageSize(bytes) => mail.octets.len() as u64 >= *bytes,
            Test::Scl(least) => {
                mail.scl().is_some_and(|scl| if *least < 0 { scl == -1 } else { scl >= *least })
            }
            Test::Importance(wanted) => importance(mail).eq_ignore_ascii_case(wanted),
            Test::Type(wanted) => is_of_type(mail, wanted),
            Test::AnyRecipient(matcher) => all.iter().any(|to| matcher.finds(to.address.as_str())),
            _ => all.iter().any(|to| self.of_recipient(mail, to, location)),
        }
    }

    /// Whether it holds for a recipient.
    pub(crate) fn of_recipient(&self, mail: &Mail<'_>, to: &To<'_>, location: Location) -> bool {
        match &self.test {
            Test::Between([one, other]) => {
                let is_member = |address: &SmtpAddress, groups: &[Guid]| mail.is_member(address, groups);
                let meet = |from_groups: &[Guid], to_groups: &[Guid]| {
                    mail.from(location).is_member(from_groups, is_member) && is_member(to.address, to_groups)
                };
                meet(one, other) || meet(other, one)
            }
            Test::Compared(spec, wanted) => {
                let Some(record) = mail.record(to.address) else { return false };
                mail.from(location).compares(spec, &attribute(&record, spec), *wanted)
            }
            Test::RecipientManager(wanted) => {
                let manager = mail.record(to.address).and_then(|record| mail.manager(&record));
                manager.is_some_and(|manager| is_one_person(mail, &manager, wanted))
            }
            Test::Relationship(sender_manages) => {
                let Some(record) = mail.record(to.address) else { return false };
                match sender_manages {
                    true => mail.manager(&record).is_some_and(|manager| mail.from(location).has(&manager)),
                    false => mail.from(location).is_managed_by(&record),
                }
            }
            Test::SentTo(wanted) => {
                let mut named = std::iter::once(to.address).chain(to.via);
                named.any(|address| is_one_of(mail, address, wanted))
            }
            Test::SentToMember(groups) => mail.is_member(to.address, groups),
            Test::SentToScope(inside) => is_inside(mail, to) == *inside,
            Test::Recipient(matcher) => matcher.finds(to.address.as_str()),
            Test::RecipientDomain(domains) => is_below(to.address, domains),
            Test::RecipientAttribute(wanted) => {
                mail.record(to.address).is_some_and(|record| has_attribute(&record, wanted))
            }
            _ => false,
        }
    }
}

/// Whether a record is that of one of those addresses.
fn is_one_person(mail: &Mail<'_>, record: &Record, wanted: &[String]) -> bool {
    let named = wanted.iter().filter_map(|address| SmtpAddress::parse(address));
    named.filter_map(|address| mail.record(&address)).any(|known| known.guid() == record.guid())
}

/// The names of all attachments.
fn names<'a>(mail: &'a Mail<'_>) -> impl Iterator<Item = &'a String> {
    mail.attachments().iter().flat_map(|file| &file.names)
}

/// Whether one of the addresses in header fields is such a one.
fn in_header(mail: &Mail<'_>, names: &[&'static str], is: impl Fn(&SmtpAddress) -> bool) -> bool {
    names.iter().any(|name| mail.addresses(name).iter().any(&is))
}

/// An address is meant by itself, or by another one of the same recipient.
fn is_one_of(mail: &Mail<'_>, address: &SmtpAddress, wanted: &[String]) -> bool {
    let folded = address.folded();
    if wanted.contains(&folded) {
        return true;
    }
    let Some(record) = mail.record(address) else { return false };
    let meant = |wanted: &String| SmtpAddress::parse(wanted).and_then(|address| mail.record(&address));
    wanted.iter().filter_map(meant).any(|known| known.guid() == record.guid())
}

/// What a rule says of a property, by its name.
type Said<T> = (&'static str, T);

/// Two halves of a condition, or neither.
fn both<A, B>(
    one: Option<Said<A>>,
    other: Option<Said<B>>,
    one_name: &str,
    other_name: &'static str,
) -> Result<Option<(Said<A>, Said<B>)>> {
    match (one, other) {
        (Some(one), Some(other)) => Ok(Some((one, other))),
        (None, None) => Ok(None),
        _ => Err(super::action::together(one_name, other_name)),
    }
}

fn is_below(address: &SmtpAddress, domains: &[String]) -> bool {
    let domain = address.domain().to_lowercase();
    let below =
        |wanted: &String| domain.strip_suffix(wanted.as_str()).is_some_and(|head| head.ends_with('.'));
    domains.iter().any(|wanted| domain == *wanted || below(wanted))
}

/// Whoever logged on is inside; anybody can write an address of ours into a message.
fn is_from_inside(mail: &Mail<'_>) -> bool {
    mail.sender.account().is_some()
}

fn is_inside(mail: &Mail<'_>, to: &To<'_>) -> bool {
    if mail.record(to.address).is_some() {
        return true;
    }
    let ours = mail
        .directory
        .domains()
        .find(to.address.domain())
        .is_some_and(|domain| domain.kind != object::types::AcceptedDomainType::ExternalRelay);
    ours || !matches!(to.place, Place::Elsewhere(_))
}

fn has_attribute(record: &Arc<Record>, wanted: &[(&'static Spec, Matcher)]) -> bool {
    wanted.iter().any(|(spec, matcher)| {
        let value = record.value(spec);
        value.items().iter().any(|value| matcher.finds(&value.to_string()))
    })
}

fn importance<'a>(mail: &'a Mail<'_>) -> &'a str {
    let said = mail.value("importance").trim();
    let priority = mail.value("x-priority").trim();
    match (said, priority.as_bytes().first()) {
        ("", Some(b'1' | b'2')) => "High",
        ("", Some(b'4' | b'5')) => "Low",
        ("", _) => "Normal",
        (said, _) => said,
    }
}

fn is_of_type(mail: &Mail<'_>, wanted: &str) -> bool {
    let content = mail.value("content-type").to_ascii_lowercase();
    let automatic = mail.value("auto-submitted").to_ascii_lowercase();
    match wanted.to_ascii_lowercase().as_str() {
        "oof" => automatic.starts_with("auto-replied") && !mail.value("x-auto-response-suppress").is_empty(),
        "autoforward" => {
            automatic.starts_with("auto-forwarded")
                || !mail.value("x-ms-exchange-inbox-rules-loop").is_empty()
        }
        "encrypted" => {
            content.starts_with("multipart/encrypted")
                || (content.starts_with("application/pkcs7-mime") && content.contains("enveloped-data"))
        }
        "signed" => {
            content.starts_with("multipart/signed")
                || (content.starts_with("application/pkcs7-mime") && content.contains("signed-data"))
        }
        "calendaring" => {
            content.starts_with("text/calendar")
                || memchr::memmem::find(mail.octets, b"text/calendar").is_some()
        }
        "readreceipt" => content.contains("disposition-notification"),
        _ => false,
    }
}

/// Reads conditions or exceptions out of a rule's record.
pub(crate) struct Reader<'a> {
    pub(crate) record: &'a Record,
    pub(crate) directory: &'a Directory,
    pub(crate) exceptions: bool,
}

impl Reader<'_> {
    fn key<T>(&self, pair: (&'static Property<T>, &'static Property<T>)) -> &'static Property<T> {
        if self.exceptions { pair.1 } else { pair.0 }
    }

    fn list(
        &self,
        pair: (&'static Property<String>, &'static Property<String>),
    ) -> Option<(&'static str, Vec<String>)> {
        let property = self.key(pair);
        let values = self.record.all(property);
        (!values.is_empty()).then(|| (property.name(), values))
    }

    fn text(
        &self,
        pair: (&'static Property<String>, &'static Property<String>),
    ) -> Option<(&'static str, String)> {
        let property = self.key(pair);
        self.record.get(property).map(|value| (property.name(), value))
    }

    /// A group that is gone has no members.
    fn groups(&self, addresses: &[String]) -> Vec<Guid> {
        let found = |address: &String| {
            SmtpAddress::parse(address).and_then(|address| self.directory.by_smtp(&address))
        };
        addresses.iter().filter_map(found).map(|group| group.guid()).collect()
    }

    fn attributes(
        &self,
        name: &'static str,
        written: &[String],
        words: bool,
    ) -> Result<Vec<(&'static Spec, Matcher)>> {
        let mut found = Vec::new();
        for one in written {
            let Some((attribute, values)) = one.split_once(':') else { continue };
            let Some(spec) = user::USER.property(attribute.trim()) else { continue };
            let matcher = if words {
                Matcher::words(
                    &values.split(',').map(|word| word.trim().to_owned()).collect::<Vec<_>>(),
                    name,
                )?
            } else {
                Matcher::patterns(&[values.trim().to_owned()], name)?
            };
            found.push((spec, matcher));
        }
        Ok(found)
    }

    /// All that is there.
    pub(crate) fn read(&self) -> Result<Vec<Condition>> {
        let mut found = Vec::new();
        let folded = |list: Vec<String>| list.into_iter().map(|one| one.to_lowercase()).collect::<Vec<_>>();
        macro_rules! lists {
            ($($condition:ident, $except:ident => $make:expr;)*) => {$(
                if let Some((name, values)) = self.list((&rule::$condition, &rule::$except)) {
                    let make: fn(&Reader<'_>, &'static str, Vec<String>) -> Result<Test> = $make;
                    found.push(Condition { name, test: make(self, name, values)? });
                }
            )*};
        }
        const TO: &[&str] = &["to"];
        const CC: &[&str] = &["cc"];
        const BOTH: &[&str] = &["to", "cc"];
        lists! {
            FROM_ADDRESS_WORDS, EXCEPT_FROM_ADDRESS_WORDS => |_, name, list| Ok(Test::FromAddress(Matcher::words(&list, name)?));
            FROM_ADDRESS_PATTERNS, EXCEPT_FROM_ADDRESS_PATTERNS => |_, name, list| Ok(Test::FromAddress(Matcher::patterns(&list, name)?));
            SENDER_ATTRIBUTE_WORDS, EXCEPT_SENDER_ATTRIBUTE_WORDS => |reader, name, list| Ok(Test::SenderAttribute(reader.attributes(name, &list, true)?));
            SENDER_ATTRIBUTE_PATTERNS, EXCEPT_SENDER_ATTRIBUTE_PATTERNS => |reader, name, list| Ok(Test::SenderAttribute(reader.attributes(name, &list, false)?));
            FROM_MEMBER_OF, EXCEPT_FROM_MEMBER_OF => |reader, _, list| Ok(Test::FromMember(reader.groups(&list)));
            SENT_TO_MEMBER_OF, EXCEPT_SENT_TO_MEMBER_OF => |reader, _, list| Ok(Test::SentToMember(reader.groups(&list)));
            RECIPIENT_ADDRESS_WORDS, EXCEPT_RECIPIENT_ADDRESS_WORDS => |_, name, list| Ok(Test::Recipient(Matcher::words(&list, name)?));
            RECIPIENT_ADDRESS_PATTERNS, EXCEPT_RECIPIENT_ADDRESS_PATTERNS => |_, name, list| Ok(Test::Recipient(Matcher::patterns(&list, name)?));
            RECIPIENT_ATTRIBUTE_WORDS, EXCEPT_RECIPIENT_ATTRIBUTE_WORDS => |reader, name, list| Ok(Test::RecipientAttribute(reader.attributes(name, &list, true)?));
            RECIPIENT_ATTRIBUTE_PATTERNS, EXCEPT_RECIPIENT_ATTRIBUTE_PATTERNS => |reader, name, list| Ok(Test::RecipientAttribute(reader.attributes(name, &list, false)?));
            ANY_RECIPIENT_WORDS, EXCEPT_ANY_RECIPIENT_WORDS => |_, name, list| Ok(Test::AnyRecipient(Matcher::words(&list, name)?));
            ANY_RECIPIENT_PATTERNS, EXCEPT_ANY_RECIPIENT_PATTERNS => |_, name, list| Ok(Test::AnyRecipient(Matcher::patterns(&list, name)?));
            TO_HEADER_MEMBER_OF, EXCEPT_TO_HEADER_MEMBER_OF => |reader, _, list| Ok(Test::MemberInHeader(TO, reader.groups(&list)));
            CC_HEADER_MEMBER_OF, EXCEPT_CC_HEADER_MEMBER_OF => |reader, _, list| Ok(Test::MemberInHeader(CC, reader.groups(&list)));
            TO_CC_HEADER_MEMBER_OF, EXCEPT_TO_CC_HEADER_MEMBER_OF => |reader, _, list| Ok(Test::MemberInHeader(BOTH, reader.groups(&list)));
            SUBJECT_WORDS, EXCEPT_SUBJECT_WORDS => |_, name, list| Ok(Test::Subject(Matcher::words(&list, name)?));
            SUBJECT_PATTERNS, EXCEPT_SUBJECT_PATTERNS => |_, name, list| Ok(Test::Subject(Matcher::patterns(&list, name)?));
            TEXT_WORDS, EXCEPT_TEXT_WORDS => |_, name, list| Ok(Test::SubjectOrBody(Matcher::words(&list, name)?));
            TEXT_PATTERNS, EXCEPT_TEXT_PATTERNS => |_, name, list| Ok(Test::SubjectOrBody(Matcher::patterns(&list, name)?));
            ATTACHMENT_WORDS, EXCEPT_ATTACHMENT_WORDS => |_, name, list| Ok(Test::AttachmentText(Matcher::words(&list, name)?));
            ATTACHMENT_PATTERNS, EXCEPT_ATTACHMENT_PATTERNS => |_, name, list| Ok(Test::AttachmentText(Matcher::patterns(&list, name)?));
            ATTACHMENT_NAMES, EXCEPT_ATTACHMENT_NAMES => |_, name, list| Ok(Test::AttachmentName(Matcher::patterns(&list, name)?));
            CHARSET_WORDS, EXCEPT_CHARSET_WORDS => |_, name, list| Ok(Test::Charset(Matcher::words(&list, name)?));
            ATTACHMENT_EXTENSIONS, EXCEPT_ATTACHMENT_EXTENSIONS => |_, _, list| Ok(Test::AttachmentExtension(list));
            SENDER_IP_RANGES, EXCEPT_SENDER_IP_RANGES => |_, _, list| Ok(Test::SenderIp(list.iter().filter_map(|one| AddressRange::parse(one)).collect()));
        }
        macro_rules! folded_lists {
            ($($condition:ident, $except:ident => $make:expr;)*) => {$(
                if let Some((name, values)) = self.list((&rule::$condition, &rule::$except)) {
                    let make: fn(Vec<String>) -> Test = $make;
                    found.push(Condition { name, test: make(folded(values)) });
                }
            )*};
        }
        folded_lists! {
            FROM, EXCEPT_FROM => Test::From;
            SENT_TO, EXCEPT_SENT_TO => Test::SentTo;
            SENDER_DOMAIN, EXCEPT_SENDER_DOMAIN => Test::SenderDomain;
            RECIPIENT_DOMAIN, EXCEPT_RECIPIENT_DOMAIN => Test::RecipientDomain;
            TO_HEADER, EXCEPT_TO_HEADER => |list| Test::InHeader(TO, list);
            CC_HEADER, EXCEPT_CC_HEADER => |list| Test::InHeader(CC, list);
            TO_CC_HEADER, EXCEPT_TO_CC_HEADER => |list| Test::InHeader(BOTH, list);
        }
        let inside = |text: String| text.eq_ignore_ascii_case("InOrganization");
        macro_rules! texts {
            ($($condition:ident, $except:ident => $make:expr;)*) => {$(
                if let Some((name, value)) = self.text((&rule::$condition, &rule::$except)) {
                    found.push(Condition { name, test: $make(value) });
                }
            )*};
        }
        texts! {
            FROM_SCOPE, EXCEPT_FROM_SCOPE => |text| Test::FromScope(inside(text));
            SENT_TO_SCOPE, EXCEPT_SENT_TO_SCOPE => |text| Test::SentToScope(inside(text));
            IMPORTANCE, EXCEPT_IMPORTANCE => Test::Importance;
            MESSAGE_TYPE, EXCEPT_MESSAGE_TYPE => Test::Type;
        }
        self.headers(&mut found)?;
        self.people(&mut found)?;
        self.numbers(&mut found);
        Ok(found)
    }

    fn headers(&self, found: &mut Vec<Condition>) -> Result<()> {
        let words = self.text((&rule::HEADER_WORDS_NAME, &rule::EXCEPT_HEADER_WORDS_NAME));
        let list = self.list((&rule::HEADER_WORDS, &rule::EXCEPT_HEADER_WORDS));
        if let Some(((_, field), (name, list))) =
            both(words, list, "HeaderContainsMessageHeader", "HeaderContainsWords")?
        {
            found.push(Condition {
                name,
                test: Test::Header(field.to_lowercase(), Matcher::words(&list, name)?),
            });
        }
        let patterns = self.text((&rule::HEADER_PATTERNS_NAME, &rule::EXCEPT_HEADER_PATTERNS_NAME));
        let list = self.list((&rule::HEADER_PATTERNS, &rule::EXCEPT_HEADER_PATTERNS));
        if let Some(((_, field), (name, list))) =
            both(patterns, list, "HeaderMatchesMessageHeader", "HeaderMatchesPatterns")?
        {
            found.push(Condition {
                name,
                test: Test::Header(field.to_lowercase(), Matcher::patterns(&list, name)?),
            });
        }
        Ok(())
    }

    /// Conditions of two halves, each of which says nothing by itself.
    fn people(&self, found: &mut Vec<Condition>) -> Result<()> {
        let one = self.list((&rule::BETWEEN_ONE, &rule::EXCEPT_BETWEEN_ONE));
        let other = self.list((&rule::BETWEEN_OTHER, &rule::EXCEPT_BETWEEN_OTHER));
        if let Some(((name, one), (_, other))) = both(one, other, "BetweenMemberOf1", "BetweenMemberOf2")? {
            found.push(Condition { name, test: Test::Between([self.groups(&one), self.groups(&other)]) });
        }
        let attribute = self.text((&rule::COMPARED_ATTRIBUTE, &rule::EXCEPT_COMPARED_ATTRIBUTE));
        let operator = self.text((&rule::COMPARISON_OPERATOR, &rule::EXCEPT_COMPARISON_OPERATOR));
        let compared = both(attribute, operator, "ADComparisonAttribute", "ADComparisonOperator")?;
        if let Some(((name, attribute), (_, operator))) = compared
            && let Some(spec) = user::USER.property(attribute.trim())
        {
            let same = operator.eq_ignore_ascii_case("Equal");
            found.push(Condition { name, test: Test::Compared(spec, same) });
        }
        let addresses = self.list((&rule::MANAGER_ADDRESSES, &rule::EXCEPT_MANAGER_ADDRESSES));
        let whose = self.text((&rule::MANAGER_FOR, &rule::EXCEPT_MANAGER_FOR));
        if let Some(((name, list), (_, whose))) =
            both(addresses, whose, "ManagerAddresses", "ManagerForEvaluatedUser")?
        {
            let of_sender = whose.eq_ignore_ascii_case("Sender");
            let test = if of_sender { Test::SenderManager(list) } else { Test::RecipientManager(list) };
            found.push(Condition { name, test });
        }
        if let Some((name, relation)) = self.text((&rule::RELATIONSHIP, &rule::EXCEPT_RELATIONSHIP)) {
            found
                .push(Condition { name, test: Test::Relationship(relation.eq_ignore_ascii_case("Manager")) });
        }
        Ok(())
    }

    fn numbers(&self, found: &mut Vec<Condition>) {
        let size = |pair: (&'static Property<ByteQuantifiedSize>, &'static Property<ByteQuantifiedSize>)| {
            let property = self.key(pair);
            self.record.get(property).map(|size| (property.name(), size.0))
        };
        if let Some((name, bytes)) = size((&rule::ATTACHMENT_SIZE, &rule::EXCEPT_ATTACHMENT_SIZE)) {
            found.push(Condition { name, test: Test::AttachmentSize(bytes) });
        }
        if let Some((name, bytes)) = size((&rule::MESSAGE_SIZE, &rule::EXCEPT_MESSAGE_SIZE)) {
            found.push(Condition { name, test: Test::MessageSize(bytes) });
        }
        type Made = fn(bool) -> Test;
        let switches: [(_, Made); 4] = [
            ((&rule::ATTACHMENT_EXECUTABLE, &rule::EXCEPT_ATTACHMENT_EXECUTABLE), Test::AttachmentExecutable),
            ((&rule::ATTACHMENT_PROTECTED, &rule::EXCEPT_ATTACHMENT_PROTECTED), Test::AttachmentProtected),
            (
                (&rule::ATTACHMENT_UNSUPPORTED, &rule::EXCEPT_ATTACHMENT_UNSUPPORTED),
                Test::AttachmentUnsupported,
            ),
            ((&rule::ATTACHMENT_LIMIT, &rule::EXCEPT_ATTACHMENT_LIMIT), Test::AttachmentLimit),
        ];
        for (pair, test) in switches {
            let property = self.key(pair);
            found.extend(
                self.record
                    .get(property)
                    .map(|wanted| Condition { name: property.name(), test: test(wanted) }),
            );
        }
        let scl = self.key((&rule::SCL_OVER, &rule::EXCEPT_SCL_OVER));
        if let Some(least) = self.record.get(scl) {
            found.push(Condition { name: scl.name(), test: Test::Scl(least) });
        }
    }
}
