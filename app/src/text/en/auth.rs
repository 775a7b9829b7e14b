//! The words of accounts, in English.

use crate::text::auth::{Auth, Settings};

pub const AUTH: Auth = Auth {
    account: "Account",
    account_of: |name| format!("Account of {name}"),
    sign_in: "Sign in",
    sign_up: "Sign up",
    sign_out: "Sign out",
    sign_in_first: "Sign in to continue.",
    session_ended: "Your session has ended. Sign in again.",
    signed_out_elsewhere: "You signed out in another tab.",
    name: "Name",
    email: "Email",
    password: "Password",
    password_hint: "At least 8 characters. A few words in a row are easy to remember and hard to guess.",
    new_password: "New password",
    remember: "Remember me",
    forgot_password: "Forgot your password?",
    no_account: "No account yet?",
    have_account: "Have an account already?",
    password_is_set: "Your password is set. Sign in with it.",
    check_mail: "Check your mail",
    check_mail_sign_up: "We have sent you a link. Open it to confirm your address, then sign in.",
    forgot_heading: "Forgot your password?",
    forgot_lead: "Enter your address, and we'll send you a link to set a new one.",
    send_link: "Send me a link",
    reset_sent: "If there is an account with this address, a mail with a link is on its way.",
    back_to_sign_in: "Back to signing in",
    new_password_heading: "Set a new password",
    set_password: "Set the password",
    verify_heading: "Confirm your address",
    verify_lead: "One press, and we know that this address is yours.",
    verify: "Confirm this address",
    verified: "Your address is confirmed.",
};

pub const SETTINGS: Settings = Settings {
    heading: "Settings",
    save: "Save",
    saved: "Saved.",
    link_sent: "We've sent you a mail with a link. Open it to confirm the address.",
    profile: "Profile",
    email_heading: "Email",
    verified: "Confirmed",
    not_verified: "Not confirmed",
    send_again: "Send the link again",
    new_email: "New address",
    new_email_hint: "We send a link there. Your address changes once you open it.",
    change_email: "Change the address",
    password_heading: "Password",
    current_password: "Current password",
    end_others: "Sign out my other browsers",
    change_password: "Change the password",
    password_changed: "Your password is changed.",
    theme: "Theme",
    sessions: "Where you're signed in",
    unknown_device: "Unknown device",
    this_device: "This device",
    signed_in: "Signed in",
    last_used: "Last used",
    sign_out_of: |device| format!("Sign out {device}"),
    session_ended: "That browser is signed out.",
    end_all_others: "Sign out all others",
    others_ended: "All other browsers are signed out.",
    activity: "Activity",
    event: |kind| match kind {
        "signed-up" => "You signed up",
        "signed-in" => "You signed in",
        "sign-in-failed" => "Someone tried to sign in with a wrong password",
        "signed-out" => "You signed out",
        "session-revoked" => "A browser was signed out",
        "other-sessions-revoked" => "All other browsers were signed out",
        "all-sessions-revoked" => "All browsers were signed out",
        "password-changed" => "The password was changed",
        "password-reset-requested" => "A link to set a new password was asked for",
        "password-reset" => "A new password was set by a link",
        "email-change-requested" => "A change of address was asked for",
        "email-changed" => "The address was changed",
        "email-verified" => "The address was confirmed",
        "profile-changed" => "The profile was changed",
        _ => "Something happened to the account",
    },
    data: "Your data",
    data_lead: "Everything we know about you, in one JSON file.",
    download: "Download my data",
    delete_heading: "Delete the account",
    delete_lead: "Everything you keep here goes with it, for good. The record of sign-ins and changes stays with \
                  whoever runs this server.",
    delete_open: "Delete my account",
    confirmation: "Your address, to confirm",
    delete: "Delete it for good",
    deleted: "Your account is deleted.",
    time,
};

/// "21 Nov 2026, 14:05 UTC"; what is no time stays as it is.
fn time(rfc3339: &str) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let parts = || {
        let (year, month) = (rfc3339.get(..4)?, rfc3339.get(5..7)?);
        let (day, minute) = (rfc3339.get(8..10)?, rfc3339.get(11..16)?);
        let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
        let day = day.trim_start_matches('0');
        Some(format!("{day} {month} {year}, {minute} UTC"))
    };
    parts().unwrap_or_else(|| rfc3339.to_owned())
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn a_time_is_read_as_people_write_it() {
        assert_eq!(time("2026-11-21T14:05:09.123Z"), "21 Nov 2026, 14:05 UTC");
        assert_eq!(time("2027-01-02T00:00:00Z"), "2 Jan 2027, 00:00 UTC");
    }

    #[test]
    fn what_is_no_time_stays_as_it_is() {
        assert_eq!(time("2026-13-21T14:05:09Z"), "2026-13-21T14:05:09Z");
        assert_eq!(time("soon"), "soon");
    }
}
