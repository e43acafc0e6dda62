//! What rules do to a message: its text is changed, recipients are added, or their way ends.

use mailbox::SCL_FIELD;
use mailbox::directory::Record;
use mailbox::directory::schema::{recipient, user};
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result};
use tracing::warn;

use crate::rule::action::{Action, Fallback, ManagerAs, REFUSAL};
use crate::rule::branch::{Branch, End, HeldBy};
use crate::rule::{Rule, rewrite};
use crate::{Message, Notify, Status, Transport};

impl Transport {
    pub(crate) fn act(&self, action: &Action, rule: &Rule, branch: &mut Branch) -> Result<()> {
        let by = |what: &str| format!("{what} by the transport rule '{}'", rule.name);
        match action {
            Action::Incident { to, content, original } => {
                self.report_incident(branch, rule, to, *content, *original)?;
            }
            Action::Notify(html) => self.notify_recipients(branch, html)?,
            Action::AddManager(how) => {
                self.add_manager(branch, *how, &by("redirected to the sender's manager"))?
            }
            Action::Moderate(by) => self.moderate(branch, by.as_deref())?,
            Action::SetScl(scl) => {
                change(branch, |octets| rewrite::set_field(octets, SCL_FIELD, &scl.to_string()))
            }
            Action::PrependSubject(prefix) => {
                change(branch, |octets| rewrite::prepend_subject(octets, prefix))
            }
            Action::SetHeader(name, value) => {
                change(branch, |octets| rewrite::set_field(octets, name, value))
            }
            Action::RemoveHeader(name) => change(branch, |octets| rewrite::remove_field(octets, name)),
            Action::Disclaimer { html, before, fallback } => {
                self.disclaim(branch, html, *before, *fallback, rule)
            }
            Action::LogEvent(text) => {
                warn!(id = %branch.message.id, rule = rule.name, event = 4000, "{text}")
            }
            Action::AddTo(to) => self.copy(branch, to, Some("To"))?,
            Action::CopyTo(to) => self.copy(branch, to, Some("Cc"))?,
            Action::BlindCopyTo(to) => self.copy(branch, to, None)?,
            Action::RedirectTo(to) => {
                // Whoever would get nothing in their place keeps the message.
                let targets = to.iter().map(|to| self.target(to)).collect::<Result<Vec<_>>>()?;
                branch.redirect(targets, &by(&format!("redirected to {}", to.join(", "))));
            }
            Action::Quarantine => self.quarantine(branch, &by("quarantined"))?,
            Action::Disconnect => {
                return Err(Error::busy(
                    ErrorId::RuleFailed,
                    "Service not available, closing transmission channel",
                ));
            }
            Action::Reject { text, status, code } => branch.end(&End::Rejected(*status), text, *code),
            Action::Delete => {
                branch.end(&End::Deleted, &by("deleted"), None);
                branch.stopped = true;
            }
        }
        Ok(())
    }

    /// Whoever has no manager has the message delivered as it is.
    fn add_manager(&self, branch: &mut Branch, how: ManagerAs, why: &str) -> Result<()> {
        let Some(manager) = self.manager_of_sender(branch) else { return Ok(()) };
        match how {
            ManagerAs::Besides(field) => self.copy(branch, &[manager.to_string()], field),
            ManagerAs::Instead => {
                let place = self.place_of(&manager)?;
                branch.redirect(vec![(manager, place)], why);
                Ok(())
            }
        }
    }

    fn manager_of_sender(&self, branch: &Branch) -> Option<SmtpAddress> {
        let sender = self.mailboxes.named(branch.envelope.sender.address()?)?;
        let manager = self.mailboxes.directory()?.get(sender.reference(&user::MANAGER)?)?;
        mailbox::directory::primary(&manager.all(&recipient::EMAIL_ADDRESSES))
    }

    /// Where several rules want a decision, the first one's moderators decide.
    fn moderate(&self, branch: &mut Branch, by: Option<&[String]>) -> Result<()> {
        let moderators: Vec<SmtpAddress> = match by {
            Some(by) => by.iter().filter_map(|one| SmtpAddress::parse(one)).collect(),
            None => match self.manager_of_sender(branch) {
                Some(manager) => vec![manager],
                None => return Ok(()),
            },
        };
        if branch.moderation.is_some() {
            return Ok(());
        }
        match self.mailboxes.moderation_by(&moderators, &branch.envelope.sender) {
            Ok(asked) => {
                branch.moderation = asked.map(|moderation| HeldBy { token: Guid::random(), moderation });
            }
            // Going on would let pass what the rule holds, and waiting would be for nobody.
            Err(error) if error.is(ErrorId::ModeratorMissing) => {
                branch.end(&End::Rejected(Status(5, 7, 1)), error.message(), None);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Who is gone is left out, and takes it from nobody else; that there was one is told behind.
    fn copy(&self, branch: &mut Branch, to: &[String], field: Option<&str>) -> Result<()> {
        let mut gone = None;
        for address in to {
            let (address, place) = match self.target(address) {
                Ok(target) => target,
                Err(error) => {
                    gone = Some(error);
                    continue;
                }
            };
            if let Some(field) = field {
                change(branch, |octets| rewrite::add_address(octets, field, &address));
            }
            branch.add(address, place, Notify::NEVER);
        }
        gone.map_or(Ok(()), Err)
    }

    fn disclaim(&self, branch: &mut Branch, html: &str, before: bool, fallback: Fallback, rule: &Rule) {
        let html = self.filled(html, branch);
        let message = &branch.message;
        let body = &message.octets[message.return_path..];
        match (rewrite::disclaim(body, &html, before), fallback) {
            (Some(octets), _) => replace(&mut branch.message, &octets),
            (None, Fallback::Ignore) => {}
            (None, Fallback::Wrap) => {
                let boundary = format!("wrapped-{}", branch.message.id);
                let trace = branch.message.trace - branch.message.return_path;
                change(branch, |octets| rewrite::wrap(octets, trace.min(octets.len()), &html, &boundary));
            }
            (None, Fallback::Reject) => {
                let why = format!("{REFUSAL}: the disclaimer of '{}' cannot be added", rule.name);
                branch.end(&End::Rejected(Status(5, 7, 1)), &why, None);
            }
        }
    }

    /// The disclaimer with the sender's data in the place of `%%DisplayName%%` and the like, as text of HTML.
    fn filled(&self, html: &str, branch: &Branch) -> String {
        let sender = branch.envelope.sender.address().and_then(|address| self.mailboxes.named(address));
        fill(html, &|name| sender.as_ref().map(|record| attribute(record, name)).unwrap_or_default())
    }
}

/// HTML with what `%%Name%%` stands for in its place, as text.
pub(crate) fn fill(html: &str, value: &dyn Fn(&str) -> String) -> String {
    let mut pieces = html.split("%%");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    while let Some(name) = pieces.next() {
        let Some(rest) = pieces.next() else {
            out.push_str("%%");
            out.push_str(name);
            break;
        };
        out.push_str(&escape(&value(name)));
        out.push_str(rest);
    }
    out
}

/// An attribute by its property's name, or by the names that the manual of disclaimers has.
fn attribute(record: &Record, name: &str) -> String {
    if name.eq_ignore_ascii_case("Email") {
        let primary = mailbox::directory::primary(&record.all(&recipient::EMAIL_ADDRESSES));
        return primary.map(|address: SmtpAddress| address.to_string()).unwrap_or_default();
    }
    let called = match name.to_ascii_lowercase().as_str() {
        "phonenumber" => "Phone",
        "street" => "StreetAddress",
        "zipcode" => "PostalCode",
        "state" => "StateOrProvince",
        "country" => "CountryOrRegion",
        "faxnumber" => "Fax",
        "homephonenumber" => "HomePhone",
        "mobilenumber" => "MobilePhone",
        _ => name,
    };
    let spec = user::USER.property(called).filter(|spec| spec.filterable);
    spec.map(|spec| record.value(spec).to_string()).unwrap_or_default()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Changes the message behind its Return-Path.
fn change(branch: &mut Branch, how: impl FnOnce(&[u8]) -> Vec<u8>) {
    let octets = how(&branch.message.octets[branch.message.return_path..]);
    replace(&mut branch.message, &octets);
}

fn replace(message: &mut Message, octets: &[u8]) {
    let trace = message.octets.get(message.return_path..message.trace).unwrap_or_default();
    // Where a rule took our own field away, nothing of it is in front any more.
    if !octets.starts_with(trace) {
        message.trace = message.return_path;
    }
    message.octets.truncate(message.return_path);
    message.octets.extend_from_slice(octets);
}
