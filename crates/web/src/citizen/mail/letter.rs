//! What a mail says: written in the citizen's language at the moment of sending, from the records as they are then.

use std::fmt::Write as _;

use askama::Template;
use axum::http::Extensions;
use domain::mail::{Address, Kind};
use domain::offer::{Reason, State as Stands};
use domain::reservation::State as Reserved;
use store::Reader;
use store::contact::{self, Contact, Standing};
use store::offer::Offer;
use store::outbox::Mail;
use store::reservation::{Reservation, party};

use crate::App;
use crate::citizen::reservation::offer::{Offered, told};
use crate::citizen::visit::Appointment;
use crate::citizen::{Layout, calendar_file, frame, route};
use crate::key;
use crate::kit::page::with_readings;
use crate::kit::{Asked, Language, PageError, Texts, ruby};

/// A part of a mail, the same in its text and its HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// Labels with their values.
    Rows(Vec<(String, String)>),
    /// What is behind an address, and the address.
    Link(String, String),
}

/// The HTML of a mail. It loads nothing from anywhere.
#[derive(Template)]
#[template(path = "citizen/mail/letter.html")]
pub struct LetterPage {
    texts: Texts,
    title: String,
    blocks: Vec<Block>,
}

/// A mail, ready to be sent.
#[derive(Debug, Clone)]
pub struct Letter {
    /// To whom.
    pub to: Address,
    /// The code of its language.
    pub language: &'static str,
    /// The heading.
    pub subject: String,
    /// The text for those who read no HTML.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// The appointment for a calendar program.
    pub calendar: Option<String>,
    /// The address of the page on which its owner stops the mails.
    pub stop: String,
}

/// What the records have for a mail.
struct Found {
    contact: Contact,
    to: Address,
    /// Of whom it tells: those with a place, or the one that was cancelled.
    people: Vec<Reservation>,
    /// What is offered to them, where the mail is about that.
    offer: Option<Offer>,
}

/// Writes a mail; `None` if there is nothing to say any more: the address is gone or another one, or the booking has
/// gone on.
pub async fn write(app: &App, mail: &Mail) -> Result<Option<Letter>, PageError> {
    let (wanted, keys, today, now) = (mail.clone(), app.keys.clone(), app.today(), app.now());
    let found = app.db.read(move |reader| {
        Ok::<_, store::Error>(match contact::find(reader, wanted.booking)? {
            Some(contact) if is_for(&contact, &wanted) => {
                let people = people(reader, &wanted)?;
                // What reminds of tomorrow is late on the day itself.
                let last = |day| if wanted.kind == Kind::Reminder { day > today } else { day >= today };
                let offer = match people.first().filter(|_| wanted.kind == Kind::Offered) {
                    Some(person) => store::offer::open_of(reader, person.id)?,
                    None => None,
                };
                let over = match (wanted.kind, &offer) {
                    (Kind::Offered, offer) => {
                        offer.as_ref().is_none_or(|offer| offer.seen(now) != Stands::Open)
                    }
                    _ => !people.first().is_some_and(|person| last(person.slot.day)),
                };
                let to = contact::address(reader, &keys, wanted.booking)?.filter(|_| !over);
                to.map(|to| Found { contact, to, people, offer })
            }
            _ => None,
        })
    });
    let Some(Found { contact, to, people, offer }) = found.await? else { return Ok(None) };
    let Some(first) = people.first() else { return Ok(None) };
    let language = Language::from_code(&contact.language).unwrap_or_default();
    let mut asked = Asked::of(&Extensions::new());
    asked.language = language;
    let layout = frame::layout(app, &asked);
    let starts = people.iter().map(|person| person.slot.start).collect();
    let told = Told {
        kind: mail.kind,
        appointment: frame::appointment(app, &first.slot, starts),
        number: first.number(&app.keys)?.to_string(),
        site: app.settings.public.text.clone(),
        token: contact.token(&app.keys)?.to_string(),
        offered: offer.as_ref().and_then(|offer| told(app, offer)),
    };
    let calendar = matches!(mail.kind, Kind::Booked | Kind::Changed).then(|| {
        let start = told.appointment.start().unwrap_or(first.slot.start);
        let uid = format!("{}@{}", first.id, app.settings.public.host());
        calendar_file::visit(&layout, &told.appointment, start, &uid, app.now())
    });
    let texts = layout.texts();
    let stop = told.owner();
    let (title, blocks) = (texts.get(told.title()).into_owned(), told.blocks(&layout));
    Ok(Some(Letter {
        to,
        language: language.code(),
        subject: ruby::plain(&texts.with2(key!("mail-subject"), "title", &title, "city", layout.city())),
        text: text(&layout, &title, &blocks),
        html: html(texts, title, blocks)?,
        calendar,
        stop,
    }))
}

/// Whether a mail is still for the contact as it stands.
fn is_for(contact: &Contact, mail: &Mail) -> bool {
    let wanted = if mail.kind == Kind::Confirm { Standing::Asked } else { Standing::Confirmed };
    contact.standing == wanted && contact.issue == mail.issue
}

/// Of whom a mail tells.
fn people(reader: &mut Reader<'_>, mail: &Mail) -> Result<Vec<Reservation>, store::Error> {
    let Some(of) = store::reservation::find(reader, mail.reservation)? else { return Ok(Vec::new()) };
    if mail.kind == Kind::Cancelled {
        return Ok(if of.state == Reserved::Cancelled { vec![of] } else { Vec::new() });
    }
    let everyone = party::everyone(reader, &of)?.into_iter();
    let booked = everyone.filter(|person| person.state == Reserved::Booked);
    let on_the_day = |person: &Reservation| mail.kind != Kind::Reminder || person.slot.day == mail.day;
    Ok(booked.filter(on_the_day).collect())
}

/// What is told.
struct Told {
    /// What kind of mail it is.
    kind: Kind,
    /// When and where the booking is.
    appointment: Appointment,
    /// Its number, 4-5-5.
    number: String,
    /// The address of the citizens' pages.
    site: String,
    /// The token of the owner of the address.
    token: String,
    /// What is offered, where the mail is about that.
    offered: Option<Offered>,
}

impl Told {
    fn title(&self) -> &'static str {
        match self.kind {
            Kind::Confirm => key!("mail-confirm-title"),
            Kind::Booked => key!("mail-booked-title"),
            Kind::Changed => key!("mail-changed-title"),
            Kind::Cancelled => key!("mail-cancelled-title"),
            Kind::Reminder => key!("mail-reminder-title"),
            Kind::Offered if self.offered.as_ref().is_some_and(|offered| offered.reason == Reason::Wish) => {
                key!("offer-title-wish")
            }
            Kind::Offered => key!("mail-offered-title"),
        }
    }

    fn lead(&self) -> &'static str {
        match self.kind {
            Kind::Confirm => key!("mail-confirm-lead"),
            Kind::Booked => key!("mail-booked-lead"),
            Kind::Changed => key!("mail-changed-lead"),
            Kind::Cancelled => key!("mail-cancelled-lead"),
            Kind::Reminder => key!("mail-reminder-lead"),
            Kind::Offered => self.offered.as_ref().map_or(key!("mail-offered-lead"), Offered::why),
        }
    }

    /// The page of the owner of the address.
    fn owner(&self) -> String {
        format!("{}{}", self.site, route::owner(&self.token))
    }

    /// Everything below the title.
    fn blocks(&self, layout: &Layout) -> Vec<Block> {
        let texts = layout.texts();
        let get = |key: &str| texts.get(key).into_owned();
        let owner = self.owner();
        let mut blocks = vec![Block::Text(get(self.lead()))];
        if self.kind == Kind::Confirm {
            // Nothing of the booking: the address may be somebody else's.
            blocks.push(Block::Link(get(key!("owner-asked-title")), owner));
            blocks.push(Block::Text(get(key!("mail-confirm-else"))));
        } else {
            if let Some(offered) = &self.offered {
                blocks.push(Block::Rows(offered_rows(texts, offered)));
                blocks.push(Block::Text(get(key!("mail-offered-lead"))));
            }
            blocks.push(Block::Rows(self.rows(layout)));
            if self.kind != Kind::Cancelled {
                let about = if self.appointment.is_renewal() {
                    key!("calendar-about-renewal")
                } else {
                    key!("calendar-about")
                };
                blocks.push(Block::Text(texts.with(about, "telephone", &layout.office.telephone)));
                let find = format!("{}{}", self.site, route::find());
                blocks.push(Block::Link(get(key!("find-title")), find));
            }
            blocks.push(Block::Link(get(key!("mail-stop")), owner));
        }
        blocks.push(Block::Text(texts.with(key!("mail-foot"), "telephone", &layout.office.telephone)));
        blocks
    }

    /// The label of the time of the booking: beside one that is offered it is the present one.
    fn when(&self) -> &'static str {
        if self.kind == Kind::Offered { key!("move-from") } else { key!("row-when") }
    }

    fn rows(&self, layout: &Layout) -> Vec<(String, String)> {
        let (texts, language, appointment) = (layout.texts(), layout.language(), &self.appointment);
        let get = |key: &str| texts.get(key).into_owned();
        let (day, time) = (texts.date(appointment.day), appointment.times(&texts));
        let mut rows = vec![
            (get(key!("row-what")), get(appointment.what())),
            (get(self.when()), texts.with2(key!("appointment-when"), "day", day, "time", time)),
        ];
        if appointment.people() > 1 {
            let people = texts.with(key!("people"), "people", appointment.people());
            rows.push((get(key!("row-people")), people));
        }
        let place = &appointment.place;
        let place = format!("{} {}", place.name.of(language), place.address.of(language));
        rows.push((get(key!("row-place")), place));
        rows.push((get(key!("mail-number")), self.number.clone()));
        rows
    }
}

/// What is offered, above the booking as it is.
fn offered_rows(texts: Texts, offered: &Offered) -> Vec<(String, String)> {
    let (day, time) = (texts.date(offered.to.day), offered.to.times(&texts));
    let when = texts.with2(key!("appointment-when"), "day", day, "time", time);
    vec![
        (texts.get(key!("offer-to")).into_owned(), when),
        (texts.get(key!("offer-until-row")).into_owned(), offered.until(&texts)),
    ]
}

/// The mail as plain text. Readings are left out, as in every file.
fn text(layout: &Layout, title: &str, blocks: &[Block]) -> String {
    let colon = if layout.language().is_japanese() { "：" } else { ": " };
    let mut text = format!("{title}\n\n");
    for block in blocks {
        // Writing to a String cannot fail.
        let _ignored = match block {
            Block::Text(said) => writeln!(text, "{said}\n"),
            Block::Link(label, href) => writeln!(text, "{label}\n{href}\n"),
            Block::Rows(rows) => rows
                .iter()
                .try_for_each(|(label, value)| writeln!(text, "{label}{colon}{value}"))
                .and_then(|()| writeln!(text)),
        };
    }
    let _ignored = writeln!(text, "{}\n{}", layout.city(), layout.office.telephone);
    ruby::plain(&text)
}

/// The mail as HTML.
fn html(texts: Texts, title: String, blocks: Vec<Block>) -> Result<String, PageError> {
    let page = LetterPage { texts, title, blocks };
    page.render().map(with_readings).map_err(PageError::internal)
}
