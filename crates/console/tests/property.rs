//! A noun that gets a property gets its field, its column and its help, and the console knows nothing of it: here a
//! mailbox has a favourite toy.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use gate::{
    Authority, Call, Caller, Catalogue, Cmdlet, Commands, Declaration, Entry, Gate, Output, Permit, Record,
    Table, Verb,
};
use http_body_util::BodyExt as _;
use mailstead_console::{Accounts, Names, routes};
use net::{Attempt, Drainer, Then};
use object::types::{Guid, SecureString};
use object::{Error, ErrorId, Noun, Object, Parameter, Property, Result, Spec, Time, WoundClock};
use parking_lot::Mutex;
use std::net::SocketAddr;
use std::sync::Arc;
use tower_service::Service as _;
use web::Bodies;

static NAME: Property<String> = Property::new("Name", "What it is called.");
static GUID: Property<Guid> = Property::new("Guid", "Its number.").read_only();
static TOY: Property<String> = Property::new("FavouriteToy", "What its owner likes to play with.");
static LOUD: Property<bool> = Property::new("ToyIsLoud", "Whether the neighbours hear it.");
static MAILBOX: Noun = Noun {
    name: "Mailbox",
    type_name: "Toys.Mailbox",
    summary: "A mailbox with a toy.",
    properties: &[&NAME, &GUID, &TOY, &LOUD],
    table: &[&NAME, &TOY],
};
static IDENTITY: Parameter<String> = Parameter::new("Identity", "Which mailbox.");
static DETAILS: Parameter<String> = Parameter::new("RecipientTypeDetails", "Of which kind.");
const TABLE: &str = "\
Get-Mailbox
 -\tIdentity RecipientTypeDetails
  Identity\tString\tv
  RecipientTypeDetails\tString
Set-Mailbox\tc
 -\tIdentity* FavouriteToy ToyIsLoud
  Identity\tString\tv
  FavouriteToy\tString
  ToyIsLoud\tBoolean
";
const NUMBER: &str = "11111111-2222-4333-8444-555555555555";

/// The one mailbox's toy.
type Toys = Mutex<(String, bool)>;

static GET: Cmdlet<Toys> = Cmdlet {
    reads: &[&IDENTITY, &DETAILS],
    synopsis: "Shows mailboxes.",
    ..Cmdlet::new(Verb::Get, &MAILBOX, get)
};
static SET: Cmdlet<Toys> = Cmdlet {
    reads: &[&IDENTITY],
    edits: Some(property),
    synopsis: "Changes mailboxes.",
    ..Cmdlet::new(Verb::Set, &MAILBOX, set)
};

fn property(name: &str) -> Option<&'static Spec> {
    MAILBOX.property(name)
}

fn get(toys: &Toys, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let (_any, _kind) = (call.get(&IDENTITY)?, call.get(&DETAILS)?);
    let toy = toys.lock();
    out.object(
        Object::of(&MAILBOX)
            .with("Name", "Ann")
            .with("Guid", Guid::parse(NUMBER).unwrap())
            .with("FavouriteToy", toy.0.as_str())
            .with("ToyIsLoud", toy.1),
    )
}

fn set(toys: &Toys, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let identity = call.need(&IDENTITY)?;
    let toy: Option<String> = call.property(&TOY);
    if toy.as_deref() == Some("sword") {
        return Err(Error::caller(ErrorId::InvalidValue, "A sword is no toy.")
            .help("Take a robot.")
            .about("FavouriteToy"));
    }
    if !out.should(&identity, "Changing the toy.")? {
        return Ok(());
    }
    let mut known = toys.lock();
    known.0 = toy.unwrap_or_else(|| known.0.clone());
    known.1 = call.property(&LOUD).unwrap_or(known.1);
    Ok(())
}

struct Everybody;
impl Authority for Everybody {
    fn permits(&self, _: &Caller, _: &Declaration) -> Result<Permit> {
        Ok(Permit::Yes)
    }
}
impl Record for Everybody {
    fn keep(&self, _: &Entry<'_>) -> Result<()> {
        Ok(())
    }
}
impl Accounts for Everybody {
    fn log_on(&self, attempt: Attempt<'_>, then: Then<Caller>) {
        then(Ok(Caller {
            name: attempt.user.into(),
            account: None,
            from: "here".into(),
            session: "".into(),
        }));
    }
    fn proof(&self, _: &Caller) -> Option<u64> {
        Some(1)
    }
    fn second_factor(&self, _: &Caller) -> Result<Option<SecureString>> {
        Ok(None)
    }
    fn set_second_factor(&self, _: &Caller, _: Option<&SecureString>) -> Result<()> {
        Ok(())
    }
}

struct Console {
    routes: Router,
    cookie: String,
}

impl Console {
    async fn open() -> Console {
        let commands = Commands::<Toys>::new(Catalogue::new(TABLE), vec![&GET, &SET]);
        let toys = Arc::new(Mutex::new(("robot".to_owned(), false)));
        let gate = Arc::new(Gate::new(Table::new(toys, commands).unwrap(), Everybody, Everybody));
        let names = Names { site: "toys.example".to_owned(), server: "SRV".to_owned() };
        let clock = Arc::new(WoundClock::at(Time(0)));
        // Nothing waits for the end here, so the one who gives the signal stays.
        let (drainer, drain) = Drainer::new();
        std::mem::forget(drainer);
        let routes = routes(gate, Arc::new(Everybody), Bodies::new(1 << 20), clock, names, drain);
        let mut console = Console { routes, cookie: String::new() };
        let (_, _, cookie) = console.ask("POST", "/admin/logon", "user=a&password=b").await;
        console.cookie = cookie.split(';').next().unwrap().to_owned();
        console
    }

    async fn ask(&mut self, method: &str, path: &str, body: &str) -> (StatusCode, String, String) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("cookie", &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .extension("127.0.0.1:9".parse::<SocketAddr>().unwrap())
            .body(Body::from(body.to_owned()))
            .unwrap();
        let answer = self.routes.call(request).await.unwrap();
        let (status, cookie) = (answer.status(), answer.headers().get("set-cookie").cloned());
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        let cookie = cookie.map(|cookie| cookie.to_str().unwrap().to_owned()).unwrap_or_default();
        (status, String::from_utf8(bytes.to_vec()).unwrap(), cookie)
    }
}

fn hidden<'p>(page: &'p str, name: &str) -> &'p str {
    let start = format!("name=\"{name}\" value=\"");
    page[page.rfind(&start).unwrap() + start.len()..].split('"').next().unwrap()
}

#[tokio::test]
async fn a_property_of_a_noun_is_a_field_and_a_column_without_a_change_here() {
    let mut console = Console::open().await;
    let sheet = format!("/admin/mailbox/{NUMBER}?tab=more");
    let (_, page, _) = console.ask("GET", &sheet, "").await;
    for piece in [
        ">Favourite toy</label>",
        "id=\"f-FavouriteToy\" name=\"p.FavouriteToy\" value=\"robot\"",
        "What its owner likes to play with.",
        ">Toy is loud</label>",
        "<option value=\"False\" selected>No</option>",
    ] {
        assert!(page.contains(piece), "{piece}: {page}");
    }
    let send = |page: &str, toy: &str| {
        let (token, ticket) = (hidden(page, "token"), hidden(page, "ticket"));
        format!("token={token}&ticket={ticket}&was.FavouriteToy=robot&p.FavouriteToy={toy}")
    };
    let (_, refused, _) = console.ask("POST", &sheet, &send(&page, "sword")).await;
    let field = &refused[refused.find("id=\"f-FavouriteToy\"").unwrap()..];
    assert!(field[..600].contains("A sword is no toy. Take a robot."), "{field}");
    let (status, _, _) = console.ask("POST", &sheet, &send(&refused, "ball")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, page, _) = console.ask("GET", &sheet, "").await;
    assert!(page.contains("value=\"ball\"") && page.contains("-FavouriteToy ball"), "{page}");

    let (_, list, _) = console.ask("GET", "/admin/mailboxes?column=Name&column=FavouriteToy", "").await;
    let column = "<input type=\"checkbox\" name=\"column\" value=\"ToyIsLoud\">";
    assert!(list.contains("<bdi>ball</bdi>") && list.contains(column), "{list}");
    let (_, form, _) = console.ask("GET", "/admin/run/Set-Mailbox?Identity=Ann", "").await;
    assert!(form.contains("id=\"f-FavouriteToy\"") && form.contains("id=\"f-ToyIsLoud\""), "{form}");
}
