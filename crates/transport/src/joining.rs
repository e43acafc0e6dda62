//! Requests to become a member of a group whose owners approve: asked by mail, decided by an answer.

use mailbox::Phrase;
use mailbox::directory::schema::{recipient, user};
use mailbox::directory::{JoinRequest, Record, primary};
use object::types::{Guid, SmtpAddress};
use object::{Author, Error, ErrorId, Result};
use tracing::{error, info, warn};

use crate::Transport;
use crate::approval::{self, Decision, Letter};

/// What stands before a token in the Message-ID of a question.
const TOKEN: &str = "join-";
/// What the record of changes says was done.
const DONE: &str = "Answer by mail";

impl Transport {
    /// Asks the owners of a group whether somebody becomes a member. Answers how many were asked. Errors: nobody can be asked,
    /// too many wait, they are a member.
    pub fn ask_to_join(&self, author: &Author, group: &Record, account: &Record) -> Result<usize> {
        let by = self.mailboxes.membership_approval(group)?;
        let directory = self.mailboxes.directory().ok_or_else(no_directory)?;
        let (guid, member) = (group.guid(), account.guid());
        let request = directory.change(author, move |change| change.ask_to_join(guid, member))?;
        let questions = by.moderators.iter().map(|owner| {
            let language = self.mailboxes.language(owner);
            let (who, group) = (shown(account), shown(group));
            let address = address(account).map(|address| address.to_string()).unwrap_or_default();
            let said = [("who", &*who), ("group", &*group), ("address", &*address)];
            let asked = language.say(Phrase::JOIN_SUBJECT, &said);
            self.queued_letter(&Letter {
                from: &by.arbitration,
                to: owner,
                language,
                subject: language.say(Phrase::MODERATION_SUBJECT, &[("subject", &asked)]),
                text: language.say(Phrase::JOIN_TEXT, &said),
                internet_id: format!("{TOKEN}{}@{}", request.token, self.host),
            })
        });
        self.queue.put(questions.collect::<Result<_>>()?)?;
        self.bell.ring();
        info!(token = %request.token, group = %guid, account = %member, "asked to join");
        Ok(by.moderators.len())
    }

    /// Does what an owner's answer to the arbitration mailbox says. What is no answer, or comes too late, is a letter like any
    /// other.
    pub(crate) fn read_join(&self, account: Guid, octets: &[u8]) -> Result<()> {
        let Some((token, decision)) = approval::decision(octets, TOKEN) else { return Ok(()) };
        let Some(directory) = self.mailboxes.directory() else { return Ok(()) };
        let Some((group, request)) = directory.join_request(token) else { return Ok(()) };
        let owner = directory.get(account).filter(|_| directory.is_owner(&group, account));
        let Some(owner) = owner else {
            info!(%token, %account, "an answer from somebody who owns the group no longer");
            return Ok(());
        };
        let who =
            owner.get(&user::SID).map_or_else(|| owner.name().into(), |sid| directory.trustee(&sid).shown);
        let author = Author { account: Some(account), ..Author::new(who, DONE) };
        let (guid, joins) = (group.guid(), decision == Decision::Approve);
        // Whoever is gone by now joins nothing.
        let there = directory.get(request.account);
        let ends = there.is_some() && joins;
        match directory.change(&author, move |change| change.end_join(guid, token, ends)) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            // Roles hang on the group by now, which this owner can't give: the request waits for somebody who can.
            Err(error) if error.is(ErrorId::AccessDenied) => {
                warn!(%token, group = %guid, %account, error = error.message(), "an answer that could not be followed");
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        info!(%token, group = %guid, approved = joins, "decided on who joins");
        let told = there.map_or(Ok(()), |asked| self.tell_joined(&group, &asked, &request, &decision));
        if let Err(error) = told {
            // What was decided is done all the same.
            error!(%token, group = %guid, %error, "who asked to join could not be told what was decided");
        }
        Ok(())
    }

    /// Tells whoever asked what an owner decided.
    fn tell_joined(
        &self,
        group: &Record,
        asked: &Record,
        request: &JoinRequest,
        decision: &Decision,
    ) -> Result<()> {
        let Some(to) = address(asked) else { return Ok(()) };
        let by = self.mailboxes.membership_approval(group)?;
        let (subject, text, words) = match decision {
            Decision::Approve => (Phrase::JOIN_APPROVED_SUBJECT, Phrase::JOIN_APPROVED_TEXT, ""),
            Decision::Reject(words) => (Phrase::JOIN_REJECTED_SUBJECT, Phrase::JOIN_REJECTED_TEXT, &**words),
        };
        let (language, name) = (self.mailboxes.language(&to), shown(group));
        let said = [("group", &*name), ("words", words)];
        let letter = Letter {
            from: &by.arbitration,
            to: &to,
            language,
            subject: language.say(subject, &said),
            text: language.say(text, &said).trim_end().to_owned(),
            internet_id: format!("joined-{}@{}", request.token, self.host),
        };
        self.queue.put(vec![self.queued_letter(&letter)?])?;
        self.bell.ring();
        Ok(())
    }
}

fn address(record: &Record) -> Option<SmtpAddress> {
    primary(&record.all(&recipient::EMAIL_ADDRESSES))
}

fn shown(record: &Record) -> String {
    let name = record.get(&recipient::DISPLAY_NAME).unwrap_or_else(|| record.name().to_owned());
    approval::one_line(&name)
}

fn no_directory() -> Error {
    Error::busy(ErrorId::NoServer, "Nobody is known here who could be asked.")
}
