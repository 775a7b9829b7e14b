//! One stylesheet from `style/main.css` and what it imports, minified. Nothing is translated for old
//! browsers: `light-dark()`, nesting and layers mean the same where they run; only prefixes are added.

use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};
use lightningcss::targets::{Browsers, Features, Targets};

/// The first versions with all that we write, spring of 2024.
const BROWSERS: Browsers = Browsers {
    android: None,
    chrome: Some(123 << 16),
    edge: Some(123 << 16),
    firefox: Some(121 << 16),
    ie: None,
    ios_saf: Some((17 << 16) | (5 << 8)),
    opera: None,
    safari: Some((17 << 16) | (5 << 8)),
    samsung: None,
};

pub fn bundle(main: &Path) -> Result<String> {
    if !main.exists() {
        return Err(anyhow!("{} is missing", main.display()));
    }
    let targets = Targets {
        browsers: Some(BROWSERS),
        include: Features::empty(),
        exclude: Features::all() - Features::VendorPrefixes,
    };
    // The bundler's own words name a file by its whole path; they are right as they are.
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler
        .bundle(main)
        .map_err(|error| anyhow!("CSS: {error}"))?;
    sheet
        .minify(MinifyOptions {
            targets,
            ..MinifyOptions::default()
        })
        .map_err(|error| anyhow!("CSS: {error}"))?;
    let printed = sheet
        .to_css(PrinterOptions {
            minify: true,
            targets,
            ..PrinterOptions::default()
        })
        .map_err(|error| anyhow!("CSS: {error}"))?;
    Ok(printed.code)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn bundled(files: &[(&str, &str)]) -> Result<String> {
        let directory = tempfile::tempdir()?;
        for (name, content) in files {
            fs::write(directory.path().join(name), content)?;
        }
        bundle(&directory.path().join("main.css"))
    }

    #[test]
    fn imports_are_taken_in_and_keep_their_layers() {
        let css = bundled(&[
            (
                "main.css",
                "@layer base, ui;\n@import \"base.css\" layer(base);\n@import \"ui.css\";",
            ),
            ("base.css", "body { margin: 0 }"),
            ("ui.css", "@layer ui { .button { color: red } }"),
        ])
        .expect("it is CSS");
        assert!(!css.contains("@import"), "{css}");
        assert!(css.contains("@layer base{body{margin:0}}"), "{css}");
        assert!(css.contains("@layer ui{.button{color:red}}"), "{css}");
    }

    #[test]
    fn modern_css_stays_what_it_is() {
        let css = bundled(&[(
            "main.css",
            ":root { color-scheme: light dark; --ink: light-dark(oklch(20% 0 0), #eee); --gap: 1rem }
             .row { container-type: inline-size; color: light-dark(black, white); margin-inline: var(--gap);
                    & .title:is(h2, h3) { padding-block: 1px }
                    @media (width >= 40rem) { inset-inline-start: 0 } }
             @container (min-width: 30rem) { .row { color: color-mix(in oklch, var(--ink), blue) } }",
        )])
        .expect("it is CSS");
        for kept in [
            "light-dark(oklch(",
            "light-dark(",
            "--gap:1rem",
            "container-type:inline-size",
            "& .title",
            ":is(h2,h3)",
            "margin-inline:",
            "padding-block:",
            "inset-inline-start:0",
            "(width>=40rem)",
            "color-mix(in oklch,",
        ] {
            assert!(css.contains(kept), "{kept} is not in {css}");
        }
        assert!(!css.contains("--lightningcss"), "{css}");
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        let error = bundled(&[
            ("main.css", "@import \"ui.css\";"),
            ("ui.css", "a { color: red }\nb { & }}"),
        ])
        .expect_err("that is not CSS");
        let said = error.to_string();
        assert!(said.contains("ui.css") && said.contains(":1"), "{said}");
    }

    #[test]
    fn a_missing_import_is_an_error() {
        let error = bundled(&[("main.css", "@import \"nowhere.css\";")]).expect_err("no such file");
        assert!(
            error.to_string().contains("nowhere.css") || error.to_string().contains("main.css"),
            "{error}"
        );
    }

    #[test]
    fn prefixes_that_safari_needs_are_added() {
        let css = bundled(&[("main.css", "a { user-select: none }")]).expect("it is CSS");
        assert!(css.contains("-webkit-user-select:none"), "{css}");
    }
}
