//! Connections that were bound as their trust a moment ago: whoever asks next needs no new one.
//!
//! Making many linked mailboxes asks one question after the other, and a TLS handshake costs more than the question.

use crate::link::Link;
use crate::trust::{CONTROLLERS_MAX, Controller, Trust};
use ldap3::Ldap;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Shorter than any controller's own patience, and than an administrator needs to change a credential and look again.
const KEPT_FOR: Duration = Duration::from_secs(10);

/// The connections that nobody uses now.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Vec<Idle>>);

struct Idle {
    trust: Trust,
    controller: Controller,
    ldap: Ldap,
    since: Instant,
}

impl Kept {
    /// A connection to this controller that is bound as this very trust, if one is left.
    pub(crate) fn take<'a>(&self, trust: &'a Trust, controller: &'a Controller) -> Option<Link<'a>> {
        let mut idle = self.0.lock();
        let fits = |one: &Idle| one.is_fresh() && one.controller == *controller && same(&one.trust, trust);
        let at = idle.iter().position(fits)?;
        Some(Link::again(trust, controller, idle.swap_remove(at).ldap))
    }

    /// Keeps a connection for a while.
    pub(crate) fn put(self: &Arc<Kept>, link: Link<'_>) {
        let (trust, controller, ldap) = link.parts();
        let idle = Idle { trust: trust.clone(), controller: controller.clone(), ldap, since: Instant::now() };
        let mut all = self.0.lock();
        all.retain(Idle::is_fresh);
        if all.len() < CONTROLLERS_MAX {
            all.push(idle);
            let kept = Arc::clone(self);
            tokio::spawn(async move {
                tokio::time::sleep(KEPT_FOR).await;
                kept.0.lock().retain(Idle::is_fresh);
            });
        }
    }
}

impl Idle {
    fn is_fresh(&self) -> bool {
        self.since.elapsed() < KEPT_FOR
    }
}

/// Whether a connection of one is as good as one of the other: the same authority, base and credential.
fn same(one: &Trust, other: &Trust) -> bool {
    let credential = match (&one.credential, &other.credential) {
        (Some((name, secret)), Some((known, kept))) => name == known && secret.reveal() == kept.reveal(),
        (None, None) => true,
        _ => false,
    };
    credential && one.name == other.name && one.authority == other.authority && one.base_dn == other.base_dn
}
