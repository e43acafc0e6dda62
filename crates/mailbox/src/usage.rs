//! Of what use a mailbox is to whom: the noun `MailboxUsageReport`, by which one finds those that nobody reads any more.

use crate::Mailboxes;
use directory::Record;
use directory::permission::Right;
use object::types::{ByteQuantifiedSize, DateTime, ObjectId, PropertyType, RecipientTypeDetails, Unlimited};
use object::{Declared, Noun, Object, Result, Time, Value};
use std::collections::BTreeSet;
use std::time::Duration;
use store::{Statistics, Use};

/// Over which time the growth is told.
const GROWTH: Duration = Duration::from_secs(30 * 24 * 3600);

object::read_only_properties! { static;
    IDENTITY: ObjectId = "Identity", "The mailbox.";
    DISPLAY_NAME: String = "DisplayName", "The display name of the mailbox.";
    DETAILS: RecipientTypeDetails = "RecipientTypeDetails", "What kind of mailbox it is.";
    LAST_READ: DateTime = "LastReadTime", "When somebody last read a message in it.";
    LAST_READER: String = "LastReadBy", "Who did.";
    LAST_SENT: DateTime = "LastSentTime", "When somebody last sent a message in its name.";
    LAST_SENDER: String = "LastSentBy", "Who did.";
    LAST_LOGON: DateTime = "LastLogonTime", "When somebody last logged on to it.";
    LAST_ACCOUNT: String = "LastLoggedOnUserAccount", "Who did.";
    CREATED: DateTime = "WhenMailboxCreated", "When the mailbox was made.";
    HOLDERS: String = "Holders", "Who may open it, through groups too, its owner left out.", many();
    SENDERS: String = "Senders", "Who may send as it or on its behalf, its owner left out.", many();
    UNREAD: u32 = "UnreadItemCount", "How many items nobody has read.";
    ITEMS: u32 = "ItemCount", "How many items its folders show.";
    SIZE: Unlimited<ByteQuantifiedSize> = "TotalItemSize", "The size of its items.";
    ADDED_ITEMS: u32 = "ItemsAddedIn30Days", "How many of its items came within 30 days.";
    ADDED_SIZE: Unlimited<ByteQuantifiedSize> = "SizeAddedIn30Days", "The size of those.";
}

/// Of what use a mailbox is.
pub static MAILBOX_USAGE_REPORT: Noun = Noun {
    name: "MailboxUsageReport",
    type_name: "Mailstead.MailboxUsageReport",
    summary: "Who reads a mailbox and sends from it, and how it grows.",
    properties: &[
        &IDENTITY,
        &DISPLAY_NAME,
        &DETAILS,
        &LAST_READ,
        &LAST_READER,
        &LAST_SENT,
        &LAST_SENDER,
        &LAST_LOGON,
        &LAST_ACCOUNT,
        &CREATED,
        &HOLDERS,
        &SENDERS,
        &UNREAD,
        &ITEMS,
        &SIZE,
        &ADDED_ITEMS,
        &ADDED_SIZE,
    ],
    table: &[&DISPLAY_NAME, &LAST_READ, &LAST_READER, &HOLDERS, &UNREAD],
};

/// Whether nobody read a mailbox or sent from it after a moment, though it was there.
pub fn is_unused_since(statistics: &Statistics, moment: Time) -> bool {
    let last = [&statistics.last_read, &statistics.last_sent].into_iter().flatten().map(|used| used.at).max();
    last.unwrap_or(statistics.created) <= moment
}

impl Mailboxes {
    /// What is known of a user's mailbox in the store.
    pub fn usage_of(&self, user: &Record) -> Result<Statistics> {
        let (guid, database) = self.place(user)?;
        self.open(database)?.statistics(guid)
    }

    /// The report of a mailbox, of which the store said that.
    pub fn usage_report(&self, user: &Record, known: &Statistics) -> Result<Object> {
        let activity = self.mailbox(user)?.activity(self.0.directory.now() - GROWTH)?;
        let name = user.display_name();
        let (holders, senders) = self.holders(user);
        let texts = |list: BTreeSet<String>| Value::array(list.into_iter().map(Value::from));
        let size = |bytes: u64| Unlimited::Value(ByteQuantifiedSize(bytes)).into_value();
        let at = |used: &Option<Use>| Value::from(used.as_ref().map(|used| used.at));
        let by = |used: &Option<Use>| Value::from(used.as_ref().map(|used| used.by.clone()));
        let pairs: [(&dyn Declared, Value); 17] = [
            (&IDENTITY, Value::typed(self.0.directory.id(user))),
            (&DISPLAY_NAME, name.into()),
            (&DETAILS, user.details().into()),
            (&LAST_READ, at(&known.last_read)),
            (&LAST_READER, by(&known.last_read)),
            (&LAST_SENT, at(&known.last_sent)),
            (&LAST_SENDER, by(&known.last_sent)),
            (&LAST_LOGON, known.last_logon.into()),
            (&LAST_ACCOUNT, known.last_account.clone().into()),
            (&CREATED, known.created.into()),
            (&HOLDERS, texts(holders)),
            (&SENDERS, texts(senders)),
            (&UNREAD, count(activity.unread)),
            (&ITEMS, count(known.items.count)),
            (&SIZE, size(known.items.size + known.associated.size)),
            (&ADDED_ITEMS, count(activity.added.count)),
            (&ADDED_SIZE, size(activity.added.size)),
        ];
        let set = pairs.into_iter().filter(|(_, value)| !value.is_null());
        Ok(set.fold(Object::of(&MAILBOX_USAGE_REPORT), |object, (declared, value)| {
            object.with(declared.spec().name, value)
        }))
    }

    /// Who may open a mailbox, and who may send from it, each once; what is denied is no right.
    fn holders(&self, user: &Record) -> (BTreeSet<String>, BTreeSet<String>) {
        let (mut holders, mut senders) = (BTreeSet::new(), BTreeSet::new());
        let held = self.0.directory.holders_of(user.guid()).into_iter().filter(|one| one.denied_by.is_none());
        for one in held {
            match one.right {
                Right::FullAccess => holders.insert(one.shown.to_string()),
                Right::SendAs | Right::SendOnBehalf => senders.insert(one.shown.to_string()),
                _ => false,
            };
        }
        (holders, senders)
    }
}

fn count(number: u64) -> Value {
    u32::try_from(number).unwrap_or(u32::MAX).into()
}
