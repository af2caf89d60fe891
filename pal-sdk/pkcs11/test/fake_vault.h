/* SPDX-License-Identifier: BSD-2-Clause */
/* A notary for tests in one process: seals nothing, keeps registers. */
#ifndef TEST_FAKE_VAULT_H
#define TEST_FAKE_VAULT_H

/* All registers as they began; as they were at the last mark. */
void fake_vault_reset(void);
void fake_vault_mark(void);
void fake_vault_back_to_mark(void);

#endif /* TEST_FAKE_VAULT_H */
