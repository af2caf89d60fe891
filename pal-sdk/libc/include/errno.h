/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Error numbers with Linux's values.  errno is one variable for all threads of
 * the PAL: it is there for strtol() and friends, nothing else sets it.
 */
#ifndef PALC_ERRNO_H
#define PALC_ERRNO_H

extern int errno;

#define EPERM	  1
#define ENOENT	  2
#define EIO	  5
#define E2BIG	  7
#define EAGAIN	  11
#define ENOMEM	  12
#define EACCES	  13
#define EFAULT	  14
#define EBUSY	  16
#define EEXIST	  17
#define EINVAL	  22
#define ENOSPC	  28
#define EDOM	  33
#define ERANGE	  34
#define ENOSYS	  38
#define ENODATA	  61
#define EPROTO	  71
#define EBADMSG	  74
#define EOVERFLOW 75
#define EMSGSIZE  90
#define ENOTSUP	  95
#define ETIMEDOUT 110

#endif
