//! A sentence about a command that nobody has described: made of its verb, its noun and what it needs.

use crate::signature::Signature;

/// A sentence made of what is known: the verb, the noun, and what it needs.
pub(crate) fn synopsis(name: &str, signature: &Signature) -> String {
    let (verb, noun) = name.split_once('-').unwrap_or((name, ""));
    let noun = words_of(noun);
    let does = match verb {
        "Get" => format!("Lists {noun} objects"),
        "Set" => format!("Changes {noun} objects"),
        "New" => format!("Makes {} {noun} object", article(&noun)),
        "Remove" => format!("Removes {} {noun} object", article(&noun)),
        "Add" => format!("Adds something to {} {noun} object", article(&noun)),
        "Test" => format!("Tests {noun}"),
        verb => format!("Runs the action {verb} on {noun}"),
    };
    let mandatory: Vec<String> = signature
        .formals
        .iter()
        .filter(|formal| formal.is_mandatory_somewhere())
        .map(|formal| format!("-{}", formal.name))
        .collect();
    match mandatory.as_slice() {
        [] => format!("{does}."),
        [one] => format!("{does}; it can need {one}."),
        several => format!("{does}; it can need {}.", several.join(", ")),
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" }
}

/// `MailboxFolderPermission` in words: `mailbox folder permission`; capitals that stand together stay.
fn words_of(noun: &str) -> String {
    let mut words = String::new();
    let letters: Vec<char> = noun.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let alone = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let starts = at > 0 && letter.is_uppercase() && (alone || letters[at - 1].is_lowercase());
        if starts {
            words.push(' ');
        }
        let word = starts || at == 0;
        if word && alone { words.extend(letter.to_lowercase()) } else { words.push(*letter) }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_names_the_noun_in_words() {
        for (name, wanted) in [
            ("Get-MailboxFolderPermission", "Lists mailbox folder permission objects."),
            ("New-ADGroup", "Makes an AD group object."),
            ("Stop-ToyADBox", "Runs the action Stop on toy AD box."),
        ] {
            assert_eq!(synopsis(name, &Signature::new(name)), wanted);
        }
    }
}
