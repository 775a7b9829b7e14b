//! What is pressed, ticked and typed into, and what stands beside it.

use leptos::prelude::*;

use crate::ui::{
    Button, ButtonLink, Check, CheckMark, Chip, CopyButton, Field, FieldKind, Icon, IconName,
    Notice, NoticeKind, Ring, Size, Spinner, Tone, Variant, ring_part,
};

/// Both sides show the same; ids must differ all the same.
#[derive(Debug)]
pub struct Ids {
    open: &'static str,
    done: &'static str,
    pending: &'static str,
    row: &'static str,
    text: &'static str,
    wrong: &'static str,
    password: &'static str,
    disabled: &'static str,
    lines: &'static str,
}

macro_rules! ids {
    ($side:literal) => {
        &Ids {
            open: concat!($side, "-open"),
            done: concat!($side, "-done"),
            pending: concat!($side, "-pending"),
            row: concat!($side, "-row"),
            text: concat!($side, "-text"),
            wrong: concat!($side, "-wrong"),
            password: concat!($side, "-password"),
            disabled: concat!($side, "-disabled"),
            lines: concat!($side, "-lines"),
        }
    };
}

pub const LIGHT: &Ids = ids!("light");
pub const DARK: &Ids = ids!("dark");

#[component]
pub fn Controls(ids: &'static Ids) -> impl IntoView {
    (buttons(), checks(ids), fields(ids), marks()).into_any()
}

fn nothing((): ()) {}

fn buttons() -> AnyView {
    let variants = [
        (Variant::Primary, "Primary"),
        (Variant::Secondary, "Secondary"),
        (Variant::Quiet, "Quiet"),
        (Variant::Danger, "Danger"),
    ];
    let line = move |size, pending: bool, disabled: bool| {
        variants.map(|(variant, name)| {
            view! {
                <Button variant size pending disabled on_press=nothing>
                    {name}
                </Button>
            }
        })
    };
    view! {
        <div class="guide-part">
            <h3>"Buttons: at rest, small, pending, disabled"</h3>
            <div class="guide-line">{line(Size::Medium, false, false)}</div>
            <div class="guide-line">{line(Size::Small, false, false)}</div>
            <div class="guide-line">{line(Size::Medium, true, false)}</div>
            <div class="guide-line">{line(Size::Medium, false, true)}</div>
            <div class="guide-line">
                <Button variant=Variant::Primary on_press=nothing>
                    <Icon name=IconName::Retry />
                    "With an icon"
                </Button>
                <ButtonLink href="/styleguide">"A link"</ButtonLink>
                <Button
                    size=Size::Icon
                    variant=Variant::Quiet
                    on_press=nothing
                    attr:aria-label="Close"
                >
                    <Icon name=IconName::Close />
                </Button>
                <CopyButton text="donewell" label="Copy the name" />
            </div>
        </div>
    }
    .into_any()
}

fn checks(ids: &'static Ids) -> AnyView {
    let open = RwSignal::new(false);
    let done = RwSignal::new(true);
    let row = RwSignal::new(false);
    let turn = |signal: RwSignal<bool>| move |()| signal.update(|on| *on = !*on);
    view! {
        <div class="guide-part">
            <h3>"Checks: open, done, pending, mark only"</h3>
            <div class="guide-line">
                <Check id=ids.open checked=open label="Open" on_press=turn(open) />
                <Check id=ids.done checked=done label="Done" on_press=turn(done) />
                <Check id=ids.pending checked=true pending=true label="Pending" on_press=nothing />
                <CheckMark />
                <CheckMark checked=true />
            </div>
            <ul class="rows">
                <li class="row" data-done=move || row.get().then_some("")>
                    <Check id=ids.row checked=row on_press=turn(row) />
                    <div class="row-body">
                        <label class="row-title" for=ids.row>
                            "A title that wraps onto a second line when there is too little room for all of it"
                        </label>
                        <p class="row-note">"The first line of its description"</p>
                    </div>
                    <div class="row-end">
                        <Chip tone=Tone::Today>"Today"</Chip>
                    </div>
                </li>
            </ul>
        </div>
    }
    .into_any()
}

fn fields(ids: &'static Ids) -> AnyView {
    let wrong = Signal::stored(Some("That is no email address.".to_owned()));
    view! {
        <form class="guide-part">
            <h3>"Fields"</h3>
            <Field
                id=ids.text
                name="name"
                label="Name"
                hint="As others should see it."
                autocomplete="off"
            />
            <Field
                id=ids.wrong
                name="email"
                label="Email"
                kind=FieldKind::Email
                hint="We write only when you ask us to."
                error=wrong
                value=RwSignal::new("ada@example".to_owned())
                autocomplete="off"
            />
            <Field
                id=ids.password
                name="password"
                label="Password"
                kind=FieldKind::Password
                value=RwSignal::new("correct horse".to_owned())
                autocomplete="off"
            />
            <Field id=ids.disabled name="disabled" label="Disabled" disabled=true />
            <Field
                id=ids.lines
                name="lines"
                label="Several lines"
                kind=FieldKind::Multiline
                value=RwSignal::new("</textarea><b>first</b>\nsecond".to_owned())
            />
        </form>
    }
    .into_any()
}

fn marks() -> AnyView {
    view! {
        <div class="guide-part">
            <h3>"Chips, ring, spinner, notices, icons"</h3>
            <div class="guide-line">
                <Chip>"24 Dec"</Chip>
                <Chip tone=Tone::Today>"Today"</Chip>
                <Chip tone=Tone::Overdue>"2 days overdue"</Chip>
                <Chip tone=Tone::Done>"Done"</Chip>
                <Ring part=ring_part(0, 5) />
                <Ring part=ring_part(2, 5) />
                <Ring part=ring_part(5, 5) />
                <Spinner label="Loading" />
            </div>
            <Notice>"You're offline. Your changes are waiting."</Notice>
            <Notice kind=NoticeKind::Error>"We can't reach our database."</Notice>
            <div class="guide-line">
                {IconName::ALL.map(|name| view! { <Icon name /> })}
            </div>
        </div>
    }
    .into_any()
}
