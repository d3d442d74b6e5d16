//! Style, scripts and pictures: compiled in, served under the hash of their content, kept for a year.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};
use tower_http::compression::CompressionLayer;

use super::error::PageError;
use super::page::Cache;

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// One file: name, media type, content.
struct Asset(&'static str, &'static str, &'static str);

const ASSETS: [Asset; 13] = [
    Asset("style.css", CSS, include_str!("../../assets/style.css")),
    Asset("rules.css", CSS, include_str!("../../assets/rules.css")),
    Asset("effort.js", JS, include_str!("../../assets/effort.js")),
    Asset("error.js", JS, include_str!("../../assets/error.js")),
    Asset("grid.js", JS, include_str!("../../assets/grid.js")),
    Asset("key.js", JS, include_str!("../../assets/key.js")),
    Asset("live.js", JS, include_str!("../../assets/live.js")),
    Asset("print.js", JS, include_str!("../../assets/print.js")),
    Asset("scan.js", JS, include_str!("../../assets/scan.js")),
    Asset("count.js", JS, include_str!("../../assets/count.js")),
    Asset("keys.js", JS, include_str!("../../assets/keys.js")),
    Asset("sound.js", JS, include_str!("../../assets/sound.js")),
    Asset("icon.svg", SVG, include_str!("../../assets/icon.svg")),
];

/// One hash over all files: when one changes, all addresses do.
static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut all = Sha256::new();
    for Asset(name, _, content) in &ASSETS {
        all.update(name);
        all.update(content);
    }
    all.finalize()[..6].iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
});

/// The address of a file, for layouts.
pub fn href(name: &str) -> String {
    format!("/assets/{}/{name}", *HASH)
}

/// The content of a file, for tests that count bytes and for samples.
pub fn content(name: &str) -> Option<&'static str> {
    ASSETS.iter().find(|asset| asset.0 == name).map(|asset| asset.2)
}

/// The routes of the files, compressed where the browser takes it.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{hash}/{name}", get(file)).layer(CompressionLayer::new())
}

async fn file(Path((hash, name)): Path<(String, String)>) -> Response {
    let Some(Asset(_, media, content)) = ASSETS.iter().find(|asset| asset.0 == name) else {
        return PageError::NotFound.into_response();
    };
    // A page of an older version still finds its style, but nobody keeps the new one under the old name.
    let cache = if hash == *HASH { Cache::Immutable } else { Cache::Never };
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(media)), (header::CACHE_CONTROL, cache.header())];
    (headers, *content).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_stays_small() {
        let size = content("style.css").unwrap().len();
        assert!(size < 36_500, "{size} bytes");
    }

    #[test]
    fn r4_c_the_colours_and_the_focus_are_those_of_the_design_system() {
        // デジタル庁デザインシステム, design tokens 1.1.9.
        const TOKENS: [(&str, &str); 25] = [
            ("blue-50", "#e8f1fe"),
            ("blue-100", "#d9e6ff"),
            ("blue-200", "#c5d7fb"),
            ("blue-300", "#9db7f9"),
            ("blue-900", "#0017c1"),
            ("blue-1000", "#00118f"),
            ("blue-1200", "#000060"),
            ("gray-50", "#f2f2f2"),
            ("gray-100", "#e6e6e6"),
            ("gray-200", "#ccc"),
            ("gray-420", "#949494"),
            ("gray-600", "#666"),
            ("gray-700", "#4d4d4d"),
            ("gray-800", "#333"),
            ("gray-900", "#1a1a1a"),
            ("green-50", "#e6f5ec"),
            ("green-600", "#259d63"),
            ("green-800", "#197a4b"),
            ("red-50", "#fdeeee"),
            ("red-800", "#ec0000"),
            ("red-900", "#ce0000"),
            ("yellow-50", "#fbf5e0"),
            ("yellow-300", "#ffd43d"),
            ("yellow-700", "#b78f00"),
            // 900 has too little contrast for words on white.
            ("yellow-1100", "#6e5600"),
        ];
        let style = content("style.css").unwrap();
        let light = style.split(":root {").nth(1).and_then(|rest| rest.split('}').next()).unwrap();
        for (name, value) in TOKENS {
            assert!(light.contains(&format!("--{name}: {value};")), "{name}");
        }
        let focus =
            "outline: 4px solid var(--ink); outline-offset: 2px; box-shadow: 0 0 0 2px var(--yellow-300);";
        assert!(style.contains(focus));
    }

    #[test]
    fn no_file_names_a_third_party() {
        for Asset(name, _, content) in &ASSETS {
            let foreign = content.replace("http://www.w3.org/2000/svg", "");
            assert!(!foreign.contains("://") && !foreign.contains("@import"), "{name}");
        }
    }
}
