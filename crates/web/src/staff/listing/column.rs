//! What a list can show: its columns with their names, how each looks, and where it stands before anybody arranges it.

use domain::arrangement::StaffList;
use domain::permission::Permission;

use crate::staff::Task;

/// How the cells of a column look on the screen and on paper; files have the plain value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Words, broken into lines as they come.
    Words,
    /// A code, a time or a short word, which is not broken.
    Code,
    /// The nine digits of a 管理番号, in threes.
    Control,
    /// A number, at the right.
    Count,
    /// A time of day, which stands out where it is another one than in the row before.
    Time,
    /// A day with its day of the week on the screen.
    Weekday,
    /// A word that stands out wherever there is one.
    Tag,
}

/// Where a column is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    /// On the screen.
    pub(crate) screen: bool,
    /// On paper.
    pub(crate) paper: bool,
    /// In files (CSV, workbook).
    pub(crate) file: bool,
}

impl Seen {
    /// Whether it is seen on a medium.
    pub(crate) fn on(self, medium: Medium) -> bool {
        match medium {
            Medium::Screen => self.screen,
            Medium::Paper => self.paper,
            Medium::File => self.file,
        }
    }
}

/// Where a list is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Medium {
    /// The screen.
    Screen,
    /// Paper (PDF).
    Paper,
    /// Files (CSV, workbook).
    File,
}

/// A column of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Its code word, by which arrangements name it for as long as it is there.
    pub(crate) code: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// Where it stands before anybody arranges the list.
    pub(crate) seen: Seen,
    /// How its cells look.
    pub(crate) look: Look,
    /// Whether it leads to the row's own page; where it is not shown, the first column does.
    pub(crate) links: bool,
    /// Without this permission nobody sees it, whatever an arrangement says.
    pub(crate) needs: Option<Permission>,
}

/// A column that stands everywhere.
pub(crate) const fn column(code: &'static str, name: &'static str) -> Column {
    let seen = Seen { screen: true, paper: true, file: true };
    Column { code, name, seen, look: Look::Words, links: false, needs: None }
}

impl Column {
    /// The same column with another look.
    pub(crate) const fn look(self, look: Look) -> Self {
        Self { look, ..self }
    }

    /// The same column on the screen alone.
    pub(crate) const fn on_screen(self) -> Self {
        Self { seen: Seen { screen: true, paper: false, file: false }, ..self }
    }

    /// The same column in files alone.
    pub(crate) const fn in_files(self) -> Self {
        Self { seen: Seen { screen: false, paper: false, file: true }, ..self }
    }

    /// The same column on paper and in files.
    pub(crate) const fn off_screen(self) -> Self {
        Self { seen: Seen { screen: false, paper: true, file: true }, ..self }
    }

    /// The same column on the screen and on paper.
    pub(crate) const fn for_eyes(self) -> Self {
        Self { seen: Seen { screen: true, paper: true, file: false }, ..self }
    }

    /// The same column on the screen and in files, where paper is too narrow for it.
    pub(crate) const fn off_paper(self) -> Self {
        Self { seen: Seen { screen: true, paper: false, file: true }, ..self }
    }

    /// The same column leading to the row's page.
    pub(crate) const fn links(self) -> Self {
        Self { links: true, ..self }
    }

    /// The same column for those with a permission.
    pub(crate) const fn needs(self, permission: Permission) -> Self {
        Self { needs: Some(permission), ..self }
    }
}

/// A list that can be arranged.
#[derive(Debug)]
pub(crate) struct Listing {
    /// Which.
    pub(crate) list: StaffList,
    /// Every column that it can have, in the order in which they stand before anybody arranges them.
    pub(crate) columns: &'static [Column],
    /// Whether its rows can be sorted; a list that is walked along an index has its own order.
    pub(crate) sorts: bool,
    /// Whether it has a table on a screen, or is a paper and a file alone.
    pub(crate) has_screen: bool,
    /// Who sees the list.
    pub(crate) permission: Permission,
    /// The page from which it is reached.
    pub(crate) href: &'static str,
    /// Where its arrangements are chosen.
    pub(crate) address: &'static str,
    /// The task to which it belongs.
    pub(crate) task: Task,
}

impl Listing {
    /// The place of a column.
    pub(crate) fn find(&self, code: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.code == code)
    }

    /// Where the list is seen.
    pub(crate) fn media(&self) -> &'static [Medium] {
        const ALL: [Medium; 3] = [Medium::Screen, Medium::Paper, Medium::File];
        if self.has_screen { &ALL } else { &ALL[1..] }
    }
}
