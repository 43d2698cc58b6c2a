/** `npm run verify:exceptions`: exception entry and return against QEMU's gdb stub and log of interrupts. */
import { cpuModels } from '../../src/cpu/models.js';
import { oracleVersion, verification, type Findings, type VerifyOptions } from './evidence.js';
import { CALLS, CONFIGURATIONS, INTERRUPTS, RETURNS, SYNCHRONOUS, UNANSWERED } from './exception-cases.js';
import { ExceptionPair, machinesOf, verifyEntries, verifyReturns } from './exceptions.js';

const names = (list: readonly { readonly name: string }[]): string => list.map(({ name }) => name).join(', ');

async function verify({ seed, share }: VerifyOptions): Promise<Findings> {
  const stride = Math.max(1, Math.round(1 / share));
  const unexplained: string[] = [];
  const rows: (string | number)[][] = [];
  for (const model of cpuModels.values())
    for (const machine of machinesOf(model)) {
      const pair = await ExceptionPair.start(model, seed, machine);
      try {
        const counts = { entries: 0, returns: 0, problems: [] as string[] };
        await verifyEntries(pair, stride, counts);
        if (pair.judgesReturns) await verifyReturns(pair, stride, seed, counts);
        rows.push([model.name, machine, counts.entries, counts.returns]);
        unexplained.push(...counts.problems.map((problem) => `${model.name} on ${machine}: ${problem}`));
      } finally {
        pair.close();
      }
    }
  return {
    title: 'Exceptions against QEMU',
    says: [
      `Entry: ${names([...SYNCHRONOUS, ...UNANSWERED, ...INTERRUPTS])}, each in seven modes, in ARM and Thumb state (in and outside IT blocks), with random flags and masks, under ${CONFIGURATIONS.length} vector configurations: SCTLR.V, TE and EE in all combinations (TE where there is Thumb-2), with VBAR at zero and in RAM. ` +
        `Return: ${names(RETURNS)}, in the states that have them, from the five modes with an SPSR to all seven, to ARM, Thumb and the inside of an IT block, with either endianness.`,
      `On \`virt\` HVC calls the firmware: ${names(CALLS)}; R0 must be the same, and HVC in USR mode Undefined. On every other machine, and in every mode, HVC is Undefined, as without the Virtualization Extensions.`,
      'Both sides are set to the same state (`qemu-system-arm` through its gdb stub) and execute that one instruction, or take the interrupt. R0 to R15 and CPSR must agree, then SPSR, DFSR, DFAR, IFSR, IFAR, SCTLR and VBAR, which both read by the same instructions; and `-d int` must name the exception.',
      'No board of QEMU carries all models, so several judge: `virt` (RAM, PSCI, interrupts and FIQ through its GICv2), the machine `none` (processor and RAM), `versatilepb` (interrupts through its PL190; its bus does not abort), `raspi1ap` (interrupts through the BCM2835’s controller). ' +
        'QEMU gives the ARM1176 a VBAR with the Security Extensions only, so it is judged in Secure state too (`secure`: the machine `none` with them), where all but SMC is the same.',
    ],
    oracles: [oracleVersion('qemu-system-arm', 'qemu-system-arm')],
    tables: [{ title: 'Exceptions', columns: ['model', 'machine', 'entries', 'returns'], rows }],
    differences: [],
    unexplained,
  };
}

await verification('exceptions', verify);
