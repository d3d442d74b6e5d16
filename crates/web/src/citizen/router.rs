//! The router of the citizens' pages: which handler answers which address.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::layout::Citizens;
use super::mail::{give, owner};
use super::renewal::{ask, branches, way_out, when};
use super::reservation::{add, cancel, change, find, offer, show, take_out, visitor, wish};
use super::visit::{book, check, days, done, effort, family, hold, key, times, who};
use super::{first, frame, language, notice, route};
use crate::App;
use crate::kit::surround::{Surroundings, surround};
use crate::kit::{Asked, PageError};

/// The public listener: every page of the citizens with the layers around it.
///
/// The address of the caller comes from [`axum::extract::ConnectInfo`], so serve it with connection information.
pub fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route(route::FIRST, get(first::show))
        .route(route::RENEWAL, get(ask::show).post(ask::answered))
        .route(route::RENEWAL_FOR, get(ask::show_for))
        .route(route::RENEWAL_ELSEWHERE, get(way_out::elsewhere))
        .route(route::RENEWAL_TWO_VISITS, get(way_out::two_visits))
        .route(route::RENEWAL_WHEN, get(when::show).post(when::tell))
        .route(route::BRANCHES, get(branches::show))
        .route(route::APPLICATION, get(notice::application))
        .route(route::MISSING, get(notice::missing))
        .route(route::LANGUAGE, get(language::choose))
        .route(route::KEY, get(key::show).post(key::prove))
        .route(route::DAYS, get(days::list))
        .route(route::MONTH, get(days::month))
        .route(route::TIMES, get(times::show))
        .route(route::HOLD, post(hold::hold))
        .route(route::EFFORT, post(effort::solved))
        .route(route::FAMILY, get(family::show).post(family::add))
        .route(route::FAMILY_DROP, post(family::drop))
        .route(route::WHO, get(who::show).post(who::answered))
        .route(route::CHECK, get(check::unanswered))
        .route(route::CHECKED, get(check::show))
        .route(route::CHECK_WHEN, get(check::unanswered).post(check::when))
        .route(route::BOOK, post(book::book))
        .route(route::DONE, get(done::show))
        .route(route::CALENDAR, get(done::calendar))
        .route(route::FIND, get(find::show).post(find::prove))
        .route(route::SHOW, get(show::show))
        .route(route::CHANGE, get(change::ask))
        .route(route::MOVE, post(change::change))
        .route(route::MOVED, get(show::moved))
        .route(route::CHANGED, get(show::changed))
        .route(route::ADD, get(add::show).post(add::add))
        .route(route::TAKE_OUT, get(take_out::ask).post(take_out::take_out))
        .route(route::VISITOR, get(visitor::show).post(visitor::change))
        .route(route::OFFER, get(offer::show))
        .route(route::OFFER_ACCEPT, post(offer::accept))
        .route(route::OFFER_DECLINE, post(offer::decline))
        .route(route::WISH, get(wish::show).post(wish::leave))
        .route(route::WISH_WITHDRAW, post(wish::withdraw))
        .route(route::CANCEL, get(cancel::ask).post(cancel::cancel))
        .route(route::CANCELLED, get(cancel::cancelled))
        .route(route::MAIL, get(give::show).post(give::give))
        .route(route::MAIL_REMOVE, post(give::remove))
        .route(route::OWNER, get(owner::show).post(owner::one_click))
        .route(route::OWNER_CONFIRM, post(owner::confirm))
        .route(route::OWNER_REMOVE, post(owner::remove))
        .merge(crate::open::routes())
        .with_state(app.clone());
    surround(routes, surroundings(app))
}

/// What answers in place of [`router`] while too many requests are under way: a kind page, without the database.
pub fn full(app: Arc<App>) -> Router {
    surround(Router::new().fallback(|| async { PageError::Full }), surroundings(app))
}

fn surroundings(app: Arc<App>) -> Surroundings {
    Surroundings {
        clock: app.clock.clone(),
        chance: app.chance.clone(),
        origin: Arc::new(app.settings.public.clone()),
        face: Arc::new(Citizens { layout: move |asked: &Asked| frame::layout(&app, asked) }),
        from_anywhere: &[route::OWNER],
    }
}
