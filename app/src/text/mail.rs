//! The words of mail: the server's only, so that no browser loads them.

/// What one kind of letter says.
#[derive(Debug)]
pub struct Paragraph {
    pub subject: &'static str,
    pub lead: &'static str,
    pub button: &'static str,
    /// What to do if it wasn't you.
    pub otherwise: &'static str,
}

#[derive(Debug)]
pub struct MailText {
    pub language: &'static str,
    pub footer: &'static str,
    pub unknown_device: &'static str,
    pub verify_email: Paragraph,
    pub change_email: Paragraph,
    pub reset_password: Paragraph,
    pub already_signed_up: Paragraph,
    pub password_changed: Paragraph,
    pub email_changed: Paragraph,
    pub user_deleted: Paragraph,
    pub new_sign_in: Paragraph,
}

/// The words to write in.
pub fn mail_text() -> &'static MailText {
    &ENGLISH
}

static ENGLISH: MailText = MailText {
    language: "en",
    footer: "Donewell wrote this by itself; nobody reads answers to it.",
    unknown_device: "An unknown device",
    verify_email: Paragraph {
        subject: "Confirm your email address",
        lead: "Welcome to Donewell. Please confirm that this address is yours. The link is good for one hour.",
        button: "Confirm this address",
        otherwise: "If you didn't sign up, you need not do anything.",
    },
    change_email: Paragraph {
        subject: "Confirm your new email address",
        lead: "Please confirm that your Donewell account should use this address from now on. The link is good \
               for one hour. Until then the former address stays.",
        button: "Use this address",
        otherwise: "If you didn't ask for this, you need not do anything.",
    },
    reset_password: Paragraph {
        subject: "Set a new password",
        lead: "Somebody, we hope you, asked for a new password for your Donewell account. The link is good for \
               one hour and works once.",
        button: "Set a new password",
        otherwise: "If it wasn't you, you need not do anything: your password stays as it is.",
    },
    already_signed_up: Paragraph {
        subject: "You already have an account",
        lead: "Somebody tried to sign up to Donewell with your address. You have an account already.",
        button: "Sign in",
        otherwise: "If it wasn't you, you need not do anything.",
    },
    password_changed: Paragraph {
        subject: "Your password was changed",
        lead: "The password of your Donewell account was changed.",
        button: "Set another password",
        otherwise: "If it was you, all is well. If it wasn't, set another password now: that signs everybody else \
                    out.",
    },
    email_changed: Paragraph {
        subject: "Your email address was changed",
        lead: "Your Donewell account uses another address from now on.",
        button: "Set another password",
        otherwise: "If it was you, all is well. If it wasn't, ask whoever runs this server for help.",
    },
    user_deleted: Paragraph {
        subject: "Your account was deleted",
        lead: "Your Donewell account and everything in it was deleted.",
        button: "Donewell",
        otherwise: "If it wasn't you, ask whoever runs this server for help.",
    },
    new_sign_in: Paragraph {
        subject: "New sign-in to your account",
        lead: "Somebody signed in to your Donewell account with a browser that we don't know yet.",
        button: "Set another password",
        otherwise: "If it was you, all is well. If it wasn't, set another password now: that signs everybody else \
                    out.",
    },
};
