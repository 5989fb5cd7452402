//! The threads that share the work, as many as the system gives.

use std::io;
use std::sync::mpsc::{self, Sender};
use std::thread;

use rayon::{ThreadBuilder, ThreadPoolBuilder};

/// Makes the pool of threads, at the start and once: a pool that could not be made is not tried again, and what
/// needs it would panic. So threads are had first and given to it then. How many there are, if fewer than wanted.
pub(super) fn start(jobs: Option<u16>) -> Option<usize> {
    let wanted = jobs.map_or_else(usual, usize::from);
    let had: Vec<Sender<ThreadBuilder>> = (0..wanted).map_while(|_| waiting()).collect();
    let number = had.len();
    let mut had = had.into_iter();
    // It fails only when there is a pool already, and nothing has run yet.
    let _ = if number == 0 {
        ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global()
    } else {
        let give = |worker| {
            let thread = had.next().ok_or(io::ErrorKind::WouldBlock)?;
            thread.send(worker).map_err(|_| io::ErrorKind::WouldBlock.into())
        };
        ThreadPoolBuilder::new().num_threads(number).spawn_handler(give).build_global()
    };
    (number < wanted).then_some(number.max(1))
}

/// A thread that waits to be given its work, unless the system has none to give.
fn waiting() -> Option<Sender<ThreadBuilder>> {
    let (give, take) = mpsc::channel::<ThreadBuilder>();
    let work = move || {
        if let Ok(worker) = take.recv() {
            worker.run();
        }
    };
    thread::Builder::new().spawn(work).ok()?;
    Some(give)
}

/// As many as there are processors for us, unless the variable of the library says another number.
fn usual() -> usize {
    let said = std::env::var("RAYON_NUM_THREADS").ok().and_then(|number| number.parse().ok());
    said.filter(|number| *number > 0)
        .or_else(|| Some(thread::available_parallelism().ok()?.get()))
        .unwrap_or(1)
}
