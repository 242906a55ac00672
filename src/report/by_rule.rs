//! Findings → findings by rule.

use std::collections::BTreeMap;

use crate::violation::Finding;

/// The findings of each rule that has some, in their order.
pub fn by_rule(findings: &[Finding]) -> BTreeMap<&str, Vec<&Finding>> {
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    by_rule
}
