//! What an operator allows clients, and may change while the doors are open.

use std::time::Duration;

use parking_lot::RwLock;

/// How many unknown recipients an address may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRecipients {
    /// So many are answered at once: people mistype, lists age.
    pub free: u32,
    /// The answer to each further one waits this long; Exchange's tarpit interval.
    pub tarpit: Duration,
    /// So many, and the address is told to come back later.
    pub most: u32,
}

impl Default for UnknownRecipients {
    fn default() -> UnknownRecipients {
        UnknownRecipients { free: 10, tarpit: Duration::from_secs(5), most: 100 }
    }
}

/// What is allowed now; clones of the pointer see each change.
#[derive(Debug)]
pub struct Allowed(RwLock<Values>);

#[derive(Clone, Copy, Debug)]
struct Values {
    message_bytes_max: u64,
    unknown_recipients: UnknownRecipients,
}

impl Default for Allowed {
    /// Exchange's limit of a receive connector.
    fn default() -> Allowed {
        Allowed::new(36 << 20, UnknownRecipients::default())
    }
}

impl Allowed {
    /// The largest message of these ports, in octets (the organisation's limit holds where it is lower), and how many
    /// unknown recipients an address may name. LMTP does not ask: whoever speaks it is trusted with the list.
    pub fn new(message_bytes_max: u64, unknown_recipients: UnknownRecipients) -> Allowed {
        Allowed(RwLock::new(Values { message_bytes_max, unknown_recipients }))
    }

    /// Allows something else from now on.
    pub fn set(&self, message_bytes_max: u64, unknown_recipients: UnknownRecipients) {
        *self.0.write() = Values { message_bytes_max, unknown_recipients };
    }

    pub(crate) fn message_bytes_max(&self) -> u64 {
        self.0.read().message_bytes_max
    }

    pub(crate) fn unknown_recipients(&self) -> UnknownRecipients {
        self.0.read().unknown_recipients
    }
}
