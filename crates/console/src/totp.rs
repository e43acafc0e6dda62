//! Codes that change every half minute: a key that the server and a telephone share, and the time. [RFC 6238]

use getrandom::fill;
use hmac::{Hmac, KeyInit as _, Mac as _};
use object::{Error, ErrorId, Result, Time};
use sha1::Sha1;

/// How long a code holds, in seconds. [RFC 6238 5.2]
const STEP_SECONDS: i64 = 30;
/// Digits of a code.
const DIGITS: u32 = 6;
/// A code of so many steps before or behind now is taken, too: clocks differ, and people type.
const DRIFT_STEPS: i64 = 1;
/// Octets of a key; as many as the hash has. [RFC 4226 4]
const KEY_BYTES: usize = 20;
/// [RFC 4648 6]
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new key, in base 32, as authenticators take it.
pub(crate) fn fresh_key() -> Result<String> {
    let mut octets = [0; KEY_BYTES];
    fill(&mut octets).map_err(|error| Error::server(ErrorId::NoRandomness, error.to_string()))?;
    Ok(base32(&octets))
}

/// The step that a code belongs to, if it is one of the key's at about that time.
pub(crate) fn step_of(key: &str, code: &str, now: Time) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let (key, here) = (octets(key)?, now.0.div_euclid(1_000_000).div_euclid(STEP_SECONDS));
    // All are computed and compared whole, so that time tells nothing.
    let all = (here - DRIFT_STEPS..=here + DRIFT_STEPS).map(|step| (step, at(&key, step)));
    all.fold(None, |found, (step, right)| if same(&right, &code) { Some(step) } else { found })
}

fn same(right: &str, code: &str) -> bool {
    let differs = right.bytes().zip(code.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    right.len() == code.len() && differs == 0
}

/// The code of a step. [RFC 4226 5.3]
fn at(key: &[u8], step: i64) -> String {
    let mut hash = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes keys of any length");
    hash.update(&step.to_be_bytes());
    let hash = hash.finalize().into_bytes();
    let from = usize::from(hash[hash.len() - 1] & 0xf);
    let number = u32::from_be_bytes([hash[from] & 0x7f, hash[from + 1], hash[from + 2], hash[from + 3]]);
    let width = DIGITS as usize;
    format!("{:0width$}", number % 10_u32.pow(DIGITS))
}

fn base32(octets: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut held) = (0_u32, 0);
    for octet in octets {
        bits = bits << 8 | u32::from(*octet);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(char::from(ALPHABET[(bits >> held & 31) as usize]));
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        text.push(char::from(ALPHABET[(bits << (5 - held) & 31) as usize]));
    }
    text
}

fn octets(text: &str) -> Option<Vec<u8>> {
    let (mut octets, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        bits = bits << 5 | u32::try_from(value).ok()?;
        held += 5;
        if held >= 8 {
            held -= 8;
            octets.push((bits >> held & 255) as u8);
        }
        bits &= (1 << held) - 1;
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key and the codes of the standard, of which authenticators show the last six digits. [RFC 6238 B]
    #[test]
    fn the_codes_are_the_standards() {
        let key = base32(b"12345678901234567890");
        assert_eq!(key, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = |by: i64| Time((seconds + by) * 1_000_000);
            assert_eq!(step_of(&key, code, now(0)), Some(seconds / 30));
            assert_eq!(
                step_of(&key, &format!(" {} {}", &code[..3], &code[3..]), now(30)),
                Some(seconds / 30)
            );
            assert_eq!(step_of(&key, code, now(90)), None, "it is over");
            assert_eq!(step_of(&key, &code[..5], now(0)), None);
        }
        assert_eq!(step_of(&key, "", Time(59_000_000)), None);
    }

    #[test]
    fn keys_are_read_as_they_are_written() {
        for length in 0..40 {
            let key: Vec<u8> = (0..length).map(|at: u8| at.wrapping_mul(7)).collect();
            assert_eq!(octets(&base32(&key)), Some(key));
        }
        assert_eq!(octets("0189"), None);
        assert_eq!(fresh_key().unwrap().len(), 32);
    }
}
