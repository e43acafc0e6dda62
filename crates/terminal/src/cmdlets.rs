//! The cmdlets as the interpreter meets them: named here, run where the gate is.

use crate::channel::Gateway;
use crate::loader::IMPORTED;
use gate::{Declaration, Invocation, Remote, Signature};
use language::Invoker;
use object::Result;
use std::sync::Arc;

/// The module whose cmdlets ask a directory.
const ACTIVE_DIRECTORY: &str = "ActiveDirectory";

/// The cmdlets behind a gateway.
pub(crate) struct Cmdlets {
    gateway: Arc<Gateway>,
}

impl Cmdlets {
    pub(crate) fn new(gateway: Arc<Gateway>) -> Cmdlets {
        Cmdlets { gateway }
    }
}

impl Invoker for Cmdlets {
    fn signature(&self, name: &str) -> Option<Arc<Signature>> {
        self.gateway.book().find(name).map(|declaration| Arc::clone(&declaration.signature))
    }

    fn names(&self) -> Vec<String> {
        self.gateway.book().names().map(str::to_owned).collect()
    }

    fn declaration(&self, name: &str) -> Option<Arc<Declaration>> {
        self.gateway.book().find(name)
    }

    fn stands_for(&self, module: &str) -> bool {
        let module = module.to_ascii_lowercase();
        let name = module.rsplit(['/', '\\']).next().unwrap_or(&module);
        matches!(
            name,
            "activedirectory" | "exchange" | "exchangeserver" | "remoteexchange" | "remoteexchange.ps1"
        ) || name.starts_with("microsoft.exchange.management")
    }

    fn module_of(&self, command: &str) -> &'static str {
        if object::types::is_of_active_directory(command) { ACTIVE_DIRECTORY } else { IMPORTED }
    }

    fn modules(&self) -> &'static [&'static str] {
        &[ACTIVE_DIRECTORY]
    }

    fn open(&mut self, invocation: Invocation) -> Result<Box<dyn Remote>> {
        self.gateway.begin(invocation)
    }
}
