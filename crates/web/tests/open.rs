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

/// What a reference of the document points to; a reference that leads nowhere fails.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let Some(reference) = value["$ref"].as_str() else { return value };
    let target = document.pointer(reference.strip_prefix('#').unwrap());
    target.unwrap_or_else(|| panic!("{reference} leads nowhere"))
}

/// Whether a value is as a schema (JSON Schema 2020-12, as OpenAPI 3.1 has it) says, and what is not. A keyword that
/// this does not know fails, so that nothing is taken for checked that is not.
fn faults(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let schema = resolved(document, schema);
    let mut found = Vec::new();
    for (keyword, wanted) in schema.as_object().unwrap() {
        let fits = match keyword.as_str() {
            "description" | "example" | "examples" | "title" => true,
            "type" => {
                let kinds = wanted.as_array().cloned().unwrap_or_else(|| vec![wanted.clone()]);
                kinds.iter().any(|kind| match kind.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "boolean" => value.is_boolean(),
                    "null" => value.is_null(),
                    other => panic!("the type {other}"),
                })
            }
            "enum" => wanted.as_array().unwrap().contains(value),
            "required" => {
                wanted.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "properties" => {
                for (name, schema) in wanted.as_object().unwrap() {
                    if let Some(part) = value.get(name) {
                        found.extend(faults(document, schema, part, &format!("{at}/{name}")));
                    }
                }
                true
            }
            "items" => {
                for (n, part) in value.as_array().into_iter().flatten().enumerate() {
                    found.extend(faults(document, wanted, part, &format!("{at}/{n}")));
                }
                true
            }
            "allOf" => {
                for schema in wanted.as_array().unwrap() {
                    found.extend(faults(document, schema, value, at));
                }
                true
            }
            "minimum" => value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap()),
            "format" => value.as_str().is_none_or(|text| match wanted.as_str().unwrap() {
                "date" => text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
                "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
                "int32" | "int64" => false,
                other => panic!("the format {other}"),
            }),
            // The one pattern of the document: a start of a slot.
            "pattern" => {
                assert_eq!(wanted, "^[0-2][0-9]:[0-5]0$");
                value
                    .as_str()
                    .is_some_and(|text| text.len() == 5 && text.ends_with('0') && text.as_bytes()[2] == b':')
            }
            other => panic!("the keyword {other} at {at}"),
        };
        if !fits {
            found.push(format!("{at}: {value} is not {keyword} {wanted}"));
        }
    }
    found
}

/// The document as OpenAPI 3.1 asks for it: what must be there is there, and every address is described whole.
fn is_openapi(document: &Value) {
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    for name in ["title", "version"] {
        assert!(document["info"][name].as_str().is_some_and(|text| !text.is_empty()), "{name}");
    }
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        assert!(path.starts_with('/'), "{path}");
        for (method, operation) in methods.as_object().unwrap() {
            assert_eq!(method, "get", "{path}: nothing here changes anything");
            operations.push(operation["operationId"].as_str().unwrap());
            let named: Vec<&str> =
                path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
            let none = Vec::new();
            let parameters = operation["parameters"].as_array().unwrap_or(&none);
            let described: Vec<&str> = parameters.iter().map(|each| each["name"].as_str().unwrap()).collect();
            assert_eq!(described, named, "{path}");
            for parameter in parameters {
                assert_eq!(
                    (&parameter["in"], &parameter["required"]),
                    (&"path".into(), &true.into()),
                    "{path}"
                );
                assert!(parameter["schema"].is_object(), "{path}");
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!((200..600).contains(&status.parse::<u16>().unwrap()), "{path} {status}");
                assert!(
                    response["description"].as_str().is_some_and(|text| !text.is_empty()),
                    "{path} {status}"
                );
                for content in response["content"].as_object().unwrap().values() {
                    assert!(resolved(document, &content["schema"]).is_object(), "{path} {status}");
                }
            }
        }
    }
    let all = operations.len();
    operations.sort_unstable();
    operations.dedup();
    assert_eq!((operations.len(), all), (5, 5), "operations have names of their own");
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

    fn r4_c_every_answer_is_as_the_document_says(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(1, 'A');
        house.at(date(2026, 11, 9), "10:00");
        let slot = house.city.slot(date(2026, 11, 12), "9:00");
        house.city.book(cards[0], slot).unwrap();
        let mut reader = house.citizen();
        reader.open("/api/openapi.json");
        let document = json(&reader);
        is_openapi(&document);
        // Each parameter with what it is for, and with what it is not for.
        let values = |name: &str| match name {
            "site" => ["honcho", "senri", "%F0%9F%8D%A3", "..%2F", "0"],
            "service" => ["issuance", "renewal", "enquiry", "%EF%BC%91", "%00"],
            "day" => ["2026-11-12", "2026-11-15", "2026-02-30", "2026-11-12T00:00:00Z", "-1"],
            other => panic!("the parameter {other}"),
        };
        let mut answered = std::collections::BTreeMap::<String, usize>::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            let names: Vec<&str> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
            let mut addresses = vec![path.clone()];
            for name in names {
                let filled = addresses.iter().flat_map(|address| {
                    values(name).map(|value| address.replace(&format!("{{{name}}}"), value))
                });
                addresses = filled.collect();
            }
            for address in addresses {
                reader.open(&address);
                let status = reader.status().to_string();
                let response = &methods["get"]["responses"][&status];
                assert!(response.is_object(), "{status} at {address} is not in the document");
                let kind = reader.page().headers["content-type"].to_str().unwrap().to_owned();
                let schema = &response["content"][&kind]["schema"];
                assert!(schema.is_object(), "{kind} at {address} is not in the document");
                assert_eq!(faults(&document, schema, &json(&reader), &address), Vec::<String>::new());
                *answered.entry(status).or_default() += 1;
            }
            for method in ["POST", "PUT", "DELETE", "TRACE"] {
                reader.send(method, &path.replace(['{', '}'], ""), None, Vec::new());
                assert_eq!(reader.status(), 405, "{method} {path}");
                assert_eq!(reader.page().headers["content-type"], "application/problem+json", "{method} {path}");
            }
        }
        assert!(answered["200"] >= 9 && answered["404"] >= 100, "{answered:?}");
        // The check sees what is wrong.
        let day = &document["components"]["schemas"]["OneDay"];
        let wrong = serde_json::json!({"day": "2026-11-31", "room": "some", "places": "1", "free": 0, "morning": 1});
        assert_eq!(faults(&document, day, &wrong, "").len(), 6);
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
