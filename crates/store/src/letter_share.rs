//! By which way the cards were booked that had each version of the guide letter: whether a new letter leads more people to
//! the web.

use domain::reservation::Channel;
use domain::service::SiteCode;
use jiff::civil::Date;

use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "letter_share":
    VERSIONS = "SELECT b.version AS version, MIN(b.posted_on) AS first_day, MAX(b.posted_on) AS last_day, r.channel AS channel,
        COUNT(*) AS n
        FROM letter_batch b JOIN letter l ON l.letter_batch_id = b.id
        JOIN card c ON c.id = l.card_id AND c.key_issue = l.key_issue
        LEFT JOIN reservation r ON r.id = (SELECT MIN(x.id) FROM reservation x WHERE x.card_id = c.id
        AND x.state IN ('booked', 'cancelled', 'served', 'unserved', 'not_come'))
        WHERE b.state = 'posted' AND b.site = $1 AND b.posted_on >= $2
        GROUP BY b.version, r.channel ORDER BY b.version, r.channel";
}

/// A version of the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its name, as it stands on the letter.
    pub version: String,
    /// The city's first and last date of posting of such letters in the time that is looked at.
    pub posted: (Date, Date),
    /// Cards whose last letter it is.
    pub cards: u32,
    /// Of these, those whose first booking came by each way.
    pub booked: Vec<(Channel, u32)>,
}

impl Version {
    /// How many were booked by a way.
    pub fn by(&self, channel: Channel) -> u32 {
        self.booked.iter().filter(|(known, _)| *known == channel).map(|(_, count)| count).sum()
    }

    /// How many were booked at all.
    pub fn booked(&self) -> u32 {
        self.booked.iter().map(|(_, count)| count).sum()
    }

    /// The share of the web among those that were booked, in hundredths; none: nobody booked.
    pub fn share(&self) -> Option<u32> {
        (self.by(Channel::Web) * 100).checked_div(self.booked())
    }
}

/// The versions of the letters of a site that the city posted since a day.
pub fn versions(reader: &mut Reader<'_>, site: &SiteCode, since: Date) -> Result<Vec<Version>> {
    let rows = reader.rows(&VERSIONS, bind![site, since], |row| {
        let posted: (Date, Date) = (row.get("first_day")?, row.get("last_day")?);
        let channel: Option<Channel> = row.get("channel")?;
        Ok((row.get::<String>("version")?, posted, channel, row.get::<u32>("n")?))
    })?;
    let mut versions: Vec<Version> = Vec::new();
    for (version, posted, channel, count) in rows {
        if versions.last().is_none_or(|last| last.version != version) {
            versions.push(Version { version, posted, cards: 0, booked: Vec::new() });
        }
        if let Some(last) = versions.last_mut() {
            last.posted = (last.posted.0.min(posted.0), last.posted.1.max(posted.1));
            last.cards += count;
            last.booked.extend(channel.map(|channel| (channel, count)));
        }
    }
    Ok(versions)
}
