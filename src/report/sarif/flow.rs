//! A proof → a code flow: facts first, what follows from them after them, the violation last.

use super::super::Outcome;
use super::super::places::Places;
use super::{location, message};
use crate::proof::{Told, ToldKind};
use serde_json::{Value, json};

/// Steps that GitHub takes of one flow.
const MOST_STEPS: usize = 10_000;

/// The code flows of a result: one, or none where no step of the proof has a place.
pub fn of_proof(proof: &Told, places: &Places, outcome: &Outcome) -> Value {
    let mut steps = Vec::new();
    add(proof, 0, places, outcome, &mut steps);
    steps.truncate(MOST_STEPS);
    if steps.is_empty() {
        return json!([]);
    }
    json!([{ "threadFlows": [{ "locations": steps }] }])
}

/// Steps without a place say nothing that a viewer of files could show.
fn add(told: &Told, depth: usize, places: &Places, outcome: &Outcome, steps: &mut Vec<Value>) {
    for child in &told.children {
        add(child, depth + 1, places, outcome, steps);
    }
    for &span in &told.places {
        let Some(region) = places.region(span) else { continue };
        let mut place = location(&region, span.file, outcome);
        let text = match told.kind {
            ToldKind::Near => format!("there is {}", told.text),
            _ => told.text.clone(),
        };
        place["message"] = json!({ "text": message::plain(&text) });
        steps.push(json!({
            "location": place,
            "nestingLevel": depth,
            "importance": if depth <= 1 { "essential" } else { "important" },
        }));
    }
}
