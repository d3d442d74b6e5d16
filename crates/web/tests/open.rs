//! What others read: the free days as data and as a page within another page, over HTTP on both databases.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::reservation::Channel;
use jiff::civil::date;
use serde_json::Value;
use storykit::House;
use testkit::{TestDb, on_both};

fn json(browser: &storykit::Browser) -> Value {
    serde_json::from_slice(&browser.page().bytes).unwrap()
}

on_both! {
    fn r4_c_the_free_days_are_open_data_and_say_what_was_booked(home: TestDb) {
        let mut house = House::open(home);
        let day = date(2026, 11, 9);
        let cards = house.city.notified(2, 'A');
        let mut reader = house.citizen();
        reader.open("/api/v1/services/issuance/days");
        let before = json(&reader);
        assert_eq!(before["as_of"], "2026-11-02T08:50:00+09:00");
        assert_eq!(before["first_free"], before["days"][0]["day"]);
        let of = |days: &Value| {
            let days = days["days"].as_array().unwrap();
            days.iter().find(|line| line["day"] == day.to_string()).unwrap().clone()
        };
        assert_eq!(of(&before)["room"], "free");
        let sunday = before["days"].as_array().unwrap().iter().find(|line| line["day"] == "2026-11-08").unwrap();
        assert_eq!((&sunday["room"], &sunday["places"]), (&"closed".into(), &0.into()));

        let slot = house.city.slot(day, "9:00");
        for card in cards {
            house.city.book(card, slot.clone()).unwrap();
        }
        house.app.availability_changed();
        reader.open("/api/v1/services/issuance/days");
        let after = json(&reader);
        assert_eq!(of(&before)["free"].as_u64().unwrap() - of(&after)["free"].as_u64().unwrap(), 2);
        reader.open("/api/v1/services/issuance/days/2026-11-09");
        let detail = json(&reader);
        assert_eq!(detail["day"], "2026-11-09");
        let slots = detail["slots"].as_array().unwrap();
        let free: u64 = slots.iter().map(|slot| slot["free"].as_u64().unwrap()).sum();
        assert_eq!(free, of(&after)["free"].as_u64().unwrap());
        assert_eq!(slots[0]["start"], "09:00");
        let places = |slot: &Value| slot["places"].as_u64().unwrap();
        assert_eq!(places(&slots[0]) - slots[0]["free"].as_u64().unwrap(), 2);
        assert_eq!(Channel::ALL.len(), 4, "the data counts all channels together");

        // Any site may read it; nobody gets a cookie for that, and no statement is needed while the picture is fresh.
        let headers = &reader.page().headers;
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert_eq!(headers["cross-origin-resource-policy"], "cross-origin");
        assert_eq!(headers["cache-control"], "public, max-age=5");
        assert!(reader.cookies().is_empty());
        let statements = house.statements();
        reader.open("/api/v1/services/issuance/days");
        assert_eq!(house.statements(), statements);
    }

    fn r4_c_what_is_not_there_is_told_as_a_problem_and_nothing_is_repeated(home: TestDb) {
        let house = House::open(home);
        let mut reader = house.citizen();
        for path in [
            "/api/v1/services/enquiry/days",
            "/api/v1/services/nothing/days",
            "/api/v1/services/issuance/days/yesterday",
            "/api/v1/services/issuance/days/2026-10-01",
            "/api/v1/services/issuance/days/9999-12-31",
        ] {
            reader.open(path);
            assert_eq!(reader.status(), 404, "{path}");
            assert_eq!(reader.page().headers["content-type"], "application/problem+json", "{path}");
            let problem = json(&reader);
            assert_eq!(problem["status"], 404);
            assert_eq!(problem["incident"], reader.page().headers["x-request-id"].to_str().unwrap());
        }
        reader.open("/api/v1/services/123456789018/days");
        assert_eq!(reader.status(), 422);
        assert!(!reader.text().contains("9018"));
    }

    fn r4_c_the_citys_site_frames_the_free_days_and_nobody_else_does(home: TestDb) {
        let house = House::open(home);
        let mut reader = house.citizen();
        reader.open("/embed/ja/issuance").sees("マイナンバーカード受け取り予約の空き状況");
        let policy = reader.page().headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("frame-ancestors https://www.city.example.jp;"), "{policy}");
        reader.open("/embed/en/issuance").sees("Free days for collecting a My Number Card");
        reader.open("/").sees("どの通知が届きましたか");
        let policy = reader.page().headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        for path in ["/embed/xx/issuance", "/embed/ja/enquiry"] {
            assert_eq!(reader.open(path).status(), 404, "{path}");
        }
        reader.open("/api/").sees("予約の空き状況を使う方へ");
        reader.open("/api/openapi.json");
        assert_eq!(json(&reader)["openapi"], "3.1.0");
    }
}
