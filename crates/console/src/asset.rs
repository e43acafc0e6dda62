//! What pages are made of besides markup: one stylesheet, one script of ours, htmx. Their addresses name their
//! content, so a browser keeps them for as long as it likes.

use crate::Shared;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;
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

/// The files of [`ALL`] packed, in its order: the same for everybody, so nothing is told by how small they become. Pages
/// are never packed: they hold secrets beside what others wrote. [BREACH]
static PACKED: LazyLock<[Vec<u8>; 4]> = LazyLock::new(|| {
    ALL.map(|asset| {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(asset.bytes).and_then(|()| packer.finish()).expect("memory takes all")
    })
});

/// Whether a browser unpacks what is packed so. [RFC 9110 12.5.3]
fn takes_gzip(headers: &HeaderMap) -> bool {
    let all = headers.get(header::ACCEPT_ENCODING).and_then(|all| all.to_str().ok()).unwrap_or_default();
    all.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|word| word.eq_ignore_ascii_case("gzip"));
        is_gzip && parts.all(|weight| weight.trim_start_matches("q=").parse::<f32>() != Ok(0.0))
    })
}

fn file(asset: &'static Asset, headers: &HeaderMap) -> Response {
    let packed = takes_gzip(headers);
    let tag = format!("\"{}{}\"", asset.place(), if packed { "+gzip" } else { "" });
    let caching = [
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::ETAG, &tag),
        (header::VARY, "Accept-Encoding"),
    ];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let kind = [(header::CONTENT_TYPE, asset.kind)];
    if packed {
        let at = ALL.iter().position(|one| one.name == asset.name).expect("every asset is in the list");
        return (caching, kind, [(header::CONTENT_ENCODING, "gzip")], PACKED[at].as_slice()).into_response();
    }
    (caching, kind, asset.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_files_packed_that_says_it_unpacks_them() {
        for (said, packed) in [
            (None, false),
            (Some("gzip, deflate, br"), true),
            (Some("br;q=1.0, GZIP;q=0.8"), true),
            (Some("gzip;q=0"), false),
            (Some("identity"), false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(said) = said {
                headers.insert(header::ACCEPT_ENCODING, said.parse().expect("it is a value"));
            }
            let answer = file(&STYLE, &headers);
            assert_eq!(answer.headers().contains_key(header::CONTENT_ENCODING), packed, "{said:?}");
        }
        let mut whole = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&PACKED[0][..]), &mut whole)
            .expect("it is gzip");
        assert!(whole == STYLE.bytes && PACKED[0].len() < whole.len() / 2);
    }
}
