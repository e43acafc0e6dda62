//! .NET's lists, sets, queues and stacks. (What has keys is an `object::value::Dictionary`.)

use crate::types::{self, Type};
use object::Value;
use object::value::{Dictionary, Key, Keys, Text, Typed};
use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::any::Any;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// What kind of collection it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are .NET's")]
pub enum Flavour {
    ArrayList,
    List,
    ReadOnly,
    Collection,
    HashSet,
    SortedSet,
    Queue,
    Stack,
    OldQueue,
    OldStack,
    Strings,
    ConcurrentQueue,
    ConcurrentStack,
    ConcurrentBag,
    MailAddresses,
    Attachments,
    Matches,
    Captures,
}

impl Flavour {
    /// The .NET name of the type.
    pub fn type_name(self) -> &'static str {
        match self {
            Flavour::ArrayList => "System.Collections.ArrayList",
            Flavour::List => "System.Collections.Generic.List`1",
            Flavour::ReadOnly => "System.Collections.ObjectModel.ReadOnlyCollection`1",
            Flavour::Collection => "System.Collections.ObjectModel.Collection`1",
            Flavour::HashSet => "System.Collections.Generic.HashSet`1",
            Flavour::SortedSet => "System.Collections.Generic.SortedSet`1",
            Flavour::Queue => "System.Collections.Generic.Queue`1",
            Flavour::Stack => "System.Collections.Generic.Stack`1",
            Flavour::OldQueue => "System.Collections.Queue",
            Flavour::OldStack => "System.Collections.Stack",
            Flavour::Strings => "System.Collections.Specialized.StringCollection",
            Flavour::ConcurrentQueue => "System.Collections.Concurrent.ConcurrentQueue`1",
            Flavour::ConcurrentStack => "System.Collections.Concurrent.ConcurrentStack`1",
            Flavour::ConcurrentBag => "System.Collections.Concurrent.ConcurrentBag`1",
            Flavour::MailAddresses => "System.Net.Mail.MailAddressCollection",
            Flavour::Attachments => "System.Net.Mail.AttachmentCollection",
            Flavour::Matches => "System.Text.RegularExpressions.MatchCollection",
            Flavour::Captures => "System.Text.RegularExpressions.CaptureCollection",
        }
    }
    /// The flavour of a type's name.
    pub fn of_name(name: &str) -> Option<Flavour> {
        use Flavour as F;
        let all = [
            F::ArrayList,
            F::List,
            F::ReadOnly,
            F::Collection,
            F::HashSet,
            F::SortedSet,
            F::Queue,
            F::Stack,
            F::OldQueue,
            F::OldStack,
            F::Strings,
            F::ConcurrentQueue,
            F::ConcurrentStack,
            F::ConcurrentBag,
            F::MailAddresses,
            F::Attachments,
        ];
        all.into_iter().find(|flavour| flavour.type_name() == name)
    }
    /// Whether each element is there once.
    pub fn is_set(self) -> bool {
        matches!(self, Flavour::HashSet | Flavour::SortedSet)
    }
    /// Whether it can be indexed.
    pub fn is_list(self) -> bool {
        use Flavour as F;
        matches!(
            self,
            F::ArrayList
                | F::List
                | F::ReadOnly
                | F::Collection
                | F::Strings
                | F::MailAddresses
                | F::Attachments
                | F::Matches
                | F::Captures
        )
    }
    /// Whether nothing in it can ever be changed.
    pub fn is_read_only(self) -> bool {
        matches!(self, Flavour::ReadOnly | Flavour::Matches | Flavour::Captures)
    }
    /// Whether the last that came is the first to go.
    pub fn is_stack(self) -> bool {
        matches!(self, Flavour::Stack | Flavour::OldStack | Flavour::ConcurrentStack | Flavour::ConcurrentBag)
    }
    /// The type of the elements: its generic argument, or the one the flavour always has.
    pub fn element(self, arguments: &[Type]) -> Option<Type> {
        match self {
            Flavour::Strings => Some(Type::string()),
            Flavour::MailAddresses => Some(types::known("System.Net.Mail.MailAddress")),
            Flavour::Matches => Some(types::known("System.Text.RegularExpressions.Match")),
            Flavour::Captures => Some(types::known("System.Text.RegularExpressions.Capture")),
            _ => arguments.first().cloned(),
        }
    }
}

/// A collection of values, shared by all who hold it.
pub struct Collection {
    flavour: Flavour,
    arguments: Vec<Type>,
    keys: Keys,
    items: RwLock<Vec<Value>>,
    members: RwLock<HashSet<Key>>, // of a set: what is in it
    changes: AtomicU64,
    /// The dictionary whose keys or values it shows.
    of: Option<Arc<Dictionary>>,
    /// Why nothing may be changed, for `[ArrayList]::ReadOnly` and its like.
    seal: Option<&'static str>,
    /// What a script set as `Capacity`; the room itself is Rust's matter.
    capacity: AtomicUsize,
}

impl Collection {
    /// A collection of a flavour with its element type; one without generic arguments holds anything.
    pub fn new(flavour: Flavour, arguments: Vec<Type>, items: Vec<Value>) -> Collection {
        Collection::compared(flavour, arguments, Keys::Exact, items)
    }
    /// A set with its rule for comparing text.
    pub fn compared(flavour: Flavour, arguments: Vec<Type>, keys: Keys, items: Vec<Value>) -> Collection {
        let made = Collection {
            flavour,
            arguments,
            keys,
            items: RwLock::default(),
            members: RwLock::default(),
            changes: AtomicU64::new(0),
            of: None,
            seal: None,
            capacity: AtomicUsize::new(0),
        };
        if flavour.is_set() {
            for item in items {
                made.add(item);
            }
        } else {
            *made.items.write() = items;
        }
        made
    }
    /// The keys or values of a dictionary.
    pub fn half_of(dictionary: Arc<Dictionary>, items: Vec<Value>) -> Collection {
        let made = Collection::new(Flavour::Collection, Vec::new(), items);
        Collection { of: Some(dictionary), ..made }
    }
    /// A number that is another one when the collection was changed meanwhile: then a walk over it must stop.
    pub fn version(&self) -> u64 {
        let own = self.changes.load(Ordering::Relaxed);
        own + self.of.as_ref().map_or(0, |dictionary| dictionary.version())
    }
    fn changed(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
    }
    /// An `ArrayList`.
    pub fn array_list(items: Vec<Value>) -> Collection {
        Collection::new(Flavour::ArrayList, Vec::new(), items)
    }
    /// A `Collection[PSObject]`, as script blocks answer to .NET.
    pub fn of_objects(items: Vec<Value>) -> Collection {
        Collection::new(
            Flavour::Collection,
            vec![types::known("System.Management.Automation.PSObject")],
            items,
        )
    }
    /// What kind of collection it is.
    pub fn flavour(&self) -> Flavour {
        self.flavour
    }
    /// Its type.
    pub fn of(&self) -> Type {
        of_flavour(self.flavour, &self.arguments)
    }
    /// The type of its elements; `None` holds anything.
    pub fn element(&self) -> Option<Type> {
        self.flavour.element(&self.arguments)
    }
    /// The same list, closed to changes: `why` is what .NET says then.
    #[must_use]
    pub fn sealed(self, why: &'static str) -> Collection {
        Collection { seal: Some(why), ..self }
    }
    /// Why nothing may be changed; `None`: it may.
    pub fn seal(&self) -> Option<&'static str> {
        self.seal
    }
    /// How many elements .NET's list would have room for: it doubles from four on.
    pub fn capacity(&self) -> usize {
        let mut room = self.capacity.load(Ordering::Relaxed);
        while room < self.len() {
            room = if room == 0 { 4 } else { room * 2 };
        }
        self.capacity.store(room, Ordering::Relaxed);
        room
    }
    /// Sets that room.
    pub fn set_capacity(&self, room: usize) {
        self.capacity.store(room, Ordering::Relaxed);
    }
    /// Its generic arguments.
    pub fn arguments(&self) -> &[Type] {
        &self.arguments
    }
    /// How a set compares text.
    pub fn keys(&self) -> Keys {
        self.keys
    }
    /// The elements, held for reading. Do not call back into scripts while holding it.
    pub fn read(&self) -> RwLockReadGuard<'_, Vec<Value>> {
        self.items.read()
    }
    /// The elements, held for writing; not for sets. Do not call back into scripts while holding it.
    pub fn write(&self) -> RwLockWriteGuard<'_, Vec<Value>> {
        self.changed();
        self.items.write()
    }
    /// The number of elements.
    pub fn len(&self) -> usize {
        self.items.read().len()
    }
    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Adds at the end; a set says whether it was new.
    pub fn add(&self, item: Value) -> bool {
        if self.flavour.is_set() && !self.members.write().insert(Key::of(&item, self.keys)) {
            return false;
        }
        self.changed();
        self.items.write().push(item);
        true
    }
    /// Takes one element of a set out.
    pub fn take(&self, item: &Value) -> bool {
        let key = Key::of(item, self.keys);
        let was = self.members.write().remove(&key);
        if was {
            self.changed();
            self.items.write().retain(|known| Key::of(known, self.keys) != key);
        }
        was
    }
    /// Whether a set has the element.
    pub fn has(&self, item: &Value) -> bool {
        self.members.read().contains(&Key::of(item, self.keys))
    }
    /// Takes all elements out.
    pub fn clear(&self) {
        self.changed();
        self.items.write().clear();
        self.members.write().clear();
    }
}

impl Typed for Collection {
    fn type_name(&self) -> Text {
        self.of().name()
    }
    fn text(&self) -> String {
        self.of().name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn items(&self) -> Option<Vec<Value>> {
        Some(match self.flavour {
            flavour if flavour.is_stack() => self.items.read().iter().rev().cloned().collect(),
            Flavour::SortedSet => {
                let mut items = self.items.read().clone();
                crate::order::sort_by(&mut items, &mut crate::order::total);
                items
            }
            _ => self.items.read().clone(),
        })
    }
}

/// The element type that a typed collection of this flavour carries in its name.
fn of_flavour(flavour: Flavour, arguments: &[Type]) -> Type {
    match arguments {
        [] => types::known(flavour.type_name()),
        some => types::generic_of(flavour.type_name(), some.to_vec()),
    }
}
