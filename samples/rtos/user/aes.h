/* The Advanced Encryption Standard (FIPS 197) with keys of 128 bits, and two of its modes (SP 800-38A). */
#ifndef AES_H
#define AES_H

#include "../kernel/types.h"

#define AES_BLOCK  16 /* bytes, also of a key */
#define AES_ROUNDS 10

struct aes_key {
    u8 rounds[AES_ROUNDS + 1][AES_BLOCK]; /* the expanded key */
};

/* Computes the S-box. To be called once, before all else. */
void aes_init(void);

void aes_expand_key(struct aes_key *key, const u8 *bytes);

/* One block, in place. */
void aes_encrypt_block(const struct aes_key *key, u8 *block);
void aes_decrypt_block(const struct aes_key *key, u8 *block);

/* Electronic codebook: whole blocks, in place, each for itself. */
void aes_ecb_encrypt(const struct aes_key *key, u8 *data, u32 blocks);
void aes_ecb_decrypt(const struct aes_key *key, u8 *data, u32 blocks);

/* Cipher block chaining, from an initialization vector of one block. */
void aes_cbc_encrypt(const struct aes_key *key, const u8 *vector, u8 *data, u32 blocks);
void aes_cbc_decrypt(const struct aes_key *key, const u8 *vector, u8 *data, u32 blocks);

#endif
