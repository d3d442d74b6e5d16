//! The first page: which notice arrived?

use askama::Template;
use jiff::civil::Date;

use super::Layout;
use crate::kit::page::Cache;
use crate::kit::{Page, Texts};

/// The first page.
#[derive(Template)]
#[template(path = "citizen/first.html")]
pub struct First {
    texts: Texts,
    layout: Layout,
    free_from: Option<Date>,
}

impl First {
    /// `free_from` is the first day with a free place for an issuance.
    pub fn new(layout: Layout, free_from: Option<Date>) -> Self {
        Self { texts: layout.texts(), layout, free_from }
    }
}

impl Page for First {
    const CACHE: Cache = Cache::Revalidate;
}
