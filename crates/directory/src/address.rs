//! Addresses of recipients: aliases, the addresses made from them, lists of proxy addresses.

use object::types::{ProxyAddress, SmtpAddress};
use object::{Error, ErrorId, Result, Value};

/// The longest alias.
pub(crate) const ALIAS_CHARACTERS_MAX: usize = 64;
/// The longest proxy address with its prefix: what an index of the directory can hold.
pub(crate) const PROXY_CHARACTERS_MAX: usize = 1123;
/// The most addresses of one recipient.
pub(crate) const ADDRESSES_MAX: usize = 1_000; // Exchange's directory holds about that many
/// How often a number is put behind a taken name before we give up.
const ATTEMPTS_MAX: u32 = 10_000;

/// Whether a character may stand in an alias; a dot only between others.
fn alias_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#%*+-/=?^_~$&'`{}|.".contains(c) || ('\u{a1}'..='\u{ff}').contains(&c)
}

/// Refuses what cannot be an alias.
pub(crate) fn check_alias(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    let length = text.chars().count();
    let problem = if length == 0 {
        "is empty".to_owned()
    } else if length > ALIAS_CHARACTERS_MAX {
        format!("has {length} characters; at most {ALIAS_CHARACTERS_MAX} are allowed")
    } else if let Some(c) = text.chars().find(|c| !alias_character(*c)) {
        format!("holds '{}', which is not allowed", c.escape_default())
    } else if text.split('.').any(str::is_empty) {
        "has a dot that is not between two other characters".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::caller(ErrorId::AliasInvalid, format!("The alias '{text}' {problem}.")).help(
        "Use up to 64 letters, digits and ! # % * + - / = ? ^ _ ~ $ & ' ` { } |, and dots between other characters.",
    ))
}

/// Refuses proxy addresses that are too long or hold control characters.
pub(crate) fn check_proxy(value: &Value) -> Result<()> {
    let text = value.to_string();
    let long = text.chars().count() > PROXY_CHARACTERS_MAX;
    if !long && !text.chars().any(char::is_control) {
        return Ok(());
    }
    let problem = if long { "is too long" } else { "holds a control character" };
    Err(Error::caller(
        ErrorId::ProxyAddressInvalid,
        format!("The address '{}' {problem}.", text.escape_default()),
    )
    .help(format!("An address has at most {PROXY_CHARACTERS_MAX} characters, its type included.")))
}

/// Refuses templates of address policies that could not make an address.
pub(crate) fn check_template(value: &Value) -> Result<()> {
    let text = value.to_string();
    let body = text.split_once(':').map_or(text.as_str(), |(_, body)| body);
    let smtp = text.get(..5).is_none_or(|prefix| prefix.eq_ignore_ascii_case("smtp:"));
    if !smtp || body.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty()) {
        return Ok(());
    }
    Err(Error::caller(ErrorId::AddressTemplateInvalid, format!("'{text}' is not an address template."))
        .help("Write a form such as SMTP:%m@contoso.com."))
}

/// The alias made from a name: blanks go, what an alias cannot hold becomes `?`.
pub(crate) fn alias_of(name: &str) -> String {
    let mut alias: String = name
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if alias_character(c) { c } else { '?' })
        .take(ALIAS_CHARACTERS_MAX)
        .collect();
    while alias.contains("..") {
        alias = alias.replace("..", ".");
    }
    let alias = alias.trim_matches('.');
    if alias.is_empty() { "?".to_owned() } else { alias.to_owned() }
}

/// The nearest ASCII text: `ö` becomes `oe`, `é` becomes `e`; what has none and what an address cannot
/// hold is left out.
pub(crate) fn best_fit(text: &str) -> String {
    let mut fitted = String::with_capacity(text.len());
    text.chars().for_each(|c| push_ascii(&mut fitted, c));
    fitted.retain(local_character);
    let parts: Vec<&str> = fitted.split('.').filter(|part| !part.is_empty()).collect();
    parts.join(".")
}

fn local_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
}

/// Letters of Latin scripts without their marks; the German and Nordic ones as they are spelled out.
const BEST_FIT: &[(&str, &str)] = &[
    ("äæ", "ae"),
    ("ÄÆ", "Ae"),
    ("öøœ", "oe"),
    ("ÖØŒ", "Oe"),
    ("ü", "ue"),
    ("Ü", "Ue"),
    ("ß", "ss"),
    ("ẞ", "SS"),
    ("þ", "th"),
    ("Þ", "Th"),
    ("å", "aa"),
    ("Å", "Aa"),
    ("àáâãāăą", "a"),
    ("ÀÁÂÃĀĂĄ", "A"),
    ("çćĉċč", "c"),
    ("ÇĆĈĊČ", "C"),
    ("ďđð", "d"),
    ("ĎĐÐ", "D"),
    ("èéêëēĕėęě", "e"),
    ("ÈÉÊËĒĔĖĘĚ", "E"),
    ("ĝğġģ", "g"),
    ("ĜĞĠĢ", "G"),
    ("ĥħ", "h"),
    ("ĤĦ", "H"),
    ("ìíîïĩīĭįı", "i"),
    ("ÌÍÎÏĨĪĬĮİ", "I"),
    ("ĵ", "j"),
    ("Ĵ", "J"),
    ("ķ", "k"),
    ("Ķ", "K"),
    ("ĺļľŀł", "l"),
    ("ĹĻĽĿŁ", "L"),
    ("ñńņňŉ", "n"),
    ("ÑŃŅŇ", "N"),
    ("òóôõōŏő", "o"),
    ("ÒÓÔÕŌŎŐ", "O"),
    ("ŕŗř", "r"),
    ("ŔŖŘ", "R"),
    ("śŝşšș", "s"),
    ("ŚŜŞŠȘ", "S"),
    ("ţťŧț", "t"),
    ("ŢŤŦȚ", "T"),
    ("ùúûũūŭůűų", "u"),
    ("ÙÚÛŨŪŬŮŰŲ", "U"),
    ("ŵ", "w"),
    ("Ŵ", "W"),
    ("ýÿŷ", "y"),
    ("ÝŸŶ", "Y"),
    ("źżž", "z"),
    ("ŹŻŽ", "Z"),
];

fn push_ascii(text: &mut String, c: char) {
    if c.is_ascii() {
        text.push(c);
    } else if let Some((_, plain)) = BEST_FIT.iter().find(|(letters, _)| letters.contains(c)) {
        text.push_str(plain);
    }
}

/// What an address template is filled with.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Person<'a> {
    pub(crate) alias: &'a str,
    pub(crate) given: &'a str,
    pub(crate) surname: &'a str,
    pub(crate) initials: &'a str,
    pub(crate) display: &'a str,
}

/// The local part that a template such as `%1g.%s` makes for a person; the alias where nothing is left.
pub(crate) fn fill(template: &str, person: &Person<'_>) -> String {
    let (mut text, mut replaced) = (String::new(), Vec::new());
    let mut chars = template.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let mut count = String::new();
        while let Some(digit) = chars.next_if(char::is_ascii_digit) {
            count.push(digit);
        }
        let piece = match chars.next() {
            Some('m') => person.alias,
            Some('g') => person.given,
            Some('s') => person.surname,
            Some('i') => person.initials,
            Some('d') => person.display,
            Some('r') => {
                replaced.extend(chars.next().zip(chars.next()));
                continue;
            }
            _ => "",
        };
        let wanted = count.parse().unwrap_or(usize::MAX);
        text.extend(piece.chars().take(wanted).filter_map(|c| exchange(c, &replaced)));
    }
    let local = best_fit(&text);
    if local.is_empty() { best_fit(person.alias) } else { local }
}

/// A piece of a template that stands for nothing: `%x`, or a `%` at the end.
pub(crate) fn unknown_part(template: &str) -> Option<String> {
    let mut rest = template;
    while let Some((_, behind)) = rest.split_once('%') {
        let digits = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let mut letters = behind[digits..].chars();
        let known = match letters.next() {
            Some('m' | 'g' | 's' | 'i' | 'd') => true,
            Some('r') => letters.next().is_some() && letters.next().is_some(),
            _ => false,
        };
        if !known {
            return Some(format!("%{}", behind.chars().take(digits + 1).collect::<String>()));
        }
        rest = letters.as_str();
    }
    None
}

/// What `%rXY` makes of a character: X becomes Y, and nothing where both are the same.
fn exchange(c: char, replaced: &[(char, char)]) -> Option<char> {
    match replaced.iter().find(|(from, _)| *from == c) {
        Some((from, to)) if from == to => None,
        Some((_, to)) => Some(*to),
        None => Some(c),
    }
}

/// `local@domain`, with a number behind the local part until `taken` says no.
pub(crate) fn free_address(
    local: &str,
    domain: &str,
    mut taken: impl FnMut(&SmtpAddress) -> Result<bool>,
) -> Result<SmtpAddress> {
    for number in 1..ATTEMPTS_MAX {
        let suffix = if number == 1 { String::new() } else { number.to_string() };
        let cut: String = local.chars().take(ALIAS_CHARACTERS_MAX - suffix.len()).collect();
        let text = format!("{}{suffix}@{domain}", cut.trim_end_matches('.'));
        let address = SmtpAddress::parse(&text).ok_or_else(|| no_address(&text))?;
        if !taken(&address)? {
            return Ok(address);
        }
    }
    Err(Error::conflict(ErrorId::NoFreeAddress, format!("No free address could be made from '{local}'."))
        .help("Give another alias, or the address with -PrimarySmtpAddress."))
}

fn no_address(text: &str) -> Error {
    Error::caller(ErrorId::AddressCannotBeMade, format!("'{text}' is not an SMTP address."))
        .help("Give an alias of letters a to z and digits, or the address with -PrimarySmtpAddress.")
        .about("Alias")
}

/// A list of addresses as it is kept: no address twice, exactly one primary SMTP address (where there is any),
/// chosen as Exchange does: the one written `SMTP:`, else the first.
pub(crate) fn normalize(given: &[ProxyAddress]) -> Result<Vec<ProxyAddress>> {
    let mut list: Vec<ProxyAddress> = Vec::with_capacity(given.len());
    for address in given {
        match list.iter_mut().find(|known| *known == address) {
            Some(known) if address.is_primary() => *known = address.clone(),
            Some(_) => {}
            None => list.push(address.clone()),
        }
    }
    let primaries = list.iter().filter(|address| address.is_smtp() && address.is_primary()).count();
    if primaries > 1 {
        return Err(Error::caller(
            ErrorId::TwoPrimaryAddresses,
            "The list has more than one primary SMTP address.",
        )
        .help("Write SMTP: in capitals before one address only.")
        .about("EmailAddresses"));
    }
    if list.len() > ADDRESSES_MAX {
        return Err(Error::limit(
            ErrorId::TooManyAddresses,
            format!("A recipient has at most {ADDRESSES_MAX} addresses."),
        )
        .about("EmailAddresses"));
    }
    if primaries == 0
        && let Some(first) = list.iter_mut().find(|address| address.is_smtp())
    {
        *first = first.as_primary(true);
    }
    Ok(list)
}

/// The same list with another primary SMTP address; the old one stays as a secondary.
pub(crate) fn with_primary(list: &[ProxyAddress], primary: &SmtpAddress) -> Vec<ProxyAddress> {
    let wanted = ProxyAddress::smtp(primary, true);
    let rest = list.iter().filter(|address| **address != wanted);
    let rest =
        rest.map(|address| if address.is_smtp() { address.as_primary(false) } else { address.clone() });
    std::iter::once(wanted.clone()).chain(rest).collect()
}

/// The primary SMTP address of a list.
pub fn primary(list: &[ProxyAddress]) -> Option<SmtpAddress> {
    let found = list.iter().find(|address| address.is_smtp() && address.is_primary())?;
    SmtpAddress::parse(found.value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_checked_and_made() {
        for (alias, ok) in [
            ("ann", true),
            ("ann.berg", true),
            ("ann..berg", false),
            (".ann", false),
            ("größe", true),
            ("ann berg", false),
            ("ann@x", false),
            ("a;b", false),
            ("日本", false),
            ("", false),
        ] {
            assert_eq!(check_alias(&alias.into()).is_ok(), ok, "{alias}");
        }
        for (name, alias) in [
            ("John Evans", "JohnEvans"),
            ("Jörg Müller", "JörgMüller"),
            ("田中 Sales", "??Sales"),
            ("Dr. ", "Dr"),
            ("a@b", "a?b"),
            ("...", "?"),
        ] {
            assert_eq!(alias_of(name), alias, "{name}");
            assert!(check_alias(&alias_of(name).as_str().into()).is_ok());
        }
    }

    #[test]
    fn local_parts_are_the_nearest_ascii() {
        for (text, local) in [
            ("ann.berg", "ann.berg"),
            ("Jörg.Müßig", "Joerg.Muessig"),
            ("Łukasz", "Lukasz"),
            ("Ångström", "Aangstroem"),
            ("田中", ""),
            ("a..b.", "a.b"),
            ("a b@c", "abc"),
        ] {
            assert_eq!(best_fit(text), local, "{text}");
        }
    }

    #[test]
    fn templates_are_filled() {
        let person =
            Person { alias: "ann", given: "Ann", surname: "Berg-Olsen", initials: "K", display: "Ann Berg" };
        for (template, local) in [
            ("%m", "ann"),
            ("%g.%s", "Ann.Berg-Olsen"),
            ("%1g%s", "ABerg-Olsen"),
            ("%s.%1g", "Berg-Olsen.A"),
            ("%r--%g.%s", "Ann.BergOlsen"),
            ("%r-_%g.%s", "Ann.Berg_Olsen"),
            ("%d", "AnnBerg"),
            ("%g.%i.%s", "Ann.K.Berg-Olsen"),
            ("office-%m", "office-ann"),
        ] {
            assert_eq!(fill(template, &person), local, "{template}");
        }
        assert_eq!(fill("%g.%s", &Person { alias: "x", ..Person::default() }), "x");
        assert_eq!(fill("%g.%s", &Person { alias: "x", surname: "Berg", ..Person::default() }), "Berg");
    }

    #[test]
    fn one_address_is_the_primary_one() {
        let list = |texts: &[&str]| -> Vec<ProxyAddress> {
            texts.iter().map(|text| ProxyAddress::parse(text).unwrap()).collect()
        };
        let shown = |list: &[ProxyAddress]| -> String {
            list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        for (given, kept) in [
            (vec!["a@x.y", "b@x.y"], "SMTP:a@x.y smtp:b@x.y"),
            (vec!["smtp:a@x.y", "SMTP:b@x.y"], "smtp:a@x.y SMTP:b@x.y"),
            (vec!["smtp:a@x.y", "SMTP:A@x.y"], "SMTP:A@x.y"),
            (vec!["X500:/o=x", "a@x.y"], "X500:/o=x SMTP:a@x.y"),
            (vec!["sip:a@x.y"], "sip:a@x.y"),
        ] {
            assert_eq!(shown(&normalize(&list(&given)).unwrap()), kept);
        }
        assert_eq!(normalize(&list(&["SMTP:a@x.y", "SMTP:b@x.y"])).unwrap_err().id(), "TwoPrimaryAddresses");
        let moved = with_primary(
            &list(&["SMTP:a@x.y", "smtp:b@x.y", "X500:/o=x"]),
            &SmtpAddress::parse("b@x.y").unwrap(),
        );
        assert_eq!(shown(&moved), "SMTP:b@x.y smtp:a@x.y X500:/o=x");
        assert_eq!(primary(&moved).unwrap().as_str(), "b@x.y");
    }

    #[test]
    fn a_taken_address_gets_a_number() {
        let taken = ["ann@x.y", "ann2@x.y"];
        let free = free_address("ann", "x.y", |address| Ok(taken.contains(&address.as_str()))).unwrap();
        assert_eq!(free.as_str(), "ann3@x.y");
        assert_eq!(free_address("", "x.y", |_| Ok(false)).unwrap_err().id(), "AddressCannotBeMade");
    }
}
