//! Whom Postgres runs as: ourselves, or as root an unprivileged user who then owns its files. Its
//! processes get a clean environment: no secret of ours, no PG* variable, messages in English.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::fcntl::OFlag;
use nix::unistd::{Gid, Uid, User, geteuid};

use crate::binaries::Binaries;
use crate::directory::DataDirectory;
use crate::error::ClusterError;

#[derive(Debug, Clone)]
pub struct Account {
    name: String,
    uid: u32,
    /// Set if we are root and become this user: its group.
    switch: Option<u32>,
}

impl Account {
    pub fn choose(directory: &DataDirectory, exists: bool) -> Result<Account, ClusterError> {
        let ourselves = geteuid();
        let owner = if exists {
            let cluster = directory.cluster();
            let found = fs::metadata(&cluster).map_err(ClusterError::file("look at", &cluster))?;
            Some(found)
        } else {
            None
        };
        if !ourselves.is_root() {
            return match owner {
                Some(owner) if owner.uid() != ourselves.as_raw() => {
                    Err(ClusterError::ForeignOwner {
                        directory: directory.cluster(),
                        owner: user_name(owner.uid()),
                    })
                }
                _ => Ok(Account {
                    name: user_name(ourselves.as_raw()),
                    uid: ourselves.as_raw(),
                    switch: None,
                }),
            };
        }
        // A cluster stays with its owner, who need not be the user that a new one would get.
        match owner {
            Some(owner) if owner.uid() != 0 => Ok(Account {
                name: user_name(owner.uid()),
                uid: owner.uid(),
                switch: Some(owner.gid()),
            }),
            _ => unprivileged_user().ok_or(ClusterError::NoAccount),
        }
    }

    /// A program that runs as this user, in a directory that it can enter.
    pub fn command(&self, program: &Path, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(directory)
            .env_clear()
            .env("PATH", search_path(program))
            .env("LC_ALL", "C")
            .env("TZ", "UTC");
        if let Some(libraries) = std::env::var_os("LD_LIBRARY_PATH") {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        if let Some(group) = self.switch {
            command.uid(self.uid).gid(group);
        }
        command
    }

    pub fn cannot_run(&self, program: &Path, cause: io::Error) -> ClusterError {
        ClusterError::CannotRun {
            program: program.to_owned(),
            account: self.name.clone(),
            cause,
        }
    }

    /// Gives an open file or directory to this user. By its name we might, as root, give away another.
    pub fn own(&self, file: &File) -> io::Result<()> {
        match self.switch {
            Some(group) => fchown(file, Some(self.uid), Some(group)),
            None => Ok(()),
        }
    }

    pub fn uid(&self) -> u32 {
        self.uid
    }

    /// Tries it, because modes alone do not tell: there are access lists, mounts and name spaces.
    pub fn check_reach(
        &self,
        directory: &DataDirectory,
        binaries: &Binaries,
    ) -> Result<(), ClusterError> {
        if self.switch.is_none() {
            return Ok(());
        }
        let postgres = binaries.directory.join("postgres");
        let try_from = |place: &Path| {
            self.command(&postgres, place)
                .arg("--version")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
        };
        match try_from(directory.path()) {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {}
            Err(error) => return Err(self.cannot_run(&postgres, error)),
        }
        try_from(Path::new("/")).map_err(|error| self.cannot_run(&postgres, error))?;
        let mut ancestors: Vec<&Path> = directory.path().ancestors().collect();
        ancestors.reverse();
        let blocked = ancestors.into_iter().find(|place| try_from(place).is_err());
        Err(ClusterError::Unreachable {
            account: self.name.clone(),
            blocked: blocked.unwrap_or(directory.path()).to_owned(),
        })
    }
}

/// Opens a directory, but no symlink to one.
pub fn open_directory(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags((OFlag::O_NOFOLLOW | OFlag::O_DIRECTORY).bits())
        .open(path)
}

/// Who owns a file, for messages.
pub fn owner_name(path: &Path) -> String {
    match fs::symlink_metadata(path) {
        Ok(found) => user_name(found.uid()),
        Err(_) => "another user".to_owned(),
    }
}

fn user_name(uid: u32) -> String {
    match User::from_uid(Uid::from_raw(uid)) {
        Ok(Some(user)) => user.name,
        _ => format!("number {uid}"),
    }
}

fn unprivileged_user() -> Option<Account> {
    let user = ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| User::from_name(name).ok().flatten())?;
    Some(Account {
        name: user.name,
        uid: user.uid.as_raw(),
        switch: Some(Gid::as_raw(user.gid)),
    })
}

fn search_path(program: &Path) -> OsString {
    let mut places: Vec<PathBuf> = program.parent().map(Path::to_owned).into_iter().collect();
    places.extend([PathBuf::from("/usr/bin"), PathBuf::from("/bin")]);
    std::env::join_paths(places).unwrap_or_else(|_| OsString::from("/usr/bin:/bin"))
}
