//! Who came to a message through whom: what the tracking log tells as `EXPAND` and `REDIRECT`.

use std::sync::Arc;

use object::types::SmtpAddress;
use object::{Error, ErrorId, Result, Time};

/// So many are kept in whose place somebody gets a message; of the others their own rows tell.
const LED_BY_MAX: usize = 1_000;

/// How a recipient leads on to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// A group has members.
    Group,
    /// Somebody forwards.
    Forward,
    /// A rule of the transport redirects.
    Rule,
}

impl How {
    const ALL: [How; 3] = [How::Group, How::Forward, How::Rule];

    /// What the tracking log calls it, and where it happens.
    pub(crate) fn told(self) -> (&'static str, &'static str) {
        match self {
            How::Group => ("EXPAND", "ROUTING"),
            How::Forward => ("REDIRECT", "ROUTING"),
            How::Rule => ("REDIRECT", "AGENT"),
        }
    }

    /// As the queue keeps it; 0 is nothing.
    pub(crate) fn number(self) -> i64 {
        How::ALL.iter().position(|how| *how == self).map_or(0, |at| at as i64 + 1)
    }

    pub(crate) fn of_number(number: i64) -> Result<Option<How>> {
        if number == 0 {
            return Ok(None);
        }
        let at = usize::try_from(number - 1).ok();
        let known = at.and_then(|at| How::ALL.get(at)).copied();
        known.map(Some).ok_or_else(|| {
            let words =
                format!("The queue has a recipient who came there in a way that is not known: {number}.");
            Error::server(ErrorId::QueueCorrupt, words)
        })
    }
}

/// Through whom somebody gets a message whom its sender did not name.
#[derive(Clone, Debug)]
pub(crate) struct Led {
    pub(crate) by: Arc<[SmtpAddress]>,
    pub(crate) how: How,
    /// When; a moment before the message came means when it came.
    pub(crate) at: Time,
}

impl Led {
    /// By one, who is a group or forwards.
    pub(crate) fn by(address: SmtpAddress, forwards: bool, at: Time) -> Led {
        Led { by: Arc::new([address]), how: if forwards { How::Forward } else { How::Group }, at }
    }
}

/// Whom rules put in the place of others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redirected(Vec<(String, Arc<[SmtpAddress]>)>);

impl Redirected {
    pub(crate) fn note(&mut self, new: &SmtpAddress, instead_of: &Arc<[SmtpAddress]>) {
        self.0.push((new.folded(), Arc::clone(instead_of)));
    }

    /// Those in whose place somebody is put, as many as are kept.
    pub(crate) fn those<'a>(old: impl Iterator<Item = &'a SmtpAddress>) -> Arc<[SmtpAddress]> {
        old.take(LED_BY_MAX).cloned().collect()
    }

    /// In whose place somebody gets the message.
    pub(crate) fn led(&self, address: &SmtpAddress) -> Option<Led> {
        let address = address.folded();
        let (_, by) = self.0.iter().rev().find(|(new, _)| *new == address)?;
        Some(Led { by: Arc::clone(by), how: How::Rule, at: Time(0) })
    }
}
