//! The jobs of a house whose mails go to a server on loopback, run by hand.

use std::sync::Arc;

use madoguchi::jobs::Jobs;
use madoguchi::smtp::{Protection, Server};
use storykit::House;
use testkit::smtp::Sink;

/// The mail server, and what the program does by itself.
pub(crate) struct Posting {
    pub(crate) sink: Sink,
    pub(crate) jobs: Jobs,
    pub(crate) runtime: tokio::runtime::Runtime,
}

impl Posting {
    pub(crate) fn of(house: &House) -> Self {
        let sink = Sink::listen();
        let server = Server {
            host: "127.0.0.1".to_owned(),
            port: sink.port(),
            protection: Protection::None,
            certificates: Vec::new(),
            credentials: None,
            from: "yoyaku@city.example.jp".to_owned(),
            name: "マイナンバーカード窓口".to_owned(),
            host_name: "yoyaku.example.jp".to_owned(),
        };
        let jobs = Jobs::new(house.app.clone(), false, Some(Arc::new(server)));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { sink, jobs, runtime }
    }
}
