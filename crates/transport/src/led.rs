//! Who came to a message through whom: what the tracking log tells as `EXPAND` and `REDIRECT`.

use std::collections::HashMap;
use std::sync::Arc;

use object::types::SmtpAddress;
use object::{Error, ErrorId, Result, Time};

use crate::source::Source;

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
    pub(crate) fn told(self) -> (&'static str, Source) {
        match self {
            How::Group => ("EXPAND", Source::Routing),
            How::Forward => ("REDIRECT", Source::Routing),
            How::Rule => ("REDIRECT", Source::Agent),
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

/// Through whom somebody gets a message. Whoever is among those in whose place they get it was named besides.
#[derive(Clone, Debug)]
pub(crate) struct Led {
    pub(crate) by: Arc<[SmtpAddress]>,
    pub(crate) how: How,
    /// When; a moment before the message came means when it came.
    pub(crate) at: Time,
}

impl Led {
    /// The same without whoever came; nobody where there is nobody else.
    pub(crate) fn by_others(self, address: &SmtpAddress) -> Option<Led> {
        let others: Vec<SmtpAddress> =
            self.by.iter().filter(|by| by.folded() != address.folded()).cloned().collect();
        (!others.is_empty()).then(|| Led { by: others.into(), ..self })
    }

    /// By one, who is a group or forwards.
    pub(crate) fn by(address: SmtpAddress, forwards: bool, at: Time) -> Led {
        Led { by: Arc::new([address]), how: if forwards { How::Forward } else { How::Group }, at }
    }
}

/// Whom rules put in the place of others; the last word counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redirected(Vec<(String, Arc<[SmtpAddress]>)>);

/// All in whose place somebody gets a message in any of its parts, by the address in lower case.
#[derive(Debug, Default)]
pub(crate) struct Places(HashMap<String, Vec<SmtpAddress>>);

impl Places {
    /// Somebody gets a part of it there.
    pub(crate) fn note(&mut self, address: &SmtpAddress, redirected: &Redirected) {
        let known = self.0.entry(address.folded()).or_default();
        match redirected.led(address) {
            Some(led) => known.extend(led.by.iter().cloned()),
            None => known.insert(0, address.clone()),
        }
    }

    /// Of somebody who gets it in the place of others.
    pub(crate) fn of(&self, address: &SmtpAddress) -> Option<Arc<[SmtpAddress]>> {
        let by = self.0.get(&address.folded())?;
        let is_other = |by: &SmtpAddress| by.folded() != address.folded();
        by.iter().any(is_other).then(|| Redirected::those(by.iter()))
    }
}

impl Redirected {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn note(&mut self, new: &SmtpAddress, instead_of: &Arc<[SmtpAddress]>) {
        self.0.push((new.folded(), Arc::clone(instead_of)));
    }

    /// Those in whose place somebody is put, as many as are kept.
    pub(crate) fn those<'a>(old: impl Iterator<Item = &'a SmtpAddress>) -> Arc<[SmtpAddress]> {
        old.take(LED_BY_MAX).cloned().collect()
    }

    /// In whose place somebody gets the message; among them themselves, where rules led away from them and back.
    pub(crate) fn led(&self, address: &SmtpAddress) -> Option<Led> {
        let folded = address.folded();
        let (_, by) = self.0.iter().rev().find(|(new, _)| *new == folded)?;
        let by = match self.was_named(&folded) {
            true => Redirected::those(std::iter::once(address).chain(by.iter())),
            false => Arc::clone(by),
        };
        Some(Led { by, how: How::Rule, at: Time(0) })
    }

    /// Whether somebody was a recipient before any rule put them in the place of another.
    fn was_named(&self, folded: &str) -> bool {
        let is = |by: &SmtpAddress| by.folded() == folded;
        let first = self.0.iter().find(|(new, by)| new == folded || by.iter().any(is));
        first.is_some_and(|(new, _)| new != folded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_rules_lead_back_to_was_named_and_is_led_to_by_the_others() {
        let [ann, ben, carla] =
            ["ann", "ben", "carla"].map(|name| SmtpAddress::parse(&format!("{name}@contoso.com")).unwrap());
        let mut redirected = Redirected::default();
        let mut note = |new: &SmtpAddress, old: &SmtpAddress| {
            redirected.note(new, &Redirected::those(std::iter::once(old)));
        };
        note(&ben, &ann);
        note(&carla, &ben);
        note(&ann, &carla);
        let by = |who: &SmtpAddress| redirected.led(who).map(|led| led.by.to_vec());
        assert_eq!(by(&ann), Some(vec![ann.clone(), carla.clone()]));
        assert_eq!((by(&ben), by(&carla)), (Some(vec![ann.clone()]), Some(vec![ben.clone()])));
    }
}
