//! Content hashes: in file names, so that a browser may keep a file for ever, and of a step's inputs,
//! so that a step that would make the same again is left out.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// What stands in `hash.txt`, from which Leptos builds the names it writes into pages.
#[derive(Debug)]
pub struct Hashes {
    pub js: String,
    pub wasm: String,
    pub css: String,
}

impl Hashes {
    pub fn to_text(&self) -> String {
        format!("js: {}\nwasm: {}\ncss: {}\n", self.js, self.wasm, self.css)
    }
}

/// The first 64 bits of SHA-256, in hexadecimal.
pub fn content_hash(content: &[u8]) -> String {
    let mut hash = hex(&Sha256::digest(content));
    hash.truncate(16);
    hash
}

/// Renames a file beside itself to `<name>.<hash of its content>.<extension>`; answers with the hash.
pub fn rename_by_content(path: &Path, name: &str, extension: &str) -> Result<String> {
    let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let hash = content_hash(&content);
    fs::rename(
        path,
        path.with_file_name(format!("{name}.{hash}.{extension}")),
    )?;
    Ok(hash)
}

/// A digest over named contents. Lengths are part of it, so that no two sets of inputs look alike.
#[derive(Debug, Default, Clone)]
pub struct Inputs(Sha256);

impl Inputs {
    pub fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }

    pub fn file(&mut self, path: &Path) -> Result<()> {
        let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        self.0.update((content.len() as u64).to_le_bytes());
        self.0.update(content);
        Ok(())
    }

    /// Every file below a directory, with its name; a directory that is not there is an empty one.
    pub fn tree(&mut self, directory: &Path) -> Result<()> {
        if !directory.exists() {
            return Ok(());
        }
        let mut entries = fs::read_dir(directory)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .with_context(|| format!("cannot read {}", directory.display()))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            self.text(&entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                self.text("{");
                self.tree(&entry.path())?;
                self.text("}");
            } else {
                self.file(&entry.path())?;
            }
        }
        Ok(())
    }

    pub fn digest(self) -> String {
        hex(&self.0.finalize())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("BUG: writing to a string cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_its_content() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("donewell_bg.wasm");
        fs::write(&path, "abc").expect("a file");
        let hash = rename_by_content(&path, "donewell", "wasm").expect("it renames");
        assert_eq!(hash, "ba7816bf8f01cfea", "the start of SHA-256 of abc");
        assert!(
            directory
                .path()
                .join("donewell.ba7816bf8f01cfea.wasm")
                .exists()
        );
        assert!(!path.exists());
    }

    #[test]
    fn hash_txt_is_what_leptos_reads() {
        let hashes = Hashes {
            js: "1".into(),
            wasm: "2".into(),
            css: "3".into(),
        };
        // As HydrationScripts and HashedStylesheet take it apart.
        let text = hashes.to_text();
        let read: Vec<(&str, &str)> = text
            .lines()
            .filter_map(|line| line.trim().split_once(':'))
            .map(|(file, hash)| (file, hash.trim()))
            .collect();
        assert_eq!(read, [("js", "1"), ("wasm", "2"), ("css", "3")]);
    }

    fn digest_of(files: &[(&str, &str)]) -> String {
        let directory = tempfile::tempdir().expect("a directory");
        for (name, content) in files {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().expect("it has one")).expect("a directory");
            fs::write(path, content).expect("a file");
        }
        let mut inputs = Inputs::default();
        inputs.tree(directory.path()).expect("it reads");
        inputs.digest()
    }

    #[test]
    fn a_digest_changes_with_names_contents_and_places() {
        let one = digest_of(&[("a/b.css", "x"), ("c.css", "y")]);
        assert_eq!(one, digest_of(&[("c.css", "y"), ("a/b.css", "x")]));
        assert_ne!(one, digest_of(&[("a/b.css", "x"), ("c.css", "z")]));
        assert_ne!(one, digest_of(&[("a/b.css", "x"), ("d.css", "y")]));
        assert_ne!(one, digest_of(&[("a/b.css", "x"), ("a/c.css", "y")]));
    }
}
