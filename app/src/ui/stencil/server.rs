//! A part's text, rendered and cut up once, and filled in for each page.

use std::{
    fmt::{Debug, Formatter, Result, Write},
    sync::OnceLock,
};

use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        ssr::StreamBuilder,
        view::{Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
    },
};

use crate::ui::{
    Escaped,
    pieces::{Pieces, marks},
};

/// A `static` beside the component that uses it: one text for each variant, should there be several.
#[derive(Debug)]
pub struct Stencil<const VARIANTS: usize = 1>([OnceLock<Pieces>; VARIANTS]);

/// What differs from page to page.
pub enum Word {
    Text(Box<dyn Fn() -> String + Send + Sync>),
    Html(Box<dyn Fn(&mut String) + Send + Sync>),
}

impl Word {
    /// An element's text, an attribute's value, or a part of one.
    pub fn text(said: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self::Text(Box::new(said))
    }

    /// An element's `inner_html`, written to the end of the page.
    pub fn html(write: impl Fn(&mut String) + Send + Sync + 'static) -> Self {
        Self::Html(Box::new(write))
    }

    fn write(&self, page: &mut String, is_all: bool) {
        match self {
            Self::Html(write) => write(page),
            Self::Text(said) => match said() {
                // As Leptos writes no text, for the browser to find one there.
                said if said.is_empty() && is_all => page.push(' '),
                said => write!(page, "{}", Escaped(&said)).expect("BUG: a String takes all"),
            },
        }
    }
}

impl Debug for Word {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_str("Word")
    }
}

impl<const VARIANTS: usize> Stencil<VARIANTS> {
    pub const fn uncut() -> Self {
        Self([const { OnceLock::new() }; VARIANTS])
    }

    /// What `view` makes of the words. Besides them it may depend on nothing but the variant: whoever asks first has it
    /// rendered for all. (In a debug build everybody has, to see that it comes out the same.) Without a variant it is
    /// rendered anew. It begins and ends with no text, and making it does nothing else: it reads no resource, provides no
    /// context and sets no header.
    pub fn show<const WORDS: usize>(
        &'static self,
        variant: Option<usize>,
        words: [Word; WORDS],
        view: impl FnOnce([Signal<String>; WORDS]) -> AnyView,
    ) -> AnyView {
        let Some(variant) = variant else {
            return view(words.map(signal_of));
        };
        let pieces = if cfg!(debug_assertions) {
            let anew = render(view);
            let pieces = self.0[variant].get_or_init(|| anew.clone());
            assert_eq!(*pieces, anew, "BUG: a stencil shows what is not for all");
            pieces
        } else {
            self.0[variant].get_or_init(|| render(view))
        };
        Filled { pieces, words }.into_any()
    }
}

fn signal_of(word: Word) -> Signal<String> {
    match word {
        Word::Text(said) => Signal::derive(said),
        Word::Html(write) => Signal::derive(move || {
            let mut html = String::new();
            write(&mut html);
            html
        }),
    }
}

fn render<const WORDS: usize>(view: impl FnOnce([Signal<String>; WORDS]) -> AnyView) -> Pieces {
    let words = marks().map(|mark| Signal::stored(mark.to_string()));
    let (mut html, mut position) = (String::new(), Position::NextChild);
    view(words).to_html_with_buf(&mut html, &mut position, true, false, Vec::new());
    assert!(
        html.starts_with('<') && position == Position::NextChild,
        "BUG: a stencil begins or ends with a text"
    );
    Pieces::cut(&html, WORDS)
}

/// A part with its words.
struct Filled<const WORDS: usize> {
    pieces: &'static Pieces,
    words: [Word; WORDS],
}

impl<const WORDS: usize> RenderHtml for Filled<WORDS> {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        page: &mut String,
        position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        assert!(extra_attrs.is_empty(), "BUG: a stencil has no attributes");
        page.reserve(self.pieces.length());
        self.pieces.fill(page, |page, word, is_all| {
            self.words[word].write(page, is_all);
        });
        *position = Position::NextChild;
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        page: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        page.with_buf(|page| {
            self.to_html_with_buf(page, position, escape, mark_branches, extra_attrs);
        });
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) {
        unreachable!("BUG: the server takes no page over")
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl<const WORDS: usize> Render for Filled<WORDS> {
    type State = ();

    fn build(self) {
        unreachable!("BUG: the server builds no elements")
    }

    fn rebuild(self, (): &mut ()) {
        unreachable!("BUG: the server builds no elements")
    }
}

impl<const WORDS: usize> AddAnyAttr for Filled<WORDS> {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self::Output<NewAttr> {
        unreachable!("BUG: a stencil has no attributes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static PART: Stencil<2> = Stencil::uncut();

    fn part(variant: Option<usize>, name: &'static str, rows: &'static str) -> String {
        let words = [
            Word::text(move || name.to_owned()),
            Word::html(move |page| page.push_str(rows)),
        ];
        let is_second = variant == Some(1);
        let view = move |[name, rows]: [Signal<String>; 2]| {
            view! {
                <p title=move || format!("Of {}", name.get()) data-second=is_second.then_some("")>
                    {name}
                </p>
                <ul inner_html=rows></ul>
            }
            .into_any()
        };
        Owner::new().with(|| PART.show(variant, words, view).to_html())
    }

    #[test]
    fn what_is_filled_in_is_as_if_it_had_been_rendered() {
        for (name, rows) in [("Ada", "<li>1</li>"), ("", ""), ("Zoë 漢\u{F0000}", "x")] {
            let anew = part(None, name, rows);
            assert_eq!(part(Some(0), name, rows), anew);
            assert!(anew.contains(&format!("title=\"Of {name}\"")), "{anew}");
            assert!(anew.ends_with(&format!("<ul>{rows}</ul><!>")), "{anew}");
        }
        let second = part(Some(1), "Bea", "");
        assert!(second.contains("data-second"), "{second}");
        assert!(!part(Some(0), "Bea", "").contains("data-second"));
    }

    #[test]
    fn words_are_no_markup() {
        let hostile = "\"><script>alert(1)</script>'";
        let html = part(Some(0), hostile, "");
        assert!(!html.contains("<script>"), "{html}");
        assert_eq!(
            html.matches("&quot;&gt;&lt;script&gt;").count(),
            2,
            "{html}"
        );
    }

    #[test]
    #[should_panic(expected = "not for all")]
    fn what_differs_without_being_a_word_is_found_out() {
        static WRONG: Stencil = Stencil::uncut();
        let show = |name: &'static str| {
            let view = move |[]: [Signal<String>; 0]| view! { <p>{name}</p> }.into_any();
            Owner::new().with(|| WRONG.show(Some(0), [], view).to_html())
        };
        show("Ada");
        show("Bea");
    }
}
