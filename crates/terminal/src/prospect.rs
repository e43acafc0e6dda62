//! Whether what a script names and nobody here knows will be there one day.

use dotnet::wildcard::Wildcard;

/// What there is to expect of an unknown name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prospect {
    /// It belongs to something that this server is not; why.
    Never(&'static str),
    /// Nothing speaks against it.
    NotYet,
    /// What the script itself loads may bring it.
    Loaded,
}

/// Names, and what they belong to that will never be here. Patterns ignore case.
const NEVER: &[(&[&str], &str)] = &[
    (
        &["*-Msol*", "*-AzureAD*", "*-AzureRm*", "*-Az?*Account", "*-Mg?*", "Connect-Graph"],
        "Microsoft's directory in the cloud",
    ),
    (
        &[
            "*-EXO*",
            "Connect-ExchangeOnline*",
            "Connect-IPPSSession",
            "*-SPO*",
            "*-PnP*",
            "*-Team",
            "*-CsOnline*",
        ],
        "Microsoft's online services",
    ),
    (&["*-UM*", "*-CsUser", "*-CsPool"], "telephony (unified messaging, Skype for Business)"),
    (
        &[
            "*-Hybrid*",
            "*-IntraOrganization*",
            "*-OrganizationRelationship",
            "*-Federation*",
            "*-FederatedOrganization*",
            "*-OnPremisesOrganization",
        ],
        "an organization shared with Microsoft's cloud",
    ),
    (
        &[
            "*-DatabaseAvailabilityGroup*",
            "*-MailboxDatabaseCopy*",
            "*-Cluster*",
            "*-DagNetwork*",
            "*-DatabaseCopy*",
        ],
        "copies of databases in a Windows cluster",
    ),
    (
        &[
            "*-OabVirtualDirectory",
            "*-*VirtualDirectory",
            "*-WebApp*",
            "*-WebBinding",
            "*-IIS*",
            "*-WebConfiguration*",
            "iisreset*",
            "appcmd*",
        ],
        "the web server of Windows",
    ),
    (&["eseutil*", "isinteg*", "Exmon*"], "files of Exchange's databases"),
    (
        &[
            "nltest*",
            "dcdiag*",
            "netdom*",
            "setspn*",
            "repadmin*",
            "csvde*",
            "ldifde*",
            "gpupdate*",
            "gpresult*",
            "dsadd*",
            "dsmod*",
            "dsquery*",
            "reg",
            "reg.exe",
            "regedit*",
            "icacls*",
            "wmic*",
            "schtasks*",
            "cmd",
            "cmd.exe",
            "net",
            "net.exe",
            "robocopy*",
            "wevtutil*",
            "msg",
            "cscript*",
            "wscript*",
            "powershell",
            "powershell.exe",
        ],
        "a program of Windows",
    ),
    (
        &[
            "*-WindowsFeature",
            "*-WmiEvent*",
            "*-Acl",
            "*-ExecutionPolicy",
            "*-ScheduledTask*",
            "*-ScheduledJob*",
            "*-SmbShare*",
            "*-NetFirewall*",
            "*-NetAdapter*",
            "*-NetIP*",
            "*-GPO*",
            "*-Printer*",
            "*-VM",
            "*-Win*Event*",
            "*-EventLog*",
            "*-PfxCertificate",
            "*-DnsServer*",
        ],
        "the management of Windows",
    ),
];

impl Prospect {
    /// Of a command, or of `Command -Parameter`. `loads`: the script loads what the check could not read.
    pub(crate) fn of(name: &str, loads: bool) -> Prospect {
        let command = name.split(' ').next().unwrap_or(name);
        let fits = |pattern: &&str| Wildcard::new(pattern).is_ok_and(|pattern| pattern.matches(command));
        match NEVER.iter().find(|(patterns, _)| patterns.iter().any(fits)) {
            Some((_, why)) => Prospect::Never(why),
            None if loads => Prospect::Loaded,
            None => Prospect::NotYet,
        }
    }

    /// As reports call it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Prospect::Never(_) => "never",
            Prospect::NotYet => "not yet",
            Prospect::Loaded => "unknown",
        }
    }

    /// In words.
    pub(crate) fn why(self) -> &'static str {
        match self {
            Prospect::Never(why) => why,
            Prospect::NotYet => "nothing here has that name so far",
            Prospect::Loaded => "the script loads files or modules that the check could not read",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_belong_to() {
        for (name, loads, word) in [
            ("Get-MsolUser", false, "never"),
            ("get-mguser", false, "never"),
            ("Get-MgUser", true, "never"),
            ("Enable-UMMailbox", false, "never"),
            ("Get-HybridConfiguration", false, "never"),
            ("eseutil", false, "never"),
            ("eseutil.exe", false, "never"),
            ("Get-Mailbox -SoftDeletedMailbox", false, "not yet"),
            ("Get-Mailbocks", false, "not yet"),
            ("Get-Message", false, "not yet"),
            ("Start-Service", false, "not yet"),
            ("New-Logger", true, "unknown"),
        ] {
            assert_eq!(Prospect::of(name, loads).word(), word, "{name}");
        }
    }
}
