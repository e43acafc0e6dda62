//! The noun `User`: an account, and the person behind it.

use super::check::{PRINCIPAL_NAME, SAM, TEXT, between, up_to};
use super::recipient::*;
use super::{joined, no, properties, yes};
use crate::country::{CountryInfo, KNOWN};
use crate::user_account::UserAccountFlags;
use object::types::{DateTime, ObjectId, RecipientTypeDetails};
use object::{Declared, Noun, Value};

fn normal_account() -> Value {
    UserAccountFlags(UserAccountFlags::NORMAL).into()
}
fn none() -> Value {
    RecipientTypeDetails::None.into()
}

properties! {
    USER_PRINCIPAL_NAME: String = "UserPrincipalName", "The name to log on with, in the form of an address.", indexed(), attribute("userPrincipalName"), check(PRINCIPAL_NAME), unique("upn"), survives_disable();
    SAM_ACCOUNT_NAME: String = "SamAccountName", "The name to log on with behind DOMAIN\\.", indexed(), attribute("sAMAccountName"), check(SAM), unique("sam"), survives_disable();
    SID: String = "Sid", "The security identifier of the account.", read_only(), indexed(), attribute("objectSid"), survives_disable();
    USER_ACCOUNT_CONTROL: UserAccountFlags = "UserAccountControl", "The state of the account.", read_only(), attribute("userAccountControl"), default(normal_account), survives_disable();
    ACCOUNT_DISABLED: bool = "AccountDisabled", "Whether the account cannot log on.", not_filterable(), default(no), survives_disable();
    MASTER_ACCOUNT_SID: String = "MasterAccountSid", "The account that owns the mailbox, where it is not this one.", read_only(), indexed(), attribute("msExchMasterAccountSid"), unique("master");
    LINKED_MASTER_ACCOUNT: String = "LinkedMasterAccount", "The account in another forest that owns the mailbox.", read_only();
    LINKED_ACCOUNT_NAME: String = "LinkedAccountName", "The name of the account in another forest.", read_only(), not_filterable(), indexed();
    PREVIOUS_DETAILS: RecipientTypeDetails = "PreviousRecipientTypeDetails", "What the recipient was before it was disabled.", read_only(), attribute("msExchPreviousRecipientTypeDetails"), default(none), survives_disable();
    RESET_PASSWORD_ON_NEXT_LOGON: bool = "ResetPasswordOnNextLogon", "Whether the password must be changed at the next log-on.", not_filterable(), default(no), survives_disable();
    PASSWORD_LAST_SET: DateTime = "PasswordLastSet", "When the password was set.", read_only(), not_filterable(), attribute("pwdLastSet"), survives_disable();
    REMOTE_POWERSHELL: bool = "RemotePowerShellEnabled", "Whether the user may use the shell from elsewhere.", default(yes), survives_disable();
    PASSWORD_HASH: String = "PasswordHash", "The argon2id hash of the password; it is never shown.", read_only(), not_filterable(), survives_disable();
    SECOND_FACTOR: String = "SecondFactor", "The sealed key of the account's authenticator; it is never shown.", read_only(), not_filterable(), survives_disable();

    FIRST_NAME: String = "FirstName", "The given name.", indexed(), attribute("givenName"), check(up_to::<64>()), survives_disable();
    LAST_NAME: String = "LastName", "The surname.", indexed(), attribute("sn"), check(up_to::<64>()), survives_disable();
    INITIALS: String = "Initials", "The initials.", attribute("initials"), check(up_to::<6>()), survives_disable();
    OFFICE: String = "Office", "The office.", indexed(), attribute("physicalDeliveryOfficeName"), check(up_to::<128>()), survives_disable();
    PHONE: String = "Phone", "The telephone number at work.", attribute("telephoneNumber"), check(up_to::<64>()), survives_disable();
    TITLE: String = "Title", "The job.", attribute("title"), check(up_to::<128>()), survives_disable();
    DEPARTMENT: String = "Department", "The department.", indexed(), attribute("department"), check(up_to::<64>()), survives_disable();
    COMPANY: String = "Company", "The company.", indexed(), attribute("company"), check(up_to::<64>()), survives_disable();
    CITY: String = "City", "The city.", indexed(), attribute("l"), check(up_to::<128>()), survives_disable();
    STATE: String = "StateOrProvince", "The state or province.", attribute("st"), check(up_to::<128>()), survives_disable();
    POSTAL_CODE: String = "PostalCode", "The postal code.", attribute("postalCode"), check(up_to::<40>()), survives_disable();
    STREET_ADDRESS: String = "StreetAddress", "The street.", attribute("streetAddress"), check(up_to::<1024>()), survives_disable();
    COUNTRY: CountryInfo = "CountryOrRegion", "The country or region.", attribute("co"), check(KNOWN), survives_disable();
    COUNTRY_CODE: String = "CountryCode", "The two letters of the country or region.", computed(), attribute("c");
    COUNTRY_NUMBER: i32 = "CountryNumber", "The number of the country or region.", computed(), attribute("countryCode");
    FAX: String = "Fax", "The fax number.", attribute("facsimileTelephoneNumber"), check(up_to::<64>()), survives_disable();
    HOME_PHONE: String = "HomePhone", "The telephone number at home.", attribute("homePhone"), check(up_to::<64>()), survives_disable();
    MOBILE_PHONE: String = "MobilePhone", "The mobile telephone number.", attribute("mobile"), check(up_to::<64>()), survives_disable();
    PAGER: String = "Pager", "The pager.", attribute("pager"), check(up_to::<64>()), survives_disable();
    OTHER_FAX: String = "OtherFax", "More fax numbers.", many(), attribute("otherFacsimileTelephoneNumber"), check(up_to::<64>()), survives_disable();
    OTHER_HOME_PHONE: String = "OtherHomePhone", "More telephone numbers at home.", many(), attribute("otherHomePhone"), check(up_to::<64>()), survives_disable();
    OTHER_TELEPHONE: String = "OtherTelephone", "More telephone numbers.", many(), attribute("otherTelephone"), check(up_to::<64>()), survives_disable();
    POST_OFFICE_BOX: String = "PostOfficeBox", "The post office boxes.", many(), attribute("postOfficeBox"), check(up_to::<40>()), survives_disable();
    NOTES: String = "Notes", "Notes about the person.", attribute("info"), check(up_to::<1024>()), survives_disable();
    MANAGER: ObjectId = "Manager", "The person's manager.", attribute("manager"), refers_to("UserContactIdParameter"), indexed(), survives_disable();
    DIRECT_REPORTS: ObjectId = "DirectReports", "Those whose manager the person is.", many(), computed(), attribute("directReports");
    WEB_PAGE: String = "WebPage", "The person's page.", attribute("wWWHomePage"), check(up_to::<2048>()), survives_disable();
    ASSISTANT_NAME: String = "AssistantName", "The assistant's name.", attribute("msExchAssistantName"), check(up_to::<256>()), survives_disable();
    TELEPHONE_ASSISTANT: String = "TelephoneAssistant", "The assistant's telephone number.", attribute("telephoneAssistant"), check(up_to::<64>()), survives_disable();
    PHONETIC_DISPLAY_NAME: String = "PhoneticDisplayName", "How the name is spoken.", attribute("msDS-PhoneticDisplayName"), check(up_to::<256>()), survives_disable();
    SENIORITY_INDEX: i32 = "SeniorityIndex", "The rank within the organisation.", attribute("msDS-HABSeniorityIndex"), check(between::<0, 2_147_483_647>()), survives_disable();
    PHOTO: String = "Photo", "Which photo the person has: what it is, and the digest of what is in it.", read_only(), not_filterable(), survives_disable();
    HAS_PICTURE: bool = "HasPicture", "Whether there is a photo.", computed();
    UM_DTMF_MAP: String = "UMDtmfMap", "The name as keys of a telephone.", many(), attribute("msExchUMDtmfMap"), check(TEXT), survives_disable();
}

/// What is known of a person, contacts included.
pub const PERSON: &[&dyn Declared] = &[
    &FIRST_NAME,
    &LAST_NAME,
    &INITIALS,
    &OFFICE,
    &PHONE,
    &TITLE,
    &DEPARTMENT,
    &COMPANY,
    &CITY,
    &STATE,
    &POSTAL_CODE,
    &STREET_ADDRESS,
    &COUNTRY,
    &COUNTRY_CODE,
    &COUNTRY_NUMBER,
    &FAX,
    &HOME_PHONE,
    &MOBILE_PHONE,
    &PAGER,
    &OTHER_FAX,
    &OTHER_HOME_PHONE,
    &OTHER_TELEPHONE,
    &POST_OFFICE_BOX,
    &NOTES,
    &MANAGER,
    &DIRECT_REPORTS,
    &WEB_PAGE,
    &ASSISTANT_NAME,
    &TELEPHONE_ASSISTANT,
    &PHONETIC_DISPLAY_NAME,
    &SENIORITY_INDEX,
    &UM_DTMF_MAP,
    &HAS_PICTURE,
];

/// What accounts have beside what every recipient has.
pub(crate) static PROPERTIES: &[&dyn Declared] = joined!(
    &[
        &USER_PRINCIPAL_NAME,
        &SAM_ACCOUNT_NAME,
        &SID,
        &USER_ACCOUNT_CONTROL,
        &ACCOUNT_DISABLED,
        &MASTER_ACCOUNT_SID,
        &LINKED_MASTER_ACCOUNT,
        &PREVIOUS_DETAILS,
        &RESET_PASSWORD_ON_NEXT_LOGON,
        &PASSWORD_LAST_SET,
        &REMOTE_POWERSHELL,
        &DESCRIPTION,
    ],
    PERSON
);

/// What is kept and belongs to no noun: it never leaves the directory.
pub(crate) static HIDDEN: &[&dyn Declared] = &[&PASSWORD_HASH, &SECOND_FACTOR, &LINKED_ACCOUNT_NAME, &PHOTO];

/// An account and the person behind it.
pub static USER: Noun = Noun {
    name: "User",
    type_name: "Microsoft.Exchange.Data.Directory.Management.User",
    summary: "An account and the person behind it.",
    properties: joined!(
        &[
            &RESET_PASSWORD_ON_NEXT_LOGON,
            &REMOTE_POWERSHELL,
            &USER_ACCOUNT_CONTROL,
            &ACCOUNT_DISABLED,
            &PASSWORD_LAST_SET,
            &PREVIOUS_DETAILS,
            &SAM_ACCOUNT_NAME,
            &SID,
            &MASTER_ACCOUNT_SID,
            &LINKED_MASTER_ACCOUNT,
            &USER_PRINCIPAL_NAME,
            &ORGANIZATIONAL_UNIT,
            &ASSISTANT_NAME,
            &CITY,
            &COMPANY,
            &COUNTRY,
            &DEPARTMENT,
            &DIRECT_REPORTS,
            &DISPLAY_NAME,
            &FAX,
            &FIRST_NAME,
            &HOME_PHONE,
            &INITIALS,
            &LAST_NAME,
            &MANAGER,
            &MOBILE_PHONE,
            &NOTES,
            &OFFICE,
            &OTHER_FAX,
            &OTHER_HOME_PHONE,
            &OTHER_TELEPHONE,
            &PAGER,
            &PHONE,
            &PHONETIC_DISPLAY_NAME,
            &POSTAL_CODE,
            &POST_OFFICE_BOX,
            &RECIPIENT_TYPE,
            &RECIPIENT_TYPE_DETAILS,
            &SIMPLE_DISPLAY_NAME,
            &STATE,
            &STREET_ADDRESS,
            &TELEPHONE_ASSISTANT,
            &TITLE,
            &UM_DTMF_MAP,
            &WEB_PAGE,
            &WINDOWS_EMAIL_ADDRESS,
            &SENIORITY_INDEX,
            &LEGACY_EXCHANGE_DN,
            &MEMBER_OF_GROUP,
        ],
        OBJECT
    ),
    table: &[&NAME, &RECIPIENT_TYPE],
};
