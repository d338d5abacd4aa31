//! Starts the command line.

/// A request is allocated on one thread and freed on another, where the allocator of glibc takes a fifth of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    pointsman::App::new().run()
}
