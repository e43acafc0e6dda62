//! .NET's regular expressions beyond what the engine underneath can say.

use mailstead_dotnet::regex::{IGNORE_CASE, Reach, Regex};
use object::value::Typed;

const RIGHT_TO_LEFT: i64 = 64;

fn all(pattern: &str, subject: &str, options: i64) -> Vec<String> {
    let regex = Regex::new(pattern, options).expect("a pattern");
    let found = regex.find_all(subject, usize::MAX).expect("matches");
    found.iter().map(|found| found.text().to_owned()).collect()
}

#[test]
fn balancing_groups_count() {
    let nested = r"\((?>[^()]+|(?<open>\()|(?<-open>\)))*(?(open)(?!))\)";
    assert_eq!(all(nested, "(a(b)c)(d", 0), ["(a(b)c)"]);
    assert_eq!(all(nested, "((a)", 0), ["(a)"]);
}

#[test]
fn a_balancing_group_keeps_the_text_between() {
    let regex = Regex::new("(?<open><)+a(?<in-open>>)+", 0).expect("a pattern");
    let found = regex.find("<<a>>", 0).expect("no timeout").expect("a match");
    assert_eq!(found.groups().named("in").to_string(), "<a>");
}

#[test]
fn conditions_may_be_expressions() {
    assert_eq!(all("(?(a)ab|cd)", "ab12 cd34", 0), ["ab", "cd"]);
    assert_eq!(all("(?(?!a)xb|x)", "xbc", 0), ["xb"]);
}

#[test]
fn from_right_to_left_the_last_is_first() {
    assert_eq!(all(r"\d+", "1 22 333", RIGHT_TO_LEFT), ["333", "22", "1"]);
    let regex = Regex::new("b", RIGHT_TO_LEFT).expect("a pattern");
    assert_eq!(regex.replace("abab", "-", Reach::of(1)).expect("a text"), "aba-");
    assert_eq!(regex.split("abac", 0).expect("parts"), ["a", "ac"]);
}

#[test]
fn every_capture_of_a_group_is_remembered() {
    let regex = Regex::new(r"(?:([a-z])\d)+", 0).expect("a pattern");
    let found = regex.find("a1b2c3", 0).expect("no timeout").expect("a match");
    let captures = found
        .groups()
        .numbered(1)
        .downcast::<mailstead_dotnet::regex::Group>()
        .and_then(|g| g.member("Captures"));
    let captures = captures.expect("captures");
    let captures = captures.downcast::<mailstead_dotnet::collections::Collection>().and_then(Typed::items);
    let texts: Vec<String> = captures.expect("a collection").iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["a", "b", "c"]);
}

#[test]
fn the_dotted_i_is_an_i_where_case_does_not_count() {
    assert_eq!(all("[^a-z]+", "Kelvin İi", IGNORE_CASE), [" "]);
}

#[test]
fn an_exploding_pattern_is_given_up() {
    let regex = Regex::new("(?(?=a)(a+)+$|x)", 0).expect("a pattern");
    let error = regex.find(&format!("{}b", "a".repeat(40)), 0).err().expect("a timeout");
    assert!(error.to_string().contains("timed out"), "{error}");
}

#[test]
fn the_end_of_the_last_match_stays_behind_an_empty_one() {
    let regex = Regex::new(r"(?<=\G.{3})", 0).expect("a pattern");
    assert_eq!(regex.split("12345678", 0).expect("parts"), ["123", "456", "78"]);
    assert_eq!(all(r"\Ga", "aaxa", 0), ["a", "a"]);
}

#[test]
fn a_loop_over_nothing_keeps_the_nothing() {
    let regex = Regex::new("(a*)*b", 0).expect("a pattern");
    assert_eq!(regex.replace("aabbcc", "${1}0", Reach::of(9)).expect("a text"), "00cc");
    let plain = Regex::new(r"(?:(\w)\s*)+", 0).expect("a pattern");
    assert_eq!(plain.replace("a b", "$1", Reach::of(9)).expect("a text"), "b");
}

#[test]
fn a_search_may_begin_anywhere() {
    let regex = Regex::new("a", 0).expect("a pattern");
    assert_eq!(regex.replace("aaa", "b", Reach { limit: 1, from: Some(1) }).expect("a text"), "aba");
    assert_eq!(regex.split_from("bacad", 0, Some(2)).expect("parts"), ["bac", "d"]);
    let anchored = Regex::new("^b", 0).expect("a pattern");
    let found = anchored.find_part("abc", 1, 2).expect("no timeout").expect("a match");
    assert_eq!(found.member("Index").map(|index| index.to_string()).as_deref(), Some("1"));
}

#[test]
fn a_match_that_has_little_time_is_given_up_sooner() {
    let regex = Regex::with_timeout(r"^\G(?:a+)+b$", 0, Some(10_000)).expect("a pattern");
    let error = regex.find(&"a".repeat(40), 0).err().expect("too long");
    assert!(error.text().contains("timed out"), "{}", error.text());
}
