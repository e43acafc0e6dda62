//! `Add-Type`: assemblies by name, and C# as far as it is enumerations and classes of plain properties.
//!
//! What is read is said again in this shell's own words (`enum`, `class`) and declared as if the script had
//! written that. Methods and constructors with code are declared and say, when they are called, that nothing here runs
//! C#; what cannot even be declared is refused in a sentence.

use crate::declare::declare;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;
use std::fmt::Write as _;

/// The longest text of C# that is read.
const SOURCE_BYTES_MAX: usize = 1 << 20;

/// `Add-Type`.
pub(crate) static ADD_TYPE: CoreCommand = CoreCommand::new(
    "Add-Type",
    "AddTypeCommand",
    || {
        declare(
            "Add-Type",
            "FromSource FromMember FromPath FromLiteralPath FromAssemblyName",
            "TypeDefinition string @FromSource 0 !
             Name string @FromMember 0 !
             MemberDefinition string[] @FromMember 1 !
             Namespace string @FromMember =NS
             UsingNamespace string[] @FromMember =Using
             Path string[] @FromPath 0 !
             LiteralPath string[] @FromLiteralPath ! =PSPath,LP
             AssemblyName string[] @FromAssemblyName ! =AN
             Language string
             ReferencedAssemblies string[] =RA
             PassThru switch
             IgnoreWarnings switch",
        )
    },
    || Box::new(AddType),
);

struct AddType;

impl Command for AddType {
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        match call.set() {
            "FromAssemblyName" => call.texts("AssemblyName").iter().try_for_each(|name| assembly(call, name)),
            "FromMember" => {
                let name = call.text("Name").unwrap_or_default();
                let space = call.text("Namespace").unwrap_or_default();
                let members = call.texts("MemberDefinition").join("\n");
                if members.contains("DllImport") {
                    return Err(refused(&format!(
                        "{space}.{name} calls functions of Windows, which are not here"
                    )));
                }
                for used in call.texts("UsingNamespace") {
                    call.verbose(&format!("{used} is not looked at."))?;
                }
                let class = format!("public class {name} {{ {members} }}");
                match space.as_str() {
                    "" => define(call, &class),
                    space => define(call, &format!("namespace {space} {{ {class} }}")),
                }
            }
            "FromSource" => {
                let text = call.text("TypeDefinition").unwrap_or_default();
                define(call, &text)
            }
            _ => {
                let mut paths = call.texts("Path");
                paths.extend(call.texts("LiteralPath"));
                paths.iter().try_for_each(|path| from_file(call, path))
            }
        }
    }
}

fn assembly(call: &mut Call<'_>, name: &str) -> Run {
    if let Some(known) = dotnet::member::known_assembly(name) {
        return call.verbose(&format!("The types of {known} that are here are loaded already."));
    }
    let plain = name.split(',').next().unwrap_or(name).trim();
    let message = format!("Cannot add type. The assembly '{plain}' could not be found.");
    let error = Exception::new("System.Exception", message).id("ASSEMBLY_NOT_FOUND");
    Err(ErrorRecord::new(error.category(Category::ObjectNotFound)).with_target(plain.into()).into())
}

fn from_file(call: &mut Call<'_>, path: &str) -> Run {
    let full = call.session().full_path(path);
    let lower = full.to_ascii_lowercase();
    if lower.ends_with(".dll") || lower.ends_with(".exe") {
        return Err(refused(&format!("{full} is a compiled assembly, and nothing here runs one")));
    }
    let bytes = call.host().files().read(&full);
    let bytes = bytes.map_err(|error| crate::encoding::not_opened(call, &error, &full).id("FileNotFound"))?;
    define(call, &String::from_utf8_lossy(&bytes))
}

fn refused(why: &str) -> language::Halt {
    let message = format!(
        "Cannot add type: {why}. Enumerations and classes of plain properties are read of C#; write the rest as a function or a class of PowerShell."
    );
    let error = Exception::new("System.NotSupportedException", message).id("CompilerErrors");
    error.category(Category::NotImplemented).into()
}

fn define(call: &mut Call<'_>, source: &str) -> Run {
    let language = call.text("Language").unwrap_or_else(|| "CSharp".to_owned());
    if !language.to_ascii_lowercase().starts_with("csharp") {
        return Err(refused(&format!("{language} is not read here")));
    }
    for name in call.texts("ReferencedAssemblies") {
        call.verbose(&format!("{name} is not looked at."))?;
    }
    call.flag("IgnoreWarnings");
    let said = translated(source).map_err(|why| refused(&why))?;
    let names: Vec<String> = said.iter().map(|one| one.name.clone()).collect();
    for one in said {
        call.session().declare_type_text(&one.text, &one.space)?;
    }
    if call.flag("PassThru") {
        for name in names {
            let found = dotnet::Engine::script_type(call.session(), &name);
            call.write(found.map_or(Value::Null, Value::typed))?;
        }
    }
    Ok(())
}

/// A type in this shell's own words.
#[derive(Debug, PartialEq)]
struct Said {
    name: String,
    space: String,
    text: String,
}

/// Words and signs of C#, without comments.
fn tokens(source: &str) -> Result<Vec<String>, String> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err("its text is longer than 1 MB".to_owned());
    }
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let taken = if c.is_whitespace() {
            rest = &rest[c.len_utf8()..];
            continue;
        } else if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
            continue;
        } else if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
            continue;
        } else if c == '"' {
            let end = closing_quote(rest).ok_or("a text in it has no end")?;
            end + 1
        } else if c.is_alphanumeric() || c == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(rest.len())
        } else {
            c.len_utf8()
        };
        found.push(rest[..taken].to_owned());
        rest = &rest[taken..];
    }
    Ok(found)
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(at, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at)
    })
}

const MODIFIERS: [&str; 7] = ["public", "internal", "sealed", "partial", "private", "protected", "readonly"];

fn translated(source: &str) -> Result<Vec<Said>, String> {
    let mut reader = Reader { tokens: tokens(source)?, at: 0, depth: 0, made: Vec::new() };
    reader.space("", false)?;
    Ok(reader.made)
}

/// Namespaces in namespaces; nobody writes more than a few.
const NESTING_MAX: usize = 50;

struct Reader {
    tokens: Vec<String>,
    at: usize,
    /// How many namespaces one is in.
    depth: usize,
    made: Vec<Said>,
}

impl Reader {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }
    fn next(&mut self) -> Option<String> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }
    fn name(&mut self) -> Result<String, String> {
        self.next()
            .filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
            .ok_or("a name is missing in it".to_owned())
    }
    fn expect(&mut self, sign: &str) -> Result<(), String> {
        match self.next() {
            Some(found) if found == sign => Ok(()),
            found => Err(format!("'{sign}' is missing before '{}'", found.unwrap_or_default())),
        }
    }
    /// Passes over attributes and modifiers; says whether `[Flags]` was one of them.
    fn marks(&mut self) -> bool {
        let mut flags = false;
        loop {
            match self.peek() {
                Some("[") => {
                    while let Some(word) = self.next().filter(|word| word != "]") {
                        flags |= word.rsplit('.').next().is_some_and(|word| word.starts_with("Flags"));
                    }
                }
                Some(word) if MODIFIERS.contains(&word) => self.at += 1,
                _ => return flags,
            }
        }
    }

    fn space(&mut self, space: &str, inner: bool) -> Result<(), String> {
        loop {
            let flags = self.marks();
            match self.next().as_deref() {
                None if !inner => return Ok(()),
                Some("}") if inner => return Ok(()),
                Some("using") => while self.next().is_some_and(|word| word != ";") {},
                Some("namespace") => {
                    let name = self.name()?;
                    self.expect("{")?;
                    let whole = if space.is_empty() { name } else { format!("{space}.{name}") };
                    if self.depth == NESTING_MAX {
                        return Err(format!("namespaces stand in each other more than {NESTING_MAX} deep"));
                    }
                    self.depth += 1;
                    self.space(&whole, true)?;
                    self.depth -= 1;
                }
                Some("enum") => self.enumeration(space, flags)?,
                Some("static" | "abstract" | "unsafe") => {}
                Some("class" | "struct") => self.class(space)?,
                Some(";") => {}
                Some(other) => return Err(format!("'{other}' is not an enumeration or a plain class")),
                None => return Err("a bracket is not closed".to_owned()),
            }
        }
    }

    fn enumeration(&mut self, space: &str, flags: bool) -> Result<(), String> {
        let name = self.name()?;
        let mut text = format!("{}enum {name}", if flags { "[Flags()] " } else { "" });
        if self.peek() == Some(":") {
            self.at += 1;
            let of = self.name()?;
            let _ = write!(text, " : {of}");
        }
        self.expect("{")?;
        text.push_str(" {\n");
        let mut known: Vec<(String, i64)> = Vec::new();
        while self.peek() != Some("}") {
            self.marks();
            let item = self.name()?;
            // What has no value has the one after that before it.
            let mut value = known.last().map_or(0, |(_, last)| last.wrapping_add(1));
            if self.peek() == Some("=") {
                self.at += 1;
                value = self.either(&known)?;
            }
            let _ = writeln!(text, "{item} = {value}");
            known.push((item, value));
            if self.peek() == Some(",") {
                self.at += 1;
            }
        }
        self.at += 1;
        text.push('}');
        self.made.push(Said { name, space: space.to_owned(), text });
        Ok(())
    }

    /// A constant: numbers and members before it, joined by one of `|`, `&`, `^`, `+`, `-`, `*`, `<<`. Which of two
    /// different ones counts first has to be said by brackets.
    fn either(&mut self, known: &[(String, i64)]) -> Result<i64, String> {
        let mut value = self.constant(known)?;
        let mut first: Option<String> = None;
        loop {
            let sign = match self.peek() {
                Some(sign @ ("|" | "&" | "^" | "+" | "-" | "*" | "<")) => sign.to_owned(),
                _ => return Ok(value),
            };
            self.at += 1;
            if first.get_or_insert_with(|| sign.clone()) != &sign {
                return Err(format!("'{sign}' stands behind another operator without brackets"));
            }
            if sign == "<" {
                self.expect("<")?;
            }
            let right = self.constant(known)?;
            value = match sign.as_str() {
                "|" => value | right,
                "&" => value & right,
                "^" => value ^ right,
                "+" => value.wrapping_add(right),
                "-" => value.wrapping_sub(right),
                "*" => value.wrapping_mul(right),
                _ => value.wrapping_shl(u32::try_from(right).unwrap_or(0)),
            };
        }
    }

    fn constant(&mut self, known: &[(String, i64)]) -> Result<i64, String> {
        let word = self.next().ok_or("a value is missing in it")?;
        match word.as_str() {
            "-" => return Ok(self.constant(known)?.wrapping_neg()),
            "~" => return Ok(!self.constant(known)?),
            "(" => {
                if self.depth == NESTING_MAX {
                    return Err(format!("brackets stand in each other more than {NESTING_MAX} deep"));
                }
                self.depth += 1;
                let value = self.either(known)?;
                self.depth -= 1;
                self.expect(")")?;
                return Ok(value);
            }
            _ => {}
        }
        let plain = word.rsplit('.').next().unwrap_or(&word);
        if let Some((_, value)) = known.iter().find(|(name, _)| name == plain) {
            return Ok(*value);
        }
        let digits = word.trim_end_matches(['u', 'U', 'l', 'L']).replace('_', "");
        let lower = digits.to_ascii_lowercase();
        let read = match (lower.strip_prefix("0x"), lower.strip_prefix("0b")) {
            (Some(hex), _) => i64::from_str_radix(hex, 16),
            (_, Some(bits)) => i64::from_str_radix(bits, 2),
            _ => digits.parse(),
        };
        read.map_err(|_| format!("'{word}' is not a known constant"))
    }

    fn class(&mut self, space: &str) -> Result<(), String> {
        let name = self.name()?;
        self.interfaces(&name)?;
        let mut text = format!("class {name} {{\n");
        self.expect("{")?;
        let mut methods = Vec::new();
        loop {
            self.marks();
            let (start, length) = (self.at, text.len());
            let mut word = self.next().ok_or("a bracket is not closed")?;
            let fixed = matches!(word.as_str(), "static" | "const");
            if fixed {
                text.push_str("static ");
                self.marks();
                word = self.next().ok_or("a bracket is not closed")?;
            }
            match word.as_str() {
                "}" => break,
                ";" => continue,
                _ => {}
            }
            if let Err(why) = self.property(&name, &word, &mut text) {
                text.truncate(length);
                self.at = start;
                self.method(&name, &mut methods, &mut text).map_err(|()| why)?;
            }
        }
        text.push('}');
        self.made.push(Said { name, space: space.to_owned(), text });
        Ok(())
    }

    /// Interfaces ask for nothing that is not written in the class; a base class does.
    fn interfaces(&mut self, class: &str) -> Result<(), String> {
        if self.peek() != Some(":") {
            return Ok(());
        }
        while self.peek().is_some_and(|word| word != "{") {
            let word = self.next().unwrap_or_default();
            let plain = word.rsplit('.').next().unwrap_or_default();
            let mut letters = plain.chars();
            let is_interface =
                letters.next() == Some('I') && letters.next().is_some_and(|c| c.is_ascii_uppercase());
            if !is_interface && !matches!(word.as_str(), ":" | ",") {
                return Err(format!("{class} derives from another type"));
            }
        }
        Ok(())
    }

    /// A method or constructor: declared, so that the type is whole; a call says that C# does not run.
    fn method(&mut self, class: &str, known: &mut Vec<(String, usize)>, text: &mut String) -> Result<(), ()> {
        let (mut name, mut is_static) = (String::new(), false);
        loop {
            match self.next().ok_or(())?.as_str() {
                "(" => break,
                "static" => is_static = true,
                "{" | ";" | "=" | "}" | "delegate" | "event" | "class" | "struct" | "enum" => return Err(()),
                word => word.clone_into(&mut name),
            }
        }
        let count = self.arguments()?;
        while self.peek().is_some_and(|word| !matches!(word, "{" | ";" | "=")) {
            self.at += 1;
        }
        match self.next().ok_or(())?.as_str() {
            "{" => self.closed("{", "}")?,
            "=" => while self.next().ok_or(())? != ";" {},
            _ => {}
        }
        if known.contains(&(name.clone(), count)) {
            return Ok(());
        }
        let arguments: Vec<String> = (0..count).map(|at| format!("$a{at}")).collect();
        let of = if name == class { "" } else { "[object] " };
        let kind = if is_static { "static " } else { "" };
        let _ = writeln!(
            text,
            "{kind}{of}{name}({}) {{ throw [System.NotSupportedException]::new('{class}.{name} is code of C#, which nothing here runs.') }}",
            arguments.join(", ")
        );
        known.push((name, count));
        Ok(())
    }

    /// How many arguments stand before the bracket that closes them.
    fn arguments(&mut self) -> Result<usize, ()> {
        let (mut depth, mut commas, mut any) = (1, 0, false);
        loop {
            match self.next().ok_or(())?.as_str() {
                "(" | "<" | "[" => depth += 1,
                ")" | ">" | "]" => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(if any { commas + 1 } else { 0 });
                    }
                }
                "," if depth == 1 => commas += 1,
                _ => any = true,
            }
        }
    }

    /// Passes over what brackets hold.
    fn closed(&mut self, open: &str, close: &str) -> Result<(), ()> {
        let mut depth = 1;
        while depth > 0 {
            let word = self.next().ok_or(())?;
            depth += i32::from(word == open) - i32::from(word == close);
        }
        Ok(())
    }

    /// `string Name;`, `int Size = 5;`, `bool On { get; set; }`.
    fn property(&mut self, class: &str, of: &str, text: &mut String) -> Result<(), String> {
        let code = || format!("{class} has members that are code");
        let mut kind = of.to_owned();
        if self.peek() == Some("?") {
            self.at += 1;
            kind = "object".to_owned();
        }
        if self.peek() == Some("<") {
            self.at += 1;
            let inner = self.name()?;
            self.expect(">")?;
            kind = match of.rsplit('.').next() {
                Some("List") => format!("System.Collections.Generic.List[{inner}]"),
                _ => return Err(code()),
            };
        }
        if self.peek() == Some("[") {
            self.at += 1;
            self.expect("]")?;
            kind.push_str("[]");
        }
        // What follows a type and is no name is a constructor's bracket.
        if self.peek() == Some("(") {
            return Err(code());
        }
        let name = self.name()?;
        if self.peek() == Some("{") {
            self.at += 1;
            loop {
                self.marks();
                match self.next().as_deref() {
                    Some("get" | "set" | ";") => {}
                    Some("}") => break,
                    _ => return Err(code()),
                }
            }
        }
        let _ = write!(text, "[{kind}] ${name}");
        if self.peek() == Some("=") {
            self.at += 1;
            let value = self.next().unwrap_or_default();
            let plain = value.starts_with(|c: char| c.is_ascii_digit() || c == '"');
            let value = match value.as_str() {
                "true" | "false" | "null" => format!("${value}"),
                _ if plain => value.replace('$', "`$"),
                _ => return Err(code()),
            };
            let _ = write!(text, " = {value}");
            self.expect(";")?;
        } else if self.peek() == Some(";") {
            self.at += 1;
        } else if self.peek() == Some("(") {
            return Err(code());
        }
        text.push('\n');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enumerations_and_plain_classes_are_read() {
        let said = translated(
            "using System;\n// colours\nnamespace Contoso { [Flags] public enum Color : int { Red = 1, Green = 2, /* x */ Blue } }\n\
             public class Box { public string Name; public int Size { get; set; } private bool On = true; public List<string> All; }",
        );
        let said = said.unwrap();
        assert_eq!((said[0].name.as_str(), said[0].space.as_str()), ("Color", "Contoso"));
        assert_eq!(said[0].text, "[Flags()] enum Color : int {\nRed = 1\nGreen = 2\nBlue = 3\n}");
        assert_eq!(
            said[1].text,
            "class Box {\n[string] $Name\n[int] $Size\n[bool] $On = $true\n[System.Collections.Generic.List[string]] $All\n}"
        );
    }

    #[test]
    fn values_of_enumerations_are_worked_out() {
        let said = translated("enum E : long { A = 1 << 4, B = A | 2, C, D = ~(A - 0x10), F = -1 }").unwrap();
        assert_eq!(said[0].text, "enum E : long {\nA = 16\nB = 18\nC = 19\nD = -1\nF = -1\n}");
    }

    #[test]
    fn methods_are_declared_and_do_not_run() {
        let said = translated(
            "public static class A : IDisposable { public static int Twice(int x, List<int> y) { if (x > 0) { return 2; } return 0; } public A() { } }",
        );
        let text = said.unwrap()[0].text.clone();
        assert!(text.contains("static [object] Twice($a0, $a1) { throw"), "{text}");
        assert!(text.contains("\nA() { throw"), "{text}");
    }

    #[test]
    fn code_is_refused_in_a_sentence() {
        for source in [
            "public class A : Form { }",
            "public enum A { B = 1 | 2 << 3 }",
            "public class A { public int B { get { return 1; } } }",
            "public delegate void X();",
            "public class A { string x = \"no end",
            "public class A {",
        ] {
            assert!(translated(source).is_err(), "{source}");
        }
    }
}
