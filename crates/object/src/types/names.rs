//! The .NET names of the server's own types, for those who know only that there are such types.

/// What is counted in bytes and shown in the largest unit that fits.
pub const BYTE_QUANTIFIED_SIZE: &str = "Microsoft.Exchange.Data.ByteQuantifiedSize";
/// A value, or no limit at all; what the value is stands in brackets behind it.
pub const UNLIMITED: &str = "Microsoft.Exchange.Data.Unlimited`1";
/// The exception that a command ends with where no other one says more.
pub const TASK_EXCEPTION: &str = "Microsoft.Exchange.Configuration.Tasks.TaskException";

/// Whether a type of that name is one of the server's own.
pub fn is_of_server(name: &str) -> bool {
    name.starts_with("Microsoft.Exchange.")
}

/// Whether a type of that name is one of the objects that Exchange's directory holds: mailboxes, users, groups, databases.
pub fn is_of_directory(name: &str) -> bool {
    name.starts_with("Microsoft.Exchange.Data.Directory.")
}
