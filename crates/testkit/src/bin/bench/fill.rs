//! Mailboxes in bulk, made by the rooms' own verbs, many to a commit: for what is measured over a hundred thousand
//! of them. What making one costs an administrator is measured in `administration`.

use directory::schema::{mailbox, recipient};
use directory::{Class, Directory, Flavour, NewMailbox, NewRecipient, Record};
use object::types::{Guid, RecipientTypeDetails};
use object::{Author, SystemClock};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use store::{Database, Description, Store};

/// Mailboxes in one commit of the directory.
const DIRECTORY_SLICE: usize = 500;
/// Threads that make store mailboxes: the store's writer gathers what they bring into one commit.
const THREADS: usize = 32;

/// Makes the shared mailboxes of these numbers in the data directory of a server that is stopped.
pub(crate) fn shared_mailboxes(data: &Path, numbers: Range<usize>) {
    let clock = Arc::new(SystemClock);
    let file = db::open(&data.join("directory.db"), db::Holds::Records).expect("the directory can be opened");
    let directory = Directory::open(file, clock.clone(), "BENCH").expect("it is a directory");
    let database = directory.only(Class::MailboxDatabase).expect("the first start made one").guid();
    let store = Store::open(&data.join("databases"), clock).expect("the store can be opened");
    let open = store.mount_existing(database).expect("the database can be mounted");
    for from in numbers.clone().step_by(DIRECTORY_SLICE) {
        let slice = from..numbers.end.min(from + DIRECTORY_SLICE);
        in_the_store(&open, &in_the_directory(&directory, database, slice));
    }
    store.close().expect("the database can be closed");
}

fn in_the_directory(directory: &Directory, database: Guid, numbers: Range<usize>) -> Vec<Record> {
    let made = directory.change(&Author::new("BENCH", "fill"), move |change| {
        let one = |number| {
            let name = format!("Shared Mailbox {number}");
            let alias = Some(format!("shared{number}"));
            let new = NewMailbox::named(&name, Flavour::Shared);
            change.new_mailbox(&NewMailbox { alias, database: Some(database), ..new })
        };
        numbers.clone().map(one).collect::<object::Result<Vec<_>>>()
    });
    made.expect("the directory takes them")
}

/// Makes the accounts of these numbers, without mailboxes, in the data directory of a server that is stopped.
pub(crate) fn accounts(data: &Path, numbers: Range<usize>) {
    let file = db::open(&data.join("directory.db"), db::Holds::Records).expect("the directory can be opened");
    let directory = Directory::open(file, Arc::new(SystemClock), "BENCH").expect("it is a directory");
    for from in numbers.clone().step_by(DIRECTORY_SLICE) {
        let slice = from..numbers.end.min(from + DIRECTORY_SLICE);
        let made = directory.change(&Author::new("BENCH", "fill"), move |change| {
            for number in slice.clone() {
                let name = format!("crowd{number}");
                change.new_recipient(&NewRecipient::named(&name, Class::User, RecipientTypeDetails::User))?;
            }
            Ok(())
        });
        made.expect("the directory takes them");
    }
}

fn in_the_store(open: &Database, users: &[Record]) {
    std::thread::scope(|scope| {
        for some in users.chunks(users.len().div_ceil(THREADS).max(1)) {
            scope.spawn(move || {
                for user in some {
                    let guid = user.get(&mailbox::EXCHANGE_GUID).expect("a mailbox has a GUID");
                    open.create_mailbox(guid, &description(user)).expect("the store takes it");
                }
            });
        }
    });
}

fn description(user: &Record) -> Description {
    Description {
        display_name: user.get(&recipient::DISPLAY_NAME).unwrap_or_else(|| user.name().to_owned()),
        legacy_dn: user.get(&recipient::LEGACY_EXCHANGE_DN).unwrap_or_default(),
        owner: user.guid(),
        kind: user.details().to_string(),
        archive: false,
    }
}
