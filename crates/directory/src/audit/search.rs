//! Reading the record: what happened to an object, and what somebody asks for by time, person, cmdlet and object.

use super::{AdminChange, ENTRY_COLUMNS, Line, ObjectChange, Tombstone, entry, objects};
use crate::record::Id;
use crate::{Directory, IdentityKind, kinds, table};
use db::{Flow, Param, Tx};
use object::types::{Guid, ObjectId};
use object::{Author, Result, Time};

/// What is asked for. All that is said must hold; lists say that one of their elements must.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// The cmdlets, in any case.
    pub cmdlets: Vec<String>,
    /// Parameters of which one must have been given, in any case.
    pub parameters: Vec<String>,
    /// The first moment.
    pub from: Option<Time>,
    /// The last moment.
    pub until: Option<Time>,
    /// Objects, by any identity they have, or as they were shown when they still were there.
    pub objects: Vec<String>,
    /// People, by any identity of their account, or as the record names them.
    pub people: Vec<String>,
    /// Whether it was done, or refused.
    pub succeeded: Option<bool>,
}

/// The most entries that one look answers: what comes next is asked for with the number of the last one.
const PAGE_ENTRIES_MAX: usize = 500;
/// The first look answers so many, and each one after it twice as many: most people read the newest ones alone.
const PAGE_ENTRIES_FIRST: usize = 32;

impl Directory {
    /// Notes what was refused, or what was done outside of the directory. `error` says why it was refused.
    pub fn note(&self, author: &Author, error: Option<&str>, about: Vec<ObjectChange>) -> Result<()> {
        let (by, now, error) = (author.clone(), self.now(), error.map(str::to_owned));
        self.db().write(move |tx| {
            let mut lines = Vec::new();
            for change in &about {
                lines.push(Line { id: table::any_id_of(tx, change.object)?.unwrap_or(0), change });
            }
            super::write(tx, 0, now, &by, error.as_deref(), &lines)
        })?;
        author.set_recorded();
        Ok(())
    }

    /// Notes what was done outside of the directory, behind it. Where that fails, the error says that it was done all the same.
    pub fn note_done(&self, author: &Author, about: Vec<ObjectChange>) -> Result<()> {
        let noted = self.note(author, None, about);
        noted.map_err(|error| {
            error.while_doing("It was done, but could not be written into the record of changes")
        })
    }

    /// The names of sessions with a beginning in which something was done, and not refused, at a moment or later.
    pub fn sessions_with(&self, beginning: &str, since: Time) -> Result<Vec<String>> {
        let sql =
            "SELECT DISTINCT session FROM change WHERE made >= $1 AND error IS NULL AND session LIKE $2";
        let pattern = format!("{beginning}%");
        self.db().read(|tx| tx.all(sql, &[since.into(), (&pattern).into()], |row| row.get(0)))
    }

    /// What the record knows of an object since a directory change number, oldest first, secrets included: what
    /// undoing needs. An object that was deleted is still found.
    pub fn changes_of(&self, object: Guid, since: i64) -> Result<Vec<AdminChange>> {
        let sql = format!(
            "SELECT {ENTRY_COLUMNS} FROM change c WHERE c.number > $2 AND c.id IN
             (SELECT change FROM change_object WHERE object = $1) ORDER BY c.id"
        );
        self.db().read(move |tx| {
            let Some(id) = table::any_id_of(tx, object)? else { return Ok(Vec::new()) };
            let found = tx.all(&sql, &[id.into(), since.into()], entry)?;
            found.into_iter().map(|change| with_objects(tx, change)).collect()
        })
    }

    /// Hands on the entries that a query asks for, newest first, for as long as `each` wants more.
    pub fn search_changes(
        &self,
        query: &AuditQuery,
        mut each: impl FnMut(&AdminChange) -> Result<bool>,
    ) -> Result<()> {
        let narrowed = Narrowed::new(self, query);
        let (mut below, mut most) = (i64::MAX, PAGE_ENTRIES_FIRST);
        loop {
            let page: Vec<AdminChange> = self.db().read(|tx| {
                let dead = dead_ids(tx, &narrowed.unknown)?;
                narrowed.page(tx, query, below, most, &dead)
            })?;
            let is_last = page.len() < most;
            for change in page {
                below = change.entry;
                // An entry may be about hundreds of objects: those of entries that nobody wants are not read.
                if !each(&self.db().read(|tx| with_objects(tx, change.clone()))?)? {
                    return Ok(());
                }
            }
            if is_last {
                return Ok(());
            }
            most = (2 * most).min(PAGE_ENTRIES_MAX);
        }
    }

    /// What the record knows of the moment when a mailbox was parted from its user. None: it never was.
    pub fn parted(&self, mailbox: Guid) -> Result<Option<Tombstone>> {
        let [parted, archive] =
            ["ExchangeGuid", "ArchiveGuid"].map(|name| format!("%\"{name}\":[[\"{mailbox}\"]%"));
        let sql = format!(
            "SELECT {ENTRY_COLUMNS} FROM change c WHERE c.id =
             (SELECT max(change) FROM change_object WHERE properties LIKE $1 OR properties LIKE $2)"
        );
        self.db().read(move |tx| {
            let params = [(&parted).into(), (&archive).into()];
            let Some(change) = tx.one(&sql, &params, entry)? else { return Ok(None) };
            let change = with_objects(tx, change)?;
            let text = mailbox.to_string();
            let user = change.objects.iter().find(|one| {
                let named = |name: &str| ["ExchangeGuid", "ArchiveGuid"].contains(&name);
                one.properties.iter().any(|one| named(&one.name) && one.before.contains(&text))
            });
            Ok(user.map(|user| Tombstone::of(&change, user)))
        })
    }
}

fn with_objects(tx: &mut dyn Tx, mut change: AdminChange) -> Result<AdminChange> {
    change.objects = objects(tx, change.entry)?;
    Ok(change)
}

/// A query whose names are looked up.
struct Narrowed {
    /// Directory objects that are there.
    ids: Vec<Id>,
    /// What names none: objects that are gone, or that were never there.
    unknown: Vec<String>,
    accounts: Vec<Guid>,
    people: Vec<String>,
}

impl Narrowed {
    fn new(directory: &Directory, query: &AuditQuery) -> Narrowed {
        let find =
            |kind: &IdentityKind, text: &String| directory.resolve(kind, &ObjectId::written(text)).ok();
        let (mut ids, mut unknown) = (Vec::new(), Vec::new());
        for text in &query.objects {
            match find(&kinds::ANY, text) {
                Some(record) => ids.push(record.id),
                None => {
                    // Configuration has no identity of one kind: every object of that name counts.
                    ids.extend(
                        directory.cache().by_name(&text.to_lowercase()).iter().map(|record| record.id),
                    );
                    unknown.push(text.clone());
                }
            }
        }
        let accounts =
            query.people.iter().filter_map(|text| find(&kinds::USER, text)).map(|user| user.guid());
        let people = query.people.iter().map(|text| text.to_lowercase());
        Narrowed { ids, unknown, accounts: accounts.collect(), people: people.collect() }
    }

    fn page(
        &self,
        tx: &mut dyn Tx,
        query: &AuditQuery,
        below: i64,
        most: usize,
        dead: &[Id],
    ) -> Result<Vec<AdminChange>> {
        let accounts: Vec<_> = self.accounts.iter().map(|guid| guid.to_bytes()).collect();
        let mut sql = Sql::new(below);
        if let Some(from) = query.from {
            sql.and(&[from.into()], |n| format!("c.made >= {}", n[0]));
        }
        if let Some(until) = query.until {
            sql.and(&[until.into()], |n| format!("c.made <= {}", n[0]));
        }
        if !query.people.is_empty() {
            let mut params: Vec<Param<'_>> = self.people.iter().map(Param::from).collect();
            params.extend(accounts.iter().map(Param::from));
            sql.and(&params, |n| {
                let (people, accounts) = n.split_at(self.people.len());
                either("c.person", people, "c.account", accounts)
            });
        }
        if !query.objects.is_empty() {
            let mut params: Vec<Param<'_>> = self.ids.iter().chain(dead).map(|id| (*id).into()).collect();
            let ids = params.len();
            params.extend(self.unknown.iter().map(Param::from));
            sql.and(&params, |n| {
                let (ids, names) = n.split_at(ids);
                let named = either("object", ids, "object = 0 AND shown", names);
                format!("c.id IN (SELECT change FROM change_object WHERE {named})")
            });
        }
        sql.page(tx, most, &|change| matches(query, change))
    }
}

/// The objects that are gone and had one of these GUIDs or names.
fn dead_ids(tx: &mut dyn Tx, unknown: &[String]) -> Result<Vec<Id>> {
    let mut found = Vec::new();
    for text in unknown {
        let name = text.rsplit('/').next().unwrap_or(text);
        let sql = "SELECT id FROM directory_object WHERE deleted = 1 AND (name = $1 OR guid = $2)";
        let guid = Guid::parse(text).unwrap_or(Guid::EMPTY).to_bytes();
        found.extend(tx.all(sql, &[name.into(), (&guid).into()], |row| row.int(0))?);
    }
    Ok(found)
}

/// `a IN (…) OR b IN (…)`, either of them where the other list is empty.
fn either(a: &str, in_a: &[String], b: &str, in_b: &[String]) -> String {
    let part = |of: &str, list: &[String]| format!("({of} IN ({}))", list.join(", "));
    match (in_a.is_empty(), in_b.is_empty()) {
        (false, false) => format!("({} OR {})", part(a, in_a), part(b, in_b)),
        (false, true) => part(a, in_a),
        (true, false) => part(b, in_b),
        (true, true) => "1 = 0".to_owned(),
    }
}

/// What no index narrows.
fn matches(query: &AuditQuery, change: &AdminChange) -> bool {
    let among = |list: &[String], text: &str| list.iter().any(|known| known.eq_ignore_ascii_case(text));
    let author = &change.author;
    (query.cmdlets.is_empty() || among(&query.cmdlets, &author.command))
        && (query.parameters.is_empty()
            || author.parameters.iter().any(|(name, _)| among(&query.parameters, name)))
        && query.succeeded.is_none_or(|wanted| wanted == change.error.is_none())
}

/// A statement that grows by conditions.
struct Sql<'a> {
    text: String,
    params: Vec<Param<'a>>,
}

impl<'a> Sql<'a> {
    fn new(below: i64) -> Sql<'a> {
        let text = format!("SELECT {ENTRY_COLUMNS} FROM change c WHERE c.id < $1");
        Sql { text, params: vec![below.into()] }
    }

    /// Adds a condition; it is given the placeholders of its parameters.
    fn and(&mut self, params: &[Param<'a>], condition: impl FnOnce(&[String]) -> String) {
        let first = self.params.len() + 1;
        let places: Vec<String> = (0..params.len()).map(|at| format!("${}", first + at)).collect();
        self.params.extend(params.iter().cloned());
        self.text.push_str(&format!(" AND {}", condition(&places)));
    }

    fn page(
        mut self,
        tx: &mut dyn Tx,
        most: usize,
        wanted: &dyn Fn(&AdminChange) -> bool,
    ) -> Result<Vec<AdminChange>> {
        self.text.push_str(" ORDER BY c.id DESC");
        let mut found = Vec::new();
        tx.query(&self.text, &self.params, &mut |row| {
            let change = entry(row)?;
            if wanted(&change) {
                found.push(change);
            }
            Ok(if found.len() < most { Flow::More } else { Flow::Stop })
        })?;
        Ok(found)
    }
}
