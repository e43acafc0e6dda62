//! APPEND puts messages into a folder, all or none of them.  [RFC 9051 6.3.12] [RFC 3502] [RFC 6855 4]
//!
//!     append  = "APPEND" SP mailbox 1*(SP ["(" flags ")" SP] [date-time SP] message)
//!     message = literal / literal8 / "UTF8" SP "(" literal8 ")"

use mailbox::FolderRights;
use mailbox::store::{AppendPrepared, Flags, Incoming, Mailbox, TargetFolder};
use object::{Error, ErrorId, Fault, Result, Time};
use tracing::warn;

use super::{State, Verb};
use crate::reply::Reply;
use crate::session::Session;
use crate::view::{flags_of, kept_flags};
use crate::wire::command::Aside;
use crate::wire::folder_name::FolderName;
use crate::wire::sequence;
use crate::wire::words::{MessageLiteral, Words};

pub(crate) struct Append {
    name: FolderName,
    messages: Vec<Message>,
}

struct Message {
    flags: Flags,
    keywords: Vec<String>,
    received: Option<Time>,
    content: Content,
}

/// The octets of a message: small ones in memory, others in a file.
enum Content {
    Here(Vec<u8>),
    Aside(Aside),
}

impl Content {
    fn size(&self) -> u64 {
        match self {
            Content::Here(bytes) => bytes.len() as u64,
            Content::Aside(aside) => aside.range.end - aside.range.start,
        }
    }

    fn bytes(self) -> Result<Vec<u8>> {
        match self {
            Content::Here(bytes) => Ok(bytes),
            Content::Aside(aside) => aside.file.read(&aside.range),
        }
    }
}

impl Verb for Append {
    const NAME: &'static str = "APPEND";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        let name = words.folder()?;
        let mut messages = Vec::new();
        loop {
            words.space()?;
            messages.push(Message::parse(words)?);
            if words.is_end() {
                return Ok(Append { name, messages });
            }
        }
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        // An empty message gives the whole command up. [RFC 3502 3]
        if self.messages.iter().any(|message| message.content.size() == 0) {
            return Ok(Reply::no_with("CANNOT", "An empty message: nothing was appended."));
        }
        let size = self.messages.iter().map(|message| message.content.size()).sum();
        // Now they come into memory, whole and one after the other, to be looked at and packed.
        let _turn = session.door.room.turn(size).await;
        let done = session
            .at(&self.name, move |place| {
                let folder = place.entry_with(FolderRights::INSERT)?.folder;
                let rights = place.rights(&folder)?;
                let ready = |message: Message| message.ready(&place.mailbox, rights);
                let items = self.messages.into_iter().map(ready).collect::<Result<_>>()?;
                let delivered = place.mailbox.append_prepared(
                    TargetFolder::Folder(folder.id),
                    items,
                    (place.limits)()?,
                )?;
                // A client that saves what it sent in somebody's name needs no second copy.
                for one in &delivered {
                    if let Err(error) = mailbox::keep_own(&place.mailbox, &folder, one.uid) {
                        warn!(%error, "whether a sent message lies there twice could not be found out");
                    }
                }
                Ok(delivered)
            })
            .await;
        match done {
            Ok(delivered) => {
                let validity = delivered.first().map_or(0, |first| first.uid_validity);
                let uids = sequence::write(delivered.iter().map(|one| one.uid));
                Ok(Reply::ok_with(format!("APPENDUID {validity} {uids}"), "APPEND completed"))
            }
            // The client may create the folder and try again. [RFC 9051 6.3.12]
            Err(error) if error.fault() == Fault::NotFound => {
                Ok(Reply::no_with("TRYCREATE", error.to_string()))
            }
            Err(error) => Err(error),
        }
    }
}

impl Message {
    fn parse(words: &mut Words<'_>) -> Result<Message> {
        let (mut flags, mut keywords) = (Flags::NONE, Vec::new());
        if words.peek() == Some(b'(') {
            (flags, keywords) = flags_of(&words.flags()?)?;
            words.space()?;
        }
        let mut received = None;
        if words.peek() == Some(b'"') {
            received = Some(words.date_time()?);
            words.space()?;
        }
        let content = match words.eat_word("UTF8") {
            true => in_utf8(words)?,
            false => content(words)?,
        };
        Ok(Message { flags, keywords, received, content })
    }

    /// Flags that may not be set there are not. [RFC 4314 4]
    fn ready(self, mailbox: &Mailbox, rights: FolderRights) -> Result<AppendPrepared> {
        let Message { flags, keywords, received, content } = self;
        let (flags, keywords) = kept_flags(rights, flags, keywords);
        let message = mailbox.prepare(&Incoming::new(content.bytes()?))?;
        Ok(AppendPrepared { message, flags, keywords, received })
    }
}

fn content(words: &mut Words<'_>) -> Result<Content> {
    Ok(match words.message_literal()? {
        MessageLiteral::Here(bytes) => Content::Here(bytes.to_vec()),
        MessageLiteral::Aside(aside) => Content::Aside(aside),
    })
}

/// `UTF8 (~{n}…)`. [RFC 6855 4]
fn in_utf8(words: &mut Words<'_>) -> Result<Content> {
    words.space()?;
    words.need(b'(')?;
    if words.peek() != Some(b'~') {
        return Err(Error::caller(ErrorId::Syntax, "A literal8 is missing."));
    }
    let content = content(words)?;
    words.need(b')')?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_append() {
        for (text, messages) in [
            (" INBOX {3}\r\nabc", Some(1)),
            (" INBOX (\\Seen $x) \" 1-Feb-1994 21:52:25 -0800\" {3+}\r\nabc", Some(1)),
            (" INBOX {1}\r\na () {1}\r\nb ~{2}\r\n\0c", Some(3)),
            (" INBOX UTF8 (~{2}\r\nab)", Some(1)),
            (" INBOX UTF8 ({2}\r\nab)", None),
            (" INBOX", None),
            (" INBOX (\\Nonsense) {1}\r\na", None),
            (" INBOX \"32-Feb-1994 21:52:25 -0800\" {1}\r\na", None),
            (" INBOX \"abc\"", None),
        ] {
            let seen = Append::parse(&mut Words::of(text.as_bytes(), false))
                .ok()
                .map(|append| append.messages.len());
            assert_eq!(seen, messages, "{text}");
        }
    }
}
