/** `npm run verify:exceptions`: exception entry and return against QEMU's gdb stub and log of interrupts. */
import { cortexA15, cortexA7 } from '../../src/cpu/models.js';
import { oracleVersion, verification, type Findings, type VerifyOptions } from './evidence.js';
import { CONFIGURATIONS, ENTRIES, ExceptionPair, RETURNS, verifyEntries, verifyReturns } from './exceptions.js';

async function verify({ seed, share }: VerifyOptions): Promise<Findings> {
  const stride = Math.max(1, Math.round(1 / share));
  const unexplained: string[] = [];
  const rows: (string | number)[][] = [];
  // the models that QEMU's board takes
  for (const model of [cortexA15, cortexA7]) {
    const pair = await ExceptionPair.start(model, seed);
    try {
      const counts = { entries: 0, returns: 0, problems: [] as string[] };
      await verifyEntries(pair, stride, counts);
      await verifyReturns(pair, stride, seed, counts);
      rows.push([model.name, counts.entries, counts.returns]);
      unexplained.push(...counts.problems.map((problem) => `${model.name}: ${problem}`));
    } finally {
      pair.close();
    }
  }
  return {
    title: 'Exceptions against QEMU',
    says: [
      `Entry: ${ENTRIES.map(({ name }) => name).join(', ')}, each in seven modes, in ARM and Thumb state (in and outside IT blocks), with random flags and masks, under ${CONFIGURATIONS.length} vector configurations: SCTLR.V, TE and EE in all combinations, with VBAR at zero and in RAM. ` +
        `Return: ${RETURNS.map(({ name }) => name).join(', ')}, in the states that have them, from the five modes with an SPSR to all seven, to ARM, Thumb and the inside of an IT block, with either endianness.`,
      'Both sides are set to the same state (`qemu-system-arm` through its gdb stub) and execute that one instruction, or take the interrupt. R0 to R15 and CPSR must agree, then SPSR, DFSR, DFAR, IFSR, IFAR, SCTLR and VBAR, which both read by the same instructions; and `-d int` must name the exception. ' +
        'FIQ has no source on this board without the Security Extensions, and HVC is its firmware: test/cpu/exceptions.test.ts has them by the manual.',
    ],
    oracles: [oracleVersion('qemu-system-arm', 'qemu-system-arm')],
    tables: [{ title: 'Exceptions', columns: ['model', 'entries', 'returns'], rows }],
    differences: [],
    unexplained,
  };
}

await verification('exceptions', verify);
