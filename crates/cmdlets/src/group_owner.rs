//! Who may change a group: for security groups, whose members have rights, its owners, or who says that they know.

use crate::rooms::Rooms;
use directory::Record;
use directory::schema::group::{GROUP_KIND, GroupKind, MANAGED_BY};
use directory::{Edit, link_to};
use gate::Call;
use object::types::Guid;
use object::{Declared, Error, ErrorId, Keys, Parameter, Result, Switch};

static BYPASS: Parameter<Switch> = Parameter::new(
    "BypassSecurityGroupManagerCheck",
    "Changes a security group although one is not among its owners.",
);

/// The role of those who look after groups whose members have rights.
const SECURITY_GROUPS: &str = "Security Group Creation and Membership";

/// The key of [`check`].
pub(crate) static KEYS: Keys = &[&BYPASS];

/// Refuses to change a security group that others own. The server's own account and scripts at its socket may.
pub(crate) fn check(rooms: &Rooms, call: &Call, group: &Record) -> Result<()> {
    let way = format!("whoever holds the role {SECURITY_GROUPS} can add -BypassSecurityGroupManagerCheck.");
    owned(rooms, call, group, call.is(&BYPASS), &way).map_err(|error| error.about(BYPASS.name()))
}

/// [`check`], of a command that lets nobody past the owners.
pub(crate) fn check_owner(rooms: &Rooms, call: &Call, group: &Record) -> Result<()> {
    let way = format!(
        "whoever holds the role {SECURITY_GROUPS} can run Add- and Remove-DistributionGroupMember with \
         -BypassSecurityGroupManagerCheck."
    );
    owned(rooms, call, group, false, &way)
}

fn owned(rooms: &Rooms, call: &Call, group: &Record, knows: bool, way: &str) -> Result<()> {
    let account = call.author().account;
    let security = group.get(&GROUP_KIND) == Some(GroupKind::Security);
    let owned = !group.references(&MANAGED_BY).is_empty();
    let Some(account) = account.filter(|_| security && owned) else { return Ok(()) };
    // Whoever is let past the owners must be one whose work such groups are: their members have rights.
    let past = knows && rooms.directory().roles_of(account).contains(SECURITY_GROUPS);
    if past || rooms.directory().is_owner(group, account) {
        return Ok(());
    }
    let message = "You don't have sufficient permissions. This operation can only be performed by a manager of the group.";
    Err(Error::denied(ErrorId::GroupManagerRequired, message)
        .help(format!("Let an owner do it; {way}"))
        .target(rooms.shown(group)))
}

/// Refuses to change the members of a group through which roles are held, where one can't give these. What is committed is
/// asked again: this tells before anybody is asked whether to go on.
pub(crate) fn check_roles(rooms: &Rooms, call: &Call, group: &Record) -> Result<()> {
    let account = call.author().account;
    account.map_or(Ok(()), |account| rooms.directory().may_change_members(account, group))
}

/// The owners that a new group gets: those who were named, else whoever makes it, else the Administrator.
pub(crate) fn with_owner(rooms: &Rooms, call: &Call, mut edits: Vec<Edit>) -> Vec<Edit> {
    let named = edits.iter().any(|edit| std::ptr::eq(edit.spec(), MANAGED_BY.spec()));
    let maker = || {
        let account = call.author().account.and_then(|account| rooms.directory().get(account));
        account.or_else(|| rooms.directory().administrator()).map(|account| account.guid())
    };
    let maker: Option<Guid> = if named { None } else { maker() };
    edits.extend(maker.map(|maker| Edit::set_all(&MANAGED_BY, vec![link_to(maker)])));
    edits
}
