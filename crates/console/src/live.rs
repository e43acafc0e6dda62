//! What changes by itself: an open page hears when it should look again, as a server-sent event.
//!
//! The event carries nothing; the page fetches its own piece again, with the rights that its person has then. Without
//! a script one reloads. [HTML 9.2]

use crate::Shared;
use crate::page;
use crate::part;
use crate::run::{Desk, Window};
use crate::session::Session;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream;
use gate::Invocation;
use object::{Error, ErrorId};
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// Where a page hears.
const PLACE: &str = "/admin/live";
/// The header of what a page fetches by itself.
const BY_ITSELF: &str = "mailstead-live";
/// How often it is looked whether something is otherwise.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A page hears for so long, then its browser comes again by itself.
const LOOKS_MAX: u32 = 60;
/// Pages that hear at once; more reload by hand.
pub(crate) const LISTENERS_MAX: usize = 200;
/// Objects of each command that are looked at.
const OBJECTS: usize = 50;

/// What is looked at: the commands whose answers change by themselves.
const WATCHED: [(&str, &[(&str, &str)]); 4] = [
    ("Get-BulkRequest", &[]),
    ("Get-MailboxRestoreRequest", &[]),
    ("Get-Queue", &[]),
    ("Get-MailboxDatabase", &[("Status", "true")]),
];

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route(PLACE, get(hear))
}

/// A page that hears.
struct Listener {
    rooms: Shared,
    session: Arc<Session>,
    head: axum::http::request::Parts,
    known: Option<u64>,
    looks: u32,
    _places: [OwnedSemaphorePermit; 2],
}

/// Whether a page asks without its person: such a request does not keep a session from its end.
pub(crate) fn is_by_itself(request: &Request) -> bool {
    request.uri().path() == PLACE || request.headers().contains_key(BY_ITSELF)
}

async fn hear(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let session = head.extensions.get::<Arc<Session>>().cloned();
    let places = session.as_ref().and_then(|session| places(&rooms, session));
    let (Some(session), Some(places)) = (session, places) else {
        let error = Error::busy(ErrorId::TooManySessions, "Too many pages are open at once.");
        return part::refusal(&error.help("Reload the page to see what is new."));
    };
    let listener = Listener { rooms, session, head, known: None, looks: 0, _places: places };
    let events = stream::unfold(listener, |mut listener| async move {
        listener.wait().await.map(|event| (Ok::<_, Infallible>(event), listener))
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

/// A place among the pages of the session, and one among all.
fn places(rooms: &Shared, session: &Session) -> Option<[OwnedSemaphorePermit; 2]> {
    let own = Arc::clone(&session.listeners).try_acquire_owned().ok()?;
    Some([own, Arc::clone(&rooms.listeners).try_acquire_owned().ok()?])
}

impl Listener {
    /// Waits until something is otherwise; nothing where the page is to come again or its session has ended.
    async fn wait(&mut self) -> Option<Event> {
        loop {
            // What changes at every look is told at that pace, and no longer than what rests.
            if self.looks > 0 && !self.rest().await {
                return None;
            }
            self.looks += 1;
            let now = self.look().await?;
            // The first one is told, too: something may have changed between the page and its ear.
            if self.known.replace(now) != Some(now) {
                return Some(Event::default().data("changed"));
            }
        }
    }

    /// Waits until the next look; false where there is none.
    async fn rest(&self) -> bool {
        let mut drain = self.rooms.drain.clone();
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = drain.begun() => return false,
        }
        self.looks < LOOKS_MAX && self.rooms.stands(&self.session)
    }

    /// A number that is another one when what is watched is otherwise.
    async fn look(&self) -> Option<u64> {
        let desk = page::desk(Arc::clone(&self.rooms), &self.head).ok()?;
        net::blocking(move || Ok(seen(&desk))).await.ok()
    }
}

fn seen(desk: &Desk) -> u64 {
    let mut hasher = DefaultHasher::new();
    let asked = WATCHED.map(|(cmdlet, given)| crate::link::given(desk, Invocation::new(cmdlet), given));
    for asked in asked.into_iter().filter(|asked| desk.may_run(asked)) {
        let outcome = desk.run_within(asked, Window { skip: 0, take: OBJECTS });
        for object in &outcome.objects {
            object.properties().iter().for_each(|(name, value)| (name, value.to_string()).hash(&mut hasher));
        }
        outcome.errors.iter().for_each(|error| error.message().hash(&mut hasher));
    }
    hasher.finish()
}
