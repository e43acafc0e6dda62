//! The tables of a mailbox database.
//!
//! - `item` has one row per message and folder, clustered by folder and UID: FETCH of flags, dates and sizes is one
//!   range scan of it. An item's `id` is its mailbox's number (above) and its own number in that mailbox (below, see
//!   [`ITEM_BITS`]): it stays when the item moves and is never used again; `email` stays in copies as well.
//! - `body`, `chunk` and `rendered` depend on the bytes alone and are kept once for all items with the same bytes.
//! - `vanished` are the tombstones of items, `folder_gone` of folders, `mailbox_gone` of mailboxes.
//! - Counters in `mailbox` and `folder` are changed with the items they count, in the same transaction.
//!
//! A step that was released is never changed; a new one is added below.

use db::Step;

/// An item's id is `mailbox << ITEM_BITS | number`: 8 million mailboxes in a database, a billion messages in each.
pub(crate) const ITEM_BITS: u32 = 40;

/// The full-text index; its documents are items.
pub(crate) const TEXT: &str = "item_text";

/// Its columns.
pub(crate) const TEXT_COLUMNS: [&str; 7] = ["subject", "sender", "recipient", "cc", "bcc", "header", "body"];

pub(crate) static STEPS: [Step; 17] = [
    Step::Sql(
        "
CREATE TABLE info (name TEXT PRIMARY KEY, value BYTEA NOT NULL);
CREATE TABLE counter (name TEXT PRIMARY KEY, value BIGINT NOT NULL);

CREATE TABLE mailbox (
  id INTEGER PRIMARY KEY, guid BYTEA NOT NULL, state BIGINT NOT NULL, archive BIGINT NOT NULL,
  kind TEXT NOT NULL, display_name TEXT NOT NULL, legacy_dn TEXT NOT NULL, owner BYTEA NOT NULL,
  created BIGINT NOT NULL, change BIGINT NOT NULL, next_number BIGINT NOT NULL, uid_validity BIGINT NOT NULL,
  indexed BIGINT NOT NULL,
  item_count BIGINT NOT NULL, item_size BIGINT NOT NULL,
  associated_count BIGINT NOT NULL, associated_size BIGINT NOT NULL,
  deleted_count BIGINT NOT NULL, deleted_size BIGINT NOT NULL,
  last_logon BIGINT, last_logoff BIGINT, last_account TEXT,
  disconnected BIGINT, tombstone BYTEA);
CREATE UNIQUE INDEX mailbox_guid ON mailbox (guid);
CREATE INDEX mailbox_state ON mailbox (state, disconnected);
CREATE TABLE mailbox_gone (guid BYTEA PRIMARY KEY, purged BIGINT NOT NULL);

CREATE TABLE folder (
  id INTEGER PRIMARY KEY, mailbox BIGINT NOT NULL, parent BIGINT NOT NULL, name TEXT NOT NULL,
  name_key TEXT NOT NULL, kind BIGINT NOT NULL, class TEXT NOT NULL, hidden BIGINT NOT NULL,
  subscribed BIGINT NOT NULL, guid BYTEA NOT NULL, created BIGINT NOT NULL,
  uid_validity BIGINT NOT NULL, uid_next BIGINT NOT NULL, change BIGINT NOT NULL,
  total BIGINT NOT NULL, unseen BIGINT NOT NULL, size BIGINT NOT NULL,
  associated_count BIGINT NOT NULL, associated_size BIGINT NOT NULL);
CREATE UNIQUE INDEX folder_name ON folder (mailbox, parent, name_key);
CREATE UNIQUE INDEX folder_kind ON folder (mailbox, kind) WHERE kind > 0;
CREATE TABLE folder_gone (
  mailbox BIGINT NOT NULL, change BIGINT NOT NULL, folder BIGINT NOT NULL, guid BYTEA NOT NULL,
  PRIMARY KEY (mailbox, change, folder)) WITHOUT ROWID;

CREATE TABLE item (
  folder BIGINT NOT NULL, uid BIGINT NOT NULL, flags BIGINT NOT NULL, keywords TEXT, change BIGINT NOT NULL,
  received BIGINT NOT NULL, size BIGINT NOT NULL, saved BIGINT NOT NULL, id BIGINT NOT NULL, body BIGINT NOT NULL,
  email BIGINT NOT NULL, thread BIGINT NOT NULL, origin BIGINT,
  PRIMARY KEY (folder, uid)) WITHOUT ROWID;
CREATE INDEX item_change ON item (folder, change);
CREATE UNIQUE INDEX item_id ON item (id);
CREATE TABLE vanished (
  folder BIGINT NOT NULL, change BIGINT NOT NULL, low BIGINT NOT NULL, high BIGINT NOT NULL,
  PRIMARY KEY (folder, change, low)) WITHOUT ROWID;
CREATE TABLE keyword (folder BIGINT NOT NULL, folded TEXT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (folder, folded)) WITHOUT ROWID;

CREATE TABLE body (
  id INTEGER PRIMARY KEY, head BIGINT NOT NULL, hash BYTEA NOT NULL, size BIGINT NOT NULL, refs BIGINT NOT NULL);
CREATE INDEX body_head ON body (head);
CREATE TABLE chunk (id INTEGER PRIMARY KEY, data BYTEA NOT NULL);
CREATE TABLE rendered (
  body INTEGER PRIMARY KEY, parser BIGINT NOT NULL, sent BIGINT, sent_day BIGINT, header_bytes BIGINT NOT NULL,
  has_attachment BIGINT NOT NULL, is_reply BIGINT NOT NULL, sort_from BYTEA NOT NULL, sort_to BYTEA NOT NULL,
  sort_cc BYTEA NOT NULL, display_from BYTEA NOT NULL, display_to BYTEA NOT NULL, base_subject BYTEA NOT NULL,
  subject BYTEA NOT NULL, message_id BYTEA, parents BYTEA NOT NULL, preview BYTEA NOT NULL,
  envelope BYTEA NOT NULL, structure BYTEA NOT NULL);

CREATE TABLE thread_key (mailbox BIGINT NOT NULL, hash BIGINT NOT NULL, thread BIGINT NOT NULL,
  PRIMARY KEY (mailbox, hash)) WITHOUT ROWID;

CREATE TABLE property_name (
  mailbox BIGINT NOT NULL, id BIGINT NOT NULL, space BYTEA NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (mailbox, id)) WITHOUT ROWID;
CREATE UNIQUE INDEX property_by_name ON property_name (mailbox, space, name);
CREATE TABLE property (
  item BIGINT NOT NULL, id BIGINT NOT NULL, kind BIGINT NOT NULL, number BIGINT, fraction DOUBLE PRECISION,
  bytes BYTEA, PRIMARY KEY (item, id)) WITHOUT ROWID;

CREATE TABLE vocabulary (mailbox BIGINT NOT NULL, block BIGINT NOT NULL, words BYTEA NOT NULL,
  PRIMARY KEY (mailbox, block));

CREATE TABLE trace (
  at BIGINT NOT NULL, id BYTEA NOT NULL, sender BYTEA NOT NULL, recipients BYTEA NOT NULL, subject BYTEA NOT NULL,
  size BIGINT NOT NULL, internet_message_id BYTEA NOT NULL, PRIMARY KEY (at, id)) WITHOUT ROWID;
CREATE INDEX trace_id ON trace (id);
",
    ),
    Step::TextIndex(TEXT, &TEXT_COLUMNS),
    // Subscriptions to folders that are not there; a path is its names with a control character between, which no
    // name can hold.
    Step::Sql(
        "CREATE TABLE subscription (mailbox BIGINT NOT NULL, folded TEXT NOT NULL, path TEXT NOT NULL,
           PRIMARY KEY (mailbox, folded)) WITHOUT ROWID",
    ),
    // Where is the message with this Message-ID: asked by whoever sent it.
    Step::Sql("CREATE INDEX trace_internet_message_id ON trace (internet_message_id)"),
    // What is kept beside the bytes is checked when it is read; rows of before have no checksum.
    Step::Sql("ALTER TABLE rendered ADD COLUMN checksum BIGINT"),
    // How far what is taken over from another mailbox is, in the transaction of what was taken over.
    Step::Sql("CREATE TABLE transfer (id BYTEA PRIMARY KEY, mailbox BIGINT NOT NULL, cursor TEXT NOT NULL)"),
    // Who may do what in a folder; folder 0 is the top of the mailbox. What somebody may reach is asked by trustee.
    Step::Sql(
        "CREATE TABLE folder_permission (mailbox BIGINT NOT NULL, folder BIGINT NOT NULL, trustee TEXT NOT NULL,
           rights BIGINT NOT NULL, ordinal BIGINT NOT NULL, PRIMARY KEY (mailbox, folder, trustee)) WITHOUT ROWID;
         CREATE INDEX folder_permission_trustee ON folder_permission (trustee);
         CREATE INDEX folder_permission_folder ON folder_permission (folder);",
    ),
    // Whose a disconnected mailbox was and who parted them: shown in lists, which must not read every tombstone.
    Step::Sql("ALTER TABLE mailbox ADD COLUMN last_owner TEXT; ALTER TABLE mailbox ADD COLUMN parted_by TEXT;"),
    // Who did what in a mailbox. Each entry is bound to the one before; the mailbox knows where the log begins and ends.
    Step::Sql(
        "CREATE TABLE mailbox_audit (mailbox BIGINT NOT NULL, number BIGINT NOT NULL, made BIGINT NOT NULL,
           operation BIGINT NOT NULL, logon BIGINT NOT NULL, who TEXT NOT NULL, account BYTEA NOT NULL,
           address TEXT NOT NULL, client TEXT NOT NULL, folder TEXT NOT NULL, destination TEXT NOT NULL, other BYTEA,
           detail TEXT NOT NULL, digest BYTEA NOT NULL, PRIMARY KEY (mailbox, number)) WITHOUT ROWID;
         CREATE INDEX mailbox_audit_person ON mailbox_audit (mailbox, account, operation, folder, client, made);
         CREATE TABLE mailbox_audit_item (mailbox BIGINT NOT NULL, number BIGINT NOT NULL, ordinal BIGINT NOT NULL,
           item BIGINT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY (mailbox, number, ordinal)) WITHOUT ROWID;
         ALTER TABLE mailbox ADD COLUMN audit_first BIGINT NOT NULL DEFAULT 1;
         ALTER TABLE mailbox ADD COLUMN audit_next BIGINT NOT NULL DEFAULT 1;
         ALTER TABLE mailbox ADD COLUMN audit_base BYTEA;
         ALTER TABLE mailbox ADD COLUMN audit_chain BYTEA;",
    ),
    // Whom a mailbox has answered by itself in the period of its automatic replies.
    Step::Sql(
        "CREATE TABLE replied (mailbox BIGINT NOT NULL, sender TEXT NOT NULL, period BIGINT NOT NULL,
           message BYTEA NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (mailbox, sender)) WITHOUT ROWID",
    ),
    // When the mailbox was last of use to somebody: a message read, a message sent in its name.
    Step::Sql(
        "ALTER TABLE mailbox ADD COLUMN last_read BIGINT; ALTER TABLE mailbox ADD COLUMN last_reader TEXT;
         ALTER TABLE mailbox ADD COLUMN last_sent BIGINT; ALTER TABLE mailbox ADD COLUMN last_sender TEXT;",
    ),
    // Who sent and who got what, newest first: `kind` 0 is the sender, 1 a recipient, the address in lower case.
    Step::Sql(
        "CREATE TABLE trace_address (kind BIGINT NOT NULL, address TEXT NOT NULL, at BIGINT NOT NULL, id BYTEA NOT NULL,
           PRIMARY KEY (kind, address, at, id)) WITHOUT ROWID;
         CREATE INDEX trace_subject ON trace (at, subject);",
    ),
    // There may be millions of traces.
    Step::Slices(crate::trace_key::fill),
    // Folders of others that are subscribed to by themselves, and that the user does not want.
    Step::Sql("ALTER TABLE subscription ADD COLUMN refused BIGINT NOT NULL DEFAULT 0"),
    // What holders of a mailbox have read, where each has a read state of their own.
    Step::Sql(
        "CREATE TABLE seen (holder BYTEA NOT NULL, item BIGINT NOT NULL, seen BIGINT NOT NULL,
           PRIMARY KEY (holder, item)) WITHOUT ROWID;
         CREATE INDEX seen_item ON seen (item);",
    ),
    // Which warning about its size the owner was sent last and when; when administrators heard of the recoverable items.
    Step::Sql(
        "ALTER TABLE mailbox ADD COLUMN told BIGINT NOT NULL DEFAULT 0; ALTER TABLE mailbox ADD COLUMN told_at BIGINT;
         ALTER TABLE mailbox ADD COLUMN recoverable_told_at BIGINT;",
    ),
    // Traces that came lately, which nothing finds but a look at all of them.
    Step::Sql(
        "CREATE TABLE trace_recent (
           at BIGINT NOT NULL, id BYTEA NOT NULL, sender BYTEA NOT NULL, recipients BYTEA NOT NULL, subject BYTEA NOT NULL,
           size BIGINT NOT NULL, internet_message_id BYTEA NOT NULL, PRIMARY KEY (at, id)) WITHOUT ROWID",
    ),
];
