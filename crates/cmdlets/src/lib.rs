//! The verbs of mail: one file a noun, and the table of what every cmdlet takes, built or not.
//!
//! `data/cmdlets.tsv` is the signature of every on-premises cmdlet. A built one is a static in its noun's file with what
//! the table cannot know: synopsis, notes, roles, examples, the keys that its function reads. To build a cmdlet, copy a
//! static of its noun's file and add it to the list at the file's head; what its function reads it lists, and what it
//! does not read is refused by name. `roles` names roles of `directory::BUILT_IN_ROLES`: whoever holds one of them has the
//! cmdlet, to everybody else it does not exist (`authority.rs`). Get, Set, New, Remove, Enable and Disable of a noun are written once in
//! `standard.rs`: a noun is one [`Subject`](standard::Subject) with what is special, and a static a verb.

mod accepted_domain;
mod active_directory;
mod ad_account;
mod ad_domain;
mod ad_group;
mod ad_group_member;
mod ad_object;
mod ad_permission;
mod ad_settings;
mod ad_user;
mod ad_view;
mod address_book_policy;
mod address_list;
mod address_policy_update;
mod admin_audit_log;
mod admin_change;
mod archive;
mod audit_query;
mod authority;
mod bulk_request;
mod certificates;
mod client_access;
mod connect;
mod contact;
mod data_directory;
mod database;
mod directory_sync_readiness;
mod distribution_group;
mod distribution_group_member;
mod dynamic_distribution_group;
mod effective_permission;
mod email_address_policy;
mod exchange_certificate;
mod filtering;
mod group;
mod group_owner;
mod inbox_rule;
mod journal_rule;
mod ldap_filter;
mod linked;
mod mail_contact;
mod mail_public_folder;
mod mail_user;
mod mailbox;
mod mailbox_audit_log;
mod mailbox_auto_reply_configuration;
mod mailbox_folder;
mod mailbox_permission;
mod mailbox_regional_configuration;
mod mailbox_restore_request;
mod mailbox_usage_report;
mod management_role;
mod management_scope;
mod message_trace;
mod moderated_message;
mod monitor;
mod organization;
mod own;
mod permission;
mod public_folder;
mod purge;
mod quarantine_message;
mod queue;
mod receive_connector;
mod recipient;
mod recipient_permission;
mod restore_settings;
mod role;
mod role_assignment_policy;
mod role_group;
mod role_reach;
mod rooms;
mod rule_collection;
mod rule_description;
mod second_factor;
mod server_health;
mod sharing;
pub mod standard;
mod statistics;
mod store_mailbox;
mod system;
mod transport_config;
mod transport_rule;
mod trust;
mod unit;
mod user;
mod user_photo;

pub use active_directory::AD_USER;
pub use bulk_request::{BULK_ROWS_MAX, works};
pub use certificates::{CertificateStore, Certificates, HouseCertificate};
pub use monitor::{Alert, Monitor, Monitors};
pub use role::{rows_apart, rows_of_people};
pub use rooms::Rooms;

use ::mailbox::Mailboxes;
use ::transport::Transport;
use directory::ClassFacts;
use directory::schema::{audit, restored};
use gate::{Book, Catalogue, Cmdlet, Commands, Table};
use object::{Noun, Result};
use std::sync::Arc;

/// The built cmdlets.
pub fn built() -> impl Iterator<Item = &'static Cmdlet<Rooms>> {
    let files = [
        mailbox::CMDLETS,
        mailbox_restore_request::CMDLETS,
        mailbox_usage_report::CMDLETS,
        connect::CMDLETS,
        store_mailbox::CMDLETS,
        recipient::CMDLETS,
        user::CMDLETS,
        user_photo::CMDLETS,
        distribution_group::CMDLETS,
        distribution_group_member::CMDLETS,
        dynamic_distribution_group::CMDLETS,
        group::CMDLETS,
        mail_contact::CMDLETS,
        mail_user::CMDLETS,
        public_folder::CMDLETS,
        mail_public_folder::CMDLETS,
        contact::CMDLETS,
        moderated_message::CMDLETS,
        email_address_policy::CMDLETS,
        address_list::CMDLETS,
        address_book_policy::CMDLETS,
        client_access::CMDLETS,
        statistics::CMDLETS,
        database::CMDLETS,
        accepted_domain::CMDLETS,
        organization::CMDLETS,
        unit::CMDLETS,
        active_directory::CMDLETS,
        ad_account::CMDLETS,
        ad_domain::CMDLETS,
        ad_group::CMDLETS,
        ad_group_member::CMDLETS,
        ad_object::CMDLETS,
        ad_settings::CMDLETS,
        ad_user::CMDLETS,
        admin_audit_log::CMDLETS,
        mailbox_audit_log::CMDLETS,
        mailbox_auto_reply_configuration::CMDLETS,
        mailbox_regional_configuration::CMDLETS,
        inbox_rule::CMDLETS,
        mailbox_permission::CMDLETS,
        mailbox_folder::CMDLETS,
        ad_permission::CMDLETS,
        recipient_permission::CMDLETS,
        effective_permission::CMDLETS,
        data_directory::CMDLETS,
        admin_change::CMDLETS,
        directory_sync_readiness::CMDLETS,
        trust::CMDLETS,
        linked::CMDLETS,
        role_group::CMDLETS,
        management_role::CMDLETS,
        management_scope::CMDLETS,
        role_assignment_policy::CMDLETS,
        bulk_request::CMDLETS,
        second_factor::CMDLETS,
        server_health::CMDLETS,
        exchange_certificate::CMDLETS,
        transport_config::CMDLETS,
        receive_connector::CMDLETS,
        transport_rule::CMDLETS,
        rule_collection::CMDLETS,
        journal_rule::CMDLETS,
        filtering::CMDLETS,
        message_trace::CMDLETS,
        queue::CMDLETS,
        quarantine_message::CMDLETS,
    ];
    files.into_iter().flatten().copied()
}

/// Nouns of no cmdlet: what stands inside of other objects, or beside them.
static PARTS: &[&Noun] = &[
    &audit::CMDLET_PARAMETER,
    &audit::MODIFIED_PROPERTY,
    &restored::RESTORED_SETTING,
    &directory::schema::permission::PERMISSION_OWNER,
];

/// What every cmdlet takes, built or not.
pub fn catalogue() -> Catalogue {
    Catalogue::new(include_str!("../data/cmdlets.tsv"))
}

/// All commands before they meet the rooms that they work on.
pub fn commands() -> Commands<Rooms> {
    Commands {
        parts: PARTS,
        everywhere: rooms::EVERYWHERE,
        first: rooms::first,
        ..Commands::new(catalogue(), built().collect())
    }
}

/// A noun of a room above, which keeps its objects in the directory: its class, what its cmdlets take in the form of
/// `data/cmdlets.tsv`, and the cmdlets.
pub struct Addition {
    /// What is known of the class: what it holds, how its objects are named.
    pub class: &'static ClassFacts,
    /// What its cmdlets take.
    pub table: &'static str,
    /// The cmdlets.
    pub cmdlets: &'static [&'static Cmdlet<Rooms>],
}

/// [`commands`] and those of nouns that are added; before the directory is opened, so that it knows their classes.
pub fn commands_with(additions: &[&Addition]) -> Commands<Rooms> {
    let mut commands = commands();
    for addition in additions {
        directory::add_class(addition.class);
        commands.table.add(addition.table);
        commands.built.extend(addition.cmdlets);
    }
    commands
}

/// What all commands take, built or not, without the rooms they work on. An error (`DeclarationWrong`) says where the
/// statics and the table contradict each other.
pub fn book() -> Result<Book> {
    Book::new(commands())
}

/// All commands over their rooms. Errors are those of [`book`].
pub fn table(
    mailboxes: &Arc<Mailboxes>,
    transport: &Arc<Transport>,
    monitors: &Monitors,
    certificates: &Certificates,
) -> Result<Table> {
    let (mailboxes, transport) = (Arc::clone(mailboxes), Some(Arc::clone(transport)));
    let rooms =
        Rooms { mailboxes, transport, monitors: monitors.clone(), certificates: certificates.clone() };
    Table::new(Arc::new(rooms), commands())
}

/// Who may use what. From then on the directory is written as far as roles reach.
pub fn authority(mailboxes: &Mailboxes) -> impl gate::Authority + 'static {
    mailboxes.directory().guard_writes(Box::new(authority::within_scopes));
    authority::Roles(mailboxes.directory().clone())
}

/// What is kept of what was done.
pub fn record(mailboxes: &Mailboxes) -> impl gate::Record + 'static {
    authority::Log::new(mailboxes.directory().clone())
}
