//! Room for so many connections and no more. The next one takes the place of the oldest on which nobody is asking
//! anything: those who only sit there cannot keep out those who want something.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::{sync::Notify, time::timeout};

/// With the largest head in each, some hundred megabytes.
const MOST: u64 = 4096;
/// Descriptors for all else: the database, files, the log.
const OTHERS: u64 = 256;
/// Between two looks for somebody else who could make way.
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Clone, Debug)]
pub struct Room(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    most: usize,
    /// By the order in which they came.
    seats: Mutex<BTreeMap<u64, Arc<Seat>>>,
    next: AtomicU64,
    left: Notify,
}

#[derive(Debug, Default)]
struct Seat {
    asked: AtomicU64,
    answered: AtomicU64,
    wanted: Notify,
    /// Has been asked to make way, and has not gone yet.
    is_leaving: AtomicBool,
}

/// One connection's; it is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    room: Room,
    number: u64,
    seat: Arc<Seat>,
}

/// A request that is being answered.
#[derive(Debug)]
pub struct Asking<'a>(&'a Seat);

impl Room {
    /// As much as the system grants: a process starts with far fewer descriptors than it may have.
    pub fn new() -> Self {
        let granted = descriptors().saturating_sub(OTHERS);
        Self::of(granted.clamp(64, MOST))
    }

    fn of(most: u64) -> Self {
        Self(Arc::new(Inner {
            most: usize::try_from(most).unwrap_or(usize::MAX),
            seats: Mutex::default(),
            next: AtomicU64::new(0),
            left: Notify::new(),
        }))
    }

    /// Waits until somebody who asks nothing has made way, or has been answered.
    pub async fn enter(&self) -> Place {
        loop {
            let left = self.0.left.notified();
            if let Some(place) = self.try_enter() {
                return place;
            }
            self.ask_for_room();
            // Whoever takes long to go is not waited for: the next one is asked.
            let _ = timeout(PAUSE, left).await;
        }
    }

    fn try_enter(&self) -> Option<Place> {
        let mut seats = self.seats();
        if seats.len() >= self.0.most {
            return None;
        }
        let seat = Arc::<Seat>::default();
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        seats.insert(number, seat.clone());
        drop(seats);
        Some(Place {
            room: self.clone(),
            number,
            seat,
        })
    }

    fn ask_for_room(&self) {
        let seats = self.seats();
        let mut idle = seats.values().filter(|seat| seat.is_idle());
        if let Some(seat) = idle.find(|seat| !seat.is_leaving.swap(true, Ordering::Relaxed)) {
            seat.wanted.notify_one();
        }
    }

    fn seats(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Seat>>> {
        // Nothing in here is left half done by a panic.
        self.0.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    pub fn ask(&self) -> Asking<'_> {
        self.seat.asked.fetch_add(1, Ordering::Relaxed);
        Asking(&self.seat)
    }

    /// Whether there was ever a request.
    pub fn has_asked(&self) -> bool {
        self.seat.asked.load(Ordering::Relaxed) > 0
    }

    /// Returns when somebody else needs it more.
    pub async fn is_wanted(&self) {
        self.seat.wanted.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room.seats().remove(&self.number);
        self.room.0.left.notify_one();
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.answered.fetch_add(1, Ordering::Relaxed);
    }
}

impl Seat {
    fn is_idle(&self) -> bool {
        self.answered.load(Ordering::Relaxed) == self.asked.load(Ordering::Relaxed)
    }
}

/// Raises the limit to what it may be raised to, and says what it is then.
fn descriptors() -> u64 {
    let wanted = MOST + OTHERS;
    match getrlimit(Resource::RLIMIT_NOFILE) {
        Ok((soft, hard)) if soft < wanted && soft < hard => {
            let raised = hard.min(wanted);
            match setrlimit(Resource::RLIMIT_NOFILE, raised, hard) {
                Ok(()) => raised,
                Err(_) => soft,
            }
        }
        Ok((soft, _)) => soft,
        Err(_) => wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Duration = Duration::from_millis(1);

    async fn is_wanted(place: &Place) -> bool {
        timeout(MOMENT, place.is_wanted()).await.is_ok()
    }

    #[tokio::test]
    async fn the_oldest_that_asks_nothing_makes_way() {
        let room = Room::of(3);
        let (busy, idle, other) = (room.enter().await, room.enter().await, room.enter().await);
        let asking = busy.ask();
        assert!(timeout(MOMENT, room.enter()).await.is_err());
        assert!(is_wanted(&idle).await);
        assert!(!is_wanted(&busy).await && !is_wanted(&other).await);
        drop((asking, idle));
        let _late = room.enter().await;
    }

    #[tokio::test]
    async fn who_is_slow_to_leave_still_has_a_place_and_another_is_asked() {
        let room = Room::of(2);
        let (slow, other) = (room.enter().await, room.enter().await);
        assert!(timeout(PAUSE * 2, room.enter()).await.is_err());
        assert!(is_wanted(&slow).await && is_wanted(&other).await);
        assert!(room.try_enter().is_none());
        drop(other);
        let _late = room.enter().await;
    }

    #[tokio::test]
    async fn nobody_who_asks_is_sent_away() {
        let room = Room::of(1);
        let place = room.enter().await;
        assert!(!place.has_asked());
        let asking = place.ask();
        assert!(place.has_asked());
        assert!(timeout(MOMENT, room.enter()).await.is_err());
        assert!(!is_wanted(&place).await);
        drop(asking);
        assert!(timeout(MOMENT, room.enter()).await.is_err());
        assert!(is_wanted(&place).await);
    }

    #[tokio::test]
    async fn whoever_leaves_makes_room() {
        let room = Room::of(1);
        drop(room.enter().await);
        let place = room.enter().await;
        assert!(!is_wanted(&place).await);
    }
}
