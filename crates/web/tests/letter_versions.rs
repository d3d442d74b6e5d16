//! Whether a letter leads people to the web: the share of bookings by version, on the page and in its file.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::reservation::Channel;
use jiff::civil::date;
use store::Lane;
use storykit::House;
use testkit::{TestDb, on_both};

on_both! {
    fn r5_c4_the_share_of_the_web_is_told_by_version_of_the_letter(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(5, 'A');
        house.at(date(2026, 11, 9), "10:00");
        // Two by the web, one of them cancelled and booked by telephone later: the first way counts.
        let slot = |house: &House, start: &str| house.city.slot(date(2026, 11, 16), start);
        for (card, start) in [(cards[0], "9:00"), (cards[1], "9:10")] {
            let slot = slot(&house, start);
            house.city.book(card, slot).unwrap();
        }
        let first = cards[1];
        let booked = house.city.db().read_now(move |reader| store::reservation::live_of(reader, first)).unwrap().unwrap();
        house.city.cancel(booked.id).unwrap();
        for (card, start) in [(cards[1], "9:20"), (cards[2], "9:30")] {
            let (act, keys, rules) = (house.city.act(), house.city.keys.clone(), house.city.rules.clone());
            let wish = store::reservation::Wish {
                channel: Channel::Telephone,
                ..house.city.wish(card, slot(&house, start))
            };
            house.city.db().write_now(Lane::Staff, move |tx| store::reservation::book(tx, &act, &keys, &rules, &wish)).unwrap();
        }
        let site = house.city.site.clone();
        let versions = house.city.db().read_now(move |reader| {
            store::letter_share::versions(reader, &site, date(2026, 5, 1))
        }).unwrap();
        assert_eq!(versions.len(), 1);
        let one = &versions[0];
        assert_eq!((one.cards, one.booked(), one.by(Channel::Web), one.by(Channel::Telephone)), (5, 3, 2, 1));
        assert_eq!(one.share(), Some(66));
        let site = house.city.site.clone();
        let none = house.city.db().read_now(move |reader| {
            store::letter_share::versions(reader, &site, date(2026, 11, 9))
        });
        assert_eq!(none.unwrap(), [], "letters posted before are not looked at");
        let mut operator = house.operator();
        operator.open("/letters").follow("案内の版とWebの予約").sees("案内の版とWebの予約").reads("66");
        operator.open("/lists/letter-versions/versions.csv?encoding=utf8");
        let text = operator.page().source();
        assert!(text.contains("Webの割合") && text.lines().count() == 2, "{text}");
        house.run_jobs();
        house.verify();
    }
}
