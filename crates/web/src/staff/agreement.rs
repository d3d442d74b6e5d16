//! The city's agreement to what the staff set on a screen: by the city's own account, or by the name of its person and
//! the time. What cannot wait may be agreed to afterwards.

use domain::journal::CityRecord;
use domain::rules::{Agreed, TimeOfDay};
use domain::time::{day_of, era_date, minute_of};

use crate::App;
use crate::kit::Form;
use crate::staff::desk::Signed;
use crate::staff::{field, wording};

/// Whether the city agreed, or will.
pub(crate) const AGREED: &str = "agreed";
/// On which day.
pub(crate) const AGREED_ON: &str = "agreed_on";
/// At what time.
pub(crate) const AGREED_AT: &str = "agreed_at";
/// The fields of the agreement.
pub(crate) const FIELDS: [&str; 4] = [AGREED, field::PERSON, AGREED_ON, AGREED_AT];

/// Reads the agreement: how it was recorded, and in words. What cannot wait (`may_wait`) has no words yet.
pub(crate) fn read(
    form: &mut Form,
    app: &App,
    signed: &Signed,
    may_wait: bool,
) -> Option<(Agreed, Option<String>)> {
    if signed.city_record() == CityRecord::Account {
        let now = app.now();
        let told =
            format!("{}（市のアカウント、{} {}）", signed.name(), era_date(day_of(now)), wording::time(now));
        return Some((Agreed::Account, Some(told)));
    }
    match form.typed(AGREED) {
        "later" if may_wait => Some((Agreed::Later, None)),
        "now" => {
            let person = field::person(form);
            let on = field::day(form, AGREED_ON, "同意した日");
            let at: Option<TimeOfDay> = form.typed(AGREED_AT).trim().parse().ok();
            if at.is_none() {
                form.refuse_ja(AGREED_AT, "同意した時刻を、例のように入力してください（9:00）。");
            }
            let (on, at, now) = (on?, at?, app.now());
            if (on, at.minutes()) > (day_of(now), minute_of(now)) {
                form.refuse_ja(AGREED_ON, "同意した日時が、いまより後になっています。");
                return None;
            }
            Some((Agreed::Told, Some(format!("{}（市、{} {at}）", person?, era_date(on)))))
        }
        _ => {
            form.refuse_ja(AGREED, "市の同意を選んでください。");
            None
        }
    }
}
