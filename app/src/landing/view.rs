//! The landing page.

mod picture;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    page::Heading,
    text::{Feature, use_text},
    ui::{ButtonLink, CopyButton, Icon, IconName, Variant},
};
use picture::Picture;

const COMMAND: &str = "cargo xtask run";

#[component]
pub fn LandingPage() -> impl IntoView {
    let words = &use_text().landing;
    view! {
        <Title text=words.title />
        <div class="landing">
            <section class="hero">
                <div class="hero-words">
                    <Heading>{words.heading}</Heading>
                    <p class="hero-lead">{words.lead}</p>
                    <div class="hero-actions">
                        <ButtonLink href="/signup" variant=Variant::Primary>
                            {use_text().auth.sign_up}
                        </ButtonLink>
                        <ButtonLink href="/login">{use_text().auth.sign_in}</ButtonLink>
                    </div>
                    // The browser's own jumps, so that `:target` marks where they end.
                    <p class="hero-jumps">
                        <a href="#try" rel="external">
                            {words.try_it}
                        </a>
                        <a href="#run" rel="external">
                            {words.run_it}
                        </a>
                    </p>
                </div>
                <Picture />
            </section>
            <Features />
            <Run />
        </div>
    }
}

#[component]
fn Features() -> impl IntoView {
    let words = &use_text().landing;
    let item = |icon, feature: &'static Feature| {
        view! {
            <li>
                <Icon name=icon />
                <h3>{feature.title}</h3>
                <p>{feature.text}</p>
            </li>
        }
    };
    view! {
        <section class="landing-part" aria-labelledby="features-heading">
            <h2 id="features-heading">{words.features_heading}</h2>
            <ul class="features">
                {(
                    item(IconName::Bolt, &words.features.fast),
                    item(IconName::Lock, &words.features.yours),
                    item(IconName::EyeOff, &words.features.quiet),
                    item(IconName::Box, &words.features.small),
                )}
            </ul>
        </section>
    }
}

#[component]
fn Run() -> impl IntoView {
    let words = &use_text().landing;
    view! {
        <section id="run" class="run" aria-labelledby="run-heading">
            <div>
                <h2 id="run-heading">{words.run_heading}</h2>
                <p>{words.run}</p>
            </div>
            <div class="command">
                <code>{COMMAND}</code>
                <CopyButton text=COMMAND label=words.copy_command />
            </div>
        </section>
    }
}
