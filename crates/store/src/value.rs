//! Values that go into statements and rows that come out: three types, decoded strictly.
//!
//! A value that cannot be what the program expects is an error that names statement, column and row; it never
//! becomes a default.

use std::borrow::Cow;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::{Error, Result};
use crate::statement::Statement;

/// A value as both engines store it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// NULL.
    Null,
    /// INTEGER or BIGINT.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BLOB or BYTEA.
    Blob(Vec<u8>),
}

impl Value {
    /// The value on its way into a statement.
    pub(crate) fn as_param(&self) -> Param<'_> {
        match self {
            Self::Null => Param::Null,
            Self::Int(number) => Param::Int(*number),
            Self::Text(text) => Param::Text(Cow::Borrowed(text)),
            Self::Blob(bytes) => Param::Blob(bytes),
        }
    }
}

/// A value on its way into a statement.
#[derive(Debug, Clone)]
pub enum Param<'a> {
    /// NULL.
    Null,
    /// INTEGER or BIGINT.
    Int(i64),
    /// TEXT.
    Text(Cow<'a, str>),
    /// BLOB or BYTEA.
    Blob(&'a [u8]),
}

impl Param<'_> {
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text.clone().into_owned()),
            Self::Blob(bytes) => Value::Blob(bytes.to_vec()),
        }
    }
}

/// What can be a parameter.
pub trait Bind {
    /// The value as the engines take it.
    fn bind(&self) -> Param<'_>;
}

impl<T: Bind + ?Sized> Bind for &T {
    fn bind(&self) -> Param<'_> {
        (**self).bind()
    }
}

impl<T: Bind> Bind for Option<T> {
    fn bind(&self) -> Param<'_> {
        self.as_ref().map_or(Param::Null, Bind::bind)
    }
}

impl Bind for str {
    fn bind(&self) -> Param<'_> {
        Param::Text(Cow::Borrowed(self))
    }
}

impl Bind for String {
    fn bind(&self) -> Param<'_> {
        Param::Text(Cow::Borrowed(self))
    }
}

impl Bind for [u8] {
    fn bind(&self) -> Param<'_> {
        Param::Blob(self)
    }
}

impl Bind for Vec<u8> {
    fn bind(&self) -> Param<'_> {
        Param::Blob(self)
    }
}

impl<const N: usize> Bind for [u8; N] {
    fn bind(&self) -> Param<'_> {
        Param::Blob(self)
    }
}

impl Bind for i64 {
    fn bind(&self) -> Param<'_> {
        Param::Int(*self)
    }
}

impl Bind for u32 {
    fn bind(&self) -> Param<'_> {
        Param::Int(i64::from(*self))
    }
}

impl Bind for u16 {
    fn bind(&self) -> Param<'_> {
        Param::Int(i64::from(*self))
    }
}

impl Bind for bool {
    fn bind(&self) -> Param<'_> {
        Param::Int(i64::from(*self))
    }
}

impl Bind for Timestamp {
    fn bind(&self) -> Param<'_> {
        Param::Int(self.as_millisecond())
    }
}

impl Bind for domain::time::Start {
    fn bind(&self) -> Param<'_> {
        Param::Int(i64::from(self.minutes()))
    }
}

/// What comes out of a column.
pub trait Column: Sized {
    /// Reads the value, or says what is wrong with it.
    fn read(value: &Value) -> std::result::Result<Self, String>;
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL",
        Value::Int(_) => "an integer",
        Value::Text(_) => "text",
        Value::Blob(_) => "bytes",
    }
}

impl<T: Column> Column for Option<T> {
    fn read(value: &Value) -> std::result::Result<Self, String> {
        match value {
            Value::Null => Ok(None),
            value => T::read(value).map(Some),
        }
    }
}

impl Column for i64 {
    fn read(value: &Value) -> std::result::Result<Self, String> {
        match value {
            Value::Int(number) => Ok(*number),
            other => Err(format!("expected an integer, found {}", kind(other))),
        }
    }
}

impl Column for String {
    fn read(value: &Value) -> std::result::Result<Self, String> {
        match value {
            Value::Text(text) => Ok(text.clone()),
            other => Err(format!("expected text, found {}", kind(other))),
        }
    }
}

impl Column for Vec<u8> {
    fn read(value: &Value) -> std::result::Result<Self, String> {
        match value {
            Value::Blob(bytes) => Ok(bytes.clone()),
            other => Err(format!("expected bytes, found {}", kind(other))),
        }
    }
}

impl<const N: usize> Column for [u8; N] {
    fn read(value: &Value) -> std::result::Result<Self, String> {
        Vec::read(value)?
            .try_into()
            .map_err(|bytes: Vec<u8>| format!("expected {N} bytes, found {}", bytes.len()))
    }
}

macro_rules! integers {
    ($($type:ty),+) => {$(
        impl Column for $type {
            fn read(value: &Value) -> std::result::Result<Self, String> {
                let number = i64::read(value)?;
                Self::try_from(number).map_err(|_| format!("the integer is out of range for {}", stringify!($type)))
            }
        }
    )+};
}
integers!(u8, u16, u32, u64, usize);

impl Column for bool {
    fn read(value: &Value) -> std::result::Result<Self, String> {
        match i64::read(value)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err("expected 0 or 1".to_owned()),
        }
    }
}

impl Column for Timestamp {
    fn read(value: &Value) -> std::result::Result<Self, String> {
        Self::from_millisecond(i64::read(value)?).map_err(|error| error.to_string())
    }
}

impl Column for domain::time::Start {
    fn read(value: &Value) -> std::result::Result<Self, String> {
        Self::new(u16::read(value)?).map_err(|error| error.to_string())
    }
}

/// Reads TEXT through `FromStr`. The value itself is not repeated: it might be a secret.
fn parsed<T: FromStr>(value: &Value) -> std::result::Result<T, String>
where
    T::Err: std::fmt::Display,
{
    match value {
        Value::Text(text) => text.parse().map_err(|error: T::Err| error.to_string()),
        other => Err(format!("expected text, found {}", kind(other))),
    }
}

macro_rules! texts {
    ($($type:ty),+ $(,)?) => {$(
        impl Bind for $type {
            fn bind(&self) -> Param<'_> {
                Param::Text(Cow::Owned(self.to_string()))
            }
        }

        impl Column for $type {
            fn read(value: &Value) -> std::result::Result<Self, String> {
                parsed(value)
            }
        }
    )+};
}
texts!(
    domain::recall::Source,
    domain::recall::State,
    domain::recall::Told,
    domain::notice::Asked,
    domain::notice::Ended,
    domain::notice::Undelivered,
    domain::pickup::State,
    domain::pickup::NotHanded,
    domain::id::RecallId,
    domain::id::TellingId,
    domain::id::NoticeRequestId,
    domain::id::NoticeReturnId,
    domain::id::PickupId,
    domain::id::ReminderId,
    domain::disposal::Reason,
    domain::reminder::State,
    Date,
    domain::arrangement::StaffList,
    domain::batch::BatchKind,
    domain::batch::BatchState,
    domain::batch::CardEnd,
    domain::card::Cause,
    domain::card::Finding,
    domain::card::Pass,
    domain::card::Progress,
    domain::card::Stage,
    domain::consignment::ApplicationMethod,
    domain::consignment::Way,
    domain::group::Group,
    domain::id::AccessId,
    domain::id::ArrangementId,
    domain::id::BatchId,
    domain::id::CardId,
    domain::id::ConsignmentId,
    domain::id::EntryId,
    domain::id::FilterId,
    domain::id::IncidentId,
    domain::id::LedgerId,
    domain::id::MailId,
    domain::id::LetterBatchId,
    domain::id::OfferId,
    domain::id::OfferingId,
    domain::id::OperationId,
    domain::id::PersonId,
    domain::id::PlaceId,
    domain::id::ReceptionId,
    domain::id::ReservationId,
    domain::id::RuleId,
    domain::id::SessionId,
    domain::id::VisitId,
    domain::id::WishId,
    domain::incident::Cause,
    domain::incident::Kind,
    domain::incident::Outcome,
    domain::journal::Actor,
    domain::ledger::Field,
    domain::mail::Kind,
    domain::mail::State,
    domain::mail::Status,
    domain::offer::Reason,
    domain::offer::Work,
    domain::permission::Role,
    domain::place::PlaceKind,
    domain::reception::Reason,
    domain::register_check::Finding,
    domain::day_list::Duty,
    domain::reservation::Channel,
    domain::reservation::Pins,
    domain::reservation::Visitor,
    domain::rules::Weekdays,
    domain::service::Service,
    domain::service::SiteCode,
    domain::id::StocktakingId,
    domain::id::SupplyId,
    domain::supply::Basis,
    domain::supply::Move,
    domain::stocktaking::BoxState,
    domain::stocktaking::Difference,
    domain::stocktaking::Reason,
    domain::stocktaking::Standing,
    domain::wish::Times,
);

// The state enums of two nouns have the same name, so they are named by their module.
texts!(
    domain::reservation::State,
    domain::reception::State,
    domain::ledger::State,
    domain::offer::State,
    domain::wish::State,
    domain::stuffing::TakenOut
);

impl Bind for domain::consignment::PostBlock {
    fn bind(&self) -> Param<'_> {
        Param::Text(Cow::Owned(self.code()))
    }
}

impl Column for domain::consignment::PostBlock {
    fn read(value: &Value) -> std::result::Result<Self, String> {
        Self::try_from(String::read(value)?).map_err(|error| error.to_string())
    }
}

impl Bind for domain::journal::Subject {
    fn bind(&self) -> Param<'_> {
        Param::Text(Cow::Owned(self.to_string()))
    }
}

/// One row of an answer.
#[derive(Debug)]
pub struct Row<'s> {
    pub(crate) statement: &'s Statement,
    pub(crate) columns: &'s [String],
    pub(crate) values: Vec<Value>,
}

impl Row<'_> {
    /// Reads the column of that name.
    pub fn get<T: Column>(&self, column: &'static str) -> Result<T> {
        let decode = |why: String| Error::Decode {
            statement: self.statement.name,
            column,
            row: match self.values.first() {
                Some(Value::Text(id)) => id.clone(),
                Some(Value::Int(id)) => id.to_string(),
                _ => "without id".to_owned(),
            },
            why,
        };
        let index = self.columns.iter().position(|name| name == column);
        let value =
            index.and_then(|index| self.values.get(index)).ok_or_else(|| decode("no such column".into()))?;
        T::read(value).map_err(decode)
    }
}
