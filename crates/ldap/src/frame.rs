//! Messages as octets: one whole at a time, within a length and a depth.  [RFC 4511 5.1]

use std::time::Duration;

use net::{Connection, Lost};
use tokio::time::timeout;

/// The largest message of somebody who is known; filters are what is long.
pub(crate) const MESSAGE_BYTES_MAX: usize = 64 << 10;
/// The largest message of a stranger: a bind with a long password.
pub(crate) const STRANGER_BYTES_MAX: usize = 8 << 10;
/// How deep the parts of a message may be nested; a filter takes a level or two for each of its own.
const DEPTH_MAX: usize = 48;
/// A message that has begun has come whole after so long; one octet now and then gains nothing.
const MESSAGE_TIME_MAX: Duration = Duration::from_secs(60);
/// The longest form of a length that fits the limit.
const LENGTH_BYTES_MAX: usize = 4;

/// Why there is no next message.
#[derive(Debug)]
pub(crate) enum NoFrame {
    /// The connection went.
    Lost(Lost),
    /// What came is not a message, is too long or nested too deep; what follows it cannot be found.
    Malformed(&'static str),
}

impl From<Lost> for NoFrame {
    fn from(lost: Lost) -> NoFrame {
        NoFrame::Lost(lost)
    }
}

/// The next message, its head included.
pub(crate) async fn next(connection: &mut Connection, limit: usize) -> Result<Vec<u8>, NoFrame> {
    connection.ready().await?;
    let frame =
        timeout(MESSAGE_TIME_MAX, whole(connection, limit)).await.unwrap_or(Err(Lost::Idle.into()))?;
    if depth(&frame).is_none_or(|depth| depth > DEPTH_MAX) {
        return Err(NoFrame::Malformed("The message is not well-formed, or nested too deep."));
    }
    Ok(frame)
}

async fn whole(connection: &mut Connection, limit: usize) -> Result<Vec<u8>, NoFrame> {
    let mut frame = Vec::new();
    let mut wanted = 2;
    while frame.len() < wanted {
        let piece = connection.octets(wanted - frame.len()).await?;
        frame.extend_from_slice(&piece);
        if let Some(whole) = whole_length(&frame)? {
            wanted = whole;
        }
        if wanted > limit {
            return Err(NoFrame::Malformed("The message is too long."));
        }
    }
    Ok(frame)
}

/// How long a message is by its beginning, or how much of it must be read to know that.
fn whole_length(begun: &[u8]) -> Result<Option<usize>, NoFrame> {
    let (Some(&tag), Some(&first)) = (begun.first(), begun.get(1)) else { return Ok(None) };
    if tag != 0x30 {
        return Err(NoFrame::Malformed("A message is a SEQUENCE."));
    }
    if first < 0x80 {
        return Ok(Some(2 + usize::from(first)));
    }
    let count = usize::from(first & 0x7f);
    if !(1..=LENGTH_BYTES_MAX).contains(&count) {
        return Err(NoFrame::Malformed("The length of a message is written in one to four octets."));
    }
    let Some(length) = begun.get(2..2 + count) else { return Ok(Some(2 + count)) };
    let length = length.iter().fold(0, |length, octet| length << 8 | usize::from(*octet));
    Ok(Some(length.saturating_add(2 + count)))
}

/// How deep the parts of a message are nested; `None` where a part does not end with what holds it. The reader of parts
/// calls itself for each level, so this is known before it begins.
pub(crate) fn depth(octets: &[u8]) -> Option<usize> {
    let (mut ends, mut at, mut deepest) = (Vec::new(), 0, 0);
    while at < octets.len() {
        let tag = octets[at];
        // A tag number of more than one octet occurs nowhere in LDAP.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, head) = length_of(octets.get(at + 1..)?)?;
        let begin = at + 1 + head;
        let end = begin.checked_add(length)?;
        if end > *ends.last().unwrap_or(&octets.len()) {
            return None;
        }
        at = if tag & 0x20 == 0 {
            end
        } else {
            ends.push(end);
            deepest = deepest.max(ends.len());
            begin
        };
        while ends.last() == Some(&at) {
            ends.pop();
        }
    }
    ends.is_empty().then_some(deepest)
}

/// A part's length, and in how many octets it is written.
fn length_of(octets: &[u8]) -> Option<(usize, usize)> {
    let first = *octets.first()?;
    if first < 0x80 {
        return Some((usize::from(first), 1));
    }
    let count = usize::from(first & 0x7f);
    if !(1..=LENGTH_BYTES_MAX).contains(&count) {
        return None;
    }
    let length = octets.get(1..=count)?.iter().fold(0, |length, octet| length << 8 | usize::from(*octet));
    Some((length, 1 + count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_known_from_the_beginning() {
        for (begun, whole) in [
            (&[0x30, 0x05][..], Some(7)),
            (&[0x30, 0x81], Some(3)),
            (&[0x30, 0x81, 0x90], Some(0x90 + 3)),
            (&[0x30, 0x84, 0, 0, 1, 0], Some(256 + 6)),
            (&[0x30], None),
        ] {
            assert_eq!(whole_length(begun).unwrap(), whole, "{begun:?}");
        }
        for wrong in [&[0x31, 0x05][..], &[0x30, 0x80], &[0x30, 0x89]] {
            assert!(whole_length(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn parts_are_counted_before_they_are_read() {
        assert_eq!(depth(&[0x30, 0x00]), Some(1));
        assert_eq!(depth(&[0x30, 0x03, 0x02, 0x01, 0x05]), Some(1));
        assert_eq!(depth(&[0x30, 0x02, 0x30, 0x00]), Some(2));
        assert_eq!(depth(&[0x30, 0x03, 0x02, 0x05, 0x05]), None, "longer than what holds it");
        assert_eq!(depth(&[0x30, 0x02, 0x3f, 0x00]), None, "a long tag");
        let nested = (0..200).fold(Vec::new(), |inner: Vec<u8>, _| {
            let mut outer = vec![0x30, 0x82, (inner.len() >> 8) as u8, inner.len() as u8];
            outer.extend(inner);
            outer
        });
        assert_eq!(depth(&nested), Some(200));
    }

    proptest! {
        #[test]
        fn what_passes_is_read_without_a_panic(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
            if depth(&octets).is_some_and(|depth| depth <= DEPTH_MAX) {
                drop(crate::message::Request::read(&octets));
            }
        }
    }
}
