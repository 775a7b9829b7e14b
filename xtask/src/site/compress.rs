//! Writes `.br` and `.gz` beside every file that shrinks, so that the server never compresses what
//! does not change. The strongest settings: it is done once, and read many times.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Files that are text, or wasm. Pictures and fonts are compressed in themselves.
const SHRINKING: [&str; 12] = [
    "css",
    "html",
    "ico",
    "js",
    "json",
    "map",
    "md",
    "svg",
    "txt",
    "wasm",
    "webmanifest",
    "xml",
];

/// Every file below a directory that has not been compressed.
pub fn tree(directory: &Path) -> Result<()> {
    tree_except(directory, Path::new(""))
}

pub fn tree_except(directory: &Path, except: &Path) -> Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path == except {
            continue;
        }
        if path.is_dir() {
            tree_except(&path, except)?;
        } else if shrinks(&path) {
            file(&path)?;
        }
    }
    Ok(())
}

pub fn file(path: &Path) -> Result<()> {
    let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;

    let mut brotli = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 24,
        // Blocks of 64 kB suit the wasm better than greater ones.
        lgblock: 16,
        size_hint: content.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*content, &mut brotli, &parameters)?;
    write_beside(path, "br", &brotli)?;

    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&content)?;
    write_beside(path, "gz", &gzip.finish()?)
}

fn shrinks(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    SHRINKING.iter().any(|known| extension == *known)
}

fn write_beside(path: &Path, suffix: &str, content: &[u8]) -> Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".");
    beside.push(suffix);
    fs::write(&beside, content).with_context(|| format!("cannot write {}", beside.display()))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn what_was_compressed_comes_out_again() {
        let directory = tempfile::tempdir().expect("a directory");
        let text = "to do, doing, done; ".repeat(100);
        fs::write(directory.path().join("a.svg"), &text).expect("a file");
        fs::write(directory.path().join("a.png"), &text).expect("a file");
        tree(directory.path()).expect("it compresses");

        let mut plain = Vec::new();
        let brotli = fs::read(directory.path().join("a.svg.br")).expect("it is there");
        assert!(brotli.len() < 100, "{}", brotli.len());
        brotli::BrotliDecompress(&mut &*brotli, &mut plain).expect("it is brotli");
        assert_eq!(plain, text.as_bytes());

        let gzip = fs::read(directory.path().join("a.svg.gz")).expect("it is there");
        let mut plain = String::new();
        flate2::read::GzDecoder::new(&*gzip)
            .read_to_string(&mut plain)
            .expect("it is gzip");
        assert_eq!(plain, text);

        assert!(
            !directory.path().join("a.png.br").exists(),
            "a picture is compressed in itself"
        );
    }
}
