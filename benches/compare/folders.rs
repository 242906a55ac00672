//! Topologies and their exports, each in a folder of its own: what is prepared before anything is timed.

use super::measure::run;
use super::{exports, generate, minimal};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The process that generates a topology: one file in `folder/topology`.
pub fn generate(folder: &Path, size: &str, shape: &str) -> io::Result<()> {
    let generated = generate::generated(&[size, "--shape", shape]);
    let (text, _) = generated.ok_or_else(|| io::Error::other("unknown size or shape"))?;
    fs::write(folder.join("topology/generated.toml"), text)
}

/// The process that prepares the topology in `folder/topology` for the others.
pub fn export(folder: &Path) -> io::Result<()> {
    let read = |file: &String| fs::read_to_string(folder.join(file));
    let texts: Vec<String> = files(folder)?.iter().map(read).collect::<io::Result<_>>()?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    exports::write(&minimal::read(&texts).map_err(io::Error::other)?, folder)
}

/// Copies a file, or the TOML files of a folder, into a folder.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut files = vec![from.to_path_buf()];
    if from.is_dir() {
        let entries = fs::read_dir(from)?.map(|entry| entry.map(|entry| entry.path()));
        files = entries.collect::<io::Result<_>>()?;
        files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    }
    for file in files {
        fs::copy(&file, to.join(file.file_name().unwrap_or_default()))?;
    }
    Ok(())
}

/// Runs this executable as another process, which may take memory.
pub fn own(folder: &Path, arguments: &[&str]) -> io::Result<()> {
    let mut command = vec![env::current_exe()?.display().to_string()];
    command.extend(arguments.iter().map(|word| (*word).to_owned()));
    run(folder, &command, &[0]).map(|_| ())
}

/// Where topologies, exports and what programs print are kept while the bench runs.
pub fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("compare")
}

/// An empty folder for one topology and its exports.
pub fn folder(name: &str) -> io::Result<PathBuf> {
    let folder = scratch().join(name);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir_all(folder.join("topology"))?,
    }
    Ok(folder)
}

/// A folder with a generated topology.
pub fn generated(size: usize, shape: &str) -> io::Result<PathBuf> {
    let folder = folder(&format!("{shape}-{size}"))?;
    own(&folder, &["generate", &folder.display().to_string(), &size.to_string(), shape])?;
    Ok(folder)
}

/// The files of the topology in `folder`, sorted, as paths in it.
pub fn files(folder: &Path) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder.join("topology"))? {
        files.push(format!("topology/{}", entry?.file_name().display()));
    }
    files.sort();
    Ok(files)
}
