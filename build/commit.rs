//! The commit that lynt is built from.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What cargo puts into a package that it makes in a repository.
const PACKAGED: &str = ".cargo_vcs_info.json";

/// The commit of the package in `root`, and whether any of `paths` in it is not as that commit has it:
/// `0123abcd…`, `0123abcd…, with changes`. None where `root` is in no repository, or is only a folder that
/// a repository around it does not know.
pub fn commit(root: &Path, paths: &[&str]) -> Option<String> {
    let (id, is_changed) = match fs::read_to_string(root.join(PACKAGED)) {
        Ok(packaged) => (sha1(&packaged)?, packaged.contains("\"dirty\": true")),
        Err(_) => {
            git(root, &["ls-files", "--error-unmatch", "Cargo.toml"])?;
            let status = ["--no-optional-locks", "status", "--porcelain", "--"];
            let changes = git(root, &[&status, paths].concat())?;
            (git(root, &["rev-parse", "HEAD"])?, !changes.is_empty())
        }
    };
    let is_id = id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| id + if is_changed { ", with changes" } else { "" })
}

/// The files that git changes when it goes to another commit. Only such that are there: cargo would
/// otherwise build anew every time.
pub fn moves_with(root: &Path) -> Vec<PathBuf> {
    let branch = git(root, &["symbolic-ref", "--quiet", "HEAD"]).unwrap_or_default();
    let names = ["HEAD", "logs/HEAD", "packed-refs", branch.as_str()];
    let names = names.into_iter().filter(|name| !name.is_empty());
    let paths = names.filter_map(|name| git(root, &["rev-parse", "--git-path", name]));
    paths.map(|path| root.join(path)).filter(|path| path.is_file()).collect()
}

/// What git prints; None where it fails, or is not installed.
fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let mut git = Command::new("git");
    // A build that a hook of git starts must look at its own folder.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        git.env_remove(variable);
    }
    let output = git.arg("-C").arg(root).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim_end().to_owned())
}

fn sha1(packaged: &str) -> Option<String> {
    let (_, rest) = packaged.split_once("\"sha1\": \"")?;
    rest.split_once('"').map(|(id, _)| id.to_owned())
}
