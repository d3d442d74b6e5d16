//! Cards by whatever is asked: chips of what is set, totals, saved filters, exports; paged by key.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::card::Progress;
use domain::id::OperationId;
use domain::journal::Subject;
use domain::permission::Permission;
use store::Reader;
use store::card::Listed;
use store::consignment::Consignment;
use store::journal::View;
use store::saved::{Owner, Saved};

use super::export::{LISTING, cells};
use super::filter::{self, Asked, Chip, Choices, Named};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::{Layout, Task};

/// Cards on a page.
const PAGE: u32 = 50;
/// How far cards are counted.
const COUNTED: u32 = 500;
/// How many cards a page looks at where several conditions are asked.
pub(in crate::staff) const LOOK: u32 = 2_000;
/// Consignments that can be chosen without typing.
const CONSIGNMENTS: u32 = 100;
/// The word for this list in the table of saved filters.
pub(super) const SCREEN: &str = "cards";

/// The list.
#[derive(Template)]
#[template(path = "staff/preparation/card/list.html")]
pub(crate) struct ListPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) progresses: Vec<Progressed>,
    pub(crate) chips: Vec<Chip>,
    pub(crate) choices: Fields,
    pub(crate) saved: Vec<Kept>,
    /// The filter as addresses carry it, ending with `&` unless it is empty.
    pub(crate) query: String,
    pub(crate) total: Option<String>,
    pub(crate) table: Table,
    pub(crate) next: Option<String>,
    /// Whether the page ends before it is full, because enough cards were looked at.
    pub(crate) stopped: bool,
    pub(crate) first: bool,
    pub(crate) naming: Naming,
}

impl Page for ListPage {
    fn status(&self) -> StatusCode {
        if self.naming.form.is_refused() { self.naming.form.status() } else { self.form.status() }
    }
}

/// What the fields of the filter offer.
pub(crate) struct Fields {
    pub(crate) progresses: Choices,
    pub(crate) consignments: Choices,
    pub(crate) methods: Choices,
    pub(crate) kinds: Choices,
}

/// A progress with its count: 500以上 where there are more.
pub(crate) struct Progressed {
    pub(crate) href: String,
    pub(crate) label: &'static str,
    pub(crate) count: String,
    pub(crate) current: bool,
}

/// A saved filter.
pub(crate) struct Kept {
    pub(crate) saved: Saved,
    pub(crate) current: bool,
    pub(crate) may_share: bool,
    pub(crate) may_remove: bool,
    /// The operation of its buttons.
    pub(crate) operation: OperationId,
}

/// The form that saves the filter under a name.
pub(crate) struct Naming {
    pub(crate) form: Form,
    pub(crate) operation: OperationId,
}

/// Shows the list.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, filter::read(&pairs, &app.settings.site), Form::fresh()).await
}

struct Found {
    counts: Vec<(Progress, u32)>,
    consignments: Vec<Consignment>,
    saved: Vec<Saved>,
    named: Named,
    /// How many cards there are, and whether there are more.
    total: Option<(usize, bool)>,
    rows: Vec<Listed>,
    next: Option<String>,
    stopped: bool,
}

/// Who looks, as the owner of saved filters.
pub(super) fn owner(app: &App, signed: &Signed) -> Owner {
    Owner { person: signed.session().person, site: app.settings.site.clone(), screen: SCREEN }
}

/// The page of what is asked, with the form that names the filter as it stands.
pub(super) async fn page(
    app: &App,
    signed: &Signed,
    mut asked: Asked,
    naming: Form,
) -> Result<Response, PageError> {
    let (wanted, whose) = (asked.clone(), owner(app, signed));
    let found = app.db.read(move |reader| find(reader, &wanted, &whose)).await?;
    let arranged = Arranged::read(app, signed, &LISTING).await?;
    found.named.missing(&mut asked);
    let cards = if asked.form.is_refused() { Vec::new() } else { found.rows };
    let query = filter::query(&asked.form, &[]);
    let view = View {
        screen: "cards",
        // Nonsense is not kept: it may be what somebody typed into the wrong place.
        asked: if asked.form.is_refused() {
            "filter refused".to_owned()
        } else {
            format!("filter {}", query.trim_end_matches('&'))
        },
        subjects: cards.iter().map(|card| Subject::Card(card.id)).collect(),
        found: u32::try_from(cards.len()).unwrap_or(u32::MAX),
    };
    let share = signed.may(Permission::ShareFilters);
    let kept = |saved: Saved| Kept {
        current: saved.asked == query,
        may_share: saved.own && !saved.shared && share,
        may_remove: saved.own || share,
        operation: app.operation(),
        saved,
    };
    let with_progress = |(progress, count): (Progress, u32)| Progressed {
        href: format!("/cards?{}progress={progress}", filter::query(&asked.form, &["progress"])),
        label: progress.label(),
        count: counted(usize::try_from(count).unwrap_or(usize::MAX)),
        current: asked.filter.progress == Some(progress),
    };
    let total = found
        .total
        .filter(|_| !asked.form.is_refused())
        .map(|(count, more)| if more { format!("{count}枚以上") } else { format!("{count}枚") });
    let mut layout = signed.layout("カード一覧").within(Task::Preparation);
    layout.refused = asked.form.is_refused() || naming.is_refused();
    let page = ListPage {
        texts: Texts::new(Language::JA),
        layout,
        progresses: found.counts.into_iter().map(with_progress).collect(),
        chips: if asked.form.is_refused() { Vec::new() } else { filter::chips(&asked, &found.named) },
        choices: Fields {
            progresses: filter::progresses(&asked.form),
            consignments: filter::consignments(&asked, &found.consignments, &found.named),
            methods: filter::methods(&asked.form),
            kinds: filter::kinds(&asked.form),
        },
        saved: found.saved.into_iter().map(kept).collect(),
        total,
        table: Table::new(&arranged, cards.iter().map(line).collect()),
        next: found
            .next
            .filter(|_| !asked.form.is_refused())
            .map(|mark| format!("/cards?{query}after={mark}")),
        stopped: found.stopped,
        first: asked.after.is_none(),
        naming: Naming { form: naming, operation: app.operation() },
        form: asked.form,
        query,
    };
    signed.shows(app, view, || respond(&page)).await
}

fn line(card: &Listed) -> Line {
    Line::new(format!("/cards/{}", card.id), cells(card))
}

fn find(reader: &mut Reader<'_>, asked: &Asked, owner: &Owner) -> Result<Found, store::Error> {
    let Asked { filter, after, form } = asked;
    let counts = store::card::counts_up_to(reader, COUNTED + 1)?;
    let consignments = store::consignment::list(reader, None, CONSIGNMENTS)?;
    let saved = store::saved::list(reader, owner)?;
    let named = Named::find(reader, filter)?;
    let mut found = Found {
        counts,
        consignments,
        saved,
        named,
        total: None,
        rows: Vec::new(),
        next: None,
        stopped: false,
    };
    if form.is_refused() {
        return Ok(found);
    }
    // Where progress alone is asked, it was counted; without any condition only a page is read.
    let by_progress = store::card::Filter { progress: filter.progress, ..store::card::Filter::default() };
    if *filter == by_progress {
        let walked = filter.walk(reader, after.as_ref(), PAGE, LOOK)?;
        let counted = |of: Progress| found.counts.iter().find(|(one, _)| *one == of).map_or(0, |(_, n)| *n);
        found.total = filter.progress.map(counted).map(|n| {
            let count = usize::try_from(n.min(COUNTED)).unwrap_or(usize::MAX);
            (count, n > COUNTED)
        });
        (found.rows, found.stopped) = (walked.rows, walked.stopped);
        found.next = walked.next.map(|mark| mark.to_string());
        return Ok(found);
    }
    // The first rows are the count as well; a later page reads its own.
    let counting = filter.walk(reader, None, COUNTED, LOOK)?;
    found.total = Some((counting.rows.len(), counting.next.is_some()));
    let mut shown = match after {
        None => counting,
        Some(mark) => filter.walk(reader, Some(mark), PAGE, LOOK)?,
    };
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    if shown.rows.len() > page {
        shown.rows.truncate(page);
        shown.next = shown.rows.last().map(|card| filter.mark(card));
        shown.stopped = false;
    }
    (found.rows, found.stopped) = (shown.rows, shown.stopped);
    found.next = shown.next.map(|mark| mark.to_string());
    Ok(found)
}

fn counted(count: usize) -> String {
    let most = usize::try_from(COUNTED).unwrap_or(usize::MAX);
    if count > most { format!("{COUNTED}以上") } else { count.to_string() }
}
