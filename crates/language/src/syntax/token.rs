//! The words of a script: what the lexer hands to the parser.

use super::source::Span;
use rust_decimal::Decimal;

/// What a token is. Keywords are [`Kind::Identifier`]s: only the parser knows where a word is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The end of the text.
    End,
    /// The end of a line.
    NewLine,
    /// A word of letters, digits and underscores.
    Identifier,
    /// Any other word of argument mode; may contain variables.
    Generic,
    /// A number.
    Number,
    /// `'…'` or `@'…'@`.
    StringLiteral,
    /// `"…"` or `@"…"@`.
    StringExpandable,
    /// `$name`, `${name}`.
    Variable,
    /// `@name`.
    Splat,
    /// `-Name` or `-Name:`.
    Parameter,
    /// `:name` before a loop.
    Label,
    /// What follows `--%`.
    Verbatim,
    /// `>`, `2>&1`, …
    Redirection,
    /// `<`.
    RedirectInput,
    /// An operator written with a dash and letters, `-eq`.
    DashOperator(Operator),
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `{`
    LeftCurly,
    /// `}`
    RightCurly,
    /// `[`
    LeftBracket,
    /// `]`
    RightBracket,
    /// `@(`
    AtParen,
    /// `@{`
    AtCurly,
    /// `$(`
    DollarParen,
    /// `;`
    Semi,
    /// `&&`
    AndAnd,
    /// `||`
    OrOr,
    /// `&`
    Ampersand,
    /// `|`
    Pipe,
    /// `,`
    Comma,
    /// `--`
    MinusMinus,
    /// `++`
    PlusPlus,
    /// `..`
    DotDot,
    /// `::`
    ColonColon,
    /// `.`
    Dot,
    /// `:`
    Colon,
    /// `!`
    Exclaim,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Rem,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `=` and the compound forms.
    Assign(Assign),
    /// `?`
    Question,
    /// `??`
    Coalesce,
    /// `?.`
    QuestionDot,
    /// `?[`
    QuestionBracket,
    /// A character that starts nothing.
    Unknown,
}

/// An assignment operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Assign {
    /// `=`
    Set,
    /// `+=`
    Add,
    /// `-=`
    Subtract,
    /// `*=`
    Multiply,
    /// `/=`
    Divide,
    /// `%=`
    Remainder,
    /// `??=`
    Coalesce,
}

impl Assign {
    /// The operator as it is written.
    pub fn text(self) -> &'static str {
        match self {
            Assign::Set => "=",
            Assign::Add => "+=",
            Assign::Subtract => "-=",
            Assign::Multiply => "*=",
            Assign::Divide => "/=",
            Assign::Remainder => "%=",
            Assign::Coalesce => "??=",
        }
    }
}

/// Case handling of a comparison: `-eq` and `-ieq` ignore it, `-ceq` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Case {
    /// Upper and lower case are the same.
    Ignore,
    /// They are not.
    Keep,
}

/// A binary or unary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is named like the operator it stands for")]
pub enum Operator {
    And,
    Or,
    Xor,
    Band,
    Bor,
    Bxor,
    Not,
    Bnot,
    Eq(Case),
    Ne(Case),
    Gt(Case),
    Ge(Case),
    Lt(Case),
    Le(Case),
    Like(Case),
    NotLike(Case),
    Match(Case),
    NotMatch(Case),
    Replace(Case),
    Contains(Case),
    NotContains(Case),
    In(Case),
    NotIn(Case),
    Split(Case),
    Join,
    Is,
    IsNot,
    As,
    Format,
    Shl,
    Shr,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Range,
    Coalesce,
    Comma,
    Increment,
    Decrement,
}

/// Makes an operator of its case.
type Made = fn(Case) -> Operator;

/// The dash operators: name without dash, and without the `c` or `i` of the forms that say it.
const CASED: [(&str, Made); 16] = [
    ("eq", Operator::Eq),
    ("ne", Operator::Ne),
    ("gt", Operator::Gt),
    ("ge", Operator::Ge),
    ("lt", Operator::Lt),
    ("le", Operator::Le),
    ("like", Operator::Like),
    ("notlike", Operator::NotLike),
    ("match", Operator::Match),
    ("notmatch", Operator::NotMatch),
    ("replace", Operator::Replace),
    ("contains", Operator::Contains),
    ("notcontains", Operator::NotContains),
    ("in", Operator::In),
    ("notin", Operator::NotIn),
    ("split", Operator::Split),
];

const PLAIN: [(&str, Operator); 15] = [
    ("and", Operator::And),
    ("or", Operator::Or),
    ("xor", Operator::Xor),
    ("band", Operator::Band),
    ("bor", Operator::Bor),
    ("bxor", Operator::Bxor),
    ("not", Operator::Not),
    ("bnot", Operator::Bnot),
    ("join", Operator::Join),
    ("is", Operator::Is),
    ("isnot", Operator::IsNot),
    ("as", Operator::As),
    ("f", Operator::Format),
    ("shl", Operator::Shl),
    ("shr", Operator::Shr),
];

impl Operator {
    /// The operator written `-NAME`.
    pub fn named(name: &str) -> Option<Operator> {
        if name.len() > 12 {
            return None;
        }
        let lower = name.to_ascii_lowercase();
        if let Some((_, plain)) = PLAIN.iter().find(|(known, _)| *known == lower) {
            return Some(*plain);
        }
        let find = |word: &str| CASED.iter().find(|(known, _)| *known == word).map(|(_, make)| *make);
        if let Some(make) = find(&lower) {
            return Some(make(Case::Ignore));
        }
        match (lower.as_bytes().first()?, find(lower.get(1..)?)) {
            (b'i', Some(make)) => Some(make(Case::Ignore)),
            (b'c', Some(make)) => Some(make(Case::Keep)),
            _ => None,
        }
    }

    /// How strongly it binds as a binary operator; `None` when it is none.
    pub fn precedence(self) -> Option<u8> {
        use Operator as O;
        Some(match self {
            O::And | O::Or | O::Xor => 1,
            O::Band | O::Bor | O::Bxor => 2,
            O::Coalesce => 4,
            O::Add | O::Subtract => 5,
            O::Multiply | O::Divide | O::Remainder => 6,
            O::Format => 7,
            O::Range => 8,
            O::Not | O::Bnot | O::Comma | O::Increment | O::Decrement => return None,
            _ => 3,
        })
    }
}

/// A number as written, in the type PowerShell gives it.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "each is named like the .NET type")]
pub enum Number {
    SByte(i8),
    Byte(u8),
    Int16(i16),
    UInt16(u16),
    Int32(i32),
    UInt32(u32),
    Int64(i64),
    UInt64(u64),
    Double(f64),
    Decimal(Decimal),
    /// A `BigInteger`, in decimal digits.
    Big(Box<str>),
}

/// A variable as written: `$global:x` has the qualifier `global`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VariablePath {
    /// A scope (`script`, `using`) or a drive (`env`, `function`).
    pub qualifier: Option<Box<str>>,
    /// The name behind it.
    pub name: Box<str>,
}

/// A piece of an expandable string.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text that stands as it is, escapes resolved.
    Text(Box<str>),
    /// A variable.
    Variable(Span, VariablePath),
    /// `$( … )`: its span, and its text when doubled quotes in it had to be made single ones.
    Sub(Span, Option<Box<str>>),
}

/// Which streams a redirection joins or sends away; 0 is all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// `2>` or `2>>` to a file.
    File {
        /// The stream.
        from: u8,
        /// Whether the file is kept and added to.
        append: bool,
    },
    /// `2>&1`.
    Merge {
        /// The stream that ends.
        from: u8,
        /// The stream it joins.
        to: u8,
    },
}

/// What a token carries beyond its kind and its place.
#[derive(Clone, Debug, PartialEq)]
pub enum Carried {
    /// Nothing.
    None,
    /// A word or a literal string, escapes resolved.
    Text(Box<str>),
    /// A number.
    Number(Number),
    /// A variable.
    Variable(VariablePath),
    /// An expandable string or word.
    Parts(Vec<Part>),
    /// A parameter's name, and whether a colon ended it.
    Parameter(Box<str>, bool),
    /// A redirection.
    Redirect(Redirect),
}

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub span: Span,
    /// What it carries.
    pub carried: Carried,
    /// A string written as a here-string.
    pub here: bool,
}

impl Token {
    /// Whether the grammar ends a command here.
    pub fn ends_command(&self) -> bool {
        use Kind as K;
        matches!(
            self.kind,
            K::End
                | K::NewLine
                | K::Semi
                | K::Pipe
                | K::RightParen
                | K::RightCurly
                | K::AndAnd
                | K::OrOr
                | K::Ampersand
        )
    }
}
