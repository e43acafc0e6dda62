//! Photos of people: kept beside the memory, each once, under a name that is made of what is in it. The account names its own.
//!
//! The record of changes and undoing see that name alone. So a photo that nobody has any more stays as long as a change can be
//! undone, and goes when the directory is opened after that.

use crate::change::Change;
use crate::record::Record;
use crate::schema::user::PHOTO;
use crate::{Class, Directory};
use db::chain::Link;
use object::types::Guid;
use object::{Declared, Error, ErrorId, Result, Time};
use std::collections::HashSet;
use std::time::Duration;

/// What a photo may have: as much as Active Directory takes for `thumbnailPhoto`, since nothing is made smaller here.
pub const PHOTO_BYTES_MAX: usize = 100 << 10;
/// How long one stays that nobody has: as long as passwords do, so that a change can be undone.
const UNUSED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What a photo is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoKind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
}

impl PhotoKind {
    /// What octets are, by their own word: they begin and end as such a file does, and have a width and a height. Nothing is
    /// decoded.
    pub fn of(octets: &[u8]) -> Option<PhotoKind> {
        if is_png(octets) { Some(PhotoKind::Png) } else { is_jpeg(octets).then_some(PhotoKind::Jpeg) }
    }

    fn prefix(self) -> &'static str {
        match self {
            PhotoKind::Jpeg => "jpeg-",
            PhotoKind::Png => "png-",
        }
    }
}

/// A signature, a head with a size, an end. [RFC 2083 3]
fn is_png(octets: &[u8]) -> bool {
    let size = |at: usize| octets.get(at..at + 4).is_some_and(|number| number.iter().any(|octet| *octet > 0));
    octets.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")
        && size(16)
        && size(20)
        && octets.ends_with(b"\0\0\0\0IEND\xaeB`\x82")
}

/// Segments up to a frame with a size, and an end. [T.81 B]
fn is_jpeg(octets: &[u8]) -> bool {
    let Some(mut rest) = octets.strip_prefix(b"\xff\xd8").filter(|rest| rest.ends_with(b"\xff\xd9")) else {
        return false;
    };
    while let [0xff, marker, high, low, behind @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        match marker {
            // A frame: the precision of a sample, the height, the width.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return behind.get(1..5).is_some_and(|size| size[..2] != [0, 0] && size[2..] != [0, 0]);
            }
            // The picture itself has to come behind its frame.
            0xd8..=0xda => return false,
            _ => {}
        }
        match length.checked_sub(2).and_then(|length| behind.get(length..)) {
            Some(next) => rest = next,
            None => return false,
        }
    }
    false
}

impl Directory {
    /// What somebody's photo is; nothing where they have none.
    pub fn photo_kind(&self, record: &Record) -> Option<PhotoKind> {
        let name = record.get(&PHOTO)?;
        [PhotoKind::Jpeg, PhotoKind::Png].into_iter().find(|kind| name.starts_with(kind.prefix()))
    }

    /// Somebody's photo, out of the database; nothing where they have none.
    pub fn photo(&self, record: &Record) -> Result<Option<Vec<u8>>> {
        let Some(name) = record.get(&PHOTO) else { return Ok(None) };
        let sql = "SELECT octets FROM photo WHERE name = $1";
        let found = self.db().read(|tx| tx.one(sql, &[(&name).into()], |row| Ok(row.bytes(0)?.to_vec())))?;
        found.map(Some).ok_or_else(|| {
            let message = format!("The photo of {} is missing.", record.name());
            Error::server(ErrorId::DirectoryStateMissing, message).help("Give them another one.")
        })
    }

    /// Lets go of photos that nobody has for so long that no change can be undone any more.
    pub(crate) fn forget_photos(&self) -> Result<()> {
        let known = self.db().read(|tx| {
            tx.all("SELECT name, unused FROM photo", &[], |row| {
                Ok((row.get::<String>(0)?, row.get::<Time>(1)?))
            })
        })?;
        if known.is_empty() {
            return Ok(());
        }
        let people = self.all(Class::User).into_iter().chain(self.all(Class::Contact));
        let used: HashSet<String> = people.filter_map(|person| person.get(&PHOTO)).collect();
        let now = self.now();
        self.db().write(move |tx| {
            for (name, unused) in &known {
                let (is_used, since) = (used.contains(name), *unused);
                if is_used == (since == Time(0)) {
                    if !is_used && since + UNUSED < now {
                        tx.execute("DELETE FROM photo WHERE name = $1", &[name.into()])?;
                    }
                    continue;
                }
                let since = if is_used { Time(0) } else { now };
                tx.execute("UPDATE photo SET unused = $2 WHERE name = $1", &[name.into(), since.into()])?;
            }
            Ok(())
        })
    }
}

impl Change<'_> {
    /// Gives somebody a photo. Errors: it is too large, or neither JPEG nor PNG.
    pub fn set_photo(&mut self, person: Guid, octets: &[u8]) -> Result<()> {
        if octets.len() > PHOTO_BYTES_MAX {
            let message = format!("The photo has more than {} KB.", PHOTO_BYTES_MAX >> 10);
            return Err(Error::limit(ErrorId::TooManyItems, message)
                .help("Nothing is made smaller here: scale it, 648 by 648 pixels will do.")
                .about("PictureData"));
        }
        let kind = PhotoKind::of(octets).ok_or_else(|| {
            Error::caller(ErrorId::InvalidValue, "That is neither a JPEG nor a PNG file.")
                .help("Hand over the octets of one: -PictureData ([IO.File]::ReadAllBytes('ann.jpg')).")
                .about("PictureData")
        })?;
        let digest = Link::after(None).field(octets).digest();
        let digest: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
        let name = format!("{}{digest}", kind.prefix());
        let sql = "INSERT INTO photo (name, octets, unused) VALUES ($1, $2, 0)
                   ON CONFLICT (name) DO UPDATE SET unused = 0";
        self.tx().execute(sql, &[(&name).into(), octets.into()])?;
        let mut record = self.read(person)?;
        record.set(&PHOTO, name);
        self.save(record)
    }

    /// Takes somebody's photo away; false where they have none.
    pub fn remove_photo(&mut self, person: Guid) -> Result<bool> {
        let mut record = self.read(person)?;
        if !record.has(PHOTO.spec()) {
            return Ok(false);
        }
        record.clear(&PHOTO);
        self.save(record)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The least that says of itself that it is a picture.
    fn jpeg(width: u8) -> Vec<u8> {
        [
            b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x0b\x08\0\x01\0".as_slice(),
            &[width],
            b"\x01\x01\x11\0\xff\xd9",
        ]
        .concat()
    }

    #[test]
    fn pictures_are_known_by_what_they_are() {
        let png =
            b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0abcd\0\0\0\0IEND\xaeB`\x82";
        assert_eq!(PhotoKind::of(png), Some(PhotoKind::Png));
        assert_eq!(PhotoKind::of(&jpeg(1)), Some(PhotoKind::Jpeg));
        for other in [
            b"".as_slice(),
            b"\xff\xd8\xff\xd9",
            b"\xff\xd8\xff\xe0\xff\xff\xff\xd9",
            b"\xff\xd8\xff\xe0\0\0\xff\xd9",
            b"GIF89a",
            b"<html>\xff\xd9",
            &png[..png.len() - 1],
            &jpeg(0),
            &jpeg(1)[..jpeg(1).len() - 1],
        ] {
            assert_eq!(PhotoKind::of(other), None, "{other:?}");
        }
    }
}
