//! What hides a finding → a suppression.

use super::super::Outcome;
use super::super::places::Places;
use super::location;
use crate::escape::escape;
use crate::suppression::{Hider, Suppression};
use serde_json::{Value, json};

/// A suppression: where it is kept, why, and on which terms.
pub fn by(hider: &Suppression, places: &Places, outcome: &Outcome) -> Value {
    let Suppression { kind, place, reason, by, until, days_left: _ } = hider;
    let mut properties = json!({ "status": kind.status() });
    if let Some(until) = until {
        properties["until"] = json!(until.to_string());
    }
    if let Some(by) = by {
        properties["by"] = json!(escape(by));
    }
    let mut suppression = json!({
        "kind": match kind {
            Hider::Ignore => "inSource",
            Hider::Baseline | Hider::Revision => "external",
        },
        "status": "accepted",
        "properties": properties,
    });
    if !reason.is_empty() {
        suppression["justification"] = json!(escape(reason));
    }
    let place = place.and_then(|place| Some((places.region(place)?, place.file)));
    if let Some((region, file)) = place {
        suppression["location"] = location(&region, file, outcome);
    }
    suppression
}
