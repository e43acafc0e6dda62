//! The parser against what real scripts contain, what is wrong, and any text at all.

use super::*;
use crate::syntax::node_counts;

/// Id, start, end, and whether more text could mend it.
type Found = (&'static str, (u32, u32), (u32, u32), bool);

fn errors(text: &str) -> Vec<Found> {
    let source = Source::typed(text);
    let parsed = parse(&source);
    let place = |error: &ParseError| {
        (error.id, source.position(error.span.start), source.position(error.span.end), error.incomplete)
    };
    parsed.errors.iter().map(place).collect()
}

#[test]
fn what_real_scripts_contain_parses() {
    for text in [
        "Get-Foo a,@{x=1},{b}",
        "$a.b.c[1..3].d('x', $y)[0]",
        "foreach ($i in 1..3) { $i } ; $x | foreach { $_ } | where { $_.a -eq 1 } | select a, b | sort",
        "$i ++; $i\t--",
        "Get-Foo `  \n -Bar 1",
        "a |\n b |\n c",
        "$x = 1,\n2,\n3",
        "$x = $a -and\n $b",
        "@{ -1 = 'a'; a = if ($x) { 1 } else { 2 } }",
        "Get-Foo $path\\file_$(Get-Date -f 'yyyy').csv -Switch:$false -Name:value -Other: value",
        ". .\\x.ps1; .\\y.ps1; & 'z z' -q; . $a; & $b.c 1",
        "\"a $($x.y + \"nested $z\") b\" + \"it's $($a[\"\"k\"\"])\"",
        "function F() { param($x) process { $_ } }",
        "Get-Mailbox –Identity “a b” —Filter ‘c’",
        "if (1) {2}\n\nelseif (3) {4}\n# c\nelse {5}",
        "try { 1 } catch [A], [B.C] { 2 } catch { 3 } finally { 4 }",
        "switch -Regex ($x) { 'a' { 1 } { $_ -gt 2 } { 3 } default { 4 } }",
        "$a ? $b : $c; $a ?? 1; $x ??= 2; ${a}?.b; ${a}?[0]; a && b || c",
        ":outer for ($i = 0; $i -lt 3; $i++) { continue outer }",
        "do { 1 } while ($x)\ndo { 2 } until ($y)",
        "class A : B { [int] $x = 1; static [string] M([int]$a, $b) { return $a }\n A([int]$z) : base($z) { $this.x = $z } }",
        "enum E { A; B = 3\n C }",
        "[CmdletBinding()]\nparam(\n[Parameter(Mandatory, Position=0)]\n[ValidateSet('a','b')] [string[]] $x = 'a',\n$y)\n$x",
        "$x = [System.Collections.Generic.Dictionary[string,[int]]]::new()",
        "[int]$x = 5; [void][x]::y(); [a]::b::c",
        "cmd --% a b | c",
        "x 2>&1 > $null 3>> 'a b'; y *> x; > z w",
        "'a' -replace 'b','c' -split ',' -join ';' -f 1, 2",
        "-join 'a','b'; !$x; -not (1); ,1; - 5; -5; 1 -2",
        "@\"\na $b\n\"@ + @'\nc\n'@",
        "#requires -Version 3\nusing namespace System.IO\nparam($x)",
        "$Foo::Bar; $env:PATH; ${env:ProgramFiles(x86)}; ${a b}; $script:x = 1; $$; $?; $^",
        "trap [A] { continue }; data x -SupportedCommand y { 'z' }",
        "Get-Foo -a:$b.c -d (Get-Bar).baz -e \"f\".g [int] a=b =c 1kb 0x1F a,b c, d",
        "$x.Where{ $_ }.ForEach({ $_ })",
        "filter f { $_ }; function global:g { }",
        "Get-Foo | ? { $_ } | % { $_ } | %{ 1 }",
        "return; throw 'x'; exit 3; break; continue",
        "$a[0], $b.c = 1, 2; $x = $y = 3; $i += 2; ($z) = 4",
        "a 1> x; 1..5 | % { $_ }; 5..1; 1.5; .5; 1e3; 1d; 0b11; 5L",
        "Get-Foo @args @splat -x $y\n| Get-Bar\n| Get-Baz",
        "",
        "\u{feff}",
        "{}",
        "$x = { param($a) $a }",
        "foo -bar -baz- --qux - -- -x",
    ] {
        assert_eq!(errors(text), [], "{text}");
    }
}

#[test]
fn faults_have_the_ids_and_places_of_powershell() {
    for (text, id, start, end) in [
        ("'a' 'b'", "UnexpectedToken", (1, 5), (1, 8)),
        ("'abc' .Length; 'x'", "UnexpectedToken", (1, 7), (1, 14)),
        ("@(1, 2", "MissingEndParenthesisInSubexpression", (1, 8), (1, 8)),
        ("\"unclosed $(1 + 1", "IncompleteDollarSubexpressionReference", (1, 11), (1, 18)),
        ("$a[", "MissingArrayIndexExpression", (1, 4), (1, 4)),
    ] {
        let found = errors(text);
        let first = found.first().map(|(id, start, end, _)| (*id, *start, *end));
        assert_eq!(first, Some((id, start, end)), "{text}");
    }
}

#[test]
fn what_more_text_could_complete_is_told_from_what_is_wrong() {
    for (text, incomplete) in [
        ("if (1) {", true),
        ("'a", true),
        ("1 +", true),
        ("a |", true),
        ("}", false),
        ("5 5", false),
        ("@{", true),
    ] {
        assert_eq!(errors(text)[0].3, incomplete, "{text}");
    }
}

#[test]
fn nodes_are_counted_by_class() {
    let parsed = parse(&Source::typed("$x = 5; Get-Foo -a \"b $c\" | ForEach-Object { $_.d }"));
    let counts = node_counts(&parsed.block.unwrap());
    let all: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    assert_eq!(
        all.join(", "),
        "AssignmentStatement 1, Command 2, CommandExpression 2, CommandParameter 1, ConstantExpression 1, \
         ExpandableStringExpression 1, MemberExpression 1, NamedBlock 2, Pipeline 2, ScriptBlock 2, \
         ScriptBlockExpression 1, StringConstantExpression 3, VariableExpression 3"
    );
}

#[test]
fn deep_nesting_is_refused_and_nothing_overflows() {
    for (open, close) in [
        ("(", ")"),
        ("{", "}"),
        ("$(", ")"),
        ("@{a=", "}"),
        ("if (1) {", "}"),
        ("-not ", ""),
        ("$a[", "]"),
        ("[a[", "]]"),
    ] {
        let fine = format!("{}1{}", open.repeat(80), close.repeat(80));
        let deep = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        assert!(errors(&deep).iter().any(|(id, ..)| *id == "IncompleteParseNesting"), "{open}");
        if open != "[a[" {
            assert_eq!(errors(&fine), [], "{open}");
        }
    }
    let long = format!("1{}", " + 1".repeat(10_000));
    assert_eq!(errors(&long)[0].0, "IncompleteParseNesting");
}

mod soup {
    use super::*;
    use proptest::prelude::*;

    const WORDS: &[&str] = &[
        "if", "(", ")", "{", "}", "$a", "\"", "'", "`", "@", "@\"\n", "\n\"@", "@'\n", "\n'@", "$(", "@(",
        "@{", "[", "]", "[int]", "::", ".", "..", "|", "||", "&", "&&", ";", "\n", "\r\n", "-eq", "-x:",
        "--", "++", "--%", "=", "+=", "??=", "?", "??", "?.", ":", ":l", "foreach", "in", "switch", "try",
        "catch", "finally", "function", "class", "enum", "param", "begin", "process", "end", "trap", "data",
        "using", "do", "while", "until", "for", "return", "throw", "break", "1", "1kb", "0x", "1..", "-5",
        ",", "#", "<#", "#>", "2>&1", ">", "<", "*>", "$", "${", "$env:", "“", "’", "–", "é", "\u{feff}",
        "\0", "😀", "static", "hidden", "base", " ", "\t",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn any_text_parses_or_has_errors(text in "\\PC{0,60}") {
            parse(&Source::typed(text));
        }
        #[test]
        fn any_words_parse_or_have_errors(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..40), blank in any::<bool>()) {
            let text = words.join(if blank { " " } else { "" });
            let source = Source::typed(text);
            let parsed = parse(&source);
            prop_assert_eq!(parsed.block.is_none(), !parsed.errors.is_empty());
            for error in &parsed.errors {
                let _ = error.explain(&source);
            }
        }
    }
}
