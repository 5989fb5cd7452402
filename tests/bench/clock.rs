//! Wall and processor time of stages, gathered over rounds and printed as a table.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Times by stage, in the order in which the stages came first.
pub struct Table {
    briefs: usize,
    /// How many pages a build has.
    pub pages: usize,
    stages: Vec<(String, Vec<Time>)>,
    whole: Vec<Time>,
}

#[derive(Clone, Copy)]
struct Time {
    wall: Duration,
    cpu: Duration,
}

impl Table {
    pub fn new(briefs: usize) -> Self {
        Self { briefs, pages: 0, stages: Vec::new(), whole: Vec::new() }
    }

    /// Times a stage.
    pub fn time<T>(&mut self, stage: &str, run: impl FnOnce() -> T) -> T {
        let (value, time) = measure(run);
        self.add(stage, time);
        value
    }

    /// Times a loop whose time is shared out among the stages in it.
    pub fn time_shared(&mut self, run: impl FnOnce(&Shares)) {
        let shares = Shares(Mutex::default());
        let ((), time) = measure(|| run(&shares));
        let parts = shares.0.into_inner().expect("no stage panicked");
        let all: Duration = parts.values().map(|(_, part)| *part).sum();
        let mut parts: Vec<_> = parts.into_iter().collect();
        parts.sort_by_key(|&(_, (first, _))| first);
        for (stage, (_, part)) in parts {
            let share = part.as_secs_f64() / all.as_secs_f64();
            self.add(stage, Time { wall: time.wall.mul_f64(share), cpu: time.cpu.mul_f64(share) });
        }
    }

    /// Times a build in one go.
    pub fn time_whole(&mut self, run: impl FnOnce()) {
        let ((), time) = measure(run);
        self.whole.push(time);
    }

    fn add(&mut self, stage: &str, time: Time) {
        match self.stages.iter_mut().find(|(name, _)| name == stage) {
            Some((_, times)) => times.push(time),
            None => self.stages.push((stage.to_owned(), vec![time])),
        }
    }
}

/// The stages of one loop, timed from many threads.
pub struct Shares(Mutex<BTreeMap<&'static str, (usize, Duration)>>);

impl Shares {
    /// Times a stage of one turn of the loop.
    pub fn time<T>(&self, stage: &'static str, run: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let value = run();
        let took = start.elapsed();
        let mut shares = self.0.lock().expect("no stage panicked");
        let next = shares.len();
        shares.entry(stage).or_insert((next, Duration::ZERO)).1 += took;
        value
    }
}

fn measure<T>(run: impl FnOnce() -> T) -> (T, Time) {
    let (start, before) = (Instant::now(), cpu());
    let value = run();
    (value, Time { wall: start.elapsed(), cpu: cpu().saturating_sub(before) })
}

/// What all threads of this process have used so far; nothing where the system does not tell.
fn cpu() -> Duration {
    let Ok(threads) = fs::read_dir("/proc/self/task") else { return Duration::ZERO };
    let nanoseconds = |thread: fs::DirEntry| -> Option<u64> {
        fs::read_to_string(thread.path().join("schedstat")).ok()?.split(' ').next()?.parse().ok()
    };
    Duration::from_nanos(threads.flatten().filter_map(nanoseconds).sum())
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounds = self.whole.len();
        let times: Vec<_> = self.stages.iter().map(|(stage, times)| (stage, median(times))).collect();
        let sum = Time {
            wall: times.iter().map(|(_, time)| time.wall).sum(),
            cpu: times.iter().map(|(_, time)| time.cpu).sum(),
        };
        writeln!(f, "{} briefs, {} pages, median of {rounds} rounds", self.briefs, self.pages)?;
        writeln!(
            f,
            "{:<10} {:>9} {:>9} {:>6} {:>12}",
            "stage", "wall ms", "cpu ms", "share", "cpu µs/brief"
        )?;
        for (stage, time) in times {
            self.line(f, stage, time, sum)?;
        }
        self.line(f, "sum", sum, sum)?;
        self.line(f, "in one go", median(&self.whole), sum)
    }
}

impl Table {
    fn line(&self, f: &mut fmt::Formatter<'_>, stage: &str, time: Time, sum: Time) -> fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        // By processor time; by wall time where the system does not tell the other.
        let of = |time: Time| if sum.cpu.is_zero() { ms(time.wall) } else { ms(time.cpu) };
        let briefs = u32::try_from(self.briefs).map_or(f64::INFINITY, f64::from);
        let (share, each) = (of(time) / of(sum) * 100.0, of(time) * 1e3 / briefs);
        let (wall, cpu) = (ms(time.wall), ms(time.cpu));
        writeln!(f, "{stage:<10} {wall:>9.1} {cpu:>9.1} {share:>5.1}% {each:>12.1}")
    }
}

/// Of wall and of processor time, each by itself.
fn median(times: &[Time]) -> Time {
    let middle = |mut all: Vec<Duration>| {
        all.sort_unstable();
        all.get(all.len() / 2).copied().unwrap_or_default()
    };
    Time {
        wall: middle(times.iter().map(|time| time.wall).collect()),
        cpu: middle(times.iter().map(|time| time.cpu).collect()),
    }
}
