//! What is watched of the server: the doors say how it is, cmdlets ask.

use std::sync::{Arc, OnceLock};

/// How something that is watched is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alert {
    /// Mail does not flow by it.
    Unhealthy,
    /// Mail flows; somebody should look.
    Degraded,
    /// All is well.
    Healthy,
}

impl Alert {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Alert::Unhealthy => "Unhealthy",
            Alert::Degraded => "Degraded",
            Alert::Healthy => "Healthy",
        }
    }
}

/// One thing that is watched, and how it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// What kind of thing: `database`, `disk`, `queue`, `certificate`, `job`, `restore`.
    pub set: &'static str,
    /// Which one; nothing where there is one of the kind.
    pub target: String,
    /// How it is.
    pub alert: Alert,
    /// What is wrong, and what to do; nothing where nothing is.
    pub message: String,
}

type Look = Box<dyn Fn() -> Vec<Monitor> + Send + Sync>;

/// Where the server says how it is; a house without doors says nothing.
#[derive(Clone, Default)]
pub struct Monitors(Arc<OnceLock<Look>>);

impl Monitors {
    /// Says how it is looked; the first one counts.
    pub fn watch(&self, look: impl Fn() -> Vec<Monitor> + Send + Sync + 'static) {
        self.0.get_or_init(|| Box::new(look));
    }

    pub(crate) fn look(&self) -> Vec<Monitor> {
        self.0.get().map_or_else(Vec::new, |look| look())
    }
}
