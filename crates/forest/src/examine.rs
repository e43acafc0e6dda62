//! What works between us and a controller and what does not: name, connection, TLS, bind, search.

use crate::link::{Link, trouble};
use crate::step::{Step, Trouble};
use crate::trust::{Controller, Trust};
use object::Error;
use std::time::Duration;
use tokio::time::timeout;

/// What came of one step with one controller.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The controller.
    pub controller: String,
    /// The step.
    pub step: Step,
    /// Whether it works; nothing where an earlier step failed, so that it was not tried.
    pub outcome: Option<Result<(), Error>>,
}

/// Takes all steps with one controller, for no longer than `time`.
pub(crate) async fn examine(trust: &Trust, controller: &Controller, time: Duration) -> Vec<Finding> {
    let mut passed = Vec::new();
    let failed = match timeout(time, steps(trust, controller, &mut passed)).await {
        Ok(done) => done.err(),
        Err(_) => {
            let next = Step::ALL.into_iter().find(|step| !passed.contains(step));
            next.map(|step| trouble(step, controller, "it takes too long"))
        }
    };
    let outcome = |step: Step| match &failed {
        _ if passed.contains(&step) => Some(Ok(())),
        Some(trouble) if trouble.step == step => Some(Err(trouble.error.clone())),
        _ => None,
    };
    let finding = |step| Finding { controller: controller.host.clone(), step, outcome: outcome(step) };
    Step::ALL.into_iter().map(finding).collect()
}

async fn steps(trust: &Trust, controller: &Controller, passed: &mut Vec<Step>) -> Result<(), Trouble> {
    let mut link = Link::to(trust, controller, &mut |step| passed.push(step)).await?;
    link.bind_as_trust().await?;
    passed.push(Step::Bind);
    if link.reads_base().await? {
        passed.push(Step::Search);
        link.close().await;
        return Ok(());
    }
    let message = if trust.credential.is_some() {
        format!("The entry {} cannot be read.", trust.base_dn)
    } else {
        format!("The entry {} cannot be read without a credential.", trust.base_dn)
    };
    let error = Error::not_found(object::ErrorId::ForeignAccountNotFound, message)
        .help("Check -BaseDN and -Credential of the trust.");
    Err(Trouble { step: Step::Search, error })
}
