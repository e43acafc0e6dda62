//! .NET's types as scripts name them: the table of names, accelerators and what each type is and type
//! literals (`[int[]]`, `[System.Collections.Generic.List[string]]`).
//!
//! To add a type, add a row to `KNOWN`; an enumeration goes into `enums.rs`.

use crate::enums;
use crate::member_info::MemberInfo;
use object::Value;
use object::types::EXCEPTIONS;
use object::types::EnumType;
use object::types::names::{BYTE_QUANTIFIED_SIZE, UNLIMITED};
use object::value::{Text, Typed};
use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

/// What a conversion to a type has to do; one for each type that has rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the types'")]
pub enum Kind {
    Object,
    Void,
    Bool,
    Char,
    SByte,
    Byte,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Single,
    Double,
    Decimal,
    BigInteger,
    String,
    DateTime,
    DateTimeOffset,
    TimeSpan,
    Guid,
    Version,
    SemanticVersion,
    Uri,
    MailAddress,
    IpAddress,
    Regex,
    Type,
    Array,
    Hashtable,
    Ordered,
    Collection,
    Delegate,
    PSObject,
    ScriptBlock,
    Switch,
    CultureInfo,
    Xml,
    Encoding,
    StringBuilder,
    SecureString,
    Credential,
    Size,
    UnlimitedSize,
    Other,
}

/// A row of the table of types.
pub struct Known {
    /// The full name: `System.Int32`; a generic one with its number: ``System.Collections.Generic.List`1``.
    pub name: &'static str,
    /// The short words that name it: `int`.
    pub accelerators: &'static [&'static str],
    /// The base type.
    pub base: &'static str,
    /// What else a value of it is (`-is`): interfaces.
    pub is: &'static [&'static str],
    /// What converting to it takes.
    pub kind: Kind,
}

/// A type that a script declared.
pub trait ScriptType: Any + Send + Sync {
    /// Its name.
    fn name(&self) -> Text;
    /// What it derives from.
    fn base(&self) -> Option<Type>;
    /// The interfaces it says it has.
    fn interfaces(&self) -> Vec<Type> {
        Vec::new()
    }
    /// Its own members as `Get-Member` shows them, without those it derives.
    fn members(&self, _statics: bool) -> Vec<MemberInfo> {
        Vec::new()
    }
    /// For downcasts: `self`.
    fn as_any(&self) -> &dyn Any;
}

/// A script's class as its instances carry it ([`object::Object::class`]).
pub struct ClassOf(pub Arc<dyn ScriptType>);

/// The class of a script that a value is an instance of.
pub fn class_of(value: &Value) -> Option<&Arc<dyn ScriptType>> {
    let Value::Object(object) = value else { return None };
    object.class()?.downcast_ref::<ClassOf>().map(|class| &class.0)
}

/// A .NET type.
#[derive(Clone)]
pub enum Type {
    /// A row of the table.
    Known(&'static Known),
    /// An array of a type, with its number of dimensions.
    Array(Arc<Type>, usize),
    /// A generic type with its arguments.
    Generic(&'static Known, Arc<[Type]>),
    /// An enumeration.
    Enum(&'static EnumType),
    /// A type known by its name only: that of a noun, of a value of another room.
    Named(Text),
    /// A class of a script.
    Script(Arc<dyn ScriptType>),
}

const NUMBER: &[&str] =
    &["System.IComparable", "System.IConvertible", "System.IFormattable", "System.ISpanFormattable"];
const VALUE: &[&str] = &["System.IComparable", "System.IFormattable"];
const LIST: &[&str] = &[
    "System.Collections.IList",
    "System.Collections.ICollection",
    "System.Collections.IEnumerable",
    "System.ICloneable",
];
const MAP: &[&str] = &[
    "System.Collections.IDictionary",
    "System.Collections.ICollection",
    "System.Collections.IEnumerable",
    "System.ICloneable",
];
const SEQUENCE: &[&str] = &["System.Collections.ICollection", "System.Collections.IEnumerable"];

macro_rules! rows {
    ($($name:tt $kind:ident [$($short:literal)*] : $base:literal $is:expr;)*) => {
        &[$(Known { name: $name, accelerators: &[$($short),*], base: $base, is: $is, kind: Kind::$kind },)*]
    };
}

/// The table of types.
#[rustfmt::skip]
pub static KNOWN: &[Known] = rows! {
    "System.Object" Object ["object"] : "" &[];
    "System.ValueType" Other [] : "System.Object" &[];
    "System.Enum" Other [] : "System.ValueType" &[];
    "System.Void" Void ["void"] : "System.ValueType" &[];
    "System.Boolean" Bool ["bool"] : "System.ValueType" &["System.IComparable", "System.IConvertible"];
    "System.Char" Char ["char"] : "System.ValueType" &["System.IComparable", "System.IConvertible"];
    "System.SByte" SByte ["sbyte"] : "System.ValueType" NUMBER;
    "System.Byte" Byte ["byte"] : "System.ValueType" NUMBER;
    "System.Int16" Int16 ["short" "int16"] : "System.ValueType" NUMBER;
    "System.UInt16" UInt16 ["ushort" "uint16"] : "System.ValueType" NUMBER;
    "System.Int32" Int32 ["int" "int32"] : "System.ValueType" NUMBER;
    "System.UInt32" UInt32 ["uint" "uint32"] : "System.ValueType" NUMBER;
    "System.Int64" Int64 ["long" "int64"] : "System.ValueType" NUMBER;
    "System.UInt64" UInt64 ["ulong" "uint64"] : "System.ValueType" NUMBER;
    "System.Single" Single ["float" "single"] : "System.ValueType" NUMBER;
    "System.Double" Double ["double"] : "System.ValueType" NUMBER;
    "System.Decimal" Decimal ["decimal"] : "System.ValueType" NUMBER;
    "System.Numerics.BigInteger" BigInteger ["bigint"] : "System.ValueType" VALUE;
    "System.String" String ["string"] : "System.Object" &["System.IComparable", "System.IConvertible", "System.ICloneable", "System.Collections.IEnumerable"];
    "System.DateTime" DateTime ["datetime"] : "System.ValueType" NUMBER;
    "System.DateTimeOffset" DateTimeOffset [] : "System.ValueType" VALUE;
    "System.TimeSpan" TimeSpan ["timespan"] : "System.ValueType" VALUE;
    "System.Guid" Guid ["guid"] : "System.ValueType" VALUE;
    "System.Version" Version ["version"] : "System.Object" &["System.IComparable", "System.ICloneable"];
    "System.Management.Automation.SemanticVersion" SemanticVersion ["semver"] : "System.Object" &["System.IComparable"];
    "System.Uri" Uri ["uri"] : "System.Object" &[];
    "System.Net.Mail.MailAddress" MailAddress ["mailaddress"] : "System.Object" &[];
    "System.Net.IPAddress" IpAddress ["ipaddress"] : "System.Object" &[];
    "System.Text.RegularExpressions.Regex" Regex ["regex"] : "System.Object" &[];
    "System.Type" Type ["type"] : "System.Reflection.MemberInfo" &[];
    "System.RuntimeType" Type [] : "System.Reflection.TypeInfo" &["System.Type"];
    "System.Array" Array ["array"] : "System.Object" LIST;
    "System.Collections.Hashtable" Hashtable ["hashtable"] : "System.Object" MAP;
    "System.Collections.Specialized.OrderedDictionary" Ordered ["ordered"] : "System.Object" MAP;
    "System.Collections.ArrayList" Collection [] : "System.Object" LIST;
    "System.Collections.Generic.List`1" Collection [] : "System.Object" LIST;
    "System.Collections.ObjectModel.Collection`1" Collection [] : "System.Object" LIST;
    "System.Collections.ObjectModel.ReadOnlyCollection`1" Collection [] : "System.Object" LIST;
    "System.Collections.Generic.HashSet`1" Collection [] : "System.Object" SEQUENCE;
    "System.Collections.Generic.SortedSet`1" Collection [] : "System.Object" SEQUENCE;
    "System.Collections.Generic.Queue`1" Collection [] : "System.Object" SEQUENCE;
    "System.Collections.Generic.Stack`1" Collection [] : "System.Object" SEQUENCE;
    "System.Collections.Generic.LinkedList`1" Collection [] : "System.Object" SEQUENCE;
    "System.Collections.Queue" Collection [] : "System.Object" SEQUENCE;
    "System.Collections.Stack" Collection [] : "System.Object" SEQUENCE;
    "System.Collections.Generic.Dictionary`2" Collection [] : "System.Object" MAP;
    "System.Collections.Generic.SortedDictionary`2" Collection [] : "System.Object" MAP;
    "System.Collections.SortedList" Collection [] : "System.Object" MAP;
    "System.Collections.Generic.SortedList`2" Collection [] : "System.Object" MAP;
    "System.Collections.DictionaryEntry" Other [] : "System.ValueType" &[];
    "System.Collections.IEnumerable" Other [] : "" &[];
    "System.Collections.IEnumerator" Other [] : "System.Object" &[];
    "System.Collections.ArrayList+ArrayListEnumeratorSimple" Other [] : "System.Collections.IEnumerator" &[];
    "System.Collections.ICollection" Other [] : "" &[];
    "System.Collections.IList" Other [] : "" &[];
    "System.Collections.IDictionary" Other [] : "" &[];
    "System.IComparable" Other [] : "" &[];
    "System.IComparable`1" Other [] : "" &[];
    "System.IEquatable`1" Other [] : "" &[];
    "System.Collections.IComparer" Other [] : "" &[];
    "System.Collections.Generic.IComparer`1" Other [] : "" &[];
    "System.Collections.Generic.IEqualityComparer`1" Other [] : "" &[];
    "System.IConvertible" Other [] : "" &[];
    "System.IFormattable" Other [] : "" &[];
    "System.ICloneable" Other [] : "" &[];
    "System.IDisposable" Other [] : "" &[];
    "System.Collections.Generic.KeyValuePair`2" Other [] : "System.ValueType" &[];
    "System.Collections.Generic.IEnumerable`1" Other [] : "" &[];
    "System.Collections.Generic.IDictionary`2" Other [] : "" &[];
    "System.Collections.Generic.IList`1" Other [] : "" &[];
    "System.Nullable`1" Other [] : "System.ValueType" &[];
    "System.Management.Automation.PSObject" PSObject ["psobject" "pscustomobject"] : "System.Object" &[];
    "System.Management.Automation.PSCustomObject" PSObject [] : "System.Object" &[];
    "System.Management.Automation.ScriptBlock" ScriptBlock ["scriptblock"] : "System.Object" &[];
    "System.Management.Automation.SwitchParameter" Switch ["switch"] : "System.ValueType" &[];
    "System.Management.Automation.PSCredential" Credential ["pscredential"] : "System.Object" &[];
    "System.Management.Automation.PSReference" Other ["ref"] : "System.Object" &[];
    "System.Management.Automation.ErrorRecord" Other [] : "System.Object" &[];
    "System.Management.Automation.PSVariable" Other ["psvariable"] : "System.Object" &[];
    "System.Management.Automation.PSNoteProperty" Other ["psnoteproperty"] : "System.Management.Automation.PSPropertyInfo" &[];
    "System.Management.Automation.PSScriptProperty" Other ["psscriptproperty"] : "System.Management.Automation.PSPropertyInfo" &[];
    "System.Management.Automation.PSAliasProperty" Other ["psaliasproperty"] : "System.Management.Automation.PSPropertyInfo" &[];
    "System.Management.Automation.PSScriptMethod" Other ["psscriptmethod"] : "System.Management.Automation.PSMethodInfo" &[];
    "System.Management.Automation.PSPropertyInfo" Other [] : "System.Management.Automation.PSMemberInfo" &[];
    "System.Management.Automation.PSMemberInfo" Other [] : "System.Object" &[];
    "System.Management.Automation.PSTypeName" Other [] : "System.Object" &[];
    "System.Management.Automation.PSModuleInfo" Other ["psmoduleinfo"] : "System.Object" &[];
    "System.Management.Automation.PSListModifier" Other ["pslistmodifier"] : "System.Object" &[];
    "System.Management.Automation.PSMethod" Other [] : "System.Management.Automation.PSMethodInfo" &[];
    "System.Management.Automation.PSMethodInfo" Other [] : "System.Management.Automation.PSMemberInfo" &[];
    "System.Management.Automation.CmdletInfo" Other [] : "System.Management.Automation.CommandInfo" &[];
    "System.Management.Automation.FunctionInfo" Other [] : "System.Management.Automation.CommandInfo" &[];
    "System.Management.Automation.AliasInfo" Other [] : "System.Management.Automation.CommandInfo" &[];
    "System.Management.Automation.CommandInfo" Other [] : "System.Object" &[];
    "System.Management.Automation.CmdletBindingAttribute" Other ["CmdletBinding"] : "System.Attribute" &[];
    "System.Management.Automation.ParameterAttribute" Other ["Parameter"] : "System.Attribute" &[];
    "System.Management.Automation.AliasAttribute" Other ["Alias"] : "System.Attribute" &[];
    "System.Management.Automation.OutputTypeAttribute" Other ["OutputType"] : "System.Attribute" &[];
    "System.Management.Automation.ValidateSetAttribute" Other ["ValidateSet"] : "System.Management.Automation.ValidateArgumentsAttribute" &[];
    "System.Management.Automation.ValidateRangeAttribute" Other ["ValidateRange"] : "System.Management.Automation.ValidateArgumentsAttribute" &[];
    "System.Management.Automation.ValidatePatternAttribute" Other ["ValidatePattern"] : "System.Management.Automation.ValidateArgumentsAttribute" &[];
    "System.Management.Automation.ValidateLengthAttribute" Other ["ValidateLength"] : "System.Management.Automation.ValidateArgumentsAttribute" &[];
    "System.Management.Automation.ValidateCountAttribute" Other ["ValidateCount"] : "System.Management.Automation.ValidateArgumentsAttribute" &[];
    "System.Management.Automation.ValidateScriptAttribute" Other ["ValidateScript"] : "System.Management.Automation.ValidateArgumentsAttribute" &[];
    "System.Management.Automation.ValidateNotNullAttribute" Other ["ValidateNotNull"] : "System.Management.Automation.ValidateArgumentsAttribute" &[];
    "System.Management.Automation.ValidateNotNullOrEmptyAttribute" Other ["ValidateNotNullOrEmpty"] : "System.Management.Automation.ValidateArgumentsAttribute" &[];
    "System.Management.Automation.AllowNullAttribute" Other ["AllowNull"] : "System.Attribute" &[];
    "System.Management.Automation.AllowEmptyStringAttribute" Other ["AllowEmptyString"] : "System.Attribute" &[];
    "System.Management.Automation.AllowEmptyCollectionAttribute" Other ["AllowEmptyCollection"] : "System.Attribute" &[];
    "System.Management.Automation.SupportsWildcardsAttribute" Other ["SupportsWildcards"] : "System.Attribute" &[];
    "System.Management.Automation.PSDefaultValueAttribute" Other ["PSDefaultValue"] : "System.Attribute" &[];
    "System.Management.Automation.RuntimeDefinedParameter" Other [] : "System.Object" &[];
    "System.Management.Automation.RuntimeDefinedParameterDictionary" Collection [] : "System.Collections.Generic.Dictionary`2" MAP;
    "System.Attribute" Other [] : "System.Object" &[];
    "System.FlagsAttribute" Other [] : "System.Attribute" &[];
    "System.Management.Automation.Internal.Host.InternalHost" Other [] : "System.Object" &[];
    "System.Management.Automation.Host.Size" Other [] : "System.ValueType" &[];
    "System.Management.Automation.Host.Coordinates" Other [] : "System.ValueType" &[];
    "System.Management.Automation.Host.ChoiceDescription" Other [] : "System.Object" &[];
    "System.Management.Automation.Host.FieldDescription" Other [] : "System.Object" &[];
    "System.Management.Automation.Language.Parser" Other [] : "System.Object" &[];
    "System.Management.Automation.Language.Ast" Other [] : "System.Object" &[];
    "System.Management.Automation.Language.StatementAst" Other [] : "System.Management.Automation.Language.Ast" &[];
    "System.Management.Automation.Language.CommandBaseAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.CommandElementAst" Other [] : "System.Management.Automation.Language.Ast" &[];
    "System.Management.Automation.Language.ExpressionAst" Other [] : "System.Management.Automation.Language.CommandElementAst" &[];
    "System.Management.Automation.Language.AttributedExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.ConvertExpressionAst" Other [] : "System.Management.Automation.Language.AttributedExpressionAst" &[];
    "System.Management.Automation.Language.AttributeBaseAst" Other [] : "System.Management.Automation.Language.Ast" &[];
    "System.Management.Automation.Language.AttributeAst" Other [] : "System.Management.Automation.Language.AttributeBaseAst" &[];
    "System.Management.Automation.Language.TypeConstraintAst" Other [] : "System.Management.Automation.Language.AttributeBaseAst" &[];
    "System.Management.Automation.Language.NamedAttributeArgumentAst" Other [] : "System.Management.Automation.Language.Ast" &[];
    "System.Management.Automation.Language.ConstantExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.StringConstantExpressionAst" Other [] : "System.Management.Automation.Language.ConstantExpressionAst" &[];
    "System.Management.Automation.Language.MemberExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.InvokeMemberExpressionAst" Other [] : "System.Management.Automation.Language.MemberExpressionAst" &[];
    "System.Management.Automation.Language.BaseCtorInvokeMemberExpressionAst" Other [] : "System.Management.Automation.Language.InvokeMemberExpressionAst" &[];
    "System.Management.Automation.Language.PipelineBaseAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.PipelineAst" Other [] : "System.Management.Automation.Language.PipelineBaseAst" &[];
    "System.Management.Automation.Language.PipelineChainAst" Other [] : "System.Management.Automation.Language.PipelineBaseAst" &[];
    "System.Management.Automation.Language.AssignmentStatementAst" Other [] : "System.Management.Automation.Language.PipelineBaseAst" &[];
    "System.Management.Automation.Language.ChainableAst" Other [] : "System.Management.Automation.Language.PipelineBaseAst" &[];
    "System.Management.Automation.Language.ErrorStatementAst" Other [] : "System.Management.Automation.Language.PipelineBaseAst" &[];
    "System.Management.Automation.Language.CommandAst" Other [] : "System.Management.Automation.Language.CommandBaseAst" &[];
    "System.Management.Automation.Language.CommandExpressionAst" Other [] : "System.Management.Automation.Language.CommandBaseAst" &[];
    "System.Management.Automation.Language.CommandParameterAst" Other [] : "System.Management.Automation.Language.CommandElementAst" &[];
    "System.Management.Automation.Language.RedirectionAst" Other [] : "System.Management.Automation.Language.Ast" &[];
    "System.Management.Automation.Language.FileRedirectionAst" Other [] : "System.Management.Automation.Language.RedirectionAst" &[];
    "System.Management.Automation.Language.MergingRedirectionAst" Other [] : "System.Management.Automation.Language.RedirectionAst" &[];
    "System.Management.Automation.Language.LabeledStatementAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.LoopStatementAst" Other [] : "System.Management.Automation.Language.LabeledStatementAst" &[];
    "System.Management.Automation.Language.ForEachStatementAst" Other [] : "System.Management.Automation.Language.LoopStatementAst" &[];
    "System.Management.Automation.Language.ForStatementAst" Other [] : "System.Management.Automation.Language.LoopStatementAst" &[];
    "System.Management.Automation.Language.WhileStatementAst" Other [] : "System.Management.Automation.Language.LoopStatementAst" &[];
    "System.Management.Automation.Language.DoWhileStatementAst" Other [] : "System.Management.Automation.Language.LoopStatementAst" &[];
    "System.Management.Automation.Language.DoUntilStatementAst" Other [] : "System.Management.Automation.Language.LoopStatementAst" &[];
    "System.Management.Automation.Language.SwitchStatementAst" Other [] : "System.Management.Automation.Language.LabeledStatementAst" &[];
    "System.Management.Automation.Language.MemberAst" Other [] : "System.Management.Automation.Language.Ast" &[];
    "System.Management.Automation.Language.PropertyMemberAst" Other [] : "System.Management.Automation.Language.MemberAst" &[];
    "System.Management.Automation.Language.FunctionMemberAst" Other [] : "System.Management.Automation.Language.MemberAst" &[];
    "System.Management.Automation.Language.ScriptBlockAst" Other [] : "System.Management.Automation.Language.Ast" &[];
    "System.Management.Automation.Language.ParamBlockAst" Other [] : "System.Management.Automation.Language.Ast" &[];
    "System.Management.Automation.Language.NamedBlockAst" Other [] : "System.Management.Automation.Language.Ast" &[];
    "System.Management.Automation.Language.ParameterAst" Other [] : "System.Management.Automation.Language.Ast" &[];
    "System.Management.Automation.Language.StatementBlockAst" Other [] : "System.Management.Automation.Language.Ast" &[];
    "System.Management.Automation.Language.CatchClauseAst" Other [] : "System.Management.Automation.Language.Ast" &[];
    "System.Management.Automation.Language.UsingStatementAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.IfStatementAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.TryStatementAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.TrapStatementAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.BreakStatementAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.ContinueStatementAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.ReturnStatementAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.ExitStatementAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.ThrowStatementAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.DataStatementAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.BlockStatementAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.FunctionDefinitionAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.TypeDefinitionAst" Other [] : "System.Management.Automation.Language.StatementAst" &[];
    "System.Management.Automation.Language.UnaryExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.BinaryExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.TernaryExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.VariableExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.UsingExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.TypeExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.IndexExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.ArrayExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.ParenExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.SubExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.ScriptBlockExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.ExpandableStringExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.ErrorExpressionAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.ArrayLiteralAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.HashtableAst" Other [] : "System.Management.Automation.Language.ExpressionAst" &[];
    "System.Management.Automation.Language.InternalScriptExtent" Other [] : "System.Object" &[];
    "System.Management.Automation.Language.ParseError" Other [] : "System.Object" &[];
    "System.Management.Automation.Language.TypeName" Other [] : "System.Object" &[];
    "System.Management.Automation.Language.IParameterMetadataProvider" Other [] : "System.Object" &[];
    "System.Management.Automation.Language.CodeGeneration" Other [] : "System.Object" &[];
    "System.Management.Automation.Language.Token" Other [] : "System.Object" &[];
    "System.Management.Automation.CommandMetadata" Other [] : "System.Object" &[];
    "System.Management.Automation.ParameterMetadata" Other [] : "System.Object" &[];
    "System.Management.Automation.ParameterSetMetadata" Other [] : "System.Object" &[];
    "System.Management.Automation.ProxyCommand" Other [] : "System.Object" &[];
    "System.Management.Automation.VariablePath" Other [] : "System.Object" &[];
    "System.Management.Automation.SessionState" Other [] : "System.Object" &[];
    "System.Management.Automation.EngineIntrinsics" Other [] : "System.Object" &[];
    "System.Management.Automation.Cmdlet" Other [] : "System.Object" &[];
    "System.Management.Automation.PSDriveInfo" Other [] : "System.Object" &[];
    "System.Management.Automation.ProviderInfo" Other [] : "System.Object" &[];
    "System.Management.Automation.PagingParameters" Other [] : "System.Object" &[];
    "System.Management.Automation.Internal.CommonParameters" Other [] : "System.Object" &[];
    "System.Management.Automation.Internal.ShouldProcessParameters" Other [] : "System.Object" &[];
    "System.Management.Automation.Internal.TransactionParameters" Other [] : "System.Object" &[];
    "System.Management.Automation.PathInfo" Other [] : "System.Object" &[];
    "System.Management.Automation.PSVariableProperty" Other [] : "System.Object" &[];
    "System.Management.Automation.PSToken" Other [] : "System.Object" &[];
    "System.Management.Automation.InvocationInfo" Other [] : "System.Object" &[];
    "System.Management.Automation.CallStackFrame" Other [] : "System.Object" &[];
    "System.Management.Automation.PSCmdlet" Other [] : "System.Management.Automation.Cmdlet" &[];
    "System.Management.Automation.PSScriptCmdlet" Other [] : "System.Management.Automation.PSCmdlet" &[];
    "System.Management.Automation.ExternalScriptInfo" Other [] : "System.Management.Automation.CommandInfo" &[];
    "System.Management.Automation.ApplicationInfo" Other [] : "System.Management.Automation.CommandInfo" &[];
    "System.Management.Automation.FilterInfo" Other [] : "System.Management.Automation.FunctionInfo" &[];
    "System.Management.Automation.ValidateArgumentsAttribute" Other [] : "System.Attribute" &[];
    "System.Management.Automation.PSTypeNameAttribute" Other [] : "System.Attribute" &[];
    "System.Management.Automation.ValidateNotNullOrWhiteSpaceAttribute" Other ["ValidateNotNullOrWhiteSpace"] : "System.Attribute" &[];
    "System.Management.Automation.PSBoundParametersDictionary" Collection [] : "System.Collections.Generic.Dictionary`2" MAP;
    "System.Reflection.PropertyInfo" Other [] : "System.Reflection.MemberInfo" &[];
    "System.Reflection.ConstructorInfo" Other [] : "System.Reflection.MemberInfo" &[];
    "System.Reflection.MethodInfo" Other [] : "System.Reflection.MemberInfo" &[];
    "System.Reflection.FieldInfo" Other [] : "System.Reflection.MemberInfo" &[];
    "System.Reflection.RuntimeAssembly" Other [] : "System.Object" &[];
    "System.Management.Automation.WildcardPattern" Other ["wildcardpattern"] : "System.Object" &[];
    "System.Management.Automation.PSSerializer" Other [] : "System.Object" &[];
    "System.Management.Automation.LanguagePrimitives" Other [] : "System.Object" &[];
    "System.Management.Automation.PowerShell" Other ["powershell"] : "System.Object" &[];
    "System.Management.Automation.Runspaces.Runspace" Other ["runspace"] : "System.Object" &[];
    "System.Management.Automation.Runspaces.RunspaceFactory" Other ["runspacefactory"] : "System.Object" &[];
    "System.Management.Automation.Runspaces.InitialSessionState" Other ["initialsessionstate"] : "System.Object" &[];
    "System.Management.Automation.InformationalRecord" Other [] : "System.Object" &[];
    "System.Management.Automation.WarningRecord" Other [] : "System.Management.Automation.InformationalRecord" &[];
    "System.Management.Automation.VerboseRecord" Other [] : "System.Management.Automation.InformationalRecord" &[];
    "System.Management.Automation.DebugRecord" Other [] : "System.Management.Automation.InformationalRecord" &[];
    "System.Management.Automation.InformationRecord" Other [] : "System.Object" &[];
    "System.Management.Automation.PropertyNotFoundException" Other [] : "System.Management.Automation.RuntimeException" &[];
    "System.Management.Automation.RuntimeException" Other [] : "System.SystemException" &[];
    "System.Management.Automation.MethodException" Other [] : "System.Management.Automation.ExtendedTypeSystemException" &[];
    "System.Management.Automation.MethodInvocationException" Other [] : "System.Management.Automation.MethodException" &[];
    "System.Management.Automation.ExtendedTypeSystemException" Other [] : "System.Management.Automation.RuntimeException" &[];
    "System.Management.Automation.GetValueException" Other [] : "System.Management.Automation.ExtendedTypeSystemException" &[];
    "System.Management.Automation.GetValueInvocationException" Other [] : "System.Management.Automation.GetValueException" &[];
    "System.Management.Automation.SetValueException" Other [] : "System.Management.Automation.ExtendedTypeSystemException" &[];
    "System.Management.Automation.SetValueInvocationException" Other [] : "System.Management.Automation.SetValueException" &[];
    "System.Management.Automation.PSInvalidCastException" Other [] : "System.InvalidCastException" &[];
    "System.Management.Automation.PSInvalidOperationException" Other [] : "System.InvalidOperationException" &[];
    "System.Management.Automation.PSArgumentException" Other [] : "System.ArgumentException" &[];
    "System.Management.Automation.PSArgumentNullException" Other [] : "System.ArgumentNullException" &[];
    "System.Management.Automation.PSArgumentOutOfRangeException" Other [] : "System.ArgumentOutOfRangeException" &[];
    "System.Management.Automation.PSNotSupportedException" Other [] : "System.NotSupportedException" &[];
    "System.Management.Automation.CommandNotFoundException" Other [] : "System.Management.Automation.RuntimeException" &[];
    "System.Management.Automation.ParameterBindingException" Other [] : "System.Management.Automation.RuntimeException" &[];
    "System.Management.Automation.ParameterBindingValidationException" Other [] : "System.Management.Automation.ParameterBindingException" &[];
    "System.Management.Automation.ParameterBindingArgumentTransformationException" Other [] : "System.Management.Automation.ParameterBindingException" &[];
    "System.Management.Automation.ValidationMetadataException" Other [] : "System.Management.Automation.MetadataException" &[];
    "System.Management.Automation.MetadataException" Other [] : "System.Management.Automation.RuntimeException" &[];
    "System.Management.Automation.ArgumentTransformationMetadataException" Other [] : "System.Management.Automation.MetadataException" &[];
    "System.Management.Automation.ItemNotFoundException" Other [] : "System.Management.Automation.SessionStateException" &[];
    "System.Management.Automation.SessionStateException" Other [] : "System.Management.Automation.RuntimeException" &[];
    "System.Management.Automation.SessionStateUnauthorizedAccessException" Other [] : "System.Management.Automation.SessionStateException" &[];
    "System.Management.Automation.DriveNotFoundException" Other [] : "System.Management.Automation.SessionStateException" &[];
    "System.Management.Automation.ProviderNotFoundException" Other [] : "System.Management.Automation.SessionStateException" &[];
    "System.Management.Automation.ActionPreferenceStopException" Other [] : "System.Management.Automation.RuntimeException" &[];
    "System.Management.Automation.CmdletInvocationException" Other [] : "System.Management.Automation.RuntimeException" &[];
    "System.Management.Automation.ScriptRequiresException" Other [] : "System.Management.Automation.RuntimeException" &[];
    "System.Management.Automation.ParseException" Other [] : "System.Management.Automation.RuntimeException" &[];
    "System.Management.Automation.ParentContainsErrorRecordException" Other [] : "System.SystemException" &[];
    "System.Management.Automation.PipelineStoppedException" Other [] : "System.Management.Automation.RuntimeException" &[];
    "System.Management.Automation.BreakException" Other [] : "System.SystemException" &[];
    "Microsoft.PowerShell.Commands.WriteErrorException" Other [] : "System.SystemException" &[];
    "System.Exception" Other [] : "System.Object" &[];
    "System.SystemException" Other [] : "System.Exception" &[];
    "System.ApplicationException" Other [] : "System.Exception" &[];
    "System.ArgumentException" Other [] : "System.SystemException" &[];
    "System.ArgumentNullException" Other [] : "System.ArgumentException" &[];
    "System.ArgumentOutOfRangeException" Other [] : "System.ArgumentException" &[];
    "System.ArithmeticException" Other [] : "System.SystemException" &[];
    "System.DivideByZeroException" Other [] : "System.ArithmeticException" &[];
    "System.OverflowException" Other [] : "System.ArithmeticException" &[];
    "System.FormatException" Other [] : "System.SystemException" &[];
    "System.IndexOutOfRangeException" Other [] : "System.SystemException" &[];
    "System.InvalidCastException" Other [] : "System.SystemException" &[];
    "System.InvalidOperationException" Other [] : "System.SystemException" &[];
    "System.ObjectDisposedException" Other [] : "System.InvalidOperationException" &[];
    "System.NotSupportedException" Other [] : "System.SystemException" &[];
    "System.NotImplementedException" Other [] : "System.SystemException" &[];
    "System.NullReferenceException" Other [] : "System.SystemException" &[];
    "System.RankException" Other [] : "System.SystemException" &[];
    "System.ArrayTypeMismatchException" Other [] : "System.SystemException" &[];
    "System.OperationCanceledException" Other [] : "System.SystemException" &[];
    "System.OutOfMemoryException" Other [] : "System.SystemException" &[];
    "System.TimeoutException" Other [] : "System.SystemException" &[];
    "System.UnauthorizedAccessException" Other [] : "System.SystemException" &[];
    "System.UriFormatException" Other [] : "System.FormatException" &[];
    "System.AggregateException" Other [] : "System.Exception" &[];
    "System.Collections.Generic.KeyNotFoundException" Other [] : "System.SystemException" &[];
    "System.IO.IOException" Other [] : "System.SystemException" &[];
    "System.IO.FileNotFoundException" Other [] : "System.IO.IOException" &[];
    "System.IO.DirectoryNotFoundException" Other [] : "System.IO.IOException" &[];
    "System.IO.PathTooLongException" Other [] : "System.IO.IOException" &[];
    "System.IO.InvalidDataException" Other [] : "System.SystemException" &[];
    "System.Text.RegularExpressions.RegexParseException" Other [] : "System.ArgumentException" &[];
    "System.Text.RegularExpressions.RegexMatchTimeoutException" Other [] : "System.TimeoutException" &[];
    "System.Xml.XmlException" Other [] : "System.SystemException" &[];
    "System.Security.SecurityException" Other [] : "System.SystemException" &[];
    "System.Net.WebException" Other [] : "System.InvalidOperationException" &[];
    "System.Globalization.CultureNotFoundException" Other [] : "System.ArgumentException" &[];
    "System.Text.StringBuilder" StringBuilder [] : "System.Object" &[];
    "System.Text.Encoding" Encoding [] : "System.Object" &["System.ICloneable"];
    "System.Text.UTF8Encoding" Encoding [] : "System.Text.Encoding" &[];
    "System.Text.RegularExpressions.Match" Other [] : "System.Text.RegularExpressions.Group" &[];
    "System.Text.RegularExpressions.Group" Other [] : "System.Text.RegularExpressions.Capture" &[];
    "System.Text.RegularExpressions.Capture" Other [] : "System.Object" &[];
    "System.Text.RegularExpressions.CaptureCollection" Other [] : "System.Object" LIST;
    "System.Text.RegularExpressions.MatchEvaluator" Delegate [] : "System.MulticastDelegate" &[];
    "System.Text.RegularExpressions.MatchCollection" Other [] : "System.Object" LIST;
    "System.Text.RegularExpressions.GroupCollection" Other [] : "System.Object" LIST;
    "System.Globalization.CultureInfo" CultureInfo ["cultureinfo"] : "System.Object" &["System.IFormatProvider", "System.ICloneable"];
    "System.Globalization.NumberFormatInfo" Other [] : "System.Object" &["System.IFormatProvider"];
    "System.Globalization.DateTimeFormatInfo" Other [] : "System.Object" &["System.IFormatProvider"];
    "System.Globalization.TextInfo" Other [] : "System.Object" &[];
    "System.IFormatProvider" Other [] : "" &[];
    "System.Security.SecureString" SecureString ["securestring"] : "System.Object" &[];
    "System.Security.AccessControl.FileSystemAccessRule" Other [] : "System.Object" &[];
    "System.Xml.XmlDocument" Xml ["xml"] : "System.Xml.XmlNode" &["System.Collections.IEnumerable"];
    "System.Xml.XmlElement" Other [] : "System.Xml.XmlLinkedNode" &[];
    "System.Xml.XmlNode" Other [] : "System.Object" &[];
    "System.Math" Other [] : "System.Object" &[];
    "System.MathF" Other [] : "System.Object" &[];
    "System.Convert" Other [] : "System.Object" &[];
    "System.BitConverter" Other [] : "System.Object" &[];
    "System.Environment" Other [] : "System.Object" &[];
    "System.Console" Other [] : "System.Object" &[];
    "System.Random" Other [] : "System.Object" &[];
    "System.GC" Other [] : "System.Object" &[];
    "System.Activator" Other [] : "System.Object" &[];
    "System.StringComparer" Other [] : "System.Object" &["System.Collections.IComparer", "System.Collections.IEqualityComparer", "System.Collections.Generic.IEqualityComparer`1[System.String]", "System.Collections.Generic.IComparer`1[System.String]"];
    "System.TimeZoneInfo" Other [] : "System.Object" &[];
    "System.Diagnostics.Stopwatch" Other [] : "System.Object" &[];
    "System.Diagnostics.Process" Other [] : "System.Object" &[];
    "System.Threading.Thread" Other [] : "System.Object" &[];
    "System.IO.Path" Other [] : "System.Object" &[];
    "System.IO.File" Other [] : "System.Object" &[];
    "System.IO.Directory" Other [] : "System.Object" &[];
    "System.IO.FileInfo" Other [] : "System.IO.FileSystemInfo" &[];
    "System.IO.DirectoryInfo" Other [] : "System.IO.FileSystemInfo" &[];
    "System.IO.FileSystemInfo" Other [] : "System.Object" &[];
    "System.IO.TextReader" Other [] : "System.Object" &["System.IDisposable"];
    "System.IO.TextWriter" Other [] : "System.Object" &["System.IDisposable"];
    "System.IO.StreamReader" Other [] : "System.IO.TextReader" &["System.IDisposable"];
    "System.IO.StreamWriter" Other [] : "System.IO.TextWriter" &["System.IDisposable"];
    "System.IO.StringReader" Other [] : "System.IO.TextReader" &["System.IDisposable"];
    "System.IO.StringWriter" Other [] : "System.IO.TextWriter" &["System.IDisposable"];
    "System.IO.MemoryStream" Other [] : "System.IO.Stream" &["System.IDisposable"];
    "System.Net.Dns" Other [] : "System.Object" &[];
    "System.Net.IPHostEntry" Other [] : "System.Object" &[];
    "System.Net.Sockets.SocketException" Other [] : "System.SystemException" &[];
    "System.Net.NetworkCredential" Other [] : "System.Object" &[];
    "System.DirectoryServices.DirectoryEntry" Other ["adsi"] : "System.Object" &["System.IDisposable"];
    "System.DirectoryServices.DirectorySearcher" Other ["adsisearcher"] : "System.Object" &["System.IDisposable"];
    "System.Net.Mime.ContentType" Other [] : "System.Object" &[];
    "System.Net.Mime.ContentDisposition" Other [] : "System.Object" &[];
    "System.DirectoryServices.SearchResult" Other [] : "System.Object" &[];
    "System.DirectoryServices.ResultPropertyCollection" Other [] : "System.Object" &["System.Collections.IDictionary"];
    "System.DirectoryServices.PropertyCollection" Other [] : "System.Object" &["System.Collections.IDictionary"];
    "System.DirectoryServices.PropertyValueCollection" Other [] : "System.Object" LIST;
    "System.DirectoryServices.DirectoryServicesCOMException" Other [] : "System.SystemException" &[];
    "System.Net.WebClient" Other [] : "System.Object" &["System.IDisposable"];
    "System.Net.WebRequest" Other [] : "System.Object" &[];
    "System.Net.HttpWebRequest" Other [] : "System.Net.WebRequest" &[];
    "System.Net.WebResponse" Other [] : "System.Object" &["System.IDisposable"];
    "System.Net.HttpWebResponse" Other [] : "System.Net.WebResponse" &["System.IDisposable"];
    "System.Net.WebHeaderCollection" Other [] : "System.Collections.Specialized.NameValueCollection" LIST;
    "System.Net.CookieContainer" Other [] : "System.Object" &[];
    "System.Net.Http.HttpResponseMessage" Other [] : "System.Object" &["System.IDisposable"];
    "System.Net.Http.HttpRequestException" Other [] : "System.Exception" &[];
    "Microsoft.PowerShell.Commands.HttpResponseException" Other [] : "System.Net.Http.HttpRequestException" &[];
    "Microsoft.PowerShell.Commands.WebRequestSession" Other [] : "System.Object" &[];
    "System.Threading.Tasks.TaskCanceledException" Other [] : "System.OperationCanceledException" &[];
    "System.Net.WebUtility" Other [] : "System.Object" &[];
    "System.Net.ServicePointManager" Other [] : "System.Object" &[];
    "System.Net.Mail.MailMessage" Other [] : "System.Object" &[];
    "System.Net.Mail.SmtpClient" Other [] : "System.Object" &["System.IDisposable"];
    "System.DBNull" Other [] : "System.Object" &[];
    "System.Security.Cryptography.SHA256" Other [] : "System.Security.Cryptography.HashAlgorithm" &[];
    "System.Security.Cryptography.MD5" Other [] : "System.Security.Cryptography.HashAlgorithm" &[];
    "System.Security.Cryptography.RandomNumberGenerator" Other [] : "System.Object" &[];
    "System.Security.Principal.WindowsIdentity" Other [] : "System.Object" &[];
    "System.Security.Principal.WindowsPrincipal" Other [] : "System.Object" &[];
    "System.Security.Principal.SecurityIdentifier" Other [] : "System.Object" &[];
    "System.Runtime.InteropServices.Marshal" Other [] : "System.Object" &[];
    "System.Reflection.Assembly" Other [] : "System.Object" &[];
    "System.Web.HttpUtility" Other [] : "System.Object" &[];
    "System.Web.Security.Membership" Other [] : "System.Object" &[];
    "System.Delegate" Other [] : "System.Object" &["System.ICloneable"];
    "System.MulticastDelegate" Other [] : "System.Delegate" &[];
    "System.Action" Delegate [] : "System.MulticastDelegate" &[];
    "System.EventHandler" Delegate [] : "System.MulticastDelegate" &[];
    "System.Action`1" Delegate [] : "System.MulticastDelegate" &[];
    "System.Action`2" Delegate [] : "System.MulticastDelegate" &[];
    "System.Action`3" Delegate [] : "System.MulticastDelegate" &[];
    "System.Action`4" Delegate [] : "System.MulticastDelegate" &[];
    "System.Action`5" Delegate [] : "System.MulticastDelegate" &[];
    "System.Action`6" Delegate [] : "System.MulticastDelegate" &[];
    "System.Action`7" Delegate [] : "System.MulticastDelegate" &[];
    "System.Action`8" Delegate [] : "System.MulticastDelegate" &[];
    "System.Func`1" Delegate [] : "System.MulticastDelegate" &[];
    "System.Func`2" Delegate [] : "System.MulticastDelegate" &[];
    "System.Func`3" Delegate [] : "System.MulticastDelegate" &[];
    "System.Func`4" Delegate [] : "System.MulticastDelegate" &[];
    "System.Func`5" Delegate [] : "System.MulticastDelegate" &[];
    "System.Func`6" Delegate [] : "System.MulticastDelegate" &[];
    "System.Func`7" Delegate [] : "System.MulticastDelegate" &[];
    "System.Func`8" Delegate [] : "System.MulticastDelegate" &[];
    "System.Func`9" Delegate [] : "System.MulticastDelegate" &[];
    "System.Predicate`1" Delegate [] : "System.MulticastDelegate" &[];
    "System.Comparison`1" Delegate [] : "System.MulticastDelegate" &[];
    "System.Converter`2" Delegate [] : "System.MulticastDelegate" &[];
    "System.EventHandler`1" Delegate [] : "System.MulticastDelegate" &[];
    "System.Tuple`1" Other [] : "System.Object" &["System.IComparable"];
    "System.ValueTuple`1" Other [] : "System.ValueType" &["System.IComparable"];
    "System.Tuple`2" Other [] : "System.Object" &["System.IComparable"];
    "System.ValueTuple`2" Other [] : "System.ValueType" &["System.IComparable"];
    "System.Tuple`3" Other [] : "System.Object" &["System.IComparable"];
    "System.ValueTuple`3" Other [] : "System.ValueType" &["System.IComparable"];
    "System.Tuple`4" Other [] : "System.Object" &["System.IComparable"];
    "System.ValueTuple`4" Other [] : "System.ValueType" &["System.IComparable"];
    "System.Tuple`5" Other [] : "System.Object" &["System.IComparable"];
    "System.ValueTuple`5" Other [] : "System.ValueType" &["System.IComparable"];
    "System.Tuple`6" Other [] : "System.Object" &["System.IComparable"];
    "System.ValueTuple`6" Other [] : "System.ValueType" &["System.IComparable"];
    "System.Tuple`7" Other [] : "System.Object" &["System.IComparable"];
    "System.ValueTuple`7" Other [] : "System.ValueType" &["System.IComparable"];
    "System.Tuple`8" Other [] : "System.Object" &["System.IComparable"];
    "System.ValueTuple`8" Other [] : "System.ValueType" &["System.IComparable"];
    "System.Tuple" Other [] : "System.Object" &[];
    "System.ValueTuple" Other [] : "System.ValueType" &[];
    "System.Collections.Specialized.NameValueCollection" Other [] : "System.Collections.Specialized.NameObjectCollectionBase" SEQUENCE;
    "System.Collections.Specialized.NameObjectCollectionBase" Other [] : "System.Object" SEQUENCE;
    "System.Collections.Specialized.StringCollection" Collection [] : "System.Object" LIST;
    "System.Collections.Specialized.StringDictionary" Other [] : "System.Object" &["System.Collections.IEnumerable"];
    "System.Collections.Specialized.HybridDictionary" Other [] : "System.Object" MAP;
    "System.Collections.Specialized.ListDictionary" Other [] : "System.Object" MAP;
    "System.Collections.BitArray" Other [] : "System.Object" SEQUENCE;
    "System.Collections.CaseInsensitiveComparer" Other [] : "System.Object" &["System.Collections.IComparer"];
    "System.Collections.Comparer" Other [] : "System.Object" &["System.Collections.IComparer"];
    "System.Collections.IComparer" Other [] : "" &[];
    "System.Collections.IEqualityComparer" Other [] : "" &[];
    "System.Collections.Generic.IEqualityComparer`1" Other [] : "" &[];
    "System.Collections.Generic.IComparer`1" Other [] : "" &[];
    "System.Collections.Generic.ICollection`1" Other [] : "" &[];
    "System.Collections.Generic.LinkedListNode`1" Other [] : "System.Object" &[];
    "System.Collections.Generic.PriorityQueue`2" Other [] : "System.Object" &[];
    "System.Collections.Concurrent.ConcurrentDictionary`2" Collection [] : "System.Object" MAP;
    "System.Collections.Concurrent.ConcurrentQueue`1" Collection [] : "System.Object" SEQUENCE;
    "System.Collections.Concurrent.ConcurrentBag`1" Collection [] : "System.Object" SEQUENCE;
    "System.Collections.Concurrent.ConcurrentStack`1" Collection [] : "System.Object" SEQUENCE;
    "System.Collections.Generic.Dictionary`2+Enumerator" Other [] : "System.ValueType" &["System.Collections.IEnumerator"];
    "System.Globalization.CharUnicodeInfo" Other [] : "System.Object" &[];
    "System.Globalization.CompareInfo" Other [] : "System.Object" &[];
    "System.Globalization.Calendar" Other [] : "System.Object" &["System.ICloneable"];
    "System.Globalization.GregorianCalendar" Other [] : "System.Globalization.Calendar" &["System.ICloneable"];
    "System.Globalization.RegionInfo" Other [] : "System.Object" &[];
    "System.UriBuilder" Other [] : "System.Object" &[];
    "System.Net.Mail.MailAddressCollection" Collection [] : "System.Collections.ObjectModel.Collection`1" LIST;
    "System.Net.Mail.Attachment" Other [] : "System.Object" &["System.IDisposable"];
    "System.Net.Mail.AttachmentCollection" Collection [] : "System.Collections.ObjectModel.Collection`1" LIST;
    "System.Diagnostics.ProcessStartInfo" Other [] : "System.Object" &[];
    "System.IO.Stream" Other [] : "System.MarshalByRefObject" &["System.IDisposable"];
    "System.MarshalByRefObject" Other [] : "System.Object" &[];
    "System.IO.FileStream" Other [] : "System.IO.Stream" &["System.IDisposable"];
    "System.IO.BinaryReader" Other [] : "System.Object" &["System.IDisposable"];
    "System.IO.BinaryWriter" Other [] : "System.Object" &["System.IDisposable"];
    "System.IO.Compression.GZipStream" Other [] : "System.IO.Stream" &["System.IDisposable"];
    "System.IO.Compression.DeflateStream" Other [] : "System.IO.Stream" &["System.IDisposable"];
    "System.IO.Compression.ZLibStream" Other [] : "System.IO.Stream" &["System.IDisposable"];
    "System.Security.Cryptography.HashAlgorithm" Other [] : "System.Object" &["System.IDisposable"];
    "System.Security.Cryptography.KeyedHashAlgorithm" Other [] : "System.Security.Cryptography.HashAlgorithm" &[];
    "System.Security.Cryptography.HMAC" Other [] : "System.Security.Cryptography.KeyedHashAlgorithm" &[];
    "System.Security.Cryptography.RNGCryptoServiceProvider" Other [] : "System.Security.Cryptography.RandomNumberGenerator" &[];
    "System.Security.Cryptography.CryptographicException" Other [] : "System.SystemException" &[];
    "System.Text.DecoderFallbackException" Other [] : "System.ArgumentException" &[];
    "System.Text.EncoderFallbackException" Other [] : "System.ArgumentException" &[];
    "System.Text.UnicodeEncoding" Encoding [] : "System.Text.Encoding" &[];
    "System.Text.ASCIIEncoding" Encoding [] : "System.Text.Encoding" &[];
    "System.Text.UTF32Encoding" Encoding [] : "System.Text.Encoding" &[];
    "System.Text.Rune" Other [] : "System.ValueType" &["System.IComparable"];
    "System.MissingMethodException" Other [] : "System.SystemException" &[];
    "System.InsufficientExecutionStackException" Other [] : "System.SystemException" &[];
    "System.PlatformNotSupportedException" Other [] : "System.NotSupportedException" &[];
    "System.IO.EndOfStreamException" Other [] : "System.IO.IOException" &[];
    "System.Xml.XPath.XPathException" Other [] : "System.SystemException" &[];
    "System.Xml.XmlLinkedNode" Other [] : "System.Xml.XmlNode" &[];
    "System.Xml.XmlAttribute" Other [] : "System.Xml.XmlNode" &[];
    "System.Xml.XmlCharacterData" Other [] : "System.Xml.XmlLinkedNode" &[];
    "System.Xml.XmlText" Other [] : "System.Xml.XmlCharacterData" &[];
    "System.Xml.XmlWhitespace" Other [] : "System.Xml.XmlCharacterData" &[];
    "System.Xml.XmlSignificantWhitespace" Other [] : "System.Xml.XmlCharacterData" &[];
    "System.Xml.XmlCDataSection" Other [] : "System.Xml.XmlCharacterData" &[];
    "System.Xml.XmlComment" Other [] : "System.Xml.XmlCharacterData" &[];
    "System.Xml.XmlDeclaration" Other [] : "System.Xml.XmlLinkedNode" &[];
    "System.Xml.XmlProcessingInstruction" Other [] : "System.Xml.XmlLinkedNode" &[];
    "System.Xml.XmlDocumentType" Other [] : "System.Xml.XmlLinkedNode" &[];
    "System.Xml.XmlDocumentFragment" Other [] : "System.Xml.XmlNode" &[];
    "System.Xml.XmlNodeList" Other [] : "System.Object" &["System.Collections.IEnumerable"];
    "System.Xml.XmlAttributeCollection" Other [] : "System.Object" SEQUENCE;
    "System.Xml.XmlNamespaceManager" Other [] : "System.Object" &[];
    "System.Xml.XmlNameTable" Other [] : "System.Object" &[];
    "System.Xml.XmlWriterSettings" Other [] : "System.Object" &[];
    "System.Xml.XmlWriter" Other [] : "System.Object" &["System.IDisposable"];
    "System.Xml.XmlTextWriter" Other [] : "System.Xml.XmlWriter" &["System.IDisposable"];
    "System.Xml.Linq.XObject" Other [] : "System.Object" &[];
    "System.Xml.Linq.XNode" Other [] : "System.Xml.Linq.XObject" &[];
    "System.Xml.Linq.XContainer" Other [] : "System.Xml.Linq.XNode" &[];
    "System.Xml.Linq.XElement" Other [] : "System.Xml.Linq.XContainer" &[];
    "System.Xml.Linq.XDocument" Other [] : "System.Xml.Linq.XContainer" &[];
    "System.Xml.Linq.XAttribute" Other [] : "System.Xml.Linq.XObject" &[];
    "System.Xml.Linq.XName" Other [] : "System.Object" &[];
    "System.Security.Cryptography.MD5Managed" Other [] : "System.Security.Cryptography.MD5" &[];
    "System.Security.Cryptography.MD5CryptoServiceProvider" Other [] : "System.Security.Cryptography.MD5" &[];
    "System.Security.Cryptography.HMACMD5" Other [] : "System.Security.Cryptography.HMAC" &[];
    "System.Security.Cryptography.SHA1" Other [] : "System.Security.Cryptography.HashAlgorithm" &[];
    "System.Security.Cryptography.SHA1Managed" Other [] : "System.Security.Cryptography.SHA1" &[];
    "System.Security.Cryptography.SHA1CryptoServiceProvider" Other [] : "System.Security.Cryptography.SHA1" &[];
    "System.Security.Cryptography.HMACSHA1" Other [] : "System.Security.Cryptography.HMAC" &[];
    "System.Security.Cryptography.SHA256Managed" Other [] : "System.Security.Cryptography.SHA256" &[];
    "System.Security.Cryptography.SHA256CryptoServiceProvider" Other [] : "System.Security.Cryptography.SHA256" &[];
    "System.Security.Cryptography.HMACSHA256" Other [] : "System.Security.Cryptography.HMAC" &[];
    "System.Security.Cryptography.SHA384" Other [] : "System.Security.Cryptography.HashAlgorithm" &[];
    "System.Security.Cryptography.SHA384Managed" Other [] : "System.Security.Cryptography.SHA384" &[];
    "System.Security.Cryptography.SHA384CryptoServiceProvider" Other [] : "System.Security.Cryptography.SHA384" &[];
    "System.Security.Cryptography.HMACSHA384" Other [] : "System.Security.Cryptography.HMAC" &[];
    "System.Security.Cryptography.SHA512" Other [] : "System.Security.Cryptography.HashAlgorithm" &[];
    "System.Security.Cryptography.SHA512Managed" Other [] : "System.Security.Cryptography.SHA512" &[];
    "System.Security.Cryptography.SHA512CryptoServiceProvider" Other [] : "System.Security.Cryptography.SHA512" &[];
    "System.Security.Cryptography.HMACSHA512" Other [] : "System.Security.Cryptography.HMAC" &[];
    BYTE_QUANTIFIED_SIZE Size [] : "System.ValueType" VALUE;
    UNLIMITED UnlimitedSize [] : "System.ValueType" VALUE;
};

/// The exceptions of the server's own commands.
static OF_SERVER: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let rows = EXCEPTIONS.iter();
    rows.map(|(name, base)| Known { name, accelerators: &[], base, is: &[], kind: Kind::Other }).collect()
});

static BY_NAME: LazyLock<HashMap<String, Type>> = LazyLock::new(|| {
    let mut map = HashMap::new();
    for known in KNOWN.iter().chain(&*OF_SERVER) {
        map.insert(known.name.to_ascii_lowercase(), Type::Known(known));
        if let Some(short) = known.name.strip_prefix("System.") {
            map.entry(short.to_ascii_lowercase()).or_insert(Type::Known(known));
        }
        for word in known.accelerators {
            map.insert(word.to_ascii_lowercase(), Type::Known(known));
        }
    }
    for of in enums::ALL {
        map.insert(of.name.to_ascii_lowercase(), Type::Enum(of));
        if let Some(short) = of.name.strip_prefix("System.") {
            map.entry(short.to_ascii_lowercase()).or_insert(Type::Enum(of));
        }
    }
    map
});

/// The row of that full name. The name must be in the table.
pub(crate) fn known(name: &str) -> Type {
    BY_NAME.get(&name.to_ascii_lowercase()).cloned().unwrap_or_else(|| Type::Named(name.into()))
}

macro_rules! shorthands {
    ($($fn:ident $name:literal;)*) => {$(
        #[doc = concat!("`", $name, "`.")]
        pub fn $fn() -> Type {
            static CELL: LazyLock<Type> = LazyLock::new(|| known($name));
            CELL.clone()
        }
    )*};
}

impl Type {
    shorthands! {
        object "System.Object"; boolean "System.Boolean"; character "System.Char"; string "System.String";
        int32 "System.Int32"; uint32 "System.UInt32"; int64 "System.Int64"; double "System.Double"; decimal "System.Decimal";
        date_time "System.DateTime"; time_span "System.TimeSpan"; byte "System.Byte"; hashtable "System.Collections.Hashtable";
    }

    /// Reads a type literal without its outer brackets: `int`, `string[]`,
    /// `System.Collections.Generic.Dictionary[string,int]`. Only types of the tables are found.
    pub fn parse(text: &str) -> Option<Type> {
        Type::parse_with(text, &|_| None)
    }

    /// As [`Type::parse`], where `declared` knows more names: those of a script's own classes.
    pub fn parse_with(text: &str, declared: &dyn Fn(&str) -> Option<Type>) -> Option<Type> {
        let text = text.trim();
        if let Some(inner) = text.strip_suffix(']') {
            let open = matching_bracket(inner)?;
            let (head, arguments) = (&inner[..open], inner[open + 1..].trim());
            if arguments.chars().all(|c| c == ',' || c == ' ') {
                let rank = arguments.matches(',').count() + 1;
                return Some(Type::Array(Arc::new(Type::parse_with(head, declared)?), rank));
            }
            return generic(head, arguments, declared);
        }
        let plain = text.split_once(", ").map_or(text, |(name, _)| name);
        if let Some(found) = declared(plain) {
            return Some(found);
        }
        BY_NAME.get(&plain.to_ascii_lowercase()).cloned().filter(|found| !found.is_open_generic())
    }

    fn is_open_generic(&self) -> bool {
        matches!(self, Type::Known(known) if known.name.contains('`'))
    }

    /// The type of that full name, known or not.
    pub fn named(name: &str) -> Type {
        Type::parse(name).unwrap_or_else(|| Type::Named(name.into()))
    }
    /// An array of this type.
    pub fn array(self) -> Type {
        Type::Array(Arc::new(self), 1)
    }

    /// What converting to it takes.
    pub fn kind(&self) -> Kind {
        match self {
            Type::Known(known) | Type::Generic(known, _) => known.kind,
            Type::Array(..) => Kind::Array,
            Type::Enum(_) | Type::Named(_) | Type::Script(_) => Kind::Other,
        }
    }

    /// The full name, generic arguments in one pair of brackets: as `ToString()` of the type gives it.
    pub fn name(&self) -> Text {
        match self {
            Type::Known(known) => known.name.into(),
            Type::Array(element, rank) => format!("{}[{}]", element.name(), ",".repeat(rank - 1)).into(),
            Type::Generic(known, arguments) => {
                let names: Vec<Text> = arguments.iter().map(Type::name).collect();
                format!("{}[{}]", known.name, names.join(",")).into()
            }
            Type::Enum(of) => of.name.into(),
            Type::Named(name) => name.clone(),
            Type::Script(script) => script.name(),
        }
    }
    /// The name without its namespace: `Int32`, ``List`1``.
    pub fn short_name(&self) -> Text {
        match self {
            Type::Generic(known, _) => last(known.name).into(),
            Type::Array(element, rank) => {
                format!("{}[{}]", element.short_name(), ",".repeat(rank - 1)).into()
            }
            other => {
                let name = other.name();
                last(name.split('[').next().unwrap_or_default()).into()
            }
        }
    }
    /// The namespace.
    pub fn namespace(&self) -> Option<Text> {
        let name = self.name();
        let plain = name.split(['[', '`']).next().unwrap_or_default();
        plain.rsplit_once('.').map(|(space, _)| space.into())
    }
    /// As PowerShell writes a type: its accelerator where it has one, else the full name.
    pub fn accelerator(&self) -> Text {
        match self {
            Type::Known(known) => known.accelerators.first().map_or(known.name, |word| word).into(),
            Type::Array(element, rank) => {
                format!("{}[{}]", element.accelerator(), ",".repeat(rank - 1)).into()
            }
            Type::Generic(known, arguments) => {
                let names: Vec<Text> = arguments.iter().map(Type::accelerator).collect();
                format!("{}[{}]", known.name.split('`').next().unwrap_or_default(), names.join(",")).into()
            }
            other => other.name(),
        }
    }

    /// The type it derives from.
    pub fn base(&self) -> Option<Type> {
        match self {
            Type::Known(known) | Type::Generic(known, _) => {
                (!known.base.is_empty()).then(|| Type::named(known.base))
            }
            Type::Array(..) => Some(known("System.Array")),
            Type::Enum(_) => Some(known("System.Enum")),
            Type::Named(_) => Some(Type::object()),
            Type::Script(script) => script.base().or_else(|| Some(Type::object())),
        }
    }
    /// The element type of an array or list.
    pub fn element(&self) -> Option<Type> {
        match self {
            Type::Array(element, _) => Some((**element).clone()),
            Type::Generic(_, arguments) => arguments.first().cloned(),
            _ => None,
        }
    }
    /// Whether values of it are copied, not shared, and never `$null`.
    pub fn is_value_type(&self) -> bool {
        match self {
            Type::Known(known) | Type::Generic(known, _) => {
                known.base == "System.ValueType" && known.name != "System.Nullable`1"
            }
            Type::Enum(_) => true,
            _ => false,
        }
    }
    /// Whether it is a number type.
    pub fn is_number(&self) -> bool {
        use Kind as K;
        matches!(
            self.kind(),
            K::SByte
                | K::Byte
                | K::Int16
                | K::UInt16
                | K::Int32
                | K::UInt32
                | K::Int64
                | K::UInt64
                | K::Single
                | K::Double
                | K::Decimal
                | K::BigInteger
        )
    }

    /// Whether a value of this type is also one of `other`.
    pub fn is_a(&self, other: &Type) -> bool {
        let wanted = other.name();
        if &*wanted == "System.Object" {
            return true;
        }
        let mut at = Some(self.clone());
        while let Some(of) = at {
            if of.name().eq_ignore_ascii_case(&wanted) {
                return true;
            }
            let (Type::Known(known) | Type::Generic(known, _)) = &of else {
                if let Type::Script(class) = &of
                    && class.interfaces().iter().any(|face| face.is_a(other))
                {
                    return true;
                }
                at = of.base();
                continue;
            };
            if known.is.iter().any(|name| name.eq_ignore_ascii_case(&wanted)) {
                return true;
            }
            at = of.base();
        }
        self.is_interface_of(&wanted)
    }

    fn is_interface_of(&self, wanted: &str) -> bool {
        let arguments = match self {
            Type::Generic(known, arguments) if known.is.contains(&"System.Collections.IList") => {
                arguments.clone()
            }
            Type::Array(element, _) => Arc::from(vec![(**element).clone()]),
            _ => return matches!(self, Type::Enum(_)) && NUMBER.contains(&wanted),
        };
        let inside = arguments.iter().map(Type::name).collect::<Vec<_>>().join(",");
        ["IEnumerable`1", "IList`1", "ICollection`1"]
            .iter()
            .any(|name| wanted.eq_ignore_ascii_case(&format!("System.Collections.Generic.{name}[{inside}]")))
    }
}

fn last(name: &str) -> &str {
    name.rsplit(['.', '+']).next().unwrap_or(name)
}

/// Where the bracket that belongs to the one cut off the end opens.
fn matching_bracket(inner: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in inner.char_indices().rev() {
        match c {
            ']' => depth += 1,
            '[' if depth == 0 => return Some(at),
            '[' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn generic(head: &str, arguments: &str, declared: &dyn Fn(&str) -> Option<Type>) -> Option<Type> {
    let arguments: Option<Vec<Type>> = split_arguments(arguments)
        .into_iter()
        .map(|word| {
            Type::parse_with(word.trim().trim_start_matches('[').trim_end_matches(']'), declared)
                .or_else(|| Type::parse_with(word, declared))
        })
        .collect();
    let arguments = arguments?;
    let head = head.split('`').next().unwrap_or(head).trim();
    let found = BY_NAME.get(&format!("{head}`{}", arguments.len()).to_ascii_lowercase())?;
    match found {
        Type::Known(known) => Some(Type::Generic(known, arguments.into())),
        _ => None,
    }
}

fn split_arguments(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

impl PartialEq for Type {
    fn eq(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Known(a), Type::Known(b)) => std::ptr::eq(*a, *b),
            _ => self.name().eq_ignore_ascii_case(&other.name()),
        }
    }
}
impl Eq for Type {}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}
impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]", self.name())
    }
}

/// A type is itself a value: `[int]`.
impl Typed for Type {
    fn type_name(&self) -> Text {
        "System.RuntimeType".into()
    }
    fn text(&self) -> String {
        self.name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A generic type by its name with the number of its arguments.
pub(crate) fn generic_of(name: &str, arguments: Vec<Type>) -> Type {
    match known(name) {
        Type::Known(row) => Type::Generic(row, arguments.into()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_literals_are_read_and_named() {
        for (written, name, short, accelerator) in [
            ("int", "System.Int32", "Int32", "int"),
            ("INT[]", "System.Int32[]", "Int32[]", "int[]"),
            ("DateTime", "System.DateTime", "DateTime", "datetime"),
            (
                "Collections.Generic.List[string]",
                "System.Collections.Generic.List`1[System.String]",
                "List`1",
                "System.Collections.Generic.List[string]",
            ),
            (
                "System.Collections.Generic.Dictionary[string,int[]]",
                "System.Collections.Generic.Dictionary`2[System.String,System.Int32[]]",
                "Dictionary`2",
                "System.Collections.Generic.Dictionary[string,int[]]",
            ),
            ("DayOfWeek", "System.DayOfWeek", "DayOfWeek", "System.DayOfWeek"),
            ("object[,]", "System.Object[,]", "Object[,]", "object[,]"),
        ] {
            let found = Type::parse(written).unwrap();
            assert_eq!(
                (&*found.name(), &*found.short_name(), &*found.accelerator()),
                (name, short, accelerator)
            );
        }
        for bad in ["nope", "List", "int[", "]", "System.Collections.Generic.List[nope]", ""] {
            assert!(Type::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn every_base_is_in_the_table() {
        for known in KNOWN.iter().chain(&*OF_SERVER) {
            let mut at = Type::Known(known);
            for _ in 0..12 {
                match at.base() {
                    Some(base) => at = base,
                    None => break,
                }
            }
            assert!(at.base().is_none(), "{} never ends", known.name);
        }
    }
}
