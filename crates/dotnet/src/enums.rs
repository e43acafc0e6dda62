//! .NET's enumerations that scripts name. To add one, add a static and a line in `ALL`.

use crate::exception::ERROR_CATEGORY;
use object::types::EnumType;

macro_rules! enums {
    ($($id:ident $name:literal $flags:literal { $($item:ident = $number:literal)* })*) => {
        $(
            #[doc = concat!("`", $name, "`.")]
            pub static $id: EnumType =
                EnumType { name: $name, flags: $flags, values: &[$((stringify!($item), $number)),*] };
        )*
        /// All enumerations of this room.
        pub static ALL: &[&EnumType] = &[&ERROR_CATEGORY, $(&$id),*];
    };
}

enums! {
    DAY_OF_WEEK "System.DayOfWeek" false { Sunday = 0 Monday = 1 Tuesday = 2 Wednesday = 3 Thursday = 4 Friday = 5 Saturday = 6 }
    STRING_COMPARISON "System.StringComparison" false {
        CurrentCulture = 0 CurrentCultureIgnoreCase = 1 InvariantCulture = 2 InvariantCultureIgnoreCase = 3
        Ordinal = 4 OrdinalIgnoreCase = 5
    }
    STRING_SPLIT_OPTIONS "System.StringSplitOptions" true { None = 0 RemoveEmptyEntries = 1 TrimEntries = 2 }
    DATE_TIME_KIND "System.DateTimeKind" false { Unspecified = 0 Utc = 1 Local = 2 }
    MIDPOINT_ROUNDING "System.MidpointRounding" false {
        ToEven = 0 AwayFromZero = 1 ToZero = 2 ToNegativeInfinity = 3 ToPositiveInfinity = 4
    }
    CONSOLE_COLOR "System.ConsoleColor" false {
        Black = 0 DarkBlue = 1 DarkGreen = 2 DarkCyan = 3 DarkRed = 4 DarkMagenta = 5 DarkYellow = 6 Gray = 7
        DarkGray = 8 Blue = 9 Green = 10 Cyan = 11 Red = 12 Magenta = 13 Yellow = 14 White = 15
    }
    REGEX_PARSE_ERROR "System.Text.RegularExpressions.RegexParseError" false {
        Unknown = 0 AlternationHasTooManyConditions = 1 AlternationHasMalformedCondition = 2
        InvalidUnicodePropertyEscape = 3 MalformedUnicodePropertyEscape = 4 UnrecognizedEscape = 5
        UnrecognizedControlCharacter = 6 MissingControlCharacter = 7 InsufficientOrInvalidHexDigits = 8
        QuantifierOrCaptureGroupOutOfRange = 9 UndefinedNamedReference = 10 UndefinedNumberedReference = 11
        MalformedNamedReference = 12 UnescapedEndingBackslash = 13 UnterminatedComment = 14
        InvalidGroupingConstruct = 15 AlternationHasNamedCapture = 16 AlternationHasComment = 17
        AlternationHasMalformedReference = 18 AlternationHasUndefinedReference = 19 CaptureGroupNameInvalid = 20
        CaptureGroupOfZero = 21 UnterminatedBracket = 22 ExclusionGroupNotLast = 23 ReversedCharacterRange = 24
        ShorthandClassInCharacterRange = 25 InsufficientClosingParentheses = 26 ReversedQuantifierRange = 27
        NestedQuantifiersNotParenthesized = 28 QuantifierAfterNothing = 29 InsufficientOpeningParentheses = 30
        UnrecognizedUnicodeProperty = 31
    }
    REGEX_OPTIONS "System.Text.RegularExpressions.RegexOptions" true {
        None = 0 IgnoreCase = 1 Multiline = 2 ExplicitCapture = 4 Compiled = 8 Singleline = 16
        IgnorePatternWhitespace = 32 RightToLeft = 64 ECMAScript = 256 CultureInvariant = 512 NonBacktracking = 1024
    }
    ACCESS_CONTROL_TYPE "System.Security.AccessControl.AccessControlType" false { Allow = 0 Deny = 1 }
    ACTION_PREFERENCE "System.Management.Automation.ActionPreference" false {
        SilentlyContinue = 0 Stop = 1 Continue = 2 Inquire = 3 Ignore = 4 Suspend = 5 Break = 6
    }
    CONFIRM_IMPACT "System.Management.Automation.ConfirmImpact" false { None = 0 Low = 1 Medium = 2 High = 3 }
    COMMAND_TYPES "System.Management.Automation.CommandTypes" true {
        Alias = 1 Function = 2 Filter = 4 Cmdlet = 8 ExternalScript = 16 Application = 32 Script = 64
        Configuration = 256 All = 383
    }
    PS_MEMBER_TYPES "System.Management.Automation.PSMemberTypes" true {
        AliasProperty = 1 CodeProperty = 2 Property = 4 NoteProperty = 8 ScriptProperty = 16 Properties = 31
        PropertySet = 32 Method = 64 CodeMethod = 128 ScriptMethod = 256 Methods = 448 ParameterizedProperty = 512
        MemberSet = 1024 Event = 2048 Dynamic = 4096 InferredProperty = 8192 All = 16383
    }
    PIPELINE_STATE "System.Management.Automation.PSInvocationState" false {
        NotStarted = 0 Running = 1 Stopping = 2 Stopped = 3 Completed = 4 Failed = 5 Disconnected = 6
    }
    DATE_TIME_STYLES "System.Globalization.DateTimeStyles" true {
        None = 0 AllowLeadingWhite = 1 AllowTrailingWhite = 2 AllowInnerWhite = 4 AllowWhiteSpaces = 7
        NoCurrentDateDefault = 8 AdjustToUniversal = 16 AssumeLocal = 32 AssumeUniversal = 64 RoundtripKind = 128
    }
    NUMBER_STYLES "System.Globalization.NumberStyles" true {
        None = 0 AllowLeadingWhite = 1 AllowTrailingWhite = 2 AllowLeadingSign = 4 Integer = 7
        AllowTrailingSign = 8 AllowParentheses = 16 AllowDecimalPoint = 32 AllowThousands = 64 Number = 111
        AllowExponent = 128 Float = 167 AllowCurrencySymbol = 256 Currency = 383 Any = 511
        AllowHexSpecifier = 512 HexNumber = 515
    }
    UNICODE_CATEGORY "System.Globalization.UnicodeCategory" false {
        UppercaseLetter = 0 LowercaseLetter = 1 TitlecaseLetter = 2 ModifierLetter = 3 OtherLetter = 4
        NonSpacingMark = 5 SpacingCombiningMark = 6 EnclosingMark = 7 DecimalDigitNumber = 8 LetterNumber = 9
        OtherNumber = 10 SpaceSeparator = 11 LineSeparator = 12 ParagraphSeparator = 13 Control = 14 Format = 15
        Surrogate = 16 PrivateUse = 17 ConnectorPunctuation = 18 DashPunctuation = 19 OpenPunctuation = 20
        ClosePunctuation = 21 InitialQuotePunctuation = 22 FinalQuotePunctuation = 23 OtherPunctuation = 24
        MathSymbol = 25 CurrencySymbol = 26 ModifierSymbol = 27 OtherSymbol = 28 OtherNotAssigned = 29
    }
    TYPE_CODE "System.TypeCode" false {
        Empty = 0 Object = 1 DBNull = 2 Boolean = 3 Char = 4 SByte = 5 Byte = 6 Int16 = 7 UInt16 = 8 Int32 = 9
        UInt32 = 10 Int64 = 11 UInt64 = 12 Single = 13 Double = 14 Decimal = 15 DateTime = 16 String = 18
    }
    URI_KIND "System.UriKind" false { RelativeOrAbsolute = 0 Absolute = 1 Relative = 2 }
    BASE64_OPTIONS "System.Base64FormattingOptions" true { None = 0 InsertLineBreaks = 1 }
    SPECIAL_FOLDER "System.Environment+SpecialFolder" false {
        Desktop = 0 Programs = 2 MyDocuments = 5 Personal = 5 Favorites = 6 Startup = 7 Recent = 8 SendTo = 9
        StartMenu = 11 DesktopDirectory = 16 Templates = 21 ApplicationData = 26 LocalApplicationData = 28
        CommonApplicationData = 35 Windows = 36 System = 37 ProgramFiles = 38 UserProfile = 40
    }
    FILE_MODE "System.IO.FileMode" false { CreateNew = 1 Create = 2 Open = 3 OpenOrCreate = 4 Truncate = 5 Append = 6 }
    FILE_ACCESS "System.IO.FileAccess" true { Read = 1 Write = 2 ReadWrite = 3 }
    FILE_SHARE "System.IO.FileShare" true { None = 0 Read = 1 Write = 2 ReadWrite = 3 Delete = 4 Inheritable = 16 }
    FILE_ATTRIBUTES "System.IO.FileAttributes" true {
        None = 0 ReadOnly = 1 Hidden = 2 System = 4 Directory = 16 Archive = 32 Device = 64 Normal = 128 Temporary = 256
    }
    BINDING_FLAGS "System.Reflection.BindingFlags" true {
        Default = 0 IgnoreCase = 1 DeclaredOnly = 2 Instance = 4 Static = 8 Public = 16 NonPublic = 32
        FlattenHierarchy = 64 InvokeMethod = 256 CreateInstance = 512 GetField = 1024 SetField = 2048
        GetProperty = 4096 SetProperty = 8192
    }
    PS_TOKEN_TYPE "System.Management.Automation.PSTokenType" false {
        Unknown = 0 Command = 1 CommandParameter = 2 CommandArgument = 3 Number = 4 String = 5 Variable = 6 Member = 7
        LoopLabel = 8 Attribute = 9 Type = 10 Operator = 11 GroupStart = 12 GroupEnd = 13 Keyword = 14 Comment = 15
        StatementSeparator = 16 NewLine = 17 LineContinuation = 18 Position = 19
    }
    SEARCH_OPTION "System.IO.SearchOption" false { TopDirectoryOnly = 0 AllDirectories = 1 }
    FILE_SYSTEM_RIGHTS "System.Security.AccessControl.FileSystemRights" true {
        ReadData = 1 WriteData = 2 Read = 131209 Write = 278 ReadAndExecute = 131241 Modify = 197055 FullControl = 2032127
    }
    MAIL_PRIORITY "System.Net.Mail.MailPriority" false { Normal = 0 Low = 1 High = 2 }
    SECURITY_PROTOCOL "System.Net.SecurityProtocolType" true {
        SystemDefault = 0 Ssl3 = 48 Tls = 192 Tls11 = 768 Tls12 = 3072 Tls13 = 12288
    }
    NORMALIZATION_FORM "System.Text.NormalizationForm" false { FormC = 1 FormD = 2 FormKC = 5 FormKD = 6 }
    LIST_SORT_DIRECTION "System.ComponentModel.ListSortDirection" false { Ascending = 0 Descending = 1 }
    PLATFORM_ID "System.PlatformID" false { Win32S = 0 Win32Windows = 1 Win32NT = 2 WinCE = 3 Unix = 4 Xbox = 5 MacOSX = 6 Other = 7 }
    SPLIT_OPTIONS "System.Management.Automation.SplitOptions" true {
        SimpleMatch = 1 RegexMatch = 2 CultureInvariant = 4 IgnorePatternWhitespace = 8 Multiline = 16
        Singleline = 32 IgnoreCase = 64 ExplicitCapture = 128
    }
    WILDCARD_OPTIONS "System.Management.Automation.WildcardOptions" true { None = 0 Compiled = 1 IgnoreCase = 2 CultureInvariant = 4 }
    SCOPED_OPTIONS "System.Management.Automation.ScopedItemOptions" true {
        None = 0 ReadOnly = 1 Constant = 2 Private = 4 AllScope = 8 Unspecified = 16
    }
    DISPLAY_HINT "Microsoft.PowerShell.Commands.DisplayHintType" false { Date = 0 Time = 1 DateTime = 2 }
    CALENDAR_WEEK_RULE "System.Globalization.CalendarWeekRule" false { FirstDay = 0 FirstFullWeek = 1 FirstFourDayWeek = 2 }
    COMPARE_OPTIONS "System.Globalization.CompareOptions" true {
        None = 0 IgnoreCase = 1 IgnoreNonSpace = 2 IgnoreSymbols = 4 IgnoreKanaType = 8 IgnoreWidth = 16
        StringSort = 536870912 Ordinal = 1073741824 OrdinalIgnoreCase = 268435456
    }
    TIME_SPAN_STYLES "System.Globalization.TimeSpanStyles" true { None = 0 AssumeNegative = 1 }
    COMPRESSION_MODE "System.IO.Compression.CompressionMode" false { Decompress = 0 Compress = 1 }
    COMPRESSION_LEVEL "System.IO.Compression.CompressionLevel" false { Optimal = 0 Fastest = 1 NoCompression = 2 SmallestSize = 3 }
    SEEK_ORIGIN "System.IO.SeekOrigin" false { Begin = 0 Current = 1 End = 2 }
    URI_HOST_NAME_TYPE "System.UriHostNameType" false { Unknown = 0 Basic = 1 Dns = 2 IPv4 = 3 IPv6 = 4 }
    URI_PARTIAL "System.UriPartial" false { Scheme = 0 Authority = 1 Path = 2 Query = 3 }
    ADDRESS_FAMILY "System.Net.Sockets.AddressFamily" false { Unspecified = 0 InterNetwork = 2 InterNetworkV6 = 23 }
    XML_NODE_TYPE "System.Xml.XmlNodeType" false {
        None = 0 Element = 1 Attribute = 2 Text = 3 CDATA = 4 EntityReference = 5 Entity = 6
        ProcessingInstruction = 7 Comment = 8 Document = 9 DocumentType = 10 DocumentFragment = 11 Notation = 12
        Whitespace = 13 SignificantWhitespace = 14 EndElement = 15 EndEntity = 16 XmlDeclaration = 17
    }
    XML_FORMATTING "System.Xml.Formatting" false { None = 0 Indented = 1 }
    XML_SAVE_OPTIONS "System.Xml.Linq.SaveOptions" true { None = 0 DisableFormatting = 1 OmitDuplicateNamespaces = 2 }
    XML_LOAD_OPTIONS "System.Xml.Linq.LoadOptions" true { None = 0 PreserveWhitespace = 1 SetBaseUri = 2 SetLineInfo = 4 }
    DELIVERY_NOTIFICATION "System.Net.Mail.DeliveryNotificationOptions" true { None = 0 OnSuccess = 1 OnFailure = 2 Delay = 4 Never = 134217728 }
    WINDOW_STYLE "System.Diagnostics.ProcessWindowStyle" false { Normal = 0 Hidden = 1 Minimized = 2 Maximized = 3 }
    HTTP_STATUS_CODE "System.Net.HttpStatusCode" false {
        Continue = 100 SwitchingProtocols = 101 Processing = 102 EarlyHints = 103
        OK = 200 Created = 201 Accepted = 202 NonAuthoritativeInformation = 203 NoContent = 204 ResetContent = 205
        PartialContent = 206 MultiStatus = 207 AlreadyReported = 208 IMUsed = 226
        MultipleChoices = 300 MovedPermanently = 301 Found = 302 SeeOther = 303 NotModified = 304 UseProxy = 305
        Unused = 306 TemporaryRedirect = 307 PermanentRedirect = 308
        BadRequest = 400 Unauthorized = 401 PaymentRequired = 402 Forbidden = 403 NotFound = 404 MethodNotAllowed = 405
        NotAcceptable = 406 ProxyAuthenticationRequired = 407 RequestTimeout = 408 Conflict = 409 Gone = 410
        LengthRequired = 411 PreconditionFailed = 412 RequestEntityTooLarge = 413 RequestUriTooLong = 414
        UnsupportedMediaType = 415 RequestedRangeNotSatisfiable = 416 ExpectationFailed = 417 MisdirectedRequest = 421
        UnprocessableEntity = 422 Locked = 423 FailedDependency = 424 UpgradeRequired = 426 PreconditionRequired = 428
        TooManyRequests = 429 RequestHeaderFieldsTooLarge = 431 UnavailableForLegalReasons = 451
        InternalServerError = 500 NotImplemented = 501 BadGateway = 502 ServiceUnavailable = 503 GatewayTimeout = 504
        HttpVersionNotSupported = 505 VariantAlsoNegotiates = 506 InsufficientStorage = 507 LoopDetected = 508
        NotExtended = 510 NetworkAuthenticationRequired = 511
    }
    WEB_EXCEPTION_STATUS "System.Net.WebExceptionStatus" false {
        Success = 0 NameResolutionFailure = 1 ConnectFailure = 2 ReceiveFailure = 3 SendFailure = 4 ProtocolError = 7
        ConnectionClosed = 8 TrustFailure = 9 Timeout = 14 UnknownError = 16
    }
    SEARCH_SCOPE "System.DirectoryServices.SearchScope" false { Base = 0 OneLevel = 1 Subtree = 2 }
}
