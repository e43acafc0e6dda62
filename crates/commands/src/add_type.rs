//! `Add-Type`: assemblies by name, and C# as far as it is enumerations and classes of plain properties.
//!
//! What is read is said again in this shell's own words (`enum`, `class`) and declared as if the script had
//! written that; C# with code in it is refused in a sentence, since nothing here compiles it.

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

/// The beginnings of names of assemblies that .NET and Windows bring along. Which of their types are here is said
/// when one is used.
const KNOWN: [&str; 8] = [
    "System",
    "Microsoft.",
    "Presentation",
    "WindowsBase",
    "WindowsFormsIntegration",
    "UIAutomation",
    "mscorlib",
    "netstandard",
];

fn assembly(call: &mut Call<'_>, name: &str) -> Run {
    let plain = name.split(',').next().unwrap_or(name).trim();
    if KNOWN.iter().any(|known| plain.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known)))
    {
        return call.verbose(&format!("The types of {plain} that are here are loaded already."));
    }
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
    let bytes = bytes.map_err(|error| crate::encoding::not_read(&error, &full).id("FileNotFound"))?;
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
    /// Passes over `[Flags]` and modifiers.
    fn marks(&mut self) {
        loop {
            match self.peek() {
                Some("[") => while self.next().is_some_and(|word| word != "]") {},
                Some(word) if MODIFIERS.contains(&word) => self.at += 1,
                _ => return,
            }
        }
    }

    fn space(&mut self, space: &str, inner: bool) -> Result<(), String> {
        loop {
            self.marks();
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
                Some("enum") => self.enumeration(space)?,
                Some("class" | "struct") => self.class(space)?,
                Some(";") => {}
                Some(other) => return Err(format!("'{other}' is not an enumeration or a plain class")),
                None => return Err("a bracket is not closed".to_owned()),
            }
        }
    }

    fn enumeration(&mut self, space: &str) -> Result<(), String> {
        let name = self.name()?;
        let mut text = format!("enum {name}");
        if self.peek() == Some(":") {
            self.at += 1;
            let of = self.name()?;
            let _ = write!(text, " : {of}");
        }
        self.expect("{")?;
        text.push_str(" {\n");
        while self.peek() != Some("}") {
            self.marks();
            text.push_str(&self.name()?);
            if self.peek() == Some("=") {
                self.at += 1;
                text.push_str(" = ");
                while let Some(word) = self.peek().filter(|word| !matches!(*word, "," | "}")) {
                    text.push_str(word);
                    self.at += 1;
                }
            }
            text.push('\n');
            if self.peek() == Some(",") {
                self.at += 1;
            }
        }
        self.at += 1;
        text.push('}');
        self.made.push(Said { name, space: space.to_owned(), text });
        Ok(())
    }

    fn class(&mut self, space: &str) -> Result<(), String> {
        let name = self.name()?;
        if self.peek() == Some(":") {
            return Err(format!("{name} derives from another type"));
        }
        let mut text = format!("class {name} {{\n");
        self.expect("{")?;
        loop {
            self.marks();
            let word = self.next().ok_or("a bracket is not closed")?;
            match word.as_str() {
                "}" => break,
                ";" => {}
                "static" | "const" | "void" | "override" | "virtual" | "async" => {
                    return Err(format!("{name} has members that are code"));
                }
                of => self.property(&name, of, &mut text)?,
            }
        }
        text.push('}');
        self.made.push(Said { name, space: space.to_owned(), text });
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
        assert_eq!(said[0].text, "enum Color : int {\nRed = 1\nGreen = 2\nBlue\n}");
        assert_eq!(
            said[1].text,
            "class Box {\n[string] $Name\n[int] $Size\n[bool] $On = $true\n[System.Collections.Generic.List[string]] $All\n}"
        );
    }

    #[test]
    fn code_is_refused_in_a_sentence() {
        for source in [
            "public class A { public int Twice(int x) { return 2 * x; } }",
            "public class A { public static string B = \"x\"; }",
            "public class A : ICertificatePolicy { }",
            "public class A { public A() { } }",
            "public delegate void X();",
            "public class A { string x = \"no end",
            "public class A {",
        ] {
            assert!(translated(source).is_err(), "{source}");
        }
    }
}
