//! What a noun costs: one file (`toy/mod.rs`) and one line, the first of `with_toys`. What a property costs: its line
//! and its place in that file, and nothing elsewhere.

mod house;
mod toy;

use house::House;
use mailstead_cmdlets::commands_with;

fn with_toys() -> House {
    House::with(commands_with(&[&toy::TOYS]))
}

#[test]
fn a_noun_with_four_verbs_is_one_file_and_one_line() {
    let house = with_toys();
    house.play(
        "
        PS> New-Toy Robot -Paint red -Size 3MB -WhatIf
        What if: Creating toy \"Robot\".
        PS> New-Toy Robot -Paint red -Size 3MB
        Robot, red, 3 MB (3,145,728 bytes)
        PS> New-Toy Ball -Coat blue -Size 1KB -Materials rubber,air
        Ball, blue, 1 KB (1,024 bytes)
        PS> New-Toy Ball
        ERROR ADObjectAlreadyExistsException: The name \"Ball\" is already being used in this container.
        PS> Get-Toy
        Ball, blue, 1 KB (1,024 bytes)
        Robot, red, 3 MB (3,145,728 bytes)
        PS> Get-Toy -ResultSize 1 | : Name
        Ball
        WARNING: There are more results [..]
        PS> Get-Toy R* | : Name
        Robot
        PS> New-Toy Robot2 -Serial A1 | : Name
        Robot2
        PS> Set-Toy Robot2 -Serial a2
        PS> New-Toy Robot3 -Serial A2
        ERROR ADObjectAlreadyExistsException: \"a2\" is already being used by \"Robot2\", and no two objects can share a toy serial.
        PS> Set-Toy Robot2 -Friend ball
        PS> Get-Toy Robot2 | : Name, Friend
        Robot2, Ball
        PS> Set-Toy Robot2 -Friend ann
        ERROR ManagementObjectNotFoundException: [..]
        PS> Remove-Toy Robot2 -Confirm:$false
        PS> Remove-Toy Robot
        Confirm? Removing toy \"Robot\".
        ERROR ConfirmationRequired: The command asks for confirmation: Removing toy \"Robot\".
        PS Y> Get-Toy Robot | Remove-Toy
        Confirm? Removing toy \"Robot\".
        PS> Get-Toy | : Name
        Ball
        PS> Get-Toy Robot
        ERROR ManagementObjectNotFoundException: [..]
        PS> Get-Toy -DomainController DC9
        ERROR ManagementObjectNotFoundException: The server 'DC9' couldn't be found.
        ",
    );
    assert!(house.mailboxes.directory().verify().unwrap().is_empty());
}

#[test]
fn a_property_is_set_filtered_sorted_shown_and_completed_by_its_declaration_alone() {
    let house = with_toys();
    house.play(
        "
        PS> New-Toy Robot -Paint red | : Name
        Robot
        PS> New-Toy Ball -Paint blue | : Name
        Ball
        PS> Set-Toy Ball -Colour green -Materials rubber
        PS> Set-Toy Ball -Materials @{Add=air}
        PS> Get-Toy Ball | : Colour, Materials
        green, rubber air
        PS> Set-Toy Ball -Colour green
        WARNING: The command completed successfully but no settings of 'Ball' have been modified.
        PS> Get-Toy -Filter \"Colour -eq 'red'\" | : Name
        Robot
        PS> Get-Toy -Filter \"Colour -like 'g*' -and Materials -eq 'air'\" | : Name
        Ball
        PS> Get-Toy -SortBy Colour | : Name, Colour
        Ball, green
        Robot, red
        PS> Get-Toy -Filter \"Color -eq 'red'\"
        ERROR UnknownFilterProperty: [..]
        PS> Set-Toy Ball -Colour $null
        PS> Get-Toy Ball | : Name, Colour
        Ball,
        PS> Set-Toy Ball -Wired $true
        ERROR NotBuiltYet: The parameter -Wired of Set-Toy is not built yet.
        ",
    );
    // Completion offers what the signature has; a shortened name is enough.
    let signature = &house.gate.book().find("Set-Toy").unwrap().signature;
    let offered: Vec<&str> =
        signature.formals.iter().map(|f| &*f.name).filter(|name| name.starts_with("Co")).collect();
    assert_eq!(offered, ["Colour", "Confirm"]);
    assert_eq!(&*signature.formal("Colour").unwrap().summary, "How it looks.");
    house.play("PS> Set-Toy Ball -Col red\nPS> Get-Toy Ball | : Colour\nred");
    let paint = &house.gate.book().find("New-Toy").unwrap().signature;
    assert_eq!(paint.formal("Coat").unwrap().accepted.len(), 3);
}
