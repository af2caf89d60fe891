/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inner loop of RSA: eight 64-bit digits multiplied by one, and added.
 * mbedtls_pal.h includes this; the library (bn_mul.h) takes MULADDC_X8_* for
 * its own, which needs ten instructions a digit.  Here it is four on CPUs with
 * MULX, ADCX and ADOX, and seven on others.  No branch and no address depends
 * on the digits.
 */
#ifndef CRYPTO_MULTIPLY_H
#define CRYPTO_MULTIPLY_H

#include <stdint.h>

enum multiply_kind {
	MULTIPLY_UNKNOWN,
	MULTIPLY_PLAIN,
	MULTIPLY_ADX, /* CPUID has BMI2 and ADX */
};

/* Asked once: CPUID is slow where it is intercepted. */
extern uint8_t multiply_kind;
uint8_t multiply_find_kind(void);

/* rdx:rax = s[i] * b + c + d[i]; the low half is the new d[i], the high one c */
#define MULTIPLY_DIGIT(i)                                                      \
	"movq 8*" #i "(%[s]), %%rax\n\t"                                       \
	"mulq %[b]\n\t"                                                        \
	"addq %[c], %%rax\n\t"                                                 \
	"adcq $0, %%rdx\n\t"                                                   \
	"addq %%rax, 8*" #i "(%[d])\n\t"                                       \
	"adcq $0, %%rdx\n\t"                                                   \
	"movq %%rdx, %[c]\n\t"

static inline uint64_t multiply_plain(uint64_t *d, const uint64_t *s,
				      uint64_t b, uint64_t c)
{
	__asm__(MULTIPLY_DIGIT(0) MULTIPLY_DIGIT(1)
		MULTIPLY_DIGIT(2) MULTIPLY_DIGIT(3)
		MULTIPLY_DIGIT(4) MULTIPLY_DIGIT(5)
		MULTIPLY_DIGIT(6) MULTIPLY_DIGIT(7)
		: [c] "+&r"(c)
		: [d] "r"(d), [s] "r"(s), [b] "r"(b)
		: "rax", "rdx", "cc", "memory");
	return c;
}

/* Two chains of carries: CF adds the last digit's high half, OF adds d[i]. */
#define MULTIPLY_TWO_CHAINS(i, last, high)                                     \
	"mulxq 8*" #i "(%[s]), %%rax, " high "\n\t"                            \
	"adcxq " last ", %%rax\n\t"                                            \
	"adoxq 8*" #i "(%[d]), %%rax\n\t"                                      \
	"movq %%rax, 8*" #i "(%[d])\n\t"

static inline uint64_t multiply_adx(uint64_t *d, const uint64_t *s, uint64_t b,
				    uint64_t c)
{
	uint64_t high;

	__asm__("xorl %%eax, %%eax\n\t" /* no carries yet */
		MULTIPLY_TWO_CHAINS(0, "%[c]", "%[high]")
		MULTIPLY_TWO_CHAINS(1, "%[high]", "%[c]")
		MULTIPLY_TWO_CHAINS(2, "%[c]", "%[high]")
		MULTIPLY_TWO_CHAINS(3, "%[high]", "%[c]")
		MULTIPLY_TWO_CHAINS(4, "%[c]", "%[high]")
		MULTIPLY_TWO_CHAINS(5, "%[high]", "%[c]")
		MULTIPLY_TWO_CHAINS(6, "%[c]", "%[high]")
		MULTIPLY_TWO_CHAINS(7, "%[high]", "%[c]")
		"movl $0, %%eax\n\t" /* unlike xor it leaves the carries */
		"adcxq %%rax, %[c]\n\t"
		"adoxq %%rax, %[c]"
		: [c] "+&r"(c), [high] "=&r"(high)
		: [d] "r"(d), [s] "r"(s), "d"(b)
		: "rax", "cc", "memory");
	return c;
}

/* d[0..7] += s[0..7] * b + c; returns what is carried. */
static inline uint64_t multiply_add(uint64_t *d, const uint64_t *s, uint64_t b,
				    uint64_t c)
{
	uint8_t kind = __atomic_load_n(&multiply_kind, __ATOMIC_RELAXED);

	if (kind == MULTIPLY_UNKNOWN)
		kind = multiply_find_kind();
	return kind == MULTIPLY_ADX ? multiply_adx(d, s, b, c) :
				      multiply_plain(d, s, b, c);
}

/* In a function of the library that has these names. */
#define MULADDC_X8_INIT {
#define MULADDC_X8_CORE                                                        \
	c = multiply_add(d, s, b, c);                                          \
	d += 8;                                                                \
	s += 8;
#define MULADDC_X8_STOP }

#endif /* CRYPTO_MULTIPLY_H */
