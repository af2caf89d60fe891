/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What program and PAL agree on: structures, and a list of functions.  For the
 * header that both include; no other language, no generated files:
 *
 *	#include <pal_struct.h>
 *
 *	PAL_STRUCT(greet_request,
 *		PAL_FIELD(uint32_t, size)
 *		PAL_ARRAY(char, name, 60));
 *	PAL_STRUCT(greet_reply,
 *		PAL_FIELD(uint32_t, number)
 *		PAL_ARRAY(char, text, 100));
 *
 *	#define HELLO_FUNCTIONS(F)                                         \
 *		F(hello_greet, STRUCT(greet_request), STRUCT(greet_reply)) \
 *		F(hello_hash, BYTES(65536), BYTES(32))                     \
 *		F(hello_forget, NONE, NONE)
 *
 * PAL_STRUCT(name, fields) is an ordinary `struct name`, whose fields are
 *
 *	PAL_FIELD(type, field)			one value
 *	PAL_ARRAY(type, field, count)		count values
 *	PAL_NESTED(name, field)			another PAL_STRUCT
 *	PAL_NESTED_ARRAY(name, field, count)
 *
 * with nothing between them.  A type is an integer, an enumeration, float or
 * double.  What cannot cross is an error of the compiler, with the field's
 * name: a pointer means nothing on the other side; _Bool and long double have
 * bit patterns that are no value.  So are gaps between fields, through which
 * old memory of the PAL would leave it: put large fields first, or fill up with
 * a field of your own.
 *
 * F(function, in, out) is one function.  What goes in and what comes out is
 *
 *	STRUCT(name)	one PAL_STRUCT
 *	BYTES(most)	0 to `most` bytes
 *	NONE		nothing
 *
 * The PAL defines the functions (pal_functions.h, by <pal.h>), the program
 * calls stubs of the same name (pal_stubs.h, by <pal_host.h>), another PAL
 * stubs of the name and _peer (pal_functions.h, PAL_PEER_STUBS()).  They are
 * numbered from 0 in the order of the list: add new ones at its end.
 * C11 or newer, and C++11 or newer in programs.
 */
#ifndef PAL_STRUCT_H
#define PAL_STRUCT_H

#include <stddef.h>
#include <stdint.h>

/* The most bytes of a message to or from the TPM (pal_tpm_carry()). */
#define PAL_TPM_MESSAGE_MAX 4096

#define PAL_STRUCT(name, ...)                                                  \
	struct name {                                                          \
		__VA_ARGS__                                                    \
	};                                                                     \
	struct pal_packed_##name {                                             \
		__VA_ARGS__                                                    \
	} __attribute__((packed));                                             \
	enum { PAL_STRUCT_##name##_is_missing };                               \
	PAL_STATIC_ASSERT(sizeof(struct name) ==                               \
				  sizeof(struct pal_packed_##name),            \
			  "PAL_STRUCT " #name ": there is a gap between "      \
			  "fields, or at the end: put large fields first, or " \
			  "fill it with a field")

#define PAL_FIELD(type, field)                                                 \
	type field;                                                            \
	PAL_CHECK_TYPE(type, field);
#define PAL_ARRAY(type, field, count)                                          \
	type field[count];                                                     \
	PAL_CHECK_TYPE(type, field);
#define PAL_NESTED(name, field)                                                \
	struct name field;                                                     \
	PAL_CHECK_NESTED(name, field);
#define PAL_NESTED_ARRAY(name, field, count)                                   \
	struct name field[count];                                              \
	PAL_CHECK_NESTED(name, field);

/* ---- Behind the macros above --------------------------------------------- */

#define PAL_CHECK_TYPE(type, field)                                            \
	PAL_STATIC_ASSERT(PAL_CAN_CROSS(type),                                 \
			  "field " #field ": its type, " #type ", cannot "     \
			  "cross between program and PAL; integers, "          \
			  "enumerations, float and double can")
#define PAL_CHECK_NESTED(name, field)                                          \
	PAL_STATIC_ASSERT(PAL_STRUCT_##name##_is_missing == 0,                 \
			  "field " #field ": declare " #name " with "          \
			  "PAL_STRUCT first")

/*
 * A PAL is always C, so C++ may leave the types to its compilation.  Every
 * other type, above all every pointer, comes to `default`.
 */
#ifdef __cplusplus
#define PAL_STATIC_ASSERT   static_assert
#define PAL_CAN_CROSS(type) true
#else
#define PAL_STATIC_ASSERT _Static_assert
#define PAL_CAN_CROSS(type)                                                    \
	_Generic(*(type *)0, char : 1, signed char : 1, unsigned char : 1,     \
		 short : 1, unsigned short : 1, int : 1, unsigned int : 1,     \
		 long : 1, unsigned long : 1, long long : 1,                   \
		 unsigned long long : 1, float : 1, double : 1, default : 0)
#endif

/*
 * Parameter lists have a comma only between two halves, and are `void` (or
 * nothing, in a call) where there is none.
 */
#define PAL_HAS_NONE		     0
#define PAL_HAS_STRUCT(name)	     1
#define PAL_HAS_BYTES(most)	     1
#define PAL_BETWEEN(what, in, out)   PAL_BETWEEN_2(what, in, out)
#define PAL_BETWEEN_2(what, in, out) PAL_##what##_##in##out
#define PAL_PARAMETERS_00	     void
#define PAL_PARAMETERS_01
#define PAL_PARAMETERS_10
#define PAL_PARAMETERS_11 ,
#define PAL_ARGUMENTS_00
#define PAL_ARGUMENTS_01
#define PAL_ARGUMENTS_10
#define PAL_ARGUMENTS_11 ,

#define PAL_IN_PARAMETERS_NONE
#define PAL_IN_PARAMETERS_STRUCT(name) const struct name *request
#define PAL_IN_PARAMETERS_BYTES(most)  const void *in, size_t in_size
#define PAL_OUT_PARAMETERS_NONE
#define PAL_OUT_PARAMETERS_STRUCT(name) struct name *reply
#define PAL_OUT_PARAMETERS_BYTES(most)                                         \
	void *out, size_t out_capacity, size_t *out_size

/* What stubs hand on, in programs and in PALs that call PALs. */
#define PAL_NUMBER(function, in, out) PAL_NUMBER_OF_##function,
#define PAL_STUB_IN_NONE	      NULL, 0
#define PAL_STUB_IN_STRUCT(name)      request, sizeof(*request)
#define PAL_STUB_IN_BYTES(most)	      in, in_size
#define PAL_STUB_OUT_NONE	      NULL, 0
#define PAL_STUB_OUT_STRUCT(name)     reply, sizeof(*reply)
#define PAL_STUB_OUT_BYTES(most)      out, out_capacity, out_size

#endif /* PAL_STRUCT_H */
