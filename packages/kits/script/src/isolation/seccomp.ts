/**
 * A filter of system calls for bubblewrap (seccomp, as the kernel's classic BPF): no new processes, no sockets, nothing
 * that watches or enters others, no memory that limits do not count. Threads are allowed, since interpreters have some.
 */

interface Machine {
  /** AUDIT_ARCH_* of linux/audit.h. */
  readonly arch: number
  readonly clone: number
  readonly clone3: number
  /** Numbers from here on are another calling convention of the same machine. */
  readonly foreign?: number
  readonly denied: readonly number[]
}

/** Numbers that all machines share, since Linux 5: io_uring, the new mount calls, pidfd_getfd, process_madvise. */
const SHARED = [425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442]

// biome-ignore format: reads as a table
const MACHINES: Readonly<Partial<Record<NodeJS.Architecture, Machine>>> = {
  x64: {
    arch: 0xc000003e, clone: 56, clone3: 435, foreign: 0x40000000,
    denied: [
      57, 58, /* fork, vfork */ 41, 53, /* socket, socketpair */ 101, 310, 311, 312, /* ptrace, process_vm_*, kcmp */
      29, 64, 68, 240, /* shmget, semget, msgget, mq_open */ 319, 447, /* memfd_create, memfd_secret */
      155, 161, 165, 166, 272, 308, /* pivot_root, chroot, mount, umount2, unshare, setns */ 304, /* open_by_handle_at */
      103, 163, 164, 167, 168, 169, 170, 171, 172, 173, 175, 176, 179, 227, 246, 305, 313, 320,
      /* the machine's own: log, accounting, clocks, swap, reboot, names, ports, modules, quotas, kexec */
      248, 249, 250, /* keys */ 298, 321, 323, /* perf_event_open, bpf, userfaultfd */ ...SHARED,
    ],
  },
  arm64: {
    arch: 0xc00000b7, clone: 220, clone3: 435,
    denied: [
      198, 199, 117, 270, 271, 272, 194, 190, 186, 180, 279, 447, 41, 51, 40, 39, 97, 268, 265,
      116, 89, 170, 224, 225, 142, 161, 162, 105, 106, 60, 112, 104, 266, 273, 294, 217, 218, 219, 241, 280, 282,
      ...SHARED,
    ],
  },
}

const CLONE_THREAD = 0x00010000
const EPERM = 1
const ENOSYS = 38

// linux/bpf_common.h and linux/seccomp.h
const LOAD = 0x20
const IF_EQUAL = 0x15
const IF_AT_LEAST = 0x35
const IF_ANY_BIT = 0x45
const RETURN = 0x06
const ALLOW = 0x7fff0000
const KILL = 0x80000000
const errno = (number: number) => 0x00050000 | number
/** Where struct seccomp_data has the call's number, the machine, and the low half of the first argument. */
const NUMBER = 0
const ARCH = 4
const FIRST = 16

type Instruction = readonly [code: number, value: number, yes?: number, no?: number]

const bytesOf = (program: readonly Instruction[]): Buffer => {
  const bytes = Buffer.alloc(program.length * 8)
  for (const [at, [code, value, yes = 0, no = 0]] of program.entries()) {
    bytes.writeUInt16LE(code, at * 8)
    bytes.writeUInt8(yes, at * 8 + 2)
    bytes.writeUInt8(no, at * 8 + 3)
    bytes.writeUInt32LE(value, at * 8 + 4)
  }
  return bytes
}

/** The program for this machine; `undefined` for one whose numbers are not known here. */
export const seccompProgram = (machine: string = process.arch): Buffer | undefined => {
  const known = MACHINES[machine as NodeJS.Architecture]
  if (!known) return undefined
  const program: Instruction[] = [
    [LOAD, ARCH],
    [IF_EQUAL, known.arch, 1, 0],
    [RETURN, KILL],
    [LOAD, NUMBER],
  ]
  if (known.foreign) program.push([IF_AT_LEAST, known.foreign, 0, 1], [RETURN, errno(ENOSYS)])
  // Its flags stand in memory, which a filter can not see: libraries then fall back to clone.
  program.push([IF_EQUAL, known.clone3, 0, 1], [RETURN, errno(ENOSYS)])
  for (const call of known.denied) program.push([IF_EQUAL, call, 0, 1], [RETURN, errno(EPERM)])
  program.push(
    [IF_EQUAL, known.clone, 0, 3],
    [LOAD, FIRST],
    [IF_ANY_BIT, CLONE_THREAD, 1, 0],
    [RETURN, errno(EPERM)],
    [RETURN, ALLOW],
  )
  return bytesOf(program)
}
