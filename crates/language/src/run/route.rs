//! Where the streams beside the output go, and what is kept of them.

use super::error::Extent;
use object::Value;
use object::value::Text;

/// The streams beside the output, by PowerShell's numbers.
pub(super) const ERROR: usize = 2;
pub(super) const WARNING: usize = 3;
pub(super) const VERBOSE: usize = 4;
pub(super) const DEBUG: usize = 5;
pub(super) const INFORMATION: usize = 6;

/// Where a stream goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Route {
    /// To the console.
    #[default]
    Console,
    /// Nowhere.
    Nowhere,
    /// Into the gathering of that number, which joins a command's output.
    Gather(usize),
}

/// A function, block or script under way.
#[derive(Clone)]
pub(super) struct Called {
    pub(super) name: Text,
    /// Its name as it was typed; empty: the same.
    pub(super) typed: Text,
    pub(super) is_script: bool,
    /// Where it was called.
    pub(super) place: Extent,
}

/// Where each stream goes at present, and what was gathered.
#[derive(Default)]
pub(super) struct Routes {
    pub(super) to: [Route; 7],
    pub(super) gathered: Vec<Vec<Value>>,
    /// Preferences that a command's own common parameters set, innermost last.
    pub(super) actions: Vec<Actions>,
    /// What `-WarningVariable` and `-InformationVariable` keep.
    pub(super) listeners: Vec<Listener>,
}

/// Keeps what a stream carries while a command runs.
pub(super) struct Listener {
    pub(super) stream: usize,
    pub(super) listens: bool,
    pub(super) heard: Vec<Value>,
}

/// What `-ErrorAction` and friends of a command say.
#[derive(Clone, Default)]
pub(super) struct Actions {
    pub(super) error: Option<Text>,
    pub(super) warning: Option<Text>,
    pub(super) information: Option<Text>,
    pub(super) verbose: Option<bool>,
    pub(super) debug: Option<bool>,
}
