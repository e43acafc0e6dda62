//! The noun `Toy` with four verbs, in one file: what it holds, how it is shown, where it is kept, what its cmdlets take.

use directory::schema::recipient::{GUID, IDENTITY, NAME};
use directory::{Class, ClassFacts, IdentityKind};
use gate::{Cmdlet, Example, Verb};
use mailstead_cmdlets::standard::Subject;
use mailstead_cmdlets::{Addition, Rooms};
use object::types::{ByteQuantifiedSize, ObjectId};
use object::{Declared, Noun, Property};

/// The one thing that others see of this file.
pub(crate) static TOYS: Addition = Addition { class: &CLASS, table: TABLE, cmdlets: CMDLETS };

static COLOUR: Property<String> = Property::new("Colour", "How it looks.");
static SIZE: Property<ByteQuantifiedSize> = Property::new("Size", "How much room it takes, in bytes.");
static MATERIALS: Property<String> = Property::new("Materials", "What it is made of.").many();
static SERIAL: Property<String> =
    Property::new("Serial", "The number by which it is told from all others.").unique("toy serial");
static FRIEND: Property<ObjectId> =
    Property::new("Friend", "The toy that it is kept with.").refers_to("ToyIdParameter");
static WIRED: Property<bool> = Property::new("Wired", "Whether it needs a socket.").later();

static PROPERTIES: &[&dyn Declared] =
    &[&IDENTITY, &NAME, &COLOUR, &SIZE, &MATERIALS, &SERIAL, &FRIEND, &WIRED, &GUID];

static TOY: Noun = Noun {
    name: "Toy",
    type_name: "Toys.Toy",
    summary: "Something to play with.",
    properties: PROPERTIES,
    table: &[&NAME, &COLOUR, &SIZE],
};

const TOY_CLASS: Class = Class::named("toy");
static CLASS: ClassFacts = ClassFacts::configuration(TOY_CLASS, "CN=Toys,", &[PROPERTIES], &[&TOY], &[&KIND]);

static KIND: IdentityKind =
    IdentityKind::configuration("ToyIdParameter", "a toy", |record| record.class() == TOY_CLASS);

const TABLE: &str = "\
Get-Toy
 Identity\tIdentity@0 DomainController
 Search\tFilter SortBy ResultSize DomainController
  Identity\tToyIdParameter\tvn
New-Toy\tc
 -\tName*@0 Paint Size Materials Serial Friend Wired
  Paint\tString\t\tCoat\tred|green|blue\tproperty=Colour
  Size\tByteQuantifiedSize
  Materials\tMultiValuedProperty
  Serial\tString
  Friend\tToyIdParameter
  Wired\tBoolean
Set-Toy\tc
 -\tIdentity*@0 Name Colour Size Materials Serial Friend Wired DomainController
  Identity\tToyIdParameter\tvn
  Colour\tString
  Size\tByteQuantifiedSize
  Materials\tMultiValuedProperty
  Serial\tString
  Friend\tToyIdParameter
  Wired\tBoolean
Remove-Toy\tcp
 -\tIdentity*@0 DomainController
  Identity\tToyIdParameter\tvn
";

static SUBJECT: Subject = Subject::of(&TOY, &KIND, TOY_CLASS, "toy");

const CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &REMOVE];

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists toys.",
    roles: &["Toys"],
    examples: &[Example { about: "Lists all toys.", command: "Get-Toy" }],
    ..SUBJECT.cmdlet(Verb::Get)
};
static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a toy.",
    roles: &["Toys"],
    examples: &[Example { about: "Makes a red robot.", command: "New-Toy Robot -Paint red" }],
    ..SUBJECT.cmdlet(Verb::New)
};
static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes a toy.",
    roles: &["Toys"],
    examples: &[Example { about: "Paints the robot.", command: "Set-Toy Robot -Colour blue" }],
    ..SUBJECT.cmdlet(Verb::Set)
};
static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a toy.",
    roles: &["Toys"],
    examples: &[Example { about: "Throws the robot away.", command: "Remove-Toy Robot" }],
    ..SUBJECT.cmdlet(Verb::Remove)
};
