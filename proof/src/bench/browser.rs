//! The browser's side: what `end2end/bench/` measures in a real Chromium, and what the wasm is made of.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use donewell_proof::server::Dist;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::process::Command;

use super::figure::{Figure, Part, Table};
use super::load::number;
use super::say;
use super::stage::{Stage, bytes};
use super::wasm;

const FEW: usize = 20;
const MANY: usize = 1_000;
/// Crates that are told by name; the others are one row.
const CRATES: usize = 25;

#[derive(Debug, Deserialize)]
struct Found {
    visits: Option<Visits>,
    few: Option<ByHand>,
    render: Option<Render>,
    leak: Option<Leak>,
    audits: Value,
    faults: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Visits {
    first: Visit,
    second: Visit,
}

#[derive(Debug, Deserialize)]
struct Visit {
    total: f64,
    wasm: f64,
    html: f64,
    script: f64,
    style: f64,
    requests: f64,
}

#[derive(Debug, Deserialize)]
struct ByHand {
    clicks: Toggles,
    keys: Toggles,
}

#[derive(Debug, Deserialize)]
struct Toggles {
    milliseconds: Vec<f64>,
    frames: Vec<f64>,
}

#[derive(Debug, Deserialize)]
struct Render {
    milliseconds: Vec<f64>,
    rows: usize,
    toggles: ByHand,
}

#[derive(Debug, Deserialize)]
struct Leak {
    before: Held,
    after: Held,
    count: f64,
}

#[derive(Debug, Deserialize)]
struct Held {
    heap: f64,
    wasm: f64,
    nodes: f64,
    listeners: f64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Audit {
    performance: f64,
    accessibility: f64,
    best_practices: f64,
    seo: f64,
    shift: f64,
    first_paint: f64,
    largest_paint: f64,
    blocked: f64,
    failed: Vec<String>,
}

pub async fn run(
    dist: &Dist,
    end2end: &Path,
    chromium: &Path,
    named_wasm: Option<&Path>,
) -> Result<Part> {
    let mut part = Part::new("browser", "In the browser");
    part.how.push(format!(
        "Chromium by Playwright, Lighthouse's own simulation of a phone (the middle one of three runs). Bytes are those on the \
         wire, heads included; what comes when the page is first touched is not among those of a visit. Clicks and keys (`x`) are real ones; their time ends after the frame that shows the change. The page of {MANY} rows is given all \
         rows in one answer, and its time runs from that answer to after the frame with the last row. What is held is looked \
         at after a collection of garbage, before and after 1,000 toggles that follow 200 others."
    ));
    part.tables.push(sizes(dist)?);
    let stage = Stage::new(dist, &[FEW, MANY]).await?;
    stage
        .sql("UPDATE task SET completed_at = NULL; VACUUM ANALYZE task")
        .await?;
    let found = measure(&stage, end2end, chromium).await?;
    part.faults.extend(found.faults);
    part.tables.extend(found.visits.as_ref().map(visits));
    part.tables.push(audits(&found.audits, &mut part.how)?);
    let by_hand = [
        (FEW, found.few.as_ref()),
        (MANY, found.render.as_ref().map(|render| &render.toggles)),
    ];
    part.tables.push(toggles(&by_hand));
    part.tables.extend(found.render.as_ref().map(render));
    part.tables.extend(found.leak.as_ref().map(leak));
    match named_wasm {
        Some(path) if path.is_file() => part.tables.push(crates(path)?),
        _ => part.how.push(
            "What each crate adds is not told: it takes the wasm as it is compiled, with its names.".to_owned(),
        ),
    }
    for (place, figure) in part.figures().filter(|(_, figure)| figure.limit.is_some()) {
        say("browser", &format!("{place}: {}", figure.shown()));
    }
    Ok(part)
}

/// Runs the scripts, bundled into one.
async fn measure(stage: &Stage, end2end: &Path, chromium: &Path) -> Result<Found> {
    let bundle = end2end.join("test-results/bench.mjs");
    let esbuild = Command::new(end2end.join("node_modules/.bin/esbuild"))
        .current_dir(end2end)
        .args([
            "bench/main.ts",
            "--bundle",
            "--platform=node",
            "--format=esm",
        ])
        .args(["--packages=external", "--log-level=warning"])
        .arg(format!("--outfile={}", bundle.display()))
        .output()
        .await
        .context("cannot start esbuild")?;
    if !esbuild.status.success() {
        bail!("esbuild: {}", String::from_utf8_lossy(&esbuild.stderr));
    }
    let given = json!({
        "url": stage.server.url(),
        "chromium": chromium,
        "port": TcpListener::bind("127.0.0.1:0")?.local_addr()?.port(),
        "few": stage.people[0].cookie,
        "many": stage.people[1].cookie,
    });
    let output = Command::new("node")
        .arg(&bundle)
        .current_dir(end2end)
        .env("DONEWELL_BENCH", given.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .context("cannot start node")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("end2end/bench: {}", said.trim());
    }
    serde_json::from_slice(&output.stdout).context("end2end/bench told nothing sensible")
}

fn sizes(dist: &Dist) -> Result<Table> {
    let mut table = Table::new("The site's files", &["", "as it is", "brotli"]);
    let directory = dist.directory.join("site/pkg");
    for (shown, key, name, kind) in [
        ("wasm", "wasm", "donewell", "wasm"),
        ("wasm, when touched", "rest", "donewell-rest", "wasm"),
        ("js", "js", "donewell", "js"),
        ("css", "css", "donewell", "css"),
    ] {
        let (plain, packed) = (
            size(&directory, name, kind)?,
            size(&directory, name, &format!("{kind}.br"))?,
        );
        table.row(
            shown,
            vec![
                Figure::bytes(format!("browser.file.{key}"), plain),
                Figure::bytes(format!("browser.file.{key}.br"), packed),
            ],
        );
    }
    Ok(table)
}

fn size(directory: &Path, name: &str, extension: &str) -> Result<f64> {
    let mut files = fs::read_dir(directory)?.flatten();
    let (start, end) = (format!("{name}."), format!(".{extension}"));
    let found = files
        .find(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(&start) && name.ends_with(&end)
        })
        .with_context(|| format!("no {start}*{end} in {}", directory.display()))?;
    Ok(bytes(found.metadata()?.len()))
}

fn visits(visits: &Visits) -> Table {
    let heads = ["", "all", "wasm", "page", "scripts", "styles", "requests"];
    let mut table = Table::new("Bytes on the wire, /tasks with 20 tasks", &heads);
    for (name, visit) in [("first", &visits.first), ("second", &visits.second)] {
        let key = |what: &str| format!("browser.visit.{name}.{what}");
        let mut figures = vec![
            Figure::bytes(key("all"), visit.total),
            Figure::bytes(key("wasm"), visit.wasm),
            Figure::bytes(key("html"), visit.html),
            Figure::bytes(key("script"), visit.script),
            Figure::bytes(key("style"), visit.style),
            Figure::count(key("requests"), visit.requests),
        ];
        if name == "first" {
            figures[0] = figures[0].clone().at_most(260e3);
            figures[1] = figures[1].clone().at_most(230e3);
        }
        table.row(format!("{name} visit"), figures);
    }
    table
}

fn audits(audits: &Value, how: &mut Vec<String>) -> Result<Table> {
    let heads = [
        "",
        "performance",
        "accessibility",
        "best practices",
        "SEO",
        "layout shift",
        "first paint",
        "largest paint",
        "blocked",
    ];
    let mut table = Table::new("Lighthouse, a phone simulated", &heads);
    for path in ["/", "/login", "/tasks"] {
        let Some(audit) = part_of::<Audit>(audits, path)? else {
            continue;
        };
        let key = |what: &str| format!("browser.lighthouse.{path}.{what}");
        let score = |what: &str, value: f64| {
            let figure = Figure::score(key(what), value);
            if path == "/" {
                figure
            } else {
                figure.at_least(100.0)
            }
        };
        if !audit.failed.is_empty() {
            how.push(format!(
                "What costs {path} points: {}.",
                audit.failed.join(", ")
            ));
        }
        table.row(
            path,
            vec![
                score("performance", audit.performance),
                score("accessibility", audit.accessibility),
                score("best-practices", audit.best_practices),
                score("seo", audit.seo),
                Figure::count(key("shift"), audit.shift).at_most(0.0),
                Figure::milliseconds(key("first-paint"), audit.first_paint),
                Figure::milliseconds(key("largest-paint"), audit.largest_paint),
                Figure::milliseconds(key("blocked"), audit.blocked),
            ],
        );
    }
    Ok(table)
}

fn part_of<T: DeserializeOwned>(all: &Value, name: &str) -> Result<Option<T>> {
    let found = all.get(name).cloned().unwrap_or_default();
    Ok(serde_json::from_value(found)?)
}

fn toggles(all: &[(usize, Option<&ByHand>)]) -> Table {
    let mut table = Table::new(
        "A check, by hand",
        &["", "frames to the change", "to after the paint"],
    );
    for (rows, by_hand) in all {
        let Some(ByHand { clicks, keys }) = by_hand else {
            continue;
        };
        for (how, toggles) in [("click", clicks), ("key", keys)] {
            let key = |what: &str| format!("browser.toggle.{how}.{rows}.{what}");
            let slowest = toggles.frames.iter().copied().fold(f64::NAN, f64::max);
            table.row(
                format!("a {how}, {rows} rows"),
                vec![
                    Figure::count(key("frames"), slowest).at_most(1.0),
                    Figure::milliseconds(key("paint"), 0.0).of_samples(&toggles.milliseconds),
                ],
            );
        }
    }
    table
}

fn render(render: &Render) -> Table {
    let mut table = Table::new("First render", &["", "answer to paint"]);
    table.row(
        format!("{} rows", render.rows),
        vec![
            Figure::milliseconds("browser.render", 0.0)
                .of_samples(&render.milliseconds)
                .at_most(100.0),
        ],
    );
    table
}

/// What one toggle may leave behind on average, in bytes: noise, but no row and no closure.
const LEFT: f64 = 100.0;

fn leak(leak: &Leak) -> Table {
    let mut table = Table::new("Held by the page", &["", "before", "after", "growth each"]);
    let mut row =
        |name: &str, unit: fn(String, f64) -> Figure, limit: f64, held: fn(&Held) -> f64| {
            let (before, after) = (held(&leak.before), held(&leak.after));
            let key = |what: &str| format!("browser.held.{name}.{what}");
            let growth = ((after - before) / leak.count).max(0.0);
            table.row(
                name,
                vec![
                    unit(key("before"), before),
                    unit(key("after"), after),
                    unit(key("growth"), growth).at_most(limit),
                ],
            );
        };
    row("scripts' heap", Figure::bytes, LEFT, |held| held.heap);
    row("wasm's memory", Figure::bytes, LEFT, |held| held.wasm);
    row("nodes", Figure::count, 0.01, |held| held.nodes);
    row("listeners", Figure::count, 0.01, |held| held.listeners);
    table
}

fn crates(path: &Path) -> Result<Table> {
    let sizes = wasm::by_crate(&fs::read(path)?)?;
    let mut table = Table::new(
        "What each crate adds to the wasm (code, before wasm-opt)",
        &["", "code", "share"],
    )
    .with_chart_of(0);
    let all: usize = sizes.iter().map(|(_, size)| size).sum();
    let rest: usize = sizes.iter().skip(CRATES).map(|(_, size)| size).sum();
    let named = sizes.iter().take(CRATES).cloned();
    for (name, size) in named.chain([("all others".to_owned(), rest)]) {
        let key = format!("browser.crate.{name}");
        let share = number(size) / number(all.max(1));
        table.row(
            name,
            vec![
                Figure::bytes(key.clone(), number(size)),
                Figure::ratio(format!("{key}.share"), share).told(),
            ],
        );
    }
    Ok(table)
}

/// A path without which there is nothing to measure.
pub fn required(path: Option<&PathBuf>, name: &str) -> Result<PathBuf> {
    let path = path.with_context(|| format!("the browser's bench needs --{name}"))?;
    fs::canonicalize(path).with_context(|| format!("no {}", path.display()))
}
