//! How long cards and certificates are valid, and from when they are renewed (仕様書 8(10)).
//!
//! The dates printed on the card are the truth; these formulas only check them for plausibility. Birth dates
//! are arguments and are kept nowhere.

use jiff::Span;
use jiff::civil::{Date, date};

/// From this day on the age of majority is 18 (民法 of 2022); before it, 20.
pub const MAJORITY_AT_18: Date = date(2022, 4, 1);

/// How many months before its expiry a card or certificate may be renewed. The next generation of cards will
/// change it; then it becomes a rule.
pub const RENEWAL_MONTHS: i32 = 3;

/// A date cannot be what it is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ValidityError {
    /// The day lies before the birth.
    #[error("a day before the birth")]
    BeforeBirth,
    /// The date would lie outside the calendar.
    #[error("a date out of range")]
    OutOfRange,
}

/// The birthday in a year. Who was born on 29 February has it on 28 February in common years (assumption: the
/// wording of related ordinances).
pub fn birthday_in(birth: Date, year: i16) -> Result<Date, ValidityError> {
    Date::new(year, birth.month(), birth.day())
        .or_else(|_| Date::new(year, 2, 28))
        .map_err(|_| ValidityError::OutOfRange)
}

/// The age in years on a day, by birthday.
pub fn age_on(birth: Date, day: Date) -> Result<i16, ValidityError> {
    if day < birth {
        return Err(ValidityError::BeforeBirth);
    }
    let years = day.year() - birth.year();
    Ok(if birthday_in(birth, day.year())? > day { years - 1 } else { years })
}

/// The nth birthday strictly after a day; `n` counts from 1, and 0 is taken as 1.
pub fn nth_birthday_after(birth: Date, after: Date, n: u8) -> Result<Date, ValidityError> {
    if after < birth {
        return Err(ValidityError::BeforeBirth);
    }
    let first = if birthday_in(birth, after.year())? > after { after.year() } else { after.year() + 1 };
    birthday_in(birth, first + i16::from(n.max(1)) - 1)
}

/// The age from which a card is valid until the tenth birthday: 20 up to 2022-03-31, then 18.
pub fn adult_age(basis: Date) -> i16 {
    if basis < MAJORITY_AT_18 { 20 } else { 18 }
}

/// The last day on which a card is valid (it dies with the end of it).
///
/// `basis` decides the age: the day on which J-LIS took the application if it is known, else the day of issue
/// (`issued`: made by J-LIS, not handed over). `stay_until` is the end of a limited period of stay.
pub fn card_expiry(
    birth: Date,
    issued: Date,
    basis: Date,
    stay_until: Option<Date>,
) -> Result<Date, ValidityError> {
    let birthdays = if age_on(birth, basis)? >= adult_age(basis) { 10 } else { 5 };
    let expiry = nth_birthday_after(birth, issued, birthdays)?;
    Ok(stay_until.map_or(expiry, |stay| stay.min(expiry)))
}

/// The last day on which a certificate is valid: the fifth birthday after its issue, or the sixth if it replaces
/// one with less than three months left (`previous`: the last day of that one); never longer than the card.
///
/// 署名用 also ends with 利用者証明用: the caller takes the earlier of the two.
pub fn certificate_expiry(
    birth: Date,
    issued: Date,
    card_expiry: Date,
    previous: Option<Date>,
) -> Result<Date, ValidityError> {
    let early = match previous {
        Some(previous) => renewal_start(previous)? <= issued && issued <= previous,
        None => false,
    };
    Ok(nth_birthday_after(birth, issued, if early { 6 } else { 5 })?.min(card_expiry))
}

/// The first day on which a card or certificate may be renewed: 有効期限3か月前となる日の翌日.
///
/// The day three months before is moved to the end of its month if it does not exist (民法143条; assumption).
pub fn renewal_start(expiry: Date) -> Result<Date, ValidityError> {
    expiry
        .checked_sub(Span::new().months(RENEWAL_MONTHS))
        .and_then(Date::tomorrow)
        .map_err(|_| ValidityError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn r8_10_card_expiry_vectors() {
        for (birth, issued, expiry) in [
            ("1980-10-10", "2020-05-15", "2029-10-10"),
            ("1980-10-10", "2020-10-10", "2030-10-10"),
            ("1980-10-10", "2020-10-09", "2029-10-10"),
            ("2010-04-02", "2022-12-01", "2027-04-02"),
            ("2000-02-29", "2024-03-01", "2034-02-28"),
            ("2000-02-29", "2024-02-28", "2033-02-28"),
        ] {
            let (birth, issued) = (day(birth), day(issued));
            assert_eq!(card_expiry(birth, issued, issued, None), Ok(day(expiry)), "{birth} {issued}");
        }
    }

    #[test]
    fn r8_10_nth_birthday_vectors_of_29_february() {
        let birth = day("2000-02-29");
        assert_eq!(nth_birthday_after(birth, day("2024-03-01"), 10), Ok(day("2034-02-28")));
        assert_eq!(nth_birthday_after(birth, day("2024-02-28"), 10), Ok(day("2033-02-28")));
        assert_eq!(nth_birthday_after(birth, day("2023-03-01"), 5), Ok(day("2028-02-29")));
    }

    #[test]
    fn r8_10_the_age_of_majority_follows_the_basis_day() {
        // Nineteen years old: a child's card before 1 April 2022, an adult's from then on.
        let birth = day("2003-01-15");
        assert_eq!(card_expiry(birth, day("2022-03-31"), day("2022-03-31"), None), Ok(day("2027-01-15")));
        assert_eq!(card_expiry(birth, day("2022-04-01"), day("2022-04-01"), None), Ok(day("2032-01-15")));
        // Made after, but applied for before.
        assert_eq!(card_expiry(birth, day("2022-04-20"), day("2022-03-31"), None), Ok(day("2027-01-15")));
    }

    #[test]
    fn r8_10_a_limited_stay_ends_the_card() {
        let (birth, issued) = (day("1990-06-01"), day("2026-01-10"));
        assert_eq!(card_expiry(birth, issued, issued, Some(day("2027-03-31"))), Ok(day("2027-03-31")));
        assert_eq!(card_expiry(birth, issued, issued, Some(day("2099-03-31"))), Ok(day("2035-06-01")));
    }

    #[test]
    fn r8_10_certificate_vectors() {
        let (birth, card) = (day("1985-08-17"), day("2099-08-17"));
        let previous = Some(day("2025-08-17"));
        assert_eq!(certificate_expiry(birth, day("2025-05-20"), card, previous), Ok(day("2030-08-17")));
        // The first day of renewal already has less than three months left, the day before does not.
        assert_eq!(certificate_expiry(birth, day("2025-05-18"), card, previous), Ok(day("2030-08-17")));
        assert_eq!(certificate_expiry(birth, day("2025-05-17"), card, previous), Ok(day("2029-08-17")));
        assert_eq!(certificate_expiry(birth, day("2025-05-20"), card, None), Ok(day("2029-08-17")));
        assert_eq!(
            certificate_expiry(birth, day("2025-05-20"), day("2030-01-01"), previous),
            Ok(day("2030-01-01"))
        );
    }

    #[test]
    fn r8_10_renewal_start_vectors() {
        for (expiry, start) in [
            ("2025-08-17", "2025-05-18"),
            ("2025-10-10", "2025-07-11"),
            ("2025-05-31", "2025-03-01"),
            ("2024-05-31", "2024-03-01"),
            ("2025-03-31", "2025-01-01"),
            ("2025-11-30", "2025-08-31"),
            ("2028-02-29", "2027-11-30"),
        ] {
            assert_eq!(renewal_start(day(expiry)), Ok(day(start)), "{expiry}");
        }
    }

    #[test]
    fn r8_10_impossible_dates_are_errors() {
        let birth = day("2020-01-01");
        assert_eq!(age_on(birth, day("2019-12-31")), Err(ValidityError::BeforeBirth));
        assert_eq!(nth_birthday_after(birth, day("2019-12-31"), 1), Err(ValidityError::BeforeBirth));
        assert_eq!(nth_birthday_after(birth, day("9999-12-31"), 1), Err(ValidityError::OutOfRange));
    }

    fn days() -> impl Strategy<Value = Date> {
        (0..40_000i64).prop_map(|days| date(1920, 1, 1).saturating_add(Span::new().days(days)))
    }

    proptest! {
        #[test]
        fn r8_10_the_nth_birthday_is_after_and_not_too_far(birth in days(), age in 0..36_500i64, n in 1..11u8) {
            let issued = birth.saturating_add(Span::new().days(age));
            let nth = nth_birthday_after(birth, issued, n).unwrap();
            prop_assert!(nth > issued);
            prop_assert!(nth.year() - issued.year() <= i16::from(n));
            prop_assert_eq!(age_on(birth, nth).unwrap(), age_on(birth, issued).unwrap() + i16::from(n));
        }

        #[test]
        fn r8_10_renewal_starts_within_three_months(expiry in days()) {
            let start = renewal_start(expiry).unwrap();
            let left = expiry.duration_since(start).as_hours() / 24;
            prop_assert!((88..=91).contains(&left), "{}", left);
        }
    }
}
