//! What an entry of the address book tells of a recipient: each attribute once, with the property behind it.  [RFC 4519]
//! [RFC 2798]

use mailbox::directory::schema::{recipient, user};
use mailbox::directory::{Class, Directory, PhotoKind, Record, primary};
use object::types::ObjectId;
use object::{Declared, Property};

/// Where the values of an attribute come from.
enum Source {
    /// The classes of the entry.
    Classes,
    /// The name of the object.
    Name,
    /// The distinguished name.
    DistinguishedName,
    /// The primary address.
    Primary,
    /// All SMTP addresses, the primary one with SMTP: in capitals.
    Proxies,
    /// The distinguished names of those whom a property names, as far as they stand in the book.
    References(&'static Property<ObjectId>),
    /// What a property shows.
    Shown(&'static dyn Declared),
    /// A text.
    Text(&'static Property<String>),
    /// Several texts.
    Texts(&'static Property<String>),
    /// The photo; of that kind alone where one is named.
    Photo(Option<PhotoKind>),
}

/// An attribute: how it is called, how else clients call it, where it comes from.
struct Attribute {
    name: &'static str,
    others: &'static [&'static str],
    source: Source,
}

const fn text(name: &'static str, of: &'static Property<String>) -> Attribute {
    Attribute { name, others: &[], source: Source::Text(of) }
}

static ATTRIBUTES: &[Attribute] = &[
    Attribute { name: "objectClass", others: &[], source: Source::Classes },
    Attribute { name: "cn", others: &["commonname", "name"], source: Source::Name },
    Attribute { name: "distinguishedName", others: &["entrydn"], source: Source::DistinguishedName },
    text("displayName", &recipient::DISPLAY_NAME),
    Attribute { name: "givenName", others: &["gn"], source: Source::Text(&user::FIRST_NAME) },
    Attribute { name: "sn", others: &["surname"], source: Source::Text(&user::LAST_NAME) },
    text("initials", &user::INITIALS),
    Attribute { name: "mail", others: &["rfc822mailbox"], source: Source::Primary },
    Attribute { name: "proxyAddresses", others: &[], source: Source::Proxies },
    Attribute { name: "mailNickname", others: &["uid", "userid"], source: Source::Text(&recipient::ALIAS) },
    text("telephoneNumber", &user::PHONE),
    Attribute {
        name: "mobile",
        others: &["mobiletelephonenumber", "cellphone"],
        source: Source::Text(&user::MOBILE_PHONE),
    },
    Attribute {
        name: "homePhone",
        others: &["hometelephonenumber"],
        source: Source::Text(&user::HOME_PHONE),
    },
    Attribute { name: "facsimileTelephoneNumber", others: &["fax"], source: Source::Text(&user::FAX) },
    Attribute { name: "pager", others: &["pagertelephonenumber"], source: Source::Text(&user::PAGER) },
    Attribute { name: "otherTelephone", others: &[], source: Source::Texts(&user::OTHER_TELEPHONE) },
    text("title", &user::TITLE),
    Attribute {
        name: "department",
        others: &["ou", "departmentnumber", "orgunit"],
        source: Source::Text(&user::DEPARTMENT),
    },
    Attribute { name: "company", others: &["o"], source: Source::Text(&user::COMPANY) },
    Attribute {
        name: "physicalDeliveryOfficeName",
        others: &["roomnumber"],
        source: Source::Text(&user::OFFICE),
    },
    Attribute { name: "street", others: &["streetaddress"], source: Source::Text(&user::STREET_ADDRESS) },
    Attribute { name: "l", others: &["locality", "localityname"], source: Source::Text(&user::CITY) },
    Attribute { name: "st", others: &["region", "stateorprovincename"], source: Source::Text(&user::STATE) },
    Attribute { name: "postalCode", others: &["zip"], source: Source::Text(&user::POSTAL_CODE) },
    Attribute { name: "postOfficeBox", others: &[], source: Source::Texts(&user::POST_OFFICE_BOX) },
    Attribute { name: "c", others: &["countryname"], source: Source::Shown(&user::COUNTRY_CODE) },
    Attribute { name: "co", others: &["friendlycountryname"], source: Source::Shown(&user::COUNTRY) },
    Attribute {
        name: "labeledURI",
        others: &["wwwhomepage", "homeurl"],
        source: Source::Text(&user::WEB_PAGE),
    },
    Attribute { name: "description", others: &["info"], source: Source::Text(&user::NOTES) },
    // A JPEG and nothing else. [RFC 2798 2.6]
    Attribute { name: "jpegPhoto", others: &[], source: Source::Photo(Some(PhotoKind::Jpeg)) },
    Attribute { name: "thumbnailPhoto", others: &[], source: Source::Photo(None) },
    Attribute { name: "manager", others: &[], source: Source::References(&user::MANAGER) },
    Attribute { name: "directReports", others: &[], source: Source::References(&user::DIRECT_REPORTS) },
];

/// The names of all attributes.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ATTRIBUTES.iter().map(|attribute| attribute.name)
}

/// The values that a recipient has of an attribute, by any of its names in lower case; `None` where there is no such
/// attribute. Others are named as far as whoever asks is shown them.
pub(crate) fn values(
    directory: &Directory,
    shows: &dyn Fn(&Record) -> bool,
    record: &Record,
    name: &str,
) -> Option<Vec<String>> {
    let is_named = |attribute: &&Attribute| {
        attribute.name.eq_ignore_ascii_case(name) || attribute.others.contains(&name)
    };
    let attribute = ATTRIBUTES.iter().find(is_named)?;
    Some(match &attribute.source {
        Source::Classes => classes(record.class()).iter().map(|&class| class.to_owned()).collect(),
        Source::Name => vec![record.name().to_owned()],
        Source::DistinguishedName => vec![directory.distinguished_name(record)],
        Source::Primary => {
            primary(&record.all(&recipient::EMAIL_ADDRESSES)).iter().map(ToString::to_string).collect()
        }
        Source::Proxies => {
            let all = record.all(&recipient::EMAIL_ADDRESSES);
            all.iter().filter(|address| address.is_smtp()).map(ToString::to_string).collect()
        }
        Source::References(property) => {
            let people = directory.value(record, property.spec()).items();
            let records =
                people.iter().filter_map(|person| directory.get(person.downcast::<ObjectId>()?.guid));
            records.filter(|one| shows(one)).map(|one| directory.distinguished_name(&one)).collect()
        }
        Source::Shown(property) => {
            let shown = directory.value(record, property.spec());
            shown.items().iter().map(ToString::to_string).filter(|text| !text.is_empty()).collect()
        }
        Source::Text(property) => record.get(property).filter(|text| !text.is_empty()).into_iter().collect(),
        Source::Texts(property) => record.all(property),
        // Filters see that there is one; its octets are read for whoever gets them.
        Source::Photo(only) => {
            let kind = directory.photo_kind(record).filter(|kind| only.is_none_or(|only| only == *kind));
            kind.map(|kind| format!("{kind:?}")).into_iter().collect()
        }
    })
}

/// Whether the values of an attribute are octets that no memory holds.
pub(crate) fn is_photo(name: &str) -> bool {
    let photo = |attribute: &Attribute| matches!(attribute.source, Source::Photo(_));
    ATTRIBUTES.iter().any(|attribute| photo(attribute) && attribute.name.eq_ignore_ascii_case(name))
}

fn classes(class: Class) -> &'static [&'static str] {
    match class {
        Class::User => &["top", "person", "organizationalPerson", "inetOrgPerson", "user"],
        Class::Contact => &["top", "person", "organizationalPerson", "inetOrgPerson", "contact"],
        Class::PublicFolder => &["top", "publicFolder"],
        _ => &["top", "group"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_name_means_one_attribute() {
        let mut seen = HashSet::new();
        for attribute in ATTRIBUTES {
            for name in attribute
                .others
                .iter()
                .map(|other| (*other).to_owned())
                .chain([attribute.name.to_ascii_lowercase()])
            {
                assert_eq!(name, name.to_ascii_lowercase());
                assert!(seen.insert(name.clone()), "{name}");
            }
        }
    }
}
