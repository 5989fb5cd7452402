//! What a long build is doing, on one line of the terminal that wipes itself. Nothing in a pipe, and
//! nothing when it is over within a second.

use std::io::{self, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::shell::Shell;
use super::text::grouped;

/// Work that is over sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// Shows progress until it is dropped.
pub(super) struct Progress {
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    stage: Mutex<Stage>,
    changed: Condvar,
    done: AtomicUsize,
    total: AtomicUsize,
}

#[derive(Clone, Copy, Default)]
struct Stage {
    name: &'static str,
    over: bool,
}

impl Progress {
    /// Begins with a stage, such as `reading`.
    pub(super) fn start(stage: &'static str, shell: Shell) -> Self {
        let state =
            Arc::new(State { stage: Mutex::new(Stage { name: stage, over: false }), ..State::default() });
        // Where no thread is to be had, the work goes on unseen.
        let thread = shell.is_watched().then(|| {
            let state = Arc::clone(&state);
            thread::Builder::new().spawn(move || state.show()).ok()
        });
        let thread = thread.flatten();
        Self { state, thread }
    }

    /// Goes on to the next stage.
    pub(super) fn stage(&self, name: &'static str) {
        self.state.done.store(0, Relaxed);
        self.state.total.store(0, Relaxed);
        self.state.set(Stage { name, over: false });
    }

    /// Says how much there is to do in this stage.
    pub(super) fn expect(&self, total: usize) {
        self.state.total.store(total, Relaxed);
    }

    /// Counts one as done. Any thread may.
    pub(super) fn advance(&self) {
        self.state.done.fetch_add(1, Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.state.set(Stage { name: "", over: true });
            // It would fail only if the thread had panicked, and then there is no line to wait for.
            let _ = thread.join();
        }
    }
}

impl State {
    fn set(&self, stage: Stage) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
        self.changed.notify_one();
    }

    fn show(&self) {
        if self.is_over_within(PATIENCE) {
            return;
        }
        loop {
            let _ = write!(io::stderr().lock(), "\r{}\x1b[K", self.line());
            if self.is_over_within(TICK) {
                let _ = write!(io::stderr().lock(), "\r\x1b[K");
                return;
            }
        }
    }

    fn is_over_within(&self, time: Duration) -> bool {
        let stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = self.changed.wait_timeout_while(stage, time, |stage| !stage.over);
        wait.unwrap_or_else(PoisonError::into_inner).0.over
    }

    fn line(&self) -> String {
        let name = self.stage.lock().unwrap_or_else(PoisonError::into_inner).name;
        match (self.done.load(Relaxed), self.total.load(Relaxed)) {
            (0, 0) => format!("{name}…"),
            (done, 0) => format!("{name} {}", grouped(done)),
            (done, total) => format!("{name} {} of {}", grouped(done), grouped(total)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_how_far_it_is() {
        let state = State::default();
        state.set(Stage { name: "rendering", over: false });
        assert_eq!(state.line(), "rendering…");
        state.done.store(3400, Relaxed);
        assert_eq!(state.line(), "rendering 3,400");
        state.total.store(12_000, Relaxed);
        assert_eq!(state.line(), "rendering 3,400 of 12,000");
    }
}
