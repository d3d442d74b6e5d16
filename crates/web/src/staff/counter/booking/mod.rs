//! Booking and moving for a citizen on the telephone or at the counter: the same places as on the web, on one page
//! that needs no mouse. The day with the first free place is there at once, and its first free time has the focus.

pub(crate) mod change;
pub(crate) mod family;
pub(crate) mod new;
pub(crate) mod slots;
pub(crate) mod today;

use domain::card::Stage;
use domain::time::month_day_ja;
use store::card::Card;
use store::reservation::Reservation;

/// What to tell the citizen about a card, to be read out, with the next step. A card that left the ordinary way gets
/// one neutral sentence: why, only the city says.
pub(crate) fn say(card: &Card, live: Option<&Reservation>) -> String {
    let sentence = match (card.stage, live) {
        (Stage::Listed | Stage::Inspected, _) => {
            "カードは届いていて、お渡しの準備をしています。準備ができましたら、交付通知書とご案内を郵便でお送りします。届いてからご予約ください。"
        }
        (Stage::Prepared, _) => {
            "お渡しの準備ができています。まもなく交付通知書とご案内を郵便でお送りします。届いてからご予約ください。"
        }
        (Stage::Notified, Some(live)) => {
            return format!(
                "{} {}にご予約をいただいています。日時を変えることも、取り消すこともできます。",
                month_day_ja(live.slot.day),
                live.slot.start
            );
        }
        (Stage::Notified, None) => "カードをお渡しできます。ご都合のよい日時をお伺いします。",
        (Stage::Issued, _) => {
            "このカードはお渡しずみです。お心当たりがないときは、市の担当からご連絡します。"
        }
        (Stage::Ended, _) => "お調べすることがありますので、市の担当からご連絡します。",
    };
    sentence.to_owned()
}
