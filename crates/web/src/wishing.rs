//! The form in which a wish for an earlier day is told, on the citizens' page and on the staff's: its fields, what stands in
//! them before anybody touched it, and the wish that they say. How the fields look is each page's own.

use domain::rules::Weekdays;
use domain::wish::{Times, Wish};
use jiff::civil::{Date, Weekday};

use crate::key;
use crate::kit::{Fields, Form, PageError};

pub(crate) const OPERATION: &str = "operation";
pub(crate) const FROM: &str = "from";
pub(crate) const UNTIL: &str = "until";
pub(crate) const WEEKDAY: &str = "weekday";
pub(crate) const TIMES: &str = "times";

/// Every day of the week, Monday first.
fn week() -> Weekdays {
    // Seven days count from 0 to 6.
    Weekdays::of((0..7).filter_map(|n| Weekday::from_monday_zero_offset(n).ok()))
}

/// The days of the week on which some days are.
pub(crate) fn weekdays(days: &[Date]) -> Weekdays {
    Weekdays::of(days.iter().map(|day| day.weekday()))
}

/// The form as it was sent.
pub(crate) fn sent(fields: &Fields) -> Result<Form, PageError> {
    let mut form = fields.form(&[OPERATION, FROM, UNTIL, WEEKDAY, TIMES])?;
    form.fill(WEEKDAY, fields.all(WEEKDAY)?.join(" "));
    Ok(form)
}

/// The form before anybody touched it: the wish that waits, or every one of the days that can be wished.
pub(crate) fn filled(days: &[Date], wish: Option<Wish>) -> Form {
    let mut form = Form::fresh();
    // Of a wish that waits some days may be over by now.
    let from = wish.and_then(|wish| days.iter().find(|day| **day >= wish.from));
    let until = wish.and_then(|wish| days.iter().rfind(|day| **day <= wish.until));
    let text = |day: Option<&Date>| day.map_or_else(String::new, ToString::to_string);
    form.fill(FROM, text(from.or(days.first())));
    form.fill(UNTIL, text(until.or(days.last())));
    form.fill(WEEKDAY, wish.map_or(weekdays(days), |wish| wish.weekdays).to_string());
    form.fill(TIMES, wish.map_or(Times::Any, |wish| wish.times).code());
    form
}

/// The box of a day of the week: its code, and whether it is ticked.
pub(crate) fn ticked(form: &Form, day: Weekday) -> (String, bool) {
    let code = Weekdays::of([day]).to_string();
    let is_ticked = form.typed(WEEKDAY).split(' ').any(|known| known == code);
    (code, is_ticked)
}

/// The days of a field: the day, as it is sent, whether it is chosen.
pub(crate) fn options(form: &Form, field: &str, days: &[Date]) -> Vec<(Date, String, bool)> {
    let chosen = form.typed(field);
    let option = |day: &Date| {
        let sent = day.to_string();
        let is_chosen = sent == chosen;
        (*day, sent, is_chosen)
    };
    days.iter().map(option).collect()
}

/// Reads what is wished of the days that can be; what is wrong is said at its field. Every day of the week on which one of
/// them is, is every day.
pub(crate) fn read(form: &mut Form, days: &[Date]) -> Option<Wish> {
    let day = |form: &Form, field| form.typed(field).parse().ok().filter(|day| days.contains(day));
    let (from, until): (Option<Date>, Option<Date>) = (day(form, FROM), day(form, UNTIL));
    for (field, found) in [(FROM, from), (UNTIL, until)] {
        if found.is_none() {
            form.refuse(field, key!("error-wish-day"));
        }
    }
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        form.refuse(UNTIL, key!("error-wish-order"));
    }
    let chosen: Option<Weekdays> =
        form.typed(WEEKDAY).parse().ok().filter(|days: &Weekdays| !days.is_empty());
    if chosen.is_none() {
        form.refuse(WEEKDAY, key!("error-wish-weekday"));
    }
    let times: Option<Times> = form.typed(TIMES).parse().ok();
    if times.is_none() {
        form.refuse(TIMES, key!("error-wish-times"));
    }
    let chosen = chosen.map(|chosen| {
        let is_every = days.iter().all(|day| chosen.contains(day.weekday()));
        if is_every { week() } else { chosen }
    });
    let wish = Wish { from: from?, until: until?, weekdays: chosen?, times: times? };
    // Days that the form has, on which nobody would come.
    if !form.is_refused() && !days.iter().any(|day| wish.has(*day)) {
        no_day(form);
    }
    (!form.is_refused()).then_some(wish)
}

/// None of the days that can be wished is among those of the form.
pub(crate) fn no_day(form: &mut Form) {
    form.refuse(WEEKDAY, key!("error-wish-none"));
}
