//! Accounts found as the ActiveDirectory module finds them: `Get-ADUser`, by its own filter or by one of LDAP.

use crate::active_directory::{self, AD_USER, LDAP_FILTER, Named, PROPERTIES, Search};
use crate::ad_object;
use crate::rooms::{IDENTITY, Rooms};
use directory::{Query, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::Result;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET_USER];

static GET_USER: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists accounts with the attributes of the directory.",
    notes: "-Properties takes attribute names (msExchDelegateListLink, proxyAddresses) and * for all that are set.",
    reads: Search::READS,
    roles: &["View-Only Recipients"],
    examples: &[
        Example {
            about: "Shows one account with its addresses.",
            command: "Get-ADUser ann -Properties proxyAddresses",
        },
        Example {
            about: "Lists accounts that cannot log on.",
            command: "Get-ADUser -Filter 'Enabled -eq $false'",
        },
    ],
    ..Cmdlet::new(Verb::Get, &AD_USER, get_user)
};

fn get_user(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    if call.get(&IDENTITY)?.is_some() {
        let wanted = call.list(&PROPERTIES)?.unwrap_or_default();
        let record = rooms.one(call, &kinds::USER)?;
        return out.object(active_directory::account(rooms, &record, &wanted)?);
    }
    // A filter of LDAP asks for classes and categories, too.
    let ldap = call.get(&LDAP_FILTER)?.is_some();
    let named: Named<'_> = if ldap { &ad_object::spec_named } else { &active_directory::spec_named };
    let read = if ldap { ad_object::value } else { active_directory::value };
    let search = Search::of(rooms, call, named).map_err(active_directory::with_nearest)?;
    let query = Query { below: search.below, system: true, ..Query::of(&kinds::USER) };
    let found = rooms.directory().find(&query)?;
    let passes = |record: &Record| search.wants(rooms, record, &|record, spec| read(rooms, record, spec));
    for record in found.filter(|record| passes(record)).take(search.limit) {
        out.object(active_directory::account(rooms, &record, &search.wanted)?)?;
    }
    Ok(())
}
