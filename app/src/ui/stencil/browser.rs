//! Makes the views, with signals for words; what it does and why is said in `server`.

use leptos::prelude::*;

#[derive(Debug)]
pub struct Stencil<const VARIANTS: usize = 1>;

#[derive(Debug)]
pub struct Word(Signal<String>);

impl Word {
    pub fn text(said: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Signal::derive(said))
    }

    /// In the page it is there already; where the page is made here, it is brought by others.
    pub fn html(_: impl Fn(&mut String) + Send + Sync + 'static) -> Self {
        Self(Signal::stored(String::new()))
    }
}

impl<const VARIANTS: usize> Stencil<VARIANTS> {
    pub const fn uncut() -> Self {
        Self
    }

    pub fn show<const WORDS: usize>(
        &'static self,
        _: Option<usize>,
        words: [Word; WORDS],
        view: impl FnOnce([Signal<String>; WORDS]) -> AnyView,
    ) -> AnyView {
        view(words.map(|word| word.0))
    }
}
