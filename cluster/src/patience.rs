//! How Postgres is asked to stop, and for how long.

use std::time::Duration;

use nix::sys::signal::Signal;

/// How long Postgres may take to stop before it is asked less kindly, and in the end not asked.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// After SIGINT: sessions end, a checkpoint is written.
    pub fast: Duration,
    /// After SIGQUIT: no checkpoint; the next start recovers from the write-ahead log.
    pub immediate: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            fast: Duration::from_secs(20),
            immediate: Duration::from_secs(10),
        }
    }
}

impl Patience {
    pub(crate) fn steps(self) -> [(Signal, Duration); 2] {
        [
            (Signal::SIGINT, self.fast),
            (Signal::SIGQUIT, self.immediate),
        ]
    }
}
