//! Mails over a real connection to a server on loopback, read back and decoded.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::time::{Duration, SystemTime};

use domain::mail::{Address, Reply};
use madoguchi::smtp::{Letter, Outcome, Protection, Server};
use mail_parser::{MessageParser, MimeHeaders};
use testkit::smtp::{OTHER, Offers, SILENCE, Sink, TRUSTED, When};

fn server(port: u16) -> Server {
    Server {
        host: "127.0.0.1".to_owned(),
        port,
        protection: Protection::None,
        certificates: Vec::new(),
        credentials: None,
        from: "yoyaku@city.example.jp".to_owned(),
        name: "吹田市 マイナンバーカード窓口".to_owned(),
        host_name: "yoyaku.city.example.jp".to_owned(),
    }
}

fn letter() -> Letter {
    Letter {
        id: "01KB2Y0V7M0000000000000000".to_owned(),
        date: SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000),
        language: "ja",
        subject: "予約のご確認（マイナンバーカードの受け取り）".to_owned(),
        text: "予約番号：4000-00000-00000\n.点で始まる行\n".to_owned(),
        html: "<!DOCTYPE html><html lang=\"ja\"><p>予約番号</p></html>".to_owned(),
        calendar: Some("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_owned()),
        stop: "https://yoyaku.city.example.jp/m/01KB2Y0V7M0000000000000001".to_owned(),
    }
}

fn send(server: &Server, to: &str) -> Outcome {
    let to = Address::read(to).unwrap();
    let bytes = server.write(&to, &letter()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(server.deliver(&to, &bytes)).unwrap()
}

#[test]
fn r4_c_a_mail_arrives_as_it_was_written() {
    let sink = Sink::listen();
    assert_eq!(send(&server(sink.port()), "hanako@example.jp"), Outcome::Sent);
    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].from, "<yoyaku@city.example.jp>");
    assert_eq!(mails[0].to, ["<hanako@example.jp>"]);
    assert!(mails[0].bytes.is_ascii(), "no server has to take eight bits");
    let mail = MessageParser::default().parse(&mails[0].bytes).unwrap();
    assert_eq!(mail.subject(), Some(letter().subject.as_str()));
    assert_eq!(mail.message_id(), Some("01KB2Y0V7M0000000000000000@yoyaku.city.example.jp"));
    assert_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n"), letter().text);
    assert_eq!(mail.body_html(0).unwrap(), letter().html);
    assert_eq!(mail.header_raw("Auto-Submitted").unwrap().trim(), "auto-generated");
    assert_eq!(mail.header_raw("Content-Language").unwrap().trim(), "ja");
    let stop = mail.header_raw("List-Unsubscribe").unwrap();
    assert_eq!(stop.trim(), format!("<{}>", letter().stop), "on one line, as mail programs look for it");
    let one_click = mail.header_raw("List-Unsubscribe-Post").unwrap();
    assert_eq!(one_click.trim(), "List-Unsubscribe=One-Click");
    let attached = mail.attachment(0).unwrap();
    assert_eq!(attached.attachment_name(), Some("madoguchi.ics"));
    assert_eq!(attached.contents(), letter().calendar.unwrap().as_bytes());
}

#[test]
fn r4_c_an_old_address_of_a_carrier_is_quoted() {
    let sink = Sink::listen();
    assert_eq!(send(&server(sink.port()), "ha..na.@docomo.example"), Outcome::Sent);
    assert_eq!(sink.mails()[0].to, ["<\"ha..na.\"@docomo.example>"]);
}

#[test]
fn r4_c_the_same_mail_sent_again_is_the_same_mail() {
    let sink = Sink::listen();
    for _ in 0..2 {
        send(&server(sink.port()), "hanako@example.jp");
    }
    let ids: Vec<_> = sink
        .mails()
        .iter()
        .map(|mail| MessageParser::default().parse(&mail.bytes).unwrap().message_id().unwrap().to_owned())
        .collect();
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn r4_c_every_refusal_is_told_apart() {
    for (when, answer, outcome) in [
        (When::Greeting, "421 4.3.2 not now", Outcome::NoServer(Some(Reply::of(421, "4.3.2")))),
        (When::Greeting, "554 5.7.1 not you", Outcome::NoServer(Some(Reply::of(554, "5.7.1")))),
        (When::From, "550 5.7.1 not this sender", Outcome::NoServer(Some(Reply::of(550, "5.7.1")))),
        (When::Recipient, "451 4.7.1 greylisted", Outcome::Later(Some(Reply::of(451, "4.7.1")))),
        (When::Recipient, "550 5.1.1 unknown", Outcome::Refused(Reply::of(550, "5.1.1"))),
        (When::Mail, "452 4.2.2 full", Outcome::Later(Some(Reply::of(452, "4.2.2")))),
        (When::Mail, "554 5.6.0 not this mail", Outcome::Refused(Reply::of(554, "5.6.0"))),
        (When::Greeting, SILENCE, Outcome::NoServer(None)),
        (When::Recipient, SILENCE, Outcome::Later(None)),
        (When::Mail, SILENCE, Outcome::Later(None)),
    ] {
        let sink = Sink::listen();
        sink.answers(when, answer);
        assert_eq!(send(&server(sink.port()), "hanako@example.jp"), outcome, "{when:?} {answer}");
        assert!(sink.mails().is_empty());
        assert_eq!(
            send(&server(sink.port()), "hanako@example.jp"),
            Outcome::Sent,
            "the next one goes through"
        );
    }
}

#[test]
fn r4_c_a_server_that_is_not_there_is_no_fault_of_the_mail() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(send(&server(port), "hanako@example.jp"), Outcome::NoServer(None));
}

/// A server as the configuration names it, with the authorities in its file.
fn secured(sink: &Sink, protection: Protection, trusted: &[u8]) -> Server {
    let host = "localhost".to_owned();
    Server { host, protection, certificates: trusted.to_vec(), ..server(sink.port()) }
}

#[test]
fn r4_c_a_mail_goes_through_tls_to_a_server_with_the_right_certificate() {
    for (offers, protection) in [(Offers::Starttls, Protection::Starttls), (Offers::Tls, Protection::Tls)] {
        let sink = Sink::offering(offers);
        // The file may name more authorities than one.
        for trusted in [TRUSTED.to_vec(), [OTHER, TRUSTED].concat()] {
            assert_eq!(send(&secured(&sink, protection, &trusted), "hanako@example.jp"), Outcome::Sent);
        }
        assert!(sink.mails().iter().all(|mail| mail.protected), "{protection:?}");
        assert_eq!(sink.mails().len(), 2);
        // What goes wrong within TLS is told apart as without it.
        sink.answers(When::Recipient, "550 5.1.1 unknown");
        let refused = Outcome::Refused(Reply::of(550, "5.1.1"));
        assert_eq!(send(&secured(&sink, protection, TRUSTED), "hanako@example.jp"), refused);
    }
}

#[test]
fn r4_c_nothing_is_sent_to_a_server_with_a_wrong_certificate() {
    for (offers, protection) in [(Offers::Starttls, Protection::Starttls), (Offers::Tls, Protection::Tls)] {
        let sink = Sink::offering(offers);
        let another_authority = secured(&sink, protection, OTHER);
        let another_name = Server { host: "127.0.0.1".to_owned(), ..secured(&sink, protection, TRUSTED) };
        for wrong in [another_authority, another_name] {
            assert_eq!(send(&wrong, "hanako@example.jp"), Outcome::NoServer(None), "{protection:?}");
        }
        assert_eq!(sink.connections(), 2, "they were connected, and went no further");
        assert!(sink.mails().is_empty());
    }
}

#[test]
fn r4_c_without_tls_where_it_is_asked_for_nothing_is_sent() {
    for protection in [Protection::Starttls, Protection::Tls] {
        let sink = Sink::listen();
        let refused = send(&secured(&sink, protection, TRUSTED), "hanako@example.jp");
        assert!(matches!(refused, Outcome::NoServer(_)), "{protection:?}");
        assert!(sink.mails().is_empty());
    }
}
