//! Small drawings, as markup: they take the colour of the text beside them, and screen readers pass them by.

use maud::{Markup, PreEscaped, html};

/// The strokes of an icon on a 16 by 16 field.
#[derive(Clone, Copy)]
pub(crate) struct Icon(&'static str);

pub(crate) const HOME: Icon = Icon("M2.5 7.5 8 3l5.5 4.5M4 6.5V13h8V6.5M6.8 13V9.5h2.4V13");
pub(crate) const PERSON: Icon =
    Icon("M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8ZM3 13.5c.6-2.4 2.6-3.6 5-3.6s4.4 1.2 5 3.6");
pub(crate) const PEOPLE: Icon = Icon(
    "M6 7.5a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM1.8 13c.5-2.2 2.2-3.3 4.2-3.3s3.7 1.1 4.2 3.3M10.5 3.4a2.1 2.1 0 0 1 0 4M11.8 9.9c1.3.4 2.1 1.5 2.4 3.1",
);
pub(crate) const ROOM: Icon = Icon("M3.5 13.5V2.5h9v11M2 13.5h12M9.8 8.2v.1");
pub(crate) const LINK: Icon = Icon(
    "M6.5 9.5l3-3M7 4.5l1.6-1.6a2.6 2.6 0 0 1 3.7 3.7L10.7 8.2M9 11.5l-1.6 1.6a2.6 2.6 0 0 1-3.7-3.7L5.3 7.8",
);
pub(crate) const PLUG: Icon = Icon("M5.5 2.5v3M10.5 2.5v3M4 5.5h8v2a4 4 0 0 1-8 0zM8 11.5v2.5");
pub(crate) const DISK: Icon = Icon(
    "M3 4c0-1 2.2-1.7 5-1.7s5 .7 5 1.7v8c0 1-2.2 1.7-5 1.7S3 13 3 12zM3 4c0 1 2.2 1.7 5 1.7S13 5 13 4M3 8c0 1 2.2 1.7 5 1.7S13 9 13 8",
);
pub(crate) const GLOBE: Icon = Icon(
    "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM2 8h12M8 2c2 2 2.6 4 2.6 6S10 12 8 14c-2-2-2.6-4-2.6-6S6 4 8 2",
);
pub(crate) const CLOCK: Icon = Icon("M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.6");
pub(crate) const TERMINAL: Icon = Icon("M2.5 3.5h11v9h-11zM5 6.5 6.8 8 5 9.5M8.5 10h2.5");
pub(crate) const BOX: Icon = Icon("M2.5 5h11v8.5h-11zM2.5 5l1.5-2.5h8L13.5 5M6.5 8h3");
pub(crate) const JOBS: Icon =
    Icon("M6 4h7.5M6 8h7.5M6 12h7.5M2.5 4l.8.8L4.6 3.4M2.5 8l.8.8 1.3-1.4M2.7 12h.6");
pub(crate) const MAIL: Icon = Icon("M2.5 4h11v8h-11zM2.5 4.5 8 9l5.5-4.5");
pub(crate) const ARROWS: Icon = Icon("M2.5 5.5h9M9 3l2.5 2.5L9 8M13.5 10.5h-9M7 8l-2.5 2.5L7 13");
pub(crate) const FLOW: Icon = Icon("M2.5 4h11l-4 4.5v4l-3 1v-5z");
pub(crate) const BOOK: Icon = Icon("M3.5 2.5h8a1 1 0 0 1 1 1v10h-8a1 1 0 0 1-1-1zM3.5 11.5h9M6 5h4");
pub(crate) const KEY: Icon = Icon("M6 10.5a3 3 0 1 1 2.6-4.5h5v2h-1.5v2h-2V8H8.6A3 3 0 0 1 6 10.5Z");
pub(crate) const UNDO: Icon = Icon("M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M3 6.5 6 3.5M3 6.5l3 3");
pub(crate) const SHIELD: Icon = Icon("M8 2 3 3.8v4c0 3 2 5.2 5 6.2 3-1 5-3.2 5-6.2v-4z");
pub(crate) const SEARCH: Icon = Icon("M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3 14 14");
pub(crate) const CHECK: Icon = Icon("M3.5 8.5l3 3 6-7");
pub(crate) const GAUGE: Icon = Icon("M2.5 11.5a5.5 5.5 0 1 1 11 0M8 11.5l2.5-4");
pub(crate) const MENU: Icon = Icon("M2.5 4.5h11M2.5 8h11M2.5 11.5h11");
pub(crate) const COPY: Icon = Icon("M5.5 5.5h7v8h-7zM10.5 5.5v-3h-7v8h2");

impl maud::Render for Icon {
    fn render(&self) -> Markup {
        html! {
            svg.icon viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" {
                (PreEscaped(format!("<path d=\"{}\"/>", self.0)))
            }
        }
    }
}
