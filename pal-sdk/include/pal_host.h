/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpal: open a PAL and call its functions from a Linux program.
 *
 *	struct pal *pal;
 *	size_t size;
 *	int status = pal_open("hello.pal", &pal);
 *
 *	if (status == 0)
 *		status = pal_call(pal, 0, "world", 5, text, sizeof(text), &size);
 *	if (status < 0)
 *		fprintf(stderr, "%s\n", pal_error_text());
 *	pal_close(pal);
 *
 * Link with libpal.a (and -pthread on C libraries before glibc 2.34); no other
 * library.  Nothing is printed, except for debug PALs (pal_log()) and by the
 * simulator; no signal handler is installed, no thread made.
 *
 * Status: 0 or more is success.  -1..-4095 is an error that the PAL's own
 * function chose; -4096..-4111 one of the runtime in the PAL (pal_status.h);
 * PAL_E* below one of this library.  Any function may be called from any
 * thread, unless stated otherwise.
 */
#ifndef PAL_HOST_H
#define PAL_HOST_H

#include <stddef.h>
#include <stdint.h>
#include "pal_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An argument makes no sense: a null pointer, no such thread. */
#define PAL_EINVAL (-8193)
/* More input than the PAL's argument size. */
#define PAL_ESIZE  (-8194)
/* No hypervisor: not loaded, not enabled, or the device is not there. */
#define PAL_ENODEV (-8195)
/*
 * Not allowed: no right to open the device, or this is a child made by fork(),
 * which must open PALs of its own.
 */
#define PAL_EPERM  (-8196)
/* Out of memory: of the process, of RLIMIT_MEMLOCK, or of the PAL pool. */
#define PAL_ENOMEM (-8197)
/* The file cannot be read; pal_error_text() has the cause. */
#define PAL_EIO	   (-8198)
/* The image is refused; pal_error_text() has the reason. */
#define PAL_EIMAGE (-8199)
/*
 * The PAL broke a rule in this call and was ended; pal_last_fault() tells
 * which.  Its memory is wiped.  Close it; opening it anew starts afresh.
 */
#define PAL_EFAULT (-8200)
/*
 * The PAL was ended, but not for what it did in this call: for another call,
 * one of another PAL's too, earlier or meanwhile, or from outside.
 * pal_last_fault() tells why, as for PAL_EFAULT.
 */
#define PAL_EDEAD  (-8201)
/*
 * The thread is in use: by another caller of pal_call_thread(), by the call
 * that the running signal handler has interrupted, or by another PAL's call.
 * pal_call() waits instead, but in a signal handler.
 */
#define PAL_EBUSY  (-8202)
/* The hypervisor answered what this library does not know. */
#define PAL_EPROTO (-8203)
/* The policy of this machine refuses the PAL; pal_error_text() has the rule. */
#define PAL_EPOLICY (-8204)
/* The machine's TPM cannot be reached; pal_error_text() has the cause. */
#define PAL_ENOTPM  (-8205)
/* The TPM refuses; pal_error_text() has its response code, and what it means. */
#define PAL_ETPM    (-8206)

struct pal;

/* The rule that a PAL broke; numbers as in abi/hypercall.h. */
struct pal_fault {
	uint32_t kind; /* PAL_FAULT_*, 0: none */
	uint32_t detail; /* PAL_ACCESS_*, x86 vector or PAL_INSN_* */
	uint64_t offset; /* of the instruction, from the image's base */
	uint64_t address; /* that it used; 0 unless a debug PAL */
};

/*
 * Load the image in file `path` and make a PAL of it.  On success *out must be
 * given to pal_close() at some time.  The process' exit, however it comes,
 * ends its PALs too.
 * Errors: PAL_EINVAL, PAL_EIO, PAL_EIMAGE, PAL_ENODEV, PAL_EPERM, PAL_ENOMEM,
 * PAL_EPOLICY, PAL_EPROTO; *out is then as it was.
 */
int pal_open(const char *path, struct pal **out);

/* The same for an image of size bytes in memory, which may go afterwards. */
int pal_open_image(const void *image, size_t size, struct pal **out);

/*
 * The same with data_size bytes of memory, rounded up to pages, that program
 * and PAL both use without copying: for large data.  It begins with zeros, lies
 * at pal_data() until pal_close(), counts as locked memory (ulimit -l), and is
 * at most 1 GiB with the arguments.  It protects nothing: everybody who can
 * read this process can read it.
 */
int pal_open_with_data(const char *path, size_t data_size, struct pal **out);
int pal_open_image_with_data(const void *image, size_t size, size_t data_size,
			     struct pal **out);

/* That memory and its size; NULL and 0 for a PAL opened without. */
void *pal_data(const struct pal *pal);
size_t pal_data_size(const struct pal *pal);

/*
 * End the PAL, wipe its memory, free everything.  NULL is allowed.  No call may
 * be running, and pal must not be used again.  In a child made by fork() it
 * frees the child's copy only; the parent's PAL lives on.
 */
void pal_close(struct pal *pal);

/*
 * Call function `entry` with in_size bytes at `in`; put at most out_capacity
 * bytes at `out` and their number in *out_size (which may be NULL).  `in` and
 * `out` may be NULL when their size is 0, and may overlap.  Waits while all
 * threads of the PAL are in use; nobody tells when another PAL's call leaves
 * one, so it then looks again after pauses of 0.1 to 13 milliseconds.  A signal
 * handler may call it too: there it gives PAL_EBUSY instead of waiting for the
 * call it has interrupted.
 *
 * Returns 0, or an error (see above): of the PAL, of its runtime, PAL_EINVAL,
 * PAL_ESIZE, PAL_EPERM, PAL_EFAULT, PAL_EDEAD, PAL_EBUSY, PAL_EPROTO; then
 * *out_size and `out` are as they were.
 *
 * A signal handler that interrupts a call must return, not longjmp() away: the
 * thread would stay in use.  When root ends the hypervisor by force while a PAL
 * is open, the next call has nobody to talk to: the process gets SIGILL.
 */
int pal_call(struct pal *pal, unsigned int entry, const void *in,
	     size_t in_size, void *out, size_t out_capacity, size_t *out_size);

/*
 * The same for a function whose output is always out_size bytes; anything else
 * is PAL_STATUS_BAD_RESULT, with `out` changed.  Stubs (pal_stubs.h) use it.
 */
int pal_call_exact(struct pal *pal, unsigned int entry, const void *in,
		   size_t in_size, void *out, size_t out_size);

/*
 * The same as pal_call() on thread `thread` (0..pal_thread_count - 1) of the
 * PAL, without waiting and without locks: for tests, measurements, and programs
 * that give each of their threads one of the PAL's.  Do not mix with pal_call()
 * on the same PAL.  PAL_EBUSY when the thread runs somewhere else.
 */
int pal_call_thread(struct pal *pal, unsigned int thread, unsigned int entry,
		    const void *in, size_t in_size, void *out,
		    size_t out_capacity, size_t *out_size);

/*
 * Carry messages between a PAL and the machine's TPM 2.0, for counters that
 * outlive a boot (pal_seal.h): function `entry` of the PAL takes a response,
 * nothing at first, and gives the next command, until there is none.  To be
 * called when the PAL says that it wants a proof; then say again what it was
 * asked.  The TPM is /dev/tpmrm0, or what PALISADE_TPM in the environment
 * names: a device, or a software TPM's UNIX socket.  One carries at a time; the
 * others wait.
 *
 * Returns 0, then the PAL knows all that the TPM said; PAL_ENOTPM, PAL_ETPM, or
 * an error of pal_call().  Whatever it is, nothing is lost: the PAL asks again.
 */
int pal_tpm_carry(struct pal *pal, unsigned int entry);

/* Can the TPM be opened?  0 or PAL_ENOTPM. */
int pal_tpm_check(void);

/*
 * 1 if the PAL runs in the simulator, because PAL_BACKEND=sim is in the
 * environment: nothing protects it then.  Else 0.
 */
int pal_is_simulated(const struct pal *pal);

/*
 * What the hypervisor calls thread 0; thread i is pal_handle() + i.  In the
 * simulator 0.
 */
uint64_t pal_handle(const struct pal *pal);

/*
 * The file descriptor that is the PAL (PALISADE_PAL_INFO of abi/ioctl.h), or -1
 * in the simulator.
 */
int pal_descriptor(const struct pal *pal);

unsigned int pal_thread_count(const struct pal *pal);

/* The most bytes of input, and of output, of one call. */
size_t pal_arg_size(const struct pal *pal);

/*
 * The memory shared with the PAL: pal_arg_size() bytes for each thread, then
 * that at pal_data().
 */
void *pal_window(const struct pal *pal);

/*
 * Why the PAL was ended, in *fault: what the first call that broke a rule did,
 * whichever call has learned of it.  Returns 0, or PAL_EINVAL when no call has
 * found it ended (*fault is then as it was).
 */
int pal_last_fault(const struct pal *pal, struct pal_fault *fault);

/*
 * Where the PAL was when it broke the rule: the offset of the instruction, then
 * of the places that its functions would have returned to, innermost first.
 * The callers are only there for debug PALs, compiled with frame pointers, and
 * as far as the backend knows them.  Offsets are from the image's base, which
 * `pal run` and addr2line turn into names.
 * Returns how many were written, at most limit (PAL_BACKTRACE_MAX are enough);
 * 0 when no call has found the PAL ended by a fault of its own.
 */
#define PAL_BACKTRACE_MAX 16
size_t pal_backtrace(const struct pal *pal, uint64_t *offsets, size_t limit);

/* Room enough for any text of pal_fault_text(). */
#define PAL_FAULT_TEXT_SIZE 160

/*
 * Describe a fault in words ("wrote to address 0x0, which it does not have, at
 * image offset 0x1c4") in buffer[size], ended by a zero.  Returns buffer.
 */
char *pal_fault_text(const struct pal_fault *fault, char *buffer, size_t size);

/* A sentence for a status of any kind; static, never NULL, no full stop. */
const char *pal_strerror(int status);

/*
 * What went wrong in this thread's latest call of this library that failed:
 * what, where and what to do.  Valid until the next one; never NULL.
 */
const char *pal_error_text(void);

/* Bytes of a measurement. */
#define PAL_MEASUREMENT_SIZE 48

/*
 * What a PAL image is known by: SHA-384 over the image, without signatures
 * that may follow.  Needs no hypervisor.  Programs that use it also link
 * build/crypto/libhostcrypto.a.
 * Errors: PAL_EINVAL, PAL_EIMAGE, PAL_EPROTO (the hash failed), and PAL_EIO,
 * PAL_ENOMEM for a file; then digest is as it was.
 */
int pal_measure(const char *path, uint8_t digest[PAL_MEASUREMENT_SIZE]);
int pal_measure_image(const void *image, size_t size,
		      uint8_t digest[PAL_MEASUREMENT_SIZE]);

#ifdef __cplusplus
}
#endif

/* Typed calls; they need what is above. */
#include "pal_stubs.h"

#endif /* PAL_HOST_H */
