//! What is asked of an object as a whole: that account and mailbox belong together, that what must be there is there.

use super::{Findings, SyncRule};
use crate::edit::Edit;
use crate::schema::{group, recipient, user};
use crate::{AcceptedDomains, Class};
use object::{Declared, Value};

/// Groups with more members are left out.
const MEMBERS_MAX: usize = 50_000;

pub(super) fn check(found: &mut Findings<'_>, domains: &AcceptedDomains) {
    match found.record.class() {
        Class::User => check_account(found),
        Class::Group => check_group(found),
        _ => {}
    }
    check_mail_enabled(found, domains);
}

fn check_account(found: &mut Findings<'_>) {
    let record = std::sync::Arc::clone(found.record);
    let master = record.get(&user::MASTER_ACCOUNT_SID);
    if record.details().is_linked() {
        let name = record.get(&user::LINKED_ACCOUNT_NAME);
        let value = name.or_else(|| master.clone()).unwrap_or_default();
        let alias = record.alias();
        // It becomes a user mailbox with an account and a password of its own: a person has to decide that.
        let suggested = format!("Set-User '{alias}' -LinkedMasterAccount $null");
        found.add("msExchMasterAccountSid", &value, SyncRule::LinkedMailbox, Some(suggested));
    }
    if !record.is_mailbox() {
        return;
    }
    let flags = record.value(user::USER_ACCOUNT_CONTROL.spec()).to_string();
    match (record.is_account_disabled(), master) {
        (true, None) => found.add("userAccountControl", &flags, SyncRule::AccountDisabled, None),
        (false, Some(sid)) => found.add("msExchMasterAccountSid", &sid, SyncRule::MasterAccount, None),
        _ => {}
    }
    if let Some(target) = record.stored_values(recipient::EXTERNAL_EMAIL_ADDRESS.spec()).first() {
        let fix = Edit::new(recipient::EXTERNAL_EMAIL_ADDRESS.spec(), &Value::Null).ok();
        let suggested = Some(String::new());
        found.add_with("targetAddress", &target.to_string(), SyncRule::TargetAddress, suggested, fix);
    }
}

fn check_group(found: &mut Findings<'_>) {
    let record = std::sync::Arc::clone(found.record);
    if !record.has(recipient::DISPLAY_NAME.spec()) {
        let name = record.name().to_owned();
        let fix = Edit::set(&recipient::DISPLAY_NAME, name.clone());
        found.add_with("displayName", "", SyncRule::Blank, Some(name), Some(fix));
    }
    let members = record.stored_values(group::MEMBERS.spec()).len();
    if members > MEMBERS_MAX {
        found.add("member", &members.to_string(), SyncRule::Members, None);
    }
}

fn check_mail_enabled(found: &mut Findings<'_>, domains: &AcceptedDomains) {
    let record = std::sync::Arc::clone(found.record);
    let has_mail = record.has(recipient::EMAIL_ADDRESSES.spec());
    if !has_mail {
        return;
    }
    if !record.has(recipient::ALIAS.spec()) {
        let alias = crate::address::alias_of(record.name());
        found.add("mailNickname", "", SyncRule::Blank, Some(alias));
    }
    if crate::view::primary(&record).is_none() {
        let domain = domains.default_domain().map(|domain| domain.domain.clone()).unwrap_or_default();
        let alias = record.alias();
        let local = crate::address::best_fit(&alias);
        found.add("proxyAddresses", "", SyncRule::Blank, Some(format!("SMTP:{local}@{domain}")));
    }
}
