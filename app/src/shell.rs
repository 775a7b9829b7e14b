//! The document around the application: head, scripts and the Content-Security-Policy that names their nonce.
//!
//! Written by hand rather than with Leptos' `HydrationScripts`, which reads the hashes from disk for every
//! page and puts the nonce into the `crossorigin` of the preload links.

use http::{HeaderValue, header};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::Router;

use crate::{
    App,
    auth::view::Session,
    context::{Backend, Stopped},
    error::AppError,
    page::{Frame, ProblemPage},
    text::use_text,
    theme::{self, Theme, provide_theme},
    ui::{Stencil, Toaster, Word},
    zone::Here,
};

/// The addresses of the built site's files; their names change with their content.
#[derive(Clone, Debug)]
pub struct Assets {
    pub script: String,
    pub wasm: String,
    pub style: String,
}

/// A page, whole. One that says why there is none has no scripts: in the browser it would be another page.
pub fn shell() -> impl IntoView {
    let nonce = use_nonce().expect("BUG: leptos is built without its nonce feature");
    set_policy(&nonce);
    let theme = theme::current();
    let (scripts, body) = if let Some(Stopped(error)) = use_context() {
        (None, view! { <Problem error /> }.into_any())
    } else {
        let app = view! {
            <App />
            <Lost />
        };
        (Some(scripts(&nonce)), app.into_any())
    };
    view! {
        <!DOCTYPE html>
        <html lang=use_text().language data-theme=theme.attribute()>
            <head>
                <Links theme />
                {scripts}
                <MetaTags />
            </head>
            <body>{body}</body>
        </html>
    }
}

#[component]
fn Links(theme: Theme) -> impl IntoView {
    static STENCIL: Stencil<{ Theme::ALL.len() }> = Stencil::uncut();
    let assets = expect_context::<Backend>().assets;
    let style = Word::text(move || assets.style.clone());
    let variant = Theme::ALL.iter().position(|one| *one == theme);
    STENCIL.show(variant, [style], |[style]| {
        view! {
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content="light dark" />
            {theme_colour(theme)}
            <link rel="stylesheet" href=style />
            <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
            <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
            <link rel="manifest" href="/site.webmanifest" />
        }
        .into_any()
    })
}

/// What the page needs to come alive waits until it is seen: until then the line belongs to what is. Where nobody looks
/// nothing is painted, and it waits a second. Parts of the page listen before all of it is alive: until then they hear of
/// nothing. Links and forms are the browser's, what is typed is found when it is over, and a step back begins anew.
fn scripts(nonce: &str) -> impl IntoView + use<> {
    let assets = expect_context::<Backend>().assets;
    let Assets { script, wasm, .. } = &*assets;
    let start = format!(
        "let begun;const begin=()=>begun??=Promise.all([import({script:?}),fetch({wasm:?})])\
         .then(([m,wasm])=>Promise.all([m.default({{module_or_path:wasm}}),m.ready?.()]).then(()=>live(m)));\
         const live=m=>{{const whole=new AbortController,until={{capture:true,signal:whole.signal}};\
         for(const name of [\"click\",\"dblclick\",\"submit\",\"input\",\"change\",\"keydown\"])\
         addEventListener(name,e=>e.stopImmediatePropagation(),until);\
         addEventListener(\"popstate\",()=>location.reload(),until);\
         m.hydrate(()=>{{whole.abort();performance.mark(\"alive\")}})}};\
         setTimeout(begin,1000);new PerformanceObserver(begin).observe({{type:\"paint\",buffered:true}})"
    );
    view! {
        <script type="module" nonce=nonce.to_owned()>
            {start}
        </script>
    }
}

/// Shown by the page's script when it cannot bring the code that is needed now (`xtask/src/site/halves`).
#[component]
fn Lost() -> impl IntoView {
    static STENCIL: Stencil = Stencil::uncut();
    let words = &use_text().frame;
    STENCIL.show(Some(0), [], |[]| {
        view! {
            <p id="lost" class="notice lost" data-kind="error" role="alert" hidden=true>
                {words.lost}
                " "
                <a href="" rel="external">
                    {words.reload}
                </a>
            </p>
        }
        .into_any()
    })
}

/// What has stopped a request, in the frame of every page.
#[component]
fn Problem(error: AppError) -> impl IntoView {
    provide_meta_context();
    provide_theme();
    Session::provide();
    Here::provide();
    view! {
        <Toaster>
            <Router>
                <Frame is_routing=RwSignal::new(false).read_only()>
                    <ProblemPage error />
                </Frame>
            </Router>
        </Toaster>
    }
}

/// What the browser paints around the page: `--ground` of `style/tokens.css`.
fn theme_colour(theme: Theme) -> impl IntoView {
    const LIGHT: &str = "#faf7f2";
    const DARK: &str = "#191715";
    let meta = |colour, media: Option<&'static str>| {
        // The builder of `<meta>` does not know `media`.
        leptos::html::meta()
            .name("theme-color")
            .content(colour)
            .attr("media", media)
    };
    match theme {
        Theme::Light => vec![meta(LIGHT, None)],
        Theme::Dark => vec![meta(DARK, None)],
        Theme::System => vec![
            meta(LIGHT, Some("(prefers-color-scheme: light)")),
            meta(DARK, Some("(prefers-color-scheme: dark)")),
        ],
    }
}

fn set_policy(nonce: &str) {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let (Some(response), Ok(policy)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(&policy),
    ) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
