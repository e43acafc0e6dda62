//! The kinds of mailboxes that can be made: the first step of making one.

use crate::Shared;
use crate::answer;
use crate::frame;
use crate::kind;
use crate::page;
use crate::part;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use maud::html;

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/admin/new", get(show))
}

async fn show(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    page::make(rooms, head, |desk| {
        let body = html! {
            (part::title("New mailbox", html! { p.quiet { "Which kind of mailbox is it to be?" } }, html! {}))
            div.cards {
                @for (title, cmdlet, question, about) in kind::offered(desk) {
                    a.card href=(format!("/admin/run/{cmdlet}?{question}&back=/admin/mailboxes")) {
                        strong { (title) } span.quiet { (about) }
                    }
                }
            }
        };
        Ok(answer::page(frame::page(desk, "New mailbox", body)))
    })
    .await
}
