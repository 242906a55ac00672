//! `lynt graph` as people run it.

use crate::common::command::{Folder, lynt, printed, run_cases, told};
use crate::generate::generated;
use crate::picture::SMALL;

#[test]
fn the_command_and_its_mistakes() {
    let folder = Folder::new("graph");
    folder.write("t.toml", SMALL).write("empty.toml", "schema = 1\n").write("many/a.toml", SMALL);
    folder.write("many/lynt.toml", "").write("two/a/t.toml", SMALL).write("two/b/t.toml", SMALL);
    folder.write("two/a/lynt.toml", "").write("two/b/lynt.toml", "");
    folder.write("house/far.dl", "not a rule");
    run_cases(
        &folder,
        SMALL,
        &[
            (&["graph", "t.toml"], 0, &["<svg ", "se-par"], &[]),
            (&["graph", "-"], 0, &["<svg "], &[]),
            (&["graph", "many"], 0, &["<svg "], &[]),
            (&["graph", "-f", "dot", "t.toml"], 0, &["digraph"], &[]),
            (&["graph", "-f", "mermaid", "t.toml"], 0, &["flowchart LR"], &[]),
            (&["graph", "-f", "png", "t.toml"], 2, &[], &["svg, dot, mermaid"]),
            (&["graph", "nowhere.toml"], 2, &[], &["could not read nowhere.toml"]),
            (&["graph", "empty.toml"], 2, &[], &["nothing to check"]),
            (
                &["graph", "--down", "fe-lon", "t.toml"],
                2,
                &[],
                &["did you mean `fe-lon.contoso.com`?"],
            ),
            (&["graph", "--down", "fe-lon.contoso.com", "t.toml"], 0, &["DOWN"], &[]),
            (
                &["graph", "--select", "self-bakcup", "t.toml"],
                2,
                &[],
                &["did you mean `self-backup`?"],
            ),
            (&["graph", "--rules", "house", "t.toml"], 2, &[], &["house/far.dl:1:1"]),
            (
                &["graph", "-o", "no/such/t.svg", "t.toml"],
                2,
                &[],
                &["could not write no/such/t.svg"],
            ),
            (
                &["graph", "-o", "t.png", "t.toml"],
                2,
                &[],
                &["draws no picture whose name ends in `.png`", "end it in .svg"],
            ),
            (&["graph", "t.toml", "two"], 2, &[], &["unexpected argument 'two'"]),
        ],
    );
    let several = told(&folder, &["graph", "two"], "");
    assert_eq!(several, ["usage: two holds 2 topologies"]);
}

/// Rules are selected, and findings ignored, as in a check.
#[test]
fn only_what_is_selected_is_marked() {
    let folder = Folder::new("graph-select");
    folder.write("t.toml", SMALL);
    let draw = |arguments: &[&str]| printed(&folder, &[&["graph"], arguments].concat(), "");
    assert!(draw(&["t.toml"]).contains("asymmetric-backup"));
    let ignored = draw(&["--ignore", "asymmetric-backup", "t.toml"]);
    assert!(!ignored.contains("asymmetric-backup") && ignored.contains("multiple-partners"));
    let selected = draw(&["--select", "asymmetric-backup", "t.toml"]);
    assert!(selected.contains("asymmetric-backup") && !selected.contains("multiple-partners"));
    let setting = ["--config", "rules.ignore = [\"backup\"]", "t.toml"];
    assert!(!draw(&setting).contains("asymmetric-backup"));
}

#[test]
fn files_are_written_whole_and_name_their_form() {
    let folder = Folder::new("graph-file");
    folder.write("t.toml", SMALL);
    for (file, begins) in
        [("t.svg", "<svg "), ("t.dot", "digraph"), ("t.gv", "digraph"), ("t.mmd", "---\ntitle")]
    {
        assert_eq!(printed(&folder, &["graph", "-o", file, "t.toml"], ""), "");
        assert!(folder.read(file).starts_with(begins), "{file}");
    }
    printed(&folder, &["graph", "-o", "t.dot", "-f", "svg", "t.toml"], "");
    assert!(folder.read("t.dot").starts_with("<svg "));
    assert_eq!(folder.list("."), ["t.dot", "t.gv", "t.mmd", "t.svg", "t.toml"]);
}

#[test]
fn what_is_grouped_or_too_large_is_said() {
    let folder = Folder::new("graph-large");
    let (text, _) = generated(&["501"]).expect("a topology");
    let output = lynt(&folder, &["graph", "-"], text.as_bytes());
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success());
    assert!(err.contains("501 pools are more than 500: the picture is grouped by site"), "{err}");
    assert!(out.contains("501 pools: grouped by site") && !out.contains("fe-000001.contoso.com"));
    let (text, _) = generated(&["260"]).expect("a topology");
    let output = lynt(&folder, &["graph", "-f", "mermaid", "-"], text.as_bytes());
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && err.contains("Mermaid refuses this picture unless"),
        "{err}"
    );
}
