//! What recipients are and how some of them are set: the enumerations that directory, cmdlets and
//! transport share.

crate::enumeration! {
    /// The broad kind of a recipient; every flavour of mailbox is a `UserMailbox`.
    pub enum RecipientType: "Microsoft.Exchange.Data.Directory.Recipient.RecipientType" {
        /// Nothing that the directory can name.
        Invalid = 0,
        /// A user without mail.
        User = 1,
        /// Any mailbox.
        UserMailbox = 2,
        /// A user whose mail is elsewhere.
        MailUser = 3,
        /// A contact without mail.
        Contact = 4,
        /// A contact with an address.
        MailContact = 5,
        /// A group without mail.
        Group = 6,
        /// A universal group for mail only.
        MailUniversalDistributionGroup = 7,
        /// A universal group for mail and permissions.
        MailUniversalSecurityGroup = 8,
        /// A group of another scope with mail.
        MailNonUniversalGroup = 9,
        /// A group whose members a filter chooses.
        DynamicDistributionGroup = 10,
        /// A public folder with an address.
        PublicFolder = 11,
    }
}

crate::enumeration! {
    /// The exact kind of a recipient: powers of two, as the directory keeps them.
    pub enum RecipientTypeDetails: "Microsoft.Exchange.Data.Directory.Recipient.RecipientTypeDetails" {
        /// Not said.
        None = 0,
        /// A person's mailbox.
        UserMailbox = 1,
        /// A mailbox whose account lives in another forest.
        LinkedMailbox = 2,
        /// A mailbox several people work in.
        SharedMailbox = 4,
        /// A mailbox of an older server.
        LegacyMailbox = 8,
        /// A room.
        RoomMailbox = 16,
        /// A thing that can be booked.
        EquipmentMailbox = 32,
        /// A contact with an address.
        MailContact = 64,
        /// A user whose mail is elsewhere.
        MailUser = 128,
        /// A universal group for mail only.
        MailUniversalDistributionGroup = 256,
        /// A group of another scope with mail.
        MailNonUniversalGroup = 512,
        /// A universal group for mail and permissions.
        MailUniversalSecurityGroup = 1024,
        /// A group whose members a filter chooses.
        DynamicDistributionGroup = 2048,
        /// A public folder with an address.
        PublicFolder = 4096,
        /// A mailbox of the system attendant.
        SystemAttendantMailbox = 8192,
        /// A mailbox of the system.
        SystemMailbox = 16384,
        /// A contact from another forest.
        MailForestContact = 32768,
        /// A user without mail.
        User = 65536,
        /// A contact without mail.
        Contact = 131072,
        /// A universal group without mail.
        UniversalDistributionGroup = 262144,
        /// A universal security group without mail.
        UniversalSecurityGroup = 524288,
        /// A group of another scope without mail.
        NonUniversalGroup = 1048576,
        /// A user whose account is switched off.
        DisabledUser = 2097152,
        /// The sender of system messages.
        MicrosoftExchange = 4194304,
        /// A mailbox that decides on moderated messages.
        ArbitrationMailbox = 8388608,
        /// A template of settings.
        MailboxPlan = 16777216,
        /// A user of another forest.
        LinkedUser = 33554432,
        /// A list of rooms.
        RoomList = 268435456,
        /// A mailbox that keeps what searches found.
        DiscoveryMailbox = 536870912,
        /// A group that holds administrators' roles.
        RoleGroup = 1073741824,
        /// A user whose mailbox is in the cloud.
        RemoteUserMailbox = 2147483648,
        /// A computer.
        Computer = 4294967296,
        /// A room whose mailbox is in the cloud.
        RemoteRoomMailbox = 8589934592,
        /// Equipment whose mailbox is in the cloud.
        RemoteEquipmentMailbox = 17179869184,
        /// A shared mailbox in the cloud.
        RemoteSharedMailbox = 34359738368,
        /// A mailbox that keeps public folders.
        PublicFolderMailbox = 68719476736,
        /// A site mailbox.
        TeamMailbox = 137438953472,
        /// A site mailbox in the cloud.
        RemoteTeamMailbox = 274877906944,
        /// A mailbox that watches the server.
        MonitoringMailbox = 549755813888,
        /// A mailbox of a modern group.
        GroupMailbox = 1099511627776,
        /// A room whose account lives in another forest.
        LinkedRoomMailbox = 2199023255552,
        /// A mailbox that keeps the audit log.
        AuditLogMailbox = 4398046511104,
        /// A modern group in the cloud.
        RemoteGroupMailbox = 8796093022208,
        /// A mailbox that books.
        SchedulingMailbox = 17592186044416,
        /// A guest.
        GuestMailUser = 35184372088832,
        /// A second mailbox for the audit log.
        AuxAuditLogMailbox = 70368744177664,
        /// A mailbox for supervisory review.
        SupervisoryReviewPolicyMailbox = 140737488355328,
    }
}

impl RecipientTypeDetails {
    /// Whether an account of another forest owns the mailbox, a person's or a room's.
    pub fn is_linked(self) -> bool {
        matches!(self, RecipientTypeDetails::LinkedMailbox | RecipientTypeDetails::LinkedRoomMailbox)
    }
}

crate::enumeration! {
    /// The picture an address book shows beside a recipient. Derived; never the source of truth.
    pub enum RecipientDisplayType: "Microsoft.Exchange.Data.Directory.Recipient.RecipientDisplayType" {
        /// A mailbox.
        MailboxUser = 0,
        /// A group for mail.
        DistributionGroup = 1,
        /// A public folder.
        PublicFolder = 2,
        /// A group whose members a filter chooses.
        DynamicDistributionGroup = 3,
        /// An organisation.
        Organization = 4,
        /// A private list.
        PrivateDistributionList = 5,
        /// A mail user or contact.
        RemoteMailUser = 6,
        /// A room.
        ConferenceRoomMailbox = 7,
        /// Equipment.
        EquipmentMailbox = 8,
        /// A mailbox that decides on moderated messages.
        ArbitrationMailbox = 10,
        /// A template of settings.
        MailboxPlan = 11,
        /// A user of another forest.
        LinkedUser = 12,
        /// A list of rooms.
        RoomList = 15,
        /// A mailbox that can be given permissions.
        ACLableMailboxUser = 1073741824,
        /// A mail user that can be given permissions.
        ACLableRemoteMailUser = 1073741830,
        /// A group that can be given permissions.
        SecurityDistributionGroup = 1073741833,
    }
}

crate::enumeration! {
    /// How far an accepted domain is ours.
    pub enum AcceptedDomainType: "Microsoft.Exchange.Data.Directory.SystemConfiguration.AcceptedDomainType" {
        /// All its recipients are ours; others do not exist.
        Authoritative = 0,
        /// Relayed outside, recipients unchecked.
        ExternalRelay = 1,
        /// Some recipients are ours, the rest is relayed.
        InternalRelay = 2,
    }
}

crate::enumeration! {
    /// Who gets out-of-office replies.
    pub enum ExternalOofOptions: "Microsoft.Exchange.Data.Directory.Recipient.ExternalOofOptions" {
        /// People outside too.
        External = 0,
        /// People of the organisation only.
        InternalOnly = 1,
    }
}

crate::enumeration! {
    /// The form in which POP3 and IMAP hand out a message that was not written as MIME.
    pub enum MimeTextFormat: "Microsoft.Exchange.Data.Directory.MimeTextFormat" {
        /// Text only.
        TextOnly = 0,
        /// HTML only.
        HtmlOnly = 1,
        /// Both.
        HtmlAndTextAlternative = 2,
        /// Enriched text only.
        TextEnrichedOnly = 3,
        /// Enriched text and plain text.
        TextEnrichedAndTextAlternative = 4,
        /// As it was written.
        BestBodyFormat = 5,
        /// Wrapped in TNEF.
        Tnef = 6,
    }
}

crate::enumeration! {
    /// Who is told when a message waits for a moderator.
    pub enum ModerationNotification: "Microsoft.Exchange.Data.Directory.Recipient.TransportModerationNotificationFlags" {
        /// Nobody.
        Never = 0,
        /// Senders of the organisation.
        Internal = 2,
        /// Every sender.
        Always = 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_powers_of_two_and_read_by_name() {
        for details in RecipientTypeDetails::ALL.iter().skip(1) {
            assert_eq!((*details as i64).count_ones(), 1, "{details}");
        }
        let read = RecipientTypeDetails::TYPE.parse("sharedmailbox").unwrap();
        assert_eq!(RecipientTypeDetails::of_number(read.number), Some(RecipientTypeDetails::SharedMailbox));
    }
}
