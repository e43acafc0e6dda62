//! The console: administration by pages. Every page runs cmdlets through the gate and says which; the console has no
//! rules of its own.
//!
//! A page is one file with its route, its handler and its markup. Lists and sheets of objects are data
//! (`layout`): they group and order, and what a property is called, takes and refuses comes from its
//! declaration. Read `run` first (how a page runs a cmdlet), then `frame` (what all pages have).

mod answer;
mod asset;
mod bulk;
mod command;
mod connect;
mod cookie;
mod csv;
mod door;
mod field;
mod form;
mod frame;
mod home;
mod icon;
mod import;
mod kept;
mod kind;
mod layout;
mod link;
mod list;
mod live;
mod logon;
mod moment;
mod newly;
mod page;
mod palette;
mod part;
mod pick;
mod quota;
mod run;
mod second;
mod session;
mod sheet;
mod shown;
mod table;
mod task;
mod ticket;
mod totp;

pub use layout::layout_faults;

use axum::Router;
use axum::http::HeaderMap;
use axum::middleware::from_fn_with_state;
use gate::{Caller, Gate};
use net::{Attempt, Drain, Then};
use object::types::SecureString;
use object::{Clock, Result};
use session::{Session, Sessions};
use std::sync::Arc;
use tokio::sync::Semaphore;
use web::Bodies;

/// Who may log on, and for how long what was proved holds.
pub trait Accounts: Send + Sync + 'static {
    /// Proves who somebody is, and calls `then` with the caller, on any thread. Does not block.
    fn log_on(&self, attempt: Attempt<'_>, then: Then<Caller>);
    /// What a log-on of this caller stands on: it changes with the password, and there is none once the account may
    /// not log on. A session whose proof is another one has ended.
    fn proof(&self, caller: &Caller) -> Option<u64>;
    /// The key of the authenticator that an account needs besides its password, in base 32; none where it needs none.
    fn second_factor(&self, caller: &Caller) -> Result<Option<SecureString>>;
    /// Gives the caller's account a second factor, or takes it away.
    fn set_second_factor(&self, caller: &Caller, key: Option<&SecureString>) -> Result<()>;
}

/// What the console calls the house.
pub struct Names {
    /// The organisation, as pages show it: its first domain.
    pub site: String,
    /// This server, as cmdlets take it.
    pub server: String,
}

/// What the pages share.
pub(crate) struct Rooms {
    pub(crate) gate: Arc<Gate>,
    pub(crate) accounts: Arc<dyn Accounts>,
    pub(crate) sessions: Sessions,
    pub(crate) codes: second::Codes,
    pub(crate) bodies: Bodies,
    pub(crate) clock: Arc<dyn Clock>,
    /// The organisation's name, as pages show it.
    pub(crate) site: String,
    /// The name of this server, as cmdlets take it.
    pub(crate) server: String,
    /// Says that the server comes to its end.
    pub(crate) drain: Drain,
    /// Places for pages that hear what changes.
    pub(crate) listeners: Arc<Semaphore>,
}

impl Rooms {
    /// The session that a request belongs to, as long as it lasts and its log-on still stands on what it stood on.
    pub(crate) fn session(&self, headers: &HeaderMap, is_used: bool) -> Option<Arc<Session>> {
        let session = self.sessions.of(headers, is_used)?;
        self.holds(&session).then_some(session)
    }

    /// Whether a session has not ended; asking does not lengthen it.
    pub(crate) fn stands(&self, session: &Session) -> bool {
        self.sessions.is_open(session) && self.holds(session)
    }

    fn holds(&self, session: &Session) -> bool {
        let proof = self.accounts.proof(&session.caller);
        proof.is_some() && proof == session.proof
    }
}

pub(crate) type Shared = Arc<Rooms>;

/// The routes of the console, all below `/admin`. Each request carries its peer's `SocketAddr` as an extension.
pub fn routes(
    gate: Arc<Gate>,
    accounts: Arc<dyn Accounts>,
    bodies: Bodies,
    clock: Arc<dyn Clock>,
    names: Names,
    drain: Drain,
) -> Router {
    let sessions = Sessions::new(Arc::clone(&clock));
    let Names { site, server } = names;
    let listeners = Arc::new(Semaphore::new(live::LISTENERS_MAX));
    let rooms = Arc::new(Rooms {
        gate,
        accounts,
        sessions,
        codes: second::Codes::default(),
        bodies,
        clock,
        site,
        server,
        drain,
        listeners,
    });
    let pages = Router::new()
        .merge(home::routes())
        .merge(list::routes())
        .merge(bulk::routes())
        .merge(import::routes())
        .merge(second::routes())
        .merge(live::routes())
        .merge(sheet::routes())
        .merge(task::routes())
        .merge(connect::routes())
        .merge(newly::routes())
        .merge(palette::routes())
        .merge(logon::pages())
        .layer(from_fn_with_state(Arc::clone(&rooms), door::require));
    Router::new()
        .merge(pages)
        .merge(logon::routes())
        .merge(asset::routes())
        .layer(axum::middleware::map_response(answer::secure))
        .with_state(rooms)
}
