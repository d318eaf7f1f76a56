//! The `lodge` command: parse, dispatch, exit code. Everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    lodge::cli::main()
}
