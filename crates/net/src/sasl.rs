//! SASL mechanisms as small machines: the client's octets in, a challenge or a claim out. [RFC 4422]
//!
//! A mechanism never checks a password: it says what the client claims, and the door asks the mailboxes.
//! To add one: a type with [`Mechanism`], and a line in [`MECHANISMS`]. A mechanism that must know the
//! stored key (SCRAM) gets its own kind of [`Claim`].

use crate::{Connection, Lost};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An answer of a client, still in base64. Larger ones are refused unread: no mechanism needs more.
pub const RESPONSE_BYTES_MAX: usize = 12 << 10;

/// What the client claims, to be proved.
#[derive(Clone, PartialEq, Eq)]
pub enum Claim {
    /// `user` says that this is their password, and wants to act as `act_as`.
    Password {
        /// As whom to act, if that is somebody else. [RFC 4616 2]
        act_as: Option<String>,
        /// The account.
        user: String,
        /// Its password.
        password: String,
    },
}

impl std::fmt::Debug for Claim {
    /// A password must not reach a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Claim::Password { act_as, user, .. } = self;
        write!(f, "Password {{ act_as: {act_as:?}, user: {user:?}, .. }}")
    }
}

/// What comes next in an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask the client this; in base64 when it comes from an [`Exchange`].
    Challenge(String),
    /// The client has said all.
    Claim(Claim),
}

/// What is wrong with an exchange. It ends; the connection goes on. [RFC 4422 3.5]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// No such mechanism here.
    Unknown,
    /// The client took it back with `*`. [RFC 4954 4]
    Cancelled,
    /// That is not base64, not canonical, or too long. [RFC 4648 3.5]
    NotBase64,
    /// The octets are not what the mechanism says.
    Malformed,
}

/// One mechanism in the middle of an exchange.
pub trait Mechanism: Send + Sync {
    /// The first challenge, for a client that sent no initial response; empty for those that start.
    fn greeting(&self) -> &'static str {
        ""
    }
    /// Takes the client's next octets.
    fn step(&mut self, response: &[u8]) -> Result<Step, Wrong>;
}

/// Makes a mechanism at the beginning of its exchange.
pub type Maker = fn() -> Box<dyn Mechanism>;

/// Name and maker of each mechanism, the best first.
pub const MECHANISMS: &[(&str, Maker)] =
    &[("PLAIN", || Box::new(Plain)), ("LOGIN", || Box::new(Login { user: None }))];

/// The names, as capabilities list them.
pub fn names() -> impl Iterator<Item = &'static str> {
    MECHANISMS.iter().map(|(name, _)| *name)
}

/// An exchange as IMAP, POP3 and SMTP carry it: lines of base64.
pub struct Exchange(Box<dyn Mechanism>);

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Exchange")
    }
}

impl Exchange {
    /// Begins with the named mechanism (any case) and the client's initial response, if it sent one.
    pub fn begin(mechanism: &str, initial: Option<&[u8]>) -> Result<(Exchange, Step), Wrong> {
        let known = MECHANISMS.iter().find(|(name, _)| name.eq_ignore_ascii_case(mechanism));
        let (_, make) = known.ok_or(Wrong::Unknown)?;
        let mut exchange = Exchange(make());
        let step = match initial {
            // A lone `=` is a response of no octets, which differs from no response. [RFC 4954 4]
            Some(b"=") => exchange.take(&[])?,
            Some(response) => exchange.answer(response)?,
            None => Step::Challenge(STANDARD.encode(exchange.0.greeting())),
        };
        Ok((exchange, step))
    }

    /// Takes a line of the client, without its line end.
    pub fn answer(&mut self, line: &[u8]) -> Result<Step, Wrong> {
        if line == b"*" {
            return Err(Wrong::Cancelled);
        }
        if line.len() > RESPONSE_BYTES_MAX {
            return Err(Wrong::NotBase64);
        }
        let octets = STANDARD.decode(line).map_err(|_| Wrong::NotBase64)?;
        self.take(&octets)
    }

    fn take(&mut self, octets: &[u8]) -> Result<Step, Wrong> {
        Ok(match self.0.step(octets)? {
            Step::Challenge(text) => Step::Challenge(STANDARD.encode(text)),
            claim => claim,
        })
    }
}

/// PLAIN: `authzid NUL authcid NUL password`. [RFC 4616 2]
struct Plain;

impl Mechanism for Plain {
    fn step(&mut self, response: &[u8]) -> Result<Step, Wrong> {
        let mut parts = response.split(|octet| *octet == 0).map(text);
        let (Some(act_as), Some(user), Some(password), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Wrong::Malformed);
        };
        claim(act_as?, user?, password?)
    }
}

/// LOGIN: asks for the name, then for the password. Old, but what many clients know.
struct Login {
    user: Option<String>,
}

impl Mechanism for Login {
    fn greeting(&self) -> &'static str {
        "Username:"
    }

    fn step(&mut self, response: &[u8]) -> Result<Step, Wrong> {
        let said = text(response)?;
        match self.user.take() {
            None => {
                self.user = Some(said);
                Ok(Step::Challenge("Password:".into()))
            }
            Some(user) => claim(String::new(), user, said),
        }
    }
}

fn text(octets: &[u8]) -> Result<String, Wrong> {
    let text = std::str::from_utf8(octets).map_err(|_| Wrong::Malformed)?;
    if text.contains('\0') { Err(Wrong::Malformed) } else { Ok(text.to_owned()) }
}

/// A name and a password must be there; acting as oneself is acting as nobody else.
fn claim(act_as: String, user: String, password: String) -> Result<Step, Wrong> {
    if user.is_empty() || password.is_empty() {
        return Err(Wrong::Malformed);
    }
    let act_as = Some(act_as).filter(|name| !name.is_empty() && *name != user);
    Ok(Step::Claim(Claim::Password { act_as, user, password }))
}

/// Runs a mechanism over a connection: each challenge is a line behind `prompt`, which is `+` or `334`.
/// Whatever is wrong with what the client says ends this log-in only.
pub async fn run(
    connection: &mut Connection,
    prompt: &str,
    mechanism: &str,
    initial: Option<&[u8]>,
) -> Result<Result<Claim, Wrong>, Lost> {
    let (mut exchange, mut step) = match Exchange::begin(mechanism, initial) {
        Ok(begun) => begun,
        Err(wrong) => return Ok(Err(wrong)),
    };
    loop {
        let challenge = match step {
            Step::Claim(claim) => return Ok(Ok(claim)),
            Step::Challenge(challenge) => challenge,
        };
        connection.put(format!("{prompt} {challenge}\r\n").as_bytes());
        let line = connection.line(RESPONSE_BYTES_MAX).await?;
        let answer = if line.flaw.is_some() { Err(Wrong::NotBase64) } else { exchange.answer(&line.bytes) };
        step = match answer {
            Ok(step) => step,
            Err(wrong) => return Ok(Err(wrong)),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(act_as: Option<&str>, user: &str, password: &str) -> Result<Step, Wrong> {
        let act_as = act_as.map(str::to_owned);
        Ok(Step::Claim(Claim::Password { act_as, user: user.into(), password: password.into() }))
    }

    #[test]
    fn plain_takes_what_rfc_4616_says_and_nothing_else() {
        for (octets, expected) in [
            (&b"\0ann\0secret"[..], password(None, "ann", "secret")),
            (b"ann\0ann\0secret", password(None, "ann", "secret")),
            (b"ben\0ann\0secret", password(Some("ben"), "ann", "secret")),
            ("\0änn\0pässwörd".as_bytes(), password(None, "änn", "pässwörd")),
            (b"\0ann\0", Err(Wrong::Malformed)),
            (b"\0\0secret", Err(Wrong::Malformed)),
            (b"", Err(Wrong::Malformed)),
            (b"ann", Err(Wrong::Malformed)),
            (b"\0ann\0sec\0ret", Err(Wrong::Malformed)),
            (b"\0ann\0\xff\xfe", Err(Wrong::Malformed)),
        ] {
            let coded = STANDARD.encode(octets);
            let coded = if coded.is_empty() { "=" } else { &coded };
            let began = Exchange::begin("plain", Some(coded.as_bytes()));
            assert_eq!(began.map(|(_, step)| step), expected, "{octets:?}");
        }
    }

    #[test]
    fn base64_is_taken_strictly() {
        let long = "A".repeat(RESPONSE_BYTES_MAX + 4);
        for (line, wrong) in [
            ("AGFubgBzZWNyZXR", Wrong::NotBase64),
            ("AGFubgBz ZWNyZXQ=", Wrong::NotBase64),
            ("AGFubgBzZWNyZXR=", Wrong::NotBase64),
            ("AGFubgBzZWNyZXQ=AA==", Wrong::NotBase64),
            ("!", Wrong::NotBase64),
            ("*", Wrong::Cancelled),
            (&long, Wrong::NotBase64),
        ] {
            let (mut exchange, first) = Exchange::begin("PLAIN", None).unwrap();
            assert_eq!(first, Step::Challenge(String::new()));
            assert_eq!(exchange.answer(line.as_bytes()), Err(wrong), "{line:.40}");
        }
        assert_eq!(Exchange::begin("CRAM-MD5", None).unwrap_err(), Wrong::Unknown);
    }

    #[test]
    fn login_asks_twice_with_and_without_an_initial_response() {
        let (mut exchange, first) = Exchange::begin("LOGIN", None).unwrap();
        assert_eq!(first, Step::Challenge("VXNlcm5hbWU6".into()));
        assert_eq!(exchange.answer(b"YW5u"), Ok(Step::Challenge("UGFzc3dvcmQ6".into())));
        assert_eq!(exchange.answer(b"c2VjcmV0"), password(None, "ann", "secret"));

        let (mut exchange, first) = Exchange::begin("LOGIN", Some(b"YW5u")).unwrap();
        assert_eq!(first, Step::Challenge("UGFzc3dvcmQ6".into()));
        assert_eq!(exchange.answer(b""), Err(Wrong::Malformed));
    }

    #[test]
    fn a_claim_does_not_print_its_password() {
        let (_, step) = Exchange::begin("PLAIN", Some(b"AGFubgBzZWNyZXQ=")).unwrap();
        assert!(!format!("{step:?}").contains("secret"));
    }
}
