//! Stories of accounts: signing in and out, locks, passwords, people and their roles, the journal of it all.

use domain::permission::Role;
use jiff::SignedDuration;
use jiff::civil::date;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};
use web::staff::desk::COOKIE;

/// What every account of a story begins with.
const PASSWORD: &str = "a long enough password";
const REFUSED: &str = "サインインできません。ログイン名とパスワードを確かめてください。";

/// The login of the first account that a house makes, if it is an operator's.
const OPERATOR: &str = "operator-198.18.0.1";

/// The browser of an operator at the sign-in page, with the login.
fn operator(house: &mut House) -> (Browser, String) {
    let mut browser = house.operator();
    browser.press("サインアウト").sees("サインイン");
    (browser, OPERATOR.to_owned())
}

fn session_of(browser: &Browser) -> String {
    let cookies = browser.cookies();
    let found = cookies.iter().find(|(name, _, _)| *name == COOKIE);
    found.map(|(_, value, _)| (*value).to_owned()).unwrap_or_default()
}

/// Makes an account and answers its one-time password.
fn makes(administrator: &mut Browser, login: &str) -> String {
    administrator.open("/people/new").sees("アカウントの作成");
    administrator.fill("login", login).fill("name", "窓口 花子").choose("role", "従事者");
    administrator.press("作成して仮パスワードを表示する").sees("仮パスワード");
    one_time(administrator)
}

fn one_time(browser: &Browser) -> String {
    browser.page().texts_of_class("one-time").join("").trim().to_owned()
}

on_both! {
    fn r4_g_five_failures_lock_an_account_for_fifteen_minutes(home: TestDb) {
        let mut house = House::open(home);
        let (mut browser, login) = operator(&mut house);
        for _ in 0..5 {
            browser.sign_in(&login, "a wrong password").reads(REFUSED);
            assert_eq!(browser.status(), 422);
        }
        let locked = browser.sign_in(&login, PASSWORD).reads(REFUSED).text();
        let unknown = browser.sign_in("nobody", PASSWORD).reads(REFUSED).text();
        assert_eq!(locked, unknown, "one sentence for every failure");
        assert_eq!(session_of(&browser), "");
        house.advance(SignedDuration::from_mins(14));
        browser.sign_in(&login, PASSWORD).reads(REFUSED);
        house.advance(SignedDuration::from_mins(2));
        browser.sign_in(&login, PASSWORD);
        assert_eq!((browser.path(), session_of(&browser).is_empty()), ("/", false));
        house.verify();
    }

    fn r4_g_an_address_that_fails_too_often_waits(home: TestDb) {
        let mut house = House::open(home);
        let (mut browser, login) = operator(&mut house);
        for number in 0..50 {
            browser.sign_in(&format!("nobody{number}"), PASSWORD).reads(REFUSED);
        }
        browser.sign_in(&login, PASSWORD);
        assert_eq!(browser.status(), 429);
        browser.open("/sign-in");
        house.advance(SignedDuration::from_mins(31));
        browser.sign_in(&login, PASSWORD);
        assert_ne!(session_of(&browser), "");
    }

    fn r4_g_a_sign_in_is_always_a_new_session_and_ends_with_the_day(home: TestDb) {
        let mut house = House::open(home);
        let (mut browser, login) = operator(&mut house);
        let first = { browser.sign_in(&login, PASSWORD); session_of(&browser) };
        browser.open("/sign-in");
        assert_ne!(browser.path(), "/sign-in", "who is signed in goes on");
        browser.post("/sign-in", &[("login", &login), ("password", PASSWORD)]);
        let second = session_of(&browser);
        assert_ne!(first, second);
        let mut thief = browser.another_tab();
        thief.forget_cookies();
        thief.keep_cookie(COOKIE, &first, "/");
        thief.open("/password").sees("サインイン");
        house.advance(SignedDuration::from_mins(31));
        browser.open("/password").sees("サインイン");
        house.at(date(2026, 11, 2), "23:50");
        browser.sign_in(&login, PASSWORD).open("/password").sees("パスワードの変更");
        house.advance(SignedDuration::from_mins(10));
        browser.open("/password").sees("サインイン");
        house.verify();
    }

    fn r4_g_a_one_time_password_is_shown_once_and_must_be_replaced(home: TestDb) {
        let mut house = House::open(home);
        let mut administrator = house.person(Role::SystemAdministrator);
        let mut hanako = house.operator();
        hanako.press("サインアウト");
        let password = makes(&mut administrator, "Ｈａｎａｋｏ");
        administrator.open("/people").follow("窓口 花子").reads("仮パスワード");
        hanako.sign_in("hanako", &password).sees("パスワードの変更").reads("仮パスワードでサインイン");
        hanako.open("/reservations").sees("パスワードの変更");
        hanako.fill("current", &password).fill("new", "short").fill("again", "short");
        hanako.press("パスワードを変更する").reads("12文字以上");
        hanako.fill("current", "wrong").fill("new", "a password of my own").fill("again", "a password of my own");
        hanako.press("パスワードを変更する").reads("今のパスワードが違う");
        hanako.fill("current", &password).fill("new", "a password of my own").fill("again", "a password of my own");
        hanako.press_twice("パスワードを変更する");
        assert_eq!(hanako.path(), "/");
        hanako.press("サインアウト").sign_in("hanako", &password).reads(REFUSED);
        hanako.sign_in("hanako", "a password of my own");
        assert_eq!(hanako.path(), "/");
        house.verify();
    }

    fn r4_g_a_button_pressed_twice_makes_one_account_and_shows_the_same_password(home: TestDb) {
        let mut house = House::open(home);
        let mut administrator = house.person(Role::SystemAdministrator);
        administrator.open("/people/new").fill("login", "hanako").fill("name", "窓口 花子");
        administrator.choose("role", "従事者");
        let sent = administrator.form_of("作成して仮パスワードを表示する");
        administrator.submit(&sent).sees("仮パスワード");
        let first = one_time(&administrator);
        administrator.submit(&sent).sees("仮パスワード");
        assert_eq!(one_time(&administrator), first);
        makes(&mut administrator, "midori");
        administrator.open("/people/new").fill("login", "hanako").fill("name", "別人").choose("role", "業務責任者");
        administrator.press("作成して仮パスワードを表示する").reads("このログイン名は使われています");
        assert_eq!((administrator.status(), administrator.page().value("name").unwrap_or_default()), (422, "別人".to_owned()));
        house.verify();
    }

    fn r4_g_roles_are_granted_and_ended_by_others_alone(home: TestDb) {
        let mut house = House::open(home);
        let mut administrator = house.person(Role::CityAdministrator);
        makes(&mut administrator, "hanako");
        administrator.follow("アカウントの画面へ").sees("窓口 花子");
        administrator.choose("role", "監査").fill("from", "2026-11-01").press("役割を付与する").reads("今日以降");
        administrator.fill("from", "2026-11-02").fill("until", "2026-11-01").press("役割を付与する");
        administrator.reads("終了日は開始日以降");
        administrator.fill("until", "2027-03-31").press("役割を付与する").reads("役割を付与しました");
        administrator.reads("令和9年3月31日(水)まで");
        administrator.choose("role", "監査").fill("until", "2027-03-31").press("役割を付与する").reads("すでにあります");
        administrator.press_beside("監査", "役割を終了する").reads("役割を終了しました");
        administrator.press("アカウントを終了する").reads("チェックを入れてください");
        administrator.tick("confirm", "yes", true).press("アカウントを終了する").reads("アカウントを終了しました");
        administrator.reads("状態：終了");
        administrator.open("/people").follow("市管理者").reads("自分のアカウントです");
        let own = administrator.path().to_owned();
        administrator.post(&format!("{own}/end-role"), &[("role", "city_administrator")]);
        assert_eq!(administrator.status(), 409);
        house.verify();
    }

    fn r4_g_nobody_grants_a_role_to_themselves_or_one_that_is_not_theirs_to_grant(home: TestDb) {
        let mut house = House::open(home);
        let mut system = house.person(Role::SystemAdministrator);
        let mut city = house.person(Role::CityAdministrator);
        let id = |house: &House, login_begins: &str| {
            let people = house.city.db().read_now(store::person::list).unwrap_or_default();
            let found = people.into_iter().find(|(person, _)| person.login.starts_with(login_begins));
            found.map(|(person, _)| person.id.to_string()).unwrap_or_default()
        };
        let held = |house: &House, login_begins: &str| -> Vec<Role> {
            let people = house.city.db().read_now(store::person::list).unwrap_or_default();
            let found = people.into_iter().find(|(person, _)| person.login.starts_with(login_begins));
            found.map(|(_, grants)| grants.iter().map(|grant| grant.role).collect()).unwrap_or_default()
        };
        let grant = |browser: &mut Browser, person: &str, role: &str, n: u32| {
            browser.post(&format!("/people/{person}/grant"), &[
                ("operation", &format!("01JCZ0000000000000000000{n:02}")),
                ("role", role), ("site", "honcho"), ("from", "2026-11-02"), ("until", ""),
            ]);
            browser.status()
        };
        let (own, of_city) = (id(&house, "system_administrator"), id(&house, "city_administrator"));
        // Their own page has no form for it, and a form from elsewhere is refused.
        system.open(&format!("/people/{own}")).reads("自分のアカウントです");
        assert!(system.page().buttons().iter().all(|button| button != "役割を付与する"));
        for (n, role) in ["operator", "person_in_charge", "city_staff", "city_administrator", "auditor"].iter().enumerate() {
            assert_eq!(grant(&mut system, &own, role, u32::try_from(n).unwrap_or(0)), 422, "{role}");
        }
        assert_eq!(held(&house, "system_administrator"), [Role::SystemAdministrator]);
        // Who runs the program makes operators, but nobody of the city, and does not touch its accounts.
        makes(&mut system, "hanako");
        let hanako = id(&house, "hanako");
        system.open(&format!("/people/{hanako}"));
        let offered: Vec<String> = system.page().tree.named(&["option"]).iter().map(|one| one.text()).collect();
        assert!(!offered.iter().any(|role| role == "市職員" || role == "監査"), "{offered:?}");
        for (n, role) in [(10, "city_staff"), (11, "auditor"), (12, "city_administrator")] {
            assert_eq!(grant(&mut system, &hanako, role, n), 422, "{role}");
            system.reads("市管理者が付与します。");
        }
        assert_eq!(held(&house, "hanako"), [Role::Operator]);
        system.open(&format!("/people/{of_city}")).reads("あなたの役割では変更できない役割があります。");
        for (n, act) in [(20, "reset"), (21, "end"), (22, "end-role")] {
            system.post(&format!("/people/{of_city}/{act}"), &[
                ("operation", &format!("01JCZ0000000000000000000{n:02}")),
                ("version", "1"), ("confirm", "yes"), ("role", "city_administrator"),
            ]);
            assert_eq!(system.status(), 409, "{act}: {}", system.text());
        }
        assert_eq!(held(&house, "city_administrator"), [Role::CityAdministrator]);
        // The city decides on its own people, and not on who runs the program.
        assert_eq!(grant(&mut city, &hanako, "auditor", 30), 200);
        assert_eq!(grant(&mut city, &hanako, "system_administrator", 31), 422);
        city.post(&format!("/people/{own}/reset"), &[("operation", "01JCZ000000000000000000032")]);
        assert_eq!(city.status(), 409);
        // An auditor's account is the city's alone from now on.
        system.open(&format!("/people/{hanako}")).reads("あなたの役割では変更できない役割があります。");
        assert!(system.page().buttons().iter().all(|button| !button.starts_with("仮パスワード")));
        house.run_jobs();
        house.verify();
    }

    fn r4_g_the_first_administrator_of_a_city_is_made_by_who_runs_the_program(home: TestDb) {
        let mut house = House::open(home);
        let mut system = house.person(Role::SystemAdministrator);
        for (login, made) in [("shi-1", true), ("shi-2", false)] {
            system.open("/people/new").fill("login", login).fill("name", "市民課 仮名").choose("role", "市管理者");
            system.press("作成して仮パスワードを表示する");
            if made {
                system.sees("仮パスワード");
            } else {
                // There is one now, who makes the next.
                system.reads("「市管理者」の役割は市管理者が付与します。");
                assert_eq!(system.status(), 422);
                assert_eq!(system.page().value("name").as_deref(), Some("市民課 仮名"));
            }
        }
        house.run_jobs();
        house.verify();
    }

    fn r4_g_a_reset_ends_the_sessions_and_an_ended_account_stays_out(home: TestDb) {
        let mut house = House::open(home);
        let mut operator = house.operator();
        let mut administrator = house.person(Role::SystemAdministrator);
        administrator.open("/people").follow("従事者").press("仮パスワードを発行する").sees("仮パスワード");
        let password = one_time(&administrator);
        operator.open("/password").sees("サインイン");
        operator.sign_in(OPERATOR, &password).sees("パスワードの変更");
        administrator.follow("アカウントの画面へ").tick("confirm", "yes", true).press("アカウントを終了する");
        operator.open("/password").sees("サインイン");
        operator.sign_in(OPERATOR, &password).reads(REFUSED);
        house.verify();
    }

    fn r4_g_the_journal_tells_in_words_who_did_what_and_who_looked(home: TestDb) {
        let mut house = House::open(home);
        let card = house.city.notified(1, 'A')[0];
        let mut administrator = house.person(Role::CityAdministrator);
        makes(&mut administrator, "hanako");
        house.run_jobs();
        let found = house.city.db().read_now(move |reader| store::card::find(reader, card));
        let number = found.ok().flatten().map(|card| card.control_number.to_string());
        let number = number.unwrap_or_default();
        administrator.open("/journal?day=2026-11-02").reads(&number).reads("検品");
        administrator.open("/settings").follow("記録簿").sees("記録簿");
        let mut text = String::new();
        loop {
            text.push_str(&administrator.text());
            if !administrator.page().links().iter().any(|link| link == "次の100件") {
                break;
            }
            administrator.follow("次の100件");
        }
        for words in ["窓口 花子のアカウントを作成しました", "窓口 花子に「従事者」の役割を付与しました", "市管理者がサインインしました"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        administrator.open("/journal?day=2026-11-01").reads("記録はありません");
        administrator.open("/access").sees("閲覧記録").reads("記録簿");
        administrator.open("/journal?day=tomorrow");
        assert_eq!(administrator.status(), 404);
    }

    fn r4_e_the_rules_say_what_holds_on_a_day(home: TestDb) {
        let mut house = House::open(home);
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/settings").follow("規則").sees("規則");
        auditor.fill("day", "2026-11-28").press("調べる").reads("令和8年11月28日(土)").reads("9:00から12:00まで");
        auditor.fill("day", "2026-11-23").press("調べる").reads("休み（祝休日）");
        auditor.fill("day", "someday").press("調べる").reads("日付を、例のように");
        assert_eq!(auditor.status(), 422);
        auditor.open("/ledger").sees("個人情報の台帳").reads("交付通知書の番号").reads("保持する");
        auditor.open("/people");
        assert_eq!(auditor.status(), 403);
    }

    fn r4_b_one_writes_down_another_approves_and_the_city_ends_it_again(home: TestDb) {
        let mut house = House::open(home);
        let mut charge = house.person(Role::PersonInCharge);
        let mut city = house.person(Role::CityAdministrator);
        charge.open("/ledger").sees("個人情報の台帳").reads("保持する").reads("日数の登録なし");
        charge.follow("交付通知書の番号").sees("台帳：交付通知書の番号").reads("設置時に市が決定しました");
        assert!(!charge.text().contains("保持を終わりにする"));
        charge.fill("necessity", "　").fill("protection", "暗号化する").fill("days", "9999");
        charge.press("市に提案する").reads("必要性を入力してください。").reads("3650日までにしてください。");
        assert_eq!(charge.status(), 422);
        charge.fill("necessity", "番号は1234-5678-9018").fill("days", "7").press("市に提案する");
        assert!(!charge.text().contains("9018"), "an Individual Number is neither kept nor shown");
        charge.fill("necessity", "市と同じカードを指すため").fill("days", "７").press_twice("市に提案する");
        charge.reads("市に提案しました").reads("第1版").reads("いまの決定のまま変わりません");
        assert!(!charge.text().contains("市として承認する"));
        charge.post("/ledger/notice_number/decide", &[]);
        assert_eq!(charge.status(), 403, "who proposes does not decide");

        let mut stale = city.another_tab();
        stale.open("/ledger/notice_number").reads("市と同じカードを指すため");
        charge.open("/ledger/notice_number").fill("necessity", "市・受託者・市民が同じカードを指すため");
        charge.press("市に提案する").reads("第2版");
        stale.press("市として承認する");
        assert_eq!(stale.status(), 409, "nobody approves what they do not see");
        city.open("/ledger/notice_number").press_twice("市として承認する").reads("承認しました");
        city.reads("カードの交付または手続きの終わりの日から7日").reads("取下げ");
        city.open("/journal").reads("「交付通知書の番号」の保持（第2版、保存期間7日）を市に提案しました");
        city.reads("「交付通知書の番号」の保持（第2版）を認めました");

        city.open("/ledger/notice_number").press("保持を終わりにする").reads("チェックを入れてください");
        city.tick("confirm", "yes", true).press("保持を終わりにする").reads("終わりにしました").reads("保持しない");
        charge.open("/ledger").reads("保持しない");
        house.run_jobs();
        house.verify();
    }

    fn r4_b_nobody_approves_their_own_proposal(home: TestDb) {
        let mut house = House::open(home);
        let mut both = house.person(Role::CityAdministrator);
        let mut administrator = house.person(Role::SystemAdministrator);
        administrator.open("/people").follow("市管理者").choose("role", "業務責任者").press("役割を付与する");
        administrator.reads("役割を付与しました");
        both.open("/ledger/notice_number");
        both.fill("necessity", "要る").fill("protection", "封印する").fill("days", "0");
        both.press("市に提案する").reads("自分の提案は決定できません");
        assert!(!both.text().contains("市として承認する"));
        house.verify();
    }
}
