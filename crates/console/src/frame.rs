//! What all pages of somebody who is logged on have: the side, the head, the command at the foot.

use crate::asset::ICON;
use crate::icon::{self, Icon};
use crate::layout::{GROUPS, List, Sheet, lists};
use crate::link;
use crate::part;
use crate::run::Desk;
use gate::Invocation;
use maud::{DOCTYPE, Markup, html};

/// A page for somebody who is logged on.
pub(crate) fn page(desk: &Desk, title: &str, body: Markup) -> Markup {
    page_of(desk, title, body, None)
}

/// The same of an object that stands in a list, which is the open one then.
pub(crate) fn page_of(desk: &Desk, title: &str, body: Markup, list: Option<&str>) -> Markup {
    let site = &desk.rooms.site;
    html! {
        (DOCTYPE)
        html lang="en" {
            (part::head(title, site))
            body {
                a.skip href="#main" { "Skip to the page" }
                (side(desk, site, list))
                div.stage {
                    (bar(desk))
                    main #main tabindex="-1" {
                        // What is said once is said to a person, not to a page that fetches a piece of itself.
                        @if !desk.is_piece { @for said in desk.session.take_said() { (said) } }
                        (body)
                    }
                }
                dialog #palette aria-label="Find and run" {}
                div #said role="status" aria-live="polite" {}
            }
        }
    }
}

fn side(desk: &Desk, site: &str, of: Option<&str>) -> Markup {
    let here = desk.place.split('?').next().unwrap_or_default();
    let link = |place: String, icon: Icon, title: &str, is_here: bool| {
        html! { a href=(place) aria-current=[is_here.then_some("page")] { (icon) span { (title) } } }
    };
    let at = |place: &str| here == place;
    let open = lists().find(|list| of.map_or_else(|| leads_to(list, here), |of| list.place == of));
    html! {
        nav.side aria-label="Console" {
            a.brand href="/admin" { img src=(ICON.place()) alt="" width="24" height="24"; span { (site) } }
            (link("/admin".to_owned(), icon::HOME, "Home", at("/admin")))
            @for group in GROUPS {
                @let lists: Vec<&&List> = group.lists.iter().filter(|list| link::opens(desk, list)).collect();
                @if !lists.is_empty() {
                    h2 { (group.title) }
                    @for list in lists {
                        (link(format!("/admin/{}", list.place), list.icon, list.title, open.is_some_and(|open| open.place == list.place)))
                    }
                }
            }
            h2 { "You" }
            (link("/admin/session".to_owned(), icon::TERMINAL, "This session", at("/admin/session")))
            (link("/admin/sessions".to_owned(), icon::SHIELD, "Your log-ons", at("/admin/sessions")))
        }
    }
}

/// Whether a path is a list's own, or that of an object of it.
fn leads_to(list: &List, here: &str) -> bool {
    let path = here.strip_prefix("/admin/").unwrap_or_default();
    let of_sheet = |sheet: &Sheet| path.split_once('/').is_some_and(|(place, _)| place == sheet.place);
    path == list.place || list.sheet.is_some_and(of_sheet)
}

fn bar(desk: &Desk) -> Markup {
    html! {
        header.bar {
            button.menu type="button" aria-label="Menu" data-menu aria-expanded="false" { (icon::MENU) }
            a.find href="/admin/palette" data-palette role="button" {
                (icon::SEARCH) span { "Find anything, or run a cmdlet" } kbd { "Ctrl K" }
            }
            form method="post" action="/admin/logoff" {
                input type="hidden" name="token" value=(desk.session.token);
                span.who { (desk.caller().name) }
                button.plain type="submit" { "Log off" }
            }
        }
    }
}

/// The command that a page ran or would run, to be copied.
pub(crate) fn command(desk: &Desk, invocation: &Invocation) -> Markup {
    part::command_text(&desk.text(invocation))
}
