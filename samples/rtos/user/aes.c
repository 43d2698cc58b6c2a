/*
 * As FIPS 197 writes it, byte by byte: a block is a state of four columns of four bytes, in the order in which they come. Of
 * tables there are only the S-box and its inverse, and they are computed.
 */
#include "aes.h"

static u8 s_box[256];
static u8 inverse_s_box[256];

/* ---- the field of 256 elements, modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197, 4.2) */

static inline u8 times_2(u8 a)
{
    return (u8)(a << 1 ^ (a >> 7) * 0x1b);
}

static inline u8 rotate_left(u8 a, u32 by)
{
    return (u8)(a << by | a >> (8 - by));
}

/*
 * Every element but 0 is a power of 3, and the 255th power is 1: so the inverse of the nth power is the (255 - n)th. The S-box
 * is an affine transformation of the inverse (5.1.1); 0, which has none, stands for itself.
 */
void aes_init(void)
{
    u8 power[256];

    power[0] = 1;
    for (u32 n = 1; n < 256; n++)
        power[n] = power[n - 1] ^ times_2(power[n - 1]);
    s_box[0] = 0x63;
    for (u32 n = 0; n < 255; n++) {
        u8 b = power[255 - n];

        s_box[power[n]] = b ^ rotate_left(b, 1) ^ rotate_left(b, 2) ^ rotate_left(b, 3) ^ rotate_left(b, 4) ^ 0x63;
    }
    for (u32 i = 0; i < 256; i++)
        inverse_s_box[s_box[i]] = (u8)i;
}

/* ---- the key (5.2) */

void aes_expand_key(struct aes_key *key, const u8 *bytes)
{
    u8 *w = key->rounds[0];
    u8 constant = 1;

    for (u32 i = 0; i < AES_BLOCK; i++)
        w[i] = bytes[i];
    for (u32 i = AES_BLOCK; i < sizeof key->rounds; i += 4) {
        const u8 *last = w + i - 4;

        if (i % AES_BLOCK == 0) {
            w[i + 0] = (u8)(w[i - 16] ^ s_box[last[1]] ^ constant);
            w[i + 1] = w[i - 15] ^ s_box[last[2]];
            w[i + 2] = w[i - 14] ^ s_box[last[3]];
            w[i + 3] = w[i - 13] ^ s_box[last[0]];
            constant = times_2(constant);
        } else {
            for (u32 k = 0; k < 4; k++)
                w[i + k] = w[i + k - 16] ^ last[k];
        }
    }
}

/* ---- the cipher (5.1) and its inverse (5.3) */

static void add_round_key(u8 *state, const u8 *round_key)
{
    for (u32 i = 0; i < AES_BLOCK; i++)
        state[i] ^= round_key[i];
}

static void substitute(u8 *state, const u8 *box)
{
    for (u32 i = 0; i < AES_BLOCK; i++)
        state[i] = box[state[i]];
}

/* Row r turns by `by * r` columns to the left. */
static void shift_rows(u8 *state, u32 by)
{
    for (u32 row = 1; row < 4; row++) {
        u8 old[4];

        for (u32 column = 0; column < 4; column++)
            old[column] = state[row + 4 * column];
        for (u32 column = 0; column < 4; column++)
            state[row + 4 * column] = old[(column + by * row) % 4];
    }
}

static void mix_columns(u8 *state)
{
    for (u8 *s = state; s < state + AES_BLOCK; s += 4) {
        u8 all = s[0] ^ s[1] ^ s[2] ^ s[3];
        u8 first = s[0];

        s[0] ^= all ^ times_2(s[0] ^ s[1]);
        s[1] ^= all ^ times_2(s[1] ^ s[2]);
        s[2] ^= all ^ times_2(s[2] ^ s[3]);
        s[3] ^= all ^ times_2(s[3] ^ first);
    }
}

/* The inverse matrix is the matrix times one that adds 4 (s0 + s2) and 4 (s1 + s3) to the columns' bytes. */
static void unmix_columns(u8 *state)
{
    for (u8 *s = state; s < state + AES_BLOCK; s += 4) {
        u8 even = times_2(times_2(s[0] ^ s[2]));
        u8 odd = times_2(times_2(s[1] ^ s[3]));

        s[0] ^= even;
        s[1] ^= odd;
        s[2] ^= even;
        s[3] ^= odd;
    }
    mix_columns(state);
}

void aes_encrypt_block(const struct aes_key *key, u8 *block)
{
    add_round_key(block, key->rounds[0]);
    for (u32 round = 1; round <= AES_ROUNDS; round++) {
        substitute(block, s_box);
        shift_rows(block, 1);
        if (round < AES_ROUNDS)
            mix_columns(block);
        add_round_key(block, key->rounds[round]);
    }
}

void aes_decrypt_block(const struct aes_key *key, u8 *block)
{
    for (u32 round = AES_ROUNDS; round > 0; round--) {
        add_round_key(block, key->rounds[round]);
        if (round < AES_ROUNDS)
            unmix_columns(block);
        shift_rows(block, 3);
        substitute(block, inverse_s_box);
    }
    add_round_key(block, key->rounds[0]);
}

/* ---- modes (SP 800-38A, 6.1 and 6.2) */

void aes_ecb_encrypt(const struct aes_key *key, u8 *data, u32 blocks)
{
    for (; blocks > 0; blocks--, data += AES_BLOCK)
        aes_encrypt_block(key, data);
}

void aes_ecb_decrypt(const struct aes_key *key, u8 *data, u32 blocks)
{
    for (; blocks > 0; blocks--, data += AES_BLOCK)
        aes_decrypt_block(key, data);
}

void aes_cbc_encrypt(const struct aes_key *key, const u8 *vector, u8 *data, u32 blocks)
{
    for (; blocks > 0; blocks--, vector = data, data += AES_BLOCK) {
        add_round_key(data, vector); /* the same exclusive or */
        aes_encrypt_block(key, data);
    }
}

/* From the last block to the first: each needs the one before it as it was. */
void aes_cbc_decrypt(const struct aes_key *key, const u8 *vector, u8 *data, u32 blocks)
{
    while (blocks-- > 0) {
        u8 *block = data + blocks * AES_BLOCK;

        aes_decrypt_block(key, block);
        add_round_key(block, blocks == 0 ? vector : block - AES_BLOCK);
    }
}
