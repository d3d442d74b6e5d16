//! Beyond a rule: a slot that is full, or one that the staff's own deadline closes, is refused; who has the permission is
//! offered to take it all the same, with a reason that stays in the journal. Everybody else is told whom to ask.

use domain::permission::Permission;
use domain::reservation::Limit;
use domain::time::{Start, month_day_ja};
use jiff::civil::Date;
use store::reservation::BookingError;

use super::slots::{LIMIT, REASON, START};
use crate::App;
use crate::citizen::visit::people;
use crate::kit::Form;
use crate::staff::counter::business;
use crate::staff::desk::Signed;
use crate::staff::field;

/// Whom everybody else asks.
const ASK: &str =
    "どうしても必要なときは、業務責任者に相談してください。業務責任者は、理由を付けて予約を取れます。";

/// What was refused, and whether this person may go beyond it.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    /// Why it was refused, with the way out.
    pub(crate) sentence: String,
    /// Where it may be taken all the same.
    pub(crate) take: Option<Take>,
}

/// A slot that may be taken beyond a rule.
#[derive(Debug, Clone)]
pub(crate) struct Take {
    /// The starts, as the form sends them.
    pub(crate) starts: String,
    /// Which rule closed it, so that a form without a reason is asked for it in the same words.
    pub(crate) limit: Limit,
    /// The button.
    pub(crate) button: String,
}

/// What a refusal offers; none where it is another kind of refusal.
pub(super) fn offer(
    app: &App,
    signed: &Signed,
    error: &BookingError,
    day: Date,
    starts: &[Start],
) -> Option<Offer> {
    let limit = match error {
        BookingError::Full => Limit::Places,
        BookingError::Limited(limit) => *limit,
        _ => return None,
    };
    let (of, rules) = (business(app, day), app.rules());
    let is_granted = |start: &Start| rules.grant(of.service, &of.site, day, *start).places > 0;
    let first = starts.first()?;
    let when = format!("{} {first}", month_day_ja(day));
    if !starts.iter().all(is_granted) {
        let sentence = format!("{when}には枠がありません（閉庁、受付時間の外）。別の時間を選んでください。");
        return Some(Offer { sentence, take: None });
    }
    let why = match limit {
        Limit::Places | Limit::Share => format!("{when}は満員です。"),
        Limit::Window => format!("{when}は、予約できる期間の外です。"),
        Limit::Cutoff => format!("{when}の予約と、この日への変更は締め切りました。"),
        Limit::Begun => format!("{when}の枠は、もう始まっています。"),
    };
    let may = signed.may(Permission::OverrideRules);
    let rest = if may { "理由を付けて予約を取れます。" } else { ASK };
    let button = match limit {
        Limit::Places | Limit::Share => format!("定員を超えて {when} を取る"),
        Limit::Window | Limit::Cutoff | Limit::Begun => format!("期限を超えて {when} を取る"),
    };
    Some(Offer {
        sentence: format!("{why}別の時間をご案内してください。{rest}"),
        take: may.then(|| Take { starts: people::written(starts), limit, button }),
    })
}

/// Reads the reason with which a rule is gone beyond; without one the form is refused.
pub(super) fn reason(form: &mut Form) -> String {
    let reason = field::remark_in(form, REASON);
    if reason.is_empty() && form.fault(REASON).is_none() {
        form.refuse_ja(REASON, "理由を入力してください。記録簿に残ります。");
    }
    reason
}

/// The offer once more, for a form whose reason was refused; nothing where it had none to give.
pub(super) fn again(app: &App, signed: &Signed, form: &Form, day: Option<Date>) -> Option<Offer> {
    form.fault(REASON)?;
    let (day, starts) = (day?, people::read(form.typed(START))?);
    let limit = form.typed(LIMIT).parse().ok()?;
    offer(app, signed, &BookingError::Limited(limit), day, &starts)
}
