//! A list as it stands for one reader: the columns of their arrangement, as far as they may see them, and the order of
//! the rows. Every screen, paper and file of a list goes through here.

use std::cmp::Ordering;

use documents::table::Cell;
use domain::arrangement::{Arrangement, Placed, Sort};
use domain::id::ArrangementId;
use domain::permission::Permission;
use domain::place::walk_order;
use store::arrangement::{InUse, OfList};

use super::column::{Column, Listing, Medium, Seen};
use crate::App;
use crate::staff::desk::Signed;

/// The name of the arrangement that nobody made.
pub(crate) const BUILT_IN: &str = "標準";

/// A list as it stands for a reader.
#[derive(Debug, Clone)]
pub(crate) struct Arranged {
    /// Which list.
    pub(crate) listing: &'static Listing,
    /// The arrangement; none: as it stood before anybody arranged it.
    pub(crate) id: Option<ArrangementId>,
    /// Its name.
    pub(crate) name: String,
    /// Whether it names columns that the list no longer has.
    pub(crate) has_gone: bool,
    columns: Vec<(usize, Seen)>,
    sort: Option<(usize, bool)>,
}

impl Arranged {
    /// As a list stands for somebody with these permissions.
    pub(crate) fn of(
        listing: &'static Listing,
        used: Option<&InUse>,
        may: impl Fn(Permission) -> bool,
    ) -> Self {
        let allowed = |at: usize| listing.columns.get(at).is_some_and(|column| column.needs.is_none_or(&may));
        let built_in = built_in(listing);
        let arrangement = used.map_or(&built_in, |used| &used.arrangement);
        let known = |placed: &Placed| {
            let seen = Seen { screen: placed.screen, paper: placed.paper, file: placed.file };
            listing.find(&placed.column).map(|at| (at, seen))
        };
        let sort = arrangement.sort.as_ref().filter(|_| listing.sorts);
        let sort = sort.and_then(|sort| Some((listing.find(&sort.column)?, sort.descending)));
        Self {
            listing,
            id: used.map(|used| used.id),
            name: used.map_or_else(|| BUILT_IN.to_owned(), |used| used.name.clone()),
            has_gone: gone(listing, arrangement).next().is_some(),
            columns: arrangement.columns.iter().filter_map(known).filter(|(at, _)| allowed(*at)).collect(),
            sort: sort.filter(|(at, _)| allowed(*at)),
        }
    }

    /// Reads how a list stands for the person who is signed in.
    pub(crate) async fn read(
        app: &App,
        signed: &Signed,
        listing: &'static Listing,
    ) -> Result<Self, store::Error> {
        let person = signed.session().person;
        let of = OfList { site: app.settings.site.clone(), list: listing.list };
        let used = app.db.read(move |reader| store::arrangement::in_use(reader, person, &of)).await?;
        Ok(Self::of(listing, used.as_ref(), |permission| signed.may(permission)))
    }

    /// The places of the columns that are seen on a medium, in their order. Where an arrangement has grown so old that none
    /// is left, they are those of nobody's arrangement.
    pub(crate) fn on(&self, medium: Medium) -> Vec<usize> {
        let seen = |columns: &[(usize, Seen)]| -> Vec<usize> {
            columns.iter().filter(|(_, seen)| seen.on(medium)).map(|(at, _)| *at).collect()
        };
        let own = seen(&self.columns);
        if !own.is_empty() {
            return own;
        }
        let open = |(at, column): (usize, &Column)| column.needs.is_none().then_some((at, column.seen));
        seen(&self.listing.columns.iter().enumerate().filter_map(open).collect::<Vec<_>>())
    }

    /// The names of columns.
    pub(crate) fn names(&self, columns: &[usize]) -> Vec<String> {
        columns.iter().filter_map(|at| self.listing.columns.get(*at)).map(|one| one.name.to_owned()).collect()
    }

    /// Sorts rows as the arrangement says; rows that are equal keep their order, and empty cells come last.
    pub(crate) fn sort<R>(&self, rows: &mut [R], cells: impl Fn(&R) -> &[Cell]) {
        let Some((at, descending)) = self.sort else { return };
        rows.sort_by(|one, other| match (cells(one).get(at), cells(other).get(at)) {
            (Some(one), Some(other)) => compare(one, other, descending),
            _ => Ordering::Equal,
        });
    }
}

/// How a list stands before anybody arranges it.
pub(crate) fn built_in(listing: &Listing) -> Arrangement {
    let placed = |column: &Column| Placed {
        column: column.code.to_owned(),
        screen: column.seen.screen,
        paper: column.seen.paper,
        file: column.seen.file,
    };
    let used = listing.columns.iter().map(placed).filter(Placed::is_used);
    Arrangement { columns: used.collect(), sort: None }
}

/// The code words that an arrangement names and the list no longer has.
pub(crate) fn gone<'a>(listing: &'a Listing, arrangement: &'a Arrangement) -> impl Iterator<Item = &'a str> {
    let columns = arrangement.columns.iter().map(|placed| &placed.column);
    let sort = arrangement.sort.iter().map(|Sort { column, .. }| column);
    columns.chain(sort).map(String::as_str).filter(|code| listing.find(code).is_none())
}

fn compare(one: &Cell, other: &Cell, descending: bool) -> Ordering {
    let is_empty = |cell: &Cell| matches!(cell, Cell::Text(text) if text.is_empty());
    match (is_empty(one), is_empty(other)) {
        (false, false) => {}
        (empty, other) => return empty.cmp(&other),
    }
    let order = match (one, other) {
        (Cell::Number(one), Cell::Number(other)) => one.cmp(other),
        (Cell::Day(one), Cell::Day(other)) => one.cmp(other),
        (Cell::Text(one), Cell::Text(other)) => walk_order(one).cmp(&walk_order(other)),
        // A column has cells of one kind, and empty ones.
        _ => Ordering::Equal,
    };
    if descending { order.reverse() } else { order }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::staff::listing::column::{Look, column};

    const LISTING: &Listing = &Listing {
        list: domain::arrangement::StaffList::People,
        columns: &[
            column("name", "氏名").links(),
            column("time", "時刻").look(Look::Time),
            column("day", "日").in_files(),
            column("secret", "言語").needs(Permission::Reserve),
        ],
        sorts: true,
        has_screen: true,
        permission: Permission::ManagePeople,
        href: "/people",
        address: "/layouts/people",
        task: crate::staff::Task::Settings,
    };

    fn used(stands: &str) -> InUse {
        use domain::id::Id as _;
        let (id, arrangement) = (ArrangementId::from_parts(1, 1), stands.parse().unwrap());
        InUse { id, name: "市の様式".to_owned(), arrangement, own: false }
    }

    #[test]
    fn r4_f_a_list_stands_as_it_always_did_until_somebody_arranges_it() {
        let all = Arranged::of(LISTING, None, |_| true);
        assert_eq!((all.on(Medium::Screen), all.on(Medium::Paper)), (vec![0, 1, 3], vec![0, 1, 3]));
        assert_eq!((all.on(Medium::File), all.name.as_str()), (vec![0, 1, 2, 3], "標準"));
    }

    #[test]
    fn r4_f_a_column_that_a_reader_may_not_see_never_appears() {
        let old = used("secret:spf name:s day:pf order=secret");
        let (all, some) = (
            Arranged::of(LISTING, Some(&old), |_| true),
            Arranged::of(LISTING, Some(&old), |permission| permission != Permission::Reserve),
        );
        assert_eq!(all.on(Medium::Screen), [3, 0]);
        assert_eq!((some.on(Medium::Screen), some.on(Medium::File)), (vec![0], vec![2]));
        // Nor does the order of the rows tell what stands in it.
        let mut rows = vec![
            [Cell::empty(), Cell::empty(), Cell::empty(), Cell::text("b")],
            [Cell::empty(), Cell::empty(), Cell::empty(), Cell::text("a")],
        ];
        some.sort(&mut rows, |row| row);
        assert_eq!(rows[0][3], Cell::text("b"));
        // Where it was the only one of a medium, the others stand there as they did.
        let only = used("secret:spf");
        let nothing = Arranged::of(LISTING, Some(&only), |permission| permission != Permission::Reserve);
        assert_eq!((nothing.on(Medium::Screen), nothing.on(Medium::File)), (vec![0, 1], vec![0, 1, 2]));
    }

    #[test]
    fn r4_f_an_arrangement_that_has_grown_old_leaves_out_what_is_gone_and_says_so() {
        let old = used("time:sf box:spf name:s order=-shelf");
        let arranged = Arranged::of(LISTING, Some(&old), |_| true);
        assert_eq!(arranged.on(Medium::Screen), [1, 0]);
        assert!(arranged.has_gone && arranged.sort.is_none());
        assert_eq!(gone(LISTING, &old.arrangement).collect::<Vec<_>>(), ["box", "shelf"]);
        // Nothing of it is left on paper.
        assert_eq!(arranged.on(Medium::Paper), [0, 1]);
    }

    fn times(rows: &[[Cell; 2]]) -> Vec<&str> {
        rows.iter().map(|row| if let Cell::Text(text) = &row[1] { text.as_str() } else { "?" }).collect()
    }

    #[test]
    fn r4_f_rows_are_sorted_by_numbers_within_words_and_empty_cells_come_last() {
        let mut rows: Vec<[Cell; 2]> =
            ["10:00", "", "9:30"].map(|time| [Cell::empty(), Cell::text(time)]).to_vec();
        let arranged = Arranged::of(LISTING, Some(&used("time:s order=time")), |_| true);
        arranged.sort(&mut rows, |row| row);
        assert_eq!(times(&rows), ["9:30", "10:00", ""]);
        let back = Arranged::of(LISTING, Some(&used("time:s order=-time")), |_| true);
        back.sort(&mut rows, |row| row);
        assert_eq!(times(&rows), ["10:00", "9:30", ""]);
        let days = [Cell::Day(date(2026, 11, 2)), Cell::Day(date(2026, 10, 30))];
        assert_eq!(compare(&days[0], &days[1], false), Ordering::Greater);
        assert_eq!(compare(&Cell::Number(2), &Cell::Number(10), true), Ordering::Greater);
    }
}
