//! How a mail stands and why it did not arrive, in sentences.

use domain::mail::{Reason, Reply, State};
use domain::time::day_of;
use jiff::Timestamp;
use jiff::civil::Date;
use store::outbox::OfBooking;

use crate::staff::wording;

/// Why a mail did not arrive, with the answer of the mail server that says so.
pub(crate) fn why_not(reply: Option<Reply>) -> String {
    let Some(reply) = reply else {
        return "相手のサーバーから答えがないまま、送信をあきらめました".to_owned();
    };
    let sentence = match (reply.code, reply.reason()) {
        (_, Reason::Full) => "宛先の受信箱がいっぱいで、受け取れませんでした",
        (_, Reason::Address) => "宛先のアドレスがありません（入力の誤りと考えられます）",
        (_, Reason::Closed) => "宛先は、今はメールを受け取っていません",
        (500.., Reason::Policy) => "相手のサーバーが、迷惑メール対策などの決まりにより受け取りませんでした",
        (500.., Reason::AddressOrPolicy) => {
            "相手のサーバーが受け取りませんでした（アドレスがないか、受信を拒む設定と考えられます）"
        }
        (500.., Reason::Other) => "相手のサーバーが受け取りませんでした",
        (_, Reason::Policy | Reason::AddressOrPolicy | Reason::Other) => {
            "相手のサーバーが受け取りを延ばし続けたため、送信をあきらめました"
        }
    };
    format!("{sentence}（応答 {reply}）")
}

/// How a mail stands, in one word and a sentence about it. `today` shortens what is of today to its time.
pub(crate) fn standing(mail: &OfBooking, today: Date) -> (&'static str, String) {
    let ended = mail.ended_at.map(|at| when(at, today)).unwrap_or_default();
    match mail.state {
        State::Waiting if mail.attempts == 0 => ("送信待ち", "まもなく送ります".to_owned()),
        State::Waiting => (
            "送信待ち",
            format!("{}回送れませんでした。次は{}に送ります", mail.attempts, when(mail.due, today)),
        ),
        State::Sent => ("送信済", format!("{ended}に相手のサーバーが受け取りました")),
        State::Bounced => ("不達", format!("{ended} {}", why_not(mail.reply))),
        State::Dropped => ("送信なし", "予約かアドレスが変わり、送る必要がなくなりました".to_owned()),
    }
}

fn when(at: Timestamp, today: Date) -> String {
    if day_of(at) == today { wording::time(at) } else { wording::moment(at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r4_c_the_server_s_own_reason_is_said_clearly() {
        for (reply, said) in [
            (
                Some(Reply::of(550, "5.1.1 unknown")),
                "宛先のアドレスがありません（入力の誤りと考えられます）（応答 550 5.1.1）",
            ),
            (
                Some(Reply::of(452, "4.2.2 full")),
                "宛先の受信箱がいっぱいで、受け取れませんでした（応答 452 4.2.2）",
            ),
            (
                Some(Reply::from(451)),
                "相手のサーバーが受け取りを延ばし続けたため、送信をあきらめました（応答 451）",
            ),
            (
                Some(Reply::of(554, "5.7.1 spam")),
                "相手のサーバーが、迷惑メール対策などの決まりにより受け取りませんでした（応答 554 5.7.1）",
            ),
            (None, "相手のサーバーから答えがないまま、送信をあきらめました"),
        ] {
            assert_eq!(why_not(reply), said);
        }
    }
}
