//! One operation of the document.

use serde_json::Value;

use super::html::{escape, prose};

pub struct Operation<'a> {
    method: String,
    path: &'a str,
    id: &'a str,
    pub group: &'a str,
    value: &'a Value,
}

/// In the order in which people need them: a path's own before those below it.
pub fn all(document: &Value) -> Vec<Operation<'_>> {
    const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
    let paths = document["paths"].as_object();
    let operations = paths.into_iter().flatten().flat_map(|(path, methods)| {
        METHODS.iter().filter_map(move |method| {
            let value = methods.get(*method)?;
            Some(Operation {
                method: method.to_uppercase(),
                path,
                id: value["operationId"].as_str()?,
                group: value["tags"][0].as_str()?,
                value,
            })
        })
    });
    operations.collect()
}

impl Operation<'_> {
    /// Its line in the contents.
    pub fn entry(&self) -> String {
        let summary = prose(self.text("summary"));
        format!("<li><a href=\"#{}\">{summary}</a></li>", self.id)
    }

    pub fn article(&self, document: &Value, origin: &str) -> String {
        let Self {
            method, path, id, ..
        } = self;
        let summary = prose(self.text("summary").trim_end_matches('.'));
        let address = escape(path);
        let about = Some(self.text("description"))
            .filter(|text| !text.is_empty())
            .map(|text| format!("<p>{}</p>", prose(text)))
            .unwrap_or_default();
        format!(
            "<article aria-labelledby=\"{id}\"><h3 id=\"{id}\">{summary}</h3>\
             <p class=\"api-call\"><code><b>{method}</b> {address}</code></p>{about}{}{}{}{}</article>",
            self.parameters(),
            self.body(document),
            self.answers(),
            self.example(document, origin),
        )
    }

    fn text(&self, member: &str) -> &str {
        self.value[member].as_str().unwrap_or_default()
    }

    fn parameters(&self) -> String {
        let mut rows = String::new();
        for parameter in self.value["parameters"].as_array().into_iter().flatten() {
            rows.extend([format!(
                "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td><td>{}</td></tr>",
                escape(parameter["name"].as_str().unwrap_or_default()),
                escape(parameter["in"].as_str().unwrap_or_default()),
                kind(&parameter["schema"]),
                prose(parameter["description"].as_str().unwrap_or_default()),
            )]);
        }
        table("Parameters", &["Name", "In", "Kind", "Meaning"], &rows)
    }

    fn body(&self, document: &Value) -> String {
        let Some(schema) = self.schema(document) else {
            return String::new();
        };
        let required = schema["required"].as_array();
        let is_required = |name: &str| {
            required.is_some_and(|names| names.iter().any(|other| other.as_str() == Some(name)))
        };
        let mut rows = String::new();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let needed = if is_required(name) { "yes" } else { "no" };
            rows.extend([format!(
                "<tr><th scope=\"row\"><code>{}</code></th><td>{needed}</td><td>{}</td><td>{}</td></tr>",
                escape(name),
                kind(field),
                prose(field["description"].as_str().unwrap_or_default()),
            )]);
        }
        table("Body", &["Field", "Needed", "Kind", "Meaning"], &rows)
    }

    /// What the body is, where there is one.
    fn schema<'d>(&self, document: &'d Value) -> Option<&'d Value> {
        let schema = &self.value["requestBody"]["content"]["application/json"]["schema"];
        document.pointer(schema["$ref"].as_str()?.strip_prefix('#')?)
    }

    fn answers(&self) -> String {
        let mut rows = String::new();
        for (status, answer) in self.value["responses"].as_object().into_iter().flatten() {
            let headers = answer["headers"].as_object().into_iter().flatten();
            let headers: Vec<_> = headers
                .map(|(name, _)| format!("<code>{}</code>", escape(name)))
                .collect();
            rows.extend([format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
                escape(status),
                prose(answer["description"].as_str().unwrap_or_default()),
                headers.join(", "),
            )]);
        }
        table("Answers", &["Status", "When", "Headers"], &rows)
    }

    fn example(&self, document: &Value, origin: &str) -> String {
        let mut command = String::from("curl");
        if self.method != "GET" {
            command.extend([format!(" -X {}", self.method)]);
        }
        let by_token = self.value["security"]
            .as_array()
            .is_some_and(|ways| ways.iter().any(|way| way.get("bearer").is_some()));
        if by_token {
            command += " -H \"Authorization: Bearer $TOKEN\"";
        } else if self.value.get("security").is_some() {
            command += " -b cookies.txt";
        }
        if let Some(example) = self
            .schema(document)
            .and_then(|schema| schema.get("example"))
        {
            command.extend([format!(
                " \\\n  -H 'Content-Type: application/json' -d '{example}'"
            )]);
        }
        let path = self
            .path
            .replace("{user_id}", "$ME")
            .replace("{id}", "$TASK");
        command.extend([format!(" \\\n  \"{origin}{path}\"")]);
        format!(
            "<pre tabindex=\"0\"><code>{}</code></pre>",
            escape(&command)
        )
    }
}

fn table(caption: &str, columns: &[&str], rows: &str) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let columns: Vec<_> = columns
        .iter()
        .map(|column| format!("<th scope=\"col\">{column}</th>"))
        .collect();
    let columns = columns.concat();
    format!(
        "<div class=\"api-table\" tabindex=\"0\" role=\"group\" aria-label=\"{caption}\"><table><caption>{caption}</caption>\
         <thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
}

/// A schema in a few words.
fn kind(schema: &Value) -> String {
    if let Some(values) = schema["enum"].as_array() {
        let values = values.iter().filter_map(Value::as_str);
        let values: Vec<_> = values
            .map(|value| format!("<code>{value}</code>"))
            .collect();
        return values.join(", ");
    }
    if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        let choices: Vec<_> = choices.iter().map(kind).collect();
        return choices.join(" or ");
    }
    let types: Vec<_> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        Value::String(one) => vec![one.as_str()],
        _ => vec!["any"],
    };
    let mut words = escape(&types.join(" or "));
    if let Some(format) = schema["format"].as_str() {
        words.extend([format!(" ({})", escape(format))]);
    }
    for (member, word) in [
        ("maxLength", "at most"),
        ("minimum", "from"),
        ("maximum", "to"),
    ] {
        if let Some(number) = schema[member].as_u64() {
            words.extend([format!(", {word} {number}")]);
        }
    }
    words
}
