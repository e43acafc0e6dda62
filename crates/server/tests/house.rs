//! The house by sessions: every file under `sessions/` is played against a fresh server.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::path::Path;
use testkit::{Entry, Options, Slapd, TestServer, play, play_with};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

fn session(name: &str) {
    session_with(name, Options::default());
}

fn session_with(name: &str, options: Options) {
    let server = TestServer::start_with(BINARY, options);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sessions");
    play(&server, &folder.join(format!("{name}.session")));
}

#[test]
fn a_mailbox_is_disabled_and_connected_again_with_nothing_lost() {
    session("lifecycle");
}

#[test]
fn a_disconnected_mailbox_is_connected_as_whatever_is_wanted() {
    session("connect");
}

#[test]
fn what_is_mapped_appears_in_imap_clients() {
    session("automapping");
}

#[test]
fn a_message_reaches_a_client_that_waits() {
    session("idle");
}

#[test]
fn a_protocol_that_is_switched_off_refuses_and_cuts() {
    session("switched_off");
}

#[test]
fn mistakes_get_a_clear_answer_and_lose_nothing() {
    session("mistakes");
}

#[test]
fn who_did_what_is_told() {
    session("audit");
}

#[test]
fn mail_meets_limits_rules_and_filters_on_its_way() {
    session("mail_flow");
}

#[test]
fn where_a_message_went_and_through_whom_is_told() {
    session("tracking");
}

#[test]
fn people_have_photos() {
    session("photo");
}

#[test]
fn a_mailbox_answers_everybody_once() {
    session("auto_reply");
}

#[test]
fn folders_are_called_as_their_owner_calls_them() {
    session("languages");
}

#[test]
fn a_mailbox_orders_its_mail_by_rules() {
    session("inbox_rules");
}

#[test]
fn people_have_addresses_managers_and_languages() {
    session("people");
}

#[test]
fn what_is_set_is_what_mail_and_people_meet() {
    session("administration");
}

/// A session with a foreign directory, litware.test, in which ann, ben and carla have accounts.
fn foreign_session(name: &str) {
    let slapd = Slapd::start(
        &[("ann", 1101), ("ben", 1102), ("carla", 1103)].map(|(name, number)| Entry::of(name, number)),
    );
    let server = TestServer::start(BINARY);
    let words = [
        ("{controller}", format!("ldaps://ldap.litware.test:{}", slapd.ports().1)),
        ("{authority}", slapd.authority().to_string_lossy().into_owned()),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sessions");
    play_with(&server, &folder.join(format!("{name}.session")), &words);
}

/// A session with the foreign directory of the document's example: `FabrikamDC01` of fabrikam.test, in which ann has an account.
fn fabrikam_session(name: &str) {
    let mut people = vec![Entry::of("ann", 1104), Entry::of("ben", 1105)];
    people.extend((1..=20).map(|number| Entry::of(&format!("user{number}"), 2000 + number)));
    let slapd = Slapd::start_for("fabrikam.test", "FabrikamDC01", &people);
    let server = TestServer::start(BINARY);
    let controller = format!("ldaps://FabrikamDC01.fabrikam.test:{}", slapd.ports().1);
    let authority = slapd.authority().to_string_lossy().into_owned();
    let words = [("{controller}", controller), ("{authority}", authority)];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sessions");
    play_with(&server, &folder.join(format!("{name}.session")), &words);
}

#[test]
fn the_documents_four_examples_write_the_attributes_that_they_should() {
    fabrikam_session("connect_examples");
}

#[test]
fn the_tasks_of_managing_user_mailboxes_are_done_as_they_are_told() {
    fabrikam_session("managing_user_mailboxes");
}

#[test]
fn what_cannot_be_connected_is_refused_with_its_own_reason_and_leaves_all_as_it_was() {
    fabrikam_session("connect_refusals");
}

#[test]
fn the_recipe_of_2010_converts_linked_mailboxes_unchanged() {
    fabrikam_session("convert_2010");
}

#[test]
fn mailboxes_are_looked_at_and_put_right_in_their_database() {
    session("store_mailboxes");
}

#[test]
fn linked_mailboxes_are_made_converted_and_linked_again() {
    foreign_session("linked");
}

#[test]
fn a_shared_mailbox_is_opened_sent_from_and_mapped_by_those_who_may() {
    session("shared_mailbox");
}

#[test]
fn what_was_done_is_undone() {
    session("undo");
}

#[test]
fn a_disconnected_mailbox_is_restored_into_another() {
    session("restore");
}

#[test]
fn a_restored_folder_has_the_permissions_that_it_had() {
    session("restore_permissions");
}

#[test]
fn what_is_in_the_way_of_a_synchronisation_is_told() {
    session("readiness");
}

#[test]
fn a_mailbox_is_connected_with_all_that_it_had() {
    session("restore_settings");
}

#[test]
fn the_systems_mailboxes_are_there_and_in_nobodys_way() {
    session("system_mailboxes");
}

#[test]
fn each_object_of_one_command_is_what_the_next_one_is_about() {
    session("pipeline");
}

#[test]
fn every_session_file_is_played() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sessions");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let source = include_str!("house.rs");
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(source.contains(&format!("session(\"{name}\")")), "{name}.session is played by no test");
    }
}

#[test]
fn mail_for_a_group_reaches_each_member_once() {
    session("groups");
}

#[test]
fn mail_for_a_moderated_group_waits_until_somebody_decides() {
    session("moderation");
}

#[test]
fn a_new_mailbox_is_subscribed_to_the_folders_it_has() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let subscribed = server.imap("ann").imap("a", "LSUB \"\" *");
    for folder in ["INBOX", "\"Sent Items\"", "\"Deleted Items\"", "Drafts", "\"Junk Email\""] {
        assert!(subscribed.iter().any(|line| line.ends_with(&format!("\"/\" {folder}"))), "{subscribed:?}");
    }
}

#[test]
fn a_database_is_as_large_as_its_file_and_its_log() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let mut imap = server.imap("ann");
    let letter = testkit::Messages::seeded(7).next_of(200_000);
    for _ in 0..10 {
        imap.say(&format!("a APPEND INBOX {{{}}}", letter.len()));
        imap.line();
        imap.send(&letter);
        imap.send(b"\r\n");
        assert!(imap.line().contains("OK"));
    }
    let file = server.database_file();
    let log = file.with_file_name(format!("{}-wal", file.file_name().unwrap().to_string_lossy()));
    let on_disk = || [&file, &log].iter().map(|path| std::fs::metadata(path).unwrap().len()).sum::<u64>();
    // It may grow meanwhile: words are looked at when there is time.
    let before = on_disk();
    let said =
        server.ps("(Get-MailboxDatabase -Status).DatabaseSize.ToBytes()").trim().parse::<u64>().unwrap();
    assert!(before > 200_000 && (before..=on_disk()).contains(&said), "{before} {said} {}", on_disk());
}
