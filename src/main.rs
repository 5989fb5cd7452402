//! Exit status only; the program is the library's `briefwright::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    briefwright::cli::main()
}
