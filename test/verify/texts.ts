/**
 * Instruction text of two disassemblers in one spelling, so that it can be compared: capstone's, which people see, and objdump's. What stays
 * different after this says something different.
 */

/** Names that mean the same. */
const NAMES: Readonly<Record<string, string>> = {
  sb: 'r9',
  sl: 'r10',
  fp: 'r11',
  ip: 'r12',
  r13: 'sp',
  r14: 'lr',
  r15: 'pc',
};

const CONDITIONS: Readonly<Record<string, string>> = { hs: 'cs', lo: 'cc' };

/** Numbers without their radix, as u32 (or u64 where they are longer). */
function number(text: string): string {
  const negative = text.startsWith('-');
  const magnitude = BigInt(negative ? text.slice(1) : text);
  return String(BigInt.asUintN(magnitude > 0xffff_ffffn ? 64 : 32, negative ? -magnitude : magnitude));
}

/** `{r0, r1, r2}` and `{d0-d2}` with every register named. */
function list(inner: string): string {
  const registers: string[] = [];
  for (const part of inner.split(',').map((each) => each.trim())) {
    const range = /^([a-z])(\d+)((?:\[\d*\])?)\s*-\s*[a-z](\d+)((?:\[\d*\])?)$/.exec(part);
    if (range === null) registers.push(part);
    else for (let n = Number(range[2]); n <= Number(range[4]); n++) registers.push(`${range[1]}${n}${range[3]}`);
  }
  return `{${registers.join(',')}}`;
}

/** A floating-point constant: objdump may print its encoding, and then says in its comment what that is. */
function floatConstant(text: string): string {
  const bits = /@ (0x[0-9a-f]{8})\b/.exec(text);
  if (bits === null) return text;
  const value = new Float32Array(Int32Array.of(Number(bits[1])).buffer)[0];
  return text.replace(/#\S+/, `#${value}f`);
}

/** `p15`, `c7` and plain numbers for what objdump writes as `15`, `cr7` and `{3}`. */
function coprocessor(mnemonic: string, operands: string): string {
  if (!/^m(cr|rc|crr|rrc)2?/.test(mnemonic)) return operands;
  return operands
    .replace(/^(\d+),/, 'p$1,')
    .replace(/\bcr(\d+)/g, 'c$1')
    .replace(/\{(\d+)\}/, '$1');
}

/** One spelling for both. */
export function normalised(text: string): string {
  const lower = text.toLowerCase();
  const constant = /^vmov\S*\.f(32|64) [sdq]\d+, #/.test(lower) ? floatConstant(lower) : lower;
  let [mnemonic, operands] = constant
    .replace(/\s*[@;].*$/, '')
    .replace(/\s*<unpredictable>.*$/, '')
    .trim()
    .split(/\s+(.*)/s);
  mnemonic = mnemonic
    .replace(/\.[wn]$/, '')
    .replace(/(hs|lo)(?=$|\.)/, (c) => CONDITIONS[c])
    .replace(/^(ld|st)mia/, '$1m');
  operands = (operands ?? '')
    .replace(/\b(sb|sl|fp|ip|r1[345])\b/g, (name) => NAMES[name])
    .replace(/\{([^}]*[a-z][^}]*)\}/g, (_, inner: string) => list(inner))
    .replace(/#(-?[\d.]+e[+-]\d+)/g, (_, digits: string) => `#${Number(digits)}f`)
    .replace(/#0\.0/, '#0')
    .replace(/(?<![\w.])#?(-?0x[0-9a-f]+|-?\d+)(?![\w.])/g, (_, digits: string) => number(digits))
    .replace(/\s+/g, '')
    .replace(/,0\]/g, ']');
  operands = coprocessor(mnemonic, operands);
  if (mnemonic.startsWith('it')) operands = CONDITIONS[operands] ?? operands;
  const hint = /^\{(\d+)\}$/.exec(operands);
  if (mnemonic.startsWith('nop') && hint) {
    if (hint[1] === '0') operands = '';
    else [mnemonic, operands] = [mnemonic.replace('nop', 'hint'), hint[1]];
  }
  return operands === '' ? mnemonic : `${mnemonic} ${operands}`;
}
