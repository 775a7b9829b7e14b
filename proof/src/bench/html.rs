//! The report as one page without scripts: tables, and bars beside them with a line where the limit is.

use std::fmt::Write;

use super::baseline::Worse;
use super::figure::{Better, Figure, Part, Table};
use super::report::Report;

const STYLE: &str = include_str!("report.css");
const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 14.0;

pub fn page(report: &Report, worse: &[Worse], compared: &str) -> String {
    let mut html = String::new();
    html.push_str("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
    html.push_str("<meta name=\"viewport\" content=\"width=device-width\">\n");
    html.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n");
    html.push_str("<title>What Donewell costs</title>\n");
    element(&mut html, "style", STYLE);
    html.push_str("<main>\n<h1>What Donewell costs</h1>\n");
    let machine = &report.machine;
    paragraph(
        &mut html,
        &format!(
            "Commit {}, {}. {}, {} cores, {} GiB, {}, {}.",
            report.commit,
            report.date,
            machine.processor,
            machine.cores,
            machine.memory,
            machine.system,
            report.postgres
        ),
    );
    for line in &report.how {
        paragraph(&mut html, line);
    }
    summary(&mut html, report, worse, compared);
    for part in &report.parts {
        section(&mut html, part);
    }
    html.push_str("</main>\n</html>\n");
    html
}

fn summary(html: &mut String, report: &Report, worse: &[Worse], compared: &str) {
    element(html, "h2", "In short");
    let short = report.shortfalls();
    if short.is_empty() {
        paragraph(html, "Every limit is kept.");
    } else {
        paragraph(html, &format!("{} limits are not kept:", short.len()));
        list(html, "bad", short.iter().map(String::as_str));
    }
    let faults: Vec<String> = report
        .parts
        .iter()
        .flat_map(|part| {
            part.faults
                .iter()
                .map(|fault| format!("{}: {fault}", part.title))
        })
        .collect();
    if !faults.is_empty() {
        paragraph(html, "Not measured whole:");
        list(html, "bad", faults.iter().map(String::as_str));
    }
    paragraph(html, compared);
    let lines: Vec<String> = worse.iter().map(worse_line).collect();
    list(html, "", lines.iter().map(String::as_str));
}

pub fn worse_line(worse: &Worse) -> String {
    let Worse {
        place,
        before,
        now,
        percent,
    } = worse;
    format!("{place}: {now}, was {before} (worse by {percent:.0} %)")
}

fn section(html: &mut String, part: &Part) {
    element(html, "h2", &part.title);
    for table in &part.tables {
        self::table(html, table);
    }
    html.push_str("<details><summary>How it was measured</summary>\n");
    for line in &part.how {
        paragraph(html, line);
    }
    paragraph(html, &format!("It took {:.0} s.", part.seconds));
    html.push_str("</details>\n");
}

fn table(html: &mut String, table: &Table) {
    html.push_str("<div class=\"wide\"><table>\n");
    element(html, "caption", &table.title);
    html.push_str("<thead><tr>");
    for head in &table.heads {
        element(html, "th", head);
    }
    if table.chart.is_some() {
        html.push_str("<th></th>");
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    let scale = table.chart.map(|column| scale(table, column));
    for row in &table.rows {
        html.push_str("<tr>");
        element(html, "th", &row.label);
        for figure in &row.figures {
            cell(html, figure);
        }
        if let (Some(column), Some(scale)) = (table.chart, scale)
            && let Some(figure) = row.figures.get(column)
        {
            html.push_str("<td>");
            bar(html, figure, scale);
            html.push_str("</td>");
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody></table></div>\n");
}

fn cell(html: &mut String, figure: &Figure) {
    let class = match (figure.limit, figure.is_within()) {
        (None, _) => "",
        (Some(_), true) => "good",
        (Some(_), false) => "bad",
    };
    let _ = write!(html, "<td class=\"{class}\">{}", escaped(&figure.shown()));
    if figure.spread >= 0.005 {
        let _ = write!(html, " <small>±{:.0} %</small>", figure.spread * 100.0);
    }
    if let Some(limit) = figure.limit_shown() {
        let _ = write!(html, "<br><small>{}</small>", escaped(&limit));
    }
    html.push_str("</td>");
}

/// The widest that is drawn.
fn scale(table: &Table, column: usize) -> f64 {
    let figures = table.rows.iter().filter_map(|row| row.figures.get(column));
    figures
        .flat_map(|figure| [figure.value, figure.limit.unwrap_or_default()])
        .fold(1e-9, f64::max)
}

fn bar(html: &mut String, figure: &Figure, scale: f64) {
    let width = (figure.value / scale * WIDTH).max(0.0);
    let class = if figure.is_within() { "bar" } else { "bar bad" };
    let _ = write!(
        html,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\" aria-label=\"{}\">\
         <rect class=\"{class}\" y=\"2\" width=\"{width:.1}\" height=\"10\" rx=\"2\"/>",
        escaped(&figure.shown())
    );
    if let (Some(limit), true) = (figure.limit, figure.better != Better::Neither) {
        let at = (limit / scale * WIDTH).min(WIDTH - 1.0);
        let _ = write!(
            html,
            "<line class=\"limit\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"0\" y2=\"{HEIGHT}\"/>"
        );
    }
    html.push_str("</svg>");
}

fn paragraph(html: &mut String, text: &str) {
    element(html, "p", text);
}

fn list<'a>(html: &mut String, class: &str, lines: impl Iterator<Item = &'a str>) {
    let _ = write!(html, "<ul class=\"{class}\">");
    for line in lines {
        element(html, "li", line);
    }
    html.push_str("</ul>\n");
}

fn element(html: &mut String, name: &str, text: &str) {
    let text = if name == "style" {
        text.to_owned()
    } else {
        escaped(text)
    };
    let _ = writeln!(html, "<{name}>{text}</{name}>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_html_is_escaped() {
        let mut html = String::new();
        paragraph(&mut html, "a < b & \"c\"");
        assert_eq!(html, "<p>a &lt; b &amp; &quot;c&quot;</p>\n");
    }

    #[test]
    fn a_figure_that_falls_short_is_seen_to() {
        let mut html = String::new();
        let figure = Figure::ratio("x", 0.25).at_least(0.5);
        cell(&mut html, &figure);
        assert!(
            html.contains("class=\"bad\"") && html.contains("at least 0.50"),
            "{html}"
        );
        let mut drawn = String::new();
        bar(&mut drawn, &figure, 0.5);
        assert!(
            drawn.contains("width=\"120.0\"") && drawn.contains("limit"),
            "{drawn}"
        );
    }
}
