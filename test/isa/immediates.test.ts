import assert from 'node:assert/strict';
import {
  ARMExpandImm_C,
  Carry,
  DecodeImmShift,
  SRType,
  ThumbExpandImm_C,
  ThumbExpandImmUnpredictable,
} from '../../src/isa/immediates.js';

/** An i32 from its bits, most significant first. */
function fromBits(bits: string): number {
  assert.equal(bits.length, 32);
  return parseInt(bits, 2) | 0;
}

/** ROR as text: the last `n` bits come first. */
function rotated(bits: string, n: number): string {
  return bits.slice(32 - n) + bits.slice(0, 32 - n);
}

describe('expanded immediates', () => {
  it('ARMExpandImm_C rotates by twice the upper four bits', () => {
    for (let imm12 = 0; imm12 < 4096; imm12++) {
      const rotation = 2 * (imm12 >> 8);
      const bits = rotated((imm12 & 255).toString(2).padStart(32, '0'), rotation);
      const carry = rotation === 0 ? Carry.unchanged : Number(bits[0]);
      assert.deepEqual(ARMExpandImm_C(imm12), { imm32: fromBits(bits), carry }, `imm12 ${imm12}`);
    }
  });

  it('ThumbExpandImm_C repeats a byte or rotates one', () => {
    for (let imm12 = 0; imm12 < 4096; imm12++) {
      const text = imm12.toString(2).padStart(12, '0');
      const byte = text.slice(4);
      const zero = '00000000';
      let expected: { imm32: number; carry: number };
      if (text.startsWith('00')) {
        const form = {
          '00': zero + zero + zero + byte,
          '01': zero + byte + zero + byte,
          '10': byte + zero + byte + zero,
          '11': byte + byte + byte + byte,
        };
        expected = { imm32: fromBits(form[text.slice(2, 4) as keyof typeof form]), carry: Carry.unchanged };
      } else {
        const bits = rotated(zero + zero + zero + '1' + text.slice(5), parseInt(text.slice(0, 5), 2));
        expected = { imm32: fromBits(bits), carry: Number(bits[0]) };
      }
      assert.deepEqual(ThumbExpandImm_C(imm12), expected, `imm12 ${text}`);
      assert.equal(ThumbExpandImmUnpredictable(imm12), /^00(01|10|11)00000000$/.test(text), `imm12 ${text}`);
    }
  });

  it('DecodeImmShift tells the zero counts apart', () => {
    assert.deepEqual(
      [0, 1, 2, 3].map((type) => DecodeImmShift(type, 0)),
      [
        { shift_t: SRType.none, shift_n: 0 },
        { shift_t: SRType.LSR_32, shift_n: 32 },
        { shift_t: SRType.ASR_32, shift_n: 32 },
        { shift_t: SRType.RRX, shift_n: 1 },
      ],
    );
    for (let type = 0; type < 4; type++)
      for (let imm5 = 1; imm5 < 32; imm5++)
        assert.deepEqual(DecodeImmShift(type, imm5), { shift_t: type, shift_n: imm5 });
  });
});
