//! The whole story of a card, oldest first: its own journal entries, and the steps that it took with others.

use std::collections::HashMap;

use domain::card::{Progress, Stage};
use domain::id::{CardId, EntryId};
use domain::journal::Subject;
use store::Reader;
use store::card::Step;

use crate::staff::account::words::{Names, sentence};
use crate::staff::wording::moment;

/// One thing that happened.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) at: String,
    pub(crate) who: String,
    pub(crate) what: String,
    pub(crate) moved: String,
    pub(crate) remark: String,
}

/// Reads the story.
pub(super) fn of(reader: &mut Reader<'_>, card: CardId) -> Result<Vec<Line>, store::Error> {
    let entries = store::journal::of(reader, &Subject::Card(card))?;
    let names = Names::gather(reader, &entries)?;
    let steps = store::card::steps(reader, card)?;
    let moves: HashMap<EntryId, String> = steps.iter().map(|step| (step.entry, moved(step))).collect();
    let mut story: Vec<(EntryId, Line)> = Vec::new();
    for written in &entries {
        let line = Line {
            at: moment(written.at),
            who: names.actor(written.actor),
            what: sentence(&written.entry, &names),
            moved: moves.get(&written.id).cloned().unwrap_or_default(),
            remark: written.remark.clone().unwrap_or_default(),
        };
        story.push((written.id, line));
    }
    // What happened to a whole consignment, batch or part is not an entry of the card itself.
    for step in steps.iter().filter(|step| entries.iter().all(|written| written.id != step.entry)) {
        let line = Line {
            at: moment(step.at),
            who: names.actor(step.actor),
            what: together(step),
            moved: moved(step),
            remark: step.remark.clone().unwrap_or_default(),
        };
        story.push((step.entry, line));
    }
    // Ids of entries begin with their instant.
    story.sort_by_key(|(entry, _)| *entry);
    Ok(story.into_iter().map(|(_, line)| line).collect())
}

/// From where to where.
fn moved(step: &Step) -> String {
    match &step.place_from {
        Some(from) if *from != step.place_to => format!("{from} → {}", step.place_to),
        None => format!("→ {}", step.place_to),
        Some(_) => String::new(),
    }
}

/// What a step with others was: a whole batch or part.
fn together(step: &Step) -> String {
    match (step.stage_from, step.stage_to) {
        (None, _) => "一覧表を取り込んだ".to_owned(),
        _ if step.entry_kind == "cards_kept" => "市が引き取り、交付を終わりにした".to_owned(),
        (Some(from), to) if from == to && step.between_boxes => "箱のカードをまとめて移した".to_owned(),
        (Some(from), to) if from == to => match step.entry_kind.as_str() {
            "cards_returned" => "市から返却された".to_owned(),
            _ => "引継ぎで移動した".to_owned(),
        },
        (_, Stage::Inspected) => "市が確かめて返却した（検品済）".to_owned(),
        (_, Stage::Prepared) => "市から返却された（交付前設定済）".to_owned(),
        (_, Stage::Notified) => "市が交付通知書と案内を発送した".to_owned(),
        (_, Stage::Ended) => "市が郵送した".to_owned(),
        (_, to) => format!("{}になった", Progress::of(to, false).label()),
    }
}
