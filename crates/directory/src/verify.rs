//! Checks every invariant of the directory, and takes nothing on trust: it reads the rows, not the memory.

use crate::record::{Id, Record};
use crate::schema::{mailbox, recipient, user};
use crate::table::{self, Loaded, claims_of, links_of};
use crate::user_account::SELF_SID;
use crate::{Class, Directory};
use db::{Flow, Tx};
use object::types::{Guid, RecipientTypeDetails};
use object::{Declared, Result};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// One word: `AddressTwice`.
    pub id: &'static str,
    /// A sentence that names the object.
    pub sentence: String,
    /// Whether `mailstead rebuild` can mend it.
    pub mendable: bool,
}

/// So much is shown of a line that cannot be read.
const LINE_CHARACTERS_MAX: usize = 100;

/// What is wrong with one recipient, whoever else there is.
pub(crate) fn faults_of(record: &Record) -> Vec<Finding> {
    let rows = Rows::default();
    let mut check = Check { rows: &rows, by_guid: HashMap::new(), findings: Vec::new() };
    check.recipient(record);
    check.findings
}

/// The rows of the directory, read in one snapshot.
#[derive(Default)]
struct Rows {
    records: Vec<Record>,
    claims: BTreeSet<(String, String, Id)>,
    links: BTreeSet<(Id, Id, String)>,
    damaged: Vec<String>,
    /// What is wrong with the record of changes.
    record: Vec<String>,
    number: i64,
}

impl Directory {
    /// What the engine finds damaged in the file, a sentence each.
    pub fn damage(&self) -> Result<Vec<String>> {
        self.db().read(|tx| tx.check())
    }

    /// Checks every invariant. No finding means that all is well.
    pub fn verify(&self) -> Result<Vec<Finding>> {
        let rows = self.db().read(read_rows)?;
        let mut check = Check { rows: &rows, by_guid: HashMap::new(), findings: Vec::new() };
        check.by_guid = rows.records.iter().map(|record| (record.guid, record)).collect();
        check.damage();
        check.claims();
        check.links();
        check.places();
        for record in &rows.records {
            check.recipient(record);
        }
        check.single_objects();
        for sentence in &rows.record {
            check.find("AuditRecordBroken", sentence.clone());
        }
        self.compare_memory(&rows, &mut check.findings);
        Ok(check.findings)
    }

    /// The memory must be what the rows say.
    fn compare_memory(&self, rows: &Rows, findings: &mut Vec<Finding>) {
        let cache = self.cache();
        // A change that came in between is no fault of either.
        if cache.number != rows.number {
            return;
        }
        let same = |record: &Record| {
            cache
                .by_guid(record.guid)
                .is_some_and(|known| known.number == record.number && !crate::edit::differs(known, record))
        };
        for record in rows.records.iter().filter(|record| !same(record)) {
            let sentence = format!("The memory holds another {} than the database.", record.name());
            findings.push(Finding { id: "MemoryDiffers", sentence, mendable: true });
        }
        if cache.len() != rows.records.len() {
            let (memory, database) = (cache.len(), rows.records.len());
            let sentence = format!("The memory holds {memory} objects and the database {database}.");
            findings.push(Finding { id: "MemoryDiffers", sentence, mendable: true });
        }
    }
}

fn read_rows(tx: &mut dyn Tx) -> Result<Rows> {
    let (state, loaded) = table::changed_since(tx, -1)?;
    let records = loaded.into_iter().filter_map(|loaded| match loaded {
        Loaded::Live(record) => Some(*record),
        Loaded::Deleted(_) => None,
    });
    let records = records.collect();
    let mut claims = BTreeSet::new();
    tx.query("SELECT kind, value, object FROM directory_claim", &[], &mut |row| {
        claims.insert((row.get(0)?, row.get(1)?, row.int(2)?));
        Ok(Flow::More)
    })?;
    let mut links = BTreeSet::new();
    tx.query("SELECT target, object, attribute FROM directory_link", &[], &mut |row| {
        links.insert((row.int(0)?, row.int(1)?, row.get(2)?));
        Ok(Flow::More)
    })?;
    let record = crate::audit::check(tx)?;
    Ok(Rows { records, claims, links, damaged: tx.check()?, record, number: state.number })
}

struct Check<'a> {
    rows: &'a Rows,
    by_guid: HashMap<Guid, &'a Record>,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn find(&mut self, id: &'static str, sentence: String) {
        self.findings.push(Finding { id, sentence, mendable: false });
    }

    fn damage(&mut self) {
        for sentence in &self.rows.damaged {
            self.findings.push(Finding { id: "FileDamaged", sentence: sentence.clone(), mendable: false });
        }
    }

    /// Every object has claimed what it claims, nobody else has, and no claim is left over.
    fn claims(&mut self) {
        let mut wanted = BTreeMap::new();
        for record in &self.rows.records {
            for (claim, value) in claims_of(record) {
                let key = (claim.word().to_owned(), value);
                if let Some(other) = wanted.insert(key.clone(), record.id) {
                    let other = self.rows.records.iter().find(|r| r.id == other).map_or("?", Record::name);
                    let sentence =
                        format!("{} {} belongs to both {other} and {}.", key.0, key.1, record.name());
                    self.find("ClaimedTwice", sentence);
                }
            }
        }
        let wanted: BTreeSet<(String, String, Id)> =
            wanted.into_iter().map(|((kind, value), id)| (kind, value, id)).collect();
        for (kind, value, id) in wanted.symmetric_difference(&self.rows.claims) {
            let held = if wanted.contains(&(kind.clone(), value.clone(), *id)) {
                "is missing"
            } else {
                "is left over"
            };
            let sentence = format!("The claim of object {id} to {kind} {value} {held}.");
            self.findings.push(Finding { id: "ClaimWrong", sentence, mendable: true });
        }
    }

    /// Every reference points to an object, and the links say the same.
    fn links(&mut self) {
        let mut wanted = BTreeSet::new();
        for record in &self.rows.records {
            for (target, attribute) in links_of(record) {
                match self.by_guid.get(&target) {
                    Some(target) => drop(wanted.insert((target.id, record.id, attribute.to_owned()))),
                    None => {
                        let sentence = format!(
                            "{attribute} of {} refers to {target}, which does not exist.",
                            record.name()
                        );
                        self.find("ReferenceBroken", sentence);
                    }
                }
            }
        }
        for (target, object, attribute) in wanted.symmetric_difference(&self.rows.links) {
            let sentence = format!("The link {attribute} from object {object} to object {target} is wrong.");
            self.findings.push(Finding { id: "LinkWrong", sentence, mendable: true });
        }
    }

    /// Every object but the root stands in a container.
    fn places(&mut self) {
        let containers: BTreeSet<Id> = self
            .rows
            .records
            .iter()
            .filter(|record| record.class.is_container())
            .map(|record| record.id)
            .collect();
        for record in &self.rows.records {
            let placed = match record.class {
                Class::Domain => record.parent == 0,
                _ => containers.contains(&record.parent) && record.parent != record.id,
            };
            if !placed {
                self.find("PlaceMissing", format!("{} stands in no container.", record.name()));
            }
        }
    }

    /// What must be there exactly once.
    fn single_objects(&mut self) {
        if self.rows.records.is_empty() {
            return;
        }
        for class in [Class::Domain, Class::Organization] {
            let count = self.rows.records.iter().filter(|record| record.class == class).count();
            if count != 1 {
                self.find("SingleObject", format!("There are {count} objects of class {}.", class.word()));
            }
        }
        let domains = self.rows.records.iter().filter(|record| record.class == Class::AcceptedDomain);
        let defaults = domains.filter(|record| record.is(&crate::schema::domain::DEFAULT)).count();
        if defaults != 1 {
            self.find("DefaultDomain", format!("{defaults} accepted domains are the default one."));
        }
    }

    fn recipient(&mut self, record: &Record) {
        if !record.class.is_recipient() {
            return;
        }
        self.addresses(record);
        if record.class == Class::User {
            self.account(record);
        }
        for line in crate::join_request::unreadable(record) {
            let line: String = line.chars().take(LINE_CHARACTERS_MAX).collect();
            let sentence =
                format!("A request to join {} cannot be read and waits for nobody: {line}", record.name());
            self.find("JoinRequestUnreadable", sentence);
        }
        if record.is_mailbox() {
            self.mailbox(record);
        } else if [mailbox::EXCHANGE_GUID.spec(), mailbox::DATABASE.spec(), mailbox::ARCHIVE_GUID.spec()]
            .iter()
            .any(|spec| record.has(spec))
        {
            self.find(
                "MailboxLeftOver",
                format!("{} has a store mailbox but is not a mailbox.", record.name()),
            );
        }
    }

    fn addresses(&mut self, record: &Record) {
        let list = record.all(&recipient::EMAIL_ADDRESSES);
        let primaries = list.iter().filter(|address| address.is_smtp() && address.is_primary()).count();
        let wanted = usize::from(record.is_mail_enabled());
        if primaries != wanted {
            self.find("PrimaryAddress", format!("{} has {primaries} primary SMTP addresses.", record.name()));
        }
        if record.is_mail_enabled() && !record.has(recipient::LEGACY_EXCHANGE_DN.spec()) {
            self.find("LegacyDnMissing", format!("{} has no legacyExchangeDN.", record.name()));
        }
        let distinct: BTreeSet<String> = list.iter().map(|address| address.folded()).collect();
        if distinct.len() != list.len() {
            self.find("AddressTwice", format!("{} has an address twice.", record.name()));
        }
    }

    fn account(&mut self, record: &Record) {
        for spec in [user::SAM_ACCOUNT_NAME.spec(), user::SID.spec(), user::USER_ACCOUNT_CONTROL.spec()] {
            if !record.has(spec) {
                self.find("AccountIncomplete", format!("{} has no {}.", record.name(), spec.name));
            }
        }
        let enabled = !record.is_account_disabled();
        if enabled && record.has(user::MASTER_ACCOUNT_SID.spec()) {
            let sentence =
                format!("The account of {} can log on although another owns its mailbox.", record.name());
            self.find("AccountState", sentence);
        }
        if enabled && !record.has(user::PASSWORD_HASH.spec()) {
            self.find(
                "PasswordMissing",
                format!("The account of {} can log on but has no password.", record.name()),
            );
        }
    }

    /// The kind of mailbox, its account and its owner go together.
    fn mailbox(&mut self, record: &Record) {
        use RecipientTypeDetails as Details;
        for spec in [mailbox::EXCHANGE_GUID.spec(), mailbox::DATABASE.spec(), recipient::ALIAS.spec()] {
            if !record.has(spec) {
                self.find(
                    "MailboxIncomplete",
                    format!("The mailbox {} has no {}.", record.name(), spec.name),
                );
            }
        }
        let master = record.get(&user::MASTER_ACCOUNT_SID);
        let right = match record.details() {
            Details::UserMailbox => master.is_none(),
            Details::LinkedMailbox | Details::LinkedRoomMailbox => {
                master.as_deref().is_some_and(|sid| sid != SELF_SID)
            }
            // A room whose own account logs on has no other owner.
            Details::RoomMailbox if !record.is_account_disabled() => master.is_none(),
            _ => master.as_deref() == Some(SELF_SID),
        };
        if !right {
            let shown = master.as_deref().unwrap_or("nobody");
            let sentence = format!("The {} {} is owned by {shown}.", record.details(), record.name());
            self.find("MasterAccount", sentence);
        }
        if record.has_archive() != record.has(mailbox::ARCHIVE_DATABASE.spec()) {
            self.find("ArchiveIncomplete", format!("The archive of {} is half there.", record.name()));
        }
        let database = record.reference(&mailbox::DATABASE).and_then(|guid| self.by_guid.get(&guid).copied());
        if database.is_some_and(|database| database.class != Class::MailboxDatabase) {
            self.find("NotADatabase", format!("The database of {} is not a database.", record.name()));
        }
    }
}
