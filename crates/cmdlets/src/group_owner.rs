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

/// The key of [`check`].
pub(crate) static KEYS: Keys = &[&BYPASS];

/// Refuses to change a security group that others own. The server's own account and scripts at its socket may.
pub(crate) fn check(rooms: &Rooms, call: &Call, group: &Record) -> Result<()> {
    let (knows, account) = (call.is(&BYPASS), call.author().account);
    let security = group.get(&GROUP_KIND) == Some(GroupKind::Security);
    let owned = !group.references(&MANAGED_BY).is_empty();
    let Some(account) = account.filter(|_| security && owned && !knows) else { return Ok(()) };
    if rooms.directory().is_owner(group, account) {
        return Ok(());
    }
    let message = "You don't have sufficient permissions. This operation can only be performed by a manager of the group.";
    Err(Error::denied(ErrorId::GroupManagerRequired, message)
        .help("Let an owner do it, or give -BypassSecurityGroupManagerCheck.")
        .about(BYPASS.name())
        .target(rooms.shown(group)))
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
