//! Lines side by side in a gutter: intervals → lanes, so that none lies on another one.

/// A part of a line that runs along a gutter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Lines with the same key are drawn as one.
    pub(super) key: usize,
    /// Where it begins and ends.
    pub(super) from: i32,
    pub(super) to: i32,
    /// On which side of the gutter it is wanted.
    pub(super) side: Side,
}

/// A side of a gutter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    /// The left or the upper one.
    First,
    Middle,
    /// The right or the lower one.
    Last,
}

/// The least distance of two runs in one lane.
const GAP: i32 = 8;

/// The lanes of a gutter.
#[derive(Clone, Debug, Default)]
pub(super) struct Lanes {
    /// The lane of each key, counted from the left or from above.
    by_key: Vec<(usize, usize)>,
    /// How many there are.
    pub(super) number: usize,
}

impl Lanes {
    /// Finds lanes. Runs of one key get one lane, wide enough for all of them. On each side the shortest are
    /// nearest to the edge, so that lines that turn the same way don't cross.
    pub(super) fn of(runs: &[Run]) -> Self {
        let mut merged = merged(runs);
        merged.sort_by_key(|run| (run.side, run.to - run.from, run.from, run.key));
        let mut lanes = Lanes::default();
        for side in [Side::First, Side::Middle, Side::Last] {
            let own = merged.iter().filter(|run| run.side == side);
            let placed = placed(own);
            let number = placed.iter().map(|(_, lane)| lane + 1).max().unwrap_or(0);
            let first = lanes.number;
            let at =
                |lane: usize| first + if side == Side::Last { number - 1 - lane } else { lane };
            lanes.by_key.extend(placed.into_iter().map(|(key, lane)| (key, at(lane))));
            lanes.number += number;
        }
        lanes.by_key.sort_unstable();
        lanes
    }

    /// The lane of a key that has a run here.
    pub(super) fn lane(&self, key: usize) -> usize {
        let found = self.by_key.binary_search_by_key(&key, |(key, _)| *key);
        found.map_or(0, |at| self.by_key[at].1)
    }
}

/// One run for each key.
fn merged(runs: &[Run]) -> Vec<Run> {
    let mut sorted: Vec<Run> = runs.to_vec();
    sorted.sort_by_key(|run| run.key);
    let mut merged: Vec<Run> = Vec::new();
    for run in sorted {
        match merged.last_mut() {
            Some(last) if last.key == run.key => {
                (last.from, last.to) = (last.from.min(run.from), last.to.max(run.to));
                if last.side != run.side {
                    last.side = Side::Middle;
                }
            }
            _ => merged.push(run),
        }
    }
    merged
}

/// Each run in the first lane in which it touches none that was placed before.
fn placed<'r>(runs: impl Iterator<Item = &'r Run>) -> Vec<(usize, usize)> {
    let mut lanes: Vec<Vec<(i32, i32)>> = Vec::new();
    let mut placed = Vec::new();
    for run in runs {
        let is_free = |lane: &Vec<(i32, i32)>| {
            lane.iter().all(|&(from, to)| {
                run.to.saturating_add(GAP) < from || to.saturating_add(GAP) < run.from
            })
        };
        let lane = lanes.iter().position(is_free).unwrap_or_else(|| {
            lanes.push(Vec::new());
            lanes.len() - 1
        });
        lanes[lane].push((run.from, run.to));
        placed.push((run.key, lane));
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(key: usize, from: i32, to: i32, side: Side) -> Run {
        Run { key, from, to, side }
    }

    #[test]
    fn runs_that_touch_have_lanes_of_their_own() {
        let runs = [
            run(0, 0, 100, Side::First),
            run(1, 0, 50, Side::First),
            run(2, 60, 90, Side::First),
            run(3, 0, 10, Side::Last),
            run(4, 0, 100, Side::Last),
            run(4, 90, 200, Side::Last),
        ];
        let lanes = Lanes::of(&runs);
        assert_eq!(lanes.number, 4);
        let found: Vec<usize> = (0..5).map(|key| lanes.lane(key)).collect();
        assert_eq!(found, [1, 0, 0, 3, 2], "the shortest are nearest to the edge");
    }
}
