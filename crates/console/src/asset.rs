//! What pages are made of besides markup: one stylesheet, one script of ours, htmx. Their addresses name their
//! content, so a browser keeps them for as long as it likes.

use crate::Shared;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::LazyLock;

/// A file that stands in the binary.
pub(crate) struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

pub(crate) static STYLE: Asset =
    Asset { name: "style.css", kind: "text/css; charset=utf-8", bytes: include_bytes!("../asset/style.css") };
pub(crate) static SCRIPT: Asset = Asset {
    name: "console.js",
    kind: "text/javascript; charset=utf-8",
    bytes: include_bytes!("../asset/console.js"),
};
/// htmx 2.0.11, Zero-Clause BSD (its licence stands beside it).
pub(crate) static HTMX: Asset = Asset {
    name: "htmx.js",
    kind: "text/javascript; charset=utf-8",
    bytes: include_bytes!("../asset/htmx-2.0.11.min.js"),
};
pub(crate) static ICON: Asset =
    Asset { name: "icon.svg", kind: "image/svg+xml", bytes: include_bytes!("../asset/icon.svg") };

static ALL: [&Asset; 4] = [&STYLE, &SCRIPT, &HTMX, &ICON];

/// The addresses of [`ALL`], in its order.
static PLACES: LazyLock<[String; 4]> = LazyLock::new(|| {
    ALL.map(|asset| {
        let hash = blake3::hash(asset.bytes).to_hex();
        format!("/admin/asset/{}/{}", &hash[..16], asset.name)
    })
});

impl Asset {
    /// Where it is fetched from.
    pub(crate) fn place(&self) -> &'static str {
        let at = ALL.iter().position(|asset| asset.name == self.name);
        &PLACES[at.expect("every asset is in the list")]
    }
}

pub(crate) fn routes() -> Router<Shared> {
    ALL.into_iter().fold(Router::new(), |router, asset| {
        router.route(asset.place(), get(move |headers: HeaderMap| async move { file(asset, &headers) }))
    })
}

fn file(asset: &'static Asset, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", asset.place());
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let forever = "public, max-age=31536000, immutable";
    (
        [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, forever), (header::ETAG, &tag)],
        asset.bytes,
    )
        .into_response()
}
