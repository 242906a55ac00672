//! A report → one page of HTML: no script, nothing from elsewhere.

use super::manifest::{DIGEST, ELEMENT, NO_DIGEST, in_page};
use super::{Audit, Part, Table, screen, tables};
use crate::date::Date;
use crate::report::places::Places;
use crate::report::{FORMATS, Outcome, Style, closing, finding_and_proof, sha256, shell_word};
use crate::violation::Finding;
use crate::xml;
use std::collections::BTreeSet;
use std::io;

const STYLE: &str = include_str!("page.css");

/// Nothing is loaded and nothing runs; the page's own styles are all that counts.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Columns of what is shown as on a terminal.
const COLUMNS: usize = 100;

/// How many findings are shown in full. Behind them they are only counted.
const MOST_FINDINGS: usize = 1_000;

/// How many names the list of what a rule looked at has.
const MOST_NAMES: usize = 1_000;

/// What no report knows.
const LIMITS: [&str; 5] = [
    "It looks at files. Whether the deployment is as they say, only the deployment shows: \
     <code>lynt import</code> turns an export of it into such files.",
    "What a file says of users, of their number and of what was promised to them is taken as it stands.",
    "Certificates, DNS, firewalls, load balancers, bandwidth, databases and the state of services are not looked at.",
    "Single failures are tried one at a time, after the failure detection interval, and before anybody does anything.",
    "A rule that looked at nothing has not passed: it is marked as no evidence.",
];

/// The page. Its last element tells the digest of the page without that digest.
///
/// # Errors
/// Never: it writes to memory.
pub fn page(audit: &Audit<'_>) -> io::Result<String> {
    let places = Places::new(audit.report.sources);
    let mut page = Page { audit, places, html: String::new() };
    page.head();
    page.provenance()?;
    for (at, (outcome, part)) in audit.report.outcomes.iter().zip(audit.parts).enumerate() {
        page.topology(at + 1, outcome, part)?;
    }
    page.limits();
    page.sign_off();
    page.data()?;
    let Page { html, .. } = page;
    let digest = sha256::of_text(&html);
    Ok(html.replacen(&format!("{DIGEST}{NO_DIGEST}"), &format!("{DIGEST}{digest}"), 1))
}

struct Page<'a> {
    audit: &'a Audit<'a>,
    places: Places<'a>,
    html: String,
}

/// A section of a topology: the end of its id, and what it is called.
type Section = (&'static str, &'static str);

const SECTIONS: [Section; 8] = [
    ("rules", "Verdict by rule"),
    ("picture", "Picture"),
    ("failures", "Single failures"),
    ("findings", "Findings"),
    ("population", "What was looked at"),
    ("ignores", "Ignores"),
    ("baseline", "Baseline"),
    ("changes", "Changes"),
];

impl Page<'_> {
    fn push(&mut self, html: &str) {
        self.html.push_str(html);
    }

    fn head(&mut self) {
        let title = xml::text(self.audit.title);
        self.push(&format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"generator\" content=\"lynt {}\">\n<title>{title}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n\
             <p class=\"lead\">Policy audit of a Lync Server or Skype for Business Server topology, {}</p>\n</header>\n",
            env!("CARGO_PKG_VERSION"),
            xml::text(&self.audit.manifest.today),
        ));
        self.contents();
        self.push("<main>\n");
    }

    fn contents(&mut self) {
        let link = |id: &str, name: &str| format!("<a href=\"#{id}\">{name}</a>");
        let item = |id: &str, name: &str| format!("<li>{}</li>\n", link(id, name));
        let mut list = item("verdict", "Verdict and provenance");
        let parts = self.audit.report.outcomes.iter().zip(self.audit.parts);
        for (at, (outcome, part)) in parts.enumerate() {
            let id = format!("t{}", at + 1);
            let name = link(&id, &format!("Topology {}", called(outcome, part)));
            let own = sections(part).map(|(end, name)| item(&format!("{id}-{end}"), name));
            list.push_str(&format!("<li>{name}\n<ol>\n{}</ol>\n</li>\n", own.collect::<String>()));
        }
        list.push_str(&item("limits", "Limits of what was checked"));
        list.push_str(&item("sign-off", "Sign-off"));
        self.push(&format!("<nav aria-label=\"Contents\">\n<ol>\n{list}</ol>\n</nav>\n"));
    }

    fn provenance(&mut self) -> io::Result<()> {
        self.push("<section aria-labelledby=\"verdict\">\n<h2 id=\"verdict\">Verdict and provenance</h2>\n");
        for (outcome, part) in self.audit.report.outcomes.iter().zip(self.audit.parts) {
            self.verdict(outcome, part);
        }
        self.push("<dl>\n");
        let arguments = self.audit.manifest.arguments.iter().map(|word| shell_word(word));
        let command = std::iter::once("lynt report".to_owned()).chain(arguments);
        let command = command.collect::<Vec<_>>().join(" ");
        for (name, value) in self.audit.manifest.facts() {
            self.push(&format!("<dt>{name}</dt><dd>{}</dd>\n", xml::text(&value)));
        }
        self.push(&format!(
            "<dt>Made again by</dt><dd><code>{}</code></dd>\n</dl>\n",
            xml::text(&command)
        ));
        self.table(
            "files",
            "The files that this report rests on",
            &tables::files(self.audit),
            "files",
        );
        self.push("</section>\n");
        Ok(())
    }

    fn verdict(&mut self, outcome: &Outcome, part: &Part) {
        let path = called(outcome, part);
        let open = outcome.open().count();
        let examined = outcome.examined.iter().any(|examined| examined.subjects > 0);
        let (class, word) = match (outcome.fails(), open, examined) {
            (true, ..) => ("bad", "Violated"),
            (false, 0, false) => ("bad", "No evidence: nothing was looked at"),
            (false, 0, true) => ("good", "Nothing is open"),
            (false, ..) => ("good", "Nothing that fails is open"),
        };
        // Its lines break where the page ends.
        let said = closing(outcome, usize::MAX);
        self.push(&format!(
            "<div class=\"verdict {class}\"><strong>{path}: {word}</strong></div>\n<pre class=\"said\">{}</pre>\n",
            xml::lines(said.trim_end()),
        ));
    }

    fn topology(&mut self, number: usize, outcome: &Outcome, part: &Part) -> io::Result<()> {
        let path = called(outcome, part);
        self.push(&format!(
            "<section aria-labelledby=\"t{number}\">\n<h2 id=\"t{number}\">Topology {path}</h2>\n"
        ));
        for (id, name) in sections(part) {
            self.push(&format!("<h3 id=\"t{number}-{id}\">{name}</h3>\n"));
            let own = format!("t{number}-{id}-table");
            match id {
                "rules" => self.matrix(number, outcome),
                "picture" => self.push(&format!(
                    "<div class=\"scroll picture\" tabindex=\"0\" role=\"group\" aria-label=\"Picture of {path}\">\n{}</div>\n",
                    part.picture
                )),
                "failures" => self.failures(part, &own),
                "findings" => self.findings(number, outcome)?,
                "population" => self.population(number, outcome),
                "ignores" => self.table(&own, "Comments that ignore findings", &part.ignores, ""),
                "baseline" => self.table(&own, "The baseline: findings that were known before, and are let be", &part.baseline, ""),
                _ => {
                    let since = outcome.since.as_ref().map_or("", |since| since.commit.as_str());
                    let gone = part.gone.as_deref().unwrap_or_default();
                    let caption = format!("Since {since}");
                    self.table(&own, &caption, &tables::changes(outcome, gone), "");
                }
            }
        }
        self.push("</section>\n");
        Ok(())
    }

    fn matrix(&mut self, number: usize, outcome: &Outcome) {
        let table = tables::matrix(outcome, self.audit.report.rules);
        let meanings =
            tables::VERDICTS.map(|(verdict, meaning)| format!("<b>{verdict}</b>: {meaning}"));
        self.push(&format!("<p>{}.</p>\n", meanings.join("; ")));
        let shown: BTreeSet<&str> =
            outcome.open().take(MOST_FINDINGS).map(|finding| finding.rule.as_str()).collect();
        let link = |row: &[String], at: usize, cell: String| {
            let rule = &row[0];
            match at {
                0 => format!("<a href=\"#t{number}-p-{rule}\">{cell}</a>"),
                _ if at > 1 && cell == "0" => "<span class=\"faint\">0</span>".to_owned(),
                4 if shown.contains(rule.as_str()) => {
                    format!("<a href=\"#t{number}-r-{rule}\">{cell}</a>")
                }
                8 if cell == "violated" => format!("<span class=\"error strong\">{cell}</span>"),
                8 if cell != "holds" => format!("<span class=\"warning strong\">{cell}</span>"),
                _ => cell,
            }
        };
        let id = format!("t{number}-matrix");
        self.linked_table(
            &id,
            "What each rule looked at, and what became of it",
            &table,
            "matrix",
            &link,
        );
    }

    fn failures(&mut self, part: &Part, id: &str) {
        let caption = "Users by the service that is left to them when one thing fails";
        self.table(id, caption, &part.failover, "");
        if !part.harmless.is_empty() {
            let items = part.harmless.iter().map(|name| format!("<li>{}</li>\n", xml::text(name)));
            self.push(&format!(
                "<details><summary>{} change nothing when they fail alone</summary>\n<ul>\n{}</ul>\n</details>\n",
                part.harmless.len(),
                items.collect::<String>()
            ));
        }
    }

    /// Every open finding as a terminal shows it, with its proof.
    fn findings(&mut self, number: usize, outcome: &Outcome) -> io::Result<()> {
        let mut seen: Vec<&str> = Vec::new();
        let open: Vec<&Finding> = outcome.open().collect();
        if open.is_empty() {
            self.push("<p>Nothing is open.</p>\n");
        }
        let left = open.len().saturating_sub(MOST_FINDINGS);
        if left > 0 {
            self.push(&format!(
                "<p>{MOST_FINDINGS} of {} are shown, in the order of the files. All are in \
                 <code>findings.csv</code>, which <code>--annexes</code> writes.</p>\n",
                open.len()
            ));
        }
        self.index(number, &open);
        for (at, finding) in open.iter().take(MOST_FINDINGS).enumerate() {
            let rule = finding.rule.as_str();
            if !seen.contains(&rule) {
                self.push(&format!("<div id=\"t{number}-r-{rule}\"></div>\n"));
                seen.push(rule);
            }
            let anchor = format!(" id=\"t{number}-f{}\"", at + 1);
            let severity = finding.severity.as_str();
            self.push(&format!(
                "<h4{anchor}>{}. <span class=\"{severity}\">{severity}</span>: {}</h4>\n",
                at + 1,
                prose(&finding.message)
            ));
            let style = Style {
                color: true,
                ascii: false,
                width: COLUMNS,
                proofs: true,
                hidden: false,
                most: usize::MAX,
            };
            let drawn = finding_and_proof(finding, outcome, &self.places, &style)?;
            let [shown, proof] = drawn.map(|text| String::from_utf8_lossy(&text).into_owned());
            self.push(&pre(&shown, &format!("Finding {}", at + 1)));
            if !proof.trim().is_empty() {
                let label = format!("Proof of finding {}", at + 1);
                self.push(&format!(
                    "<details open><summary>Proof</summary>\n{}</details>\n",
                    pre(&proof, &label)
                ));
            }
        }
        Ok(())
    }

    /// What is open, in one table.
    fn index(&mut self, number: usize, open: &[&Finding]) {
        let rows = open.iter().take(MOST_FINDINGS).enumerate().map(|(at, finding)| {
            let Finding { rule, severity, subject, message, .. } = finding;
            let severity = severity.as_str().to_owned();
            vec![(at + 1).to_string(), rule.clone(), severity, subject.to_string(), message.clone()]
        });
        let columns = ["number", "rule", "level", "subject", "message"];
        let table = Table::new(&columns, &[], rows.collect(), "nothing is open");
        let link = |row: &[String], at: usize, cell: String| match at {
            0 => format!("<a href=\"#t{number}-f{}\">{cell}</a>", row[0]),
            2 => format!("<span class=\"{}\">{cell}</span>", row[2]),
            _ => cell,
        };
        if !table.rows.is_empty() {
            let id = format!("t{number}-index");
            self.linked_table(&id, "What is open", &table, "", &link);
        }
    }

    fn population(&mut self, number: usize, outcome: &Outcome) {
        for (examined, subjects) in outcome.examined.iter().zip(&outcome.subjects.of_rules) {
            let rule = &examined.rule;
            let named = subjects.iter().filter_map(|&at| outcome.subjects.all.get(at as usize));
            let names = named.take(MOST_NAMES).map(|subject| xml::text(&subject.to_string()));
            let mut items: String = names.map(|name| format!("<li>{name}</li>\n")).collect();
            let left = subjects.len().saturating_sub(MOST_NAMES);
            if left > 0 {
                items.push_str(&format!(
                    "<li>and {left} more: <code>--annexes</code> writes all into \
                     <code>population.csv</code></li>\n"
                ));
            }
            let id = format!("t{number}-p-{rule}");
            self.push(&match examined.subjects {
                0 => format!("<p id=\"{id}\">{rule}: nothing, so it is no evidence</p>\n"),
                number => format!(
                    "<details id=\"{id}\"><summary>{rule}: {number}</summary>\n<ul>\n{items}</ul>\n</details>\n"
                ),
            });
        }
    }

    fn limits(&mut self) {
        self.push("<section aria-labelledby=\"limits\">\n<h2 id=\"limits\">Limits of what was checked</h2>\n<ul>\n");
        for limit in LIMITS {
            self.push(&format!("<li>{limit}</li>\n"));
        }
        for limit in self.audit.parts.iter().flat_map(|part| &part.limits) {
            self.push(&format!("<li>{}</li>\n", prose(limit)));
        }
        self.push("</ul>\n</section>\n");
    }

    fn sign_off(&mut self) {
        self.push("<section aria-labelledby=\"sign-off\">\n<h2 id=\"sign-off\">Sign-off</h2>\n");
        let rows = ["Prepared by", "Reviewed by"].into_iter().zip(self.audit.people);
        let rows = rows.map(|(what, who)| {
            vec![what.to_owned(), who.to_owned(), String::new(), String::new(), String::new()]
        });
        let columns = ["who", "name", "role", "date", "signature"];
        let table = Table::new(&columns, &[], rows.collect(), "");
        self.table("sign-off-table", "Who answers for this report", &table, "sign");
        self.push(&format!(
            "</section>\n</main>\n<footer>\n<p>SHA-256 of this page without this digest: {DIGEST}{NO_DIGEST}</code></p>\n\
             <p><code>lynt report --verify FILE</code> says whether this page, the files and the rules still agree.</p>\n</footer>\n"
        ));
    }

    /// What programs read.
    fn data(&mut self) -> io::Result<()> {
        let manifest = self.audit.manifest.json();
        let kind = "<script type=\"application/json\"";
        self.push(&format!("{kind} id=\"{ELEMENT}\">{manifest}</script>\n"));
        let mut json = Vec::new();
        let style = Style {
            color: false,
            ascii: false,
            width: COLUMNS,
            proofs: true,
            hidden: true,
            most: usize::MAX,
        };
        if let Some(format) = FORMATS.iter().find(|format| format.name == "json") {
            (format.write)(self.audit.report, &style, &mut json)?;
        }
        let json = in_page(&String::from_utf8_lossy(&json));
        self.push(&format!("{kind} id=\"lynt-report\">{json}</script>\n</body>\n</html>\n"));
        Ok(())
    }

    fn table(&mut self, id: &str, caption: &str, table: &Table, class: &str) {
        self.linked_table(id, caption, table, class, &|_, _, cell| cell);
    }

    /// `link`: a row, which of its cells, and that cell as HTML; gives what stands in it.
    fn linked_table(
        &mut self,
        id: &str,
        caption: &str,
        table: &Table,
        class: &str,
        link: &dyn Fn(&[String], usize, String) -> String,
    ) {
        let caption = xml::text(caption);
        if table.rows.is_empty() {
            self.push(&format!("<p id=\"{id}\">{caption}: {}.</p>\n", table.empty));
            return;
        }
        let kind = |at: usize| if table.numbers.contains(&at) { " class=\"number\"" } else { "" };
        let mut html = format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"{id}\">\n\
             <table class=\"{class}\">\n<caption id=\"{id}\">{caption}</caption>\n<thead><tr>"
        );
        for (at, column) in table.columns.iter().enumerate() {
            let column = xml::text(column);
            html.push_str(&format!("<th scope=\"col\"{}>{column}</th>", kind(at)));
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        for row in &table.rows {
            html.push_str("<tr>");
            for (at, cell) in row.iter().enumerate() {
                let kind = if Date::parse(cell).is_some() { " class=\"date\"" } else { kind(at) };
                let cell = link(row, at, prose(cell));
                html.push_str(&match at {
                    0 => format!("<th scope=\"row\">{cell}</th>"),
                    _ => format!("<td{kind}>{cell}</td>"),
                });
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody>\n</table>\n</div>\n");
        self.push(&html);
    }
}

/// Those sections that a topology has.
fn sections(part: &Part) -> impl Iterator<Item = Section> {
    let is_compared = part.gone.is_some();
    SECTIONS.into_iter().filter(move |(id, _)| *id != "changes" || is_compared)
}

/// What a topology is called: the deployment's name, and its path where that says more.
fn called(outcome: &Outcome, part: &Part) -> String {
    let (name, path) = (xml::text(&part.name), xml::text(&outcome.path));
    match (name.as_str(), path.as_str()) {
        ("", _) => path,
        (_, ".") => name,
        _ => format!("{name} ({path})"),
    }
}

/// A sentence in which what stands between backticks is code.
fn prose(text: &str) -> String {
    let text = xml::text(text);
    let pieces: Vec<&str> = text.split('`').collect();
    // Of an odd number of backticks the last one is only a sign.
    let pairs = (pieces.len() - 1) / 2 * 2;
    let mut html = String::with_capacity(text.len());
    for (at, piece) in pieces.iter().enumerate() {
        html.push_str(match at {
            0 => "",
            at if at > pairs => "`",
            at if at % 2 == 1 => "<code>",
            _ => "</code>",
        });
        html.push_str(piece);
    }
    html
}

/// Lines of a terminal. They may be wider than the page, and a keyboard must reach what is out of sight.
fn pre(drawn: &str, label: &str) -> String {
    let label = xml::text(label);
    let text = screen::html(drawn.trim_end());
    format!("<pre tabindex=\"0\" role=\"group\" aria-label=\"{label}\">{text}</pre>\n")
}
