//! Serves IMAP over a temporary store on loopback, for suites and clients: `serve PORT [DIRECTORY]`.
//!
//! Every name logs on with the password `pass`, and finds a mailbox of its own, made at the first log-on.

use std::collections::HashMap;
use std::sync::Arc;

use mailbox::store::{Database, Description, Limits, Mailbox, Store};
use mailstead_imap::{Alone, Config, Entrance, Logon, Room, door};
use object::types::Guid;
use object::{Clock, Error, Result, SystemClock};
use parking_lot::Mutex;
use tokio::sync::watch;

struct Anybody {
    database: Database,
    mailboxes: Mutex<HashMap<String, Mailbox>>,
    never: watch::Sender<bool>,
}

impl Anybody {
    fn enter(&self, user: &str, password: &str) -> Result<Logon> {
        if password != "pass" {
            return Err(Error::denied(object::ErrorId::LogonFailed, "The user name or password is wrong."));
        }
        let mut mailboxes = self.mailboxes.lock();
        let mailbox = match mailboxes.get(user) {
            Some(known) => known.clone(),
            None => {
                let description = Description { display_name: user.to_string(), ..Description::default() };
                let made = self.database.create_mailbox(Guid::random(), &description)?;
                mailboxes.entry(user.to_string()).or_insert(made).clone()
            }
        };
        let limits = Arc::new(|| Ok(Limits { total: Some(100 << 30), recoverable: None }));
        Ok(Logon {
            name: user.to_string(),
            mailbox,
            limits,
            cut_off: self.never.subscribe(),
            neighbours: Arc::new(Alone),
            acl: None,
        })
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let port: u16 = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(10143);
    let directory = std::env::args().nth(2).map_or_else(std::env::temp_dir, Into::into).join("imap-example");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Store::open(&directory, Arc::clone(&clock))?;
    let database = store.mount(Guid::random())?;
    let anybody = Anybody { database, mailboxes: Mutex::default(), never: watch::channel(false).0 };
    let door = door(
        Arc::new(move |attempt, then| {
            let entered = anybody.enter(attempt.user, attempt.password);
            then(entered.map(|logon| Box::new(|| Ok(logon)) as Entrance));
        }),
        clock,
        Config { name: "localhost".into(), allow_plain_text: false, room: Room::default() },
    );
    let admission = net::Admission::new(net::Limits::default());
    let address = ([127, 0, 0, 1], port).into();
    let listener = net::Listener::bind(address, door, net::Security::Plain, admission).await?;
    println!("IMAP on {}", listener.address());
    let (_drainer, drain) = net::Drainer::new();
    listener.run(drain).await;
    Ok(())
}
