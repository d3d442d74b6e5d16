//! Both services, walked by a story for each kind of visitor in each language of the pages, over HTTP on both databases.
//!
//! The words come from the catalogue by their keys and the languages from its folders, so that a further language is
//! walked as soon as its folder stands. What each kind has to bring is written down here a second time, on purpose.

use domain::id::{CardId, ReservationId};
use domain::reservation::{Pins, State, Visitor};
use domain::time::Start;
use jiff::civil::{Date, date};
use store::reservation::Reservation;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};
use web::kit::{Language, Texts};

use crate::{house, live, number};

/// The day that is booked, and the day it is moved to.
const WEDNESDAY: Date = date(2026, 11, 11);
const THURSDAY: Date = date(2026, 11, 12);

/// The most pages from the first one to the number: for one card by the code of the letter, and for a renewal.
const MOST_PAGES: usize = 6;

/// Somebody who reads one language, and how many pages they have seen.
struct Reader {
    browser: Browser,
    texts: Texts,
    pages: usize,
}

impl Reader {
    fn of(house: &House, language: Language) -> Self {
        let mut browser = house.citizen();
        browser.open(&format!("/language/{}?back=/", language.code()));
        let mut reader = Self { browser, texts: Texts::new(language), pages: 0 };
        reader.stands();
        reader
    }

    /// A text as pages show it, without its readings.
    fn words(&self, key: &str) -> String {
        without_readings(&self.texts.get(key))
    }

    /// The page is whole, and in the reader's language.
    #[track_caller]
    fn stands(&mut self) -> &mut Self {
        self.pages += 1;
        let page = self.browser.page();
        assert!(page.status.is_success() || page.status.as_u16() == 422, "{} {}", page.path, page.status);
        let html = page.tree.named(&["html"]);
        assert_eq!(html[0].attribute("lang"), Some(self.texts.language().code()), "{}", page.path);
        for mark in ['⟦', '《'] {
            assert!(!page.source().contains(mark), "{mark} at {}", page.path);
        }
        self
    }

    #[track_caller]
    fn open(&mut self, path: &str) -> &mut Self {
        self.browser.open(path);
        self.stands()
    }

    #[track_caller]
    fn fill(&mut self, field: &str, value: &str) -> &mut Self {
        self.browser.fill(field, value);
        self
    }

    #[track_caller]
    fn press(&mut self, key: &str) -> &mut Self {
        let words = self.words(key);
        self.press_words(&words)
    }

    #[track_caller]
    fn press_words(&mut self, words: &str) -> &mut Self {
        self.browser.press(words);
        self.stands()
    }

    #[track_caller]
    fn follow(&mut self, key: &str) -> &mut Self {
        let words = self.words(key);
        self.follow_words(&words)
    }

    #[track_caller]
    fn follow_words(&mut self, words: &str) -> &mut Self {
        self.browser.follow(words);
        self.stands()
    }

    #[track_caller]
    fn sees(&mut self, key: &str) -> &mut Self {
        let words = self.words(key);
        self.browser.sees(&words);
        self
    }

    #[track_caller]
    fn reads(&mut self, key: &str) -> &mut Self {
        let words = self.words(key);
        self.browser.reads(&words);
        self
    }

    #[track_caller]
    fn misses(&mut self, key: &str) -> &mut Self {
        let words = self.words(key);
        assert!(!self.browser.text().contains(&words), "{words:?} is at {}", self.browser.path());
        self
    }

    /// A day from the list, then a time of it.
    #[track_caller]
    fn takes(&mut self, day: Date, start: Start) -> &mut Self {
        let (name, time) = (self.texts.month_day(day), self.texts.start(start));
        self.follow_words(&without_readings(&name)).sees("times-title");
        let full = without_readings(&self.texts.date(day));
        self.browser.reads(&full);
        self.press_words(&without_readings(&time))
    }

    /// Exactly what a kind of visitor brings.
    #[track_caller]
    fn brings(&mut self, kind: &Kind) -> &mut Self {
        for key in kind.brings {
            self.reads(key);
        }
        for key in kind.not {
            self.misses(key);
        }
        self
    }
}

/// The text without what やさしい日本語 writes between 《 and 》, its blanks folded as a page folds them.
fn without_readings(text: &str) -> String {
    let mut out = String::new();
    let mut reading = false;
    for sign in text.chars() {
        match sign {
            '《' => reading = true,
            '》' => reading = false,
            sign if !reading => out.push(sign),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A kind of visitor: what they have to bring, and what only others do.
struct Kind {
    who: Visitor,
    pins: Pins,
    brings: &'static [&'static str],
    not: &'static [&'static str],
}

impl Kind {
    /// The message that says who comes.
    fn visitor(&self) -> &'static str {
        match self.who {
            Visitor::Principal => "visitor-principal",
            Visitor::WithRepresentative => "visitor-with-representative",
            Visitor::Representative => "visitor-representative",
            Visitor::Proxy => "visitor-proxy",
        }
    }

    /// The message that says whether the PINs of a renewal are known.
    fn pins(&self) -> &'static str {
        if self.pins == Pins::Known { "pins-known" } else { "pins-forgotten" }
    }
}

/// Who comes for a card (11(6)): the person, with the legal representative, the representative alone, another proxy.
const FOR_A_CARD: [Kind; 4] = [
    Kind {
        who: Visitor::Principal,
        pins: Pins::Known,
        brings: &[
            "thing-notice-about",
            "thing-identity",
            "thing-notification-card",
            "thing-old-card",
            "thing-pin-about",
        ],
        not: &["thing-representative-proof", "thing-reason", "thing-proxy-identity"],
    },
    Kind {
        who: Visitor::WithRepresentative,
        pins: Pins::Known,
        brings: &[
            "thing-child-identity",
            "thing-representative-identity",
            "thing-representative-proof",
            "thing-pin-about",
        ],
        not: &["thing-reason", "thing-proxy-identity"],
    },
    Kind {
        who: Visitor::Representative,
        pins: Pins::Known,
        brings: &[
            "belongings-representative",
            "thing-reason",
            "thing-principal-identity-about",
            "thing-representative-proof",
        ],
        not: &["thing-proxy-identity", "thing-notice-proxy"],
    },
    Kind {
        who: Visitor::Proxy,
        pins: Pins::Known,
        brings: &[
            "case-proxy-lead",
            "thing-notice-proxy",
            "thing-reason",
            "thing-principal-identity-about",
            "thing-proxy-identity",
        ],
        not: &["thing-pin-about", "thing-representative-proof", "thing-notice-about"],
    },
];

/// Who comes for a renewal (11(8)ウ), with the PINs known or to be set again.
const FOR_A_RENEWAL: [Kind; 6] = [
    Kind {
        who: Visitor::Principal,
        pins: Pins::Known,
        brings: &["thing-card", "thing-pins-about", "thing-expiry-notice-about"],
        not: &["thing-new-pins", "thing-companion-identity-about", "thing-answer-about"],
    },
    Kind {
        who: Visitor::Principal,
        pins: Pins::Forgotten,
        brings: &["thing-card", "thing-new-pins"],
        not: &["thing-pins-about", "thing-companion-identity-about"],
    },
    Kind {
        who: Visitor::WithRepresentative,
        pins: Pins::Known,
        brings: &["thing-pins-about", "thing-companion-identity-about", "thing-representative-proof"],
        not: &["thing-new-pins", "thing-mandate-about"],
    },
    Kind {
        who: Visitor::WithRepresentative,
        pins: Pins::Forgotten,
        brings: &["thing-new-pins", "thing-companion-identity-about", "thing-representative-proof"],
        not: &["thing-pins-about", "thing-mandate-about"],
    },
    Kind {
        who: Visitor::Representative,
        pins: Pins::Known,
        brings: &["thing-pins-about", "thing-companion-identity-about", "thing-representative-proof"],
        not: &["thing-new-pins", "thing-mandate-about"],
    },
    Kind {
        who: Visitor::Proxy,
        pins: Pins::Known,
        brings: &["thing-answer-about", "thing-mandate-about", "thing-companion-identity-about"],
        not: &["thing-pins-about", "thing-representative-proof"],
    },
];

/// The n-th slot of a day, so that stories do not take each other's places.
fn slot(n: usize) -> Start {
    Start::new(u16::try_from(9 * 60 + 10 * n).unwrap()).unwrap()
}

/// The questions before a renewal, for so many people.
fn answers(reader: &mut Reader, people: &[(Visitor, Pins, bool)], kind: &str, here: &str) {
    let fields =
        [("who", "pins", "answer"), ("who-2", "pins-2", "answer-2"), ("who-3", "pins-3", "answer-3")];
    reader.sees("renewal-title").fill("kind", kind).fill("here", here);
    for ((who, pins, answer), (visitor, known, has_answer)) in fields.into_iter().zip(people) {
        reader.fill(who, visitor.code()).fill(pins, known.code());
        reader.browser.tick(answer, "yes", *has_answer);
    }
    reader.press("renewal-next");
}

/// Finds a booking by its number in a new browser.
fn finds(house: &House, language: Language, number: &str) -> Reader {
    let mut later = Reader::of(house, language);
    later
        .follow("first-booked-link")
        .sees("find-title")
        .fill("number", number)
        .press("find-show")
        .sees("show-title");
    later.browser.reads(number);
    later
}

/// The day before the visit: moved to another day, then somebody else comes, then it is cancelled.
fn changes_and_cancels(later: &mut Reader, other: Visitor, start: Start) {
    later.follow("show-move").sees("days-title").takes(THURSDAY, start).sees("move-title").press("move-do");
    later.sees("show-title").reads("banner-moved");
    later.follow("show-visitor").fill("who", other.code()).press("visitor-do").reads("banner-visitor");
    later.follow("show-cancel").sees("cancel-title").press("cancel-do").sees("cancelled-title");
}

/// Everybody of a booking as it is stored.
fn stored(house: &House, shown: &str) -> Vec<Reservation> {
    let (keys, number) = (house.city.keys.clone(), domain::number::Number::parse(shown).unwrap());
    let found = house.city.db().read_now(move |reader| {
        let id: ReservationId = store::reservation::by_number(reader, &keys, &number)?.unwrap();
        let first = store::reservation::find(reader, id)?.unwrap();
        store::reservation::party::everyone(reader, &first)
    });
    found.unwrap()
}

/// Proves the first key and adds the others.
fn gathers(house: &House, reader: &mut Reader, cards: &[CardId]) {
    reader.open("/k").fill("number", &house.key_of(cards[0])).press("next");
    reader.follow("days-family").sees("family-title");
    for card in &cards[1..] {
        reader.fill("number", &house.key_of(*card)).press("family-add");
    }
    let days = reader.texts.with("family-days", "people", cards.len());
    reader.follow_words(&without_readings(&days)).sees("days-title");
}

on_both! {
    fn r4_d_every_kind_of_visitor_books_a_card_in_every_language(home: TestDb) {
        let (mut house, cards) = house(home, u32::try_from(Language::COUNT * FOR_A_CARD.len()).unwrap());
        let stories = Language::ALL.into_iter().flat_map(|language| FOR_A_CARD.iter().map(move |kind| (language, kind)));
        for (n, ((language, kind), card)) in stories.zip(&cards).enumerate() {
            // By the code on the letter: nothing is typed but the key, and the page of the key is the first.
            let mut citizen = Reader::of(&house, language);
            citizen.pages = 0;
            citizen.open("/k").sees("key-title").fill("number", &house.key_of(*card)).press("next").sees("days-title");
            citizen.takes(WEDNESDAY, slot(n)).sees("who-title").fill("who", kind.who.code()).press("next");
            citizen.sees("check-title").reads(kind.visitor()).brings(kind).press("check-book").sees("done-title").brings(kind);
            assert!(citizen.pages <= MOST_PAGES, "{} pages", citizen.pages);
            let booked = live(&house, *card);
            assert_eq!((booked.visitor, booked.language.as_str()), (Some(kind.who), language.code()));
            assert_eq!((booked.slot.day, booked.slot.start), (WEDNESDAY, slot(n)));
            let mut later = finds(&house, language, &number(&citizen.browser));
            later.reads(kind.visitor()).brings(kind);
            let other = if kind.who == Visitor::Principal { Visitor::Proxy } else { Visitor::Principal };
            changes_and_cancels(&mut later, other, slot(n));
            later.reads("cancelled-again");
        }
        house.run_jobs();
        house.verify();
    }

    fn r4_d_a_family_of_three_kinds_books_in_every_language(home: TestDb) {
        let (house, cards) = house(home, u32::try_from(Language::COUNT * 3).unwrap());
        for (n, (language, cards)) in Language::ALL.into_iter().zip(cards.chunks(3)).enumerate() {
            let mut citizen = Reader::of(&house, language);
            gathers(&house, &mut citizen, cards);
            citizen.takes(WEDNESDAY, slot(n)).sees("who-title");
            let [mother, child, _, grandfather] = &FOR_A_CARD;
            for (field, kind) in [("who", mother), ("who-2", child), ("who-3", grandfather)] {
                citizen.fill(field, kind.who.code());
            }
            citizen.press("next").sees("check-title");
            for kind in [mother, child, grandfather] {
                for key in kind.brings {
                    citizen.reads(key);
                }
            }
            citizen.press("check-book").sees("done-title").reads("people-one-number");
            let people = stored(&house, &number(&citizen.browser));
            assert_eq!(
                people.iter().map(|one| one.visitor.unwrap()).collect::<Vec<_>>(),
                [mother.who, child.who, grandfather.who]
            );
            // One of them stays at home; the others keep their booking.
            let mut later = finds(&house, language, &number(&citizen.browser));
            later.follow("show-take-out").sees("take-out-title").press("take-out-do").reads("banner-taken-out");
            let left = stored(&house, &number(&citizen.browser)).into_iter().filter(|one| one.state == State::Booked);
            assert_eq!(left.count(), 2);
        }
        house.verify();
    }

    fn r7_c_every_kind_of_visitor_books_a_renewal_in_every_language(home: TestDb) {
        let (house, _) = house(home, 1);
        let stories = Language::ALL.into_iter().flat_map(|language| FOR_A_RENEWAL.iter().map(move |kind| (language, kind)));
        for (n, (language, kind)) in stories.enumerate() {
            let mut citizen = Reader::of(&house, language);
            citizen.follow("first-renewal-then");
            answers(&mut citizen, &[(kind.who, kind.pins, kind.who == Visitor::Proxy)], "certificate", "yes");
            citizen.sees("days-title").takes(WEDNESDAY, slot(n)).sees("check-title");
            citizen.reads(kind.visitor()).reads(kind.pins()).brings(kind);
            citizen.press("check-book").sees("done-title").brings(kind).reads("done-day-renewal");
            assert!(citizen.pages <= MOST_PAGES, "{} pages", citizen.pages);
            let shown = number(&citizen.browser);
            let booked = stored(&house, &shown).remove(0);
            assert_eq!((booked.visitor, booked.pins), (Some(kind.who), Some(kind.pins)));
            assert_eq!((booked.card, booked.language.as_str()), (None, language.code()));
            let mut later = finds(&house, language, &shown);
            later.reads(kind.visitor()).brings(kind);
            let other = if kind.who == Visitor::Principal { Visitor::Representative } else { Visitor::Principal };
            changes_and_cancels(&mut later, other, slot(n));
            later.reads("cancelled-again-renewal");
        }
        house.verify();
    }

    fn r7_c_a_family_books_renewals_in_every_language(home: TestDb) {
        let (house, _) = house(home, 1);
        for (n, language) in Language::ALL.into_iter().enumerate() {
            let mut citizen = Reader::of(&house, language);
            citizen.follow("first-renewal-then");
            let three = citizen.texts.with("renewal-people-other", "people", 3_usize);
            citizen.follow_words(&without_readings(&three));
            let people = [
                (Visitor::Principal, Pins::Forgotten, false),
                (Visitor::WithRepresentative, Pins::Known, false),
                (Visitor::Proxy, Pins::Known, true),
            ];
            answers(&mut citizen, &people, "certificate", "yes");
            citizen.sees("days-title").takes(WEDNESDAY, slot(n)).sees("check-title");
            citizen.reads("thing-new-pins").reads("thing-representative-proof").reads("thing-answer-about");
            citizen.press("check-book").sees("done-title").reads("people-title-renewal");
            let stored = stored(&house, &number(&citizen.browser));
            let told: Vec<_> = stored.iter().map(|one| (one.visitor.unwrap(), one.pins.unwrap())).collect();
            assert_eq!(told, people.map(|(visitor, pins, _)| (visitor, pins)));
        }
        house.verify();
    }

    fn r7_j_who_would_come_in_vain_is_told_the_way_in_every_language(home: TestDb) {
        let (house, _) = house(home, 1);
        for language in Language::ALL {
            let mut citizen = Reader::of(&house, language);
            // Without the sealed answer, or without the PINs in it, a proxy takes two visits.
            for (pins, has_answer) in [(Pins::Known, false), (Pins::Forgotten, false), (Pins::Forgotten, true)] {
                citizen.open("/renewal");
                answers(&mut citizen, &[(Visitor::Proxy, pins, has_answer)], "certificate", "yes");
                citizen.sees("two-visits-title").reads("two-visits-lead");
                citizen.reads("two-visits-step-first").reads("two-visits-step-letter").reads("two-visits-step-second");
            }
            // One such person among several keeps all of them from coming in vain.
            citizen.open("/renewal/people/2");
            let people = [(Visitor::Principal, Pins::Known, false), (Visitor::Proxy, Pins::Known, false)];
            answers(&mut citizen, &people, "certificate", "yes");
            citizen.sees("two-visits-title");
            // A card that expires, somebody of another city, a branch office, and a lost notice.
            citizen.open("/renewal");
            answers(&mut citizen, &[(Visitor::Principal, Pins::Known, false)], "card", "yes");
            citizen.sees("application-title").reads("application-how-booth").reads("application-after");
            citizen.open("/renewal");
            answers(&mut citizen, &[(Visitor::Principal, Pins::Known, false)], "certificate", "no");
            citizen.sees("elsewhere-title").reads("elsewhere-step-moved");
            citizen.open("/renewal").follow("first-branches-link").sees("branches-title").reads("branches-reservation-no");
            let branch = if language.is_japanese() { "山田出張所" } else { "Yamada Branch Office" };
            citizen.browser.reads(branch);
            citizen.open("/").follow("first-missing-then").sees("missing-title").reads("missing-lost");
            citizen.follow("missing-renewal-link").sees("renewal-title");
            citizen.open("/renewal/when").fill("year", "2030").fill("month", "8").fill("day", "17").press("when-tell");
            citizen.reads("when-too-far");
        }
        let nothing = house.city.db().read_now(move |reader| {
            let (service, site) = (domain::service::Service::Renewal, "honcho".parse().unwrap());
            store::capacity::taken(reader, service, &site, WEDNESDAY, date(2027, 3, 31))
        });
        assert!(nothing.unwrap().iter().all(|(_, _, taken)| *taken == 0), "nobody was booked in vain");
    }
}
