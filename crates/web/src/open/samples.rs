//! The pages of this room rendered from samples in every language, and the document read as a machine reads it.

use askama::Template;
use domain::rules::Site;
use domain::service::Service;
use domain::time::Start;
use jiff::civil::date;

use super::counter::Counter;
use super::document::{AboutPage, described};
use super::embed::EmbedPage;
use crate::availability::{Availability, Day, Slot};
use crate::citizen::Layout;
use crate::citizen::layout::samples::office;
use crate::kit::clock::SeededChance;
use crate::kit::request::Incident;
use crate::kit::{Asked, Bilingual, Language};

const PUBLIC: &str = "https://yoyaku.example.jp";

fn picture(taken: u32) -> Availability {
    let slot = |start| Slot { start: Start::new(start).unwrap(), places: 4, taken };
    let day = |day| Day { day: date(2026, 11, day), slots: vec![slot(9 * 60), slot(13 * 60 + 10)] };
    Availability {
        as_of: "2026-11-24T00:05:00Z".parse().unwrap(),
        epoch: 1,
        days: (25..=27).map(day).collect(),
    }
}

/// Both services at this counter, and one at a branch.
fn counters() -> Vec<(Counter, Site)> {
    let site = |code: &str, name: &str, telephone: &str| Site {
        code: code.parse().unwrap(),
        name_ja: name.to_owned(),
        name_en: "Senri Branch Office".to_owned(),
        address_ja: String::new(),
        address_en: String::new(),
        telephone: telephone.to_owned(),
        telephone_hours_ja: String::new(),
        telephone_hours_en: String::new(),
    };
    let (here, there) = (site("honcho", "本庁", "06-0000-0000"), site("senri", "千里出張所", "06-0000-0001"));
    let of = |service, site: &Site| (Counter { service, site: site.code.clone() }, site.clone());
    vec![of(Service::Issuance, &here), of(Service::Renewal, &here), of(Service::Renewal, &there)]
}

#[test]
fn every_page_stands_in_every_language() {
    for language in Language::ALL {
        let here = "/api/".to_owned();
        let asked = Asked { incident: Incident::draw(&SeededChance::new(3)), language, here };
        let city = Bilingual::new("吹田市", "Suita City");
        let counters = counters();
        let mut pages = Vec::new();
        // With one site, and with two.
        for some in [&counters[..2], &counters[..]] {
            pages.push(AboutPage::new(Layout::new(&asked, office()), PUBLIC, some).render().unwrap());
        }
        for taken in [0, 3, 4] {
            for (n, (counter, site)) in counters.iter().enumerate() {
                let elsewhere = (n >= 2).then_some(site);
                let page =
                    EmbedPage::new(language, &city, counter, elsewhere, &picture(taken)).render().unwrap();
                assert_eq!(page.contains("06-0000-0001"), n >= 2, "{page}");
                assert_eq!(page.contains("target=\"_top\""), n < 2, "{page}");
                pages.push(page);
            }
        }
        for page in pages {
            assert!(page.contains("<h1>") && page.contains(&format!("<html lang=\"{}\"", language.code())));
            assert!(!page.contains('⟦') && !page.contains("{{") && !page.contains(" style=\""), "{page}");
        }
    }
}

#[test]
fn r4_c_the_document_is_openapi_3_1_and_names_every_address() {
    let document = serde_json::to_value(described(PUBLIC, "吹田市")).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"][0]["url"], PUBLIC);
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/api/v1/counters",
            "/api/v1/services/{service}/days",
            "/api/v1/services/{service}/days/{day}",
            "/api/v1/sites/{site}/services/{service}/days",
            "/api/v1/sites/{site}/services/{service}/days/{day}",
        ]
    );
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        assert!(schema["description"].is_string(), "{name} is not explained");
    }
}
