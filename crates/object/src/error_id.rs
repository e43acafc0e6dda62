//! The ids of all errors of the house, each once: whoever makes an error and whoever matches on one name the same
//! constant, so a match on an id that nobody gives does not compile.

macro_rules! ids {
    ($($id:ident)*) => {
        /// The stable id of an error of ours: what scripts and doors compare. It is written as Exchange or PowerShell
        /// writes it where they have the same error.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorId { $(#[allow(missing_docs)] $id,)* }

        impl ErrorId {
            /// The word as it goes over the wire and into `$Error[0].FullyQualifiedErrorId`.
            pub const fn name(self) -> &'static str {
                match self { $(ErrorId::$id => stringify!($id),)* }
            }
            /// The id of that [`name`](ErrorId::name), if it is one of ours.
            pub fn of_name(name: &str) -> Option<ErrorId> {
                match name { $(stringify!($id) => Some(ErrorId::$id),)* _ => None }
            }
        }
    };
}

ids! {
    ADObjectAlreadyExistsException AcceptFailed AcceptedDomainExists AccessDenied AccountBelongsToMailbox
    AccountDisabled AccountExpired AccountLocked AccountRestricted AccountMustBeDisabled ActAsRefused AddressCannotBeMade AddressPolicyEnabled
    AddressTemplateInvalid AddressUnknown AdminChangeNotFound AdministratorNeeded AliasInvalid AmbiguousParameter
    AmbiguousParameterSet AmbiguousPositionalParameterNoName ArchiveExists ArchiveMissing AnswerCut AnswerTooLong AnswerUnreadable
    AssociatedUserMailboxExistException AttributeDamaged BadCharset BadItemLimitReached BodyDamaged BytesMissing
    CertificateNotMade CertificateNotTrusted CertificateUnreadable ChangeBuiltOn ChangeNotUndoable ChangesExhausted CharacterNotAllowed
    ColumnUnexpected CommandDied CommandNotFoundException ConfigurationWrong ConfirmationRequired
    ConnectionClosed ConnectionLost ContentTypeWrong ConstraintViolated ContainerNotEmpty ControlCharacter ControllerNameInvalid
    CounterWrong CountryOrRegionInvalid CrossSiteRequest CsvDataInvalid
    CultureUnknown DataDirectoryEmpty DataDirectoryInUse DataDirectoryMissing DatabaseBusy
    DatabaseCannotBeSet DatabaseCannotOpen DatabaseCorrupt DatabaseDismounted DatabaseFileMissing
    DatabaseInUse DatabaseLocked DatabaseMistaken DatabaseReadOnly DatabaseStopped DeclarationWrong DefaultDomainNeeded
    DeliveryUnanswered DeliveryWithheld DirectoryFounded DirectoryStateMissing DisconnectedMailboxNotFound
    DiskFull DistinguishedNameNeeded DomainNameInvalid DomainUsedByPolicy FileAccessDenied FileExists
    FileNotFound FilterTooDeep FilterTooLong FolderExists FolderHasChildren FolderInsideItself
    FolderKeepsNothing FolderNameInvalid FolderNameTooLong FolderNotFound FolderReadOnly FolderReserved FolderTooDeep
    ForestRefusesCredential ForeignAccountNameInvalid ForeignAccountNotFound ForeignAccountUnusable
    ForestUnreachable ForwardsToItself GuidDamaged HeaderMalformed HeaderTooLarge HopCountExceeded IdTooLong IdentityEmpty
    InputObjectMissingMandatory InputObjectNotBound InputOutput InvalidChange InvalidFilter
    InvalidSortProperty InvalidValue ItemNotFound ItemsExhausted ItemsExpunged JobNameTaken JobNotFound JobOver KeyFileOpen KeyTaken KeywordInvalid KeywordTooLong
    LegacyDNMismatch LinkedMasterAccountInUse LineEnd LineOutOfTurn LineTooLong LiteralTooLarge Locked LogonFailed LogonRequired
    MailboxAlreadyConnected MailboxDamaged MailboxDisconnected MailboxFull MailboxGuarded
    MailboxGuidInvalid MailboxGuidTaken MailboxInUse MailboxIsArchive MailboxMissing MailboxNameInvalid
    MailboxNotDisconnected MailboxNotFound MailboxPurged MailboxSoftDeleted MailboxStateDiffers MailboxWithoutLogon ManagerOfItself
    MalformedLine MalformedRequest ManagementObjectAmbiguousException ManagementObjectNotFoundException
    MatchingUserNotFound MdbDismounted MechanismUnknown MessageTooLarge MissingArgument
    MissingMandatoryParameter NameInvalid NamedParameterNotFound NoCertificate NoDatabaseAvailable
    NoFreeAccountName NoFreeAddress NoMailbox NoMore NoRandomness NoRight NoScriptGiven NoServer NoThread
    NotAContainer NotADatabase NotAList NotAMailboxUser NotASecurityPrincipal UserAlreadyExistsInPermissionEntryException UserNotFoundInPermissionEntryException NotARoom NotAnAccount NotAnArchive TooManyPermissions NotBuiltYet NotLoggedOn ObjectGone OnlyRehearsed
    OrganizationMissing OutOfMemory OutOfRange OutcomeMissing ParameterAlreadyBound
    ParameterArgumentTransformationError ParameterArgumentValidationErrorEmptyArrayNotAllowed
    ParameterArgumentValidationErrorEmptyStringNotAllowed ParameterArgumentValidationErrorNullNotAllowed
    ParameterUnreadable ParametersExclude PasswordExpired PasswordMissing PasswordMustChange PasswordNotHashed
    PasswordRequired PasswordTooWeak PasswordWrong PathNotText PatternInvalid PeerUnknown PipelineStopped PortDenied PortFailed
    RejectedByRule RuleFailed SenderBlocked
    PortOffsetWrong PortTaken PositionalParameterNotFound PrimaryAddressMissing PrimaryAddressRequired
    PropertyDamaged PropertyKeyInvalid PropertyNotOfThisKind PropertyReadOnly PropertyTooBig
    ProtocolDisabled ProxyAddressExistsException ProxyAddressInvalid QueueCorrupt QuotaExceeded
    QuotaNotYours QuotaOrder QuotaOutOfRange QuotaRootNotFound RandomMissing RecipientSizeLimit
    RecipientTypeNotSupported RecipientTypesExclude RecipientUnknown RecoverableItemsQuotaExceeded RecoveryDatabase
    ReferenceNotFound RelayDenied RenderedDamaged RenderedMissing RequestTooLarge RequestTooSlow RequestsTooLarge
    RoomExhausted RowMissing SamAccountNameExists
    SamAccountNameInvalid SchemaNewer ScriptBlockArgumentInvocationFailed ScriptBlockArgumentNoInput
    ScriptUnreadable SecretUnreadable SearchIndexDamaged SearchTooDeep SearchTooLong SectionTooDeep SendAsDenied SendSizeLimit
    SenderNotAuthenticated
    SenderNotAuthorized ServerGone ServerRefused ServerUnreachable ServerUrlWrong SetTooLong
    SeveralUsersMatch ShuttingDown SocketFailed SqlError SqlParameters SqliteTooOld Syntax TaskFailed
    TerminalFailed TextTooLong TimeZoneUnknown TimedOut TlsFailed TombstoneTooBig TooManyAddresses TooManyEnumerations
    TooManySessions
    TooManyFolders TooManySubscriptions TrustInUse TrustNotFound
    TooManyItems TooManyKeywords TooManyLogonFailures TooManyNamedProperties TooManyPatterns
    TooManyProperties TooManySortKeys TransactionNested TransactionNotRun TransactionPanicked
    TwoPrimaryAddresses TypeCannotBeConverted UidValidityExhausted UidsExhausted UnknownAttribute
    UnknownFilterProperty UnknownFilterVariable UserPrincipalNameExists UserPrincipalNameInvalid
    AliasNotUnique AddressListNotFound GroupManagerRequired LoopOfForwards MemberAlreadyExistsException MemberNotFoundException MemberOfItself
    ModerationNotWaiting ModeratorMissing NotAGroup PolicyLocked TooManyMembers
    UsersContainerMissing ValueRequired ValueTooBig ValueTooDeep WalRefused WorkFailed WorkerFailed
}
