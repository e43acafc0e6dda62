//! `ConvertTo-SecureString`, `ConvertFrom-SecureString`: secrets and the text they are kept as.

use crate::declare::declare;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut as _, BlockEncryptMut as _, KeyIvInit as _};
use aes::{Aes128, Aes192, Aes256};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use dotnet::{Category, Exception, convert};
use language::{Call, Command, CoreCommand, Run};
use object::Value;
use object::types::SecureString;

/// What PowerShell puts before a secret that is encrypted with a key.
const HEADER: &str = "76492d1116743f0423413b16050a5345";
/// The only form of what follows.
const VERSION: &str = "2";
const BLOCK_BYTES: usize = 16;

/// `ConvertTo-SecureString`.
pub(crate) static CONVERT_TO_SECURE_STRING: CoreCommand = CoreCommand::new(
    "ConvertTo-SecureString",
    "ConvertToSecureStringCommand",
    || {
        declare(
            "ConvertTo-SecureString",
            "Secure PlainText Open",
            "String string 0 ! |
             SecureKey secret @Secure 1
             AsPlainText switch @PlainText
             Force switch @PlainText
             Key object[] @Open",
        )
    },
    || Box::new(ToSecure),
);

struct ToSecure;

impl Command for ToSecure {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let text = call.text("String").unwrap_or_default();
        if call.flag("AsPlainText") {
            return call.write(Value::typed(SecureString::new(text)));
        }
        // Without a key the text is what ConvertFrom-SecureString wrote.
        let secret = match key(call)? {
            Some(key) => decrypted(&text, &key)?,
            None => of_hexadecimal(&text).ok_or_else(|| no_digits(&text))?,
        };
        call.write(Value::typed(SecureString::new(secret)))
    }
}

/// A secret as it is kept without a key: its UTF-16 as hexadecimal digits.
pub(crate) fn hexadecimal(secret: &SecureString) -> String {
    secret.reveal().encode_utf16().map(|unit| format!("{:04x}", unit.swap_bytes())).collect()
}

/// The secret that hexadecimal digits are.
pub(crate) fn of_hexadecimal(text: &str) -> Option<String> {
    let bytes = bytes(text).filter(|bytes| !bytes.is_empty())?;
    text_of(&bytes)
}

fn text_of(bytes: &[u8]) -> Option<String> {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect::<Vec<_>>();
    bytes.len().is_multiple_of(2).then(|| String::from_utf16_lossy(&units))
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let whole = digits.len().is_multiple_of(2) && digits.is_ascii();
    whole.then(|| digits.as_bytes().chunks(2).map(pair).collect()).flatten()
}

fn no_digits(text: &str) -> Exception {
    let first: String = text.chars().take(2).collect();
    Exception::format(format!("The input string '{first}' was not in a correct format."))
        .id("System.FormatException")
        .category(Category::NotSpecified)
}

/// The key that was given: 16, 24 or 32 bytes.
fn key(call: &mut Call<'_>) -> Run<Option<Vec<u8>>> {
    if let Some(secret) = call.value("SecureKey").and_then(|value| value.downcast::<SecureString>()) {
        return checked(secret.reveal().encode_utf16().flat_map(u16::to_le_bytes).collect()).map(Some);
    }
    let Some(given) = call.value("Key").cloned() else { return Ok(None) };
    let mut key = Vec::new();
    for item in given.items() {
        let byte = dotnet::Type::named("System.Byte");
        let byte = convert::to(&item, &byte, call.session().locale()).map_err(|error| {
            let message = format!("Cannot bind parameter 'Key'. {}", error.text());
            Exception::new("System.Management.Automation.ParameterBindingException", message)
                .id("CannotConvertArgumentNoMessage")
                .category(Category::InvalidArgument)
        })?;
        key.extend(byte.as_i64().and_then(|byte| u8::try_from(byte).ok()));
    }
    checked(key).map(Some)
}

fn checked(key: Vec<u8>) -> Run<Vec<u8>> {
    if [16, 24, 32].contains(&key.len()) {
        return Ok(key);
    }
    let message = "The specified key is not valid. Specify a key that has a valid length of either 128, 192, or 256 bits when using the AES algorithm, and then try the operation again.";
    Err(Exception::argument(message, "key").id("Argument").category(Category::InvalidArgument).into())
}

/// A secret as PowerShell keeps it with a key: a header, then the version, the start vector and the encrypted
/// UTF-16, in base64 of UTF-16.
fn encrypted(secret: &str, key: &[u8], start: &[u8; BLOCK_BYTES]) -> String {
    let plain: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let hidden = match key.len() {
        16 => cbc::Encryptor::<Aes128>::new_from_slices(key, start)
            .map(|cipher| cipher.encrypt_padded_vec_mut::<Pkcs7>(&plain)),
        24 => cbc::Encryptor::<Aes192>::new_from_slices(key, start)
            .map(|cipher| cipher.encrypt_padded_vec_mut::<Pkcs7>(&plain)),
        _ => cbc::Encryptor::<Aes256>::new_from_slices(key, start)
            .map(|cipher| cipher.encrypt_padded_vec_mut::<Pkcs7>(&plain)),
    };
    let digits: String = hidden.unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = format!("{VERSION}|{}|{digits}", BASE64_STANDARD.encode(start));
    let units: Vec<u8> = parts.encode_utf16().flat_map(u16::to_le_bytes).collect();
    format!("{HEADER}{}", BASE64_STANDARD.encode(units))
}

fn decrypted(text: &str, key: &[u8]) -> Run<String> {
    let Some(rest) = text.strip_prefix(HEADER) else {
        return match bytes(text) {
            Some(_) => Err(wrong_key().into()),
            None => Err(no_digits(text).into()),
        };
    };
    let parts = BASE64_STANDARD.decode(rest).ok().and_then(|units| text_of(&units)).unwrap_or_default();
    let mut parts = parts.split('|');
    let (version, start, digits) = (parts.next(), parts.next(), parts.next());
    let start = start.and_then(|start| BASE64_STANDARD.decode(start).ok()).unwrap_or_default();
    let hidden = digits.and_then(bytes).unwrap_or_default();
    if version != Some(VERSION) || start.len() != BLOCK_BYTES {
        return Err(wrong_key().into());
    }
    let plain = match key.len() {
        16 => cbc::Decryptor::<Aes128>::new_from_slices(key, &start)
            .ok()
            .and_then(|cipher| cipher.decrypt_padded_vec_mut::<Pkcs7>(&hidden).ok()),
        24 => cbc::Decryptor::<Aes192>::new_from_slices(key, &start)
            .ok()
            .and_then(|cipher| cipher.decrypt_padded_vec_mut::<Pkcs7>(&hidden).ok()),
        _ => cbc::Decryptor::<Aes256>::new_from_slices(key, &start)
            .ok()
            .and_then(|cipher| cipher.decrypt_padded_vec_mut::<Pkcs7>(&hidden).ok()),
    };
    plain.and_then(|plain| text_of(&plain)).ok_or_else(|| wrong_key().into())
}

fn wrong_key() -> Exception {
    Exception::new(
        "System.Security.Cryptography.CryptographicException",
        "Padding is invalid and cannot be removed.",
    )
    .id("ImportSecureString_InvalidArgument_CryptographicError")
    .category(Category::InvalidArgument)
}

/// `ConvertFrom-SecureString`.
pub(crate) static CONVERT_FROM_SECURE_STRING: CoreCommand = CoreCommand::new(
    "ConvertFrom-SecureString",
    "ConvertFromSecureStringCommand",
    || {
        declare(
            "ConvertFrom-SecureString",
            "Secure AsPlainText Open",
            "SecureString secret 0 ! |
             SecureKey secret @Secure 1
             AsPlainText switch @AsPlainText
             Key object[] @Open",
        )
    },
    || Box::new(FromSecure),
);

struct FromSecure;

impl Command for FromSecure {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let value = call.value("SecureString").cloned().unwrap_or_default();
        let Some(secret) = value.downcast::<SecureString>() else {
            return Err(convert::refuse(&value, &dotnet::Type::named("System.Security.SecureString")).into());
        };
        if call.flag("AsPlainText") {
            return call.write(secret.reveal().to_owned());
        }
        let Some(key) = key(call)? else { return call.write(hexadecimal(secret)) };
        let mut start = [0; BLOCK_BYTES];
        call.host().random(&mut start);
        call.write(encrypted(secret.reveal(), &key, &start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_back_with_its_key_alone() {
        for length in [16, 24, 32] {
            let key: Vec<u8> = (1..=length).collect();
            let kept = encrypted("Pässword1", &key, &[7; BLOCK_BYTES]);
            assert!(kept.starts_with(HEADER));
            assert_eq!(decrypted(&kept, &key).ok().as_deref(), Some("Pässword1"));
            let other: Vec<u8> = (2..=length + 1).collect();
            assert_ne!(decrypted(&kept, &other).ok().as_deref(), Some("Pässword1"));
        }
        assert!(decrypted("zz not hex", &[1; 16]).is_err() && decrypted(HEADER, &[1; 16]).is_err());
    }
}
