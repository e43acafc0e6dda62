//! Why a foreign directory refuses a log-on, told apart by what it says of it.

use ldap3::LdapResult;

/// Why somebody may not log on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The password is wrong.
    WrongPassword,
    /// The account is gone, or its name belongs to somebody else by now.
    NoSuchAccount,
    /// The account is switched off.
    Disabled,
    /// The account has expired.
    AccountExpired,
    /// The password has expired.
    PasswordExpired,
    /// The password must be changed first.
    MustChange,
    /// The account is locked after too many wrong passwords.
    Locked,
    /// The account may not log on now or from here: hours, workstations, other restrictions.
    Restricted,
}

/// The LDAP result that stands for a refused name or password. [RFC 4511 A.2]
const INVALID_CREDENTIALS: u32 = 49;
/// The control by which OpenLDAP's password policy says why. [draft-behera-ldap-password-policy-10 6.2]
pub(crate) const PASSWORD_POLICY: &str = "1.3.6.1.4.1.42.2.27.8.5.1";

/// What a bind came to: good, refused, or nothing that says anything about the password.
pub(crate) fn judged(result: &LdapResult) -> Option<Result<(), Refusal>> {
    let policy = policy_error(result);
    match result.rc {
        // The password was right, and the policy lets nobody in with it before it is changed.
        0 if policy == Some(2) => Some(Err(Refusal::MustChange)),
        0 => Some(Ok(())),
        INVALID_CREDENTIALS => {
            let by_policy = policy.and_then(by_policy);
            Some(Err(by_policy.or_else(|| by_text(&result.text)).unwrap_or(Refusal::WrongPassword)))
        }
        _ => None,
    }
}

/// Active Directory names the Windows error in its text: `… AcceptSecurityContext error, data 52e, v1db1`.
/// [MS-ERREF 2.2]
fn by_text(text: &str) -> Option<Refusal> {
    let code = text.split("data ").nth(1)?.split([',', ' ']).next()?;
    Some(match code.to_ascii_lowercase().as_str() {
        "525" => Refusal::NoSuchAccount,
        "52f" | "530" | "531" => Refusal::Restricted,
        "532" => Refusal::PasswordExpired,
        "533" => Refusal::Disabled,
        "701" => Refusal::AccountExpired,
        "773" => Refusal::MustChange,
        "775" => Refusal::Locked,
        _ => return None,
    })
}

fn by_policy(code: u8) -> Option<Refusal> {
    match code {
        0 => Some(Refusal::PasswordExpired),
        1 => Some(Refusal::Locked),
        2 => Some(Refusal::MustChange),
        _ => None,
    }
}

/// The error of a password policy control: `SEQUENCE { warning [0] …, error [1] ENUMERATED OPTIONAL }`.
fn policy_error(result: &LdapResult) -> Option<u8> {
    let control = result.ctrls.iter().find(|control| control.1.ctype == PASSWORD_POLICY)?;
    let value = control.1.val.as_deref()?;
    let mut rest = value.strip_prefix(&[0x30])?.get(1..)?;
    while let [tag, length, ..] = rest {
        let end = 2 + usize::from(*length);
        let body = rest.get(2..end)?;
        match (tag, body) {
            (0x81, [code]) => return Some(*code),
            _ => rest = rest.get(end..)?,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use ldap3::controls::{Control, RawControl};

    fn result(rc: u32, text: &str, control: Option<&[u8]>) -> LdapResult {
        let raw = |value: &[u8]| RawControl {
            ctype: PASSWORD_POLICY.to_owned(),
            crit: false,
            val: Some(value.to_vec()),
        };
        let ctrls = control.map(|value| Control(None, raw(value))).into_iter().collect();
        LdapResult { rc, matched: String::new(), text: text.to_owned(), refs: Vec::new(), ctrls }
    }

    #[test]
    fn active_directory_says_it_in_its_text() {
        let said = |code: &str| {
            let text = format!(
                "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data {code}, v1db1"
            );
            judged(&result(49, &text, None))
        };
        for (code, refusal) in [
            ("525", Refusal::NoSuchAccount),
            ("52e", Refusal::WrongPassword),
            ("52F", Refusal::Restricted),
            ("530", Refusal::Restricted),
            ("531", Refusal::Restricted),
            ("532", Refusal::PasswordExpired),
            ("533", Refusal::Disabled),
            ("701", Refusal::AccountExpired),
            ("773", Refusal::MustChange),
            ("775", Refusal::Locked),
            ("999", Refusal::WrongPassword),
        ] {
            assert_eq!(said(code), Some(Err(refusal)), "{code}");
        }
        assert_eq!(judged(&result(49, "", None)), Some(Err(Refusal::WrongPassword)));
    }

    #[test]
    fn openldap_says_it_in_a_control() {
        for (rc, control, judgement) in [
            (0, None, Ok(())),
            (0, Some(&[0x30, 0][..]), Ok(())),
            (0, Some(&[0x30, 3, 0x81, 1, 2][..]), Err(Refusal::MustChange)),
            (0, Some(&[0x30, 5, 0xa0, 3, 0x80, 1, 9][..]), Ok(())),
            (49, Some(&[0x30, 3, 0x81, 1, 0][..]), Err(Refusal::PasswordExpired)),
            (49, Some(&[0x30, 8, 0xa0, 3, 0x80, 1, 9, 0x81, 1, 1][..]), Err(Refusal::Locked)),
            (49, Some(&[0x30, 3, 0x81, 9][..]), Err(Refusal::WrongPassword)),
        ] {
            assert_eq!(judged(&result(rc, "", control)), Some(judgement), "{rc} {control:?}");
        }
    }

    #[test]
    fn what_says_nothing_of_the_password_is_no_refusal() {
        for rc in [1, 2, 3, 8, 10, 51, 52, 53, 80] {
            assert_eq!(judged(&result(rc, "data 52e,", None)), None, "{rc}");
        }
    }
}
