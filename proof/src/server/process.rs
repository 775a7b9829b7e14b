//! What Linux tells of a process in `/proc`.

use std::fs;
use std::pin::pin;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::time::interval;

/// Between two looks at what is in memory.
const LOOK: Duration = Duration::from_millis(20);
/// Of `utime` and its like. It is 100 on every Linux that programs can tell apart.
const TICKS_PER_SECOND: u64 = 100;

/// Processor time of the process itself.
pub fn cpu(id: u32) -> Result<Duration> {
    let stat = stat(id)?;
    Ok(ticks(stat.user + stat.system))
}

/// The same, with that of its children that have ended.
pub fn cpu_with_children(id: u32) -> Result<Duration> {
    let stat = stat(id)?;
    Ok(ticks(stat.user + stat.system + stat.children))
}

/// Resident bytes.
pub fn memory(id: u32) -> Result<u64> {
    kilobytes(id, "VmRSS:")
}

/// The most resident bytes that it had while this went on; of one that has ended, while it lived.
pub async fn highest_memory<T>(id: u32, work: impl Future<Output = T>) -> (T, u64) {
    let (mut most, mut looks, mut work) = (0, interval(LOOK), pin!(work));
    loop {
        tokio::select! {
            done = &mut work => return (done, most),
            _ = looks.tick() => most = most.max(memory(id).unwrap_or_default()),
        }
    }
}

/// How many files and connections it has open.
pub fn descriptors(id: u32) -> Result<usize> {
    let path = format!("/proc/{id}/fd");
    let all = fs::read_dir(&path).with_context(|| format!("cannot read {path}"))?;
    Ok(all.count())
}

/// The processes that this one has started and that live.
pub fn children(parent: u32) -> Result<Vec<u32>> {
    let ids = fs::read_dir("/proc")?
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Ok(ids
        .filter(|id| stat(*id).is_ok_and(|stat| stat.parent == parent))
        .collect())
}

fn kilobytes(id: u32, name: &str) -> Result<u64> {
    let path = format!("/proc/{id}/status");
    let status = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.trim().strip_suffix("kB"));
    let kilobytes: u64 = number
        .and_then(|number| number.trim().parse().ok())
        .with_context(|| format!("{path} has no {name}"))?;
    Ok(kilobytes * 1024)
}

fn ticks(count: u64) -> Duration {
    Duration::from_millis(count * 1000 / TICKS_PER_SECOND)
}

#[derive(Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    user: u64,
    system: u64,
    children: u64,
}

fn stat(id: u32) -> Result<Stat> {
    let path = format!("/proc/{id}/stat");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    parse(&text).with_context(|| format!("{path} is not as expected"))
}

/// The name, in parentheses, may hold anything: what counts comes after the last of them.
fn parse(text: &str) -> Option<Stat> {
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        user: number(11)?,
        system: number(12)?,
        children: number(13)? + number(14)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_whatever_its_name() {
        let text = "7 (a) b) S 3 7 7 0 -1 4194560 1 0 0 0 120 30 4 5 20 0 1 0 9 1 1";
        let expected = Stat {
            parent: 3,
            user: 120,
            system: 30,
            children: 9,
        };
        assert_eq!(parse(text), Some(expected));
    }

    #[test]
    fn we_ourselves_have_memory_and_a_parent() {
        let ourselves = std::process::id();
        assert!(memory(ourselves).expect("memory") > 100_000);
        assert!(descriptors(ourselves).expect("descriptors") > 2);
        let parent = stat(ourselves).expect("a process").parent;
        assert!(children(parent).expect("children").contains(&ourselves));
    }

    #[tokio::test]
    async fn the_most_is_remembered_after_it_is_given_back() {
        const LARGE: usize = 200_000_000;
        let work = async {
            let large = vec![1_u8; LARGE];
            // Each is a chance to look, however busy the machine is.
            let mut looks = interval(LOOK);
            for _ in 0..10 {
                looks.tick().await;
            }
            large.iter().map(|byte| usize::from(*byte)).sum::<usize>()
        };
        let (sum, most) = highest_memory(std::process::id(), work).await;
        assert_eq!(sum, LARGE);
        assert!(most > LARGE as u64, "{most}");
    }
}
