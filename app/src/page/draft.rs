//! What was typed into a form, kept while one signs in again.
//!
//! A call finds that the session has ended, and the person is led to the page to sign in. What a form was sending is
//! kept by its `Draft`: taken before the call, kept when that happens. What stands half written in other forms
//! (`form[data-draft]`) is kept by `keep_all`. `restore` puts it back when the form is shown again. Kept for this
//! tab, for the person who typed it and for this form of this page; gone once it is back in its fields, or once the
//! form has been sent. Neither passwords nor hidden fields are ever kept.

#[cfg(not(feature = "ssr"))]
mod side {
    use leptos::{
        prelude::{document, window},
        wasm_bindgen::{JsCast, JsValue},
        web_sys::{Element, HtmlElement, HtmlFormElement},
    };
    use wasm_bindgen_futures::js_sys::Reflect;
    use web_sys::{Event, EventInit, Storage};

    use crate::client;

    const PREFIX: &str = "draft ";
    /// A password that is shown is a text for the moment: its field still says what it is for.
    const FIELDS: &str = "input[name]:not([type=hidden],[type=password],[type=file],[autocomplete$=password]),\
        textarea[name],select[name]";

    /// Name and value of each field, in the form's order. None was not touched, and shows what the page says then.
    type Fields = Vec<(String, Option<String>)>;

    /// What is typed, ready to be kept.
    #[derive(Debug)]
    pub struct Draft {
        key: String,
        /// Whose it is, and the fields: JSON.
        text: String,
    }

    impl Draft {
        /// What stands in the form now; nothing where there is no field, or nobody signed in.
        pub fn take(form: &HtmlFormElement) -> Option<Self> {
            Self::of(form, |_| true)
        }

        fn of(form: &HtmlFormElement, is_wanted: fn(&Element) -> bool) -> Option<Self> {
            let person = client::person()?;
            let fields: Fields = fields(form)
                .into_iter()
                .map(|(name, field)| (name, is_wanted(&field).then(|| value(&field))))
                .collect();
            if fields.iter().all(|(_, value)| value.is_none()) {
                return None;
            }
            Some(Self {
                key: key(form)?,
                text: serde_json::to_string(&(person, fields)).ok()?,
            })
        }

        pub fn keep(self) {
            if let Some(storage) = storage() {
                // Full, or switched off: then it is lost, as it always was.
                let _ = storage.set_item(&self.key, &self.text);
            }
        }
    }

    /// What is being typed anywhere in the page, before it makes way for the page to sign in.
    pub fn keep_all() {
        // What is taken over when one leaves its field.
        let active = document().active_element();
        if let Some(active) = active.and_then(|active| active.dyn_into::<HtmlElement>().ok()) {
            let _ = active.blur();
        }
        let Ok(forms) = document().query_selector_all("form[data-draft]") else {
            return;
        };
        (0..forms.length())
            .filter_map(|index| forms.get(index)?.dyn_into().ok())
            .filter_map(|form| Draft::of(&form, is_touched))
            .for_each(Draft::keep);
    }

    /// Puts back what was kept for this form and whoever is signed in. What somebody else typed is dropped unseen.
    pub fn restore(form: &HtmlFormElement) {
        let (Some(storage), Some(key)) = (storage(), key(form)) else {
            return;
        };
        let Ok(Some(text)) = storage.get_item(&key) else {
            return;
        };
        let _ = storage.remove_item(&key);
        let Ok((person, kept)) = serde_json::from_str::<(String, Fields)>(&text) else {
            return;
        };
        if client::person() != Some(person) {
            return;
        }
        for ((name, field), (kept_name, value)) in fields(form).into_iter().zip(kept) {
            if name == kept_name
                && let Some(value) = value
            {
                put(&field, &value);
            }
        }
    }

    /// Forgets whatever is kept: who leaves for good leaves nothing behind.
    pub fn forget_all() {
        let Some(storage) = storage() else { return };
        let keys: Vec<_> = (0..storage.length().unwrap_or_default())
            .filter_map(|index| storage.key(index).ok().flatten())
            .filter(|key| key.starts_with(PREFIX))
            .collect();
        for key in keys {
            let _ = storage.remove_item(&key);
        }
    }

    fn storage() -> Option<Storage> {
        window().session_storage().ok().flatten()
    }

    fn key(form: &HtmlFormElement) -> Option<String> {
        let page = window().location().pathname().ok()?;
        // By attribute: as a property, a field of that name would take its place.
        let action = form.get_attribute("action")?;
        let id = form.get_attribute("id").unwrap_or_default();
        Some(format!("{PREFIX}{page} {action} {id}"))
    }

    fn fields(form: &HtmlFormElement) -> Vec<(String, Element)> {
        let Ok(found) = form.query_selector_all(FIELDS) else {
            return Vec::new();
        };
        (0..found.length())
            .filter_map(|index| found.get(index)?.dyn_into::<Element>().ok())
            .filter_map(|field| Some((field.get_attribute("name")?, field)))
            .collect()
    }

    const CHECKED: &str = "checked";

    fn property(field: &Element) -> &'static str {
        match field.get_attribute("type").as_deref() {
            Some("checkbox" | "radio") => CHECKED,
            _ => "value",
        }
    }

    fn value(field: &Element) -> String {
        match property(field) {
            CHECKED => (get(field, CHECKED) == JsValue::TRUE).to_string(),
            property => get(field, property).as_string().unwrap_or_default(),
        }
    }

    /// Whether it says anything else than the page did. A choice always counts: it has no such default.
    fn is_touched(field: &Element) -> bool {
        let default = match property(field) {
            CHECKED => "defaultChecked",
            _ => "defaultValue",
        };
        get(field, default) != get(field, property(field))
    }

    fn get(field: &Element, property: &str) -> JsValue {
        Reflect::get(field, &property.into()).unwrap_or_default()
    }

    /// As if it had just been typed, so that whoever listens to the field hears of it.
    fn put(field: &Element, value: &str) {
        let property = property(field);
        let value = match property {
            CHECKED => JsValue::from_bool(value == "true"),
            _ => value.into(),
        };
        if get(field, property) == value || Reflect::set(field, &property.into(), &value).is_err() {
            return;
        }
        // Where a field is folded away, nobody would see that it is filled.
        if let Ok(Some(fold)) = field.closest("details") {
            let _ = fold.set_attribute("open", "");
        }
        let bubbles = EventInit::new();
        bubbles.set_bubbles(true);
        for name in ["input", "change"] {
            if let Ok(event) = Event::new_with_event_init_dict(name, &bubbles) {
                // Nobody can cancel it.
                let _ = field.dispatch_event(&event);
            }
        }
    }
}

/// Only a browser has something to keep.
#[cfg(feature = "ssr")]
mod side {
    use leptos::web_sys::HtmlFormElement;

    #[derive(Debug)]
    pub enum Draft {}

    impl Draft {
        pub fn take(_: &HtmlFormElement) -> Option<Self> {
            None
        }

        pub fn keep(self) {
            match self {}
        }
    }

    pub fn keep_all() {}

    pub fn restore(_: &HtmlFormElement) {}

    pub fn forget_all() {}
}

pub use side::{Draft, forget_all, keep_all, restore};
