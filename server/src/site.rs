//! The built site: found beside the binary, checked once at the start, served with its names' lifetime.

use std::path::{Path, PathBuf};

use donewell_app::shell::Assets;
use leptos::config::{LeptosOptions, get_config_from_str};

/// What was built beside us.
#[derive(Clone, Debug)]
pub struct Site {
    /// Everything that is served as it is.
    pub root: PathBuf,
    /// Below `root`: the files whose names change with their content.
    pub package: PathBuf,
    pub package_url: String,
    pub assets: Assets,
    pub options: LeptosOptions,
}

/// Why there is no site to serve.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    #[error("a LEPTOS_ variable is not acceptable: {0}")]
    Options(String),
    #[error("the site's hashes cannot be read from {path}: {error}; build the site with `cargo xtask build`", path = path.display())]
    Hashes {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{path} has no line for {kind}; build the site with `cargo xtask build`", path = path.display())]
    Hash { path: PathBuf, kind: &'static str },
    #[error("the site has no {path}; build it with `cargo xtask build`", path = path.display())]
    File { path: PathBuf },
}

impl Site {
    /// Finds the site in `root` or, where none is named, beside the binary.
    pub fn find(root: Option<&Path>) -> Result<Self, SiteError> {
        let options = get_config_from_str(include_str!("../../Leptos.toml"))
            .map_err(|error| SiteError::Options(error.to_string()))?;
        let binary = std::env::current_exe().unwrap_or_default();
        let beside = binary.parent().unwrap_or(Path::new("."));
        let root = root.map_or_else(|| beside.join(&*options.site_root), Path::to_owned);
        Self::load(options, root, beside)
    }

    /// `hash.txt` stands beside the site or, where `cargo leptos` has built it, beside the binary.
    fn load(options: LeptosOptions, root: PathBuf, beside: &Path) -> Result<Self, SiteError> {
        let package = root.join(&*options.site_pkg_dir);
        let path = [
            root.with_file_name(&*options.hash_file),
            beside.join(&*options.hash_file),
        ]
        .into_iter()
        .find(|path| path.exists())
        .unwrap_or_else(|| beside.join(&*options.hash_file));
        let hashes = std::fs::read_to_string(&path).map_err(|error| SiteError::Hashes {
            path: path.clone(),
            error,
        })?;
        let package_url = format!("/{}", options.site_pkg_dir);
        let asset = |kind: &'static str| {
            let hash = find_hash(&hashes, kind).ok_or_else(|| SiteError::Hash {
                path: path.clone(),
                kind,
            })?;
            let name = format!("{}.{hash}.{kind}", options.output_name);
            let file = package.join(&name);
            if file.is_file() {
                Ok(format!("{package_url}/{name}"))
            } else {
                Err(SiteError::File { path: file })
            }
        };
        let assets = Assets {
            script: asset("js")?,
            wasm: asset("wasm")?,
            style: asset("css")?,
        };
        Ok(Self {
            root,
            package,
            package_url,
            assets,
            options,
        })
    }
}

fn find_hash<'a>(hashes: &'a str, kind: &str) -> Option<&'a str> {
    hashes
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.trim() == kind)
        .map(|(_, hash)| hash.trim())
}
