//! What of its flags an item keeps in another place.

use crate::flag::Flags;
use crate::item::Item;

/// What of its flags a message keeps in another place, where whoever puts it there may not set all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The fixed flags.
    pub flags: Flags,
    /// Whether its keywords.
    pub keywords: bool,
}

impl Kept {
    /// All of them.
    pub const ALL: Kept = Kept { flags: Flags::CHANGEABLE, keywords: true };

    /// An item with what it keeps.
    pub(crate) fn of(self, mut item: Item) -> Item {
        item.flags = item.flags.without(Flags::CHANGEABLE.without(self.flags));
        if !self.keywords {
            item.keywords.clear();
        }
        item
    }
}
