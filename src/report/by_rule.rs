//! Findings → findings by rule.

use std::collections::BTreeMap;

use crate::violation::Finding;

/// The findings of each rule that has some, in their order.
pub fn by_rule<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
) -> BTreeMap<&'f str, Vec<&'f Finding>> {
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    by_rule
}
