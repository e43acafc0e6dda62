//! Address book policies, which say whom users see, and the offline address books that they name.

use crate::address_list::remove_of_address_book;
use crate::rooms::Rooms;
use crate::standard::{Besides, Subject};
use directory::schema::address_list::{ADDRESS_BOOK_POLICY, IS_DEFAULT_BOOK, OFFLINE_BOOK};
use directory::{Class, default_book_stays, kinds};
use gate::{Cmdlet, Example, Verb};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] =
    &[&GET, &NEW, &SET, &REMOVE, &GET_BOOK, &NEW_BOOK, &SET_BOOK, &REMOVE_BOOK];

const ROLES: &[&str] = &["Address Lists"];

static POLICIES: Subject = Subject {
    remove: remove_of_address_book,
    ..Subject::of(
        &ADDRESS_BOOK_POLICY,
        &kinds::ADDRESS_BOOK_POLICY,
        Class::AddressBookPolicy,
        "address book policy",
    )
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the policies that say whom users see in the address book.",
    roles: &["View-Only Configuration", "Address Lists"],
    examples: &[Example { about: "Lists all address book policies.", command: "Get-AddressBookPolicy" }],
    ..POLICIES.cmdlet(Verb::Get)
};

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a policy that says whom users see in the address book.",
    notes: "Users with the policy see whoever stands in its global address list, its address lists or its list of rooms, and \
            nobody else. It says nothing of whom they can write to.",
    roles: ROLES,
    examples: &[Example {
        about: "Shows the people of Fabrikam to one another.",
        command: "New-AddressBookPolicy Fabrikam -GlobalAddressList Litware -AddressLists 'Litware People' -RoomList \
                  'All Rooms' -OfflineAddressBook 'Default Offline Address Book'",
    }],
    ..POLICIES.cmdlet(Verb::New)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes a policy that says whom users see in the address book.",
    notes: "It holds at once, for sessions that are open, too.",
    roles: ROLES,
    examples: &[Example {
        about: "Shows the people of Litware, too.",
        command: "Set-AddressBookPolicy Litware -AddressLists @{Add='Litware People'}",
    }],
    ..POLICIES.cmdlet(Verb::Set)
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes an address book policy that no mailbox has.",
    roles: ROLES,
    examples: &[Example {
        about: "Removes a policy without asking.",
        command: "Remove-AddressBookPolicy Litware -Confirm:$false",
    }],
    ..POLICIES.cmdlet(Verb::Remove)
};

static BOOKS: Subject = Subject {
    check: |verb, _, call, book| {
        let ends = verb == Verb::Set && call.property(&IS_DEFAULT_BOOK) == Some(false);
        if ends && book.is(&IS_DEFAULT_BOOK) { Err(default_book_stays(book)) } else { Ok(()) }
    },
    // There is one that is in force where none is named.
    besides: |_, call, _| {
        let default = call.property(&IS_DEFAULT_BOOK) == Some(true);
        Ok(default.then(|| -> Besides { Box::new(|change, guid| change.make_default_book(guid)) }))
    },
    make: |_, rooms, call, name, edits| {
        let (name, default) = (name.to_owned(), call.property(&IS_DEFAULT_BOOK) == Some(true));
        let made = rooms.directory().change(call.author(), move |change| {
            let made = change.new_configuration(Class::OfflineAddressBook, &name, &edits)?;
            if default {
                change.make_default_book(made.guid())?;
            }
            Ok(made)
        })?;
        rooms.directory().need(made.guid())
    },
    remove: remove_of_address_book,
    ..Subject::of(
        &OFFLINE_BOOK,
        &kinds::OFFLINE_ADDRESS_BOOK,
        Class::OfflineAddressBook,
        "offline address book",
    )
};

static GET_BOOK: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the offline address books.",
    notes: "They are named by mailboxes and policies; files for clients to take with them are not made.",
    roles: &["View-Only Configuration", "Address Lists"],
    examples: &[Example { about: "Lists all offline address books.", command: "Get-OfflineAddressBook" }],
    ..BOOKS.cmdlet(Verb::Get)
};

static NEW_BOOK: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes an offline address book of some address lists.",
    notes: "Mailboxes and policies can name it; files for clients to take with them are not made.",
    roles: ROLES,
    examples: &[Example {
        about: "Makes a book of one list.",
        command: "New-OfflineAddressBook Fabrikam -AddressLists 'Litware People'",
    }],
    ..BOOKS.cmdlet(Verb::New)
};

static SET_BOOK: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes an offline address book.",
    roles: ROLES,
    examples: &[Example {
        about: "Makes a book the one that is in force where none is named.",
        command: "Set-OfflineAddressBook Litware -IsDefault $true",
    }],
    ..BOOKS.cmdlet(Verb::Set)
};

static REMOVE_BOOK: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes an offline address book that no policy and no mailbox names.",
    roles: ROLES,
    examples: &[Example {
        about: "Removes a book without asking.",
        command: "Remove-OfflineAddressBook Litware -Confirm:$false",
    }],
    ..BOOKS.cmdlet(Verb::Remove)
};
