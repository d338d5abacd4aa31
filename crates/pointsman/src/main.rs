//! Starts the command line.

fn main() -> std::process::ExitCode {
    pointsman::App::new().run()
}
