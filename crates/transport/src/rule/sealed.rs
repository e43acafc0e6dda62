//! Archives and documents that open only with a password, told by their own octets.
//!
//! A ZIP says of each file in it whether it is encrypted, and Office documents of today are one. Sealed documents of Office
//! are compound files with a stream of a certain name; a PDF names its encryption in its trailer.

/// The beginning of a file in a ZIP, and where its flags stand. [APPNOTE 4.3.7]
const ZIP_ENTRY: &[u8] = b"PK\x03\x04";
const ZIP_FLAGS_AT: usize = 6;
/// The beginning of an entry of a ZIP's directory. [APPNOTE 4.3.12]
const ZIP_LISTED: &[u8] = b"PK\x01\x02";
const ZIP_LISTED_FLAGS_AT: usize = 8;
/// A compound file of Office. [MS-CFB 2.2]
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// A RAR of version 4, whose main header says whether even names are hidden.
const RAR4: &[u8] = b"Rar!\x1a\x07\x00";
/// The flag of RAR 4 that its headers are sealed. [RAR technote]
const RAR4_SEALED: u8 = 0x80;

/// Whether a file opens only with a password.
pub(super) fn is_sealed(content: &[u8]) -> bool {
    if content.starts_with(ZIP_ENTRY) {
        return is_sealed_zip(content);
    }
    if content.starts_with(COMPOUND) {
        return contains(content, &utf16("EncryptedPackage")) || contains(content, &utf16("EncryptionInfo"));
    }
    if content.starts_with(RAR4) {
        return content.get(RAR4.len() + 3).is_some_and(|flags| flags & RAR4_SEALED != 0);
    }
    content.starts_with(b"%PDF-") && contains(content, b"/Encrypt")
}

/// The directory tells of each file; the files themselves tell where it is cut off.
fn is_sealed_zip(content: &[u8]) -> bool {
    let flagged = |mark: &[u8], at: usize| {
        memchr::memmem::find_iter(content, mark)
            .any(|found| content.get(found + at).is_some_and(|flags| flags & 1 != 0))
    };
    flagged(ZIP_LISTED, ZIP_LISTED_FLAGS_AT) || content.get(ZIP_FLAGS_AT).is_some_and(|flags| flags & 1 != 0)
}

fn contains(content: &[u8], wanted: &[u8]) -> bool {
    memchr::memmem::find(content, wanted).is_some()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_shows_in_the_octets() {
        let zip = |flags: u8| {
            let mut zip = b"PK\x03\x04\x14\x00".to_vec();
            zip.extend([flags, 0, 8, 0]);
            zip.extend(b"data PK\x01\x02\x14\x00\x14\x00");
            zip.extend([flags, 0, 8, 0]);
            zip
        };
        let compound = |stream: &str| [COMPOUND, &[0; 504], &utf16(stream)].concat();
        for (what, content, sealed) in [
            ("a plain zip", zip(0), false),
            ("a zip whose names are in UTF-8", zip(0b1000), false),
            ("a sealed zip", zip(1), true),
            ("a cut zip", b"PK\x03\x04\x14\x00\x01\x00".to_vec(), true),
            ("an old document", compound("WordDocument"), false),
            ("a sealed document", compound("EncryptedPackage"), true),
            ("a PDF", b"%PDF-1.7 trailer << /Root 1 0 R >>".to_vec(), false),
            ("a sealed PDF", b"%PDF-1.7 trailer << /Encrypt 5 0 R >>".to_vec(), true),
            ("a text about /Encrypt", b"PK and /Encrypt".to_vec(), false),
            ("nothing", Vec::new(), false),
        ] {
            assert_eq!(is_sealed(&content), sealed, "{what}");
        }
    }
}
