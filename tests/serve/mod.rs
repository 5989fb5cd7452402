//! The real `brief serve` on real folders: what it serves after every kind of change, whom it answers, what it
//! tells browsers, how it takes faults.

mod changes;
mod faults;
pub mod live;
mod requests;
