//! How numbers, dates and times are written where. To add a culture, copy one below and add it to `ALL`.
//! Cultures live as long as the process; those that a script makes itself are kept too, up to a limit.
//!
//! The facts are the Unicode CLDR's, as a .NET with ICU shows them; the fields follow .NET's
//! `NumberFormatInfo` and `DateTimeFormatInfo`.

use parking_lot::Mutex;

/// A culture: `de-DE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Culture {
    /// `de-DE`; empty for the invariant culture.
    pub name: &'static str,
    /// `German (Germany)`.
    pub english_name: &'static str,
    /// `Deutsch (Deutschland)`.
    pub native_name: &'static str,
    /// The Windows number of the culture.
    pub lcid: i32,
    /// The sign in front of negative numbers.
    pub negative_sign: &'static str,
    /// Between whole and fraction.
    pub decimal: &'static str,
    /// Between groups of three digits.
    pub group: &'static str,
    /// Decimals of `N`, `F` and `P` when none are asked for.
    pub decimals: usize,
    /// What an infinite number is called.
    pub infinity: &'static str,
    /// The currency's sign.
    pub currency: &'static str,
    /// Decimals of `C` when none are asked for.
    pub currency_decimals: usize,
    /// A positive amount: `$n`, `n $`.
    pub currency_positive: &'static str,
    /// A negative amount: `-$n`, `($n)`.
    pub currency_negative: &'static str,
    /// A positive share: `n%`, `n %`.
    pub percent_positive: &'static str,
    /// A negative share.
    pub percent_negative: &'static str,
    /// Between the elements of a list of values (`Export-Csv -UseCulture`).
    pub list_separator: &'static str,
    /// Pattern `d`.
    pub short_date: &'static str,
    /// Pattern `D`.
    pub long_date: &'static str,
    /// Pattern `t`.
    pub short_time: &'static str,
    /// Pattern `T`.
    pub long_time: &'static str,
    /// Pattern `m`.
    pub month_day: &'static str,
    /// Pattern `y`.
    pub year_month: &'static str,
    /// What `/` becomes.
    pub date_separator: &'static str,
    /// What `:` becomes.
    pub time_separator: &'static str,
    /// Before noon.
    pub am: &'static str,
    /// After noon.
    pub pm: &'static str,
    /// The era.
    pub era: &'static str,
    /// Days from Sunday on.
    pub days: [&'static str; 7],
    /// Days, short.
    pub short_days: [&'static str; 7],
    /// Months.
    pub months: [&'static str; 12],
    /// Months, short, standing alone.
    pub short_months: [&'static str; 12],
    /// Months, short, beside a day.
    pub short_months_of_day: [&'static str; 12],
    /// The first day of the week, Sunday is 0.
    pub first_day: i64,
}

const ENGLISH_DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const ENGLISH_SHORT_DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const ENGLISH_SHORT_MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const BRITISH_SHORT_MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"];

/// The culture of no place: what is stored and what `[string]` casts give.
pub static INVARIANT: Culture = Culture {
    name: "",
    english_name: "Invariant Language (Invariant Country)",
    native_name: "Invariant Language (Invariant Country)",
    lcid: 127,
    decimals: 2,
    infinity: "Infinity",
    currency: "¤",
    currency_negative: "($n)",
    percent_positive: "n %",
    percent_negative: "-n %",
    short_date: "MM/dd/yyyy",
    long_date: "dddd, dd MMMM yyyy",
    short_time: "HH:mm",
    long_time: "HH:mm:ss",
    month_day: "MMMM dd",
    year_month: "yyyy MMMM",
    era: "A.D.",
    ..ENGLISH
};

/// American English.
pub static EN_US: Culture = ENGLISH;

const ENGLISH: Culture = Culture {
    name: "en-US",
    english_name: "English (United States)",
    native_name: "English (United States)",
    lcid: 1033,
    negative_sign: "-",
    decimal: ".",
    group: ",",
    decimals: 3,
    infinity: "∞",
    currency: "$",
    currency_decimals: 2,
    currency_positive: "$n",
    currency_negative: "-$n",
    percent_positive: "n%",
    percent_negative: "-n%",
    list_separator: ",",
    short_date: "M/d/yyyy",
    long_date: "dddd, MMMM d, yyyy",
    short_time: "h:mm\u{202f}tt",
    long_time: "h:mm:ss\u{202f}tt",
    month_day: "MMMM d",
    year_month: "MMMM yyyy",
    date_separator: "/",
    time_separator: ":",
    am: "AM",
    pm: "PM",
    era: "AD",
    days: ENGLISH_DAYS,
    short_days: ENGLISH_SHORT_DAYS,
    months: ENGLISH_MONTHS,
    short_months: ENGLISH_SHORT_MONTHS,
    short_months_of_day: ENGLISH_SHORT_MONTHS,
    first_day: 0,
};

/// What most of Europe's languages share: 24 hours, comma, weeks from Monday on.
const EUROPEAN: Culture = Culture {
    decimal: ",",
    group: ".",
    currency: "€",
    currency_positive: "n $",
    currency_negative: "-n $",
    percent_positive: "n %",
    percent_negative: "-n %",
    list_separator: ";",
    short_time: "HH:mm",
    long_time: "HH:mm:ss",
    first_day: 1,
    ..ENGLISH
};

static EN_GB: Culture = Culture {
    name: "en-GB",
    english_name: "English (United Kingdom)",
    native_name: "English (United Kingdom)",
    lcid: 2057,
    currency: "£",
    short_date: "dd/MM/yyyy",
    long_date: "dddd, d MMMM yyyy",
    short_time: "HH:mm",
    long_time: "HH:mm:ss",
    month_day: "d MMMM",
    am: "am",
    pm: "pm",
    short_months: BRITISH_SHORT_MONTHS,
    short_months_of_day: BRITISH_SHORT_MONTHS,
    first_day: 1,
    ..ENGLISH
};

static DE_DE: Culture = Culture {
    name: "de-DE",
    english_name: "German (Germany)",
    native_name: "Deutsch (Deutschland)",
    lcid: 1031,
    short_date: "dd.MM.yyyy",
    long_date: "dddd, d. MMMM yyyy",
    month_day: "d. MMMM",
    date_separator: ".",
    era: "n. Chr.",
    days: ["Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"],
    short_days: ["So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"],
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    short_months: ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"],
    short_months_of_day: [
        "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.",
    ],
    ..EUROPEAN
};

const FRENCH_SHORT_MONTHS: [&str; 12] =
    ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];

static DE_CH: Culture = Culture {
    name: "de-CH",
    english_name: "German (Switzerland)",
    native_name: "Deutsch (Schweiz)",
    lcid: 2055,
    decimal: ".",
    group: "’",
    currency: "CHF",
    currency_positive: "$ n",
    currency_negative: "$-n",
    percent_positive: "n%",
    percent_negative: "-n%",
    ..DE_DE
};

static FR_FR: Culture = Culture {
    name: "fr-FR",
    english_name: "French (France)",
    native_name: "français (France)",
    lcid: 1036,
    group: "\u{202f}",
    short_date: "dd/MM/yyyy",
    long_date: "dddd d MMMM yyyy",
    month_day: "d MMMM",
    era: "ap. J.-C.",
    days: ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
    short_days: ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    short_months: FRENCH_SHORT_MONTHS,
    short_months_of_day: FRENCH_SHORT_MONTHS,
    ..EUROPEAN
};

const SWEDISH_SHORT_MONTHS: [&str; 12] =
    ["jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."];

static SV_SE: Culture = Culture {
    name: "sv-SE",
    english_name: "Swedish (Sweden)",
    native_name: "svenska (Sverige)",
    lcid: 1053,
    negative_sign: "\u{2212}",
    group: "\u{a0}",
    currency: "kr",
    short_date: "yyyy-MM-dd",
    long_date: "dddd d MMMM yyyy",
    month_day: "d MMMM",
    date_separator: "-",
    am: "fm",
    pm: "em",
    era: "e.Kr.",
    days: ["söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"],
    short_days: ["sön", "mån", "tis", "ons", "tors", "fre", "lör"],
    months: [
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ],
    short_months: SWEDISH_SHORT_MONTHS,
    short_months_of_day: SWEDISH_SHORT_MONTHS,
    ..EUROPEAN
};

const DANISH_SHORT_MONTHS: [&str; 12] =
    ["jan.", "feb.", "mar.", "apr.", "maj", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec."];

static DA_DK: Culture = Culture {
    name: "da-DK",
    english_name: "Danish (Denmark)",
    native_name: "dansk (Danmark)",
    lcid: 1030,
    currency: "kr.",
    short_date: "dd.MM.yyyy",
    long_date: "dddd 'den' d. MMMM yyyy",
    short_time: "HH.mm",
    long_time: "HH.mm.ss",
    month_day: "d. MMMM",
    date_separator: ".",
    time_separator: ".",
    era: "e.Kr.",
    days: ["søndag", "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag"],
    short_days: ["søn.", "man.", "tirs.", "ons.", "tors.", "fre.", "lør."],
    months: [
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ],
    short_months: DANISH_SHORT_MONTHS,
    short_months_of_day: DANISH_SHORT_MONTHS,
    ..EUROPEAN
};

const BRAZILIAN_SHORT_MONTHS: [&str; 12] =
    ["jan.", "fev.", "mar.", "abr.", "mai.", "jun.", "jul.", "ago.", "set.", "out.", "nov.", "dez."];

static PT_BR: Culture = Culture {
    name: "pt-BR",
    english_name: "Portuguese (Brazil)",
    native_name: "português (Brasil)",
    lcid: 1046,
    currency: "R$",
    currency_positive: "$ n",
    currency_negative: "-$ n",
    percent_positive: "n%",
    percent_negative: "-n%",
    short_date: "dd/MM/yyyy",
    long_date: "dddd, d 'de' MMMM 'de' yyyy",
    month_day: "d 'de' MMMM",
    year_month: "MMMM 'de' yyyy",
    era: "d.C.",
    days: [
        "domingo",
        "segunda-feira",
        "terça-feira",
        "quarta-feira",
        "quinta-feira",
        "sexta-feira",
        "sábado",
    ],
    short_days: ["dom.", "seg.", "ter.", "qua.", "qui.", "sex.", "sáb."],
    months: [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    short_months: BRAZILIAN_SHORT_MONTHS,
    short_months_of_day: BRAZILIAN_SHORT_MONTHS,
    first_day: 0,
    ..EUROPEAN
};

const JAPANESE_MONTHS: [&str; 12] =
    ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"];

static JA_JP: Culture = Culture {
    name: "ja-JP",
    english_name: "Japanese (Japan)",
    native_name: "日本語 (日本)",
    lcid: 1041,
    currency: "￥",
    currency_decimals: 0,
    short_date: "yyyy/MM/dd",
    long_date: "yyyy年M月d日dddd",
    short_time: "H:mm",
    long_time: "H:mm:ss",
    month_day: "M月d日",
    year_month: "yyyy年M月",
    am: "午前",
    pm: "午後",
    era: "西暦",
    days: ["日曜日", "月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日"],
    short_days: ["日", "月", "火", "水", "木", "金", "土"],
    months: JAPANESE_MONTHS,
    short_months: JAPANESE_MONTHS,
    short_months_of_day: JAPANESE_MONTHS,
    ..ENGLISH
};

/// Turkish: chiefly for its two kinds of i, which the comparison rules know.
static TR_TR: Culture = Culture {
    name: "tr-TR",
    english_name: "Turkish (Türkiye)",
    native_name: "Türkçe (Türkiye)",
    lcid: 1055,
    currency: "₺",
    currency_positive: "$n",
    currency_negative: "-$n",
    percent_positive: "%n",
    percent_negative: "-%n",
    short_date: "d.MM.yyyy",
    long_date: "d MMMM yyyy dddd",
    month_day: "d MMMM",
    date_separator: ".",
    am: "ÖÖ",
    pm: "ÖS",
    era: "MS",
    days: ["Pazar", "Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi"],
    short_days: ["Paz", "Pzt", "Sal", "Çar", "Per", "Cum", "Cmt"],
    months: [
        "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım",
        "Aralık",
    ],
    short_months: ["Oca", "Şub", "Mar", "Nis", "May", "Haz", "Tem", "Ağu", "Eyl", "Eki", "Kas", "Ara"],
    short_months_of_day: ["Oca", "Şub", "Mar", "Nis", "May", "Haz", "Tem", "Ağu", "Eyl", "Eki", "Kas", "Ara"],
    ..EUROPEAN
};

/// All cultures.
pub static ALL: [&Culture; 11] =
    [&INVARIANT, &EN_US, &EN_GB, &DE_DE, &DE_CH, &FR_FR, &SV_SE, &DA_DK, &PT_BR, &JA_JP, &TR_TR];

/// The culture of that name (`de-DE`, or its language `de`).
pub fn named(name: &str) -> Option<&'static Culture> {
    let exact = ALL.iter().copied().find(|culture| culture.name.eq_ignore_ascii_case(name));
    exact.or_else(|| {
        let language =
            |culture: &&Culture| culture.name.split('-').next().is_some_and(|l| l.eq_ignore_ascii_case(name));
        ALL.iter().copied().filter(|_| !name.is_empty()).find(language)
    })
}

/// How many cultures and texts scripts may make of their own: each stays for good, since everything that
/// writes a number holds its culture without counting.
const MADE_MAX: usize = 2_000;
/// Separators and patterns are short; longer texts are a mistake.
const MADE_TEXT_CHARS_MAX: usize = 200;

static MADE: Mutex<(Vec<&'static Culture>, Vec<&'static str>)> = Mutex::new((Vec::new(), Vec::new()));

/// A culture that was put together at run time, kept for good; `None` when there are too many.
pub fn kept(culture: &Culture) -> Option<&'static Culture> {
    if let Some(known) = ALL.iter().find(|known| **known == culture) {
        return Some(known);
    }
    let mut made = MADE.lock();
    if let Some(known) = made.0.iter().find(|known| **known == culture) {
        return Some(known);
    }
    if made.0.len() >= MADE_MAX {
        return None;
    }
    let kept: &'static Culture = Box::leak(Box::new(*culture));
    made.0.push(kept);
    Some(kept)
}

/// A text for such a culture, kept for good; `None` when there are too many or it is too long.
pub fn kept_text(text: &str) -> Option<&'static str> {
    let mut made = MADE.lock();
    if let Some(known) = made.1.iter().find(|known| **known == text) {
        return Some(known);
    }
    if made.1.len() >= MADE_MAX || text.chars().count() > MADE_TEXT_CHARS_MAX {
        return None;
    }
    let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
    made.1.push(kept);
    Some(kept)
}
