//! What the process gives up before it looks at a byte: memory, time, files, other processes, the network. Limits of resources hold on every
//! kernel; the rest holds where the kernel can do it, and nothing depends on one of them alone.

use std::collections::BTreeMap;

use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus, Scope};
use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};

use crate::limits;

/// Mapped in all, the binary with it: far above [`limits::PREVIEW_MEMORY_BYTES`], which counts what is written to.
const MAPPED_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// Less hurried than anything else on the machine.
const NICE: i32 = 15;
/// Calls of the system that reading bytes, computing and writing bytes needs. Opening, connecting and starting anything is not among them.
const CALLS: [i64; 27] = [
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_lseek,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_sigaltstack,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_restart_syscall,
    libc::SYS_clock_gettime,
    libc::SYS_getrandom,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Gives it all up. Only limits that the kernel refuses are an error: without them nothing is read.
pub fn confine() -> std::io::Result<()> {
    // So that the kernel, short of memory, ends this process and not the desk.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    let _ = rustix::process::nice(NICE);
    rustix::thread::set_no_new_privs(true)?;
    // Before the limits: it needs a descriptor. Kernels without it have the calls that are refused below, and that is no error.
    no_files_and_no_network().map_err(std::io::Error::other)?;
    for (resource, most) in [
        (Resource::Core, 0),
        (Resource::Data, limits::PREVIEW_MEMORY_BYTES),
        (Resource::As, MAPPED_BYTES),
        (Resource::Cpu, limits::PREVIEW_CPU_SECS),
        (Resource::Fsize, 0),
        (Resource::Nproc, 0),
        // Input, output and errors are open; nothing more is.
        (Resource::Nofile, 3),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    if let Some(filter) = filter() {
        let _ = apply_filter(&filter);
    }
    Ok(())
}

fn no_files_and_no_network() -> Result<RulesetStatus, landlock::RulesetError> {
    let all = Ruleset::default().handle_access(AccessFs::from_all(ABI::V5))?.handle_access(AccessNet::from_all(ABI::V4))?;
    Ok(all.scope(Scope::from_all(ABI::V6))?.create()?.restrict_self()?.ruleset)
}

/// None where nobody has said what the calls of this processor mean.
fn filter() -> Option<BpfProgram> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).ok()?;
    let rules: BTreeMap<i64, _> = CALLS.into_iter().map(|it| (it, Vec::new())).collect();
    let refused = SeccompAction::Errno(u32::try_from(libc::EPERM).ok()?);
    SeccompFilter::new(rules, refused, SeccompAction::Allow, arch).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_gave_them_up_opens_no_file() {
        // What a thread gives up, no other does.
        let given_up = std::thread::spawn(|| {
            rustix::thread::set_no_new_privs(true).unwrap();
            let status = no_files_and_no_network().unwrap();
            (status, std::fs::read("/proc/self/status").is_ok())
        });
        let (status, reads) = given_up.join().unwrap();
        assert_eq!(reads, status == RulesetStatus::NotEnforced, "{status:?}");
    }

    #[test]
    fn there_is_a_filter_for_this_processor() {
        assert!(filter().is_some());
    }
}
